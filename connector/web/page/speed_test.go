package page

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/leadfront/leadfront/connector/web/signin"
)

// compressed is how many bytes cross the network.
func compressed(t *testing.T, content []byte) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// TestFirstLoadIsSmall: the largest page with everything that it links to is less than
// 100 KB on the network, for a company of 20,000.
func TestFirstLoadIsSmall(t *testing.T) {
	t.Parallel()
	const most = 100 << 10
	v := company(t, 20_000)
	e := site(t, v, func() signin.Who { return as("0000000", signin.Auditor) })
	get := func(path string) []byte {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.Bytes()
	}
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	linked := compressed(t, get(a.style)) + len(get("/assets/icon.svg"))
	for _, path := range []string{"/", "/org", pathOf(t, v, "0000000"), "/org/" + v.Refs.Of(0), "/privacy"} {
		if n := compressed(t, get(path)) + linked; n > most {
			t.Errorf("%s and what it links to are %d bytes, compressed; at most %d", path, n, most)
		} else {
			t.Logf("%s: %d bytes, of which %d style", path, n, linked)
		}
	}
}

// BenchmarkPages renders every page for a company of 50,000. "first" is what the first
// one pays who looks after a cycle; the others find what was computed for it.
func BenchmarkPages(b *testing.B) {
	v := company(b, 50_000)
	e := site(b, v, func() signin.Who { return as("0000000", signin.Auditor) })
	get := func(b *testing.B, path string) {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			b.Fatalf("%s: %d", path, w.Code)
		}
	}
	leaf, _ := v.Judgement.Index.Find("0040000")
	for name, path := range map[string]string{"dashboard": "/", "org": "/org", "node": "/org/" + v.Refs.Of(1), "leader": PathPerson(v, 0), "person": PathPerson(v, leaf), "privacy": "/privacy"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				get(b, path)
			}
		})
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			fresh := company(b, 50_000)
			one := site(b, fresh, func() signin.Who { return as("0000000", signin.Auditor) })
			b.StartTimer()
			one.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		}
	})
	b.Run("first person", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			fresh := company(b, 50_000)
			one := site(b, fresh, func() signin.Who { return as("0000000", signin.Auditor) })
			b.StartTimer()
			one.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, PathPerson(fresh, leaf), nil))
		}
	})
}
