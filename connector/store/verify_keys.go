package store

import (
	"crypto/ed25519"
	"slices"

	"github.com/leadfront/leadfront/connector/audit"
)

// keys finds the keys whose checkpoints count.
func (v *verifier) keys() error {
	if err := v.q.QueryRowContext(v.ctx, `SELECT coalesce(max(seq), 0) FROM log`).Scan(&v.total); err != nil {
		return err
	}
	ring, err := logKeys(v.ctx, v.q)
	if err != nil && v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	if err != nil {
		v.problem(ProblemKey, 1, "the keys of the log are not what they were: %v", err)
		if len(v.o.Keys) == 0 {
			return nil
		}
		ring = audit.Ring{{Public: v.o.Keys[0], From: 1}}
	} else if len(v.o.Keys) > 0 && !v.known(ring) {
		ring = audit.Ring{{Public: v.o.Keys[0], From: 1}}
	}
	v.ring, v.named = ring, make([]bool, len(ring))
	return nil
}

// known compares the keys of the log with those that it is known by.
func (v *verifier) known(ring audit.Ring) bool {
	first := slices.IndexFunc(ring, v.given)
	if first < 0 {
		v.problem(ProblemKey, 1, "the log has not the key that was given: it is another log")
		return false
	}
	for _, k := range ring[first+1:] {
		if k.Lost && !v.given(k) {
			v.problem(ProblemKey, k.From, "since entry %d the log has a key that nobody vouches for: the one before was lost. If the new one was handed to you, give it with the old one", k.From)
		}
	}
	return true
}

// vouched is about the keys after the first one: each has to be named in an entry
// that the key before it has signed.
func (v *verifier) vouched() error {
	for i, k := range v.ring {
		switch {
		case i == 0 || v.named[i]:
		case k.Lost:
			v.out.Notes = append(v.out.Notes, lostKey(k.From))
		default:
			v.problem(ProblemKey, k.From, "entry %d names a key that the one before it does not vouch for: its checkpoint is missing or does not fit", k.From)
		}
	}
	return nil
}

// given reports whether the key is one that the log is known by.
func (v *verifier) given(k audit.RingKey) bool {
	return slices.ContainsFunc(v.o.Keys, func(p ed25519.PublicKey) bool { return p.Equal(k.Public) })
}
