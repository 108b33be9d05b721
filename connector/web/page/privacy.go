package page

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// Privacy is what the configuration says of the processing of personal data. The rest
// of the page is true of every installation.
type Privacy struct {
	Mode     rules.Mode
	Sources  []PrivacySource
	Programs []PrivacyProgram
	// Aside names where signed checkpoints of the log go, which hold no personal data.
	Aside []string
	// SignIn says in words how people prove who they are; empty: nobody can sign in.
	SignIn string
	// OpenShowcase: use cases are shown without signing in.
	OpenShowcase bool
}

// PrivacySource is one system that personal data comes from.
type PrivacySource struct {
	Name string
	Kind rules.SourceKind
	What string // such as "CSV file", "Moodle"
}

// PrivacyProgram is one programme in which people are held.
type PrivacyProgram struct {
	Title   string
	Targets []string
	Compare bool
	MaxHold string // in words; empty: none
}

// privacyPage is what the page shows.
type privacyPage struct {
	Privacy
	Smallest int
	Compared bool // any programme is
	Table    []tableRow
}

// tableRow is one row of the decision table.
type tableRow struct {
	Row             int
	Condition, Then string
}

// thens are what the rows of the decision table come to.
func thens(row int) string {
	switch row {
	case 0, 1:
		return "is not concerned: nothing is held"
	case 6:
		return "stays as they are"
	case 8:
		return "stays as they are, or is held where that is configured"
	case 10:
		return "is held"
	}
	return "may start"
}

// showPrivacy is for everybody: it is written for the works council and the data
// protection officer, and says nothing about anybody.
func (p *Pages) showPrivacy(c echo.Context) error {
	d := privacyPage{Privacy: p.Privacy(), Smallest: view.Smallest}
	for _, one := range d.Programs {
		d.Compared = d.Compared || one.Compare
	}
	for row, condition := range rules.Conditions() {
		d.Table = append(d.Table, tableRow{row, condition, thens(row)})
	}
	return p.Layout.Render(c, http.StatusOK, Page{Title: "Privacy", Body: p.privacy, Data: d})
}
