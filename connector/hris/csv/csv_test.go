package csv_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/connector/hris/hristest"
	"github.com/leadfront/leadfront/rules"
)

const small = "Employee ID,Full Name,Manager ID,Work Email,Status,No account,Old mail\n" +
	"00001,\"Möller, Ida\",,ida@corp.example,Active,,\n" +
	"00012,Bo Lind,00001,Bo@Corp.Example,Leave,no,bo@old.example; b.lind@old.example\n" +
	"00013,Cy Åberg, 00012 ,cy@corp.example, active ,yes,\n"

func smallConfig() csv.Config {
	var c csv.Config
	c.SetDefaults()
	c.Columns = csv.Columns{ID: "Employee ID", Manager: "manager id", Email: "Work Email", Name: "Full Name",
		Status: "Status", NoAccount: "No account", Emails: []string{"Old mail"}}
	c.Status = hris.StatusMap{Active: []string{"Active"}, Leave: []string{"Leave"}, Inactive: []string{"Terminated"}}
	return c
}

func smallPeople() []rules.Person {
	return []rules.Person{
		{ID: "00001", Name: "Möller, Ida", Email: "ida@corp.example", Status: rules.Active},
		{ID: "00012", Name: "Bo Lind", Email: "Bo@Corp.Example", Manager: "00001", Status: rules.Leave,
			Emails: []string{"bo@old.example", "b.lind@old.example"}},
		{ID: "00013", Name: "Cy Åberg", Email: "cy@corp.example", Manager: "00012", Status: rules.Active, NoAccount: true},
	}
}

func write(t *testing.T, path string, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func later() time.Time { return time.Now().Add(time.Hour) }

func TestContract(t *testing.T) {
	hristest.Run(t, func(t *testing.T) hristest.Bench {
		c := smallConfig()
		c.Path = filepath.Join(t.TempDir(), "people.csv")
		write(t, c.Path, small)
		source, err := csv.New(c, nil, later)
		if err != nil {
			t.Fatal(err)
		}
		return hristest.Bench{
			Source: source, Want: smallPeople(),
			Repair: func(t *testing.T) { write(t, c.Path, small) },
			Break: func(t *testing.T, f hristest.Fault) {
				if f == hristest.Missing {
					os.Remove(c.Path)
					return
				}
				header, _, _ := strings.Cut(small, "\n")
				write(t, c.Path, map[hristest.Fault]string{
					hristest.Empty:     "",
					hristest.Nobody:    header + "\n",
					hristest.Cut:       small[:strings.Index(small, "00012 ,cy")+4],
					hristest.Renamed:   strings.Replace(small, "Manager ID", "Supervisor ID", 1),
					hristest.Garbage:   "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00",
					hristest.NewStatus: strings.Replace(small, "Leave", "Gardening", 1),
				}[f])
			},
		}
	})
}

// TestEncodings reads the same people from every form in which an export of
// them may come.
func TestEncodings(t *testing.T) {
	utf16le, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(small)
	if err != nil {
		t.Fatal(err)
	}
	utf16be, _ := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(small)
	latin, err := charmap.Windows1252.NewEncoder().String(small)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ encoding, data string }{
		"utf-8":               {"", small},
		"mark":                {"", "\ufeff" + small},
		"mark, quoted header": {"", "\ufeff" + strings.Replace(small, "Employee ID", `"Employee ID"`, 1)},
		"mark over encoding":  {"windows-1252", "\ufeff" + small},
		"decomposed":          {"", strings.ReplaceAll(small, "ö", "o\u0308")},
		"utf-16 with mark":    {"", utf16le},
		"utf-16be":            {"utf-16be", utf16be},
		"windows-1252":        {"windows-1252", latin},
		"CRLF":                {"", strings.ReplaceAll(small, "\n", "\r\n")},
		"blank last rows":     {"", small + ",,,,,,\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c := smallConfig()
			c.Encoding = test.encoding
			org, err := csv.Parse(c, []byte(test.data), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := show(org.People), show(smallPeople()); got != want {
				t.Errorf("people are\n%s, want\n%s", got, want)
			}
		})
	}
}

