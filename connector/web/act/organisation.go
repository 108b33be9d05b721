package act

import (
	"context"
	"fmt"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// organisation lets an organisation in quarantine rule.
func (r *Room) organisation(ctx context.Context, p *prepared) (wrong string, err error) {
	list, err := r.desk.Organisations(ctx)
	if err != nil {
		return "", fmt.Errorf("list the organisations that wait: %w", err)
	}
	for _, o := range list {
		if o.Digest != p.Act.Digest {
			continue
		}
		p.Title = fmt.Sprintf("Let an organisation of %d people rule", o.People)
		for _, b := range o.Because {
			p.say("It waits because %s.", b.Sentence(nil))
		}
		return "", r.compare(ctx, p)
	}
	return fmt.Sprintf("No organisation %.12s waits any more: it was accepted, or HR has given another one. Look at what waits now.", p.Act.Digest), nil
}

// compare lists who would be different.
func (r *Room) compare(ctx context.Context, p *prepared) error {
	next, found, err := r.desk.Organisation(ctx, p.Act.Digest)
	if err != nil || !found {
		return err
	}
	v := r.views.Current()
	if v == nil || len(v.Facts.Snapshots) == 0 {
		p.say("It is the first one: nobody has been held or released yet.")
		return nil
	}
	last := v.Facts.Snapshots[len(v.Facts.Snapshots)-1].Org
	index := rules.NewIndex(next.People, nil)
	name := func(id string) string {
		if n, ok := index.Find(id); ok && index.People[n].Name != "" {
			return index.People[n].Name + " (" + id + ")"
		}
		return v.Name(id)
	}
	counts := map[rules.OrgChangeKind]int{}
	for _, ch := range rules.DiffOrgs(last, next, v.Policy.Tops).Changes {
		counts[ch.Kind]++
		p.add(v, ch.Person, difference(ch, name))
		if len(p.People) == p.Count {
			p.People[p.Count-1].Name = name(ch.Person)
		}
	}
	p.say("%d people are new, %d are gone, %d have another leader or none. Changes in all: %d.",
		counts[rules.OrgNew], counts[rules.OrgGone], counts[rules.OrgMoved]+counts[rules.OrgLost], p.Count)
	return nil
}

// difference is a change of one person in words.
func difference(ch rules.OrgChange, name func(string) string) string {
	what := strings.ReplaceAll(string(ch.Kind), "_", " ")
	switch {
	case ch.Kind == rules.OrgNew && ch.To != "":
		return what + ", under " + name(ch.To)
	case ch.Kind == rules.OrgGone, ch.Kind == rules.OrgNew:
		return what
	case ch.Kind == rules.OrgMoved, ch.Kind == rules.OrgLost:
		return fmt.Sprintf("%s: %s → %s", what, orNobody(ch.From, name), orNobody(ch.To, name))
	case ch.From != "" || ch.To != "":
		return fmt.Sprintf("%s: %q → %q", what, ch.From, ch.To)
	}
	return what
}

func orNobody(id string, name func(string) string) string {
	if id == "" {
		return "nobody"
	}
	return name(id)
}
