package lrs

import (
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
