package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/rest"
)

// Each checkpoint goes into the log of the program, into the file and to the server,
// whose refusal is an error.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	var posted []string
	status := http.StatusCreated
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		posted = append(posted, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+string(body))
		w.WriteHeader(status)
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "checkpoints")
	var log bytes.Buffer
	all, err := witnesses(config.Audit{CheckpointFile: file, CheckpointServer: &config.CheckpointServer{
		Server: rest.Config{URL: server.URL + "/archive", Token: "secret-word"}}}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || len(all) != 3 {
		t.Fatalf("%d witnesses: %v", len(all), err)
	}
	for _, note := range []string{"one\n", "two\n"} {
		for _, w := range all {
			if err := w.Keep(t.Context(), note); err != nil {
				t.Error(err)
			}
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "one\n\ntwo\n\n" {
		t.Errorf("file: %q, %v", got, err)
	}
	if len(posted) != 2 || posted[1] != "POST /archive Bearer secret-word two\n" {
		t.Errorf("posted: %q", posted)
	}
	if strings.Count(log.String(), `checkpoint="two\n"`) != 1 || strings.Contains(log.String(), "secret") {
		t.Errorf("log: %s", &log)
	}
	status = http.StatusForbidden
	if err := all[2].Keep(t.Context(), "three\n"); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("refused: %v", err)
	}
	if err := fileWitness(t.TempDir()).Keep(t.Context(), "x"); err == nil {
		t.Error("a folder was appended to")
	}
}
