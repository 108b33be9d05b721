package rules

import (
	"strings"
	"sync"
)

// Match says how an actor of a statement became a person, or why it did not.
type Match uint8

// The ways to match. Those from MatchUnknown on are failures.
const (
	MatchExact    Match = iota // the identifier as HR has it
	MatchFolded                // an address equal but for the case of its local part
	MatchHash                  // the hash of an address
	MatchAccount               // what an account name is, by rule
	MatchAlias                 // somebody has said whose it is
	MatchFormer                // an address that HR had for the person before, and for nobody else
	MatchUnknown               // nobody has this identifier
	MatchNearMiss              // nobody has it, but for the spelling of the home page
	MatchShared                // more than one person has it
	MatchNobody                // a placeholder that stands for nobody
	MatchGroup                 // a group: that every member did it is not said
)

// OK reports whether there is a person.
func (m Match) OK() bool { return m < MatchUnknown }

// AccountOwner is an account of an LMS with the person it was matched to.
type AccountOwner struct {
	Account Account
	Person  int // position in the people
}

// Identities resolves actors of statements to people (xAPI 1.0.3, Data 2.4.2.3).
// Nothing is guessed: what fits two people fits nobody. It does not change after
// it was made; any number of goroutines may use it.
type Identities struct {
	cfg      Identity
	x        *Index
	people   []Person
	owners   []AccountOwner
	domains  map[string]string // lower-case alias -> first of its group
	homes    map[string]string // home page alias -> first of its group
	nobody   map[string]bool   // placeholders, folded
	twins    map[string]bool   // ids that stand in two rows
	folded   claims[string]    // address, folded whole
	exact    claims[string]    // with the domain folded, where two people have one that folds to the same
	accounts claims[AccountName]
	near     map[AccountName]bool // accounts by folded home page
	rules    map[string][]AccountRule
	lms      claims[lmsName]
	hashes   func() map[string]int32
	alias    map[aliasKey]string // HR ids
	shared   map[int32]bool      // people who have an identifier that somebody else has, too
	former   func() former
}

// aliasKey is an identifier; addresses whole in lower case.
type aliasKey struct {
	kind        ActorKind
	home, value string
}

// lmsName is an account id or user name within one LMS.
type lmsName struct{ lms, kind, name string }

// claims says who has an identifier; two people who have it have it not.
type claims[K comparable] map[K]int32

func (c claims[K]) add(key K, person int) {
	if old, ok := c[key]; ok && old != int32(person) {
		c[key] = ambiguous
		return
	}
	c[key] = int32(person)
}

// find returns the person with the key; how is the answer when there is one.
func (c claims[K]) find(key K, how Match) (int, Match) {
	i, ok := c[key]
	switch {
	case !ok:
		return -1, MatchUnknown
	case i == ambiguous:
		return -1, MatchShared
	}
	return int(i), how
}

// NewIdentities prepares the resolution of actors to the people. The accounts
// are those of the LMSs whose owner is known; rules of the kinds lms_id and
// lms_username need them.
func NewIdentities(cfg Identity, people []Person, accounts []AccountOwner) *Identities {
	return newIdentities(cfg, NewIndex(people, nil), accounts)
}

func newIdentities(cfg Identity, index *Index, accounts []AccountOwner) *Identities {
	x := &Identities{
		cfg: cfg, x: index, people: index.People, owners: accounts,
		domains: aliases(cfg.DomainAliases, LowerASCII), homes: aliases(cfg.HomePageAliases, nil),
		nobody: map[string]bool{}, near: map[AccountName]bool{}, rules: map[string][]AccountRule{}, twins: map[string]bool{},
		folded: make(claims[string], addressCount(index.People)), exact: claims[string]{},
		accounts: claims[AccountName]{}, lms: claims[lmsName]{}, alias: make(map[aliasKey]string, len(cfg.Aliases)), shared: map[int32]bool{},
	}
	for _, p := range cfg.Placeholders {
		x.nobody[LowerASCII(x.address(bare(p)))] = true
	}
	for i := range x.people {
		x.learn(i)
	}
	for _, r := range cfg.Accounts {
		home := x.home(r.HomePage)
		x.rules[home] = append(x.rules[home], r)
	}
	for _, o := range accounts {
		x.lms.add(lmsName{o.Account.LMS, AccountByLMSID, o.Account.ID}, o.Person)
		x.lms.add(lmsName{o.Account.LMS, AccountByUsername, LowerASCII(o.Account.Username)}, o.Person)
	}
	for _, a := range cfg.Aliases {
		x.alias[x.aliasKey(a.Actor)] = a.Person
	}
	x.hashes = sync.OnceValue(x.hash) // most record sources never send one
	x.remember(nil)
	return x
}

