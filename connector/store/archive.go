package store

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// The files in an archive, which is a ZIP.
const (
	archiveFormat     = "leadfront/archive/1"
	aboutFile         = "archive.json"    // an Archive
	checkpointsFile   = "checkpoints.txt" // signed notes; the last one ends with the last entry
	entriesFile       = "entries.jsonl"   // one archivedEntry a line
	peopleFile        = "people.jsonl"    // one archivedPerson a line
	archiveReadmeFile = "README.txt"
)

const archiveReadme = `Entries of the audit log of leadfront, one a line in entries.jsonl, as they were hashed and signed.

    leadfront audit verify THIS-FILE --key leadfront.pub

needs neither the database nor a configuration. It builds the Merkle tree (RFC 6962) on from the edge in archive.json, adds every
entry, and compares the root with each signed note in checkpoints.txt. "content" is personal, and is what the entry commits to
by SHA-256 with "salt"; where it is missing although there is a commitment, it was erased, or the archive was made without.
people.jsonl says who the references were when the archive was made.
`

// Archive says what an archive holds.
type Archive struct {
	Format   string `json:"format"`
	Origin   string `json:"origin"`   // which log
	First    int64  `json:"first"`    // number of its first entry
	Last     int64  `json:"last"`     // and of its last, with which a checkpoint ends
	From     string `json:"from"`     // instant of the first
	Until    string `json:"until"`    // and of the last
	Personal bool   `json:"personal"` // with what was not erased of the personal content
	// Edge is the tree of the entries before the first one: with it the roots of
	// checkpoints come out only if every entry is what it was.
	Edge []byte `json:"edge"`
	// Key is the public key (PEM) that the log began with, Keys prove the later ones.
	Key  string        `json:"key"`
	Keys []audit.Proof `json:"keys,omitempty"`
}

// ArchiveOptions says which entries are archived.
type ArchiveOptions struct {
	From, Until time.Time // Until is exclusive; zero: from the first, to the last checkpoint
	Public      bool      // without personal content: nothing in it ever has to be erased
}

// archivedEntry is an entry with what its commitment was made of.
type archivedEntry struct {
	audit.ProvenEntry
	Salt    []byte  `json:"salt,omitempty"`
	Content *string `json:"content,omitempty"`
}

