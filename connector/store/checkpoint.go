package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// Checkpoint implements connector.Store. It costs what was logged since the last
// one.
func (s *Store) Checkpoint(ctx context.Context, at time.Time) (note string, err error) {
	origin, err := s.Origin(ctx)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, func(t *tx) error {
		if note, err = t.lastCheckpoint(t.head.Seq); err != nil || note != "" {
			return err
		}
		note, err = t.checkpoint(s.key, origin, at)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("store: sign a checkpoint of the log: %w", err)
	}
	return note, nil
}

// checkpoint signs the whole log with the key, and keeps that.
func (t *tx) checkpoint(key audit.Key, origin string, at time.Time) (note string, err error) {
	tree, err := t.tree()
	if err != nil {
		return "", err
	}
	c := audit.Checkpoint{Origin: origin, Size: tree.Size(), Root: tree.Root(), At: t.monotone(at)}
	if note, err = key.SignCheckpoint(c); err != nil {
		return "", err
	}
	if _, err := t.exec(`INSERT INTO checkpoint (size, at, note) VALUES (?, ?, ?)`, c.Size, stamp(c.At), note); err != nil {
		return "", err
	}
	_, err = t.exec(`INSERT INTO tree (one, size, edge) VALUES (1, ?1, ?2)
		ON CONFLICT (one) DO UPDATE SET size = ?1, edge = ?2`, c.Size, tree.Edge())
	return note, err
}

// lastCheckpoint is the note of that size; empty: there is none.
func (t *tx) lastCheckpoint(size int64) (note string, err error) {
	_, err = t.get(`SELECT note FROM checkpoint WHERE size = ?`, []any{size}, []any{&note})
	return note, err
}

// tree is the tree of the whole log, from the last edge on.
func (t *tx) tree() (*audit.Tree, error) {
	var size int64
	var edge []byte
	if _, err := t.get(`SELECT size, edge FROM tree`, nil, []any{&size, &edge}); err != nil {
		return nil, err
	}
	tree, err := audit.Resume(size, edge)
	if err != nil {
		return nil, err
	}
	var last audit.Hash
	if err := eachLeaf(t.ctx, t.sql, size, t.head.Seq-size, func(leaf audit.Hash) {
		tree.Add(leaf)
		last = leaf
	}); err != nil {
		return nil, err
	}
	if tree.Size() != t.head.Seq || tree.Size() > size && last != t.head.Leaf {
		return nil, fmt.Errorf("the log does not end as this process left it: %w", ErrRolledBack)
	}
	return &tree, nil
}

// eachLeaf calls fn with so many leaf hashes, in order, from the one after the given
// entry.
func eachLeaf(ctx context.Context, q querier, after, count int64, fn func(audit.Hash)) error {
	rows, err := q.QueryContext(ctx, `SELECT leaf FROM log WHERE seq > ? ORDER BY seq LIMIT ?`, after, count)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var leaf sql.RawBytes
		if err := rows.Scan(&leaf); err != nil {
			return err
		}
		if len(leaf) != audit.Size {
			return errors.New("a leaf hash of the log is damaged")
		}
		fn(audit.Hash(leaf))
	}
	return rows.Err()
}

// Origin is the name that the checkpoints of this log bear.
func (s *Store) Origin(ctx context.Context) (string, error) {
	ring, err := s.Keys(ctx)
	if err != nil {
		return "", err
	}
	return ring.Origin(), nil
}

// Prove makes the proof that an entry is in the log of the last checkpoint.
func (s *Store) Prove(ctx context.Context, seq int64) (audit.Proof, error) {
	p, err := prove(ctx, s.reader, seq, `SELECT size, note FROM checkpoint WHERE size >= ? ORDER BY size DESC LIMIT 1`)
	if err == nil {
		p.Keys, err = keyProofs(ctx, s.reader)
	}
	if err != nil {
		return p, fmt.Errorf("store: %w", err)
	}
	return p, nil
}

// keyProofs prove each entry that names a key after the first one, by the checkpoint
// that the key before has signed.
func keyProofs(ctx context.Context, q querier) (all []audit.Proof, err error) {
	ring, err := logKeys(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, k := range ring[1:] {
		p, err := prove(ctx, q, k.From, `SELECT size, note FROM checkpoint WHERE size = ?`)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// prove proves an entry by the checkpoint that the query finds.
func prove(ctx context.Context, q querier, seq int64, checkpoint string) (audit.Proof, error) {
	e, _, err := entryAt(ctx, q, seq)
	if err != nil {
		return audit.Proof{}, fmt.Errorf("read entry %d of the log: %w", seq, err)
	}
	var size int64
	var note string
	err = q.QueryRowContext(ctx, checkpoint, seq).Scan(&size, &note)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Proof{}, fmt.Errorf("no checkpoint covers entry %d yet; the next cycle signs one", seq)
	}
	if err != nil {
		return audit.Proof{}, fmt.Errorf("read the last checkpoint: %w", err)
	}
	return audit.Prove(e, size, note, func(first, count int64) (leaves []audit.Hash, err error) {
		err = eachLeaf(ctx, q, first, count, func(leaf audit.Hash) { leaves = append(leaves, leaf) })
		return leaves, err
	})
}
