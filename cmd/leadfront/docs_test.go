package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// words splits a command line as a shell does, as far as documentation goes.
var words = regexp.MustCompile(`"[^"]*"|\S+`)

// TestDocumentedCommands: every command line that the documents of config/deploy
// tell somebody to type is one that the program takes. None of them is run.
func TestDocumentedCommands(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.Name("leadfront"), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	err = filepath.WalkDir(filepath.Join(root, "config", "deploy"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		for line := range strings.SplitSeq(string(text), "\n") {
			_, command, found := strings.Cut(strings.Replace(line, "    sudo -u leadfront leadfront ", "    leadfront ", 1), "    leadfront ")
			if !found {
				continue
			}
			lines++
			args := words.FindAllString(command, -1)
			for i := range args {
				args[i] = strings.Trim(args[i], `"`)
			}
			if _, err := parser.Parse(args); err != nil {
				t.Errorf("%s: leadfront %s: %v", filepath.Base(path), command, err)
			}
		}
		return err
	})
	if err != nil || lines < 10 {
		t.Errorf("%d commands, %v", lines, err)
	}
}
