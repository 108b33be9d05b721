package view_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// TestSignedInIsNeverGuessed: an address of two people is nobody's, somebody who has
// left is nobody, and who leads is what the organisation says.
func TestSignedInIsNeverGuessed(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	people := []rules.Person{
		{ID: "1", Email: "top@corp.example", Status: rules.Active},
		{ID: "2", Email: "Ada@corp.example", Manager: "1", Status: rules.Active},
		{ID: "3", Email: "both@corp.example", Manager: "2", Status: rules.Active},
		{ID: "4", Email: "both@corp.example", Manager: "2", Status: rules.Active},
		{ID: "5", Email: "gone@corp.example", Manager: "2", Status: rules.Inactive},
		{ID: "6", Email: "new@corp.example", Manager: "2", Status: rules.Leave},
	}
	before := append([]rules.Person{}, people...)
	before[5].Email = "old@corp.example"
	policy := &rules.Policy{Tops: []string{"1"}, Programs: []rules.Program{{ID: "ai", Launch: now.AddDate(0, -1, 0),
		Sequence: rules.Sequence{Scope: rules.ScopeManager}}}}
	facts := &rules.Facts{Now: now, Snapshots: []rules.Snapshot{
		{ID: 1, From: now.AddDate(0, 0, -9), Org: rules.Org{People: before}}, {ID: 2, From: now.AddDate(0, 0, -1), Org: rules.Org{People: people}}}}
	v := &view.View{Judgement: rules.Judge(policy, facts)}
	for _, test := range []struct {
		id, email, want string
		leads           bool
	}{
		{"", "top@corp.example", "1", true}, {"", "ada@CORP.example", "2", true}, {"2", "", "2", true}, {"2", "top@corp.example", "2", true},
		{"", "new@corp.example", "6", false}, {"", "old@corp.example", "", false},
		{"", "both@corp.example", "", false}, {"", "gone@corp.example", "", false}, {"5", "", "", false},
		{"", "nobody@corp.example", "", false}, {"", "", "", false}, {"9", "top@corp.example", "", false},
	} {
		if got, leads := v.SignedIn(test.id, test.email); got != test.want || leads != test.leads {
			t.Errorf("%q, %q is %q, %v; want %q, %v", test.id, test.email, got, leads, test.want, test.leads)
		}
	}
	if got, leads := (*view.View)(nil).SignedIn("1", ""); got != "" || leads {
		t.Errorf("before the first cycle: %q, %v", got, leads)
	}
}
