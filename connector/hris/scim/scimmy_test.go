//go:build realscim

package scim_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/hris/scim"
	"github.com/leadfront/leadfront/connector/rest"
)

// TestScimmy pulls a company from scimmy under both versions of Express that it
// may run on. Under 4 it pages; under 5 it answers the first 20 whatever is asked,
// and that must fail, loudly. LEADFRONT_TEST_SCIMMY is a folder with the folders
// express4 and express5, in each the packages installed and server.mjs.
func TestScimmy(t *testing.T) {
	folder := os.Getenv("LEADFRONT_TEST_SCIMMY")
	if folder == "" {
		t.Fatal("LEADFRONT_TEST_SCIMMY names no folder; .ci/run prepares one")
	}
	want := company(t)
	for _, test := range []struct {
		express string
		size    int
		err     error
	}{{"express4", 100, nil}, {"express4", 25, nil}, {"express4", 1000, nil}, {"express5", 100, scim.ErrRepeated}, {"express5", 10, scim.ErrRepeated}} {
		t.Run(test.express, func(t *testing.T) {
			url := start(t, filepath.Join(folder, test.express))
			client, err := rest.New(rest.Config{URL: url, Token: "TESTTOKEN"}, rest.Gets(), nil)
			if err != nil {
				t.Fatal(err)
			}
			org, err := source(t, client, func(c *scim.Config) { c.PageSize = test.size }).Org(t.Context())
			if !errors.Is(err, test.err) || (err == nil) == (org.Digest != want.Digest) {
				t.Errorf("pages of %d: %d people, %v; want the 107 of the CSV file, or %v", test.size, len(org.People), err, test.err)
			}
			stranger, err := rest.New(rest.Config{URL: url, Token: "OTHER"}, rest.Gets(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source(t, stranger, nil).Org(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
				t.Errorf("with another token: %v", err)
			}
		})
	}
}

// start runs the server over the company and returns its address.
func start(t *testing.T, folder string) string {
	t.Helper()
	text, err := json.Marshal(resources(company(t).People))
	if err != nil {
		t.Fatal(err)
	}
	users := filepath.Join(t.TempDir(), "users.json")
	if err := os.WriteFile(users, text, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "node", "server.mjs", users)
	command.Dir, command.Stderr = folder, os.Stderr
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port) + "/scim"
}
