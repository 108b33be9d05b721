package lms_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/lms/canvas"
	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/lms/openedx"
	"github.com/leadfront/leadfront/connector/lms/webhook"
	"github.com/leadfront/leadfront/rules"
)

var update = flag.Bool("update", false, "write the table of README.md anew, to be read before it is committed")

const (
	begin = "<!-- capabilities: generated, see capabilities_test.go -->\n"
	end   = "<!-- end of capabilities -->"
)

// TestCapabilityTable: the table in README.md says what the connectors say.
func TestCapabilityTable(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), begin)
	got, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatal("README.md has no place for the table")
	}
	want := table(t)
	if *update {
		if err := os.WriteFile("README.md", []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("README.md says\n%s\nand the connectors\n%s", got, want)
	}
}

func table(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| Connector | By default | Shows | Tells starts | Writes |\n| --- | --- | --- | --- | --- |\n")
	row := func(name string, l interface{ Capabilities() rules.Capabilities }, err error, writes string) {
		if err != nil {
			t.Fatal(err)
		}
		can := l.Capabilities()
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", name, word(can.Closed, "closed", "open"), word(can.PerPerson, "people", "enrolment rows"), word(can.Starts, "yes", "no"), writes)
	}
	client := resty.New()
	suspend, err := moodle.New(moodle.Config{Name: "m", Probe: "1", Windows: "none"}, client)
	row("`moodle`, `hold: suspend`", suspend, err, "the manual enrolment: suspended, active")
	group, err := moodle.New(moodle.Config{Name: "m", Probe: "1", Hold: "group", Groups: []moodle.Group{{Course: "c", Group: 1}}}, client)
	row("`moodle`, `hold: group`", group, err, "membership of the released group: added")
	c, err := canvas.New(canvas.Config{Name: "c"}, client)
	row("`canvas`", c, err, "each student enrolment: deactivated, reactivated")
	x, err := openedx.New(openedx.Config{Name: "x"}, client, time.Now)
	row("`openedx`", x, err, "the enrolment: inactive, active")
	open, err := webhook.New(webhook.Config{Name: "w", Starts: true}, client)
	row("`webhook`, with `starts: true`", open, err, "what the service makes of hold and release")
	closed, err := webhook.New(webhook.Config{Name: "w", Closed: true}, client)
	row("`webhook`, `closed: true`", closed, err, "what the service makes of add")
	return b.String()
}

func word(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
