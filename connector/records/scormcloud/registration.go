package scormcloud

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"golang.org/x/text/unicode/norm"

	"github.com/leadfront/leadfront/rules"
)

// The verbs that the outcomes of a registration are told as.
const (
	verbAttempted = "http://adlnet.gov/expapi/verbs/attempted"
	verbCompleted = "http://adlnet.gov/expapi/verbs/completed"
	verbPassed    = "http://adlnet.gov/expapi/verbs/passed"
	verbFailed    = "http://adlnet.gov/expapi/verbs/failed"
)

// registration is what is read of a RegistrationSchema.
type registration struct {
	ID         string    `json:"id"`
	Instance   int       `json:"instance"`
	XAPI       string    `json:"xapiRegistrationId"`
	Updated    time.Time `json:"updated"`
	Completion string    `json:"registrationCompletion"` // COMPLETED, INCOMPLETE or UNKNOWN
	Success    string    `json:"registrationSuccess"`    // PASSED, FAILED or UNKNOWN
	Score      struct {
		Scaled *float64 `json:"scaled"` // 0 to 100
	} `json:"score"`
	Seconds   float64   `json:"totalSecondsTracked"`
	First     time.Time `json:"firstAccessDate"`
	Last      time.Time `json:"lastAccessDate"`
	Completed time.Time `json:"completedDate"`
	Course    struct {
		ID string `json:"id"`
	} `json:"course"`
	Learner struct {
		ID    string `json:"id"`
		Email string `json:"email"`
	} `json:"learner"`
}

// maxSeconds is more than anybody is at a course: beyond it nothing is said.
const maxSeconds = 366 * 24 * 60 * 60

// maxRaw bounds what is kept of a registration that could not be read.
const maxRaw = 64 << 10

func (c *Client) project(list []jsontext.Value) rules.Page {
	page := rules.Page{Statements: len(list)}
	for _, raw := range list {
		var r registration
		err := jsonv2.Unmarshal(raw, &r)
		if err != nil {
			err = errors.New("registration: cannot be read as the API describes it")
		} else {
			err = r.check()
		}
		if err != nil {
			page.Quarantined = append(page.Quarantined, rules.Quarantined{Statement: r.ID, Problem: err.Error(), Raw: bytes.Clone(raw[:min(len(raw), maxRaw)])})
			continue
		}
		if r.Updated.After(page.Newest) {
			page.Newest = r.Updated
		}
		for _, e := range r.evidence(c.home(), c.actor(&r)) {
			if c.keep(&e) {
				page.Evidence = append(page.Evidence, e)
			}
		}
	}
	return page
}

// home is the address of the API: the home page of its accounts, and where its
// courses are.
func (c *Client) home() string { return strings.TrimSuffix(c.http.BaseURL, "/") }

// actor is the learner, as the statements of an LRS name people.
func (c *Client) actor(r *registration) rules.Actor {
	if c.cfg.Learner == LearnerEmail && r.Learner.Email != "" {
		address := norm.NFC.String(r.Learner.Email)
		at := strings.LastIndexByte(address, '@') + 1
		return rules.Actor{Kind: rules.ActorMbox, Value: address[:at] + strings.ToLower(address[at:]), Raw: r.Learner.Email}
	}
	return rules.Actor{Kind: rules.ActorAccount, HomePage: c.home(), Value: r.Learner.ID, Raw: r.Learner.ID}
}

func (r *registration) check() error {
	switch {
	case r.ID == "" || r.Course.ID == "" || r.Learner.ID == "":
		return errors.New("registration: its id, its course or its learner is missing")
	case r.Updated.IsZero():
		return errors.New("updated: is missing")
	case r.Score.Scaled != nil && (*r.Score.Scaled < 0 || *r.Score.Scaled > 100):
		return errors.New("score.scaled: must be between 0 and 100")
	}
	return nil
}

// evidence is what the registration says by now: that it was begun, completed, and
// passed or failed. The moment of an outcome is when it was completed, or else when
// the learner was last there.
func (r *registration) evidence(home string, who rules.Actor) []rules.Evidence {
	var out []rules.Evidence
	if !r.First.IsZero() {
		out = append(out, r.say(home, who, verbAttempted, rules.KindStarted, r.First))
	}
	at := r.Completed
	if at.IsZero() {
		at = r.Last
	}
	if at.IsZero() {
		at = r.Updated
	}
	if r.Completion == "COMPLETED" {
		e := r.say(home, who, verbCompleted, rules.KindCompleted, at)
		yes := true
		e.Completion = &yes
		if 0 < r.Seconds && r.Seconds <= maxSeconds {
			e.Tracked = time.Duration(r.Seconds * float64(time.Second))
		}
		out = append(out, e)
	}
	switch r.Success {
	case "PASSED":
		out = append(out, r.say(home, who, verbPassed, rules.KindPassed, at))
	case "FAILED":
		out = append(out, r.say(home, who, verbFailed, rules.KindFailed, at))
	}
	return out
}

func (r *registration) say(home string, who rules.Actor, verb string, kind rules.Kind, at time.Time) rules.Evidence {
	e := rules.Evidence{
		Stored: r.Updated.UTC(), Timestamp: at.UTC(), Verb: verb, Kind: kind, Object: home + "/courses/" + url.PathEscape(r.Course.ID),
		Actor:        who,
		Authority:    rules.Actor{Kind: rules.ActorAccount, HomePage: home, Value: "registrations", Raw: "registrations"},
		Registration: strings.ToLower(r.XAPI),
	}
	if kind != rules.KindStarted {
		r.result(&e)
	}
	e.Statement = r.name(verb, &e)
	return e
}

// result adds success and score, which every outcome carries.
func (r *registration) result(e *rules.Evidence) {
	if r.Success == "PASSED" || r.Success == "FAILED" {
		passed := r.Success == "PASSED"
		e.Success = &passed
	}
	if r.Score.Scaled != nil {
		scaled := *r.Score.Scaled / 100
		e.Score = &rules.Score{Scaled: &scaled}
	}
}

// name is the id of what was said: the same for the same outcome, however often the
// registration is read, and another one when the outcome has changed.
func (r *registration) name(verb string, e *rules.Evidence) string {
	score, success := "", ""
	if e.Score != nil {
		score = fmt.Sprint(*e.Score.Scaled)
	}
	if e.Success != nil {
		success = fmt.Sprint(*e.Success)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %s %s %s %s", r.ID, r.Instance, verb, e.Timestamp.Format(time.RFC3339Nano), success, score))
	return "scormcloud-" + hex.EncodeToString(sum[:16])
}
