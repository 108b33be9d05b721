package csv_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/rules"
)

func show(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

var organogram = csv.Config{Name: "hr", Columns: csv.Columns{ID: "Post Unique Reference", Manager: "Reports to Senior Post",
	Name: "Name", Department: "Unit"}, NullManagers: []string{"XX"}}

func readData(t *testing.T, file string, c csv.Config) (rules.Org, error) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return csv.Parse(c, data, time.Time{})
}

// TestOrganisations compares what others published with figures counted by
// other means.
func TestOrganisations(t *testing.T) {
	columns := func(id, manager string) csv.Config {
		return csv.Config{Name: "hr", Columns: csv.Columns{ID: id, Manager: manager}}
	}
	names := func(c csv.Config) csv.Config { c.Columns.Department = ""; return c }
	for _, test := range []struct {
		file                             string
		config                           csv.Config
		tops                             string
		people, leaders, levels, missing int
		repeated, duplicate, repaired    int
	}{
		{"oracle-hr.csv", columns("employee_id", "manager_id"), "100", 107, 18, 4, 0, 0, 0, 0},
		{"chinook.csv", columns("EmployeeId", "ReportsTo"), "1", 8, 3, 3, 0, 0, 0, 0},
		{"northwind.csv", columns("employee_id", "reports_to"), "2", 9, 2, 3, 0, 0, 0, 0},
		{"scott-emp.csv", columns("EMPNO", "MGR"), "7839", 14, 6, 4, 0, 0, 0, 0},
		{"adventureworks-oltp.csv", columns("business_entity_id", "manager_business_entity_id"), "1", 290, 47, 5, 0, 0, 0, 0},
		{"adventureworks-dw.csv", columns("employee_key", "parent_employee_key"), "112", 296, 47, 5, 0, 0, 0, 0},
		{"uk-cabinet_office-2011-09-30.csv", names(organogram), "1", 234, 44, 5, 2, 1, 0, 0},
		{"uk-department_of_education-2011-09-30.csv", names(organogram), "DfE-1001", 122, 29, 5, 0, 6, 0, 8},
		{"uk-department_of_health-2011-03-31.csv", organogram, "PSO001", 302, 79, 6, 1, 1, 0, 0},
		{"uk-foreign_and_commonwealth_office-2011-09-30.csv", names(organogram), "10000", 129, 8, 4, 0, 0, 2, 0},
		{"uk-hm_treasury-2011-09-30.csv", names(organogram), "19678", 97, 24, 5, 0, 18, 0, 0},
	} {
		t.Run(test.file, func(t *testing.T) {
			org, err := readData(t, test.file, test.config)
			if err != nil {
				t.Fatal(err)
			}
			s := org.Check([]string{test.tops})
			found := map[rules.Code]int{}
			for _, f := range s.Findings {
				found[f.Code]++
			}
			got := []int{s.People, s.Leaders, s.Levels, found[rules.CodeUnplaced],
				found[rules.CodeRowRepeated], found[rules.CodeDuplicateID], found[rules.CodeManagerRepaired]}
			want := []int{test.people, test.leaders, test.levels, test.missing, test.repeated, test.duplicate, test.repaired}
			if show(got) != show(want) {
				t.Errorf("people, leaders, levels, unplaced, repeated, duplicate, repaired = %v, want %v", got, want)
			}
		})
	}
}

// TestHistoryRows: AdventureWorksDW keeps ended jobs as rows of their own. With
// the national id for a key six people stand twice, and the manager column
// speaks of another key altogether: 289 edges that nobody may take for "none".
func TestHistoryRows(t *testing.T) {
	org, err := readData(t, "adventureworks-dw.csv", csv.Config{Name: "hr",
		Columns: csv.Columns{ID: "employee_national_id", Manager: "parent_employee_key"}})
	if err != nil {
		t.Fatal(err)
	}
	s := org.Check([]string{"295847284"})
	found := map[rules.Code]int{}
	for _, f := range s.Findings {
		found[f.Code]++
	}
	if s.People != 290 || s.Leaders != 0 || found[rules.CodeUnknownManager] != 289 || found[rules.CodeRowRepeated] != 6 {
		t.Errorf("people %d, leaders %d, findings %v; want 290, 0, 289 unknown managers, 6 repeated rows", s.People, s.Leaders, found)
	}
}

func TestHeaderOnlyAsPublished(t *testing.T) {
	_, err := readData(t, "uk-hm_treasury-2011-03-31.csv", organogram)
	if err == nil || !strings.Contains(err.Error(), "nobody below it") {
		t.Errorf("the published file with a header alone: %v; want a refusal", err)
	}
}

// TestHalfYears compares two published readings of one body, half a year apart:
// far more change than a night brings, so each asks. Figures counted by other
// means.
func TestHalfYears(t *testing.T) {
	last, err := readData(t, "uk-foreign_and_commonwealth_office-2011-03-31.csv", organogram)
	if err != nil {
		t.Fatal(err)
	}
	next, err := readData(t, "uk-foreign_and_commonwealth_office-2011-09-30.csv", organogram)
	if err != nil {
		t.Fatal(err)
	}
	details := map[rules.Code]string{}
	for _, r := range rules.CompareOrgs(rules.DefaultOrgLimits(), &last, next, []string{"10000"}) {
		details[r.Code] = r.Detail
	}
	if details[rules.CodeManyGone] != "7 of 118, limit 5" || details[rules.CodeManagersMoved] != "71 of 118, limit 11" || details[rules.CodeManagersLost] != "" {
		t.Errorf("alarms are %v; want 7 gone, 71 with another manager, none lost", details)
	}
}

// FuzzParse: whatever the bytes, a reading is whole and sound or an error.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small), "")
	f.Add([]byte("\xff\xfeI\x00D\x00"), "utf-16le")
	f.Add([]byte("sep=;\nEmployee ID;manager id\n1;2\n"), "windows-1252")
	files, _ := filepath.Glob("testdata/*.csv")
	for _, file := range files[:min(3, len(files))] {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "")
	}
	f.Fuzz(func(t *testing.T, data []byte, encoding string) {
		c := csv.Config{Name: "hr", Encoding: encoding, Columns: csv.Columns{ID: "Employee ID", Manager: "Manager ID"}}
		org, err := csv.Parse(c, data, time.Time{})
		if err != nil {
			if len(org.People) > 0 {
				t.Fatalf("people beside the error %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, p := range org.People {
			if p.ID == "" || seen[p.ID] {
				t.Fatalf("id %q is empty or stands twice", p.ID)
			}
			seen[p.ID] = true
		}
		if len(org.People) == 0 {
			t.Fatal("nobody, and no error")
		}
	})
}
