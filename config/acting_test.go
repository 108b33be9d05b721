package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStandInsOfBothFiles: the configuration and the file of overrides cannot both put
// somebody into one place.
func TestStandInsOfBothFiles(t *testing.T) {
	folder := t.TempDir()
	text, err := os.ReadFile("testdata/bad/overrides-wrong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "leadfront.yaml")
	for name, data := range map[string]string{
		path:                                   string(text) + "acting:\n  - {for: \"9\", by: \"8\", from: 2026-11-01, until: 2026-12-01, reason: leave}\n",
		filepath.Join(folder, "overrides.yml"): "acting:\n  - {for: \"9\", by: \"10\", from: 2026-11-30, until: 2026-12-31, reason: leave}\n",
	} {
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Load(path)
	if err == nil || !strings.Contains(err.Error(), `acting[0]: overlaps another stand-in for "9"`) {
		t.Errorf("Load = %v", err)
	}
}
