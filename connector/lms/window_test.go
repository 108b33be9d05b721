package lms_test

import (
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/lms"
)

// TestWindows asks for moments around windows, and around the two nights on which
// the clocks are changed: a window opens once on each of its days, and stays open for
// as long as it says.
func TestWindows(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	nightly := lms.Windows{Open: []lms.Window{{Cron: "0 22 * * mon-fri", For: 6 * time.Hour}}}
	early := lms.Windows{Open: []lms.Window{{Cron: "30 2 * * *", For: time.Hour}}}
	hourly := lms.Windows{Open: []lms.Window{{Cron: "0 * * * *", For: 90 * time.Minute}}}
	both := lms.Windows{Open: []lms.Window{{Cron: "0 6 * * *", For: time.Hour}, {Cron: "0 12 1 * *", For: 48 * time.Hour}}}
	elsewhere := lms.Windows{Timezone: "America/New_York", Open: nightly.Open}
	for _, tc := range []struct {
		name    string
		windows lms.Windows
		now     string // UTC
		open    bool
		next    string
	}{
		{"before a window", nightly, "2026-11-23T20:59:59Z", false, "2026-11-23T21:00:00Z"},
		{"as it opens", nightly, "2026-11-23T21:00:00Z", true, "2026-11-24T21:00:00Z"},
		{"before it closes, on the next day", nightly, "2026-11-24T02:59:59Z", true, "2026-11-24T21:00:00Z"},
		{"as it closes", nightly, "2026-11-24T03:00:00Z", false, "2026-11-24T21:00:00Z"},
		{"over a weekend", nightly, "2026-11-28T03:00:00Z", false, "2026-11-30T21:00:00Z"},
		{"in another zone", elsewhere, "2026-11-24T03:00:00Z", true, "2026-11-25T03:00:00Z"},
		{"in summer", nightly, "2026-07-06T20:00:00Z", true, "2026-07-07T20:00:00Z"},
		{"six hours over the change to summer time", lms.Windows{Open: []lms.Window{{Cron: "0 22 * * sat", For: 6 * time.Hour}}}, "2026-03-29T02:59:59Z", true, "2026-04-04T20:00:00Z"},
		{"and no longer", lms.Windows{Open: []lms.Window{{Cron: "0 22 * * sat", For: 6 * time.Hour}}}, "2026-03-29T03:00:00Z", false, "2026-04-04T20:00:00Z"},
		{"on the day before", early, "2026-03-28T01:30:00Z", true, "2026-03-29T01:30:00Z"},
		{"02:30 on the day that has none", early, "2026-03-29T01:30:00Z", true, "2026-03-30T00:30:00Z"},
		{"and an hour later", early, "2026-03-29T02:30:00Z", false, "2026-03-30T00:30:00Z"},
		{"the first 02:30 of two", early, "2026-10-25T00:30:00Z", true, "2026-10-26T01:30:00Z"},
		{"the second", early, "2026-10-25T01:30:00Z", false, "2026-10-26T01:30:00Z"},
		{"windows that overlap", hourly, "2026-10-25T01:10:00Z", true, "2026-10-25T02:00:00Z"},
		{"the first of two", both, "2026-11-23T05:30:00Z", true, "2026-11-24T05:00:00Z"},
		{"the second of two", both, "2026-12-02T14:00:00Z", true, "2026-12-03T05:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		open, next := tc.windows.In(berlin).At(now)
		if open != tc.open || next.UTC().Format(time.RFC3339) != tc.next {
			t.Errorf("%s: open %v, next %s; want %v, %s", tc.name, open, next.UTC().Format(time.RFC3339), tc.open, tc.next)
		}
	}
}

func TestWindowsThatAreWrong(t *testing.T) {
	hour := func(cron string) lms.Windows { return lms.Windows{Open: []lms.Window{{Cron: cron, For: time.Hour}}} }
	for _, tc := range []struct {
		windows lms.Windows
		says    string
	}{
		{lms.Windows{}, ""},
		{hour("0 22 * * 1-5"), ""},
		{hour("0 22 29 2 *"), ""},
		{hour("0 22 * *"), "five fields"},
		{hour("@daily"), "five fields"},
		{hour("0 0 22 * * * 2030"), "five fields"},
		{hour("61 * * * *"), "five fields"},
		{hour("0 22 31 2 *"), "no time that comes"},
		{lms.Windows{Open: []lms.Window{{Cron: "0 22 * * *"}}}, "open[0].for must be"},
		{lms.Windows{Open: []lms.Window{{Cron: "0 22 * * *", For: 200 * time.Hour}}}, "open[0].for must be"},
		{lms.Windows{Timezone: "Mars", Open: hour("0 22 * * *").Open}, "timezone"},
		{lms.Windows{All: true}, "open is missing"},
	} {
		err := tc.windows.Validate()
		if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%+v: %v, want %q", tc.windows, err, tc.says)
		}
	}
}
