package rules

import (
	"fmt"
	"slices"
	"strings"
)

// The codes of what a reader repaired or could tolerate.
const (
	CodeRowRepeated     Code = "row_repeated"     // one row given twice
	CodeRowWithoutID    Code = "row_without_id"   // a row that names nobody
	CodeManagerRepaired Code = "manager_repaired" // a reference in other letter case
	CodeZerosLost       Code = "zeros_lost"       // a reference to nobody that fits somebody but for zeros in front
)

// The codes of the alarms that put a snapshot into quarantine.
const (
	CodeFirstSnapshot Code = "first_snapshot"
	CodeManyGone      Code = "many_gone"
	CodeManyAway      Code = "many_away"
	CodeManagersMoved Code = "managers_changed"
	CodeManagersLost  Code = "managers_lost"
	CodeNewTops       Code = "new_tops"
	CodeTopGone       Code = "top_gone"
	CodeIDsReplaced   Code = "ids_replaced"
	CodeEmailsChanged Code = "emails_changed"
	CodeFieldDwindled Code = "field_dwindled"
	CodeOrgOlder      Code = "org_older"
	CodeIDsReused     Code = "ids_reused"
)

// OrgLimits says which difference between two snapshots is too much to believe
// unasked. The defaults stand at about fifty times the daily churn of a company
// (0.1 %), and a reading above them is far more often a broken feed than life.
type OrgLimits struct {
	Gone          Limit   `yaml:"gone"`           // left out or stated inactive; 5 people, 5 %
	Away          Limit   `yaml:"away"`           // newly stated on leave, or without account; 5 people, 5 %
	NewManager    Limit   `yaml:"new_manager"`    // another manager than before; 10 people, 10 %
	LostManager   Limit   `yaml:"lost_manager"`   // a manager before, none now; 2 people, 1 %
	ChangedEmail  Limit   `yaml:"changed_email"`  // another address than before; 5 people, 5 %
	ReusedID      Limit   `yaml:"reused_id"`      // an id with another name and another address: another person; 0 people
	Releases      Limit   `yaml:"releases"`       // people on hold who would be released by the snapshot alone; 5 people, 2 %
	NewTops       int     `yaml:"new_tops"`       // more people without a manager who are no listed tops; 1
	IDOverlap     float64 `yaml:"id_overlap"`     // percent of the ids that must stay; 80
	FillRatePoint float64 `yaml:"fill_rate_drop"` // percentage points by which a field may empty, beyond 2 people; 5
}

// DefaultOrgLimits returns the limits that hold where none are configured.
func DefaultOrgLimits() OrgLimits {
	return OrgLimits{
		Gone: Limit{5, 5}, Away: Limit{5, 5}, NewManager: Limit{10, 10}, LostManager: Limit{2, 1},
		ChangedEmail: Limit{5, 5}, Releases: Limit{5, 2}, NewTops: 1, IDOverlap: 80, FillRatePoint: 5,
	}
}

// CompareOrgs returns why the next organisation must not replace the last one
// unasked, nothing when it may. Each reason has its figures in Detail and names
// nobody but listed tops. The first organisation always asks: there is nothing
// to compare it with.
func CompareOrgs(limits OrgLimits, last *Org, next Org, tops []string) []Reason {
	if last == nil {
		return []Reason{{Code: CodeFirstSnapshot, Detail: fmt.Sprintf("%d people, nothing to compare with", len(next.People))}}
	}
	c := countChanges(last.People, next.People)
	n := len(last.People)
	var out []Reason
	alarm := func(code Code, count int, limit Limit) {
		if most := limit.of(n); count > most {
			out = append(out, Reason{Code: code, Detail: fmt.Sprintf("%d of %d, limit %d", count, n, most)})
		}
	}
	if !last.Made.IsZero() && !next.Made.IsZero() && next.Made.Before(last.Made) {
		out = append(out, Reason{Code: CodeOrgOlder, At: next.Made, Detail: "made before the one in force"})
	}
	if r, ok := c.replaced(limits.IDOverlap, n); ok {
		out = append(out, r)
	}
	alarm(CodeManyGone, c.gone, limits.Gone)
	alarm(CodeManyAway, c.away, limits.Away)
	alarm(CodeManagersMoved, c.moved, limits.NewManager)
	alarm(CodeManagersLost, c.lost, limits.LostManager)
	alarm(CodeEmailsChanged, c.email, limits.ChangedEmail)
	alarm(CodeIDsReused, c.reused, limits.ReusedID)
	out = append(out, compareTops(limits.NewTops, last.People, next.People, tops)...)
	return append(out, compareFill(limits.FillRatePoint, last.People, next.People)...)
}

