package rules

import (
	"fmt"
	"strings"
	"testing"
)

func TestCarryAddresses(t *testing.T) {
	last := []Person{
		{ID: "1", Name: "Ada Berg", Email: "ada.berg@x", Emails: []string{"ada@old"}},
		{ID: "2", Name: "Bo Lind", Email: "bo@x"},
		{ID: "3", Name: "Cy Dahl", Email: "cy@x"},
		{ID: "4", Name: "Di Moe", Email: "di@x"},
		{ID: "5", Email: "E@x"},
	}
	next := []Person{
		{ID: "5", Email: "e@X"},                                          // other case only
		{ID: "1", Name: "Ada Lind", Email: "ada.lind@x"},                 // married
		{ID: "2", Name: "Bo Lind", Email: "bo@y", Emails: []string{"b"}}, // another domain
		{ID: "3", Name: "Eva Rud", Email: "eva@x"},                       // the id was given to somebody else
		{ID: "4", Name: "Di Moe", Email: "di@y"},
		{ID: "6", Name: "Dia Foss", Email: "DI@x"}, // who has Di's address now
	}
	got := CarryAddresses(last, next)
	var lines []string
	for _, p := range got {
		lines = append(lines, p.ID+fmt.Sprint(p.Emails))
	}
	const want = "5[] 1[ada.berg@x ada@old] 2[b bo@x] 3[] 4[] 6[]"
	if strings.Join(lines, " ") != want {
		t.Errorf("further addresses are %v, want %s", lines, want)
	}
	if again := CarryAddresses(got, next); fmt.Sprint(again) != fmt.Sprint(got) {
		t.Errorf("carried again: %v, want the same %v", again, got)
	}
	if len(next[1].Emails) != 0 {
		t.Error("what was read has changed")
	}
}
