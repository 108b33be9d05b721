package hris

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// TestNoSourceStatesControlCharacters: whichever source a row comes from, and in
// whichever field it stands.
func TestNoSourceStatesControlCharacters(t *testing.T) {
	for field, p := range map[string]rules.Person{
		"id":         {ID: "0\x1b[2J"},
		"manager":    {ID: "1", Manager: "2\n"},
		"email":      {ID: "1", Email: "a\x00@corp.example"},
		"emails":     {ID: "1", Emails: []string{"fine@corp.example", "b\u202e@corp.example"}},
		"name":       {ID: "1", Name: "Ada\u2028is fine"},
		"department": {ID: "1", Department: "\x7f"},
		"location":   {ID: "1", Location: "Zürich\u009b"},
		"type":       {ID: "1", Type: "\u2066x"},
	} {
		err := NewRoster("resource", time.Time{}, 0).Add(&Row{Person: p, Number: 7})
		if err == nil || !strings.HasPrefix(err.Error(), "resource 7: "+field+" holds a control character") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := NewRoster("resource", time.Time{}, 0).Add(&Row{Person: rules.Person{ID: "Ä 1", Name: "Ḿax 王"}}); err != nil {
		t.Error(err)
	}
}

func TestPlain(t *testing.T) {
	for at := range 20 {
		for c := range 256 {
			b := []byte(strings.Repeat("~ aZ", 5))
			b[at] = byte(c)
			if got, want := Plain(string(b)), c >= ' ' && c <= '~'; got != want {
				t.Fatalf("byte %#x at %d: %v, want %v", c, at, got, want)
			}
		}
	}
}

func TestPad(t *testing.T) {
	for _, test := range []struct {
		id    string
		width int
		want  string
	}{{"12", 5, "00012"}, {"00012", 5, "00012"}, {"123456", 5, "123456"}, {"A12", 5, "A12"}, {"", 5, ""}, {"12", 0, "12"}} {
		if got := Pad(test.id, test.width); got != test.want {
			t.Errorf("%q padded to %d is %q, want %q", test.id, test.width, got, test.want)
		}
	}
}

// TestZerosLost: one manager without zeros in front is one edge in doubt; many of them
// are a spreadsheet, and then nothing of it is believed. Nobody is guessed.
func TestZerosLost(t *testing.T) {
	roster := func(lost int) (rules.Org, error) {
		r := NewRoster("line", time.Time{}, 0)
		for i := range 100 {
			p := rules.Person{ID: fmt.Sprintf("%05d", i+1), Manager: "00001"}
			if i < lost {
				p.Manager = "1"
			}
			if err := r.Add(&Row{Person: p, Number: i + 2}); err != nil {
				t.Fatal(err)
			}
		}
		return r.Org("hr")
	}
	org, err := roster(2)
	if err != nil || len(org.Findings) != 2 || org.Findings[0].Code != rules.CodeZerosLost || org.People[0].Manager != "1" {
		t.Errorf("two: %v, %+v", err, org.Findings)
	}
	if _, err = roster(3); err == nil || !strings.Contains(err.Error(), `3 managers are nobody, and would be somebody with zeros in front or without (first: line 2: manager "1" is nobody, and "00001" is there: if a spreadsheet took zeros away, export again without one, or set pad_ids: 5)`) {
		t.Errorf("three: %v", err)
	}
}
