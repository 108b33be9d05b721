package lrstest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// query is one walk through the statements, and where it stands.
type query struct {
	Since, Until           time.Time
	Verb, Activity, Agent  string
	Registration           string
	Ascending, OnTimestamp bool
	Related                bool // the activity may stand in the context too
	Inclusive              bool
	Limit, Offset          int
	Paused                 bool // an empty page was put in here
	Count                  int  // statements that there were when the walk began
	agent                  identifier
}

// identifier is an inverse functional identifier.
type identifier struct {
	Mbox    string
	SHA1    string `json:"mbox_sha1sum"`
	OpenID  string
	Account struct{ HomePage, Name string }
}

// parse reads the parameters (Communication 2.1.3). An unknown one is an error.
func parse(values url.Values, defaultPage, maxPage int) (query, string) {
	q := query{Limit: defaultPage}
	for name := range values {
		known, err := q.set(name, values.Get(name))
		if !known {
			return q, "unknown parameter " + name
		}
		if err != nil || q.Limit < 0 {
			return q, "bad value of " + name
		}
	}
	if q.Limit == 0 || q.Limit > maxPage {
		q.Limit = maxPage
	}
	return q, ""
}

// set takes in one parameter.
func (q *query) set(name, v string) (known bool, err error) {
	switch name {
	case "since":
		q.Since, err = time.Parse(time.RFC3339Nano, v)
	case "until":
		q.Until, err = time.Parse(time.RFC3339Nano, v)
	case "limit":
		q.Limit, err = strconv.Atoi(v)
	case "ascending":
		q.Ascending, err = strconv.ParseBool(v)
	case "agent":
		q.Agent, err = v, json.Unmarshal([]byte(v), &q.agent)
	case "verb":
		q.Verb = v
	case "activity":
		q.Activity = v
	case "registration":
		q.Registration = v
	case "related_activities":
		q.Related, err = strconv.ParseBool(v)
	case "format", "attachments", "related_agents":
	default:
		return false, nil
	}
	return true, err
}

// page returns one page and whether there is more.
func (s *Server) page(q *query) (list []*statement, more bool) {
	if q.Count == 0 {
		q.Count = len(s.statements)
	}
	_ = json.Unmarshal([]byte(q.Agent), &q.agent) // was read before, or is empty
	var all []*statement
	for _, st := range s.statements[:min(q.Count, len(s.statements))] {
		if !st.hidden && (!s.voided[st.id] || st.voids) && q.inTime(st) && s.matches(q, st, 0) {
			all = append(all, st)
		}
	}
	slices.SortStableFunc(all, func(a, b *statement) int {
		if q.Ascending {
			return a.stored.Compare(b.stored)
		}
		return b.stored.Compare(a.stored)
	})
	end := min(q.Offset+q.Limit, len(all))
	return all[min(q.Offset, len(all)):end], end < len(all)
}

// inTime: since is exclusive, until inclusive, both on stored.
func (q *query) inTime(st *statement) bool {
	at := st.stored
	if q.OnTimestamp {
		at = st.at
	}
	return (q.Since.IsZero() || at.After(q.Since) || q.Inclusive && at.Equal(q.Since)) && (q.Until.IsZero() || !at.After(q.Until))
}

// matches applies the filters; a statement that refers to another matches what
// that one matches (Communication 2.1.3).
func (s *Server) matches(q *query, st *statement, depth int) bool {
	if q.own(st) {
		return true
	}
	target := s.byID[st.refers]
	return st.refers != "" && target != nil && depth < 8 && s.matches(q, target, depth+1)
}

func (q *query) own(st *statement) bool {
	c := &st.content
	return (q.Verb == "" || c.Verb.ID == q.Verb) && (q.Activity == "" || c.Object.ID == q.Activity || q.Related && c.Context.names(q.Activity)) &&
		(q.Registration == "" || strings.EqualFold(c.Context.Registration, q.Registration)) &&
		(q.Agent == "" || q.isActor(c.Actor))
}

func (q *query) isActor(raw json.RawMessage) bool {
	var actor struct {
		identifier
		Member []identifier
	}
	if json.Unmarshal(raw, &actor) != nil {
		return false
	}
	return actor.identifier == q.agent || slices.Contains(actor.Member, q.agent)
}
