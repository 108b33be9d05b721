package rules

import (
	"maps"
	"slices"
	"sync"
)

// former are the addresses that HR had before. Whoever owns one at present has it; one
// that two people had, whether they are here or not, is nobody's.
type former struct {
	mail   claims[string] // folded whole
	hashes claims[string]
}

// gone has the addresses of people who are not here any more.
const gone = -4

// remember takes in the addresses of earlier organisations, when the first actor comes
// whom the present one does not know. A corrected or married name must not make a
// completion disappear.
func (x *Identities) remember(snapshots []Snapshot) {
	x.former = sync.OnceValue(func() former {
		f := former{mail: claims[string]{}, hashes: claims[string]{}}
		for _, changed := range earlier(snapshots) {
			for _, p := range changed {
				f.learn(x, p)
			}
		}
		f.mail.forget(gone)
		f.hashes.forget(gone)
		return f
	})
}

// forget drops what was only there to tell that somebody else had it, too.
func (c claims[K]) forget(person int32) {
	maps.DeleteFunc(c, func(_ K, p int32) bool { return p == person })
}

func sameAddresses(a, b *Person) bool {
	return a.Email == b.Email && slices.Equal(a.Emails, b.Emails)
}

func (f *former) learn(x *Identities, p *Person) {
	who, how := x.byID(p.ID, MatchExact)
	if !how.OK() {
		who = gone
	} else if sameAddresses(p, &x.people[who]) {
		return // moved, or changed in another way
	}
	for addr := range addresses(p) {
		f.mail.add(LowerASCII(x.address(addr)), who)
		for sum := range x.sums(addr) {
			f.hashes.add(sum, who)
		}
	}
}

// share notes the people of whom each has the identifier that the other has.
func (x *Identities) share(c claims[string], key string, person int) {
	old, taken := c[key]
	if !taken || old == int32(person) || x.nobody[LowerASCII(key)] {
		return
	}
	if old >= 0 {
		if x.people[old].ID == x.people[person].ID {
			return // one person, given twice
		}
		x.shared[old] = true
	}
	x.shared[int32(person)] = true
}

// sharedFindings name whoever cannot be told from somebody else.
func (x *Identities) sharedFindings() []Finding {
	var out []Finding
	for _, i := range slices.Sorted(maps.Keys(x.shared)) {
		out = append(out, Finding{Code: CodeSharedIdentifier, Person: x.people[i].ID})
	}
	return out
}
