package rules

import (
	"slices"
	"strings"
)

// CarryAddresses returns the people with the addresses that they had by the last
// organisation among their further ones: statements stay under the address of their
// time. An address that is somebody's now is not carried to anybody else, and
// nothing is carried to another person under the same id. Neither argument changes.
func CarryAddresses(last, next []Person) []Person {
	then, out := roll{people: last}, slices.Clone(next)
	var now map[string]bool // made when somebody has a former address
	for i := range out {
		is := &out[i]
		n, ok := then.find(is.ID)
		if !ok || anotherPerson(&last[n], is) {
			continue
		}
		for _, former := range append([]string{last[n].Email}, last[n].Emails...) {
			if former == "" || strings.EqualFold(former, is.Email) || slices.Contains(is.Emails, former) {
				continue
			}
			if now == nil {
				now = addressesOf(next)
			}
			if !now[strings.ToLower(former)] {
				is.Emails = append(slices.Clip(is.Emails), former)
			}
		}
	}
	return out
}
