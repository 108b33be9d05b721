package rules_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

type hardCase struct {
	Case, Variant, Name string
	Config              hardConfig
	People              []struct {
		ID, Name, Email string
		Former          []string            `json:"former_emails"`
		Accounts        []rules.AccountName `json:"accounts"`
	}
	Statements []json.RawMessage
	Order      string
	Expect     []hardExpect
	OverTime   []struct {
		After       string     `json:"after_statement"`
		Person      string     `json:"person"`
		Completed   bool       `json:"completed"`
		CompletedAt *time.Time `json:"completed_at"`
	} `json:"expect_over_time"`
}

func (c *hardCase) UnmarshalJSON(data []byte) error {
	type plain hardCase
	var numbered struct {
		Case json.RawMessage `json:"case"`
		*plain
	}
	numbered.plain = (*plain)(c)
	if err := json.Unmarshal(data, &numbered); err != nil {
		return err
	}
	c.Case = strings.Trim(string(numbered.Case), `"`)
	return nil
}

type hardConfig struct {
	Program string
	Launch  time.Time
	Clock   struct {
		Skew string `json:"future_skew"`
		Late string `json:"late_after"`
	}
	Course struct {
		Emitter      string
		CompleteWhen []struct {
			Verb, Profile, Components string
			Result                    struct{ Completion, Success *bool }
		} `json:"complete_when"`
		Editions []struct {
			Name, Language string
			Activities     []string
			PublisherIDs   []string `json:"publisher_ids"`
			Components     []hardComponent
			From           time.Time `json:"valid_from"`
			Until          time.Time `json:"valid_until"`
			Revisions      []string
			AllowMissing   bool `json:"allow_missing_revision"`
		}
		Equal         [][]string
		NotEquivalent []string `json:"not_equivalent"`
		RequirePass   bool     `json:"require_pass"`
		MinScore      *float64 `json:"min_score"`
		AcceptWaived  bool     `json:"accept_waived"`
	}
	Authorities []rules.AccountName
	Identity    struct {
		Placeholders    []string
		HomePageAliases [][]string `json:"home_page_aliases"`
		DomainAliases   [][]string `json:"domain_aliases"`
		SHA1            bool       `json:"sha1_without_mailto"`
	}
}

type hardComponent struct {
	Activity          string
	PublisherID       string `json:"publisher_id"`
	Completed, Passed bool
	MinScore          *float64        `json:"min_score"`
	AnyOf             []hardComponent `json:"any_of"`
}

type hardExpect struct {
	Person      *string
	StartedAt   *time.Time `json:"started_at"`
	Completed   bool
	CompletedAt *time.Time `json:"completed_at"`
	Evidence    []string
	Flags       []string
	Findings    []string
	Violations  []string
}

func (c *hardCase) program(t *testing.T) *rules.Program {
	in := c.Config.Course
	course := rules.Course{
		NotEquivalent: in.NotEquivalent, RequirePass: in.RequirePass, MinScore: in.MinScore,
		AcceptWaived: in.AcceptWaived, Equal: in.Equal,
	}
	if in.Emitter != "" {
		preset, ok := lrs.PresetOf(in.Emitter)
		if !ok {
			t.Fatalf("no preset %q", in.Emitter)
		}
		preset.Apply(&course)
	}
	for _, r := range in.CompleteWhen {
		course.CompleteWhen = append(course.CompleteWhen, rules.CompleteRule{
			Verb: r.Verb, Profile: r.Profile, Components: r.Components == "all",
			Completion: r.Result.Completion, Success: r.Result.Success,
		})
	}
	for _, e := range in.Editions {
		course.Editions = append(course.Editions, rules.Edition{
			Name: e.Name, Language: e.Language, Activities: e.Activities, PublisherIDs: e.PublisherIDs,
			Components: components(e.Components), From: e.From, Until: e.Until,
			Revisions: e.Revisions, AllowMissingRevision: e.AllowMissing,
		})
	}
	for _, a := range c.Config.Authorities {
		course.Authorities = append(course.Authorities, rules.Actor{Kind: rules.ActorAccount, HomePage: a.HomePage, Value: a.Name})
	}
	return &rules.Program{
		ID: c.Config.Program, Launch: c.Config.Launch, Course: course,
		Clock: rules.Clock{FutureSkew: duration(t, c.Config.Clock.Skew), LateAfter: duration(t, c.Config.Clock.Late)},
	}
}

func components(in []hardComponent) []rules.Component {
	var out []rules.Component
	for _, c := range in {
		out = append(out, rules.Component{
			Activity: c.Activity, PublisherID: c.PublisherID, Completed: c.Completed, Passed: c.Passed,
			MinScore: c.MinScore, AnyOf: components(c.AnyOf),
		})
	}
	return out
}

func duration(t *testing.T, s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (c *hardCase) people() []rules.Person {
	var people []rules.Person
	for _, p := range c.People {
		people = append(people, rules.Person{
			ID: p.ID, Name: p.Name, Email: p.Email, Emails: p.Former, Accounts: p.Accounts, Status: rules.Active,
		})
	}
	return people
}

func (c *hardCase) identity() rules.Identity {
	in := c.Config.Identity
	return rules.Identity{
		Placeholders: in.Placeholders, HomePageAliases: in.HomePageAliases, DomainAliases: in.DomainAliases,
		SHA1WithoutMailto: in.SHA1,
	}
}
