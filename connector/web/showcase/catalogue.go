package showcase

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/leadfront/leadfront/rules"
)

// Case is a use case as everybody may see it.
type Case struct {
	Ref      string   // of its page; it stays through every edit
	Programs []string // titles
	Name     string   // of the author
	Level    int      // of the author at the time; -1: not known
	Unit     string   // the author's department; empty: not stated
	Title    string
	Tool     string
	Topic    string
	Link     string // an https address beside the text; empty: none
	Prompt   string // Markdown, as it was written; Output and Result too
	Output   string
	Result   string
	At       time.Time // of this text
	First    time.Time // of the first one
	Changed  time.Time // of this text, or of its confirmation
	// Confirmed: a member of the author's team has seen it. Where only that counts,
	// Counts says whether it does.
	Confirmed bool
	Counts    bool

	Author  string // HR id; for deciding who may do what, never shown
	Object  string // IRI
	Program string // id of the first of Programs
	// Own: it has the form that leadfront gives, so that it can be edited, withdrawn
	// and confirmed here.
	Own bool
}

// Catalogue is every use case of one judgement. It does not change, and any number
// of goroutines may read it.
type Catalogue struct {
	Cases    []*Case              // that are shown, latest first
	Gone     map[string]time.Time // by reference: when what was shown there was withdrawn
	Coverage []Coverage           // of the programmes that are on

	byRef map[string]*Case
}

// Find returns the use case of that reference.
func (c *Catalogue) Find(ref string) (*Case, bool) {
	u, ok := c.byRef[ref]
	return u, ok
}

// NewCatalogue gathers the use cases of a judgement. Endorsements and copies are no
// use cases.
func NewCatalogue(facts *rules.Facts, j *rules.Judgement) *Catalogue {
	g := gatherer{x: j.Index, owner: map[string]string{}, catalogue: &Catalogue{Gone: map[string]time.Time{}, byRef: map[string]*Case{}}}
	for i := range j.Programs {
		pj := &j.Programs[i]
		cases := pj.UseCases()
		for k := range cases {
			g.take(pj.Program, &cases[k])
		}
		if p := pj.Program; !p.Launch.After(facts.Now) && (p.Ends.IsZero() || p.Ends.After(facts.Now)) {
			g.catalogue.Coverage = append(g.catalogue.Coverage, newCoverage(pj, cases, facts.Now))
		}
	}
	c := g.catalogue
	for ref := range c.byRef {
		delete(c.Gone, ref)
		c.Cases = append(c.Cases, c.byRef[ref])
	}
	slices.SortFunc(c.Cases, func(a, b *Case) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Ref, b.Ref)) })
	return c
}

// gatherer is a catalogue on its way.
type gatherer struct {
	x         *rules.Index
	owner     map[string]string // of references that are part of an object: HR id
	catalogue *Catalogue
}

// take enters one share; they come earliest first, so that a later text of the same
// use case replaces an earlier one.
func (g *gatherer) take(p *rules.Program, u *rules.UseCase) {
	ref, own := g.ref(u)
	switch u.State {
	case rules.Withdrawn:
		if len(u.Missing) == 0 && u.Copies == "" && !g.catalogue.Gone[ref].After(u.Withdrawn) {
			g.catalogue.Gone[ref] = u.Withdrawn
		}
		return
	case rules.Claimed, rules.Confirmed:
	default:
		return
	}
	c := &Case{Ref: ref, Own: own, Programs: []string{p.Title}, Level: u.Level, Title: cmp.Or(line(u.Title), "Without a title"),
		Tool: line(u.Tool), Topic: line(u.Topic), Prompt: legible(u.Prompt), Output: legible(u.Output), Result: legible(u.Result), At: u.At, First: u.At,
		Confirmed: u.State == rules.Confirmed, Counts: u.Counts, Author: u.Author, Object: u.Object, Program: p.ID}
	c.Changed = u.Since()
	if u.Link != u.Object && strings.HasPrefix(u.Link, "https://") {
		c.Link = u.Link
	}
	author := g.person(u.Author)
	c.Name, c.Unit = cmp.Or(line(author.Name), "Somebody who has left"), line(author.Department)
	if was := g.catalogue.byRef[ref]; was != nil {
		c.First = was.First
		if was.At.Equal(c.At) { // one share, in another programme
			c.Programs, c.Program, c.Counts, c.Confirmed = append(was.Programs, p.Title), was.Program, was.Counts || c.Counts, was.Confirmed || c.Confirmed
		}
	}
	g.catalogue.byRef[ref] = c
}

// legible is the text without control characters, which would mean something to a
// terminal or a mail.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// line is the text in one line of a length that a list can show.
func line(s string) string { return clip(strings.Join(strings.Fields(legible(s)), " "), 200) }

// ours is the object of a use case that was shared through leadfront.
var ours = regexp.MustCompile(`^https?://[^/]+(?:/[^?#]*)?/showcase/([a-z2-7]{26})$`)

// ref is the reference of a share: of one of ours what its object ends with, which
// belongs to whoever shared under it first; of any other one made of its statement.
func (g *gatherer) ref(u *rules.UseCase) (ref string, own bool) {
	if m := ours.FindStringSubmatch(u.Object); m != nil {
		if was := g.owner[m[1]]; was == "" || was == u.Author {
			g.owner[m[1]] = u.Author
			return m[1], true
		}
	}
	sum := sha256.Sum256([]byte("use case " + u.Statement))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])), false
}

// person is what HR says of the author, or said last.
func (g *gatherer) person(id string) rules.Person {
	if n, ok := g.x.Find(id); ok {
		return g.x.People[n]
	}
	return rules.Person{}
}
