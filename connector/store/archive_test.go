package store

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// archived is the archive of a store, verified with nothing but the bytes.
func archived(t *testing.T, s *Store, o ArchiveOptions) ([]byte, Archive) {
	t.Helper()
	var b bytes.Buffer
	a, err := s.Archive(t.Context(), &b, o)
	must(t, err)
	return b.Bytes(), a
}

func checked(t *testing.T, archive []byte, o VerifyOptions) *Verification {
	t.Helper()
	v, err := VerifyArchive(t.Context(), bytes.NewReader(archive), int64(len(archive)), o)
	must(t, err)
	return v
}

// rewritten is the archive with a file of it changed.
func rewritten(t *testing.T, archive []byte, file string, change func(string) string) []byte {
	t.Helper()
	old, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	must(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range old.File {
		r, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		if f.Name == file {
			if now := change(string(text)); now == string(text) {
				t.Fatalf("%s was not changed", file)
			} else {
				text = []byte(now)
			}
		}
		out, err := w.Create(f.Name)
		must(t, err)
		_, err = out.Write(text)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

// A period is archived and verified without the database: whole, and from the middle.
func TestAnArchiveVerifiesByItself(t *testing.T) {
	dir, outside := logged(t)
	s := reopen(t, dir)
	whole, a := archived(t, s, ArchiveOptions{})
	v := checked(t, whole, VerifyOptions{Outside: outside, Keys: []ed25519.PublicKey{s.key.Public()}})
	equal(t, "problems", v.Problems, []Problem{})
	equal(t, "entries", v.Entries, a.Last)
	equal(t, "outside", v.Outside, len(outside))
	here := verified(t, dir, VerifyOptions{})
	equal(t, "root", v.Root, here.Root)

	part, b := archived(t, s, ArchiveOptions{From: hour(2), Until: hour(4)})
	if b.First < 2 || b.Last >= a.Last || b.Until > stamp(hour(4)) {
		t.Errorf("from %d (%s) to %d (%s)", b.First, b.From, b.Last, b.Until)
	}
	v = checked(t, part, VerifyOptions{Outside: outside})
	equal(t, "problems of a part", v.Problems, []Problem{})
	equal(t, "entries of a part", v.Entries, b.Last-b.First+1)
	if v.Checkpoints == 0 || v.Outside == 0 {
		t.Errorf("%+v", v)
	}
	if _, err := s.Archive(t.Context(), io.Discard, ArchiveOptions{From: hour(1000)}); !errors.Is(err, ErrNothingToArchive) {
		t.Errorf("a period without entries: %v", err)
	}
	must(t, s.Config(t.Context(), Configuration{Hash: "late"}, hour(20)))
	if _, err := s.Archive(t.Context(), io.Discard, ArchiveOptions{Until: hour(21)}); err == nil || !strings.Contains(err.Error(), "next cycle signs one") {
		t.Errorf("a period that nothing covers yet: %v", err)
	}
}

// Whatever is done to an archive is found and named.
func TestATamperedArchiveIsFound(t *testing.T) {
	dir, _ := logged(t)
	s := reopen(t, dir)
	good, _ := archived(t, s, ArchiveOptions{From: hour(2)})
	lines := func(edit func([]string) []string) func(string) string {
		return func(text string) string { return strings.Join(edit(strings.SplitAfter(text, "\n")), "") }
	}
	for name, tt := range map[string]struct {
		file, kind string
		change     func(string) string
	}{
		"a byte of an entry": {entriesFile, ProblemForked, func(x string) string { return strings.Replace(x, `\"verdict\":\"hold\"`, `\"verdict\":\"none\"`, 1) }},
		"personal content": {entriesFile, ProblemPersonal, func(x string) string {
			return strings.Replace(x, "waiting_for\\\",\\\"person", "waiting_foo\\\",\\\"person", 1)
		}},
		"a line less":           {entriesFile, ProblemGap, lines(func(l []string) []string { return append(l[:1:1], l[2:]...) })},
		"two lines swapped":     {entriesFile, ProblemGap, lines(func(l []string) []string { l[0], l[1] = l[1], l[0]; return l })},
		"the end cut off":       {entriesFile, ProblemTail, lines(func(l []string) []string { return l[:len(l)-2] })},
		"half a line":           {entriesFile, ProblemEntry, func(x string) string { return x[:len(x)-40] }},
		"a checkpoint":          {checkpointsFile, ProblemCheckpoint, func(x string) string { return strings.Replace(x, "\nat 2026", "\nat 2025", 1) }},
		"no checkpoint":         {checkpointsFile, ProblemForked, func(string) string { return "" }},
		"another edge":          {aboutFile, ProblemForked, edged},
		"another period's name": {aboutFile, ProblemTail, func(x string) string { return strings.Replace(x, `"last": `, `"last": 1`, 1) }},
	} {
		v := checked(t, rewritten(t, good, tt.file, tt.change), VerifyOptions{})
		if len(v.Problems) == 0 || v.Problems[0].Kind != tt.kind {
			t.Errorf("%s: %+v; want %s", name, v.Problems, tt.kind)
		}
	}
	other := fresh(t)
	if v := checked(t, good, VerifyOptions{Keys: []ed25519.PublicKey{other.key.Public()}}); len(v.Problems) != 1 || v.Problems[0].Kind != ProblemKey {
		t.Errorf("of another log: %+v", v.Problems)
	}
	for _, bad := range [][]byte{nil, []byte("PK"), good[:len(good)/2]} {
		if _, err := VerifyArchive(t.Context(), bytes.NewReader(bad), int64(len(bad)), VerifyOptions{}); !errors.Is(err, ErrNotArchive) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}

// edged has another character where the edge begins.
func edged(about string) string {
	i := strings.Index(about, `"edge": "`) + len(`"edge": "`)
	letter := "A"
	if about[i] == 'A' {
		letter = "B"
	}
	return about[:i] + letter + about[i+1:]
}

// Whoever is erased is out of an archive that is made again, which verifies to the
// same root; and was never in one without personal content.
func TestErasureReachesArchives(t *testing.T) {
	s := leaver(t)
	until := ArchiveOptions{Until: hour(5).Add(time.Minute)}
	before, a := archived(t, s, until)
	public, _ := archived(t, s, ArchiveOptions{Until: until.Until, Public: true})
	erase(t, s)
	after, b := archived(t, s, until)
	equal(t, "last entry", b.Last, a.Last)
	v := checked(t, after, VerifyOptions{})
	equal(t, "problems", v.Problems, []Problem{})
	equal(t, "root", v.Root, checked(t, before, VerifyOptions{}).Root)
	if v.Erased == 0 {
		t.Error("nothing is erased in the archive of after")
	}
	w := checked(t, public, VerifyOptions{})
	equal(t, "problems without personal content", w.Problems, []Problem{})
	if len(w.Notes) != 1 || w.Erased != 0 {
		t.Errorf("without personal content: %+v", w)
	}
	for name, archive := range map[string][]byte{"before": before, "after": after, "public": public} {
		if has, want := mentions(t, archive, `"101"`), name == "before"; has != want {
			t.Errorf("the archive of %s names the person: %v", name, has)
		}
	}
}

// mentions looks into every file of an archive.
func mentions(t *testing.T, archive []byte, what string) (found bool) {
	t.Helper()
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	must(t, err)
	for _, f := range files.File {
		r, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		found = found || bytes.Contains(text, []byte(what)) || bytes.Contains(text, []byte(strings.ReplaceAll(what, `"`, `\"`)))
	}
	return found
}

// An archive of after a change of keys leads from the first key to the one that has
// signed it.
func TestAnArchiveAcrossAChangeOfKeys(t *testing.T) {
	s, notes, old, now := rotated(t, Rotation{})
	later, _ := archived(t, s, ArchiveOptions{From: hour(6).Add(time.Minute)})
	for _, key := range []ed25519.PublicKey{old, now} {
		v := checked(t, later, VerifyOptions{Keys: []ed25519.PublicKey{key}, Outside: notes})
		equal(t, "problems", v.Problems, []Problem{})
		equal(t, "outside", v.Outside, 1)
	}
	torn := rewritten(t, later, aboutFile, func(x string) string { return strings.Replace(x, `"kind": "key_changed"`, `"kind": "key_lost"`, 1) })
	if v := checked(t, torn, VerifyOptions{}); len(v.Problems) == 0 || v.Problems[0].Kind != ProblemKey {
		t.Errorf("a change that is said to be something else: %+v", v.Problems)
	}
}
