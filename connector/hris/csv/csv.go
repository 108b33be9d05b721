// Package csv reads the organisation from the file that HR exports.
//
// A file is taken whole or refused: one that is empty, cut, still being written,
// in another encoding, or without an expected column is an error that says what
// to do about it, and the last accepted organisation stays in force. Defects
// that touch single people (a duplicate id, a reference in other letter case)
// become findings, and never more than is stated is made of them.
package csv

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/rules"
)

// Source is one HR file. It keeps no state, so it may be used concurrently.
type Source struct {
	config Config
	client *resty.Client
	now    func() time.Time
}

// New returns the source for a configuration that Validate accepts. With a client
// the file is fetched from the address that the client was built for, and without
// one it is read from Path. The clock tells how long a file has been unchanged,
// and dates the reading.
func New(config Config, client *resty.Client, now func() time.Time) (*Source, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("hr file %s: %w", config.Path, err)
	}
	if (client == nil) == (config.Path == "") {
		return nil, fmt.Errorf("hr file of %s: needs either a path or an address", config.Name)
	}
	return &Source{config: config, client: client, now: now}, nil
}

// Org returns the whole organisation in the file, or an error; never a part.
func (s *Source) Org(ctx context.Context) (rules.Org, error) {
	now := s.now()
	raw, err := s.read(ctx, now)
	if err != nil {
		return rules.Org{}, fmt.Errorf("hr file %s: %w", raw.path, err)
	}
	org, err := Parse(s.config, raw.data, now)
	if err != nil {
		return rules.Org{}, fmt.Errorf("hr file %s: %w", raw.path, err)
	}
	org.Made = raw.modified
	return org, nil
}

func (s *Source) read(ctx context.Context, now time.Time) (rawFile, error) {
	if s.client != nil {
		return fetch(ctx, s.client, &s.config)
	}
	path, err := newest(s.config.Path)
	if err != nil {
		return rawFile{path: s.config.Path}, err
	}
	c := s.config
	c.Path = path
	raw, err := readSettled(ctx, &c, now)
	raw.path = path
	return raw, err
}

// Parse reads the bytes of an HR file as of now, which decides between rows with
// dates. It is Org without the file: Made of the result is zero.
func Parse(config Config, data []byte, now time.Time) (rules.Org, error) {
	text, err := decode(data, config.Encoding)
	if err != nil {
		return rules.Org{}, err
	}
	body, rows, err := cutTrailer(text, &config)
	if err != nil {
		return rules.Org{}, err
	}
	table, err := openTable(body, &config)
	if err != nil {
		return rules.Org{}, err
	}
	return readPeople(table, &config, now, bytes.Count(body, []byte("\n"))+1, rows)
}
