package hris

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/leadfront/leadfront/rules"
)

// Digest is over the people and not over what was read: the same file under other
// columns or another status map is another organisation and has to be compared
// anew, and a column that nobody reads changes nothing.
func Digest(people []rules.Person) string {
	h := sha256.New()
	b := make([]byte, 0, 64<<10)
	for i := range people {
		b = appendPerson(b, &people[i])
		if len(b) > 32<<10 {
			h.Write(b)
			b = b[:0]
		}
	}
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// appendPerson writes every field with its length in front, so that no two people
// are written alike.
func appendPerson(b []byte, p *rules.Person) []byte {
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, s := range [...]string{p.ID, p.Name, p.Email, p.Manager, p.Department, p.Location, p.Type} {
		text(s)
	}
	b = binary.AppendUvarint(b, uint64(len(p.Emails)))
	for _, s := range p.Emails {
		text(s)
	}
	b = binary.AppendUvarint(b, uint64(len(p.Accounts)))
	for _, a := range p.Accounts {
		text(a.HomePage)
		text(a.Name)
	}
	b = append(b, byte(p.Status))
	if p.NoAccount {
		return append(b, 1)
	}
	return append(b, 0)
}
