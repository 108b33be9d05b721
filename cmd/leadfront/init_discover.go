package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/lrs"
)

// known is what init is told about a site, by flags or by answers.
type known struct {
	LRS         string   `name:"lrs" placeholder:"URL" help:"Address of the LRS."`
	LRSUser     string   `name:"lrs-user" placeholder:"NAME" help:"User name at the LRS."`
	LRSPassword string   `name:"lrs-password-file" placeholder:"FILE" type:"path" help:"File with the password at the LRS."`
	HR          string   `name:"hr" placeholder:"FILE" type:"path" help:"The CSV file that HR exports; its columns are guessed and shown."`
	Tops        []string `name:"top" placeholder:"ID" help:"HR id of a person at the top; repeat it for several."`
	Moodle      string   `placeholder:"URL" help:"Address of the Moodle."`
	MoodleToken string   `name:"moodle-token-file" placeholder:"FILE" type:"path" help:"File with the token of the service account."`
	Course      string   `placeholder:"NAME" help:"Short name of the course, or words of its name to search for."`
	Activity    string   `placeholder:"IRI" help:"What statements about the course name."`
	Program     string   `placeholder:"ID" help:"Id of the programme."`
	Launch      string   `placeholder:"DAY" help:"Day from which leaders go first, such as 2027-01-11."`
}

func (k *known) empty() bool {
	return k.LRS == "" && k.HR == "" && len(k.Tops) == 0 && k.Moodle == "" && k.Course == "" && k.Activity == "" && k.Program == "" && k.Launch == ""
}

// interview fills in what is known, asks for the rest where somebody is there to
// answer, and looks at the systems on the way.
type interview struct {
	*program
	known
	in    *bufio.Scanner // nil: nobody is asked
	draft *config.Draft
}

// ask returns what is known already, or an answer; none leaves the example's.
func (v *interview) ask(value *string, question string) string {
	if *value == "" && v.in != nil {
		printf(v.stdout, "%s\n> ", question)
		if v.in.Scan() {
			*value = strings.TrimSpace(v.in.Text())
		}
	}
	return *value
}

// write asks, looks, and returns the configuration.
func (v *interview) write() (string, error) {
	if v.in != nil {
		printf(v.stdout, "%s", "Every answer may be left empty: the example's stays, to be edited.\n")
	}
	v.draft.Own()
	if err := v.people(); err != nil {
		return "", err
	}
	course, site, err := v.course()
	if err != nil {
		return "", err
	}
	if err := v.records(&course, site); err != nil {
		return "", err
	}
	course.ID, course.Launch = v.ask(&v.known.Program, "Id of the programme, such as ai-foundations?"), v.ask(&v.Launch, "From which day on do leaders go first (2027-01-11)?")
	if _, err := time.Parse(time.DateOnly, course.Launch); course.Launch != "" && err != nil {
		return "", fmt.Errorf("--launch %s is no day; write it as 2027-01-11", course.Launch)
	}
	v.draft.Program(course)
	return v.draft.Text()
}

