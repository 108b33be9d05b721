package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// The reference vectors of the certificate transparency project (merkle_tree_test.cc,
// Apache 2.0): the leaves, and the roots of the trees of the first n of them.
var (
	ctLeaves = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	ctRoots  = []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
)

func TestTreeGivesTheRootsOfCertificateTransparency(t *testing.T) {
	var tree Tree
	for n, want := range ctRoots {
		if got := tree.Root().String(); got != want {
			t.Errorf("root of %d leaves is %s, want %s", n, got, want)
		}
		resumed, err := Resume(tree.Size(), tree.Edge())
		if err != nil || resumed.Root() != tree.Root() {
			t.Errorf("resumed at %d: %v", n, err)
		}
		if n < len(ctLeaves) {
			data, _ := hex.DecodeString(ctLeaves[n])
			tree.Add(sha256.Sum256(append([]byte{0}, data...)))
		}
	}
	if _, err := Resume(5, make([]byte, 32)); !errors.Is(err, ErrEdge) {
		t.Errorf("an edge of another size: %v", err)
	}
}

func logOf(n int) (entries []Entry, tree Tree) {
	for i := range n {
		e := Entry{Seq: int64(i + 1), At: time.Date(2026, 10, 1, 8, 0, i, 0, time.UTC), Kind: "intent", Body: fmt.Sprint(i)}
		entries = append(entries, e)
		tree.Add(e.Leaf())
	}
	return entries, tree
}

func TestProofsHoldAndForgedOnesDoNot(t *testing.T) {
	key, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := NewKey(rand.Reader)
	for _, size := range []int{1, 2, 3, 7, 8, 100, 4097, 9000} {
		entries, tree := logOf(size)
		leaves := func(first, count int64) (out []Hash, _ error) {
			for _, e := range entries[first:min(first+count, int64(size))] {
				out = append(out, e.Leaf())
			}
			return out, nil
		}
		text, err := key.SignCheckpoint(Checkpoint{Origin: Origin(key.Public()), Size: tree.Size(), Root: tree.Root(), At: entries[0].At})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{0, size / 2, size - 1} {
			p, err := Prove(entries[i], int64(size), text, leaves)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := p.Check(key.Public()); err != nil || c.Size != int64(size) {
				t.Errorf("entry %d of %d: %v", i+1, size, err)
			}
			if _, err := p.Check(other.Public()); !errors.Is(err, ErrCheckpoint) {
				t.Errorf("with another key: %v", err)
			}
			forged := p
			forged.Entry.Body = "forged"
			if _, err := forged.Check(key.Public()); !errors.Is(err, ErrProof) {
				t.Errorf("a forged entry: %v", err)
			}
			forged = p
			forged.Checkpoint = strings.Replace(p.Checkpoint, "\n"+fmt.Sprint(size)+"\n", "\n"+fmt.Sprint(size+1)+"\n", 1)
			if _, err := forged.Check(key.Public()); !errors.Is(err, ErrCheckpoint) {
				t.Errorf("a forged checkpoint: %v", err)
			}
		}
	}
}

func TestCheckpointsOfAFileAreSplit(t *testing.T) {
	key, _ := NewKey(rand.Reader)
	var file string
	for i := range 3 {
		_, tree := logOf(i + 1)
		text, err := key.SignCheckpoint(Checkpoint{Origin: Origin(key.Public()), Size: tree.Size(), Root: tree.Root()})
		if err != nil {
			t.Fatal(err)
		}
		file += text + strings.Repeat("\n", i%2)
	}
	all := SplitCheckpoints(file)
	if len(all) != 3 {
		t.Fatalf("%d checkpoints in %q", len(all), file)
	}
	for i, text := range all {
		if c, err := ParseCheckpoint(text, Origin(key.Public()), key.Public()); err != nil || c.Size != int64(i+1) {
			t.Errorf("checkpoint %d: %+v, %v", i, c, err)
		}
	}
}