// changes counts what became of the people of the last organisation.
type changes struct {
	kept                           int // ids that are in both
	rekeyed                        int // missing ids whose address stands under another id
	gone, away, moved, lost, email int
	reused                         int // ids under which somebody else stands now
}

func countChanges(last, next []Person) changes {
	now := roll{people: next}
	var mail map[string]bool // made when somebody is missing
	var c changes
	for i := range last {
		was := &last[i]
		if n, ok := now.find(was.ID); ok {
			c.kept++
			c.compare(was, &next[n])
			continue
		}
		if mail == nil {
			mail = addressesOf(next)
		}
		if was.Email != "" && mail[strings.ToLower(was.Email)] {
			c.rekeyed++
		}
		if !hasLeft(was) {
			c.gone++
		}
	}
	return c
}

func addressesOf(people []Person) map[string]bool {
	mail := make(map[string]bool, len(people))
	for i := range people {
		mail[strings.ToLower(people[i].Email)] = true
	}
	return mail
}

// roll finds people by id. Two readings of one source are mostly in one order, so
// it looks first behind whom it found last.
type roll struct {
	people []Person
	behind int
	byID   map[string]int32 // made when the order is another one
}

func (r *roll) find(id string) (int, bool) {
	if r.behind < len(r.people) && r.people[r.behind].ID == id {
		r.behind++
		return r.behind - 1, true
	}
	if r.byID == nil {
		r.byID = make(map[string]int32, len(r.people))
		for i := len(r.people) - 1; i >= 0; i-- {
			r.byID[r.people[i].ID] = int32(i) // of two rows of one id the first counts
		}
	}
	n, ok := r.byID[id]
	if ok {
		r.behind = int(n) + 1
	}
	return int(n), ok
}

func (c *changes) compare(was, is *Person) {
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	left := hasLeft(is) && !hasLeft(was)
	count(&c.gone, left)
	count(&c.away, !left && (is.Status == Leave && was.Status != Leave || is.NoAccount && !was.NoAccount))
	count(&c.lost, was.Manager != "" && is.Manager == "")
	count(&c.moved, was.Manager != "" && is.Manager != "" && was.Manager != is.Manager)
	count(&c.reused, anotherPerson(was, is))
	count(&c.email, was.Email != "" && is.Email != "" && !strings.EqualFold(was.Email, is.Email))
}

// anotherPerson reports whether nothing that names the person is as it was: neither
// the address nor a single word of the name. Who marries keeps a word of the name.
func anotherPerson(was, is *Person) bool {
	if was.Name == "" || is.Name == "" || was.Email == "" || is.Email == "" || strings.EqualFold(was.Email, is.Email) {
		return false
	}
	words := strings.Fields(strings.ToLower(is.Name))
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(was.Name)), func(w string) bool { return slices.Contains(words, w) })
}

func hasLeft(p *Person) bool { return p.Status == Inactive || p.Status == Vacant }

