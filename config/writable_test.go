//go:build unix

package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/config"
)

// TestWhatOthersMayWriteIsWarnedOf: whoever can write the configuration, a secret, the
// HR file or the database decides what is decided.
func TestWhatOthersMayWriteIsWarnedOf(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	conf := file("leadfront.yaml", small(t, "token: to-ken", "token_file: token"))
	parts := map[string]string{"": conf, "lms[0].moodle.token_file": file("token", "t0ken\n"),
		"hris[0].csv.path": file("people.csv", ""), "data": filepath.Join(folder, "data")}
	if err := os.Mkdir(parts["data"], 0o700); err != nil {
		t.Fatal(err)
	}
	for path, name := range parts {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, others := range []os.FileMode{0, 0o020, 0o002} {
			if err := os.Chmod(name, info.Mode().Perm()|others); err != nil {
				t.Fatal(err)
			}
			c, err := config.Load(conf)
			if err != nil {
				t.Fatal(err)
			}
			warned := slices.ContainsFunc(c.Warnings, func(w config.Problem) bool {
				return w.Path == path && strings.Contains(w.Message, "others than its owner can write to")
			})
			if warned != (others != 0) || len(c.Warnings) > 1 {
				t.Errorf("%q with %o: %v", path, others, c.Warnings)
			}
		}
		if err := os.Chmod(name, info.Mode()); err != nil {
			t.Fatal(err)
		}
	}
}
