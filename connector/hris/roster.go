// Package hris is what the sources of the organisation have in common: how the
// rows that they read become people, and how little of a doubtful row is believed.
package hris

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// The shares of rows, in percent, above which a reading as a whole is not
// believed. One such row is always tolerated.
const (
	mostDoubtful = 2  // rows without an id, or at odds with another row of their id
	mostRepeated = 25 // rows that say again what another row said: no decision hangs on them
)

// Row is what one row of a source states about a person.
type Row struct {
	Person rules.Person
	Number int // of the row, as the source counts: a line, a resource, an entry
	// Key is the row's own key where managers are named by it, such as the
	// surrogate key of a history table or a distinguished name; empty: they are
	// named by Person.ID.
	Key string
	// From and Until bound the time in which the row holds; zero is open, and
	// Until is the first instant at which it no longer does.
	From, Until time.Time
}

// Roster turns rows into people. A Roster is used for one reading, by one
// goroutine.
type Roster struct {
	unit     string
	now      time.Time
	people   []rules.Person
	numbers  []int32 // of each person's first row
	at       *ids
	spans    map[int32]span   // of people whose row has dates
	keys     map[string]int32 // position of the person of a row key
	findings []rules.Finding
	stripped map[string]string // numeric ids without their leading zeros

	rows, doubtful, repeated, zeros int
}

// NewRoster begins a reading at now. The unit is what a row is called: line.
func NewRoster(unit string, now time.Time, size int) *Roster {
	return &Roster{unit: unit, now: now, people: make([]rules.Person, 0, size), numbers: make([]int32, 0, size),
		at: &ids{}, spans: map[int32]span{}, keys: map[string]int32{}}
}

// Add takes in one row, which it copies. An error refuses the whole reading, and says
// which row and why.
func (r *Roster) Add(row *Row) error {
	r.rows++
	p := &row.Person
	if err := legible(p); err != nil {
		return fmt.Errorf("%s %d: %w", r.unit, row.Number, err)
	}
	if p.ID == "" {
		r.doubtful++
		r.found(rules.CodeRowWithoutID, "", fmt.Sprintf("%s %d has no id", r.unit, row.Number))
		return nil
	}
	at, known := r.at.add(r.people, p.ID)
	if !known {
		r.people = append(r.people, *p)
		r.numbers = append(r.numbers, int32(row.Number))
	}
	if row.Key != "" {
		r.addKey(row.Key, at)
	}
	mine := r.spanOf(row)
	switch {
	case !known && !mine.dated():
	case !known:
		r.setSpan(at, mine)
	case mine.dated() || r.spans[at].dated():
		r.succeed(at, row, mine)
	default:
		r.merge(at, p, row.Number)
	}
	return nil
}

func (r *Roster) found(code rules.Code, person, detail string) {
	r.findings = append(r.findings, rules.Finding{Code: code, Person: person, Detail: detail})
}

// addKey enters a row's key; one that two people have is nobody's.
func (r *Roster) addKey(key string, at int32) {
	if was, ok := r.keys[key]; ok && was != at {
		at = -1
	}
	r.keys[key] = at
}

// merge joins a further row of one id. What the rows agree on stands. What they
// differ in is taken as not stated, for picking one of two managers could open a
// gate that the other keeps shut.
func (r *Roster) merge(at int32, p *rules.Person, number int) {
	have := &r.people[at]
	differ := contest(have, p)
	both := fmt.Sprintf("%ss %d and %d", r.unit, r.numbers[at], number)
	switch {
	case len(differ) > 0:
		r.doubtful++
	case have.Name == p.Name:
		r.repeated++
		r.found(rules.CodeRowRepeated, p.ID, both+" are the same")
		return
	default:
		r.repeated++
		differ = append(differ, "name")
	}
	r.found(rules.CodeDuplicateID, p.ID, both+" differ in "+strings.Join(differ, ", "))
}

// contest empties the fields of have in which p differs, and names them.
func contest(have, p *rules.Person) []string {
	var differ []string
	contested := func(what string, differs bool) bool {
		if differs {
			differ = append(differ, what)
		}
		return differs
	}
	if contested("manager", have.Manager != p.Manager) {
		have.Manager = ""
	}
	if contested("status", have.Status != p.Status) {
		have.Status = rules.StatusUnknown
	}
	if contested("email", have.Email != p.Email || !slices.Equal(have.Emails, p.Emails)) {
		have.Email, have.Emails = "", nil
	}
	if contested("department", have.Department != p.Department) {
		have.Department = ""
	}
	if contested("location", have.Location != p.Location) {
		have.Location = ""
	}
	if contested("type", have.Type != p.Type) {
		have.Type = ""
	}
	if contested("no_account", have.NoAccount != p.NoAccount) {
		have.NoAccount = false
	}
	return differ
}

// Org returns the people of all rows, or an error where the rows as a whole are
// not to be believed. Read and Made of the result are the caller's to fill in.
func (r *Roster) Org(source string) (rules.Org, error) {
	if len(r.people) == 0 {
		return rules.Org{}, ErrNobody
	}
	if err := r.Believable(r.rows); err != nil {
		return rules.Org{}, err
	}
	r.endSpans()
	if len(r.keys) > 0 {
		r.resolveKeys()
	}
	r.repairManagers()
	if err := r.zerosLost(); err != nil {
		return rules.Org{}, err
	}
	return rules.Org{Source: source, Digest: Digest(r.people), Read: r.now, People: r.people, Findings: r.findings}, nil
}

// Believable is an error where the rows are not to be believed as a whole, though
// they come to be so many as most.
func (r *Roster) Believable(most int) error {
	if r.doubtful <= max(1, most*mostDoubtful/100) && r.repeated <= max(1, most*mostRepeated/100) {
		return nil
	}
	return fmt.Errorf("of %d rows %d have no id or contradict another row of the same id, and %d repeat one (first: %s): "+
		"is the id the key of a person, and is there one row for each?", r.rows, r.doubtful, r.repeated, r.findings[0].Detail)
}

// resolveKeys turns references to rows into references to people. One that leads
// to no row stays as it is: it names nobody, and that has to be seen.
func (r *Roster) resolveKeys() {
	for i := range r.people {
		p := &r.people[i]
		if at, ok := r.keys[p.Manager]; ok && at >= 0 {
			p.Manager = r.people[at].ID
		}
	}
}

// repairManagers points references that name nobody at the one person whose id
// differs only in letter case and blanks.
func (r *Roster) repairManagers() {
	var folded map[string]int32 // position, -1 where two ids fold alike
	there := ""                 // the last manager who was found: colleagues stand together
	for i := range r.people {
		p := &r.people[i]
		if p.Manager == there {
			continue
		}
		if _, ok := r.at.find(r.people, p.Manager); ok {
			there = p.Manager
			continue
		}
		if folded == nil {
			folded = r.foldIDs()
		}
		if m, ok := folded[Fold(p.Manager)]; ok && m >= 0 {
			r.found(rules.CodeManagerRepaired, p.ID,
				fmt.Sprintf("%s %d: manager %q taken as %q", r.unit, r.numbers[i], Clip(p.Manager), r.people[m].ID))
			p.Manager = r.people[m].ID
		} else if p.Manager != "" {
			r.unpadded(i)
		}
	}
}

func (r *Roster) foldIDs() map[string]int32 {
	folded := make(map[string]int32, len(r.people))
	for i := range r.people {
		at := int32(i)
		key := Fold(r.people[i].ID)
		if _, twice := folded[key]; twice {
			at = -1
		}
		folded[key] = at
	}
	return folded
}
