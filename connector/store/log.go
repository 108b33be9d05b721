package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/rules"
)

// The kinds of log entries. They are stable: logs are kept for years.
const (
	LogKey                 = "key"         // the public key; always the first entry
	LogKeyChanged          = "key_changed" // the next key, which the one before vouches for
	LogKeyLost             = "key_lost"    // another key in the place of one that was lost
	LogConfig              = "config"      // a configuration other than the one before
	LogSnapshotAccepted    = "snapshot_accepted"
	LogSnapshotQuarantined = "snapshot_quarantined"
	LogSnapshotApproved    = "snapshot_approved"
	LogReadings            = "readings" // when the sources were read that the decisions after it rest on
	LogDecision            = "decision" // one that differs from the one before
	LogStanding            = "standing" // a first start, or being clear with access, is known for ever
	LogPlan                = "plan"
	LogRefusal             = "refusal"
	LogApproval            = "approval"
	LogApprovalUsed        = "approval_used"
	LogIntent              = "intent"  // a change that is about to be written
	LogOutcome             = "outcome" // what became of it
	LogHoldSeen            = "hold_seen"
	LogHoldClosed          = "hold_closed"
	LogOverride            = "override"
	LogViolationOpened     = "violation_opened"
	LogViolationResolved   = "violation_resolved"
	LogViolationRetracted  = "violation_retracted"
	LogWaiverAdded         = "waiver_added"
	LogWaiverRevoked       = "waiver_revoked"
	LogAttested            = "attested"    // somebody vouches that a person has completed the course
	LogDisowned            = "disowned"    // a hold was given up without a write
	LogGateOpened          = "gate_opened" // of a cohort: it stays open
	LogPaused              = "paused"
	LogResumed             = "resumed"
	LogBackfill            = "backfill"          // the records are read again because somebody asked
	LogLearnt              = "learnt"            // a page of records brought something new
	LogRows                = "rows"              // a platform shows other enrolments than before
	LogErased              = "erased"            // somebody's personal data was destroyed
	LogAdopted             = "adopted"           // a hold of a database that was lost is ours again
	LogRestored            = "restored"          // an older database was put back on purpose
	LogConflict            = "evidence_conflict" // one statement id with two contents
	LogSourceFailed        = "source_failed"     // a source cannot be read; what it said last stays in force
	LogSourceRecovered     = "source_recovered"
	LogNotice              = "notice" // somebody was told something, or could not be
)

// line is a log entry about to be written.
type line struct {
	at      time.Time
	kind    string
	program string
	target  string
	person  string // HR id; the log gets the reference
	// public goes into the log for ever: codes, digests, counts; no personal data.
	public any
	// personal is committed to, and kept in a row that can be erased; nil: none.
	personal any
}

// log appends an entry and returns its sequence number.
func (t *tx) log(l line) (int64, error) {
	ref, err := t.ref(l.person)
	if err != nil {
		return 0, err
	}
	body, err := encode(l.public)
	if err != nil {
		return 0, err
	}
	e := audit.Entry{Seq: t.head.Seq + 1, At: t.monotone(l.at), Kind: l.kind, Program: l.program, Target: l.target,
		Person: ref, Body: body}
	var salt []byte
	var content string
	if l.personal != nil {
		if content, err = encode(l.personal); err != nil {
			return 0, err
		}
		if salt, err = audit.Draw(rand.Reader, audit.SaltSize); err != nil {
			return 0, err
		}
		e.Commitment = audit.Commit(salt, content)
	}
	if err := t.append(e); err != nil {
		return 0, fmt.Errorf("append to the log: %w", err)
	}
	if salt != nil {
		_, err = t.exec(`INSERT INTO log_personal (seq, salt, content) VALUES (?, ?, ?)`, e.Seq, salt, content)
	}
	return e.Seq, err
}

