package act

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/rules"
)

// mostReason is how many characters a reason may have.
const mostReason = 2000

// read reads an act from a form. wrong says in words what cannot be read.
func read(c echo.Context, now time.Time) (a rules.Act, wrong string) {
	get := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	a = rules.Act{Kind: rules.ActKind(get("kind")), Reason: get("reason")}
	if len([]rune(a.Reason)) > mostReason {
		return a, fmt.Sprintf("The reason is longer than %d characters.", mostReason)
	}
	switch a.Kind {
	case rules.ActApprove, rules.ActOrgApprove:
		a.Digest = get("digest")
	case rules.ActReleaseAll, rules.ActResume:
		a.Program = get("program")
	case rules.ActRevoke:
		number, err := strconv.ParseInt(get("number"), 10, 64)
		if a.Number = number; err != nil {
			return a, "There is no such exemption."
		}
	case rules.ActWaive:
		a.Program, a.Person, a.Waiver = get("program"), get("person"), rules.WaiverKind(get("waiver"))
		if a.Waiver != rules.MayStart && a.Waiver != rules.NeedNotLead {
			return a, "Choose what is waived."
		}
		a.Expires, wrong = day("The exemption", get("until"), now, 1)
	case rules.ActAttest:
		a.Program, a.Person = get("program"), get("person")
		a.Done, wrong = day("The completion", get("done"), now, 0)
	default:
		return a, "There is no such act."
	}
	return a, wrong
}

// day reads a day of UTC, of which the beginning or, with 1, the end is meant: after
// now for an end, before it for a beginning.
func day(what, s string, now time.Time, plus int) (time.Time, string) {
	t, err := time.Parse(time.DateOnly, s)
	switch {
	case err != nil:
		return t, what + " needs a day, such as 2026-12-31."
	case plus > 0 && t.AddDate(0, 0, plus).Before(now):
		return t, what + " would be over already: choose a later day."
	case plus == 0 && t.After(now):
		return t, what + " would be in the future: choose an earlier day."
	}
	return t.AddDate(0, 0, plus), ""
}
