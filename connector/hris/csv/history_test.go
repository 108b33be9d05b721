package csv_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/connector/hris/hristest"
	"github.com/leadfront/leadfront/rules"
)

// TestEffectiveDates reads AdventureWorksDW as what it is, a history: 290 people
// in 296 rows, five of them with ended jobs, and 23 who point at an ended row of
// their manager. All of them have to arrive at the person.
func TestEffectiveDates(t *testing.T) {
	config := csv.Config{Name: "hr", Columns: csv.Columns{ID: "employee_national_id", Key: "employee_key",
		Manager: "parent_employee_key", From: "start_date", Until: "end_date"}}
	data, err := os.ReadFile(filepath.Join("testdata", "adventureworks-dw.csv"))
	if err != nil {
		t.Fatal(err)
	}
	org, err := csv.Parse(config, data, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	s := org.Check([]string{"295847284"})
	if s.People != 290 || s.Leaders != 47 || s.Levels != 5 || len(s.Findings) != 0 {
		t.Errorf("%d people, %d leaders, %d levels, findings %v; want 290, 47, 5 and none", s.People, s.Leaders, s.Levels, s.Findings)
	}
	managers := map[string]string{}
	for _, p := range org.People {
		managers[p.ID] = p.Manager
	}
	ended, onto := endedManagers(t, string(data))
	if len(ended) != 23 {
		t.Errorf("%d people point at an ended row, counted by other means: 23", len(ended))
	}
	for person, manager := range ended {
		if managers[person] != manager || manager == "" {
			t.Errorf("%s, who points at an ended row of %s, has manager %q", person, manager, managers[person])
		}
	}
	if len(onto) == 0 {
		t.Error("no row has ended, so nothing was shown")
	}
}

// endedManagers finds, without the reader, whose row in force points at a row with
// an end date, and the national id that stands there.
func endedManagers(t *testing.T, data string) (person map[string]string, ended map[string]string) {
	t.Helper()
	person, ended = map[string]string{}, map[string]string{}
	lines := strings.Split(strings.TrimSpace(data), "\n")[1:]
	for _, l := range lines {
		if f := strings.Split(l, ","); f[len(f)-2] != "" {
			ended[f[0]] = f[2]
		}
	}
	for _, l := range lines {
		f := strings.Split(l, ",")
		if to, ok := ended[f[1]]; ok && f[len(f)-2] == "" {
			person[f[2]] = to
		}
	}
	return person, ended
}

// TestDates: who is to come is known and not there yet, who was is not any more,
// and of two rows the one of the day counts, in whatever order they stand.
func TestDates(t *testing.T) {
	const head = "ID,Boss,Status,From,To\n"
	rows := []string{
		"1,,Active,,\n",
		"2,1,Active,2026-01-01,2026-09-30\n", // old job, its last day is a whole one
		"2,3,Active,2026-10-01,\n",
		"3,1,Active,2020-01-01,\n",
		"4,1,Offered,2026-11-01,\n", // a word that nobody has mapped, of a day to come
		"6,1,Offered,2026-12-01,\n", // of two to come the next one counts
		"6,3,Offered,2026-11-15,\n",
		"5,1,Active,2020-01-01,2026-08-31\n",
		"5,3,Active,2019-01-01,2019-12-31\n",
	}
	config := csv.Config{Name: "hr", Columns: csv.Columns{ID: "ID", Manager: "Boss", Status: "Status", From: "From", Until: "To"}}
	config.Status.Active = []string{"Active"}
	for day, want := range map[string]string{
		"2026-09-30": "1:active 2:active<1 3:active<1 4:inactive<1 5:inactive<1 6:inactive<3",
		"2026-10-01": "1:active 2:active<3 3:active<1 4:inactive<1 5:inactive<1 6:inactive<3",
	} {
		now, _ := time.Parse(time.DateOnly, day)
		for turn := range rows {
			text := head + strings.Join(rows[turn:], "") + strings.Join(rows[:turn], "")
			org, err := csv.Parse(config, []byte(text), now.Add(23*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if got := brief(org.People); got != want {
				t.Errorf("on %s, beginning with row %d: %s; want %s", day, turn, got, want)
			}
		}
	}
	now, _ := time.Parse(time.DateOnly, "2026-11-01")
	if _, err := csv.Parse(config, []byte(head+strings.Join(rows, "")), now); err == nil || !strings.Contains(err.Error(), `"Offered" is not mapped`) {
		t.Errorf("on the first day: %v; want the unmapped word", err)
	}
}

func brief(people []rules.Person) string {
	byID := map[string]string{}
	for _, p := range people {
		byID[p.ID] = p.ID + ":" + p.Status.String()
		if p.Manager != "" {
			byID[p.ID] += "<" + p.Manager
		}
	}
	var out []string
	for _, id := range []string{"1", "2", "3", "4", "5", "6"} {
		out = append(out, byID[id])
	}
	return strings.Join(out, " ")
}

// TestNewestFile: a folder with a file for each day.
func TestNewestFile(t *testing.T) {
	c := smallConfig()
	folder := t.TempDir()
	c.Path = filepath.Join(folder, "people-*.csv")
	source, err := csv.New(c, nil, later)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Org(t.Context()); err == nil || !strings.Contains(err.Error(), "matches no file") {
		t.Errorf("an empty folder: %v", err)
	}
	for i, name := range []string{"people-b.csv", "people-a.csv", "other.csv"} {
		text := strings.Replace(small, "Bo Lind", name, 1)
		write(t, filepath.Join(folder, name), text)
		at := time.Date(2026, 10, 1+i, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(filepath.Join(folder, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	org, err := source.Org(t.Context())
	if err != nil || org.People[1].Name != "people-a.csv" || org.Made.Day() != 2 {
		t.Errorf("read %+v made %v, %v; want people-a.csv of the 2nd", org.People, org.Made, err)
	}
}

// served answers with what answer writes.
func served(t *testing.T, answer func(http.ResponseWriter, *http.Request)) *resty.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(server.Close)
	return resty.New().SetBaseURL(server.URL + "/people.csv")
}

// TestHTTPSContract holds the file that comes over the network to the same
// contract as the one on the disk.
func TestHTTPSContract(t *testing.T) {
	hristest.Run(t, func(t *testing.T) hristest.Bench {
		var fault hristest.Fault
		header, _, _ := strings.Cut(small, "\n")
		client := served(t, func(w http.ResponseWriter, r *http.Request) {
			text := map[hristest.Fault]string{
				"": small, hristest.Empty: "", hristest.Nobody: header + "\n",
				hristest.Renamed:   strings.Replace(small, "Manager ID", "Supervisor ID", 1),
				hristest.Garbage:   "<html>Please sign in</html>",
				hristest.NewStatus: strings.Replace(small, "Leave", "Gardening", 1),
			}[fault]
			switch {
			case fault == hristest.Missing || r.URL.RawQuery != "format=csv":
				w.WriteHeader(http.StatusNotFound)
			case fault == hristest.Cut:
				w.Header().Set("Content-Length", "1000")
				_, _ = w.Write([]byte(small[:len(small)/2]))
			default:
				_, _ = w.Write([]byte(text))
			}
		})
		c := smallConfig()
		c.Query = "format=csv"
		source, err := csv.New(c, client, later)
		if err != nil {
			t.Fatal(err)
		}
		return hristest.Bench{Source: source, Want: smallPeople(),
			Break: func(_ *testing.T, f hristest.Fault) { fault = f }, Repair: func(*testing.T) { fault = "" }}
	})
}

func TestHTTPSMarker(t *testing.T) {
	digest := "7647b3320618a783238eb689fa3efbee783fc11792049744f67936f5e76a69c9"
	unended := strings.TrimSuffix(small, "\n")
	client := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Last-Modified", "Thu, 01 Oct 2026 08:00:00 GMT")
		if r.URL.Path == "/people.csv.sha256" {
			_, _ = w.Write([]byte(digest + "  people.csv\n"))
			return
		}
		_, _ = w.Write([]byte(unended))
	})
	c := smallConfig()
	c.Marker = "sha256"
	source, err := csv.New(c, client, later)
	if err != nil {
		t.Fatal(err)
	}
	org, err := source.Org(t.Context())
	if err != nil || org.Made.Day() != 1 || len(org.People) != 3 {
		t.Errorf("Org = %d people made %v, %v; want 3, made on the 1st", len(org.People), org.Made, err)
	}
	digest = strings.Repeat("0", 64)
	if _, err := source.Org(t.Context()); err == nil || !strings.Contains(err.Error(), "digest that its marker tells") {
		t.Errorf("with another digest: %v", err)
	}
}

// TestWhere: where and as what people work, which audiences may go by.
func TestWhere(t *testing.T) {
	columns, err := csv.ParseColumns("id=ID,manager=Boss,location=Site,type=Kind,department=Unit")
	if err != nil {
		t.Fatal(err)
	}
	parse := func(rows string) []rules.Person {
		org, err := csv.Parse(csv.Config{Name: "hr", Columns: columns}, []byte("ID,Boss,Site,Kind,Unit\n"+rows), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return org.People
	}
	if p := parse("1,,Oslo,Employee,Board\n2,1, Bergen ,Contractor,Sales\n")[1]; p.Location != "Bergen" || p.Type != "Contractor" || p.Department != "Sales" {
		t.Errorf("read as %+v", p)
	}
	if p := parse("1,,Oslo,Employee,Board\n2,1,Bergen,Contractor,Sales\n2,1,Oslo,Contractor,Sales\n")[1]; p.Location != "" || p.Type != "Contractor" {
		t.Errorf("two rows that differ in the place: %+v", p)
	}
}