// replaced reports whether too few of n ids are still there.
func (c changes) replaced(overlap float64, n int) (Reason, bool) {
	if n == 0 || float64(c.kept)*100 >= overlap*float64(n) {
		return Reason{}, false
	}
	detail := fmt.Sprintf("%d of %d ids are still there, limit %g %%", c.kept, n, overlap)
	if c.rekeyed > 0 {
		detail += fmt.Sprintf("; %d addresses stand under another id: have the ids been replaced?", c.rekeyed)
	}
	return Reason{Code: CodeIDsReplaced, Detail: detail}, true
}

// compareTops looks at where the organisation ends upwards: people without a
// manager who are not listed, and listed tops who are no longer there.
func compareTops(limit int, last, next []Person, tops []string) []Reason {
	var out []Reason
	before, after := rootless(last, tops), rootless(next, tops)
	if after-before > limit {
		out = append(out, Reason{Code: CodeNewTops,
			Detail: fmt.Sprintf("%d people have no manager and are no listed tops, %d before, limit %d more", after, before, limit)})
	}
	for _, id := range tops {
		if present(last, id) && !present(next, id) {
			out = append(out, Reason{Code: CodeTopGone, Person: id, Detail: "this listed top was there before"})
		}
	}
	return out
}

func rootless(people []Person, tops []string) int {
	n := 0
	for i := range people {
		p := &people[i]
		if (p.Manager == "" || p.Manager == p.ID) && !hasLeft(p) && !slices.Contains(tops, p.ID) {
			n++
		}
	}
	return n
}

func present(people []Person, id string) bool {
	return slices.ContainsFunc(people, func(p Person) bool { return p.ID == id && !hasLeft(&p) })
}

// compareFill looks for a field that emptied for many at once, as it does when
// the export loses a permission.
func compareFill(points float64, last, next []Person) []Reason {
	const fewest = 2
	var out []Reason
	for _, f := range []struct {
		name   string
		filled func(*Person) bool
	}{
		{"email", func(p *Person) bool { return p.Email != "" }},
		{"manager", func(p *Person) bool { return p.Manager != "" }},
		{"department", func(p *Person) bool { return p.Department != "" }},
		{"status", func(p *Person) bool { return p.Status != StatusUnknown }},
		{"name", func(p *Person) bool { return p.Name != "" }},
	} {
		before, after := fillRate(last, f.filled), fillRate(next, f.filled)
		if drop := before - after; drop > points && drop*float64(len(next)) > fewest*100 {
			out = append(out, Reason{Code: CodeFieldDwindled,
				Detail: fmt.Sprintf("%s is filled in for %.1f %%, %.1f %% before, limit %g points less", f.name, after, before, points)})
		}
	}
	return out
}

// fillRate is a percentage.
func fillRate(people []Person, filled func(*Person) bool) float64 {
	if len(people) == 0 {
		return 0
	}
	n := 0
	for i := range people {
		if filled(&people[i]) {
			n++
		}
	}
	return 100 * float64(n) / float64(len(people))
}

// OrgSummary is what an administrator wants to see of an organisation before
// anything is decided on it.
type OrgSummary struct {
	People   int       `json:"people"`
	Leaders  int       `json:"leaders"`
	Levels   int       `json:"levels"` // how many levels there are below and with the listed tops
	Tops     []string  `json:"tops"`   // listed tops that are in the organisation
	Findings []Finding `json:"findings"`
}

// Check summarises the organisation under the listed tops, with the findings of
// the reader before those of the structure.
func (o Org) Check(tops []string) OrgSummary {
	x := NewIndex(o.People, tops)
	s := OrgSummary{People: x.Len(), Tops: []string{}, Findings: append([]Finding{}, o.Findings...)}
	for i, leads := range x.Leaders() {
		if leads {
			s.Leaders++
		}
		s.Levels = max(s.Levels, x.Level(i)+1)
		if x.Top(i) {
			s.Tops = append(s.Tops, x.People[i].ID)
		}
	}
	s.Findings = append(s.Findings, x.Findings(tops)...)
	return s
}
