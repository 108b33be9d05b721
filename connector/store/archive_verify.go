package store

import (
	"archive/zip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/leadfront/leadfront/connector/audit"
)

// ErrNotArchive says that a file is no archive of the log.
var ErrNotArchive = errors.New("not an archive of the audit log")

// mostAbout bounds the files of an archive that are read whole.
const mostAbout = 256 << 20

// VerifyArchive verifies what Archive wrote, in bounded memory, with nothing else at
// hand. Of the checkpoints kept outside those count that speak of its entries. An
// error says that it could not be read.
func VerifyArchive(ctx context.Context, r io.ReaderAt, size int64, o VerifyOptions) (*Verification, error) {
	files, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("store: %w: %w", ErrNotArchive, err)
	}
	v := &verifier{ctx: ctx, o: o, out: &Verification{Problems: []Problem{}}}
	for _, step := range []func(*zip.Reader) error{v.about, v.signed, v.archived} {
		if err := step(files); err != nil {
			return nil, fmt.Errorf("store: verify the archive: %w", err)
		}
		if len(v.ring) == 0 {
			return v.out, nil
		}
	}
	return v.out, v.vouched()
}

// readWhole reads a file of the archive that is not large.
func readWhole(files *zip.Reader, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotArchive, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostAbout))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrNotArchive, name, err)
	}
	return text, nil
}

// about reads what the archive says of itself: its keys, and where the tree begins.
func (v *verifier) about(files *zip.Reader) error {
	text, err := readWhole(files, aboutFile)
	if err != nil {
		return err
	}
	a := &Archive{}
	if err := json.Unmarshal(text, a); err != nil || a.Format != archiveFormat || a.First < 1 || a.Last < a.First {
		return fmt.Errorf("%w of a kind that this version reads (%s)", ErrNotArchive, archiveFormat)
	}
	v.out.Archive = a
	v.last, v.total = a.First-1, a.Last
	if v.tree, err = audit.Resume(a.First-1, a.Edge); err != nil {
		return fmt.Errorf("%w: its edge is %w", ErrNotArchive, err)
	}
	return v.keysOf(a)
}

// keysOf finds the keys of the archive whose checkpoints count.
func (v *verifier) keysOf(a *Archive) error {
	first, err := audit.ParsePublic([]byte(a.Key))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotArchive, err)
	}
	ring, err := audit.Ring{{Public: first, From: 1}}.Follow(a.Keys)
	switch {
	case err != nil:
		v.problem(ProblemKey, 0, "the keys of the archive do not follow from each other: %v", err)
	case ring.Origin() != a.Origin:
		v.problem(ProblemKey, 0, "the archive is of log %s and its key of another one", a.Origin)
	case len(v.o.Keys) == 0 || v.known(ring):
		v.ring, v.named = ring, make([]bool, len(ring))
		for i, k := range ring {
			v.named[i] = !k.Lost // by the proof that Follow has checked
		}
	}
	return nil
}

// signed reads the checkpoints of the archive, and those kept outside.
func (v *verifier) signed(files *zip.Reader) error {
	text, err := readWhole(files, checkpointsFile)
	if err != nil {
		return err
	}
	a := v.out.Archive
	for i, note := range v.o.Outside {
		v.mark(note, fmt.Sprintf("checkpoint %d of those kept outside", i+1), -1)
	}
	v.marks = slices.DeleteFunc(v.marks, func(m mark) bool { return m.Size < a.First || m.Size > a.Last })
	v.out.Outside = len(v.marks)
	for i, note := range audit.SplitCheckpoints(string(text)) {
		v.mark(note, fmt.Sprintf("checkpoint %d of the archive", i+1), -1)
	}
	slices.SortStableFunc(v.marks, func(x, y mark) int { return int(min(1, max(-1, x.Size-y.Size))) })
	return nil
}

// archived goes through the entries.
func (v *verifier) archived(files *zip.Reader) error {
	f, err := files.Open(entriesFile)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotArchive, err)
	}
	defer f.Close()
	lines := json.NewDecoder(f)
	for v.ctx.Err() == nil {
		var e archivedEntry
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			v.problem(ProblemEntry, v.last+1, "what follows entry %d cannot be read: %v", v.last, err)
			break
		}
		r := logRow{salt: e.Salt}
		if r.Entry, err = e.Entry(); err != nil {
			v.problem(ProblemEntry, e.Seq, "entry %d is not as it is hashed: %v", e.Seq, err)
		}
		if e.Content != nil {
			r.content = sql.NullString{String: *e.Content, Valid: true}
		}
		leaf := r.Leaf()
		r.leaf = leaf[:]
		v.entry(&r)
		if v.o.Progress != nil && (r.Seq%progressEvery == 0 || r.Seq == v.total) {
			v.o.Progress(r.Seq, v.total)
		}
	}
	v.ended()
	return v.ctx.Err()
}

// ended checks that the archive ends as it says, under a checkpoint.
func (v *verifier) ended() {
	a := v.out.Archive
	v.out.Entries, v.out.Root = v.tree.Size()-(a.First-1), v.tree.Root().String()
	if !a.Personal {
		v.out.Erased = 0
		v.out.Notes = append(v.out.Notes, "the archive was made without personal content")
	}
	switch {
	case v.last != a.Last:
		v.problem(ProblemTail, v.last+1, "entries %d to %d are missing: the archive says that it has them", v.last+1, a.Last)
	case v.good != a.Last && !v.forked:
		v.problem(ProblemForked, a.Last, "no checkpoint ends with entry %d: nothing vouches for the archive", a.Last)
	}
}