// TestDelimiters: names hold commas, and a semicolon file read with commas would
// have one column.
func TestDelimiters(t *testing.T) {
	for name, test := range map[string]struct{ delimiter, text string }{
		"semicolon":        {"", "ID;Name;Boss\n1;Möller, Ida;\n2;Bo;1\n"},
		"tab":              {"", "ID\tName\tBoss\n1\tMöller, Ida\t\n2\tBo\t1\n"},
		"pipe":             {"", "ID|Name|Boss\n1|Möller, Ida|\n2|Bo|1\n"},
		"excel's hint":     {"", "sep=;\r\nID;Name;Boss\r\n1;Möller, Ida;\r\n2;Bo;1\r\n"},
		"commas in header": {"", "ID;Name, first, last;Boss\n1;Möller;\n2;Bo;1\n"},
		"configured":       {"tab", "ID\tName\tBoss\n1\tIda\t\n2\tBo\t1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			org, err := csv.Parse(csv.Config{Name: "hr", Delimiter: test.delimiter, Columns: csv.Columns{ID: "id", Manager: "boss"}}, []byte(test.text), time.Time{})
			if err != nil || len(org.People) != 2 || org.People[1].Manager != "1" {
				t.Errorf("Parse = %v, %v; want two people, the second under 1", org.People, err)
			}
		})
	}
}

// TestRefused: what may not be read, with the words that help.
func TestRefused(t *testing.T) {
	edit := func(from, to string) string { return strings.Replace(small, from, to, 1) }
	header, _, _ := strings.Cut(small, "\n")
	for name, test := range map[string]struct {
		change func(*csv.Config)
		data   string
		want   string
	}{
		"cut in the last value":   {nil, strings.TrimSuffix(small, "\n"), "does not end with a newline, so it may be cut"},
		"cut between values":      {nil, edit(",cy@corp.example, active ,yes,", ""), "record on line 4: wrong number of fields"},
		"header alone":            {nil, header + "\n", "has a header and nobody below it"},
		"renamed":                 {nil, edit("Manager ID", "Supervisor ID"), `columns.manager: there is no column "manager id"; did you mean "Supervisor ID"?`},
		"renamed beyond likeness": {nil, edit("Manager ID", "Boss"), `columns.manager: there is no column "manager id"; there are "Boss"`},
		"twice the same header":   {nil, edit("Full Name", "Work email "), `columns.email: two columns are called "Work Email"`},
		"unknown status":          {nil, edit("Leave", "Sabbatical"), `line 3: status "Sabbatical" is not mapped: list it under status`},
		"blank status":            {nil, edit("Leave", ""), `line 3: status "" is not mapped`},
		"no account, perhaps":     {nil, edit(",no,", ",soon,"), `line 3: columns.no_account: "soon" is neither yes nor no`},
		"latin-1 unnamed":         {nil, edit("ö", "\xf6"), "line 2 is not UTF-8: name the encoding of the export, often encoding: windows-1252"},
		"utf-8 named otherwise":   {func(c *csv.Config) { c.Encoding = "windows-1252" }, small, "is UTF-8, but encoding says windows-1252"},
		"utf-16 cut":              {nil, "\xff\xfeI\x00D", "ends within a UTF-16 character"},
		"utf-16 without mark":     {nil, "I\x00D\x00,\x00B\x00\n\x00", "has zero bytes"},
		"one column":              {nil, "Employee ID\n1\n", "has one column only: set delimiter"},
		"wrong delimiter set":     {func(c *csv.Config) { c.Delimiter = ";" }, small, "has one column only"},
		"unbalanced quote":        {nil, edit(`Ida"`, "Ida"), "a quote or delimiter within a value is not quoted"},
		"joined exports":          {nil, small + small, "line 5 repeats the header"},
		"spreadsheet ids":         {nil, edit("00012,Bo", "1.2E+11,Bo"), `line 3: "1.2E+11" is a number as a spreadsheet shortens it`},
		"contradictions":          {nil, edit("00012,Bo", "00001,Bo") + "00013,Cy,00001,,Active,,\n", "of 4 rows 2 have no id or contradict another row"},
		"rows over and over":      {nil, small + "00001,\"Möller, Ida\",,ida@corp.example,Active,,\n" + "00001,\"Möller, Ida\",,ida@corp.example,Active,,\n", "2 repeat one"},
		"endless repeats":         {nil, small + strings.Repeat("00001,\"Möller, Ida\",,ida@corp.example,Active,,\n", 1000), "of 255 rows 0 have no id"},
		"too many rows":           {func(c *csv.Config) { c.MaxRows = 2 }, small, "has more than max_rows 2"},
		"escape sequence":         {nil, edit("Bo Lind", "Bo\x1b[2J"), `line 3: name holds a control character: "Bo\x1b[2J"`},
		"forged line":             {nil, edit("00012,Bo Lind", "00012,\"Bo\nall is well\""), `name holds a control character`},
		"escape in old mail":      {nil, edit("bo@old", "bo\x1b[2J@old"), `emails holds a control character`},
		"writing backwards":       {nil, edit("00012,Bo", "0\u202e0012,Bo"), `id holds a control character`},
		"trailer missing":         {func(c *csv.Config) { c.Trailer = "END,{rows}" }, small, `its last line is not the trailer "END,{rows}"`},
		"trailer with more rows":  {func(c *csv.Config) { c.Trailer = "END,{rows}" }, small + "END,4", "the trailer tells 4 rows and there are 3"},
	} {
		t.Run(name, func(t *testing.T) {
			c := smallConfig()
			if test.change != nil {
				test.change(&c)
			}
			org, err := csv.Parse(c, []byte(test.data), time.Time{})
			if err == nil || !strings.Contains(err.Error(), test.want) || len(org.People) > 0 {
				t.Errorf("Parse = %d people, %v; want an error with %q", len(org.People), err, test.want)
			}
		})
	}
}

