package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"strings"
	"testing"
)

// TestRowsAreThoseOfTheLibrary holds the short way through lines without a quote to
// encoding/csv: cells, lines, and the first thing that is wrong.
func TestRowsAreThoseOfTheLibrary(t *testing.T) {
	parts := []string{"a", "b,", ",", "\n", "\r\n", "\r", "x\ny,z,w\n", "a,b,c\n", "a,b,c\r\n", "ä,,\n", " ", "1,2,3\n\n\n", `"q",b,c` + "\n", `"two` + "\n" + `lines",b,c` + "\n", `bare",b,c` + "\n", "\x00"}
	for seed := range int64(4000) {
		r := rand.New(rand.NewSource(seed))
		var b strings.Builder
		for range r.Intn(12) {
			b.WriteString(parts[r.Intn(len(parts)-r.Intn(2)*4)])
		}
		compare(t, b.String())
	}
	long := strings.Repeat("0000001,Ada Lovelace,ada@corp.example\n", 2*chunkSize/38)
	compare(t, long)
	compare(t, long+`0000002,"King, Ada",ada@corp.example`+"\n"+long+"short,line\n")
	compare(t, strings.TrimSuffix(long, "\n"))
}

func compare(t *testing.T, text string) {
	t.Helper()
	slow := stdcsv.NewReader(strings.NewReader(text))
	slow.FieldsPerRecord = 3
	fast := newRows([]byte(text), ',', 0, 3)
	for {
		want, wantErr := slow.Read()
		got, line, err := fast.next()
		if wantErr != nil || err != nil {
			if errors.Is(err, io.EOF) && errors.Is(wantErr, io.EOF) {
				return
			}
			if fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("%.200q: %v, want %v", text, err, wantErr)
			}
			return
		}
		if at, _ := slow.FieldPos(0); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) || line != at {
			t.Fatalf("%.200q: line %d is %q, want line %d, %q", text, line, got, at, want)
		}
	}
}

// FuzzRows is the same for what nobody thought of.
func FuzzRows(f *testing.F) {
	f.Add([]byte("a,b,c\n\"d\",e,f\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
			compare(t, string(data))
		}
	})
}
