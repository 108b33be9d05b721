package view

import "github.com/leadfront/leadfront/rules"

// SignedIn returns the person with that HR id or, where it is empty, that e-mail, and
// whether somebody is led by them: "" for nobody, for two, and for somebody who has
// left. A nil view knows nobody.
func (v *View) SignedIn(id, email string) (person string, leads bool) {
	if v == nil {
		return "", false
	}
	x := v.Judgement.Index
	n, ok := -1, false
	switch {
	case id != "":
		n, ok = x.Find(id)
	case email != "":
		var how rules.Match
		n, how = v.Judgement.Resolve(rules.Actor{Kind: rules.ActorMbox, Value: email})
		ok = how.OK()
	}
	if !ok || x.People[n].Status == rules.Inactive || x.People[n].Status == rules.Vacant {
		return "", false
	}
	for i := range v.Judgement.Programs {
		leads = leads || v.Judgement.Programs[i].Leads(n)
	}
	return x.People[n].ID, leads
}
