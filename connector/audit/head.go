package audit

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Head says how long the log was at one moment, and how it ended. Kept beside the
// database it shows that an older database was put back. It proves nothing against
// whoever owns both files.
type Head struct {
	Seq  int64 // sequence number of the last entry
	Leaf Hash  // its leaf hash
}

// ErrHead says that a head is damaged or was not signed with this key.
var ErrHead = errors.New("the head of the log is damaged or signed with another key")

const headTag = "leadfront/head/1"

type headFile struct {
	Seq       int64  `json:"seq"`
	Leaf      string `json:"leaf"`
	Signature []byte `json:"signature"` // Ed25519
}

func (h Head) signed() []byte {
	return lengthPrefixed(headTag, strconv.FormatInt(h.Seq, 10), string(h.Leaf[:]))
}

// Sign returns the head as the content of a file, signed with the key.
func (k Key) Sign(h Head) ([]byte, error) {
	text, err := json.Marshal(headFile{h.Seq, h.Leaf.String(), ed25519.Sign(k.private, h.signed())})
	if err != nil {
		return nil, fmt.Errorf("encode the head of the log: %w", err)
	}
	return append(text, '\n'), nil
}

// ParseHead reads what Sign wrote and checks the signature.
func ParseHead(text []byte, public ed25519.PublicKey) (Head, error) {
	var f headFile
	if err := json.Unmarshal(text, &f); err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	leaf, err := hex.DecodeString(f.Leaf)
	if err != nil || len(leaf) != Size || len(public) != ed25519.PublicKeySize {
		return Head{}, ErrHead
	}
	h := Head{Seq: f.Seq, Leaf: Hash(leaf)}
	if !ed25519.Verify(public, h.signed(), f.Signature) {
		return Head{}, ErrHead
	}
	return h, nil
}
