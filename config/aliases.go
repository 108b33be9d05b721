package config

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// maxAliases bounds the alias file, in bytes.
const maxAliases = 64 << 20

// readAliases reads the alias file. What is wrong with it is told by its lines.
func (d *decoder) readAliases(path string, id *Identity) {
	if id.Aliases == "" {
		return
	}
	id.Aliases = d.resolve(id.Aliases)
	list, err := loadAliases(id.Aliases)
	if err != nil {
		d.problem(path, "%v", err)
		return
	}
	id.aliases = list
}

func loadAliases(path string) ([]rules.Alias, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxAliases {
		return nil, fmt.Errorf("%s is not a file of at most %d bytes", path, maxAliases)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAliases(f)
}

// aliasReader reads lines of person, identifier and home page.
type aliasReader struct {
	lines *csv.Reader
	at    map[string]int    // columns by name
	owner map[string]string // people by identifier
}

// readAliases demands a header. One identifier of two people is an error: it would
// be a guess whose a statement is.
func readAliases(in io.Reader) (list []rules.Alias, err error) {
	r := aliasReader{lines: csv.NewReader(in), at: map[string]int{}, owner: map[string]string{}}
	r.lines.TrimLeadingSpace = true
	if err := r.header(); err != nil {
		return nil, err
	}
	for {
		row, err := r.lines.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the alias file: %w", err)
		}
		line, _ := r.lines.FieldPos(0)
		alias, err := r.alias(row)
		if err != nil {
			return nil, fmt.Errorf("line %d of the alias file: %w", line, err)
		}
		list = append(list, alias)
	}
}

func (r *aliasReader) header() error {
	names, err := r.lines.Read()
	if err != nil {
		return errors.New("the alias file is empty; its first line is person,identifier,home_page")
	}
	for i, name := range names {
		r.at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range []string{"person", "identifier"} {
		if _, ok := r.at[name]; !ok {
			return fmt.Errorf("the alias file has no column %s; its first line is person,identifier,home_page", name)
		}
	}
	return nil
}

func (r *aliasReader) alias(row []string) (rules.Alias, error) {
	cell := func(name string) string {
		if i, ok := r.at[name]; ok && i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	a := rules.Alias{Person: cell("person"), Actor: identifier(cell("identifier"), cell("home_page"))}
	if a.Person == "" || a.Actor.Kind == rules.ActorNone {
		return a, errors.New("needs a person, and an identifier that is an address, a SHA-1 of 40 digits, an openid, or an account name with home_page")
	}
	key := fmt.Sprint(a.Actor.Kind, "\x00", a.Actor.HomePage, "\x00", a.Actor.Value)
	if a.Actor.Kind == rules.ActorMbox {
		key = strings.ToLower(key)
	}
	if other, taken := r.owner[key]; taken && other != a.Person {
		return a, fmt.Errorf("%q is given to %q, and to %q as well: an identifier is of one person", clip(a.Actor.String()), clip(other), clip(a.Person))
	}
	r.owner[key] = a.Person
	return a, nil
}

var sha1Digits = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)

// identifier is the actor that the text names; of no kind when it names none.
func identifier(text, homePage string) rules.Actor {
	switch {
	case homePage != "" && text != "":
		return Agent{HomePage: homePage, Name: text}.actor()
	case sha1Digits.MatchString(text):
		return rules.Actor{Kind: rules.ActorSHA1, Value: strings.ToLower(text), Raw: text}
	case strings.Contains(text, "@") && !strings.Contains(text, "://"):
		if len(text) > 7 && strings.EqualFold(text[:7], "mailto:") {
			text = text[7:]
		}
		return Agent{Mbox: text}.actor()
	case isIRI(text):
		return Agent{OpenID: text}.actor()
	}
	return rules.Actor{}
}
