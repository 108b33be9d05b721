package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func (p performer) approve() (string, error) {
	var at, opens moment
	var program, move string
	var refusal int64
	found, err := p.get(`SELECT at, opens, program, move, seq FROM refusal WHERE digest = ?`,
		[]any{p.act.Digest}, []any{&at, &opens, &program, &move, &refusal})
	if err != nil {
		return "", err
	}
	if !found {
		return no("no plan of digest %s was refused; `leadfront plan` shows the present one", p.act.Digest), nil
	}
	expires := at.Add(approvable)
	if !p.at.Before(expires) {
		return no("plan %s was refused on %s, more than 24 hours ago; `leadfront plan` shows the present one",
			p.act.Digest, stamp(at.Time)), nil
	}
	changes, digest, answer, err := p.approvedPart()
	if answer != "" || err != nil {
		return answer, err
	}
	if opens.After(at.Time) { // what waits for a window besides can be done a day long from then on
		expires = opens.Add(approvable)
	}
	// An approval can be given again once the same plan was refused again after it
	// was used.
	given, err := p.get(`SELECT 1 FROM approval WHERE digest = ? AND expires > ? AND (used = '' OR used_seq > ?)`,
		[]any{digest, stamp(p.at), refusal}, []any{new(int)})
	if err != nil {
		return "", err
	}
	if given {
		return no("plan %s is approved already", digest), nil
	}
	part := digest != p.act.Digest
	if err := p.keepApproval(approved{digest, part, program, move, refusal, expires, changes}); err != nil {
		return "", err
	}
	if part {
		return fmt.Sprintf("of plan %s the part of %s and whoever is below, %s, is approved until %s: what of its %d changes is still wanted is done by the next cycle; the rest goes on asking",
			p.act.Digest, p.act.Person, digest, stamp(expires), len(changes)), nil
	}
	return fmt.Sprintf("plan %s is approved until %s: what of its %d changes is still wanted is done by the next cycle",
		digest, stamp(expires), len(changes)), nil
}

// approvedPart are the changes that the act lets through, with their digest: those
// of the whole plan, or of a person and whoever is below in the organisation that
// rules.
func (p performer) approvedPart() (changes []rules.Change, digest, refused string, err error) {
	changes, err = refusedChanges(p.ctx, p.sql, p.act.Digest)
	if p.act.Person == "" || err != nil {
		return changes, p.act.Digest, "", err
	}
	people, err := collect(p.ctx, p.sql, func(rows *sql.Rows) (who rules.Person, err error) {
		return who, rows.Scan(&who.ID, &who.Manager)
	}, `SELECT id, manager FROM person WHERE present = 1`)
	if err != nil {
		return nil, "", "", err
	}
	below := rules.Below(people, p.act.Person)
	if len(below) == 0 {
		return nil, "", no("person %q is not in the organisation that rules; the HR id is wanted, `leadfront explain` shows it", p.act.Person), nil
	}
	if changes = rules.Part(changes, below); len(changes) == 0 {
		return nil, "", no("nothing of plan %s concerns %s or whoever is below", p.act.Digest, p.act.Person), nil
	}
	return changes, rules.Digest(changes), "", nil
}

// approved is an approval that is to be kept.
type approved struct {
	digest        string
	part          bool
	program, move string
	refusal       int64 // the entry of the plan
	expires       time.Time
	changes       []rules.Change
}

// keepApproval logs the approval and keeps what it lets through.
func (p performer) keepApproval(a approved) error {
	keys := make([]rules.ChangeKey, len(a.changes))
	for i := range a.changes {
		keys[i] = a.changes[i].Key()
	}
	text, err := encode(keys)
	if err != nil {
		return err
	}
	seq, err := p.log(line{at: p.at, kind: LogApproval, program: a.program, person: p.act.Person,
		public:   map[string]any{"refusal": a.refusal, "move": a.move, "changes": len(keys), "part": a.part},
		personal: p.why(map[string]string{"digest": a.digest})})
	if err != nil {
		return err
	}
	_, err = p.exec(`INSERT OR REPLACE INTO approval (digest, at, expires, approved_by, reason, program, move, changes, seq, part)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, a.digest, stamp(p.at), stamp(a.expires), p.act.By,
		p.act.Reason, a.program, a.move, text, seq, a.part)
	return err
}
