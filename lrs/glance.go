package lrs

import (
	"bytes"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// glancer passes over a statement at the head of a page and tells, in the same pass,
// whether it can matter. Most of what an LRS holds names no course that is watched:
// such a statement is only checked to be JSON, strictly, and asked for its id, when it
// was stored and who vouches for it. It decides nothing: whatever is unusual is read in
// full as ever, and so is what can matter.
type glancer struct {
	watch       *Watch
	reader      *reader
	verbs       memo[weight]
	objects     memo[bool]
	activities  memo[bool]
	authorities memo[string]
}

func newGlancer(w *Watch) *glancer { return &glancer{watch: w, reader: newReader(nil)} }

// glimpse is a statement as it came, and what the glance tells of it. Its bytes are
// those of the page.
type glimpse struct {
	raw  []byte
	read bool // it can matter, or something is unusual: what follows is not filled in
	sighting
}

// sighting is what is told of every statement.
type sighting struct {
	id      []byte // as it is written
	stored  time.Time
	emitter string
}

// weight is what the verb makes of a statement.
type weight uint8

const (
	unsaid  weight = iota // no verb yet
	idle                  // it matters to nobody, whatever it is about
	topical               // it matters when it is about a course that is watched
	always
)

// glance looks at the value at the head of the data and returns how long it is. ok is
// false where it is no object of valid JSON.
func (g *glancer) glance(data []byte) (seen glimpse, size int, ok bool) {
	d := g.reader.over(data)
	if d.PeekKind() != '{' {
		return seen, 0, false
	}
	if _, err := d.ReadToken(); err != nil {
		return seen, 0, false
	}
	at := aspects{glancer: g, glimpse: &seen}
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil || !at.member(string(name)) {
			return seen, 0, false
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return seen, 0, false
	}
	size = int(d.InputOffset())
	seen.raw = data[:size:size]
	seen.read = at.toRead()
	return seen, size, true
}

// aspects are what a glance gathers of one statement.
type aspects struct {
	*glancer
	*glimpse
	verb   weight
	object bool // there is one
	near   bool // the statement is about a course that is watched
}

// toRead reports whether the statement has to be read in full: it can matter, or lacks
// what every statement has.
func (a *aspects) toRead() bool {
	return a.read || a.id == nil || !a.object || a.verb == unsaid ||
		a.verb == always || a.verb == topical && a.near
}

// member looks at one member of the statement, by its name as it is written. It
// reports whether its value is valid JSON.
func (a *aspects) member(name string) bool {
	if name == `"context"` {
		return a.context()
	}
	value, err := a.reader.d.ReadValue()
	if err != nil {
		return false
	}
	switch name {
	case `"id"`:
		if id := inner(value); isUUID(id) {
			a.id = id
		}
	case `"stored"`:
		at, _, err := parseTime(string(inner(value)))
		a.stored, a.read = at, a.read || err != nil
	case `"authority"`:
		a.emitter = a.authorities.of(value, vouching)
	case `"verb"`:
		a.verb = a.verbs.of(value, a.watch.weigh)
	case `"object"`:
		a.object, a.near = true, a.near || a.objects.of(value, a.watch.about)
	case `"actor"`, `"result"`, `"timestamp"`, `"version"`, `"attachments"`:
	default:
		a.read = true // perhaps one of them in another spelling
	}
	return true
}

// context looks at a context member by member: registrations differ from each other,
// the activities beside them seldom do.
func (a *aspects) context() bool {
	d := a.reader.d
	if d.PeekKind() != '{' {
		_, err := d.ReadValue()
		a.read = true
		return err == nil
	}
	if _, err := d.ReadToken(); err != nil {
		return false
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return false
		}
		key := known(name)
		value, err := d.ReadValue()
		if err != nil {
			return false
		}
		switch key {
		case keyActivities:
			a.near = a.near || a.activities.of(value, a.watch.around)
		case keyRegistration:
			a.near = a.near || a.watch.publishers
		case keyOther:
		default:
			a.read = true
		}
	}
	_, err := d.ReadToken()
	return err == nil
}

// contextKey is a member of a context.
type contextKey uint8

const (
	keyUnknown contextKey = iota
	keyActivities
	keyRegistration
	keyOther
)

func known(name []byte) contextKey {
	switch string(name) {
	case `"contextActivities"`:
		return keyActivities
	case `"registration"`:
		return keyRegistration
	case `"instructor"`, `"team"`, `"revision"`, `"platform"`, `"language"`, `"statement"`, `"extensions"`,
		`"contextAgents"`, `"contextGroups"`:
		return keyOther
	}
	return keyUnknown
}

// inner is what stands between the quotes of a string that spells nothing by escapes,
// and otherwise nothing.
func inner(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' || bytes.IndexByte(value, '\\') >= 0 {
		return nil
	}
	return value[1 : len(value)-1]
}

// weigh tells what the verb, as it is written, makes of a statement.
func (w *Watch) weigh(raw []byte) weight {
	s := statement{}
	if s.readVerb(newReader(raw)) != nil || s.Verb == "" {
		return always
	}
	switch kind := kindOf(s.Verb); {
	case kind == rules.KindVoided, kind == rules.KindUnshared, kind == rules.KindConfirmed, w.answers[s.Verb]:
		return always
	case kind == rules.KindNone && !w.verbs[s.Verb]:
		return idle
	}
	return topical
}

// about reports whether the object, as it is written, may be of a course that is
// watched.
func (w *Watch) about(raw []byte) bool {
	s := statement{}
	if s.readObject(newReader(raw)) != nil || s.referenced == "" {
		return true
	}
	return w.lookalike[s.referenced] || w.near(s.referenced)
}

// around is about, for the contextActivities.
func (w *Watch) around(raw []byte) bool {
	s := statement{}
	if s.readActivities(newReader(raw)) != nil {
		return true
	}
	for _, list := range [...][]string{s.Parents, s.Grouping} {
		for _, iri := range list {
			if w.near(iri) {
				return true
			}
		}
	}
	return false
}

func vouching(authority []byte) string {
	var a rules.Actor
	if newReader(authority).actor(&a) != nil {
		return ""
	}
	return emitter(a)
}

// memo remembers what was found out about a value as it was written: senders repeat
// themselves. It forgets everything when it is full.
type memo[T any] struct{ found map[string]T }

const (
	maxMemo  = 2000 // values that are remembered
	maxValue = 1024 // bytes of one
)

func (m *memo[T]) of(value []byte, find func([]byte) T) T {
	if v, ok := m.found[string(value)]; ok {
		return v
	}
	v := find(value)
	if len(value) > maxValue {
		return v
	}
	if m.found == nil || len(m.found) >= maxMemo {
		m.found = map[string]T{}
	}
	m.found[string(value)] = v
	return v
}
