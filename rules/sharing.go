package rules

import (
	"slices"
	"strings"
	"time"
)

// Sharing is what a person asks leadfront to say to the record store in their name:
// that they share a use case, take it back, or have seen somebody else's. The record
// store is where it counts, once it is read back from there.
type Sharing struct {
	Statement string    `json:"statement"` // id of the statement: the same at every attempt
	Kind      Kind      `json:"kind"`      // KindShared, KindUnshared or KindConfirmed
	Program   string    `json:"program"`
	Person    string    `json:"person"` // HR id of whose act it is
	Actor     Actor     `json:"actor"`  // the identifier by which the record store knows them
	Object    string    `json:"object"` // IRI of the use case: the same through every edit
	Place     string    `json:"place"`  // activity that ties it to the programme
	At        time.Time `json:"at"`
	Said      Said      `json:"said,omitzero"` // of a share
}

// Outgoing is a Sharing on its way to the record store.
type Outgoing struct {
	ID int64 // orders them; 0: not kept yet
	Sharing
	State   OutgoingState
	Due     time.Time // nothing is sent before
	Tries   int       // how often sending was begun
	Problem string    // why the last attempt failed; empty: it did not
	Note    string    // what the second person said
	Looked  string    // HR id of the second person; empty: nobody has looked at it
}

// OutgoingState is how far it is.
type OutgoingState string

// The states. What is in review goes on by itself when it is due.
const (
	OutgoingReview   OutgoingState = "review"   // a second person may look at it
	OutgoingReturned OutgoingState = "returned" // and has given it back
	OutgoingWaiting  OutgoingState = "waiting"  // for the record store
	OutgoingSent     OutgoingState = "sent"     // the record store has it; it was not read back yet
	OutgoingRefused  OutgoingState = "refused"  // the record store will never take it
)

// Say puts the parts where the programme reads them, and where leadfront's own
// profile has them. Parts of which the programme reads the object or a file cannot
// be said that way.
func (s *Showcase) Say(parts map[string]string) Said {
	said := Said{Extensions: map[string]string{}}
	for _, fields := range []map[string]string{s.Fields, DefaultFields()} {
		for _, part := range Parts() {
			if text := parts[part]; text != "" {
				said.put(fields[part], text)
			}
		}
	}
	return said
}

// put sets a place that is not taken yet.
func (s *Said) put(place, text string) {
	switch place {
	case FieldName:
		fill(&s.Name, text)
	case FieldResponse:
		fill(&s.Response, text)
	case FieldMoreInfo:
		fill(&s.MoreInfo, text)
	case FieldObject, FieldFile, "":
	default:
		if s.Extensions[place] == "" {
			s.Extensions[place] = text
		}
	}
}

func fill(at *string, text string) {
	if *at == "" {
		*at = text
	}
}

// Heard is the inverse of Say: the parts as the programme reads them.
func (s *Showcase) Heard(said Said) map[string]string {
	fields := s.Fields
	if fields == nil {
		fields = DefaultFields()
	}
	e, parts := Evidence{Said: &said}, map[string]string{}
	for _, part := range Parts() {
		if text := strings.TrimSpace(e.field(fields[part])); text != "" {
			parts[part] = text
		}
	}
	return parts
}

// Sayable reports whether a share that leadfront says can have every part that is
// required.
func (s *Showcase) Sayable() bool {
	parts := map[string]string{}
	for _, part := range Parts() {
		parts[part] = part
	}
	heard := s.Heard(s.Say(parts))
	return !slices.ContainsFunc(s.Require, func(part string) bool { return heard[part] == "" })
}

// Place is the activity by which a share is tied to the programme: one of its places,
// or the course itself.
func (p *Program) Place() string {
	if len(p.Showcase.Places) > 0 {
		return p.Showcase.Places[0]
	}
	for _, name := range p.Course.Names() {
		return name
	}
	return ""
}
