package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// Size is the length in bytes of every hash and commitment here.
const Size = sha256.Size

// Hash is a SHA-256 sum.
type Hash [Size]byte

// String returns the hash as hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// TimeFormat is how instants are written in the log: RFC 3339, UTC, always nine
// digits of fraction, so that text sorts as time does.
const TimeFormat = "2006-01-02T15:04:05.000000000Z"

// Entry is one line of the log. All of it is public: it holds no personal data.
type Entry struct {
	Seq     int64 // from 1, without gaps
	At      time.Time
	Kind    string // what happened, such as "intent"
	Program string // empty: of no programme
	Target  string // empty: of no target
	Person  string // random reference of the person, hex; empty: of no person
	Body    string // JSON: codes, digests, counts
	// Commitment is what Commit made of the personal content; nil: there is none.
	Commitment []byte
}

// canonicalTag opens every canonical entry, so that a later format can differ.
const canonicalTag = "leadfront/entry/1"

// Canonical is the entry as bytes: the tag and every field in the order of the
// struct, each preceded by its length as four bytes, big end first. Numbers are
// decimal text, instants are in TimeFormat. Two different entries never have the
// same canonical form.
func (e Entry) Canonical() []byte {
	return lengthPrefixed(canonicalTag,
		strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(TimeFormat),
		e.Kind, e.Program, e.Target, e.Person, e.Body, string(e.Commitment))
}

// Leaf is the hash of the entry as a leaf of a Merkle tree, SHA-256(0x00 ||
// canonical), RFC 6962 section 2.1.
func (e Entry) Leaf() Hash {
	return sha256.Sum256(append([]byte{0}, e.Canonical()...))
}

func lengthPrefixed(fields ...string) []byte {
	n := 0
	for _, f := range fields {
		n += 4 + len(f)
	}
	out := make([]byte, 0, n)
	for _, f := range fields {
		out = binary.BigEndian.AppendUint32(out, uint32(len(f)))
		out = append(out, f...)
	}
	return out
}
