package store

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestAViolationReturns: a state that comes back is another row, under another name;
// the view says how grave it is in the words of the rules.
func TestAViolationReturns(t *testing.T) {
	s := fresh(t)
	v := rules.Violation{Program: "ai", Kind: rules.LevelSilent, Subject: "level 2", At: hour(1)}
	var want []string
	for i := range 3 {
		v.Again, v.Resolved = i, false
		want = append(want, v.ID())
		intend(t, s, rules.Cycle{At: hour(3 * i), Opened: []rules.Violation{v}})
		equal(t, "open", facts(t, s, hour(3*i)).Open, []rules.Violation{v})
		intend(t, s, rules.Cycle{At: hour(3*i + 1), Ended: []rules.Ended{{Violation: v, State: "resolved"}}})
		equal(t, "over", len(facts(t, s, hour(3*i+2)).Over), i+1)
	}
	got, err := collect(t.Context(), s.reader, scanText, `SELECT stable_id FROM v_violations ORDER BY again`)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("names %v, %v; want %v", got, err, want)
	}
	for _, kind := range []rules.ViolationKind{rules.StartedEarly, rules.CompletedEarly, rules.BriefingSubstituted, rules.ComponentMissing, rules.WrongEdition,
		rules.TooFast, rules.Overridden, rules.HoldNotEffective, rules.ReleaseStuck, rules.ShareOverdue, rules.NotBriefed, rules.ShowcaseStale, rules.LevelSilent} {
		v := rules.Violation{Program: "ai", Person: "101", Kind: kind, Subject: "severity", At: hour(1)}
		intend(t, s, rules.Cycle{At: hour(20), Opened: []rules.Violation{v}})
		got, err := collect(t.Context(), s.reader, scanText, `SELECT severity FROM v_violations WHERE subject = 'severity' AND kind = ?`, string(kind))
		if err != nil || !slices.Equal(got, []string{kind.Severity()}) {
			t.Errorf("%s: %v, %v; want %s", kind, got, err, kind.Severity())
		}
	}
}

func scanText(rows *sql.Rows) (text string, err error) { return text, rows.Scan(&text) }