// learn enters the identifiers of one person.
func (x *Identities) learn(i int) {
	p := &x.people[i]
	if !x.x.first(i) {
		x.twins[p.ID] = true
	}
	for addr := range addresses(p) {
		x.claim(x.address(addr), i)
	}
	for _, a := range p.Accounts {
		a.HomePage = x.home(a.HomePage)
		x.accounts.add(a, i)
		x.near[AccountName{FoldIRI(a.HomePage), a.Name}] = true
	}
}

// claim enters one address. Which of two people has it exactly matters only where both
// have it when folded.
func (x *Identities) claim(addr string, i int) {
	low := LowerASCII(addr)
	old, taken := x.folded[low]
	if x.folded.add(low, i); !taken || old == int32(i) {
		return
	}
	if old >= 0 {
		for other := range addresses(&x.people[old]) {
			if a := x.address(other); LowerASCII(a) == low {
				x.exact.add(a, int(old))
			}
		}
	}
	x.share(x.exact, addr, i)
	x.exact.add(addr, i)
}

// byID finds a person by the HR id.
func (x *Identities) byID(id string, how Match) (int, Match) {
	i, ok := x.x.Find(id)
	switch {
	case !ok:
		return -1, MatchUnknown
	case x.twins[id]:
		return -1, MatchShared
	}
	return i, how
}

// Resolve returns the position of the person that the actor is, or -1 and why.
func (x *Identities) Resolve(a Actor) (person int, how Match) {
	if a.Group {
		return -1, MatchGroup
	}
	if id, ok := x.alias[x.aliasKey(a)]; ok {
		return x.byID(id, MatchAlias)
	}
	switch a.Kind {
	case ActorMbox:
		return x.mail(a.Value)
	case ActorSHA1:
		return x.sha1(a.Value)
	case ActorAccount:
		return x.account(AccountName{x.home(a.HomePage), a.Value})
	}
	return -1, MatchUnknown
}

func (x *Identities) aliasKey(a Actor) aliasKey {
	k := aliasKey{kind: a.Kind, value: a.Value}
	switch a.Kind {
	case ActorMbox:
		k.value = LowerASCII(x.address(a.Value))
	case ActorAccount:
		k.home = x.home(a.HomePage)
	}
	return k
}

// who are the actors that the statement is about: its own, or, where that is
// configured, the members of its group.
func (x *Identities) who(a *Actor) []Actor {
	if a.Group && x.cfg.GroupMembers && len(a.Members) > 0 {
		return a.Members
	}
	return []Actor{*a}
}

// mail matches an address: exactly, then with the local part folded where only
// one person fits (the local part is case-sensitive by RFC 5321, 2.4).
func (x *Identities) mail(addr string) (int, Match) {
	addr = x.address(addr)
	low := LowerASCII(addr)
	if x.nobody[low] {
		return -1, MatchNobody
	}
	switch i, ok := x.folded[low]; {
	case !ok:
	case i == ambiguous:
		if who, how := x.exact.find(addr, MatchExact); how != MatchUnknown {
			return who, how
		}
		return -1, MatchShared
	default:
		for a := range addresses(&x.people[i]) {
			if x.address(a) == addr {
				return int(i), MatchExact
			}
		}
		return int(i), MatchFolded
	}
	return x.former().mail.find(low, MatchFormer)
}

func (x *Identities) sha1(hex string) (int, Match) {
	i, ok := x.hashes()[LowerASCII(hex)]
	switch {
	case !ok:
		return x.former().hashes.find(LowerASCII(hex), MatchFormer)
	case i == ambiguous:
		return -1, MatchShared
	case i == placeholder:
		return -1, MatchNobody
	}
	return int(i), MatchHash
}

// account matches a stated account, then by the rules for its home page.
func (x *Identities) account(a AccountName) (int, Match) {
	i, how := x.accounts.find(a, MatchExact)
	for _, r := range x.rules[a.HomePage] {
		if how != MatchUnknown {
			break
		}
		i, how = x.byRule(r, a.Name)
	}
	if how == MatchUnknown && x.near[AccountName{FoldIRI(a.HomePage), a.Name}] {
		return -1, MatchNearMiss
	}
	return i, how
}

func (x *Identities) byRule(r AccountRule, name string) (int, Match) {
	switch r.Name {
	case AccountByPerson:
		return x.byID(name, MatchAccount)
	case AccountByEmail:
		i, how := x.mail(bare(name))
		if how == MatchExact {
			how = MatchAccount
		}
		return i, how
	case AccountByLMSID:
		return x.lms.find(lmsName{r.LMS, AccountByLMSID, name}, MatchAccount)
	case AccountByUsername:
		return x.lms.find(lmsName{r.LMS, AccountByUsername, LowerASCII(name)}, MatchAccount)
	}
	return -1, MatchUnknown
}

// address folds the domain and puts the first of its aliases in its place.
func (x *Identities) address(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return addr
	}
	domain := LowerASCII(addr[at+1:])
	if first, ok := x.domains[domain]; ok {
		domain = first
	}
	return addr[:at+1] + domain
}

func (x *Identities) home(page string) string {
	if first, ok := x.homes[page]; ok {
		return first
	}
	return page
}
