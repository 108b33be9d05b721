package showcase

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/leadfront/leadfront/rules"
)

// partConsent is what leadfront's profile has beside the parts of a use case: the
// author wants colleagues to see it.
const partConsent = "https://github.com/leadfront/leadfront/xapi/consent"

// draft is a use case as it stands in the form.
type draft struct {
	Program                                          string // id
	Title, Prompt, Output, Result, Tool, Topic, Link string
	OwnWork, Consent                                 bool
}

// most is how many characters a field may have. Texts stay below what the record
// store's reader keeps, 16 KiB, whatever their characters.
var most = map[string]int{"title": 120, "tool": 80, "topic": 40, "link": 500, "prompt": 4000, "output": 4000, "result": 4000}

// readDraft takes a draft out of a form.
func readDraft(form url.Values) draft {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(form.Get(name), ""), "\r\n", "\n"))
	}
	line := func(name string) string { return strings.Join(strings.Fields(text(name)), " ") }
	return draft{Program: form.Get("program"), Title: line("title"), Tool: line("tool"), Topic: line("topic"), Link: text("link"),
		Prompt: text("prompt"), Output: text("output"), Result: text("result"), OwnWork: form.Get("own_work") != "", Consent: form.Get("consent") != ""}
}

// draftOf is the draft of what was shared before. Own work and consent are asked again.
func draftOf(program string, parts map[string]string) draft {
	return draft{Program: program, Title: parts[rules.PartTitle], Prompt: parts[rules.PartPrompt], Output: parts[rules.PartOutput],
		Result: parts[rules.PartResult], Tool: parts[rules.PartTool], Topic: parts[rules.PartTopic], Link: parts[rules.PartLink]}
}

// parts are what is said of the use case.
func (d draft) parts() map[string]string {
	parts := map[string]string{rules.PartTitle: d.Title, rules.PartPrompt: d.Prompt, rules.PartOutput: d.Output, rules.PartResult: d.Result,
		rules.PartTool: d.Tool, rules.PartTopic: d.Topic, rules.PartLink: d.Link}
	if d.OwnWork {
		parts[rules.PartOwnWork] = "true"
	}
	return parts
}

// wrong says, by field, what is wrong with a draft that is to be shared.
func (d draft) wrong() map[string]string {
	out := map[string]string{}
	for _, f := range []struct{ name, value, missing string }{
		{"title", d.Title, "Give it a title that says what it is good for."},
		{"prompt", d.Prompt, "Paste what you asked. Without it nobody can learn from it."},
		{"output", d.Output, "Paste what came back, or the part of it that matters."},
		{"result", d.Result, "Say what you did with it and what came of it."},
		{"tool", d.Tool, "Say which tool you used."},
		{"topic", d.Topic, ""}, {"link", d.Link, ""},
	} {
		switch n := utf8.RuneCountInString(f.value); {
		case n == 0 && f.missing != "":
			out[f.name] = f.missing
		case n > most[f.name]:
			out[f.name] = fmt.Sprintf("This has %d characters; at most %d.", n, most[f.name])
		}
	}
	if u, err := url.Parse(d.Link); d.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		out["link"] = "A link begins with https://."
	}
	if !d.OwnWork {
		out["own_work"] = "Only what you did yourself counts."
	}
	if !d.Consent {
		out["consent"] = "Without your consent it cannot be shown."
	}
	return out
}

// field is one field of the form.
type field struct {
	Name, Label, Hint, Value, Wrong string
	Most                            int
	Area                            bool
}

// Fields are the fields of text, in their order.
func (d formData) Fields() []field {
	list := []field{
		{Name: "title", Label: "Title", Hint: "What is it good for?", Value: d.Draft.Title},
		{Name: "prompt", Label: "Prompt", Hint: "What you asked, word for word. Markdown is fine; tags stay as they are.", Value: d.Draft.Prompt, Area: true},
		{Name: "output", Label: "Output", Hint: "What came back, or the part of it that matters.", Value: d.Draft.Output, Area: true},
		{Name: "result", Label: "Result", Hint: "What you did with it and what came of it: time, quality, a decision.", Value: d.Draft.Result, Area: true},
		{Name: "tool", Label: "Tool", Hint: "Such as Copilot, ChatGPT, Claude, or one of your own.", Value: d.Draft.Tool},
		{Name: "topic", Label: "Topic (may be left out)", Hint: "A word or two to find it by, such as meetings.", Value: d.Draft.Topic},
		{Name: "link", Label: "Link (may be left out)", Hint: "An address with https:// that colleagues can open.", Value: d.Draft.Link},
	}
	for i := range list {
		list[i].Wrong, list[i].Most = d.Wrong[list[i].Name], most[list[i].Name]
	}
	return list
}

// author is somebody who shares.
type author struct {
	person  string // HR id
	actor   rules.Actor
	program *rules.Program
}

// say is a statement of the author about the use case of an object.
func (a author) say(kind rules.Kind, object string, at time.Time) rules.Outgoing {
	return rules.Outgoing{State: rules.OutgoingWaiting, Due: at, Sharing: rules.Sharing{Statement: uuid.NewString(), Kind: kind, Program: a.program.ID,
		Person: a.person, Actor: a.actor, Object: object, Place: a.program.Place(), At: at}}
}

// share are the statements of a draft: what takes the earlier text back, and the new
// one, a millisecond later so that their order is in themselves. Both wait for a second
// look until it is over.
func (a author) share(d draft, object string, at time.Time, review time.Duration) (back, next rules.Outgoing) {
	at = at.UTC().Truncate(time.Millisecond)
	back, next = a.say(rules.KindUnshared, object, at), a.say(rules.KindShared, object, at.Add(time.Millisecond))
	next.Said = a.program.Showcase.Say(d.parts())
	next.Said.Extensions[partConsent] = "true"
	for _, o := range []*rules.Outgoing{&back, &next} {
		if review > 0 {
			o.State, o.Due = rules.OutgoingReview, at.Add(review)
		}
	}
	return back, next
}

// newRef draws the reference of a new use case: nobody guesses one.
func newRef() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}
