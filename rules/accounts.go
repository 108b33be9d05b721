package rules

// accounts ties the enrolment rows that were read to people. It does not change.
type accounts struct {
	of       *Index
	list     []Enrolment
	person   []int32            // by enrolment: number of the person, or -1
	owner    []int32            // the same, of those too who have two accounts
	byTarget map[string][]int32 // by Target.Key: enrolments
	first    []int32            // by person: where their rows begin in rows; one more for the end
	rows     []int32            // enrolments, by owner
	keys     map[string]map[string]int32
	findings []Finding
}

// matchAccounts matches each enrolment's account to a person by the field that
// the policy names for its LMS. Whoever has two accounts in one LMS, and
// whatever account fits two people, is matched to nobody. Keys are those of an earlier
// reading that was matched to the same organisation, or nil.
func matchAccounts(match map[string]string, x *Index, rows []Enrolment, keys map[string]map[string]int32) *accounts {
	a := &accounts{of: x, list: rows, person: make([]int32, len(rows)), owner: make([]int32, len(rows)), keys: keys}
	if keys == nil {
		a.keys = map[string]map[string]int32{}
	}
	twice := a.own(match)
	for r, p := range a.owner {
		a.person[r] = p
		if s := (seat{rows[r].Account.LMS, p}); p >= 0 && len(twice) > 0 && twice[s] {
			a.person[r] = -1
			a.note(Finding{Code: CodeTwoAccounts, Person: x.People[p].ID, Detail: s.lms})
		}
	}
	a.findings = unique(a.findings)
	a.sort()
	return a
}

// seat is a person's place in an LMS: it has one account.
type seat struct {
	lms    string
	person int32
}

// own says whose each row is, and who has two accounts.
func (a *accounts) own(match map[string]string) (twice map[seat]bool) {
	twice = map[seat]bool{}
	seen := map[string][]int32{} // by LMS: a row of each person's first account, counted from 1
	find := a.of.finder()
	for r := range a.list {
		acc := &a.list[r].Account
		p, ok := a.whose(match[acc.LMS], acc, &find)
		if a.owner[r] = p; !ok || p == ambiguous {
			a.owner[r] = -1
			code := CodeUnknownAccount
			if ok {
				code = CodeAmbiguousAccount
			}
			a.note(Finding{Code: code, Detail: acc.LMS + " " + acc.ID})
			continue
		}
		first := seen[acc.LMS]
		if first == nil {
			first = make([]int32, a.of.Len())
			seen[acc.LMS] = first
		}
		if was := first[p]; was > 0 && a.list[was-1].Account.ID != acc.ID {
			twice[seat{acc.LMS, p}] = true
		}
		first[p] = int32(r) + 1
	}
	return twice
}

// whose finds the person with the account's field.
func (a *accounts) whose(field string, acc *Account, find *finder) (int32, bool) {
	key := accountKey(field, acc)
	if key == "" {
		return -1, false
	}
	if field != MatchEmail && field != MatchUsername {
		return find.id(key)
	}
	if a.keys[field] == nil {
		a.keys[field] = matchKeys(field, a.of)
	}
	p, ok := a.keys[field][key]
	return p, ok
}

// sort puts the rows in the order of their targets, and in that of their owners.
func (a *accounts) sort() {
	a.byTarget = map[string][]int32{}
	a.first = make([]int32, a.of.Len()+1)
	for r, p := range a.owner {
		key := a.list[r].Target
		a.byTarget[key] = append(a.byTarget[key], int32(r))
		if p >= 0 {
			a.first[p]++
		}
	}
	end := int32(0)
	for i, n := range a.first {
		end += n
		a.first[i] = end
	}
	a.rows = make([]int32, end)
	for r := len(a.owner) - 1; r >= 0; r-- {
		if p := a.owner[r]; p >= 0 {
			a.first[p]--
			a.rows[a.first[p]] = int32(r)
		}
	}
}

// rowsOf are the rows of a person, of all targets.
func (a *accounts) rowsOf(person int32) []int32 { return a.rows[a.first[person]:a.first[person+1]] }

const ambiguous = -2

func (a *accounts) note(f Finding) { a.findings = append(a.findings, f) }

// matchKeys maps every value of the field to the person it names.
func matchKeys(field string, x *Index) map[string]int32 {
	keys := make(map[string]int32, len(x.People))
	add := func(key string, i int) {
		if key == "" {
			return
		}
		if old, ok := keys[key]; ok && old != int32(i) {
			keys[key] = ambiguous
			return
		}
		keys[key] = int32(i)
	}
	for i := range x.People {
		p := &x.People[i]
		if !x.first(i) {
			continue
		}
		if field == MatchUsername {
			add(LowerASCII(p.ID), i)
			continue
		}
		add(LowerASCII(p.Email), i)
		for _, e := range p.Emails {
			add(LowerASCII(e), i)
		}
	}
	return keys
}

// accountKey is the value of the field of an account.
func accountKey(field string, acc *Account) string {
	switch field {
	case MatchEmail:
		return LowerASCII(acc.Email)
	case MatchUsername:
		return LowerASCII(acc.Username)
	}
	return acc.IDNumber
}

// unique drops repeated findings, keeping their order.
func unique(list []Finding) []Finding {
	seen := make(map[Finding]bool, len(list))
	out := list[:0]
	for _, f := range list {
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}
