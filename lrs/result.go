package lrs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// readResult takes what a result decides (Data 2.4.5).
func (s *statement) readResult(r *reader) error {
	return r.object(func(name string) (bool, error) {
		switch name {
		case "completion":
			return true, r.boolean(&s.Completion)
		case "success":
			return true, r.boolean(&s.Success)
		case "score":
			s.Score = &rules.Score{}
			return true, r.score(s.Score)
		case "extensions":
			return true, s.said.addExtensions(r)
		case "response":
			return true, r.value(&s.said.response)
		}
		return false, nil
	})
}

func (r *reader) score(into *rules.Score) error {
	return r.object(func(name string) (bool, error) {
		switch name {
		case "scaled":
			err := r.number(&into.Scaled)
			if err == nil && (*into.Scaled < -1 || *into.Scaled > 1) {
				err = r.problem("must be between -1 and 1")
			}
			return true, err
		case "raw":
			return true, r.number(&into.Raw)
		case "min":
			return true, r.number(&into.Min)
		case "max":
			return true, r.number(&into.Max)
		}
		return false, nil
	})
}

// readContext takes what a context decides (Data 2.4.6). Instructor and team are
// people around the event, never the learner.
func (s *statement) readContext(r *reader) error {
	return r.object(func(name string) (bool, error) {
		switch name {
		case "registration":
			return true, r.uuid(&s.Registration)
		case "revision":
			return true, r.text(&s.Revision)
		case "platform":
			return true, r.text(&s.Platform)
		case "contextActivities":
			return true, s.readActivities(r)
		case "extensions":
			return true, s.readExtensions(r)
		}
		return false, nil
	})
}

func (s *statement) readActivities(r *reader) error {
	return r.object(func(name string) (bool, error) {
		switch name {
		case "parent":
			return true, r.activityIDs(&s.Parents)
		case "grouping":
			return true, r.activityIDs(&s.Grouping)
		case "category":
			return true, r.activityIDs(&s.Category)
		}
		return false, nil
	})
}

// activityIDs reads a list of activities, or a single one (Data 2.4.6.2).
func (r *reader) activityIDs(into *[]string) error {
	one := func() error {
		id := ""
		err := r.object(func(name string) (bool, error) {
			if name == "id" {
				return true, r.text(&id)
			}
			return name == "definition", skipIf(r, name == "definition")
		})
		if err == nil && !isIRI(id) {
			err = r.problem("has no IRI as its id")
		}
		*into = append(*into, id)
		return err
	}
	if r.d.PeekKind() == '{' {
		return one()
	}
	return r.list(one)
}

func skipIf(r *reader, skip bool) error {
	if skip {
		return r.skip()
	}
	return nil
}

func (s *statement) readExtensions(r *reader) error {
	if r.d.PeekKind() != '{' {
		return r.wrong("an object")
	}
	return r.object(func(name string) (bool, error) {
		if name == extensionMastery {
			return true, r.number(&s.Mastery)
		}
		return true, r.skip()
	})
}

// list reads an array.
func (r *reader) list(one func() error) error {
	if r.d.PeekKind() != '[' {
		return r.wrong("an array")
	}
	if _, err := r.d.ReadToken(); err != nil {
		return err
	}
	for r.d.PeekKind() != ']' {
		if err := one(); err != nil {
			return err
		}
	}
	_, err := r.d.ReadToken()
	return err
}

// digest is over what the statement says, so far as it decides. Source, stored and
// authority are the LRS's doing, and an offset is only another spelling.
func digest(e *rules.Evidence) string {
	said := *e
	said.Source, said.Statement, said.Stored, said.Authority = "", "", time.Time{}, rules.Actor{}
	said.Actor.Raw = ""
	said.Timestamp = said.Timestamp.UTC()
	if said.Actor.Kind == rules.ActorMbox {
		said.Actor.Value = strings.ToLower(said.Actor.Value)
	}
	data, err := json.Marshal(said)
	if err != nil {
		return "" // a year beyond 9999: no digest, so no comparison
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
