package csv

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// The shares of rows, in percent, above which the file as a whole is not
// believed. One such row is always tolerated.
const (
	mostDoubtful = 2  // rows without an id, or at odds with another row of their id
	mostRepeated = 25 // rows that say again what another row said: no decision hangs on them
)

// scientific is what spreadsheets make of long numeric ids.
var scientific = regexp.MustCompile(`^\d([.,]\d+)?E\+\d+$`)

// reader turns rows into people.
type reader struct {
	columns  columns
	words    map[string]rules.Status
	null     map[string]bool
	people   []rules.Person
	lines    []int          // line of each person's first row
	at       map[string]int // position of an id in people
	findings []rules.Finding

	doubtful, repeated int // rows
}

func readPeople(t *table, c *Config) ([]rules.Person, []rules.Finding, error) {
	words, _ := c.Status.words()
	r := reader{columns: t.columns, words: words, null: map[string]bool{"": true}, at: make(map[string]int, len(t.rows))}
	for _, n := range c.NullManagers {
		r.null[fold(n)] = true
	}
	for _, row := range t.rows {
		if err := r.add(row); err != nil {
			return nil, nil, err
		}
	}
	if r.doubtful > max(1, len(t.rows)*mostDoubtful/100) || r.repeated > max(1, len(t.rows)*mostRepeated/100) {
		return nil, nil, fmt.Errorf("of %d rows %d have no id or contradict another row of the same id, and %d repeat one (first: %s): is columns.id the key of a person, and does the export hold one row for each?",
			len(t.rows), r.doubtful, r.repeated, r.findings[0].Detail)
	}
	r.repairManagers()
	return r.people, r.findings, nil
}

func (r *reader) add(row row) error {
	p, err := r.person(row)
	switch at, known := r.at[p.ID]; {
	case err != nil:
		return fmt.Errorf("line %d: %w", row.line, err)
	case p.ID == "":
		r.doubtful++
		r.found(rules.CodeRowWithoutID, "", fmt.Sprintf("line %d has no id", row.line))
	case known:
		r.merge(at, p, row.line)
	default:
		r.at[p.ID] = len(r.people)
		r.people = append(r.people, p)
		r.lines = append(r.lines, row.line)
	}
	return nil
}

func (r *reader) found(code rules.Code, person, detail string) {
	r.findings = append(r.findings, rules.Finding{Code: code, Person: person, Detail: detail})
}

// person reads one row. An error refuses the file.
func (r *reader) person(row row) (rules.Person, error) {
	cell := func(at int) string {
		if at < 0 {
			return ""
		}
		return clean(row.cells[at])
	}
	p := rules.Person{
		ID: cell(r.columns.id), Name: cell(r.columns.name), Email: cell(r.columns.email),
		Manager: cell(r.columns.manager), Department: cell(r.columns.department), Status: rules.Active,
	}
	for _, at := range r.columns.emails {
		p.Emails = append(p.Emails, strings.FieldsFunc(cell(at), func(c rune) bool { return strings.ContainsRune(" \t\r\n,;", c) })...)
	}
	if r.null[fold(p.Manager)] {
		p.Manager = ""
	}
	if scientific.MatchString(p.ID) || scientific.MatchString(p.Manager) {
		return p, fmt.Errorf("%q is a number as a spreadsheet shortens it, so the id is lost: export again without opening the file in one", p.ID)
	}
	var err error
	if r.columns.status >= 0 {
		if p.Status, err = r.status(cell(r.columns.status)); err != nil {
			return p, err
		}
	}
	p.NoAccount, err = yes(cell(r.columns.noAccount))
	return p, err
}

func (r *reader) status(word string) (rules.Status, error) {
	if s, ok := r.words[fold(word)]; ok {
		return s, nil
	}
	return 0, fmt.Errorf("status %q is not mapped: list it under status, as active, leave, inactive or vacant", clip(word))
}

func yes(word string) (bool, error) {
	switch fold(word) {
	case "yes", "y", "true", "1", "x":
		return true, nil
	case "no", "n", "false", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("columns.no_account: %q is neither yes nor no", clip(word))
}

// merge joins a further row of one id. What the rows agree on stands. What they
// differ in is taken as not stated, for picking one of two managers could open a
// gate that the other keeps shut.
func (r *reader) merge(at int, p rules.Person, line int) {
	have := &r.people[at]
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
	if contested("no_account", have.NoAccount != p.NoAccount) {
		have.NoAccount = false
	}
	switch {
	case len(differ) > 0:
		r.doubtful++
	case have.Name == p.Name:
		r.repeated++
		r.found(rules.CodeRowRepeated, p.ID, fmt.Sprintf("lines %d and %d are the same", r.lines[at], line))
		return
	default:
		r.repeated++
		differ = append(differ, "name")
	}
	r.found(rules.CodeDuplicateID, p.ID, fmt.Sprintf("lines %d and %d differ in %s", r.lines[at], line, strings.Join(differ, ", ")))
}

// repairManagers points references that name nobody at the one person whose id
// differs only in letter case and blanks.
func (r *reader) repairManagers() {
	var folded map[string]int // position, -1 where two ids fold alike
	for i := range r.people {
		p := &r.people[i]
		if _, ok := r.at[p.Manager]; ok || p.Manager == "" {
			continue
		}
		if folded == nil {
			folded = r.foldIDs()
		}
		if m, ok := folded[fold(p.Manager)]; ok && m >= 0 {
			r.found(rules.CodeManagerRepaired, p.ID, fmt.Sprintf("line %d: manager %q taken as %q", r.lines[i], clip(p.Manager), r.people[m].ID))
			p.Manager = r.people[m].ID
		}
	}
}

func (r *reader) foldIDs() map[string]int {
	folded := make(map[string]int, len(r.people))
	for i := range r.people {
		key := fold(r.people[i].ID)
		if _, twice := folded[key]; twice {
			i = -1
		}
		folded[key] = i
	}
	return folded
}
