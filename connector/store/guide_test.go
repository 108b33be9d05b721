package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
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
	for _, kind := range logKinds(t) {
		if !strings.Contains(guide, "`"+kind+"`") {
			t.Errorf("entries of kind %s are not in README.md", kind)
		}
	}
}

// logKinds are the constants of log.go, so that a new one cannot be forgotten.
func logKinds(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "log.go", nil, 0)
	must(t, err)
	var kinds []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Log") && len(spec.Values) == 1 {
			kind, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			must(t, err)
			kinds = append(kinds, kind)
		}
		return true
	})
	if len(kinds) < 25 {
		t.Errorf("only %d kinds were found", len(kinds))
	}
	return kinds
}

// commonColumns are explained once for all views, under "Conventions".
const commonColumns = "`program` `target` `person` `name` `because`"