func TestTrailer(t *testing.T) {
	c := smallConfig()
	c.Trailer = "END,{rows}"
	if org, err := csv.Parse(c, []byte(small+"END,3"), time.Time{}); err != nil || len(org.People) != 3 {
		t.Errorf("Parse = %d people, %v; want 3", len(org.People), err)
	}
}

// TestDuplicates: of two managers none is picked, of two statuses neither.
func TestDuplicates(t *testing.T) {
	c := smallConfig()
	org, err := csv.Parse(c, []byte(small+
		"00012,Bo Lind,00013,Bo@Corp.Example,Terminated,no,bo@old.example; b.lind@old.example\n"+
		"00013,Cy Åberg,00012,cy@corp.example,Active,yes,\n"+
		",Nameless,00001,n@corp.example,Active,,\n"), time.Time{})
	if err == nil {
		t.Fatalf("6 rows, 2 of them doubtful: want refusal, got %v", org)
	}
	org, err = csv.Parse(c, []byte(small+
		"00012,Bo Lind,00013,Bo@Corp.Example,Terminated,no,bo@old.example; b.lind@old.example\n"+
		"00013,Cy Åberg,00012,cy@corp.example,Active,yes,\n"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	bo := org.People[1]
	if bo.Manager != "" || bo.Status != rules.StatusUnknown || bo.Email != "Bo@Corp.Example" || len(org.People) != 3 {
		t.Errorf("the contradicted person is %+v; want neither manager nor status", bo)
	}
	want := []rules.Finding{
		{Code: rules.CodeDuplicateID, Person: "00012", Detail: "lines 3 and 5 differ in manager, status"},
		{Code: rules.CodeRowRepeated, Person: "00013", Detail: "lines 4 and 6 are the same"},
	}
	if show(org.Findings) != show(want) {
		t.Errorf("findings are\n%s, want\n%s", show(org.Findings), show(want))
	}
}

// TestDigest: what an approval is bound to is what was read, not the bytes.
func TestDigest(t *testing.T) {
	digest := func(c csv.Config, text string) string {
		org, err := csv.Parse(c, []byte(text), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return org.Digest
	}
	first := digest(smallConfig(), small)
	if got := digest(smallConfig(), strings.ReplaceAll(small, "\n", "\r\n")); got != first {
		t.Error("other line ends make another organisation")
	}
	other := smallConfig()
	other.Status.Leave, other.Status.Inactive = nil, []string{"Leave"}
	if digest(other, small) == first {
		t.Error("another status map makes the same organisation")
	}
}

func TestManagerReferences(t *testing.T) {
	text := "ID,Boss\nA-1,NONE\nb-2,a-1\nc-3,C-3 \nd-4,gone\ne-5,A - 1\nxy-6,A-1\nXY-6,A-1\nf-7,xy-6\ng-8,Xy-6\n"
	org, err := csv.Parse(csv.Config{Name: "hr", Columns: csv.Columns{ID: "ID", Manager: "Boss"}, NullManagers: []string{"none"}}, []byte(text), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range org.People {
		got = append(got, p.ID+">"+p.Manager)
	}
	want := "A-1> b-2>A-1 c-3>c-3 d-4>gone e-5>A - 1 xy-6>A-1 XY-6>A-1 f-7>xy-6 g-8>Xy-6"
	if strings.Join(got, " ") != want {
		t.Errorf("managers are %s, want %s", got, want)
	}
	if len(org.Findings) != 2 || org.Findings[0].Detail != `line 3: manager "a-1" taken as "A-1"` {
		t.Errorf("findings are %+v; want the repairs of b-2 and c-3", org.Findings)
	}
}

// TestPadIDs: with a width numeric ids get their zeros back, words for nobody and
// other ids stay.
func TestPadIDs(t *testing.T) {
	text := "ID,Boss\n1,0\n00012,1\n13,00012\nA4,13\n123456,A4\n"
	org, err := csv.Parse(csv.Config{Name: "hr", PadIDs: 5, Columns: csv.Columns{ID: "ID", Manager: "Boss"}, NullManagers: []string{"0"}}, []byte(text), time.Time{})
	var got []string
	for _, p := range org.People {
		got = append(got, p.ID+">"+p.Manager)
	}
	if want := "00001> 00012>00001 00013>00012 A4>00013 123456>A4"; err != nil || strings.Join(got, " ") != want || len(org.Findings) > 0 {
		t.Errorf("%s, %v, %v; want %s", strings.Join(got, " "), org.Findings, err, want)
	}
}

func TestSettling(t *testing.T) {
	made := time.Date(2026, 10, 1, 6, 0, 0, 0, time.UTC)
	c := smallConfig()
	c.Path = filepath.Join(t.TempDir(), "people.csv")
	write(t, c.Path, small)
	if err := os.Chtimes(c.Path, made, made); err != nil {
		t.Fatal(err)
	}
	read := func(after time.Duration) (rules.Org, error) {
		source, err := csv.New(c, nil, func() time.Time { return made.Add(after) })
		if err != nil {
			t.Fatal(err)
		}
		return source.Org(t.Context())
	}
	for _, after := range []time.Duration{-time.Minute, 0, 59 * time.Second} {
		if _, err := read(after); !errors.Is(err, csv.ErrUnsettled) {
			t.Errorf("%s after the last change: %v; want ErrUnsettled", after, err)
		}
	}
	org, err := read(time.Minute)
	if err != nil || !org.Made.Equal(made) || !org.Read.Equal(made.Add(time.Minute)) {
		t.Errorf("a minute after: made %v, read %v, %v", org.Made, org.Read, err)
	}
	c.MaxBytes = 10
	if _, err := read(time.Minute); err == nil || !strings.Contains(err.Error(), "more than max_bytes 10") {
		t.Errorf("above max_bytes: %v", err)
	}
	c.Path = t.TempDir()
	if _, err := read(time.Hour); err == nil {
		t.Error("a folder was read")
	}
}

// growing is a context during whose life the file grows under its old date, as
// under a copy that keeps the date of its original.
type growing struct {
	context.Context
	grow func()
}

func (g growing) Err() error {
	g.grow()
	return g.Context.Err()
}

func TestGrowsWhileRead(t *testing.T) {
	c := smallConfig()
	c.Path = filepath.Join(t.TempDir(), "people.csv")
	half := small[:strings.Index(small, "00013")]
	made := time.Now().Add(-time.Hour)
	set := func(data string) {
		write(t, c.Path, data)
		if err := os.Chtimes(c.Path, made, made); err != nil {
			t.Fatal(err)
		}
	}
	set(half)
	source, err := csv.New(c, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	org, err := source.Org(growing{t.Context(), func() { set(small) }})
	if !errors.Is(err, csv.ErrUnsettled) {
		t.Errorf("a file that grew while it was read: %d people, %v; want ErrUnsettled", len(org.People), err)
	}
	if org, err = source.Org(t.Context()); err != nil || len(org.People) != 3 {
		t.Errorf("the whole file: %d people, %v; want 3", len(org.People), err)
	}
}

func TestMarkers(t *testing.T) {
	c := smallConfig()
	c.Path = filepath.Join(t.TempDir(), "people.csv")
	unended := strings.TrimSuffix(small, "\n") // whole, as the digest tells
	write(t, c.Path, unended)
	org := func(marker string) error {
		c.Marker = marker
		source, err := csv.New(c, nil, later)
		if err != nil {
			t.Fatal(err)
		}
		_, err = source.Org(t.Context())
		return err
	}
	if err := org("sha256"); !errors.Is(err, csv.ErrUnsettled) {
		t.Errorf("without its marker: %v; want ErrUnsettled", err)
	}
	write(t, c.Path+".sha256", strings.Repeat("0", 64)+"  people.csv\n")
	if err := org("sha256"); err == nil || errors.Is(err, csv.ErrUnsettled) {
		t.Errorf("with the digest of another file: %v; want a refusal", err)
	}
	write(t, c.Path+".sha256", "7647b3320618a783238eb689fa3efbee783fc11792049744f67936f5e76a69c9  people.csv\n")
	if err := org("sha256"); err != nil {
		t.Errorf("with its digest, as sha256sum gives it: %v", err)
	}
	write(t, c.Path, small)
	write(t, c.Path+".done", "")
	if err := org("done"); err != nil {
		t.Errorf("done: %v", err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(c.Path+".done", old, old); err != nil {
		t.Fatal(err)
	}
	if err := org("done"); !errors.Is(err, csv.ErrUnsettled) {
		t.Errorf("with an old marker: %v; want ErrUnsettled", err)
	}
}

func TestValidate(t *testing.T) {
	err := (&csv.Config{Delimiter: "::", Encoding: "ebcdic", Marker: "md5", Trailer: "END", Stable: -1, MaxRows: -1,
		Columns: csv.Columns{ID: "ID", Manager: "id "}, Status: hris.StatusMap{Active: []string{"A"}, Leave: []string{"a"}}}).Validate()
	want := `columns.manager: is the same column as columns.id
stable: is negative
max_bytes: must be above 0
max_rows: is negative
marker: "md5" is not one of sha256, done
trailer: needs {rows} exactly once, where the line tells the number of rows
delimiter: "::" is not one of , ; | tab
encoding: "ebcdic" is not known; write it like windows-1252, iso-8859-2, utf-16le
status.leave: "a" is listed as active already
status: maps words, but columns.status names no column`
	if err == nil || err.Error() != want {
		t.Errorf("Validate =\n%v, want\n%s", err, want)
	}
}

func TestParseColumns(t *testing.T) {
	got, err := csv.ParseColumns("id=Employee ID, manager=Manager ID,emails=Old Mail,no_account=X")
	want := csv.Columns{ID: "Employee ID", Manager: "Manager ID", Emails: []string{"Old Mail"}, NoAccount: "X"}
	if err != nil || show(got) != show(want) {
		t.Errorf("ParseColumns = %+v, %v; want %+v", got, err, want)
	}
	if _, err := csv.ParseColumns("id,boss=Manager"); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two mistakes: %v; want both", err)
	}
}
