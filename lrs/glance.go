package lrs

import (
	"bytes"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/leadfront/leadfront/rules"
)

// glancer tells, of a statement as it came, whether it can matter, before it is
// read. Most of what an LRS holds names no course that is watched: such a statement
// is only checked to be JSON, strictly, and asked for its id, when it was stored
// and who vouches for it. It decides nothing: what it lets pass is read as ever.
type glancer struct {
	needles   [][]byte
	low       []byte // scratch
	raw       bytes.Reader
	reader    reader
	authority map[string]string // emitters, by authority as it is written
}

func newGlancer(w *Watch) *glancer {
	g := &glancer{needles: w.needles, authority: map[string]string{}}
	g.reader.d = jsontext.NewDecoder(&g.raw)
	return g
}

// needlesOf are what a statement that the watch keeps has in it, in lower case:
// one of the names, folded as near misses are, or a verb that is kept whatever it
// is about.
func needlesOf(w *Watch) [][]byte {
	set := map[string]bool{lower(verbVoided): true, "/unshare": true, "/confirm": true}
	for _, names := range []map[string]bool{w.names, w.lookalike} {
		for name := range names {
			set[rules.FoldIRI(name)] = true
		}
	}
	for verb := range w.answers {
		set[lower(verb)] = true
	}
	if w.publishers {
		set[`"registration"`] = true
	}
	list := make([][]byte, 0, len(set))
	for needle := range set {
		list = append(list, []byte(needle))
	}
	return list
}

func lower(s string) string { return string(appendLower(nil, []byte(s))) }

// appendLower folds the letters A to Z, as rules.FoldIRI does, and takes the
// backslash off an escaped slash.
func appendLower(to, from []byte) []byte {
	for i := 0; i < len(from); i++ {
		c := from[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '\\' && i+1 < len(from) && from[i+1] == '/':
			continue
		}
		to = append(to, c)
	}
	return to
}

// matters reports whether the statement has to be read. One that spells letters by
// their numbers is.
func (g *glancer) matters(raw []byte) bool {
	if bytes.Contains(raw, []byte(`\u`)) {
		return true
	}
	g.low = appendLower(g.low[:0], raw)
	for _, needle := range g.needles {
		if bytes.Contains(g.low, needle) {
			return true
		}
	}
	return false
}

// sighting is what is told of a statement that cannot matter.
type sighting struct {
	id      string // as it is written
	stored  time.Time
	emitter string
}

// sight checks a statement that cannot matter. ok is false where something is wrong
// with it, so that it has to be read to say what.
func (g *glancer) sight(raw []byte) (s sighting, ok bool) {
	g.raw.Reset(raw)
	g.reader.d.Reset(&g.raw)
	r := &g.reader
	err := r.object(func(name string) (bool, error) {
		switch name {
		case "id":
			return true, r.text(&s.id)
		case "stored":
			var uncertain bool
			return true, r.instant(&s.stored, &uncertain)
		case "authority":
			value, err := r.d.ReadValue()
			s.emitter = g.vouching(value)
			return true, err
		}
		return true, r.d.SkipValue()
	})
	return s, err == nil && r.end() == nil && isUUID(s.id)
}

// maxAuthorities bounds how many spellings of authorities are remembered.
const maxAuthorities = 1000

func (g *glancer) vouching(authority []byte) string {
	if name, known := g.authority[string(authority)]; known {
		return name
	}
	var a rules.Actor
	name := ""
	if newReader(bytes.Clone(authority)).actor(&a) == nil {
		name = emitter(a)
	}
	if len(g.authority) < maxAuthorities {
		g.authority[strings.Clone(string(authority))] = name
	}
	return name
}
