package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/leadfront/leadfront/connector/sandbox"
)

// TestScripts plays what people type, from testdata/script. Beside testscript's own
// commands there are: leadfront (in this process; code N asks for its exit code),
// company, completes, keys, capture, expand and feed.
func TestScripts(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LRS", filepath.Join(repository, "lrs", "testdata", "statements"))
			e.Setenv("HR", filepath.Join(repository, "connector", "hris", "csv", "testdata"))
			e.Values[scriptKey{}] = &scriptState{ctx: t.Context()}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"leadfront": scriptRun, "code": scriptCode, "company": scriptCompany, "completes": scriptCompletes,
			"keys": scriptKeys, "capture": scriptCapture, "expand": scriptExpand, "feed": scriptFeed,
		},
	})
}

// scriptState is what a script has beside files.
type scriptState struct {
	ctx     context.Context // of the test
	company *sandbox.Company
	code    int
	input   string
}

type scriptKey struct{}

func scriptStateOf(ts *testscript.TestScript) *scriptState {
	return ts.Value(scriptKey{}).(*scriptState)
}

// scriptRun is the program. Input that feed has set is read once.
func scriptRun(ts *testscript.TestScript, neg bool, args []string) {
	s := scriptStateOf(ts)
	var out, problems bytes.Buffer
	s.code = run(scriptStateOf(ts).ctx, args, ts.Getenv, strings.NewReader(s.input), &out, &problems)
	s.input = ""
	_, _ = io.Copy(ts.Stdout(), &out)
	_, _ = io.Copy(ts.Stderr(), &problems)
	if neg == (s.code == exitOK) {
		ts.Fatalf("leadfront %s: exit code %d", strings.Join(args, " "), s.code)
	}
}

// scriptCode: code N.
func scriptCode(ts *testscript.TestScript, _ bool, args []string) {
	if got := strconv.Itoa(scriptStateOf(ts).code); len(args) != 1 || got != args[0] {
		ts.Fatalf("exit code %s, want %v", got, args)
	}
}

// scriptCompany opens a company on loopback, with its configuration in leadfront.yaml.
func scriptCompany(ts *testscript.TestScript, _ bool, _ []string) {
	s := scriptStateOf(ts)
	var err error
	s.company, err = sandbox.NewCompany(scriptStateOf(ts).ctx, ts.Getenv("WORK"), time.Now)
	ts.Check(err)
	ts.Defer(func() { _ = s.company.Close() })
	ts.Check(os.WriteFile(ts.MkAbs("leadfront.yaml"), []byte(s.company.Config("127.0.0.1:0")), 0o600))
}

// scriptCompletes: completes PERSON...
func scriptCompletes(ts *testscript.TestScript, _ bool, people []string) {
	for _, id := range people {
		scriptStateOf(ts).company.Completes(id)
	}
}

// scriptKeys: keys PLACE KEY... where PLACE leads through the JSON on standard
// output, such as changes.0, and . is all of it. An object there has exactly the
// keys, but for those that end in ?, which it may have.
func scriptKeys(ts *testscript.TestScript, _ bool, args []string) {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &v); err != nil {
		ts.Fatalf("standard output is no JSON: %v", err)
	}
	for step := range strings.SplitSeq(strings.Trim(args[0], "."), ".") {
		switch at := v.(type) {
		case map[string]any:
			if step != "" {
				v = at[step]
			}
		case []any:
			if i, err := strconv.Atoi(step); err == nil && i < len(at) {
				v = at[i]
				continue
			}
			ts.Fatalf("%s: there are %d", args[0], len(at))
		}
	}
	object, ok := v.(map[string]any)
	if !ok {
		ts.Fatalf("%s is no object but %v", args[0], v)
	}
	for _, want := range args[1:] {
		if _, has := object[strings.TrimSuffix(want, "?")]; !has && !strings.HasSuffix(want, "?") {
			ts.Fatalf("%s has no key %s: %v", args[0], want, object)
		}
	}
	for has := range object {
		if !slices.Contains(args[1:], has) && !slices.Contains(args[1:], has+"?") {
			ts.Fatalf("%s has a key %s, which nobody promised", args[0], has)
		}
	}
}

// scriptCapture: capture NAME PATTERN sets NAME to the first group, or the whole,
// of what the pattern finds on standard output.
func scriptCapture(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("no %s on standard output", args[1])
	}
	ts.Setenv(args[0], found[len(found)-1])
}

// scriptExpand: expand FROM TO FILE replaces a text in a file.
func scriptExpand(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[2])
	if !strings.Contains(text, args[0]) {
		ts.Fatalf("%s has no %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.ReplaceAll(text, args[0], args[1])), 0o600))
}

// scriptFeed: feed FILE is the standard input of the next leadfront.
func scriptFeed(ts *testscript.TestScript, _ bool, args []string) {
	scriptStateOf(ts).input = ts.ReadFile(args[0])
}
