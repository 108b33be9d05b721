package rules_test

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestLookAlikesAreNobody: addresses and account names in which the Kelvin sign
// stands for a k, or a dotted İ for an i.
func TestLookAlikesAreNobody(t *testing.T) {
	people := []rules.Person{{ID: "kim", Email: "kim@kiosk.example", Status: rules.Active}}
	cfg := rules.Identity{Placeholders: []string{"nobody@kiosk.example"},
		Accounts: []rules.AccountRule{{HomePage: "https://lms.example", Name: rules.AccountByUsername, LMS: "moodle"}}}
	owner := rules.AccountOwner{Account: rules.Account{LMS: "moodle", ID: "1", Username: "kim"}}
	ids := rules.NewIdentities(cfg, people, []rules.AccountOwner{owner})
	for _, who := range []rules.Actor{mbox("\u212aim@kiosk.example"), mbox("kim@\u212aiosk.example"), mbox("K\u0130m@kiosk.example"),
		hashed("mailto:\u212aim@kiosk.example"), account("https://lms.example", "\u212aim")} {
		if n, how := ids.Resolve(who); how.OK() {
			t.Errorf("%+v is taken for person %d", who, n)
		}
	}
	for _, who := range []rules.Actor{mbox("KIM@KIOSK.example"), account("https://lms.example", "Kim")} {
		if _, how := ids.Resolve(who); !how.OK() {
			t.Errorf("%+v is nobody", who)
		}
	}
}

// TestLookAlikeAccountsAreUnknown, by whatever field they are matched.
func TestLookAlikeAccountsAreUnknown(t *testing.T) {
	p := rules.Program{ID: "ai", Targets: []rules.Target{{LMS: "moodle", Course: "c"}}}
	for _, field := range []string{rules.MatchEmail, rules.MatchUsername} {
		policy := &rules.Policy{Match: map[string]string{"moodle": field}, Programs: []rules.Program{p}}
		facts := &rules.Facts{Snapshots: []rules.Snapshot{{Org: rules.Org{People: []rules.Person{{ID: "kim", Email: "kim@x.example", Status: rules.Active}}}}},
			Enrolments: []rules.Enrolment{{Target: p.Targets[0].Key(), Row: "1",
				Account: rules.Account{LMS: "moodle", ID: "1", Username: "\u212aim", Email: "\u212aim@x.example"}}}}
		if rows := rules.Judge(policy, facts).Enrolments(0, facts); len(rows) != 0 {
			t.Errorf("by %s the account is %+v", field, rows)
		}
	}
}
