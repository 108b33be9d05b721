package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Draft is the commented example, being filled in with what is known of a site. What
// was not said stays as the example has it.
type Draft struct {
	text string
	errs []string
}

// NewDraft begins with the example.
func NewDraft() *Draft { return &Draft{text: Example} }

// Text is the configuration so far. An error names a place of the example that is not
// there any more: a mistake of the program's, not of its user's.
func (d *Draft) Text() (string, error) {
	if len(d.errs) > 0 {
		return "", fmt.Errorf("the example configuration has changed: %s", strings.Join(d.errs, "; "))
	}
	return d.text, nil
}

// set puts a line in the place of the one that begins so; an empty one takes it out.
func (d *Draft) set(begins string, lines ...string) {
	at := strings.Index(d.text, "\n"+begins)
	if at < 0 || strings.Count(d.text, "\n"+begins) > 1 {
		d.errs = append(d.errs, strconv.Quote(begins))
		return
	}
	at++
	end := at + strings.IndexByte(d.text[at:], '\n') + 1
	insert := ""
	for _, l := range lines {
		insert += l + "\n"
	}
	d.text = d.text[:at] + insert + d.text[end:]
}

// LRS is where records come from.
func (d *Draft) LRS(url, username, passwordFile string) {
	d.set("      url: https://lrs.corp.example/xapi", "      url: "+strconv.Quote(url))
	if username != "" {
		d.set("      username: leadfront\n      password", "      username: "+strconv.Quote(username))
	}
	if passwordFile != "" {
		d.set("      password: replace-me", "      password_file: "+strconv.Quote(passwordFile))
	}
}

// File is the export of HR and what it says; a column that is empty is not there.
type File struct {
	Path         string
	Columns      [][2]string // key, header
	Status       [][2]string // active, leave …, and one of its words
	NullManagers []string
}

// HR is the organisation's file.
func (d *Draft) HR(f File) {
	d.set("      path: people.csv", "      path: "+strconv.Quote(f.Path)+"   # or a pattern: the newest of its files")
	var columns []string
	for _, key := range []string{"id", "manager", "email", "name", "status", "department"} {
		d.set("        " + key + ": ")
	}
	for _, c := range f.Columns {
		columns = append(columns, "        "+c[0]+": "+strconv.Quote(c[1]))
	}
	d.set("      columns:", append([]string{"      columns:"}, columns...)...)
	if status := flow(f.Status); status == "" {
		d.set("      status: {")
	} else {
		d.set("      status: {", "      status: {"+status+"}")
	}
	if len(f.NullManagers) == 0 {
		d.set("      null_managers:")
	} else {
		d.set("      null_managers:", "      null_managers: ["+quoted(f.NullManagers)+"]")
	}
}

// flow groups words by what they mean.
func flow(pairs [][2]string) string {
	var keys []string
	by := map[string][]string{}
	for _, p := range pairs {
		if by[p[0]] == nil {
			keys = append(keys, p[0])
		}
		by[p[0]] = append(by[p[0]], p[1])
	}
	var parts []string
	for _, k := range keys {
		parts = append(parts, k+": ["+quoted(by[k])+"]")
	}
	return strings.Join(parts, ", ")
}

func quoted(list []string) string {
	out := slices.Clone(list)
	for i := range out {
		out[i] = strconv.Quote(out[i])
	}
	return strings.Join(out, ", ")
}

// Tops are the people at the top of the organisation; the first is also the one who
// must always be found in the LMS.
func (d *Draft) Tops(ids []string) {
	d.set("tops: [", "tops: ["+quoted(ids)+"]")
	d.set("      probe: ", "      probe: "+strconv.Quote(ids[0])+"                   # a person who must always be found")
}

// Moodle is the platform.
func (d *Draft) Moodle(url, tokenFile string) {
	d.set("      url: https://moodle.corp.example", "      url: "+strconv.Quote(url))
	d.set("    - {home_page: ", "    - {home_page: "+strconv.Quote(url)+", name: lms_id, lms: moodle}")
	if tokenFile != "" {
		d.set("      token: replace-me", "      token_file: "+strconv.Quote(tokenFile))
	}
}

// DraftProgram is what is rolled out. Course names it in the LMS, Activity in
// statements; empty: as the example has it.
type DraftProgram struct{ ID, Title, Launch, Course, Activity string }

// Program is the programme. The example's parts and look-alikes go: they are of another
// course.
func (d *Draft) Program(c DraftProgram) {
	for _, s := range []struct{ begins, key, value string }{
		{"  - id: ai-foundations", "  - id: ", c.ID}, {"    title: AI Foundations", "    title: ", c.Title}, {"    launch: 2026-10-01", "    launch: ", c.Launch},
	} {
		if s.value != "" {
			d.set(s.begins, s.key+strconv.Quote(s.value))
		}
	}
	if c.Course != "" {
		d.set("      - {lms: moodle, course: AI-101}", "      - {lms: moodle, course: "+strconv.Quote(c.Course)+"}")
	}
	if c.Activity != "" {
		d.set("          activities: [", "          activities: ["+strconv.Quote(c.Activity)+"]")
		d.set("          components:", "          # components:")
		d.set("            - {activity: ", `          #   - {activity: "https://courses.corp.example/ai/assessment", passed: true, min_score: 0.8}`)
		d.set("      not_equivalent: [", `      # not_equivalent: ["https://courses.corp.example/ai/executive-briefing"]`)
	}
}

// Own takes out what only the company of the example has.
func (d *Draft) Own() {
	d.set("  domain_aliases:", "  # domain_aliases:")
	d.set("    - [corp.example, old.corp.example]", "  #   - [corp.example, old.corp.example]")
}
