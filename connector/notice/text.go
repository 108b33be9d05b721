package notice

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"

	"github.com/leadfront/leadfront/rules"
)

//go:embed templates
var own embed.FS

// Texts turn letters into words.
type Texts struct {
	text map[string]*texttemplate.Template
	html map[string]*template.Template
}

// page is what templates see.
type page struct {
	Kind    rules.NoticeKind
	Name    string // of the receiver; may be empty
	Link    string // where more is to be read; empty: nowhere
	Observe bool   // the mode only observes
	People  int    // who wait for the receiver, of the course with most
	Lines   []Line
}

// templateNames are the files that there are, without .txt and .html.
func templateNames() []string { return []string{"blocking", "may_start", "operators"} }

func templateOf(k rules.NoticeKind) string {
	if k.ToOperators() {
		return "operators"
	}
	return string(k)
}

// maxTemplate is the size of a template, in bytes, at most.
const maxTemplate = 64 << 10

// NewTexts reads the templates: leadfront's own, and in their place what the folder has.
// Every one is tried on samples, so that what it names and is not there is found now.
func NewTexts(folder string) (*Texts, error) {
	t := &Texts{map[string]*texttemplate.Template{}, map[string]*template.Template{}}
	var errs []error
	if folder != "" {
		errs = append(errs, strangers(folder))
	}
	for _, name := range templateNames() {
		for _, end := range []string{".txt", ".html"} {
			if err := t.load(folder, name, end); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name+end, err))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return t, t.try()
}

// strangers is an error for files of a folder that would never be used.
func strangers(folder string) error {
	list, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range list {
		name, isText := strings.CutSuffix(f.Name(), ".txt")
		name, isHTML := strings.CutSuffix(name, ".html")
		if (isText || isHTML) && !slices.Contains(templateNames(), name) {
			errs = append(errs, fmt.Errorf("%s is the text of no notice; there are %s", f.Name(), strings.Join(templateNames(), ", ")))
		}
	}
	return errors.Join(errs...)
}

func (t *Texts) load(folder, name, end string) error {
	text, err := source(folder, name+end)
	if err != nil {
		return err
	}
	if end == ".html" {
		t.html[name], err = template.New(name).Option("missingkey=error").Parse(text)
		return err
	}
	t.text[name], err = texttemplate.New(name).Option("missingkey=error").Parse(text)
	return err
}

// source is the text of a template: of the folder, or else our own.
func source(folder, name string) (string, error) {
	data, err := own.ReadFile("templates/" + name)
	if folder == "" || err != nil {
		return string(data), err
	}
	theirs, err := os.ReadFile(filepath.Join(folder, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return string(data), nil
	case err == nil && len(theirs) > maxTemplate:
		return "", fmt.Errorf("is larger than %d bytes", maxTemplate)
	}
	return string(theirs), err
}

// try writes a sample of every kind.
func (t *Texts) try() error {
	d := &Desk{Texts: t, Base: "https://leadfront.corp.example"}
	var errs []error
	for _, k := range rules.NoticeKinds() {
		l := &Letter{Kind: k, Name: "A Name", Lines: []Line{{About: "a", Title: "A course", Waiting: 1, Blocked: 2, Text: "A text.", Do: []string{"A task."}}}}
		for _, observe := range []bool{false, true} {
			if _, err := d.Write(l, observe); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// Written is a letter in words.
type Written struct{ Subject, Text, HTML string }

// Write puts a letter into words.
func (d *Desk) Write(l *Letter, observe bool) (w Written, err error) {
	p := page{Kind: l.Kind, Name: l.Name, Observe: observe, Lines: l.Lines}
	if d.Base != "" {
		p.Link = d.Base + "/"
	}
	for i := range l.Lines {
		p.People = max(p.People, l.Lines[i].Blocked)
	}
	name := templateOf(l.Kind)
	var text, html bytes.Buffer
	if err := d.Texts.text[name].Execute(&text, p); err != nil {
		return w, fmt.Errorf("write notice %s: %w", l.Kind, err)
	}
	if err := d.Texts.html[name].Execute(&html, p); err != nil {
		return w, fmt.Errorf("write notice %s: %w", l.Kind, err)
	}
	head, body, found := strings.Cut(strings.ReplaceAll(text.String(), "\r\n", "\n"), "\n\n")
	subject, named := strings.CutPrefix(head, "Subject: ")
	if !found || !named || strings.TrimSpace(subject) == "" || strings.ContainsAny(subject, "\n\r") {
		return w, fmt.Errorf("%s.txt must begin with a line \"Subject: …\" and an empty one", name)
	}
	return Written{strings.TrimSpace(subject), body, html.String()}, nil
}
