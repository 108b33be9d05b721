package csv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDiscover: what HR products really write is recognised, and what is not is said.
func TestDiscover(t *testing.T) {
	g, err := Discover([]byte("sep=;\nPersonnel No.;Reports To;Work Email;Status\n1;NO_MANAGER;a@x.org;Active\n2;1;b@x.org;On Leave\n3;1;c@x.org;Furlough\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	want := Columns{ID: "Personnel No.", Manager: "Reports To", Email: "Work Email", Status: "Status"}
	if g.Columns.ID != want.ID || g.Columns.Manager != want.Manager || g.Columns.Email != want.Email || g.Columns.Status != want.Status {
		t.Errorf("columns %+v", g.Columns)
	}
	if !slices.Equal(g.Tops, []string{"1"}) || !slices.Equal(g.NullManagers, []string{"NO_MANAGER"}) || !slices.Equal(g.Unknown, []string{"Furlough"}) ||
		!slices.Equal(g.Status.Active, []string{"Active"}) || !slices.Equal(g.Status.Leave, []string{"On Leave"}) || g.People != 3 {
		t.Errorf("%+v", g)
	}
}

// TestDiscoverOnFilesOfOthers: of what others have published the usual columns are
// recognised, and the top of the organisation with them.
func TestDiscoverOnFilesOfOthers(t *testing.T) {
	for name, want := range map[string][3]string{
		"chinook.csv":   {"EmployeeId", "ReportsTo", "1"},
		"northwind.csv": {"employee_id", "reports_to", "2"},
		"oracle-hr.csv": {"employee_id", "manager_id", "100"},
		"scott-emp.csv": {"EMPNO", "MGR", "7839"},
		// Senior staff in posts: nobody could tell who reports to whom.
		"uk-cabinet_office-2011-03-31.csv": {"", "", ""},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		g, err := Discover(data, "")
		if got := [3]string{g.Columns.ID, g.Columns.Manager, strings.Join(g.Tops, " ")}; err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", name, got, want, err)
		}
	}
}
