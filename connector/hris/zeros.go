package hris

import (
	"fmt"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// mostWidth is more than any HR product gives to an id.
const mostWidth = 32

// Pad gives a numeric id its leading zeros back, up to the width; 0 leaves it.
func Pad(id string, width int) string {
	if id == "" || len(id) >= width || !numeric(id) {
		return id
	}
	return strings.Repeat("0", width-len(id)) + id
}

// CheckPad is an error about a width that no id has.
func CheckPad(width int) error {
	if width < 0 || width > mostWidth {
		return fmt.Errorf("pad_ids: %d is not a number of digits from 0 to %d", width, mostWidth)
	}
	return nil
}

func numeric(id string) bool {
	for i := range len(id) {
		if id[i] < '0' || id[i] > '9' {
			return false
		}
	}
	return id != ""
}

// unpadded notices a manager who is nobody but for zeros in front. It guesses nothing:
// 12 and 00012 may be two people.
func (r *Roster) unpadded(at int) {
	p := &r.people[at]
	if !numeric(p.Manager) || len(r.keys) > 0 { // managers are named by other keys
		return
	}
	if r.stripped == nil {
		r.stripped = make(map[string]string, len(r.people))
		for i := range r.people {
			if id := r.people[i].ID; numeric(id) {
				r.stripped[strings.TrimLeft(id, "0")] = id
			}
		}
	}
	if id, ok := r.stripped[strings.TrimLeft(p.Manager, "0")]; ok {
		r.zeros++
		r.found(rules.CodeZerosLost, p.ID, fmt.Sprintf("%s %d: manager %q is nobody, and %q is there: if a spreadsheet took zeros away, export again without one, or set pad_ids: %d",
			r.unit, r.numbers[at], p.Manager, id, max(len(id), len(p.Manager))))
	}
}

// zerosLost is an error where so many managers have lost their zeros that it was not
// a single mistake.
func (r *Roster) zerosLost() error {
	if r.zeros <= max(1, r.rows*mostDoubtful/100) {
		return nil
	}
	for _, f := range r.findings {
		if f.Code == rules.CodeZerosLost {
			return fmt.Errorf("%d managers are nobody, and would be somebody with zeros in front or without (first: %s)", r.zeros, f.Detail)
		}
	}
	return nil
}
