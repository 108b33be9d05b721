package store

import (
	"cmp"
	"fmt"

	"github.com/leadfront/leadfront/rules"
)

// changes logs the plan and each change, and gives the changes their numbers.
func (c *cycle) changes(changes []rules.Change) error {
	if len(changes) == 0 {
		return nil
	}
	counts := map[string]int{}
	for _, ch := range changes {
		counts[string(ch.Move)]++
	}
	plan, err := c.log(line{at: c.At, kind: LogPlan,
		public:   map[string]any{"config": c.config, "org": c.org, "readings": c.read, "counts": counts},
		personal: map[string]string{"digest": c.Digest, "policy": c.PolicyHash}})
	if err != nil {
		return err
	}
	for i := range changes {
		if err := c.change(&changes[i], plan); err != nil {
			return fmt.Errorf("%s of enrolment %s in %s: %w", changes[i].Move, changes[i].Row, changes[i].Target, err)
		}
	}
	return nil
}

func (c *cycle) change(ch *rules.Change, plan int64) error {
	if err := c.nameFromHold(ch); err != nil {
		return err
	}
	because, err := c.masked(ch.Because)
	if err != nil {
		return err
	}
	seq, err := c.log(line{at: c.At, kind: LogIntent, program: ch.Program, target: ch.Target, person: ch.Person,
		public: map[string]any{"move": ch.Move, "from": ch.From.String(), "to": ch.To.String(), "cause": ch.Cause,
			"because": codes(ch.Because), "plan": plan},
		personal: enrolled{Row: ch.Row, Account: account(ch.Account), Because: because}})
	if err != nil {
		return err
	}
	ch.Intent = seq
	if ch.Move == rules.MoveHold {
		err = c.hold(ch)
	} else {
		err = c.released(*ch)
	}
	if err != nil {
		return err
	}
	return c.keepChange(*ch)
}

// enrolled is the personal part of what happens to an enrolment. The entry itself
// says whose it is; others are named by their references.
type enrolled struct {
	Row     string         `json:"row"`
	Account account        `json:"account"`
	Because []rules.Reason `json:"because,omitempty"`
}

// account is one as it is kept: what is not known of it takes no room.
type account struct {
	LMS       string `json:",omitempty"`
	ID        string
	Username  string `json:",omitempty"`
	IDNumber  string `json:",omitempty"`
	Email     string `json:",omitempty"`
	Suspended bool   `json:",omitempty"`
}

// nameFromHold finds out whom a release is for when the match was lost since.
func (c *cycle) nameFromHold(ch *rules.Change) error {
	if ch.Hold == 0 {
		return nil
	}
	var person string
	found, err := c.get(`SELECT person FROM hold WHERE id = ?`, []any{ch.Hold}, []any{&person})
	if err == nil && !found {
		err = fmt.Errorf("there is no hold %d", ch.Hold)
	}
	if ch.Person == "" {
		ch.Person = person
	}
	return err
}

// hold makes the record of a hold, or finds the open one that is sent again.
func (c *cycle) hold(ch *rules.Change) error {
	found, err := c.get(`SELECT id FROM hold WHERE program = ? AND target = ? AND row = ? AND closed = ''`,
		[]any{ch.Program, ch.Target, ch.Row}, []any{&ch.Hold})
	if err != nil || found {
		return err
	}
	part, err := c.ofPart(c.approvedBy(ch))
	if err != nil {
		return err
	}
	if !part {
		if err := c.enforced(ch.Program); err != nil {
			return err
		}
	}
	ch.Hold, err = c.insert(`INSERT INTO hold (program, target, row, account, person, intended, intent)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, ch.Program, ch.Target, ch.Row, ch.Account.ID, ch.Person, stamp(c.At), ch.Intent)
	return err
}

// ofPart reports whether an approval was of a part of a plan alone; there may be none.
func (c *cycle) ofPart(digest string) (part bool, err error) {
	part, known := c.part[digest]
	if digest == "" || known {
		return part, nil
	}
	if _, err = c.get(`SELECT part FROM approval WHERE digest = ?`, []any{digest}, []any{&part}); err != nil {
		return false, err
	}
	if c.part == nil {
		c.part = map[string]bool{}
	}
	c.part[digest] = part
	return part, nil
}

// released is remembered at the intent and not at the outcome: when the answer is
// lost, whoever was released must never be held again.
func (c *cycle) released(ch rules.Change) error {
	if ch.Person == "" || ch.Undo {
		return nil
	}
	_, err := c.keepStanding(rules.Standing{Program: ch.Program, Person: ch.Person, Released: c.At})
	return err // the intent itself says so in the log
}

func (c *cycle) keepChange(ch rules.Change) error {
	whose, err := encode(account(ch.Account))
	if err != nil {
		return err
	}
	because, err := encode(ch.Because)
	if err != nil {
		return err
	}
	var hold any
	if ch.Hold != 0 {
		hold = ch.Hold
	}
	_, err = c.exec(`INSERT INTO change (intent, at, program, target, row, account, person, move, was, wanted,
		cause, because, hold, approved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		ch.Intent, stamp(c.At), ch.Program, ch.Target, ch.Row, whose, ch.Person, string(ch.Move),
		ch.From.String(), ch.To.String(), string(ch.Cause), because, hold, c.approvedBy(&ch))
	return err
}

// approvedBy is the digest of the approval that let the change through. One of which
// something waits is not used up yet.
func (c *cycle) approvedBy(ch *rules.Change) string { return cmp.Or(c.approved[ch.Key()], ch.Approved) }
