package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 10, 1, 8, 0, 0, 123, time.FixedZone("CEST", 7200))

// The format is for years: a change of these bytes needs another tag.
func TestCanonicalFormIsFixed(t *testing.T) {
	e := Entry{Seq: 258, At: day, Kind: "intent", Program: "ai", Body: `{"move":"hold"}`, Commitment: []byte{0xff, 0}}
	want := "" +
		"00000011" + hex.EncodeToString([]byte("leadfront/entry/1")) +
		"00000003" + hex.EncodeToString([]byte("258")) +
		"0000001e" + hex.EncodeToString([]byte("2026-10-01T06:00:00.000000123Z")) +
		"00000006" + hex.EncodeToString([]byte("intent")) +
		"00000002" + hex.EncodeToString([]byte("ai")) +
		"00000000" + "00000000" +
		"0000000f" + hex.EncodeToString([]byte(`{"move":"hold"}`)) +
		"00000002" + "ff00"
	if got := hex.EncodeToString(e.Canonical()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// SHA-256 over 0x00 and the canonical form, written out by hand.
func TestLeafHasThePrefixOfRFC6962(t *testing.T) {
	e := Entry{Seq: 258, At: day, Kind: "intent"}
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(e.Canonical())
	if want := hex.EncodeToString(h.Sum(nil)); e.Leaf().String() != want {
		t.Errorf("got %s, want %s", e.Leaf(), want)
	}
}

// No two entries share a canonical form, whatever their fields contain.
func TestFieldsCannotRunIntoEachOther(t *testing.T) {
	entries := []Entry{
		{Kind: "ab", Program: "c"}, {Kind: "a", Program: "bc"}, {Kind: "abc"}, {Program: "abc"}, {Target: "abc"},
		{Person: "abc"}, {Body: "abc"}, {Commitment: []byte("abc")}, {Seq: 1}, {Seq: 11}, {At: day},
		{At: day.Add(time.Nanosecond)}, {Kind: "\x00\x00\x00\x01"},
	}
	seen := map[Hash]int{}
	for i, e := range entries {
		if j, ok := seen[e.Leaf()]; ok {
			t.Errorf("entries %d and %d have one leaf", i, j)
		}
		seen[e.Leaf()] = i
	}
}

func TestACommitmentNeedsSaltAndContent(t *testing.T) {
	salt, err := Draw(rand.Reader, SaltSize)
	if err != nil {
		t.Fatal(err)
	}
	c := Commit(salt, `{"name":"Neena Yang"}`)
	if !Keeps(c, salt, `{"name":"Neena Yang"}`) {
		t.Error("its own content does not fit")
	}
	if Keeps(c, salt, `{"name":"Neena Yank"}`) || Keeps(c, make([]byte, SaltSize), `{"name":"Neena Yang"}`) || Keeps(nil, salt, "") {
		t.Error("other content fits")
	}
	if _, err := Draw(strings.NewReader("short"), SaltSize); err == nil {
		t.Error("a short draw was taken")
	}
}

func TestKeysSurviveTheirFiles(t *testing.T) {
	key, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := key.PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseKey(private)
	if err != nil || !again.Public().Equal(key.Public()) {
		t.Errorf("private: %v", err)
	}
	parsed, err := ParsePublic(public)
	if err != nil || !parsed.Equal(key.Public()) {
		t.Errorf("public: %v", err)
	}
	for _, bad := range [][]byte{nil, public, []byte("x"), bytes.Replace(private, []byte("MC4C"), []byte("MC4D"), 1)} {
		if _, err := ParseKey(bad); !errors.Is(err, ErrNotKey) {
			t.Errorf("key of %q: %v", bad, err)
		}
	}
	if _, err := ParsePublic(private); !errors.Is(err, ErrNotKey) {
		t.Errorf("public of a private key: %v", err)
	}
}

// RFC 8410, 10.3: keys as openssl writes them.
func TestKeysOfTheStandard(t *testing.T) {
	key, err := ParseKey([]byte("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := ParsePublic([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"))
	if err != nil || !public.Equal(key.Public()) {
		t.Errorf("the public half is another one: %v", err)
	}
}

func TestAKeyDoesNotPrint(t *testing.T) {
	key, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", key)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", key)
	js, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(js) + fmt.Sprintf("%v %+v %#v %x %d %s %v", key, key, key, key, key, key, &key)
	for _, form := range []string{"%x", "%d", "%q"} {
		if secret := fmt.Sprintf(form, []byte(key.private[:4])); strings.Contains(all, strings.Trim(secret, `[]"`)) {
			t.Errorf("printed: %s", all)
		}
	}
}

func head(t testing.TB) (Key, Head, []byte) {
	t.Helper()
	key, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := Head{Seq: 7, Leaf: (Entry{Seq: 7}).Leaf()}
	text, err := key.Sign(h)
	if err != nil {
		t.Fatal(err)
	}
	return key, h, text
}

func TestAHeadIsSigned(t *testing.T) {
	key, h, text := head(t)
	if got, err := ParseHead(text, key.Public()); err != nil || got != h {
		t.Errorf("%v %v", got, err)
	}
	other, _, _ := head(t)
	for name, bad := range map[string][]byte{
		"longer":  bytes.Replace(text, []byte(`"seq":7`), []byte(`"seq":8`), 1),
		"a digit": bytes.Replace(text, []byte(h.Leaf.String()[:2]), []byte("zz"), 1),
		"cut":     text[:len(text)/2],
		"empty":   nil,
	} {
		if _, err := ParseHead(bad, key.Public()); !errors.Is(err, ErrHead) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseHead(text, other.Public()); !errors.Is(err, ErrHead) {
		t.Errorf("another key: %v", err)
	}
	if _, err := ParseHead(text, nil); !errors.Is(err, ErrHead) {
		t.Errorf("no key: %v", err)
	}
}

// Nothing but what was signed is taken, and nothing panics.
func FuzzParseHead(f *testing.F) {
	key, h, text := head(f)
	f.Add(text)
	f.Add([]byte(`{"seq":7,"leaf":"00","signature":"AA=="}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, err := ParseHead(text, key.Public()); err == nil && got != h {
			t.Errorf("a head that nobody signed: %+v", got)
		}
	})
}
