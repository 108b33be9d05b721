package csv

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/connector/hris"
)

// Guess is what a file looks like, for a person to confirm. Nothing of it is used
// without having been written into a configuration.
type Guess struct {
	Header  []string
	Columns Columns
	// Status are the words that are understood; Unknown those of the status column
	// that are not.
	Status  hris.StatusMap
	Unknown []string
	// NullManagers are the words for "none" that the manager column has.
	NullManagers []string
	// Tops are the ids of whoever is active and has no manager, or is their own.
	Tops   []string
	People int // rows
}

// headers are the names that HR products give to their columns, folded and without
// blanks and punctuation, the likeliest first.
var headers = map[string][]string{
	"id": {"employeeid", "employeenumber", "employeeno", "personnelnumber", "personnelno", "personid", "workerid", "staffid", "empid", "empno",
		"personalnummer", "matricule", "id"},
	"manager": {"managerid", "manageremployeeid", "managernumber", "manageremployeenumber", "supervisorid", "reportstoid", "managerpersonid",
		"linemanagerid", "supervisor", "reportsto", "manager", "vorgesetzter", "mgr"},
	"email":      {"workemail", "businessemail", "emailaddress", "primaryemail", "companyemail", "email", "mail", "userprincipalname"},
	"name":       {"fullname", "displayname", "employeename", "preferredname", "name"},
	"status":     {"employmentstatus", "employeestatus", "workerstatus", "status"},
	"department": {"department", "departmentname", "orgunit", "businessunit", "division", "team"},
	"location":   {"location", "worklocation", "office", "site", "city", "country"},
	"type":       {"employmenttype", "employeetype", "workertype", "contracttype"},
}

// words are what HR products write for a status.
var words = hris.StatusMap{
	Active:   []string{"active", "employed", "a", "current", "aktiv", "actif", "working"},
	Leave:    []string{"leave", "on leave", "leave of absence", "loa", "parental leave", "maternity leave", "sabbatical", "suspended with pay"},
	Inactive: []string{"inactive", "terminated", "left", "retired", "former", "t", "deceased", "resigned", "ausgeschieden"},
	Vacant:   []string{"vacant", "open position"},
}

var noManager = []string{"none", "no_manager", "n/a", "na", "-", "0", "null", "xx"}

// Discover looks at a file and guesses which column is what. An error says that it
// cannot be read at all.
func Discover(data []byte, encoding string) (Guess, error) {
	text, err := decode(data, encoding)
	if err != nil {
		return Guess{}, err
	}
	body, comma := cutHint(text)
	if comma == 0 {
		comma = sniff(body, &Config{})
	}
	r := csv.NewReader(strings.NewReader(string(body)))
	r.Comma = comma
	header, err := r.Read()
	if err != nil {
		return Guess{}, err
	}
	g := Guess{Header: header, Columns: guessColumns(header)}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return g, nil
		}
		if err != nil {
			return Guess{}, err
		}
		g.People++
		g.take(row)
	}
}

func guessColumns(header []string) (c Columns) {
	taken := map[string]bool{}
	for _, f := range []struct {
		name string
		to   *string
	}{{"id", &c.ID}, {"manager", &c.Manager}, {"email", &c.Email}, {"name", &c.Name}, {"status", &c.Status},
		{"department", &c.Department}, {"location", &c.Location}, {"type", &c.Type}} {
		for _, want := range headers[f.name] {
			at := slices.IndexFunc(header, func(h string) bool { return bare(h) == want && !taken[h] })
			if at >= 0 {
				*f.to = header[at]
				taken[header[at]] = true
				break
			}
		}
	}
	return c
}

// bare is a header without what products decorate it with.
func bare(h string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-./()#:", r) {
			return -1
		}
		return r
	}, hris.Fold(h))
}

// take learns the words of one row.
func (g *Guess) take(row []string) {
	cell := func(column string) string {
		if at := slices.Index(g.Header, column); column != "" && at >= 0 && at < len(row) {
			return strings.TrimSpace(row[at])
		}
		return ""
	}
	active := g.status(cell(g.Columns.Status))
	id, manager := cell(g.Columns.ID), cell(g.Columns.Manager)
	none := manager == ""
	if slices.Contains(noManager, hris.Fold(manager)) {
		none = true
		g.NullManagers = once(g.NullManagers, manager)
	}
	if g.Columns.Manager != "" && active && id != "" && (none || manager == id) {
		g.Tops = once(g.Tops, id)
	}
}

// status sorts a word in and reports whether it means active, as no word does.
func (g *Guess) status(word string) bool {
	if word == "" {
		return g.Columns.Status == ""
	}
	folded := hris.Fold(word)
	switch {
	case slices.Contains(words.Active, folded):
		g.Status.Active = once(g.Status.Active, word)
		return true
	case slices.Contains(words.Leave, folded):
		g.Status.Leave = once(g.Status.Leave, word)
	case slices.Contains(words.Inactive, folded):
		g.Status.Inactive = once(g.Status.Inactive, word)
	case slices.Contains(words.Vacant, folded):
		g.Status.Vacant = once(g.Status.Vacant, word)
	default:
		g.Unknown = once(g.Unknown, word)
	}
	return false
}

func once(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
