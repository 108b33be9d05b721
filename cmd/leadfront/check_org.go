package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func (p *program) checkHRIS(s *site) []line {
	subject := "hris " + s.hris.Name
	org, err := s.hris.HRIS.Org(p.ctx)
	if err != nil {
		return []line{{Subject: subject, Check: "reads whole", Result: checkError, Detail: err.Error(), Do: "have HR export it again, whole"}}
	}
	o := newOrgJSON(org, s.policy.Tops)
	lines := []line{{Subject: subject, Check: "reads whole", Result: checkOK, Detail: fmt.Sprintf("%d people, %d leaders, %d levels", o.People, o.Leaders, o.Levels)}}
	lines = append(lines, p.checkFreshness(subject, &org), checkFill(subject, &org))
	for _, id := range s.policy.Tops {
		if !slices.Contains(o.Tops, id) {
			lines = append(lines, line{Subject: subject, Check: "tops", Result: checkError, Detail: id + " is listed as a top and not in the organisation", Do: "correct tops in the configuration"})
		}
	}
	if n := len(o.Findings); n > 0 {
		lines = append(lines, line{Subject: subject, Check: "defects", Result: checkWarning, Detail: fmt.Sprintf("%d findings, the first: %s %s", n, o.Findings[0].Code, o.Findings[0].Person), Do: "leadfront org check"})
	}
	return lines
}

// old is when an export is worth asking about: HR exports daily or weekly.
const old = 8 * 24 * time.Hour

// checkFreshness tells how old the source says that it is.
func (p *program) checkFreshness(subject string, org *rules.Org) line {
	l := line{Subject: subject, Check: "made", Result: checkOK, Detail: "it does not say when it was made"}
	if org.Made.IsZero() {
		return l
	}
	age := p.now().Sub(org.Made)
	l.Detail = fmt.Sprintf("%s, %s ago", org.Made.UTC().Format(time.RFC3339), age.Round(time.Minute))
	if age > old {
		l.Result, l.Do = checkWarning, "see whether HR's export still runs: people who came since are missing"
	}
	return l
}

// checkFill tells for how many people each field is filled in. Statements mostly name
// people by e-mail: whoever has none proves nothing.
func checkFill(subject string, org *rules.Org) line {
	l := line{Subject: subject, Check: "fields", Result: checkOK}
	var parts []string
	filled := func(name string, value func(*rules.Person) string) (n int) {
		for i := range org.People {
			if value(&org.People[i]) != "" {
				n++
			}
		}
		parts = append(parts, fmt.Sprintf("%s %d", name, n))
		return n
	}
	mails := filled("email", func(p *rules.Person) string { return p.Email })
	filled("manager", func(p *rules.Person) string { return p.Manager })
	filled("name", func(p *rules.Person) string { return p.Name })
	filled("department", func(p *rules.Person) string { return p.Department })
	filled("location", func(p *rules.Person) string { return p.Location })
	filled("type", func(p *rules.Person) string { return p.Type })
	l.Detail = fmt.Sprintf("filled in, of %d people: %s", len(org.People), strings.Join(parts, ", "))
	if mails*10 < len(org.People)*9 {
		l.Result, l.Do = checkWarning, "whoever has no e-mail can only be told in statements by identity.accounts or identity.aliases"
	}
	return l
}
