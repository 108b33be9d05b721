package lrs

import (
	"net/http"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/lrs/lrstest"
)

// TestALargePageOfNothingIsRefused: a page of 32 MiB can name 16 million statements
// of one byte each, which took 6 GiB.
func TestALargePageOfNothingIsRefused(t *testing.T) {
	b := newBench(t, Config{Limit: 2000})
	for n, fits := range map[int]bool{20_000: true, 20_001: false} {
		b.lrs.Fault(lrstest.Faults{Body: `{"more":"","statements":[` + strings.Repeat("7,", n-1) + `7]}`})
		quarantined, rest := 0, 0
		var err error
		for page, e := range b.client.Pages(t.Context(), "") {
			quarantined, rest, err = quarantined+len(page.Quarantined), rest+page.Unkept, e
		}
		switch {
		case fits && (err != nil || quarantined != maxQuarantined || quarantined+rest != n):
			t.Errorf("%d: %d quarantined and %d more, %v", n, quarantined, rest, err)
		case !fits && (err == nil || !strings.Contains(err.Error(), "more than 20000 statements")):
			t.Errorf("%d: %v", n, err)
		}
	}
}

// TestAPageWhoseEndIsLostIsAskedForAgain, and taken only when it came whole.
func TestAPageWhoseEndIsLostIsAskedForAgain(t *testing.T) {
	for lost, whole := range map[int]bool{0: true, maxCut: true, maxCut + 1: false} {
		b := newBench(t, Config{})
		b.fill(1, 3)
		asked := 0
		inner := b.http.Config.Handler
		b.http.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked <= lost {
				w.Header().Set("Content-Length", "1000")
				_, _ = w.Write([]byte(`{"more":"","statements":[]}`))
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			inner.ServeHTTP(w, r)
		})
		got := map[string]bool{}
		_, _, err := b.walk("", got, 0)
		if (err == nil) != whole || (len(got) == 3) != whole || asked < min(lost+1, maxCut+1) {
			t.Errorf("lost %d times: %d statements, asked %d times, %v", lost, len(got), asked, err)
		}
	}
}
