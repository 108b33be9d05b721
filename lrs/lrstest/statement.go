package lrstest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// statement is one statement as stored.
type statement struct {
	id      string // lower-case
	spelt   string // as it was sent
	raw     json.RawMessage
	posted  string // the statement as it came, to tell a conflict
	stored  time.Time
	at      time.Time // timestamp; stored when it has none
	hidden  bool      // stored, and not yet visible
	refers  string    // lower-case id of the statement that is the object
	voids   bool
	content content
}

// content is what the filters look at.
type content struct {
	Actor  json.RawMessage `json:"actor"`
	Verb   struct{ ID string }
	Object struct {
		ObjectType string `json:"objectType"`
		ID         string
	}
	Context   surroundings
	Timestamp string
}

type surroundings struct {
	Registration string
	// Activities are lists, or one where a sender has written it so (1.0.0).
	Activities map[string]json.RawMessage `json:"contextActivities"`
}

// names reports whether the activity stands in the context.
func (s surroundings) names(iri string) bool {
	for _, raw := range s.Activities {
		type activity struct{ ID string }
		var list []activity
		var one activity
		if json.Unmarshal(raw, &list) != nil && json.Unmarshal(raw, &one) == nil {
			list = []activity{one}
		}
		if slices.Contains(list, activity{iri}) {
			return true
		}
	}
	return false
}

const verbVoided = "http://adlnet.gov/expapi/verbs/voided"

// Add stores statements without looking at them, as a lenient LRS does, and gives
// id, stored, timestamp, authority and version to those that have none. It returns
// their ids. What is no JSON object is stored as it is, under a new id.
func (s *Server) Add(statements ...string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored := s.tick()
	var ids []string
	for _, raw := range statements {
		st := s.complete([]byte(raw), stored, false)
		s.commit(st)
		ids = append(ids, st.id)
	}
	return ids
}

// AddLate gives the statement its stored now and makes it visible only when reveal
// is called, as an LRS with several writers does.
func (s *Server) AddLate(raw string) (reveal func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.complete([]byte(raw), s.tick(), false)
	st.hidden = true
	s.commit(st)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		st.hidden = false
	}
}

// tick is the present instant, in milliseconds, later than any before.
func (s *Server) tick() time.Time {
	now := s.opts.Now().UTC().Truncate(time.Millisecond)
	if !now.After(s.last) {
		now = s.last.Add(time.Millisecond)
	}
	s.last = now
	return now
}

func (s *Server) commit(st *statement) {
	s.statements = append(s.statements, st)
	s.byID[st.id] = st
	if st.voids {
		s.voided[st.refers] = true
	}
}

// complete sets what an LRS sets (Data 2.4). In a statement that was posted, stored
// and authority are overwritten; in one that was added they stand, so that tests can
// place statements in time.
func (s *Server) complete(raw []byte, stored time.Time, posted bool) *statement {
	st := &statement{raw: raw, posted: canonical(raw), stored: stored, at: stored, id: newID()}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return st
	}
	_ = json.Unmarshal(raw, &st.content) // a lenient LRS: what cannot be read matches no filter
	if posted {
		delete(members, "stored")
		delete(members, "authority")
	}
	set := func(name string, value any) {
		if members[name] == nil {
			members[name], _ = json.Marshal(value) // strings and maps of strings
		}
	}
	set("id", st.id)
	set("stored", stamp(stored))
	set("timestamp", stamp(stored))
	set("version", "1.0.3")
	set("authority", map[string]any{"objectType": "Agent",
		"account": map[string]string{"homePage": "https://lrs.example.org", "name": "lms-feed"}})
	st.take(members)
	return st
}

// canonical is equal for two writings of the same statement.
func canonical(raw []byte) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return string(raw)
	}
	out, _ := json.Marshal(v) // was decoded just now
	return string(out)
}

func (st *statement) take(members map[string]json.RawMessage) {
	var id string
	if json.Unmarshal(members["id"], &id) == nil {
		st.id, st.spelt = strings.ToLower(id), id
	}
	read := func(name string, into *time.Time) {
		var at time.Time
		if json.Unmarshal(members[name], &at) == nil {
			*into = at
		}
	}
	read("stored", &st.stored)
	read("timestamp", &st.at)
	st.raw, _ = json.Marshal(members) // of valid parts
	if st.content.Object.ObjectType == "StatementRef" {
		st.refers = strings.ToLower(st.content.Object.ID)
		st.voids = st.content.Verb.ID == verbVoided
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
