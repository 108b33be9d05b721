package config

import (
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestAliases: an identifier is whoever's the file says, in each of its kinds.
func TestAliases(t *testing.T) {
	list, err := readAliases(strings.NewReader("\ufeffIdentifier, Person, home_page\n" +
		"MAILTO:Old.Name@EXAMPLE.org,7,\n" +
		"6954E807CFBFC5B375D185EB6AC1A2AD2F3A3D34,8,\n" +
		"https://id.example.org/ann,00009,\n" +
		"ann,00009,https://lms.example.org\n"))
	if err != nil {
		t.Fatal(err)
	}
	people := []rules.Person{{ID: "7", Email: "new@example.org"}, {ID: "8"}, {ID: "00009"}, {ID: "10", Email: "old.name@example.org"}}
	ids := rules.NewIdentities(rules.Identity{Aliases: list}, people, nil)
	for name, c := range map[string]struct {
		actor rules.Actor
		want  int
	}{
		"before HR's address": {rules.Actor{Kind: rules.ActorMbox, Value: "old.name@example.org"}, 0},
		"as HR has it":        {rules.Actor{Kind: rules.ActorMbox, Value: "new@example.org"}, 0},
		"hash":                {rules.Actor{Kind: rules.ActorSHA1, Value: "6954e807cfbfc5b375d185eb6ac1a2ad2f3a3d34"}, 1},
		"openid":              {rules.Actor{Kind: rules.ActorOpenID, Value: "https://id.example.org/ann"}, 2},
		"account":             {rules.Actor{Kind: rules.ActorAccount, HomePage: "https://lms.example.org", Value: "ann"}, 2},
		"of another home":     {rules.Actor{Kind: rules.ActorAccount, HomePage: "https://other.example.org", Value: "ann"}, -1},
	} {
		if got, how := ids.Resolve(c.actor); got != c.want {
			t.Errorf("%s: %d (%v), want %d", name, got, how, c.want)
		}
	}
}

// TestBadAliases: what is wrong is said with its line, and nothing is guessed.
func TestBadAliases(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "is empty",
		"person,mail\n":           "no column identifier",
		"person,identifier\n7,\n": "line 2",
		"person,identifier\n7,a@b.org\n,c@d.org\n":        "line 3",
		"person,identifier\n7,just a name\n":              "line 2",
		"person,identifier\n7,a@b.org\n8,A@B.org\n":       `is given to "7", and to "8" as well`,
		"person,identifier\n7,\"a@b.org\n":                "alias file",
		"person,identifier\n7,a@b.org,1,2\n":              "alias file",
		"identifier,person,home_page\nann,7,x\nann,8,x\n": `and to "8" as well`,
	} {
		if _, err := readAliases(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if list, err := readAliases(strings.NewReader("person,identifier\n7,a@b.org\n7,A@b.org\n")); err != nil || len(list) != 2 {
		t.Errorf("twice for one person: %v, %v", list, err)
	}
}
