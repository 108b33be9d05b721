package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint says how many entries the log has and what the root of their tree is.
// Once it has left the machine, no entry that it covers can be changed unnoticed.
type Checkpoint struct {
	Origin string // which log; see Origin
	Size   int64
	Root   Hash
	At     time.Time // when it was signed, by the clock of the signer; to the second
}

// ErrCheckpoint says that a checkpoint is damaged, of another log, or was not signed
// with the key.
var ErrCheckpoint = errors.New("the checkpoint is damaged, of another log, or signed with another key")

// Origin is the name of the log that began with the key: its checkpoints bear it
// also after the key was changed.
func Origin(first ed25519.PublicKey) string {
	sum := sha256.Sum256(first)
	return "leadfront/" + hex.EncodeToString(sum[:8])
}

// text is the checkpoint as C2SP tlog-checkpoint has it, with the time as an
// extension line.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\nat %s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]),
		c.At.UTC().Format(time.RFC3339))
}

// SignCheckpoint returns the checkpoint as a signed note, which any tool for
// transparency logs reads.
func (k Key) SignCheckpoint(c Checkpoint) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.text()}, signer{k, c.Origin})
	if err != nil {
		return "", fmt.Errorf("sign a checkpoint: %w", err)
	}
	return string(signed), nil
}

// ParseCheckpoint reads what SignCheckpoint wrote and checks that one of the keys
// has signed it for that log.
func ParseCheckpoint(text, origin string, keys ...ed25519.PublicKey) (Checkpoint, error) {
	var known []note.Verifier
	for _, k := range keys {
		v, err := verifier(origin, k)
		if err != nil {
			return Checkpoint{}, err
		}
		known = append(known, v)
	}
	n, err := note.Open([]byte(text), note.VerifierList(known...))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	c, err := readText(n.Text)
	if err == nil && c.Origin != origin {
		err = ErrCheckpoint
	}
	return c, err
}

func readText(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return c, ErrCheckpoint
	}
	c.Origin = lines[0]
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || c.Size < 0 || strconv.FormatInt(c.Size, 10) != lines[1] {
		return c, ErrCheckpoint
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != Size {
		return c, ErrCheckpoint
	}
	c.Root = Hash(root)
	for _, line := range lines[3:] {
		if at, ok := strings.CutPrefix(line, "at "); ok {
			if c.At, err = time.Parse(time.RFC3339, at); err != nil {
				return c, ErrCheckpoint
			}
		}
	}
	return c, nil
}

// SplitCheckpoints cuts a text with several checkpoints, such as a file to which
// they were appended, into single ones.
func SplitCheckpoints(text string) []string {
	var out []string
	var now strings.Builder
	signed := false
	for line := range strings.Lines(text) {
		if signature := strings.HasPrefix(line, "— "); signed && !signature {
			out = append(out, now.String())
			now.Reset()
			signed = false
			if strings.TrimSpace(line) == "" {
				continue
			}
		} else {
			signed = signature
		}
		now.WriteString(line)
	}
	if strings.TrimSpace(now.String()) != "" {
		out = append(out, now.String())
	}
	return out
}

// verifier checks signatures of the key for that name.
func verifier(name string, public ed25519.PublicKey) (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	return v, nil
}

// VerifierKey is the key in the form that tools for signed notes take.
func VerifierKey(origin string, public ed25519.PublicKey) (string, error) {
	return note.NewEd25519VerifierKey(origin, public)
}

// signer signs notes with our key.
type signer struct {
	key  Key
	name string
}

// Name implements note.Signer.
func (s signer) Name() string { return s.name }

// KeyHash implements note.Signer: the start of SHA-256(name, newline, algorithm, key).
func (s signer) KeyHash() uint32 {
	v, err := verifier(s.name, s.key.Public())
	if err != nil {
		return 0
	}
	return v.KeyHash()
}

// Sign implements note.Signer.
func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key.private, msg), nil }