// people looks at HR's file.
func (v *interview) people() error {
	path := v.ask(&v.HR, "The CSV file that HR exports?")
	if path == "" {
		v.tops(nil)
		return nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read HR's file: %w", err)
	}
	g, err := csv.Discover(data, "")
	if err != nil {
		return fmt.Errorf("HR's file %s: %w", path, err)
	}
	c := g.Columns
	if c.ID == "" || c.Manager == "" {
		printf(v.stdout, "note: no column for the person's or the manager's id was recognised in %s; there are %s: fill in hris.columns\n", path, strings.Join(g.Header, ", "))
		c.ID, c.Manager = orElse(c.ID, "Employee ID"), orElse(c.Manager, "Manager ID")
	}
	f := config.File{Path: path, NullManagers: g.NullManagers}
	for _, pair := range [][2]string{{"id", c.ID}, {"manager", c.Manager}, {"email", c.Email}, {"name", c.Name}, {"status", c.Status},
		{"department", c.Department}, {"location", c.Location}, {"type", c.Type}} {
		if pair[1] != "" {
			f.Columns = append(f.Columns, pair)
			printf(v.stdout, "found: %s is in column %q\n", pair[0], pair[1])
		}
	}
	f.Status = statusPairs(g.Status)
	if len(g.Unknown) > 0 {
		printf(v.stdout, "note: what these words of %s mean has to be said under hris.status: %s\n", c.Status, few(g.Unknown))
	}
	v.draft.HR(f)
	v.tops(g.Tops)
	return nil
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

func statusPairs(s hris.StatusMap) (out [][2]string) {
	for _, k := range []struct {
		key   string
		words []string
	}{{"active", s.Active}, {"leave", s.Leave}, {"inactive", s.Inactive}, {"vacant", s.Vacant}} {
		for _, w := range k.words {
			out = append(out, [2]string{k.key, w})
		}
	}
	return out
}

// tops asks who is at the top. That somebody merely has no manager makes them none, so
// that what the file shows is said, and never written by itself.
func (v *interview) tops(candidates []string) {
	var answer string
	if len(v.Tops) == 0 {
		question := "HR ids of the people at the top, with commas?"
		if len(candidates) > 0 {
			question = "In the file nobody leads: " + few(candidates) + ". " + question
		}
		v.ask(&answer, question)
		v.Tops = strings.FieldsFunc(answer, func(r rune) bool { return r == ',' || r == ' ' })
	}
	switch {
	case len(v.Tops) > 0:
		v.draft.Tops(v.Tops)
	case len(candidates) > 0 && v.in == nil:
		printf(v.stdout, "note: nobody leads %s; list whoever really is at the top with --top, or under tops\n", few(candidates))
	}
}

// course looks for the course in Moodle.
func (v *interview) course() (c config.DraftProgram, site string, err error) {
	site = v.ask(&v.Moodle, "Address of your Moodle?")
	if site == "" {
		return c, "", nil
	}
	token := v.ask(&v.MoodleToken, "File with the token of leadfront's service account?")
	v.draft.Moodle(site, absolute(token))
	words := v.ask(&v.Course, "The course: short name, or words to search for?")
	c.Course = words
	if token == "" {
		return c, site, nil
	}
	m, err := v.moodle(site, token)
	if err != nil {
		return c, site, err
	}
	found, err := m.Search(v.ctx, site, strings.Fields(words)...)
	if err != nil {
		printf(v.stdout, "note: Moodle could not be searched: %v\n", err)
		return c, site, nil
	}
	chosen, ok := v.choose("course", len(found), func(i int) string {
		return fmt.Sprintf("%s  %s  %s", found[i].ShortName, found[i].FullName, found[i].Address)
	})
	if ok {
		c.Course, c.Title = found[chosen].ShortName, found[chosen].FullName
		if v.Activity == "" {
			v.Activity = found[chosen].Address
		}
	}
	return c, site, nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil && path != "" {
		return abs
	}
	return path
}

func (v *interview) moodle(site, tokenFile string) (*moodle.LMS, error) {
	token, err := secretIn(tokenFile)
	if err != nil {
		return nil, err
	}
	client, err := rest.Moodle(rest.Config{URL: site, Token: token}, nil)
	if err != nil {
		return nil, fmt.Errorf("moodle: %w", err)
	}
	return moodle.New(moodle.Config{Name: "moodle", Probe: "0", Windows: moodle.WindowsNone}, client)
}

func secretIn(file string) (rest.Secret, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	return rest.Secret(strings.TrimRight(string(text), "\r\n")), nil
}

// records looks at the LRS for what its statements are about.
func (v *interview) records(c *config.DraftProgram, site string) error {
	url := v.ask(&v.LRS, "Address of your LRS?")
	if url != "" {
		user := v.ask(&v.LRSUser, "User name there?")
		file := v.ask(&v.LRSPassword, "File with the password?")
		v.draft.LRS(url, user, absolute(file))
		if file != "" {
			if err := v.activities(url, user, file); err != nil {
				return err
			}
		}
	}
	c.Activity = v.ask(&v.Activity, "What do statements about the course name (an IRI)?")
	if c.Activity != "" && site != "" && !strings.HasPrefix(c.Activity, site) {
		printf(v.stdout, "note: %s is not of that Moodle: see which emitter fits (lrs/README.md) with leadfront inspect\n", c.Activity)
	}
	return nil
}

func (v *interview) activities(url, user, file string) error {
	password, err := secretIn(file)
	if err != nil {
		return err
	}
	client, err := rest.New(rest.Config{URL: url, Username: user, Password: password}, rest.Gets(), nil)
	if err != nil {
		return fmt.Errorf("lrs: %w", err)
	}
	found, err := lrs.New(lrs.Config{Name: "lrs"}, client, nil).Activities(v.ctx)
	if err != nil {
		printf(v.stdout, "note: %v\n", err)
		return nil
	}
	printf(v.stdout, "%s", "what the newest statements there are about:\n")
	if v.Activity != "" {
		for _, a := range found[:min(len(found), mostOffered)] {
			printf(v.stdout, "  %6d × %s\n", a.Count, a.IRI)
		}
		return nil
	}
	if chosen, ok := v.choose("activity", len(found), func(i int) string {
		return strconv.Itoa(found[i].Count) + " × " + found[i].IRI
	}); ok {
		v.Activity = found[chosen].IRI
	}
	return nil
}

// mostOffered is how many things somebody is shown to choose from.
const mostOffered = 15

// choose shows what was found. The only one is chosen; of several somebody has to say
// which, and nobody does it for them.
func (v *interview) choose(what string, n int, show func(int) string) (int, bool) {
	switch n {
	case 0:
		printf(v.stdout, "note: no %s was found\n", what)
		return 0, false
	case 1:
		printf(v.stdout, "found: %s %s\n", what, show(0))
		return 0, true
	}
	for i := range min(n, mostOffered) {
		printf(v.stdout, "  %2d  %s\n", i+1, show(i))
	}
	if n > mostOffered {
		printf(v.stdout, "  and %d more\n", n-mostOffered)
	}
	if v.in == nil {
		printf(v.stdout, "note: say which %s\n", what)
		return 0, false
	}
	var answer string
	v.ask(&answer, "Which "+what+" (its number)?")
	i, err := strconv.Atoi(answer)
	return i - 1, err == nil && i >= 1 && i <= n
}

// interviewer prepares to ask where a person is at both ends, and nothing was said.
func (p *program) interviewer(k known) *interview {
	v := &interview{program: p, known: k, draft: config.NewDraft()}
	if f, ok := p.stdin.(*os.File); ok && k.empty() && terminal(f) && terminal(p.stdout) {
		v.in = bufio.NewScanner(io.LimitReader(f, 1<<20))
	}
	return v
}

var errConfigThere = errors.New("there is a configuration already, which is left alone: edit it, or name another file with -c")
