package store

import (
	"os"
	"strings"
	"testing"
)

// The auditor's guide names every view with every column, every table, and every
// kind of entry.
func TestTheGuideIsComplete(t *testing.T) {
	text, err := os.ReadFile("README.md")
	must(t, err)
	guide := string(text)
	s := fresh(t)
	rows, err := s.reader.Query(`SELECT m.name, m.type, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type IN ('view', 'table') AND m.name NOT LIKE 'sqlite_%'`)
	must(t, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var name, kind, column string
		must(t, rows.Scan(&name, &kind, &column))
		section := guide
		if kind == "view" {
			_, section, _ = strings.Cut(guide, "**`"+name+"`**")
			section, _, _ = strings.Cut(section, "\n**`")
			section += commonColumns
		}
		if !strings.Contains(guide, "`"+name+"`") {
			t.Errorf("%s %s is not in README.md", kind, name)
		}
		if kind == "view" && !strings.Contains(section, "`"+column+"`") {
			t.Errorf("column %s of %s is not in README.md", column, name)
		}
		n++
	}
	if n < 100 {
		t.Errorf("only %d columns were looked at", n)
	}
	for _, kind := range []string{LogKey, LogConfig, LogSnapshotAccepted, LogSnapshotQuarantined, LogSnapshotApproved, LogDecision,
		LogPlan, LogRefusal, LogApproval, LogApprovalUsed, LogIntent, LogOutcome, LogHoldSeen, LogHoldClosed, LogOverride,
		LogViolationOpened, LogViolationResolved, LogViolationRetracted, LogWaiverAdded, LogWaiverRevoked, LogPaused,
		LogResumed, LogBackfill, LogConflict} {
		if !strings.Contains(guide, "`"+kind+"`") {
			t.Errorf("entries of kind %s are not in README.md", kind)
		}
	}
}

// commonColumns are explained once for all views, under "Conventions".
const commonColumns = "`program` `target` `person` `name` `because`"
