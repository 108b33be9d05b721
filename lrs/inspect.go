package lrs

import (
	"encoding/json"
	"io"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Line is what inspect says of one statement.
type Line struct {
	Line     int     `json:"line"`    // from 1
	ID       string  `json:"id"`      // lower-case; empty: the sender left it to the LRS
	Valid    bool    `json:"valid"`   // what decides could be read; labels, people around the event and SubStatements are not looked at
	Problem  string  `json:"problem"` // why it is not valid, or proves nothing, or not all
	Actor    string  `json:"actor"`
	Evidence []Claim `json:"evidence"`
}

// Claim is what a statement would prove about its object. Without programmes
// Program is null.
type Claim struct {
	Program *string   `json:"program"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"` // when it counts; null: nobody can tell
}

// MarshalJSON writes every field always, so that programs need not ask which are
// there.
func (c Claim) MarshalJSON() ([]byte, error) {
	type plain Claim
	if c.At.IsZero() {
		return json.Marshal(struct {
			plain
			At *time.Time `json:"at"`
		}{plain: plain(c)})
	}
	return json.Marshal(plain(c))
}

// Inspect reads statements and yields for each what it would prove: of each
// programme, or, when there are none, what its verb would prove for its object. They
// come one a line, or as an array or the answer of an LRS; gzipped or not. Empty lines
// are passed over and counted. It stops at the first error of reading or of yield; a
// line that is no statement is none.
func Inspect(r io.Reader, programs []rules.Program, yield func(Line) error) error {
	var provers []prover
	for i := range programs {
		provers = append(provers, prover{&programs[i].ID, rules.NewProver(&programs[i])})
	}
	return eachStatement(r, func(n int, raw []byte) error { return yield(inspect(n, raw, provers)) })
}

type prover struct {
	program *string
	*rules.Prover
}

func inspect(n int, raw []byte, provers []prover) Line {
	line := Line{Line: n, Evidence: []Claim{}}
	e, err := Project("inspect", raw)
	line.ID = e.Statement
	if err != nil {
		line.Problem = err.Error()
		return line
	}
	line.Valid, line.Actor = true, e.Actor.String()
	if len(provers) == 0 {
		line.claimByVerb(&e)
		return line
	}
	for _, p := range provers {
		proof := p.Prove(&e)
		if proof.Kind != rules.KindNone {
			line.Evidence = append(line.Evidence, Claim{p.program, proof.Kind.String(), proof.At})
		}
		line.add(because(proof))
	}
	line.aboutActor(&e)
	return line
}

// claimByVerb says what the verb would prove, were the object the course.
func (l *Line) claimByVerb(e *rules.Evidence) {
	kind := e.Kind
	switch {
	case e.Object == "" && kind != rules.KindVoided:
		l.add("the object is no activity: such a statement proves nothing")
		return
	case kind == rules.KindNone:
		l.add("the verb proves nothing by itself; complete_when can make it count")
		return
	case rules.Contradicts(e):
		l.add(because(rules.Proof{Why: rules.CodeContradictoryResult}))
		kind = rules.KindStarted
	}
	at := e.Timestamp
	if at.IsZero() {
		at = e.Stored
	}
	if at.IsZero() {
		l.add("neither timestamp nor stored, which the LRS would set")
	}
	l.Evidence = append(l.Evidence, Claim{nil, kind.String(), at})
	l.aboutActor(e)
}

func (l *Line) aboutActor(e *rules.Evidence) {
	if e.Actor.Group && e.Kind != rules.KindVoided {
		l.Evidence = l.Evidence[:0]
		l.add("the actor is a group: that each member did it is not said")
	}
}

func (l *Line) add(problem string) {
	switch {
	case problem == "" || l.Problem == problem:
	case l.Problem == "":
		l.Problem = problem
	default:
		l.Problem += "; " + problem
	}
}

// because says in words why a statement proves nothing, or not all.
func because(p rules.Proof) string {
	switch p.Why {
	case "":
		if p.Kind == rules.KindNone {
			return "the verb proves nothing under this contract"
		}
		return ""
	case rules.CodeNotTied:
		return "names nothing of the course: neither object nor parent nor grouping is in the contract"
	case rules.CodeNearMissIRI:
		return "almost names the course: " + p.Detail
	case rules.CodeNoTime:
		return "has neither timestamp nor stored"
	case rules.CodeUntrustedAuthority:
		return "its authority is not on the list: " + p.Detail
	case rules.CodeUntrustedPlatform:
		return "is not of a platform that counts: " + p.Detail
	case rules.CodeContradictoryResult:
		return "verb and result contradict each other: it proves no completion, only a start"
	case rules.Code(rules.WrongEdition):
		return "completes the course outside the validity or the revisions of every edition"
	case rules.Code(rules.BriefingSubstituted):
		return "is about a look-alike that is listed as not equivalent: " + p.Detail
	}
	return string(p.Why)
}
