package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

type auditReplayCmd struct{}

// replayed is what judging the past again has shown.
type replayed struct {
	Decisions int      `json:"decisions"`
	Same      int      `json:"same"`
	Erased    int      `json:"erased"`  // rest on what was erased
	Unknown   int      `json:"unknown"` // rest on whether a platform could be asked for completions, which is not logged
	Different []string `json:"different"`
}

// Run judges every decision again, from what had been logged before it and by the
// configuration of then.
func (c *auditReplayCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, true)
	if err != nil {
		return err
	}
	defer st.Close()
	r := &replay{p: p, store: st, policies: map[string]*rules.Policy{}, out: replayed{Different: []string{}}}
	if err := st.Retrace(p.ctx, r.cycle); err != nil {
		return err
	}
	return r.say()
}

type replay struct {
	p        *program
	store    *store.Store
	policies map[string]*rules.Policy // by text of the configuration
	out      replayed
}

func (r *replay) cycle(past store.Judged) error {
	if past.Config == "" {
		r.out.Decisions += len(past.Decisions)
		r.out.Erased += len(past.Decisions)
		return nil
	}
	policy, err := r.policy(past.Config)
	if err != nil {
		return fmt.Errorf("the configuration of %s: %w", day(past.At), err)
	}
	j := rules.Judge(policy, &past.Facts)
	for i := range past.Decisions {
		r.decision(&past.Decisions[i], j)
	}
	return nil
}

// policy is what the configuration comes to, with what its platforms can do.
func (r *replay) policy(text string) (*rules.Policy, error) {
	if known := r.policies[text]; known != nil {
		return known, nil
	}
	cfg, err := config.Parse("the log", "/", []byte(text))
	if err != nil {
		return nil, err
	}
	s, err := r.p.build(cfg)
	if err != nil {
		return nil, err
	}
	l, err := s.loop(r.p, r.store, r.p.logger(cfg.Log, false), nil)
	if err != nil {
		return nil, err
	}
	r.policies[text] = l.Policy
	return l.Policy, nil
}

// decision compares one decision with the one that is judged now.
func (r *replay) decision(e *store.LogEntry, j *rules.Judgement) {
	var was struct {
		Verdict rules.Verdict `json:"verdict"`
		Row     int           `json:"row"`
		Because []rules.Code  `json:"because"`
	}
	r.out.Decisions++
	if json.Unmarshal([]byte(e.Body), &was) != nil || e.Erased || strings.Contains(e.Personal, `"erased-`) {
		r.out.Erased++
		return
	}
	now, found := judged(j, e.Program, e.PersonID)
	switch {
	case !found:
		r.differs("entry %d: %s in %s was %s by row %d, and is not in the organisation or programme that was logged", e.Seq, e.PersonID, e.Program, was.Verdict, was.Row)
	case now.Verdict == was.Verdict && now.Row == was.Row:
		r.out.Same++
	case slices.Contains(was.Because, rules.CodeUnread): // of a platform whose word counts
		r.out.Unknown++
	default:
		r.differs("entry %d: %s in %s was %s by row %d, and is %s by row %d", e.Seq, e.PersonID, e.Program, was.Verdict, was.Row, now.Verdict, now.Row)
	}
}

func (r *replay) differs(format string, args ...any) {
	r.out.Different = append(r.out.Different, fmt.Sprintf(format, args...))
}

func judged(j *rules.Judgement, program, person string) (rules.Decided, bool) {
	n, there := j.Index.Find(person)
	for i := range j.Programs {
		if pj := &j.Programs[i]; there && pj.Program.ID == program {
			return pj.Decided(n), true
		}
	}
	return rules.Decided{}, false
}

func (r *replay) say() error {
	if r.p.cli.Output == "json" {
		if err := r.p.json(r.out); err != nil {
			return err
		}
	} else {
		printf(r.p.stdout, "%d decisions judged again: %d the same, %d rest on what was erased, %d on whether a platform could be asked for completions\n",
			r.out.Decisions, r.out.Same, r.out.Erased, r.out.Unknown)
		for _, d := range r.out.Different {
			printf(r.p.stdout, "DIFFERENT: %s\n", d)
		}
	}
	if len(r.out.Different) > 0 {
		return code(exitTampered)
	}
	return nil
}