func (t *tx) append(e audit.Entry) error {
	leaf := e.Leaf()
	_, err := t.exec(`INSERT INTO log (seq, at, kind, program, target, person, body, commitment, leaf)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.Seq, e.At.UTC().Format(audit.TimeFormat), e.Kind, e.Program,
		e.Target, e.Person, e.Body, e.Commitment, leaf[:])
	if err == nil {
		t.head, t.at = audit.Head{Seq: e.Seq, Leaf: leaf}, e.At
	}
	return err
}

// codes are the part of reasons that holds no personal data.
func codes(because []rules.Reason) []rules.Code {
	out := make([]rules.Code, len(because))
	for i, r := range because {
		out[i] = r.Code
	}
	return out
}

// LogEntry is an entry with what has not been erased of its personal part.
type LogEntry struct {
	audit.Entry
	PersonID string // HR id; empty: of no person, or erased
	Name     string // as HR last said; empty: not known, or erased
	// Personal is JSON, with people by HR id where it is known and by reference where
	// it was erased; empty: none, or erased.
	Personal string
	Erased   bool // there was a personal part
}

// logEntries reads what scanLogEntry scans.
const logEntries = `SELECT l.seq, l.at, l.kind, l.program, l.target, l.person, l.body, l.commitment,
	coalesce(p.id, ''), coalesce(p.name, ''), coalesce(c.content, ''), l.commitment IS NOT NULL AND c.seq IS NULL
	FROM log l LEFT JOIN person p ON p.ref = l.person LEFT JOIN log_personal c ON c.seq = l.seq`

// LogPage returns up to limit entries after the given sequence number, oldest
// first. An empty page is the end of the log for now.
func (s *Store) LogPage(ctx context.Context, after int64, limit int) ([]LogEntry, error) {
	page, err := collect(ctx, s.reader, scanLogEntry, logEntries+` WHERE l.seq > ? ORDER BY l.seq LIMIT ?`, after, limit)
	if err == nil {
		err = unmask(ctx, s.reader, page)
	}
	if err != nil {
		return nil, fmt.Errorf("store: read the log after entry %d: %w", after, err)
	}
	return page, nil
}

func scanLogEntry(rows *sql.Rows) (e LogEntry, err error) {
	var at moment
	err = rows.Scan(&e.Seq, &at, &e.Kind, &e.Program, &e.Target, &e.Entry.Person, &e.Body, &e.Commitment,
		&e.PersonID, &e.Name, &e.Personal, &e.Erased)
	e.At = at.Time
	return e, err
}

// eachEntry calls fn with every entry after the given one, oldest first, and the
// leaf hash that was kept beside it.
func eachEntry(ctx context.Context, q querier, after int64, fn func(e audit.Entry, leaf []byte) error) error {
	rows, err := q.QueryContext(ctx, `SELECT seq, at, kind, program, target, person, body, commitment, leaf
		FROM log WHERE seq > ? ORDER BY seq`, after)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		e, leaf, err := scanEntry(rows)
		if err == nil {
			err = fn(e, leaf)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanEntry reads one row of the log. A time that is none becomes the zero time,
// which no leaf hash fits.
func scanEntry(row interface{ Scan(...any) error }) (e audit.Entry, leaf []byte, err error) {
	var at string
	err = row.Scan(&e.Seq, &at, &e.Kind, &e.Program, &e.Target, &e.Person, &e.Body, &e.Commitment, &leaf)
	e.At, _ = time.Parse(audit.TimeFormat, at)
	return e, leaf, err
}

// entryAt reads one entry with the leaf hash that was kept beside it.
func entryAt(ctx context.Context, q querier, seq int64) (e audit.Entry, leaf []byte, err error) {
	e, leaf, err = scanEntry(q.QueryRowContext(ctx, `SELECT seq, at, kind, program, target, person, body, commitment, leaf
		FROM log WHERE seq = ?`, seq))
	if errors.Is(err, sql.ErrNoRows) {
		return e, nil, errNoEntry
	}
	return e, leaf, err
}

var errNoEntry = errors.New("no such entry")