type archivedPerson struct {
	Ref  string `json:"ref"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ErrNothingToArchive says that no entry is of the period.
var ErrNothingToArchive = errors.New("no entry of the log is of that period")

// Archive writes the entries of a period, to be verified without the database. It
// ends where the first checkpoint does that covers the period. The log keeps all of
// them: whoever is erased from it is out of an archive that is made again.
func (s *Store) Archive(ctx context.Context, w io.Writer, o ArchiveOptions) (Archive, error) {
	a := &archiver{ctx: ctx, q: s.reader, zip: zip.NewWriter(w), o: o, refs: map[string]bool{},
		about: Archive{Format: archiveFormat, Personal: !o.Public}}
	for _, step := range []func() error{a.period, a.keys, a.edge, a.describe, a.checkpoints, a.entries, a.people, a.zip.Close} {
		if err := step(); err != nil {
			return a.about, fmt.Errorf("store: archive the log: %w", err)
		}
	}
	return a.about, nil
}

// archiver is one archive that is being written.
type archiver struct {
	ctx   context.Context
	q     querier
	zip   *zip.Writer
	o     ArchiveOptions
	about Archive
	refs  map[string]bool // of people in it
}

// period finds the first and the last entry.
func (a *archiver) period() error {
	until := stamp(a.o.Until)
	var last int64
	if err := a.q.QueryRowContext(a.ctx, `SELECT coalesce(min(seq), 0) FROM log WHERE at >= ?`, stamp(a.o.From)).Scan(&a.about.First); err != nil {
		return err
	}
	if err := a.q.QueryRowContext(a.ctx, `SELECT coalesce(max(seq), 0) FROM log WHERE ?1 = '' OR at < ?1`, until).Scan(&last); err != nil {
		return err
	}
	if a.about.First == 0 || last < a.about.First {
		return ErrNothingToArchive
	}
	find := `SELECT coalesce(min(size), 0) FROM checkpoint WHERE size >= ?`
	if until == "" {
		find = `SELECT coalesce(max(size), 0) FROM checkpoint WHERE size <= ?`
	}
	if err := a.q.QueryRowContext(a.ctx, find, last).Scan(&a.about.Last); err != nil {
		return err
	}
	if a.about.Last < a.about.First {
		return fmt.Errorf("no checkpoint covers the end of the period yet; the next cycle signs one")
	}
	return a.q.QueryRowContext(a.ctx, `SELECT min(at), max(at) FROM log WHERE seq IN (?, ?)`, a.about.First, a.about.Last).
		Scan(&a.about.From, &a.about.Until)
}

func (a *archiver) keys() error {
	ring, err := logKeys(a.ctx, a.q)
	if err != nil {
		return err
	}
	a.about.Origin = ring.Origin()
	pem, err := audit.PublicPEM(ring[0].Public)
	if err != nil {
		return err
	}
	a.about.Key = string(pem)
	all, err := keyProofs(a.ctx, a.q)
	for _, p := range all {
		if p.Entry.Seq <= a.about.Last {
			a.about.Keys = append(a.about.Keys, p)
		}
	}
	return err
}

func (a *archiver) edge() error {
	var tree audit.Tree
	err := eachLeaf(a.ctx, a.q, 0, a.about.First-1, tree.Add)
	a.about.Edge = tree.Edge()
	return err
}

func (a *archiver) describe() error {
	w, err := a.zip.Create(archiveReadmeFile)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, archiveReadme); err != nil {
		return err
	}
	if w, err = a.zip.Create(aboutFile); err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(a.about)
}

func (a *archiver) checkpoints() error {
	w, err := a.zip.Create(checkpointsFile)
	if err != nil {
		return err
	}
	rows, err := a.q.QueryContext(a.ctx, `SELECT note FROM checkpoint WHERE size BETWEEN ? AND ? ORDER BY size`, a.about.First, a.about.Last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var note string
		if err := rows.Scan(&note); err != nil {
			return err
		}
		if _, err := io.WriteString(w, note+"\n"); err != nil {
			return err
		}
	}
	return rows.Err()
}

// entries writes the entries page by page, so that no transaction is kept open.
func (a *archiver) entries() error {
	w, err := a.zip.Create(entriesFile)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for after := a.about.First - 1; after < a.about.Last; {
		page, err := collect(a.ctx, a.q, scanLogRow, verifiable+` WHERE l.seq > ? AND l.seq <= ? ORDER BY l.seq LIMIT ?`,
			after, a.about.Last, exportPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return fmt.Errorf("entry %d is missing; `leadfront audit verify` says more", after+1)
		}
		for i := range page {
			if err := encoder.Encode(a.entry(&page[i])); err != nil {
				return err
			}
			after = page[i].Seq
		}
	}
	return nil
}

func (a *archiver) entry(r *logRow) archivedEntry {
	e := archivedEntry{ProvenEntry: audit.Proven(r.Entry)}
	if a.o.Public {
		return e
	}
	a.refs[r.Person] = true
	if r.content.Valid {
		e.Salt, e.Content = r.salt, &r.content.String
		for _, ref := range reference.FindAllString(r.content.String, -1) {
			a.refs[strings.Trim(ref, `"`)] = true
		}
	}
	return e
}

// people says who the references in the entries are, as far as they were not erased.
func (a *archiver) people() error {
	if a.o.Public {
		return nil
	}
	w, err := a.zip.Create(peopleFile)
	if err != nil {
		return err
	}
	rows, err := a.q.QueryContext(a.ctx, `SELECT ref, id, name FROM person ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	encoder := json.NewEncoder(w)
	for rows.Next() {
		var p archivedPerson
		if err := rows.Scan(&p.Ref, &p.ID, &p.Name); err != nil {
			return err
		}
		if !a.refs[p.Ref] {
			continue
		}
		if err := encoder.Encode(p); err != nil {
			return err
		}
	}
	return rows.Err()
}
