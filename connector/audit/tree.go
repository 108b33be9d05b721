package audit

import (
	"errors"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the Merkle tree of RFC 6962 over the leaves that were added, as far as it
// is needed to add more and to tell the root: one hash for each complete subtree on
// its right edge, some forty bytes for each doubling. Its zero value is the empty
// tree. It is not safe for concurrent use.
type Tree struct {
	size int64
	edge []Hash // of complete subtrees, the largest first
}

// Add appends a leaf.
func (t *Tree) Add(leaf Hash) {
	t.edge = append(t.edge, leaf)
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.edge) - 1
		t.edge[last-1] = node(t.edge[last-1], t.edge[last])
		t.edge = t.edge[:last]
	}
	t.size++
}

// Size is how many leaves were added.
func (t *Tree) Size() int64 { return t.size }

// Root is the Merkle tree hash, RFC 6962 section 2.1.
func (t *Tree) Root() Hash {
	if t.size == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return Hash(h)
	}
	root := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		root = node(t.edge[i], root)
	}
	return root
}

// Edge is the tree as bytes, for Resume.
func (t *Tree) Edge() []byte {
	out := make([]byte, 0, len(t.edge)*Size)
	for _, h := range t.edge {
		out = append(out, h[:]...)
	}
	return out
}

// ErrEdge says that the bytes are no edge of a tree of that size.
var ErrEdge = errors.New("not the edge of a tree of that size")

// Resume is the tree of that size with that edge.
func Resume(size int64, edge []byte) (Tree, error) {
	if size < 0 || len(edge) != bits.OnesCount64(uint64(size))*Size {
		return Tree{}, ErrEdge
	}
	t := Tree{size: size}
	for ; len(edge) > 0; edge = edge[Size:] {
		t.edge = append(t.edge, Hash(edge[:Size]))
	}
	return t, nil
}

func node(left, right Hash) Hash { return Hash(tlog.NodeHash(tlog.Hash(left), tlog.Hash(right))) }
