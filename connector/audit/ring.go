package audit

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
)

// KindKeyChanged is the kind of an entry that names the next key of the log: the key
// before it has signed the checkpoint that ends with this entry.
const KindKeyChanged = "key_changed"

// KeyBody is the body of an entry that names a key.
type KeyBody struct {
	Algorithm string `json:"algorithm"` // Ed25519
	Public    string `json:"public"`    // PEM
}

// NewKeyBody is the body that names the key.
func NewKeyBody(k Key) (KeyBody, error) {
	public, err := k.PublicPEM()
	return KeyBody{Algorithm: "Ed25519", Public: string(public)}, err
}

// PublicOf is the key that an entry names.
func PublicOf(e Entry) (ed25519.PublicKey, error) {
	var body KeyBody
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		return nil, fmt.Errorf("entry %d of the log: %w", e.Seq, err)
	}
	public, err := ParsePublic([]byte(body.Public))
	if err != nil {
		return nil, fmt.Errorf("entry %d of the log: %w", e.Seq, err)
	}
	return public, nil
}

// RingKey is a key of the log, from the entry on that names it.
type RingKey struct {
	Public ed25519.PublicKey
	From   int64 // number of that entry
	Lost   bool  // the key before it was lost: nobody vouches for this one
}

// Ring are the keys of a log, the one that it began with first.
type Ring []RingKey

// Origin is the name of the log.
func (r Ring) Origin() string { return Origin(r[0].Public) }

// Last is the key that signs now.
func (r Ring) Last() ed25519.PublicKey { return r[len(r)-1].Public }

// inForce reports whether the key of that place signs a checkpoint of so many
// entries. The checkpoint that ends with the naming of the next key is still its
// own, unless it was lost.
func (r Ring) inForce(i int, size int64) bool {
	begins, ends := r[i].From, int64(0)
	if i > 0 && !r[i].Lost {
		begins++
	}
	if i+1 < len(r) {
		if ends = r[i+1].From; r[i+1].Lost {
			ends--
		}
	}
	return size >= begins && (ends == 0 || size <= ends)
}

// Checkpoint reads a checkpoint of the log with that name, which has to be signed by
// the key that was in force; by is the key's place.
func (r Ring) Checkpoint(text, origin string) (c Checkpoint, by int, err error) {
	for i := len(r) - 1; i >= 0; i-- {
		if c, err = ParseCheckpoint(text, origin, r[i].Public); err != nil {
			continue
		}
		if !r.inForce(i, c.Size) {
			return c, i, fmt.Errorf("%w: that key did not sign a log of %d entries", ErrCheckpoint, c.Size)
		}
		return c, i, nil
	}
	return c, 0, err
}

// Head reads what Sign wrote. Between the change of a key and the next entry it may
// bear either's signature.
func (r Ring) Head(text []byte) (h Head, err error) {
	for i := len(r) - 1; i >= 0; i-- {
		h, err = ParseHead(text, r[i].Public)
		if err != nil {
			continue
		}
		if h.Seq < r[i].From || i+1 < len(r) && h.Seq > r[i+1].From {
			return Head{}, ErrHead
		}
		return h, nil
	}
	return h, err
}

// Follow is the ring with the keys that the proofs name, oldest first. Each has to be
// vouched for by the key before it; of one that took the place of a lost key its own
// word is taken, and the ring says so.
func (r Ring) Follow(named []Proof) (Ring, error) {
	for _, p := range named {
		key, err := PublicOf(Entry{Seq: p.Entry.Seq, Body: p.Entry.Body})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProof, err)
		}
		with := append(r[:len(r):len(r)], RingKey{Public: key, From: p.Entry.Seq, Lost: p.Entry.Kind != KindKeyChanged})
		signers := r
		if p.Entry.Kind != KindKeyChanged {
			signers = with
		}
		if c, err := p.check(signers); err != nil || c.Size != p.Entry.Seq {
			return nil, fmt.Errorf("%w: entry %d names a key that is not vouched for", ErrProof, p.Entry.Seq)
		}
		r = with
	}
	return r, nil
}
