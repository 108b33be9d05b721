package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestFindingsAreSummedUp: a thousand accounts of nobody are eleven lines, and hide
// nothing else.
func TestFindingsAreSummedUp(t *testing.T) {
	var out bytes.Buffer
	var list []rules.Finding
	for i := range 1000 {
		list = append(list, rules.Finding{Code: rules.CodeUnknownAccount, Detail: fmt.Sprint("moodle ", i)})
	}
	list = append(list, rules.Finding{Code: rules.CodeTopMissing, Person: "1"})
	(&program{stdout: &out}).printFindings(list, func(id string) string { return id })
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 12 || !strings.Contains(lines[9], "moodle 9 ") || !strings.HasPrefix(lines[10], "finding top_missing: 1") ||
		lines[11] != "finding unknown_account: and 990 more; -o json lists all" {
		t.Errorf("%d lines:\n%s", len(lines), out.String())
	}
}
