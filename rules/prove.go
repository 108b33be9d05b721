package rules

import "time"

// CodeNotTied: the statement names nothing of the course.
const CodeNotTied Code = "not_tied"

// Prover says of single statements what each would prove in one programme. It
// does not change; any number of goroutines may use it.
type Prover struct {
	p *Program
	c *contract
}

// NewProver prepares the contract of the programme.
func NewProver(p *Program) *Prover { return &Prover{p, newContract(&p.Course)} }

// Proof is what one statement proves by itself, whoever its actor is.
type Proof struct {
	// Kind is the strongest that it proves: a completion of the course, the outcome
	// of a component, a start; KindNone when nothing.
	Kind Kind
	At   time.Time // effective instant
	// Part is the component that it counts for; empty for the course itself.
	Part string
	// Why says why it proves no more; empty when there is nothing to say.
	Why Code
	// Detail belongs to Why: the name that was almost met, the authority.
	Detail string
}

// Prove judges one statement.
func (x *Prover) Prove(e *Evidence) Proof {
	at := effective(e, x.p.Clock)
	switch {
	case e.Kind == KindVoided:
		return Proof{Kind: KindVoided, At: at}
	case at.IsZero():
		return Proof{Why: CodeNoTime}
	case x.c.lookalike[e.Object]:
		return Proof{At: at, Why: Code(BriefingSubstituted), Detail: e.Object}
	case !x.c.ties(e):
		if got, want := x.c.nearMiss(e); got != "" {
			return Proof{At: at, Why: CodeNearMissIRI, Detail: got + " is not " + want}
		}
		return Proof{At: at, Why: CodeNotTied}
	case !x.c.trusts(e.Authority):
		return Proof{At: at, Why: CodeUntrustedAuthority, Detail: e.Authority.String()}
	case !x.c.onPlatform(e):
		return Proof{At: at, Why: CodeUntrustedPlatform, Detail: e.Platform}
	}
	return x.outcome(&proof{Evidence: e, at: at, tied: true, against: Contradicts(e)})
}

// outcome judges a statement that is tied to the course.
func (x *Prover) outcome(p *proof) Proof {
	out := Proof{At: p.at}
	switch kind, part, late := x.strongest(p); {
	case kind != KindNone:
		out.Kind, out.Part = kind, part
	case p.Kind == KindUncompleted || p.Kind == KindWaived || p.Kind == KindRegistered:
		out.Kind = p.Kind
	default:
		if x.c.starts(p.Evidence) {
			out.Kind = KindStarted
		}
		if late {
			out.Why = Code(WrongEdition)
		}
	}
	if p.against {
		out.Why = CodeContradictoryResult
	}
	return out
}

// strongest is the completion of the course, or else of a component. late tells
// that only the validity or the revision of the edition stands against it.
func (x *Prover) strongest(p *proof) (kind Kind, part string, late bool) {
	h := &history{folding: &folding{p: x.p, c: x.c}}
	for i := range x.c.Editions {
		ed := &x.c.Editions[i]
		for r := range x.c.CompleteWhen {
			rule := &x.c.CompleteWhen[r]
			if !completesBy(rule, p) || !onCourse(rule, ed, p) {
				continue
			}
			if h.valid(ed, p) {
				return completion(rule), "", false
			}
			late = true
		}
	}
	kind, part = x.part(h, p)
	return kind, part, late
}

// part is the completion of a component, the last one that fits.
func (x *Prover) part(h *history, p *proof) (kind Kind, part string) {
	for i := range x.c.Editions {
		ed := &x.c.Editions[i]
		eachComponent(ed.Components, func(c *Component) {
			counts := c.Completed && x.c.completesPart(p) || c.Passed && x.c.passes(p)
			if len(c.AnyOf) == 0 && counts && h.aboutPart(c, p) && ed.accepts(p.at) {
				kind, part = p.Kind, c.name()
			}
		})
	}
	return kind, part
}

func completion(r *CompleteRule) Kind {
	if r.Verb == verbSatisfied {
		return KindSatisfied
	}
	return KindCompleted
}
