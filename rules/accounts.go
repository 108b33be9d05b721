package rules

// accounts ties the enrolment rows that were read to people.
type accounts struct {
	person   []int32           // by enrolment: number of the person, or -1
	rows     map[int32][]int32 // by person: enrolments
	findings []Finding
}

// matchAccounts matches each enrolment's account to a person by the field that
// the policy names for its LMS. Whoever has two accounts in one LMS, and
// whatever account fits two people, is matched to nobody.
func matchAccounts(match map[string]string, x *Index, rows []Enrolment) *accounts {
	a := &accounts{person: make([]int32, len(rows)), rows: map[int32][]int32{}}
	keys := map[string]map[string]int32{} // by field: value -> person, or ambiguous
	type seat struct {
		lms    string
		person int32
	}
	first := map[seat]string{} // the account that a person was first seen with
	twice := map[seat]bool{}
	for r := range rows {
		acc := &rows[r].Account
		field := match[acc.LMS]
		if keys[field] == nil {
			keys[field] = matchKeys(field, x)
		}
		p, ok := keys[field][accountKey(field, acc)]
		switch {
		case !ok:
			a.person[r] = -1
			a.note(Finding{Code: CodeUnknownAccount, Detail: acc.LMS + " " + acc.ID})
			continue
		case p == ambiguous:
			a.person[r] = -1
			a.note(Finding{Code: CodeAmbiguousAccount, Detail: acc.LMS + " " + acc.ID})
			continue
		}
		a.person[r] = p
		s := seat{acc.LMS, p}
		if id, seen := first[s]; seen && id != acc.ID {
			twice[s] = true
		}
		first[s] = acc.ID
	}
	for r := range rows {
		p := a.person[r]
		if p < 0 {
			continue
		}
		a.rows[p] = append(a.rows[p], int32(r))
		if s := (seat{rows[r].Account.LMS, p}); twice[s] {
			a.person[r] = -1
			a.note(Finding{Code: CodeTwoAccounts, Person: x.People[p].ID, Detail: s.lms})
		}
	}
	a.findings = unique(a.findings)
	return a
}

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
		if first := x.byID[p.ID]; int(first) != i {
			continue
		}
		switch field {
		case MatchEmail:
			add(LowerASCII(p.Email), i)
			for _, e := range p.Emails {
				add(LowerASCII(e), i)
			}
		case MatchUsername:
			add(LowerASCII(p.ID), i)
		default:
			add(p.ID, i)
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
