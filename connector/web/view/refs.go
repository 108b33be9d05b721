package view

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// refSize is how many bytes of the digest a reference has: nobody guesses one, and
// no two people share one.
const refSize = 15

// Refs are the references by which pages name people in their addresses. They stay
// the same for as long as the key does, and say nothing to whoever has it not.
type Refs struct {
	byID map[string]int // by reference: number of the person
	list []string       // by number
}

// NewRefs makes the references of everybody in the organisation.
func NewRefs(key []byte, x *rules.Index) *Refs {
	r := &Refs{byID: make(map[string]int, x.Len()), list: make([]string, x.Len())}
	mac := hmac.New(sha256.New, key)
	code := base32.StdEncoding.WithPadding(base32.NoPadding)
	for i := range x.People {
		mac.Reset()
		mac.Write([]byte(x.People[i].ID))
		r.list[i] = strings.ToLower(code.EncodeToString(mac.Sum(nil)[:refSize]))
	}
	for i := range r.list {
		// The first row of an id counts, as in the index.
		if n, ok := x.Find(x.People[i].ID); ok && n == i {
			r.byID[r.list[i]] = i
		}
	}
	return r
}

// Of is the reference of the person of that number.
func (r *Refs) Of(n int) string { return r.list[n] }

// Find returns the number of the person of that reference.
func (r *Refs) Find(ref string) (n int, ok bool) {
	n, ok = r.byID[ref]
	return n, ok
}
