package store

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/audit"
)

// signedOn adds an entry and a checkpoint.
func signedOn(t *testing.T, s *Store, h int) (seq int64, note string) {
	t.Helper()
	must(t, s.Config(t.Context(), Configuration{Hash: stamp(hour(h))}, hour(h)))
	note, err := s.Checkpoint(t.Context(), hour(h))
	must(t, err)
	return s.tail.Seq, note
}

// rotated is a store whose key was changed, with what was kept outside before and
// after, and both public keys.
func rotated(t *testing.T, r Rotation) (s *Store, notes []string, old, now ed25519.PublicKey) {
	t.Helper()
	s = fresh(t)
	life(t, s)
	_, before := signedOn(t, s, 5)
	old = s.key.Public()
	must(t, s.Close())
	if r.Lost {
		must(t, os.Remove(filepath.Join(s.dir, ownKey)))
	}
	r.By, r.Reason, r.At = "Olga", "a year has gone by", hour(6)
	must(t, Rotate(t.Context(), s.dir, r))
	s = reopen(t, s.dir)
	_, after := signedOn(t, s, 7)
	return s, []string{before, after}, old, s.key.Public()
}

// A changed key: the log verifies by either, proofs from before and after hold with
// either as far as it reaches, and the key before is gone from the folder.
func TestTheKeyIsChanged(t *testing.T) {
	s, notes, old, now := rotated(t, Rotation{})
	if old.Equal(now) {
		t.Fatal("the key is the same")
	}
	if _, err := os.Lstat(next(s.keyFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the next key still waits: %v", err)
	}
	pub, err := os.ReadFile(filepath.Join(s.dir, pubFile))
	must(t, err)
	named, err := audit.ParsePublic(pub)
	must(t, err)
	equal(t, "leadfront.pub", named.Equal(now), true)
	for name, keys := range map[string][]ed25519.PublicKey{"nobody's": nil, "the first": {old}, "the present one": {now}} {
		v := verified(t, s.dir, VerifyOptions{Keys: keys, Outside: notes})
		equal(t, "problems with "+name+" key", v.Problems, []Problem{})
		equal(t, "kept outside", v.Outside, 2)
	}
	p, err := s.Prove(t.Context(), 3)
	must(t, err)
	for name, key := range map[string]ed25519.PublicKey{"first": old, "present": now} {
		if _, err := p.Check(key); err != nil {
			t.Errorf("a proof under the present key, with the %s one: %v", name, err)
		}
	}
	unled := p
	unled.Keys = nil
	if _, err := unled.Check(old); !errors.Is(err, audit.ErrCheckpoint) {
		t.Errorf("nothing leads from the first key to the present one: %v", err)
	}
}

// A proof that was made before the change holds with the key of then, and no longer
// than that key was in force.
func TestAKeyCountsForItsTimeAlone(t *testing.T) {
	s := fresh(t)
	life(t, s)
	seq, _ := signedOn(t, s, 5)
	early, err := s.Prove(t.Context(), seq)
	must(t, err)
	stolen := s.key
	must(t, s.Close())
	must(t, Rotate(t.Context(), s.dir, Rotation{By: "Olga", Reason: "r", At: hour(6)}))
	s = reopen(t, s.dir)
	ring, err := s.Keys(t.Context())
	must(t, err)
	if _, err := early.Check(ring[0].Public); err != nil {
		t.Errorf("a proof from before: %v", err)
	}
	signedOn(t, s, 7)
	forged, err := stolen.SignCheckpoint(audit.Checkpoint{Origin: ring.Origin(), Size: s.tail.Seq, At: hour(8)})
	must(t, err)
	v := verified(t, s.dir, VerifyOptions{Outside: []string{forged}})
	if len(v.Problems) != 1 || v.Problems[0].Kind != ProblemCheckpoint || !strings.Contains(v.Problems[0].Text, "did not sign") {
		t.Errorf("a checkpoint of after by the key of before: %+v", v.Problems)
	}
	p, err := s.Prove(t.Context(), 3)
	must(t, err)
	p.Checkpoint = forged
	if _, err := p.Check(ring[0].Public); !errors.Is(err, audit.ErrCheckpoint) {
		t.Errorf("a proof by such a one: %v", err)
	}
}

// Whoever may write the folder names a key of theirs: nobody has vouched for it.
func TestAKeyThatNobodyVouchesForIsFound(t *testing.T) {
	s := fresh(t)
	life(t, s)
	signedOn(t, s, 5)
	mine, err := audit.NewKey(strings.NewReader(strings.Repeat("x", 64)))
	must(t, err)
	stolen := s.key
	s.key = mine // they cannot sign with the key, which they have not
	origin, err := s.Origin(t.Context())
	must(t, err)
	must(t, s.write(t.Context(), func(tx *tx) error { return tx.rotate(s, mine, origin, Rotation{At: hour(6)}) }))
	must(t, s.Close())
	v := verified(t, s.dir, VerifyOptions{Keys: []ed25519.PublicKey{stolen.Public()}})
	if len(v.Problems) == 0 || v.Problems[0].Kind != ProblemCheckpoint || v.Problems[len(v.Problems)-1].Kind != ProblemKey {
		t.Errorf("%+v", v.Problems)
	}
}

// A key that was lost: the log goes on, loudly.
func TestALostKeyIsReplacedLoudly(t *testing.T) {
	s, notes, old, now := rotated(t, Rotation{Lost: true})
	v := verified(t, s.dir, VerifyOptions{Outside: notes})
	equal(t, "problems", v.Problems, []Problem{})
	if len(v.Notes) != 1 || !strings.Contains(v.Notes[0], "lost") {
		t.Errorf("notes: %q", v.Notes)
	}
	v = verified(t, s.dir, VerifyOptions{Keys: []ed25519.PublicKey{old}})
	if len(v.Problems) != 1 || v.Problems[0].Kind != ProblemKey {
		t.Errorf("with the lost key alone: %+v", v.Problems)
	}
	equal(t, "with both", verified(t, s.dir, VerifyOptions{Keys: []ed25519.PublicKey{old, now}}).Problems, []Problem{})
	p, err := s.Prove(t.Context(), 3)
	must(t, err)
	if _, err := p.Check(old); !errors.Is(err, audit.ErrCheckpoint) {
		t.Errorf("the lost key vouches for nothing after it: %v", err)
	}
	must(t, s.Close())
	if err := Rotate(t.Context(), s.dir, Rotation{Lost: true}); !errors.Is(err, ErrNotLost) {
		t.Errorf("a key that is there: %v", err)
	}
}

// Killed after the log has named the next key, the next start puts it in its place.
func TestAChangeOfKeysIsBroughtToItsEnd(t *testing.T) {
	s := fresh(t)
	key, err := makeKey(next(s.keyFile))
	must(t, err)
	origin, err := s.Origin(t.Context())
	must(t, err)
	head := filepath.Join(s.dir, headFile)
	copyFile(t, head, head+".old")
	must(t, s.write(t.Context(), func(tx *tx) error { return tx.rotate(s, key, origin, Rotation{At: hour(6)}) }))
	must(t, s.Close())
	copyFile(t, head+".old", head) // nor was the head written
	s = reopen(t, s.dir)
	signedOn(t, s, 7)
	s = again(t, s)
	equal(t, "problems", verified(t, s.dir, VerifyOptions{}).Problems, []Problem{})
}

// A key that is kept elsewhere is never written: the next one is handed out, and the
// daemon starts once it is in its place.
func TestAKeyThatIsKeptElsewhere(t *testing.T) {
	dir, secret, out := t.TempDir(), filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "next")
	must(t, InitWithKey(t.Context(), dir, secret, day0))
	if _, err := os.Lstat(filepath.Join(dir, ownKey)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key in the folder: %v", err)
	}
	before, err := os.ReadFile(secret)
	must(t, err)
	must(t, Rotate(t.Context(), dir, Rotation{KeyFile: secret, Out: out, By: "Olga", Reason: "r", At: hour(1)}))
	if err := Rotate(t.Context(), dir, Rotation{KeyFile: out, Out: out}); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a file that is there: %v", err)
	}
	after, err := os.ReadFile(secret)
	must(t, err)
	equal(t, "the key", string(after), string(before))
	s, err := Open(t.Context(), dir, Options{KeyFile: secret})
	must(t, err)
	if err := s.Lock(t.Context()); err == nil || !strings.Contains(err.Error(), "put that one there") {
		t.Errorf("with the key of before: %v", err)
	}
	must(t, s.Close())
	s, err = Open(t.Context(), dir, Options{KeyFile: out})
	must(t, err)
	must(t, s.Lock(t.Context()))
	must(t, s.Close())
}
