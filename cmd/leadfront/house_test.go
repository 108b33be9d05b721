package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var updateArrows = flag.Bool("update-arrows", false, "write testdata/arrows.txt anew, to be read before it is committed")

const (
	root   = "../.."
	module = "github.com/leadfront/leadfront/"
)

// source is one file of the program itself, tests left out.
type source struct {
	folder string // of the package, from the root
	name   string
	file   *ast.File
	set    *token.FileSet
}

// house parses every file of the program.
func house(t *testing.T) []source {
	t.Helper()
	var all []source
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (name == "testdata" || name == "node_modules" || len(name) > 2 && name[0] == '.'):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		all = append(all, source{filepath.ToSlash(folder), filepath.Base(path), file, set})
		return err
	})
	if err != nil || len(all) < 50 {
		t.Fatalf("%d files, %v; want the whole program", len(all), err)
	}
	return all
}

// TestArrows: who imports whom is a decision, and it is on record in
// testdata/arrows.txt.
func TestArrows(t *testing.T) {
	arrows := map[string]map[string]bool{}
	for _, s := range house(t) {
		if arrows[s.folder] == nil {
			arrows[s.folder] = map[string]bool{}
		}
		for _, i := range s.file.Imports {
			if to, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module); ours {
				arrows[s.folder][to] = true
			}
		}
	}
	var got strings.Builder
	for _, from := range slices.Sorted(maps.Keys(arrows)) {
		fmt.Fprintf(&got, "%s -> %s\n", from, strings.Join(slices.Sorted(maps.Keys(arrows[from])), ", "))
	}
	text := strings.ReplaceAll(got.String(), "-> \n", "-> nothing of ours\n")
	const golden = "testdata/arrows.txt"
	if *updateArrows {
		if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the arrows are\n%s\nand %s says\n%s", text, golden, want)
	}
}

// TestArrowsPointInward holds the rooms that others lean on to what they may
// lean on themselves, whatever the golden list has been brought to say.
func TestArrowsPointInward(t *testing.T) {
	allowed := func(folder string) (names []string, bound bool) {
		top := strings.Split(folder, "/")
		switch {
		case strings.HasSuffix(folder, "test"):
			return nil, false
		case folder == "rules", folder == "connector/audit", folder == "connector/rest":
			return nil, true
		case folder == "lrs", folder == "connector", folder == "connector/hris", folder == "connector/lms", folder == "connector/notice", folder == "connector/web":
			return []string{"rules"}, true
		case len(top) == 3 && top[1] == "hris":
			return []string{"connector/hris", "rules"}, true // what a doubtful row is worth is one decision for all sources
		case len(top) == 3 && top[1] == "lms":
			return []string{"connector/lms", "rules"}, true // read first, write, read back is one decision for all platforms
		case len(top) == 3 && top[1] == "web":
			return []string{"connector/web/view", "connector/web/signin", "connector/web/page", "rules"}, true // in that order
		case folder == "connector/store":
			return []string{"connector/audit", "rules"}, true
		}
		return nil, false
	}
	for _, s := range house(t) {
		names, bound := allowed(s.folder)
		for _, i := range s.file.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			to, ours := strings.CutPrefix(path, module)
			if bound && ours && !slices.Contains(names, to) {
				t.Errorf("%s/%s imports %s; %s may import %v of ours", s.folder, s.name, to, s.folder, names)
			}
			if strings.HasPrefix(to, "cmd/") && ours {
				t.Errorf("%s/%s imports %s; nobody imports a command", s.folder, s.name, to)
			}
			if s.folder == "rules" && !pure(path) {
				t.Errorf("rules/%s imports %s; rules are pure", s.name, path)
			}
		}
	}
}

// pure tells the packages of the standard library that neither do I/O nor log.
func pure(path string) bool {
	top, _, _ := strings.Cut(path, "/")
	return !strings.Contains(top, ".") && !slices.Contains([]string{"os", "io", "net", "log", "syscall", "plugin", "embed"}, top)
}

// TestPlainHouse: no clock in rules, no init, and no function that people would
// remember for its length: at most 60 lines and 12 ways through.
func TestPlainHouse(t *testing.T) {
	const mostLines, mostWays = 60, 12
	var lengths []int
	for _, s := range house(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && s.folder == "rules" && isClock(call) {
				t.Errorf("%s: rules read no clock", s.set.Position(n.Pos()))
			}
			return true
		})
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			lines := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			lengths = append(lengths, lines)
			if ways := waysThrough(f); lines > mostLines || ways > mostWays {
				t.Errorf("%s: %s has %d lines and %d ways through; at most %d and %d", s.set.Position(f.Pos()), f.Name.Name, lines, ways, mostLines, mostWays)
			}
			if f.Name.Name == "init" && f.Recv == nil {
				t.Errorf("%s: an init function", s.set.Position(f.Pos()))
			}
		}
	}
	slices.Sort(lengths)
	if p90 := lengths[len(lengths)*9/10]; p90 > 35 {
		t.Errorf("one function in ten has more than %d lines; at most 35", p90)
	}
}

func isClock(s *ast.SelectorExpr) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker"}, s.Sel.Name)
}

// waysThrough is the cyclomatic complexity: one, and one more for each branch.
// A function literal counts to the function that holds it.
func waysThrough(f *ast.FuncDecl) int {
	ways := 1
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			ways++
		case *ast.CaseClause:
			if n.List != nil {
				ways++
			}
		case *ast.CommClause:
			if n.Comm != nil {
				ways++
			}
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				ways++
			}
		}
		return true
	})
	return ways
}
