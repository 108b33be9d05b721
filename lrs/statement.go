package lrs

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/leadfront/leadfront/rules"
)

// extensionMastery is the score that a passed must reach (cmi5 Quartz 9.6.3.2).
const extensionMastery = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"

// statement is what is read of a statement.
type statement struct {
	rules.Evidence
	spelt      string // the id as it is written
	said       said
	target     string // object.objectType
	referenced string // object.id
	actor      bool
	verb       bool
	object     bool
}

// Project says what one statement would prove, under the names of the source that
// it came from. An error says what is wrong with the statement and where, without
// personal content; labels (names, descriptions, displays) decide nothing, so no
// defect of theirs is one. A statement without id is accepted: its sender left it
// to the LRS.
func Project(source string, raw []byte) (rules.Evidence, error) {
	s, err := decode(source, raw)
	if err == nil {
		s.Digest = digest(&s.Evidence)
	}
	return s.Evidence, err
}

func decode(source string, raw []byte) (statement, error) {
	return newReader(raw).statement(source)
}

// statement reads a statement, of which nothing is kept but copies.
func (r *reader) statement(source string) (statement, error) {
	s := statement{}
	s.Source = source
	err := r.object(func(name string) (bool, error) { return s.member(r, name) })
	if err == nil {
		err = r.end()
	}
	if err == nil {
		err = s.check(r)
	}
	if err != nil {
		return statement{Evidence: rules.Evidence{Source: source, Statement: s.Statement}}, syntax(err)
	}
	s.keepSaid()
	s.said = said{}
	return s, nil
}

// syntax names an error of the tokenizer as what it is.
func syntax(err error) error {
	var broken *jsontext.SyntacticError
	if errors.As(err, &broken) {
		return fmt.Errorf("statement: not valid JSON: %s", strings.TrimPrefix(broken.Error(), "jsontext: "))
	}
	if err == io.EOF {
		return errors.New("statement: is empty")
	}
	return err
}

func (s *statement) member(r *reader, name string) (bool, error) {
	switch name {
	case "id":
		return true, s.readID(r)
	case "actor":
		s.actor = true
		return true, r.actor(&s.Actor)
	case "verb":
		s.verb = true
		return true, s.readVerb(r)
	case "object":
		s.object = true
		return true, s.readObject(r)
	case "result":
		return true, s.readResult(r)
	case "context":
		return true, s.readContext(r)
	case "timestamp":
		return true, r.instant(&s.Timestamp, &s.TimeUncertain)
	case "stored":
		var uncertain bool // the LRS's own clock: taken as UTC
		return true, r.instant(&s.Stored, &uncertain)
	case "authority":
		return true, s.readAuthority(r)
	case "attachments":
		return true, r.value(&s.said.files)
	}
	return false, nil
}

// check demands what every statement must have (Data 2.4), and decides what kind
// of evidence it is.
func (s *statement) check(r *reader) error {
	switch {
	case !s.actor:
		return r.problem("the actor is missing")
	case !s.verb || !isIRI(s.Verb):
		return r.problem("the verb has no IRI as its id")
	case !s.object:
		return r.problem("the object is missing")
	}
	kind := kindOf(s.Verb)
	switch s.target {
	case "", "Activity":
		if !isIRI(s.referenced) {
			return r.problem("the object has no IRI as its id")
		}
		if kind == rules.KindVoided {
			return r.problem("voided without naming a statement")
		}
		s.Kind, s.Object = kind, s.referenced
	case "StatementRef":
		if kind == rules.KindVoided {
			s.Kind = kind
			return s.readVoided(r)
		}
	case "Agent", "Group", "SubStatement":
	default:
		return r.problem("the objectType of the object is unknown")
	}
	return nil
}

// readVoided takes the id of the statement that no longer counts (Data 2.3.2).
func (s *statement) readVoided(r *reader) error {
	if !isUUID(s.referenced) {
		return r.problem("voided without the UUID of a statement")
	}
	s.Voids = strings.ToLower(s.referenced)
	return nil
}

// readID keeps the id as it is written, too: some LRSs find it under no other
// spelling.
func (s *statement) readID(r *reader) error {
	if err := r.text(&s.spelt); err != nil {
		return err
	}
	if !isUUID(s.spelt) {
		return r.problem("must be a UUID")
	}
	s.Statement = strings.ToLower(s.spelt)
	return nil
}

func (s *statement) readVerb(r *reader) error {
	return r.object(func(name string) (bool, error) {
		if name == "id" {
			return true, r.text(&s.Verb)
		}
		return false, nil
	})
}

// readObject takes objectType, id and type. What else an object that is no
// activity has is nobody's completion.
func (s *statement) readObject(r *reader) error {
	return r.object(func(name string) (bool, error) {
		switch name {
		case "objectType":
			return true, r.text(&s.target)
		case "id":
			return true, r.text(&s.referenced)
		case "definition":
			return true, s.readDefinition(r)
		case "actor", "verb", "object", "result", "context", "timestamp", "member", "mbox", "account":
			return true, r.skip() // of a SubStatement, an Agent or a Group
		}
		return false, nil
	})
}

func (s *statement) readDefinition(r *reader) error {
	if r.d.PeekKind() != '{' {
		return r.skip() // a label
	}
	return r.object(func(name string) (bool, error) {
		switch name {
		case "type":
			return true, r.text(&s.ObjectType)
		case "name":
			return true, r.value(&s.said.name)
		case "moreInfo":
			return true, r.value(&s.said.moreInfo)
		case "extensions":
			return true, s.said.addExtensions(r)
		}
		return true, r.skip()
	})
}

// readAuthority is lenient: an authority that cannot be read is nobody, and so on
// no list of trusted ones.
func (s *statement) readAuthority(r *reader) error {
	value, err := r.d.ReadValue()
	if err != nil {
		return err
	}
	if err := newReader(value).actor(&s.Authority); err != nil {
		s.Authority = rules.Actor{}
	}
	return nil
}

func (r *reader) instant(into *time.Time, uncertain *bool) error {
	var s string
	if err := r.text(&s); err != nil {
		return err
	}
	at, doubt, err := parseTime(s)
	if err != nil {
		return r.problem("%v", err)
	}
	*into, *uncertain = at, doubt
	return nil
}

func (r *reader) uuid(into *string) error {
	var s string
	if err := r.text(&s); err != nil {
		return err
	}
	if !isUUID(s) {
		return r.problem("must be a UUID")
	}
	*into = strings.ToLower(s)
	return nil
}

// isUUID reports whether the string has the form of a UUID (RFC 4122, 3). Variant
// and version are not looked at: senders make them up.
func isUUID[T string | []byte](s T) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}
