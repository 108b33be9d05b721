package lrs

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// projected is a page with what it shows of the LRS.
type projected struct {
	rules.Page
	first, last string    // ids as the LRS spells them
	oldest      time.Time // stored
}

// project turns the statements of a page into evidence that can matter, and into
// what could not be read.
func project(source string, statements []glimpse, w *Watch) projected {
	page := projected{Page: rules.Page{Statements: len(statements)}}
	var first, last []byte
	r := newReader(nil)
	for i := range statements {
		seen := &statements[i]
		if seen.read {
			s, err := read(r, source, seen.raw)
			if err != nil {
				page.quarantine(s.Statement, err, seen.raw)
				continue
			}
			seen.sighting = sighting{[]byte(s.spelt), s.Stored, emitter(s.Authority)}
			if w.Keep(&s.Evidence) {
				s.Digest = digest(&s.Evidence)
				page.Evidence = append(page.Evidence, s.Evidence)
			}
		}
		if last = seen.id; first == nil {
			first = seen.id
		}
		page.sight(seen.sighting)
	}
	page.first, page.last = string(first), string(last)
	return page
}

// read reads a statement of an LRS, which gives every statement an id.
func read(r *reader, source string, raw []byte) (statement, error) {
	r.over(raw)
	s, err := r.statement(source)
	if err == nil && s.Statement == "" {
		err = errors.New("statement: the id is missing, which an LRS sets (Data 2.4.1)")
	}
	return s, err
}

func (p *projected) quarantine(statement string, problem error, raw []byte) {
	if len(p.Quarantined) == maxQuarantined {
		p.Unkept++
		return
	}
	p.Quarantined = append(p.Quarantined, rules.Quarantined{
		Statement: statement, Problem: problem.Error(), Raw: bytes.Clone(raw[:min(len(raw), maxRaw)]),
	})
}

// sight notes who sent the statement, and when it was stored.
func (p *projected) sight(s sighting) {
	if s.stored.IsZero() {
		return
	}
	if s.stored.After(p.Newest) {
		p.Newest = s.stored
	}
	if p.oldest.IsZero() || s.stored.Before(p.oldest) {
		p.oldest = s.stored
	}
	if s.emitter == "" || !s.stored.After(p.Emitters[s.emitter]) {
		return
	}
	if p.Emitters == nil {
		p.Emitters = map[string]time.Time{}
	}
	p.Emitters[s.emitter] = s.stored
}

// emitter names who vouches for a statement, without naming a person: of an
// address the domain is told, of a pair the application.
func emitter(a rules.Actor) string {
	switch a.Kind {
	case rules.ActorAccount:
		return a.HomePage + " " + a.Value
	case rules.ActorMbox:
		return a.Value[strings.LastIndexByte(a.Value, '@')+1:]
	case rules.ActorOpenID:
		return a.Value
	}
	for _, m := range a.Members {
		if m.Kind == rules.ActorAccount {
			return emitter(m)
		}
	}
	return ""
}
