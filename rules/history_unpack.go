package rules

// undo makes the earlier organisation out of the later one, and says who of it does
// not stand so in the later one.
func (w *Was) undo(later []*Person) (people, changed []*Person) {
	people = make([]*Person, 0, w.people)
	r := unpacker{rest: w.script}
	end := 0
	for r.rest != "" {
		op := r.number()
		end += r.offset()
		if op&1 == 0 {
			run := int(op >> 1)
			people = append(people, later[end:end+run]...)
			end += run
			continue
		}
		p := &Person{}
		if fields := op >> 1; fields&fieldWhole == 0 {
			*p = *later[end]
			end++
		}
		r.person(p, op>>1)
		people, changed = append(people, p), append(changed, p)
	}
	return people, changed
}

// unpacker reads a script, which nobody but packer has written.
type unpacker struct{ rest string }

func (r *unpacker) number() uint64 {
	var n uint64
	for shift := 0; ; shift += 7 {
		b := r.rest[0]
		r.rest = r.rest[1:]
		if n |= uint64(b&0x7f) << shift; b < 0x80 {
			return n
		}
	}
}

// offset is a number of either sign, as binary.AppendVarint writes it.
func (r *unpacker) offset() int {
	n := r.number()
	return int(int64(n>>1) ^ -int64(n&1))
}

func (r *unpacker) text() string {
	n := r.number()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *unpacker) person(p *Person, fields uint64) {
	for i, text := range texts(p) {
		if fields&(fieldTexts<<i) != 0 {
			*text = r.text()
		}
	}
	if fields&fieldStates != 0 {
		p.Status, p.NoAccount = Status(r.rest[0]), r.rest[1] == 1
		r.rest = r.rest[2:]
	}
	if fields&fieldLists != 0 {
		p.Emails, p.Accounts = nil, nil
		for range r.number() {
			p.Emails = append(p.Emails, r.text())
		}
		for range r.number() {
			p.Accounts = append(p.Accounts, AccountName{r.text(), r.text()})
		}
	}
}
