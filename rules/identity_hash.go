package rules

import (
	"crypto/sha1"
	"encoding/hex"
	"iter"
	"strings"
)

// placeholder stands in a table of people for nobody at all.
const placeholder int32 = -3

// hash returns the hashes that an mbox_sha1sum may be, of every address in every
// spelling that senders are known to hash (xAPI 1.0.3, Data 2.4.2.3; the bare
// address is what Open edX hashes).
func (x *Identities) hash() map[string]int32 {
	known := make(claims[string], 2*len(x.people))
	for i := range x.people {
		for addr := range addresses(&x.people[i]) {
			for sum := range x.sums(addr) {
				known.add(sum, i)
			}
		}
	}
	for _, p := range x.cfg.Placeholders {
		for sum := range x.sums(bare(p)) {
			known[sum] = placeholder
		}
	}
	return known
}

// sums yields the hashes of one address; repeats do no harm.
func (x *Identities) sums(addr string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, form := range x.spellings(addr) {
			if !yield(sum("mailto:" + form)) {
				return
			}
			if x.cfg.SHA1WithoutMailto && !yield(sum(form)) {
				return
			}
		}
	}
}

// spellings are the address as it is, with the domain folded, folded whole, and
// both under every alias of its domain.
func (x *Identities) spellings(addr string) []string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return []string{addr}
	}
	local, domain := addr[:at+1], LowerASCII(addr[at+1:])
	forms := []string{addr, local + domain, LowerASCII(addr)}
	first, ok := x.domains[domain]
	if !ok {
		return forms
	}
	for alias, group := range x.domains {
		if group == first {
			forms = append(forms, local+alias, LowerASCII(local)+alias)
		}
	}
	return forms
}

func sum(s string) string {
	h := sha1.Sum([]byte(s))
	return hex.EncodeToString(h[:])
}

// addresses yields the present and the former addresses of a person.
func addresses(p *Person) iter.Seq[string] {
	return func(yield func(string) bool) {
		if p.Email != "" && !yield(bare(p.Email)) {
			return
		}
		for _, e := range p.Emails {
			if e != "" && !yield(bare(e)) {
				return
			}
		}
	}
}

// addressCount is how many people have an address now.
func addressCount(people []Person) int {
	n := 0
	for i := range people {
		if people[i].Email != "" {
			n++
		}
	}
	return n
}

// bare takes the scheme off an address.
func bare(addr string) string {
	if len(addr) >= 7 && strings.EqualFold(addr[:7], "mailto:") {
		return addr[7:]
	}
	return addr
}

// aliases maps every member of a group to its first.
func aliases(groups [][]string, fold func(string) string) map[string]string {
	first := map[string]string{}
	for _, g := range groups {
		for _, alias := range g {
			a, b := alias, g[0]
			if fold != nil {
				a, b = fold(a), fold(b)
			}
			first[a] = b
		}
	}
	return first
}

// FoldIRI is equal for IRIs that differ only by case, by http or https, and by a
// slash at the end: the commonest mistakes in writing one down.
func FoldIRI(iri string) string {
	iri = strings.ToLower(iri)
	iri = strings.TrimPrefix(strings.TrimPrefix(iri, "https://"), "http://")
	return strings.TrimSuffix(iri, "/")
}
