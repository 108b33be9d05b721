package moodle

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzDecode: whatever a server answers, nothing panics, and an answer without
// content is never a success.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(recordings, "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no recordings", err)
	}
	for _, file := range files {
		var r recorded
		if data, err := os.ReadFile(file); err == nil && json.Unmarshal(data, &r) == nil {
			f.Add([]byte(r.Response.JSON))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var users []user
		var info siteInfo
		var r report
		for _, out := range []any{&users, &info, &r} {
			err := decode("f", body, out)
			if text := strings.TrimSpace(string(body)); err == nil && (text == "" || text == "null") {
				t.Errorf("%q was taken for an answer", body)
			}
			if err != nil && len(err.Error()) > 300 {
				t.Errorf("the error quotes the answer: %s", err)
			}
		}
	})
}
