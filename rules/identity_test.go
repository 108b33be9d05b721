package rules_test

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func mbox(address string) rules.Actor { return rules.Actor{Kind: rules.ActorMbox, Value: address} }

func account(home, name string) rules.Actor {
	return rules.Actor{Kind: rules.ActorAccount, HomePage: home, Value: name}
}

func hashed(s string) rules.Actor {
	sum := sha1.Sum([]byte(s))
	return rules.Actor{Kind: rules.ActorSHA1, Value: hex.EncodeToString(sum[:])}
}

const moodle = "https://lms.example.org"

// resolving is an identity with everything configured, and four people.
func resolving() *rules.Identities {
	cfg := rules.Identity{
		Placeholders:      []string{"unknown@example.com", "mailto:null"},
		DomainAliases:     [][]string{{"example.org", "Example.NET", "mail.example.org"}},
		HomePageAliases:   [][]string{{moodle, moodle + "/"}},
		SHA1WithoutMailto: true,
		Accounts: []rules.AccountRule{
			{HomePage: moodle, Name: rules.AccountByLMSID, LMS: "moodle"},
			{HomePage: "https://hr.example.org", Name: rules.AccountByPerson},
			{HomePage: "https://sso.example.org", Name: rules.AccountByEmail},
			{HomePage: "https://tincan.example.org", Name: rules.AccountByUsername, LMS: "moodle"},
		},
	}
	people := []rules.Person{
		{ID: "007", Email: "Ann.Lee@Example.org", Emails: []string{"ann.old@example.org"}},
		{ID: "7", Email: "bob@example.org", Accounts: []rules.AccountName{{HomePage: moodle, Name: "99"}}},
		{ID: "8", Email: "desk@example.org"},
		{ID: "9", Email: "desk@example.org"},
	}
	return rules.NewIdentities(cfg, people, []rules.AccountOwner{
		{Account: rules.Account{LMS: "moodle", ID: "12", Username: "ann"}, Person: 0},
		{Account: rules.Account{LMS: "moodle", ID: "13", Username: "bob"}, Person: 1},
		{Account: rules.Account{LMS: "other", ID: "14", Username: "ann"}, Person: 2},
		{Account: rules.Account{LMS: "moodle", ID: "15", Username: "two"}, Person: 2},
		{Account: rules.Account{LMS: "moodle", ID: "15", Username: "two"}, Person: 3},
	})
}

func TestResolve(t *testing.T) {
	ids := resolving()
	for name, c := range map[string]struct {
		actor  rules.Actor
		person int
		how    rules.Match
	}{
		"as HR has it":           {mbox("Ann.Lee@Example.org"), 0, rules.MatchExact},
		"domain in another case": {mbox("Ann.Lee@EXAMPLE.ORG"), 0, rules.MatchExact},
		"domain alias":           {mbox("bob@example.net"), 1, rules.MatchExact},
		"alias of the alias":     {mbox("BOB@MAIL.example.org"), 1, rules.MatchFolded},
		"former address":         {mbox("ann.old@example.org"), 0, rules.MatchExact},
		"folded":                 {mbox("ANN.LEE@example.org"), 0, rules.MatchFolded},
		"stranger":               {mbox("eve@example.org"), -1, rules.MatchUnknown},
		"other domain":           {mbox("bob@example.com"), -1, rules.MatchUnknown},
		"two people":             {mbox("desk@example.org"), -1, rules.MatchShared},
		"placeholder":            {mbox("Unknown@Example.com"), -1, rules.MatchNobody},
		"null":                   {mbox("null"), -1, rules.MatchNobody},
		"hash":                   {hashed("mailto:bob@example.org"), 1, rules.MatchHash},
		"hash, upper-case hex": {rules.Actor{Kind: rules.ActorSHA1,
			Value: strings.ToUpper(hashed("mailto:bob@example.org").Value)}, 1, rules.MatchHash},
		"hash as HR writes it":    {hashed("mailto:Ann.Lee@Example.org"), 0, rules.MatchHash},
		"hash, lower case":        {hashed("mailto:ann.lee@example.org"), 0, rules.MatchHash},
		"hash of the bare one":    {hashed("bob@example.org"), 1, rules.MatchHash},
		"hash at the alias":       {hashed("mailto:bob@mail.example.org"), 1, rules.MatchHash},
		"hash of two":             {hashed("mailto:desk@example.org"), -1, rules.MatchShared},
		"hash of a placeholder":   {hashed("mailto:unknown@example.com"), -1, rules.MatchNobody},
		"hash of a stranger":      {hashed("mailto:eve@example.org"), -1, rules.MatchUnknown},
		"stated account":          {account(moodle, "99"), 1, rules.MatchExact},
		"home page alias":         {account(moodle+"/", "99"), 1, rules.MatchExact},
		"near home page":          {account("http://LMS.example.org", "99"), -1, rules.MatchNearMiss},
		"LMS id":                  {account(moodle, "12"), 0, rules.MatchAccount},
		"LMS id of two":           {account(moodle, "15"), -1, rules.MatchShared},
		"LMS id of another LMS":   {account(moodle, "14"), -1, rules.MatchUnknown},
		"HR id with its zeros":    {account("https://hr.example.org", "007"), 0, rules.MatchAccount},
		"HR id without":           {account("https://hr.example.org", "7"), 1, rules.MatchAccount},
		"address as account":      {account("https://sso.example.org", "bob@example.net"), 1, rules.MatchAccount},
		"placeholder as account":  {account("https://sso.example.org", "unknown@example.com"), -1, rules.MatchNobody},
		"user name":               {account("https://tincan.example.org", "Ann"), 0, rules.MatchAccount},
		"known name, other place": {account("https://other.example.org", "007"), -1, rules.MatchUnknown},
		"openid":                  {rules.Actor{Kind: rules.ActorOpenID, Value: "https://bob.example.org"}, -1, rules.MatchUnknown},
		"group with an address":   {rules.Actor{Kind: rules.ActorMbox, Value: "bob@example.org", Group: true}, -1, rules.MatchGroup},
	} {
		person, how := ids.Resolve(c.actor)
		if person != c.person || how != c.how {
			t.Errorf("%s: person %d by %d, want %d by %d", name, person, how, c.person, c.how)
		}
		if how.OK() != (person >= 0) {
			t.Errorf("%s: OK %v with person %d", name, how.OK(), person)
		}
	}
}

