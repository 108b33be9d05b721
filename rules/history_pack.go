package rules

import (
	"encoding/binary"
	"slices"
)

// Was is an organisation by its differences from a later one: runs of people who stand
// there alike, and whoever stood otherwise or is gone, field by field. It does not
// change. Ten bytes are enough for most changes, and its text is not copied when it
// is read.
type Was struct {
	script string
	people int
}

// An operation of the script begins with a number: the length of a run, doubled, or
// the fields of one person that follow, doubled, and one. Then comes where in the
// later organisation that is, counted from where the last operation ended.
const (
	fieldWhole  uint64 = 1 << iota // the person is not there: what follows is everything
	fieldLists                     // addresses and accounts
	fieldStates                    // status, and whether there is an account
	fieldTexts                     // the first of texts, and so on
)

func texts(p *Person) [7]*string {
	return [...]*string{&p.ID, &p.Manager, &p.Email, &p.Name, &p.Department, &p.Location, &p.Type}
}

// Before returns what it takes to make older out of newer.
func Before(older, newer []*Person) *Was {
	places := make(map[string]int, len(newer))
	for i := len(newer) - 1; i >= 0; i-- {
		places[newer[i].ID] = i
	}
	var w packer
	for _, p := range older {
		at := w.end + w.run // of an id that stands twice the next one is meant
		there := at < len(newer) && newer[at].ID == p.ID
		if !there {
			at, there = places[p.ID]
		}
		if !there {
			w.person(w.end+w.run, p, &Person{}, fieldWhole)
		} else if fields := differences(p, newer[at]); fields != 0 {
			w.person(at, p, newer[at], fields)
		} else {
			w.alike(at)
		}
	}
	w.flush()
	return &Was{string(w.script), len(older)}
}

// differences are the fields in which p is not as q.
func differences(p, q *Person) uint64 {
	var fields uint64
	if p == q {
		return fields
	}
	if !slices.Equal(p.Emails, q.Emails) || !slices.Equal(p.Accounts, q.Accounts) {
		fields |= fieldLists
	}
	if p.Status != q.Status || p.NoAccount != q.NoAccount {
		fields |= fieldStates
	}
	theirs := texts(q)
	for i, text := range texts(p) {
		if *text != *theirs[i] {
			fields |= fieldTexts << i
		}
	}
	return fields
}

// packer writes a script.
type packer struct {
	script []byte
	end    int // where in the later organisation the last operation ended
	run    int // people who follow it alike, not written yet
}

func (w *packer) alike(at int) {
	if at != w.end+w.run {
		w.flush()
		w.jump(at)
	}
	w.run++
}

// jump is a run of nobody, which ends elsewhere.
func (w *packer) jump(at int) {
	w.script = binary.AppendUvarint(w.script, 0)
	w.script = binary.AppendVarint(w.script, int64(at-w.end))
	w.end = at
}

func (w *packer) flush() {
	if w.run > 0 {
		w.script = binary.AppendUvarint(w.script, uint64(w.run)<<1)
		w.script = binary.AppendVarint(w.script, 0)
		w.end, w.run = w.end+w.run, 0
	}
}

// person writes the fields in which p is not as q, who stands at that place.
func (w *packer) person(at int, p, q *Person, fields uint64) {
	w.flush()
	fields |= differences(p, q)
	w.script = binary.AppendUvarint(w.script, fields<<1|1)
	w.script = binary.AppendVarint(w.script, int64(at-w.end))
	if w.end = at; fields&fieldWhole == 0 {
		w.end++
	}
	for i, text := range texts(p) {
		if fields&(fieldTexts<<i) != 0 {
			w.text(*text)
		}
	}
	if fields&fieldStates != 0 {
		w.script = append(w.script, byte(p.Status), b2b(p.NoAccount))
	}
	if fields&fieldLists != 0 {
		w.script = binary.AppendUvarint(w.script, uint64(len(p.Emails)))
		for _, e := range p.Emails {
			w.text(e)
		}
		w.script = binary.AppendUvarint(w.script, uint64(len(p.Accounts)))
		for _, a := range p.Accounts {
			w.text(a.HomePage)
			w.text(a.Name)
		}
	}
}

func (w *packer) text(s string) {
	w.script = append(binary.AppendUvarint(w.script, uint64(len(s))), s...)
}

func b2b(b bool) byte {
	if b {
		return 1
	}
	return 0
}
