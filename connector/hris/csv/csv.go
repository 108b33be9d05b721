// Package csv reads the organisation from the file that HR exports.
//
// A file is taken whole or refused: one that is empty, cut, still being written,
// in another encoding, or without an expected column is an error that says what
// to do about it, and the last accepted organisation stays in force. Defects
// that touch single people (a duplicate id, a reference in other letter case)
// become findings, and never more than is stated is made of them.
package csv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Source is one HR file. It keeps no state, so it may be used concurrently.
type Source struct {
	config Config
	now    func() time.Time
}

// New returns the source for a configuration that Validate accepts. The clock
// tells how long the file has been unchanged, and dates the reading.
func New(config Config, now func() time.Time) (*Source, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("hr file %s: %w", config.Path, err)
	}
	return &Source{config: config, now: now}, nil
}

// Org returns the whole organisation in the file, or an error; never a part.
func (s *Source) Org(ctx context.Context) (rules.Org, error) {
	now := s.now()
	raw, err := readSettled(ctx, &s.config, now)
	if err != nil {
		return rules.Org{}, fmt.Errorf("hr file %s: %w", s.config.Path, err)
	}
	org, err := Parse(s.config, raw.data)
	if err != nil {
		return rules.Org{}, fmt.Errorf("hr file %s: %w", s.config.Path, err)
	}
	org.Made, org.Read = raw.modified, now
	return org, nil
}

// Parse reads the bytes of an HR file. It is Org without the file: Read and Made
// of the result are zero.
func Parse(config Config, data []byte) (rules.Org, error) {
	text, err := decode(data, config.Encoding)
	if err != nil {
		return rules.Org{}, err
	}
	body, rows, err := cutTrailer(text, &config)
	if err != nil {
		return rules.Org{}, err
	}
	table, err := readTable(body, &config)
	if err != nil {
		return rules.Org{}, err
	}
	if rows >= 0 && rows != len(table.rows) {
		return rules.Org{}, fmt.Errorf("the trailer tells %d rows and there are %d: the file is not whole; export it again", rows, len(table.rows))
	}
	people, findings, err := readPeople(table, &config)
	if err != nil {
		return rules.Org{}, err
	}
	digest, err := digestOf(people)
	return rules.Org{Source: config.Name, Digest: digest, People: people, Findings: findings}, err
}

// digestOf is over the people and not over the bytes: the same file under other
// columns or another status map is another organisation and has to be compared
// anew, and a column that nobody reads changes nothing.
func digestOf(people []rules.Person) (string, error) {
	text, err := json.Marshal(people)
	if err != nil {
		return "", fmt.Errorf("cannot be digested: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