// TestHashOfTheBareAddressNeedsTheSwitch, because by the specification it is of
// the whole IRI.
func TestHashOfTheBareAddressNeedsTheSwitch(t *testing.T) {
	people := []rules.Person{{ID: "1", Email: "bob@example.org"}}
	ids := rules.NewIdentities(rules.Identity{}, people, nil)
	if _, how := ids.Resolve(hashed("bob@example.org")); how != rules.MatchUnknown {
		t.Errorf("matched by %d", how)
	}
	ids = rules.NewIdentities(rules.Identity{}, []rules.Person{{ID: "1", Email: "Bob@Example.org"}}, nil)
	for _, spelling := range []string{"Bob@Example.org", "Bob@example.org", "bob@example.org"} {
		if _, how := ids.Resolve(hashed("mailto:" + spelling)); how != rules.MatchHash {
			t.Errorf("%s: %d", spelling, how)
		}
	}
}

// TestGroupMembers: a statement of a group counts for its members where that is
// configured, and for nobody otherwise.
func TestGroupMembers(t *testing.T) {
	people := []rules.Person{{ID: "1", Email: "a@example.org"}, {ID: "2", Email: "b@example.org"}, {ID: "3", Email: "c@example.org"}}
	p := rules.Program{ID: "ai", Course: rules.Course{Editions: []rules.Edition{{Activities: []string{"https://x.example/c"}}}, CompleteWhen: []rules.CompleteRule{{Verb: "https://x.example/done"}}}}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	e := rules.Evidence{Statement: "s", Stored: at, Timestamp: at, Verb: "https://x.example/done", Object: "https://x.example/c", Actor: rules.Actor{Group: true, Members: []rules.Actor{
		{Kind: rules.ActorMbox, Value: "a@example.org"}, {Kind: rules.ActorMbox, Value: "b@example.org"}, {Kind: rules.ActorMbox, Value: "stranger@example.org"}}}}
	for configured, want := range map[bool]int{false: 0, true: 2} {
		records, findings := rules.Fold(&p, rules.NewIdentities(rules.Identity{GroupMembers: configured}, people, nil), []rules.Evidence{e})
		done := 0
		for _, r := range records {
			if r != nil && !r.Completed.IsZero() {
				done++
			}
		}
		if done != want || len(findings) != 1 {
			t.Errorf("group members count: %v: %d have completed, findings %v; want %d and one about the group or the stranger", configured, done, findings, want)
		}
	}
}
