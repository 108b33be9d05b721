package audit

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
)

// SaltSize is the length in bytes of a salt.
const SaltSize = 32

// RefSize is the length in bytes of a reference to a person: 128 bit.
const RefSize = 16

// commitTag keeps a commitment from ever being taken for another hash.
const commitTag = "leadfront/personal/1"

// Commit binds the log to personal content without containing it:
// SHA-256(tag, salt, content), each with its length. While the salt exists the
// content can be checked against the log; once both are destroyed, the commitment
// tells nothing, even to someone who guesses the content.
func Commit(salt []byte, content string) []byte {
	sum := sha256.Sum256(lengthPrefixed(commitTag, string(salt), content))
	return sum[:]
}

// Keeps reports whether the commitment was made of this salt and content.
func Keeps(commitment, salt []byte, content string) bool {
	return subtle.ConstantTimeCompare(commitment, Commit(salt, content)) == 1
}

// rowTag keeps the hash of a row from ever being taken for another hash.
const rowTag = "leadfront/row/1"

// Row is the hash of a row of the database: SHA-256(tag, columns), each with its
// length.
func Row(columns ...string) Hash {
	return sha256.Sum256(lengthPrefixed(append([]string{rowTag}, columns...)...))
}

// Draw returns n bytes of the given source of randomness.
func Draw(random io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("draw %d random bytes: %w", n, err)
	}
	return b, nil
}
