package deploy_test

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/leadfront/leadfront/connector/store"
)

var asked = regexp.MustCompile(`(?m)^    sqlite3 -readonly \S+ "([^"]+)"$`)

// TestRunbooksAskTheStore: every question that a runbook has an operator ask is
// one that the store answers.
func TestRunbooksAskTheStore(t *testing.T) {
	folder := t.TempDir()
	if err := store.Init(t.Context(), folder, time.Unix(1793610000, 0)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "leadfront.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pages, err := filepath.Glob("runbooks/*.md")
	if err != nil {
		t.Fatal(err)
	}
	questions := 0
	for _, page := range pages {
		for _, q := range asked.FindAllStringSubmatch(read(t, page), -1) {
			questions++
			rows, err := db.QueryContext(t.Context(), q[1])
			if err == nil {
				err = rows.Close()
			}
			if err != nil {
				t.Errorf("%s: %s: %v", page, q[1], err)
			}
		}
	}
	if questions < 5 {
		t.Errorf("%d questions were found", questions)
	}
}
