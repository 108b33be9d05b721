package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

var _ connector.Store = (*Store)(nil)

// day0 is the moment at which tests begin; hours are counted from it.
var day0 = time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)

func hour(n int) time.Time { return day0.Add(time.Duration(n) * time.Hour) }

// fresh is a locked store in a folder of its own.
func fresh(t *testing.T) *Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a store? 50% #1") // what a URL would trip over
	if err := Init(t.Context(), dir, day0); err != nil {
		t.Fatal(err)
	}
	return reopen(t, dir)
}

func reopen(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// again closes the store and opens it anew: what is not on disk is forgotten.
func again(t *testing.T, s *Store) *Store {
	t.Helper()
	must(t, s.Close())
	return reopen(t, s.dir)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func facts(t *testing.T, s *Store, at time.Time) rules.Facts {
	t.Helper()
	f, err := s.Facts(t.Context(), at)
	must(t, err)
	return f
}

// kinds are the kinds of the log entries after the given one.
func kinds(t *testing.T, s *Store, after int64) []string {
	t.Helper()
	page, err := s.LogPage(t.Context(), after, 10_000)
	must(t, err)
	var out []string
	for _, e := range page {
		out = append(out, e.Kind)
	}
	return out
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestInitMakesAWholeStoreOnce(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrNone) {
		t.Fatalf("opening nothing: %v", err)
	}
	must(t, Init(t.Context(), dir, day0))
	before, err := os.ReadFile(filepath.Join(dir, ownKey))
	must(t, err)
	if err := Init(t.Context(), dir, day0); !errors.Is(err, ErrExists) {
		t.Fatalf("a second init: %v", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, ownKey))
	must(t, err)
	if string(before) != string(after) {
		t.Error("the second init changed the key")
	}
	info, err := os.Stat(filepath.Join(dir, ownKey))
	must(t, err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("key has mode %v", info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".init-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	equal(t, "log", kinds(t, reopen(t, dir), 0), []string{LogKey})
}

func TestWritingNeedsTheLock(t *testing.T) {
	s := fresh(t)
	other, err := Open(t.Context(), s.dir, Options{})
	must(t, err)
	defer other.Close()
	if _, err := other.Intend(t.Context(), rules.Cycle{At: day0}); !errors.Is(err, ErrNotLocked) {
		t.Errorf("intend without the lock: %v", err)
	}
	if _, err := other.Learn(t.Context(), walk("main", "c"), rules.Page{}, day0); !errors.Is(err, ErrNotLocked) {
		t.Errorf("learn without the lock: %v", err)
	}
	reading, err := Open(t.Context(), s.dir, Options{ReadOnly: true})
	must(t, err)
	defer reading.Close()
	if err := reading.Lock(t.Context()); err == nil {
		t.Error("a store opened for reading was locked")
	}
	if _, err := reading.Request(t.Context(), rules.Act{Kind: rules.ActSync}); err == nil {
		t.Error("a store opened for reading took a request")
	}
}

// S1: a lock whose file nobody refers to is released by the garbage collector.
func TestLockOutlivesGarbageCollection(t *testing.T) {
	s := fresh(t)
	for range 3 {
		runtime.GC()
	}
	other, err := Open(t.Context(), s.dir, Options{})
	must(t, err)
	defer other.Close()
	var locked *LockedError
	if err := other.Lock(t.Context()); !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Fatalf("locked twice: %v", err)
	}
	must(t, s.Close())
	must(t, other.Lock(t.Context()))
}

// full sets every field of a value to something that is not its zero.
func full(v reflect.Value, n *int) {
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(hour(*n)))
	case v.Kind() == reflect.String:
		v.SetString(string(rune('a'+*n%26)) + time.Duration(*n).String())
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Uint8:
		v.SetUint(uint64(*n%4) + 1)
	case v.CanInt():
		v.SetInt(int64(*n))
	case v.CanFloat():
		v.SetFloat(float64(*n) / 16)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		full(v.Elem(), n)
	case v.Kind() == reflect.Slice && *n < 200:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		if v.Type() != reflect.TypeFor[[]rules.Actor]() {
			full(v.Index(0), n)
		} else {
			v.Index(0).Set(reflect.ValueOf(rules.Actor{Kind: rules.ActorMbox, Value: "x@corp.example"}))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			full(v.Field(i), n)
		}
	}
}

// A field that is added to the nouns and not kept by the store fails here.
func TestEveryFieldIsKept(t *testing.T) {
	s := fresh(t)
	n := 0
	var e rules.Evidence
	full(reflect.ValueOf(&e).Elem(), &n)
	e.Source = "main"
	var org rules.Org
	full(reflect.ValueOf(&org).Elem(), &n)
	fresh, err := s.Learn(t.Context(), walk("main", "c1"), rules.Page{Evidence: []rules.Evidence{e}}, hour(1))
	must(t, err)
	equal(t, "fresh", fresh, 1)
	must(t, s.Accept(t.Context(), org, hour(2)))
	s = again(t, s)
	f := facts(t, s, hour(3))
	e.Learnt = 2 // the entry after the key's
	equal(t, "evidence", f.Evidence, []rules.Evidence{e})
	equal(t, "organisation", f.Snapshots, []rules.Snapshot{{ID: 1, From: hour(2), Org: org}})
}

func TestMethodsHonourTheContext(t *testing.T) {
	s := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Learn(ctx, walk("main", "c"), rules.Page{}, day0); !errors.Is(err, context.Canceled) {
		t.Errorf("learn: %v", err)
	}
	if _, err := s.Facts(ctx, day0); !errors.Is(err, context.Canceled) {
		t.Errorf("facts: %v", err)
	}
}
