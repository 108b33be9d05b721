package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// RefusedPrefix begins the answer to an act that was not done.
const RefusedPrefix = "refused: "

// Request asks the process that holds the lock to do an act. It is durable when
// Request returns, and the only thing that is written without the lock: it waits at
// most ten seconds for a transaction of the daemon.
func (s *Store) Request(ctx context.Context, a rules.Act) (id int64, err error) {
	if s.writer == nil {
		return 0, errors.New("store: a store that was opened for reading takes no requests")
	}
	a.ID = 0
	text, err := encode(a)
	if err != nil {
		return 0, fmt.Errorf("store: ask for %s: %w", a.Kind, err)
	}
	r, err := s.writer.ExecContext(ctx, `INSERT INTO request (kind, program, at, act) VALUES (?, ?, ?, ?)`,
		string(a.Kind), a.Program, stamp(a.At), text)
	if err == nil {
		id, err = r.LastInsertId()
	}
	if err != nil {
		return 0, fmt.Errorf("store: ask for %s: %w", a.Kind, err)
	}
	return id, nil
}

// Answer returns what became of a request. Done is false while it waits; an answer
// that begins with RefusedPrefix says why it was not done.
func (s *Store) Answer(ctx context.Context, id int64) (answer string, done bool, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT answer, done <> '' FROM request WHERE id = ?`, id).Scan(&answer, &done)
	if errors.Is(err, sql.ErrNoRows) {
		err = errors.New("there is no such request")
	}
	if err != nil {
		return "", false, fmt.Errorf("store: look for the answer to request %d: %w", id, err)
	}
	return answer, done, nil
}

// Acts implements connector.Store: oldest first.
func (s *Store) Acts(ctx context.Context) ([]rules.Act, error) {
	acts, err := collect(ctx, s.reader, func(rows *sql.Rows) (rules.Act, error) {
		var id int64
		var act jsonText[rules.Act]
		err := rows.Scan(&id, &act)
		act.v.ID = id
		return act.v, err
	}, `SELECT id, act FROM request WHERE done = '' ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("store: read what operators ask for: %w", err)
	}
	return acts, nil
}

// Perform implements connector.Store. An act without ID was not requested but is
// done by the command itself, which holds the lock. Performing an act again gives
// the same answer and does nothing.
func (s *Store) Perform(ctx context.Context, a rules.Act, at time.Time) (answer string, err error) {
	err = s.write(ctx, func(t *tx) error {
		done := false
		if a.ID != 0 {
			found, err := t.get(`SELECT answer, done <> '' FROM request WHERE id = ?`, []any{a.ID}, []any{&answer, &done})
			if err != nil || done {
				return err
			}
			if !found {
				return errors.New("there is no such request")
			}
		}
		if answer, err = (performer{t, a, at}).perform(); err != nil || a.ID == 0 {
			return err
		}
		_, err = t.exec(`UPDATE request SET done = ?, answer = ? WHERE id = ?`, stamp(at), answer, a.ID)
		return err
	})
	if err == nil && a.Kind == rules.ActErase && !strings.HasPrefix(answer, RefusedPrefix) {
		answer, err = s.wipe(ctx, a.ID, answer)
	}
	if err != nil {
		return "", fmt.Errorf("store: %s, request %d: %w", a.Kind, a.ID, err)
	}
	return answer, nil
}

// performer does one act.
type performer struct {
	*tx
	act rules.Act
	at  time.Time
}

func (p performer) perform() (string, error) {
	if p.act.Kind == rules.ActSync {
		if p.act.Trouble != "" {
			return no("a cycle was run; %s", p.act.Trouble), nil
		}
		return "a cycle was run", nil
	}
	if strings.TrimSpace(p.act.By) == "" || strings.TrimSpace(p.act.Reason) == "" {
		return no("say who asks and why: --by NAME --reason TEXT"), nil
	}
	do, known := map[rules.ActKind]func() (string, error){
		rules.ActApprove:    p.approve,
		rules.ActOrgApprove: p.approveOrg,
		rules.ActWaive:      p.waive,
		rules.ActRevoke:     p.revoke,
		rules.ActReleaseAll: p.pause,
		rules.ActResume:     p.resume,
		rules.ActAttest:     p.attest,
		rules.ActDisown:     p.disown,
		rules.ActBackfill:   p.backfill,
		rules.ActErase:      p.erase,
	}[p.act.Kind]
	if known {
		return do()
	}
	return no("this version does not know how to %s", p.act.Kind), nil
}

func no(format string, args ...any) string { return RefusedPrefix + fmt.Sprintf(format, args...) }

// why is the personal part of an act: names and free text.
type why struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	Detail any    `json:"detail,omitempty"`
}

func (p performer) why(detail any) why { return why{p.act.By, p.act.Reason, detail} }

func (p performer) approveOrg() (string, error) {
	var people int
	var id int64
	var approved moment
	found, err := p.get(`SELECT id, people, approved FROM snapshot WHERE state = 'quarantined' AND digest = ?`,
		[]any{p.act.Digest}, []any{&id, &people, &approved})
	if err != nil {
		return "", err
	}
	if !found {
		return no("no organisation of digest %s is in quarantine; `leadfront org check` shows what HR gives now", p.act.Digest), nil
	}
	answer := fmt.Sprintf("organisation %.12s (%d people) is approved", p.act.Digest, people)
	if !approved.IsZero() {
		return answer, nil // and was not accepted yet: whoever performs this does it now
	}
	if _, err := p.exec(`UPDATE snapshot SET approved = ?, approved_by = ? WHERE state = 'quarantined' AND digest = ?`,
		stamp(p.at), p.act.By, p.act.Digest); err != nil {
		return "", err
	}
	_, err = p.log(line{at: p.at, kind: LogSnapshotApproved,
		public: map[string]any{"snapshot": id, "people": people}, personal: p.why(map[string]string{"digest": p.act.Digest})})
	return answer, err
}
