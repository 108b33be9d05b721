package showcase

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// leader is the number of whoever leads the person in the programme; -1: nobody.
func leader(p *view.Program, person int) int {
	if chain := p.Chain(person); len(chain) > 0 {
		return chain[0].Leader
	}
	return -1
}

// leads reports whether one person leads the other in the programme.
func (n *now) leads(program, above, below string) bool {
	p, ok := n.Program(program)
	if !ok {
		return false
	}
	x := n.Judgement.Index
	a, known := x.Find(above)
	b, here := x.Find(below)
	return known && here && a != b && leader(p, b) == a
}

// mayLook: whoever knows the work may say whether it can be shown: the author's
// leader, and who is led by the author.
func (n *now) mayLook(o *rules.Outgoing, person string) bool {
	return person != "" && person != o.Person && (n.leads(o.Program, person, o.Person) || n.leads(o.Program, o.Person, person))
}

// toLookAt is what waits for a second look of the reader.
func (s *Showcase) toLookAt(c echo.Context, n *now) (list []rules.Outgoing) {
	who, _ := signin.Current(c)
	for i := range n.outgoing {
		if o := &n.outgoing[i]; o.State == rules.OutgoingReview && o.Kind == rules.KindShared && n.mayLook(o, who.Person) {
			list = append(list, *o)
		}
	}
	return list
}

// confirming reports whether a confirmation of the person is on its way.
func (n *now) confirming(person, object string) bool {
	for _, o := range n.outgoing {
		if o.Kind == rules.KindConfirmed && o.Object == object && o.Person == person && person != "" && o.State != rules.OutgoingRefused {
			return true
		}
	}
	return false
}

// programs are those in which the person can share: where they lead somebody, and a
// share can be said.
func (n *now) programs(person string) (list []*rules.Program) {
	i, ok := n.Judgement.Index.Find(person)
	if !ok || person == "" {
		return nil
	}
	for _, p := range n.Programs() {
		if on := p.Program.Ends.IsZero() || p.Program.Ends.After(n.Judged); on && p.Leads(i) && p.Program.Place() != "" && p.Program.Showcase.Sayable() {
			list = append(list, p.Program)
		}
	}
	return list
}

// mayShare reports whether the reader leads somebody.
func (s *Showcase) mayShare(c echo.Context, n *now) bool {
	who, in := signin.Current(c)
	return in && s.Outbox != nil && len(n.programs(who.Person)) > 0
}

// actor is the identifier of the person under which a statement will be read back as
// theirs; false where HR has no address of theirs, or one that somebody else has too.
func (n *now) actor(person string) (rules.Actor, bool) {
	i, ok := n.Judgement.Index.Find(person)
	if !ok {
		return rules.Actor{}, false
	}
	p := &n.Judgement.Index.People[i]
	var candidates []rules.Actor
	if strings.Contains(p.Email, "@") {
		candidates = append(candidates, rules.Actor{Kind: rules.ActorMbox, Value: p.Email})
	}
	for _, a := range p.Accounts {
		candidates = append(candidates, rules.Actor{Kind: rules.ActorAccount, HomePage: a.HomePage, Value: a.Name})
	}
	for _, a := range candidates {
		if who, how := n.Judgement.Resolve(a); how.OK() && who == i {
			return a, true
		}
	}
	return rules.Actor{}, false
}
