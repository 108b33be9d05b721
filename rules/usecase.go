package rules

import (
	"slices"
	"strings"
	"time"
)

// Said is what a sharing statement carries of the use case itself. Nothing in it is
// ever fetched.
type Said struct {
	Name       string            `json:"name,omitempty"`       // of the object, in the first language
	MoreInfo   string            `json:"moreInfo,omitempty"`   // of the object
	Response   string            `json:"response,omitempty"`   // of the result
	Extensions map[string]string `json:"extensions,omitempty"` // of the result and of the object, by IRI
	Files      []string          `json:"files,omitempty"`      // where attachments lie
}

// Showcase says what counts as a use case, and how alive the showcase must stay.
type Showcase struct {
	// Places are the activities in which use cases are shared, such as a forum. A
	// share that names the course belongs to the programme as well.
	Places  []string
	Share   []string // further verbs that share, by IRI
	Unshare []string // and that take back
	Confirm []string // by which a member of the leader's team confirms
	// Fields says where the parts lie: by part, the IRI of an extension, or one of
	// FieldName, FieldResponse, FieldMoreInfo, FieldObject, FieldFile.
	Fields  map[string]string
	Require []string // parts without which a share is an endorsement
	// Confirmed: only what a member of the leader's team has confirmed counts.
	Confirmed bool

	Quarterly   bool           // every quarter since launch needs a contribution
	FiscalStart time.Month     // in which the first quarter begins
	Zone        *time.Location // of the quarters; nil: UTC
	Cadence     time.Duration  // a leader shares at least this often; 0: once is enough
}

// The parts of a use case.
const (
	PartTitle   = "title"
	PartPrompt  = "prompt"
	PartOutput  = "output"
	PartResult  = "result"
	PartOwnWork = "own_work" // the author attests to have done it
	PartLink    = "link"
	PartTool    = "tool"  // with which it was done
	PartTopic   = "topic" // a word or two to find it by
)

// Parts are all of them.
func Parts() []string {
	return []string{PartTitle, PartPrompt, PartOutput, PartResult, PartOwnWork, PartLink, PartTool, PartTopic}
}

// The places of a statement that are no extensions.
const (
	FieldName     = "name"
	FieldResponse = "response"
	FieldMoreInfo = "more_info"
	FieldObject   = "object"
	FieldFile     = "file"
)

// extension is where the parts lie if nothing else is configured.
const extension = "https://github.com/leadfront/leadfront/xapi/"

// DefaultFields is where the parts lie if nothing else is configured.
func DefaultFields() map[string]string {
	return map[string]string{
		PartTitle: FieldName, PartPrompt: extension + PartPrompt, PartOutput: extension + PartOutput,
		PartResult: extension + PartResult, PartOwnWork: extension + PartOwnWork, PartLink: FieldMoreInfo,
		PartTool: extension + PartTool, PartTopic: extension + PartTopic,
	}
}

// field is what the statement has at the place.
func (e *Evidence) field(place string) string {
	said := e.Said
	if said == nil {
		said = &Said{}
	}
	switch place {
	case FieldName:
		return said.Name
	case FieldResponse:
		return said.Response
	case FieldMoreInfo:
		return said.MoreInfo
	case FieldObject:
		return e.Object
	case FieldFile:
		return strings.Join(said.Files, " ")
	}
	return said.Extensions[place]
}

// UseCase is one share: a leader's own example of the work, or what was offered as
// one.
type UseCase struct {
	Program   string       `json:"program"`
	Author    string       `json:"author"` // HR id, also of somebody who has left
	Level     int          `json:"level"`  // of the author at the time; -1: not known
	Title     string       `json:"title,omitempty"`
	Prompt    string       `json:"prompt,omitempty"`
	Output    string       `json:"output,omitempty"`
	Result    string       `json:"result,omitempty"`
	OwnWork   bool         `json:"ownWork"`
	Link      string       `json:"link,omitempty"`
	Tool      string       `json:"tool,omitempty"`
	Topic     string       `json:"topic,omitempty"`
	At        time.Time    `json:"at"`
	Statement string       `json:"statement"`
	Object    string       `json:"object"`
	State     UseCaseState `json:"state"`
	Counts    bool         `json:"counts"`
	// Missing are the parts without which it is an endorsement.
	Missing []string `json:"missing,omitempty"`
	// Copies is the statement of which this one has the text.
	Copies      string    `json:"copies,omitempty"`
	ConfirmedBy string    `json:"confirmedBy,omitempty"` // HR id
	Confirmed   time.Time `json:"confirmed,omitzero"`
	Withdrawn   time.Time `json:"withdrawn,omitzero"`
}

// UseCaseState is what a share amounts to.
type UseCaseState string

// The states. Only claimed and confirmed ones can count.
const (
	Claimed     UseCaseState = "claimed"
	Confirmed   UseCaseState = "confirmed"
	Endorsement UseCaseState = "endorsement" // words about the work, not the work
	Duplicate   UseCaseState = "duplicate"
	Withdrawn   UseCaseState = "withdrawn"
)

// Since is when the use case began to count, if it does.
func (u *UseCase) Since() time.Time { return u.since() }

// since is when the use case began to count.
func (u *UseCase) since() time.Time {
	if u.Confirmed.After(u.At) {
		return u.Confirmed
	}
	return u.At
}

// parts fills in what the statement says, and what is missing.
func (s *Showcase) parts(u *UseCase, e *Evidence) {
	fields := s.Fields
	if fields == nil {
		fields = DefaultFields()
	}
	part := func(name string) string { return strings.TrimSpace(e.field(fields[name])) }
	u.Title, u.Prompt, u.Output, u.Result = part(PartTitle), part(PartPrompt), part(PartOutput), part(PartResult)
	u.Tool, u.Topic = part(PartTool), part(PartTopic)
	u.OwnWork = slices.Contains([]string{"true", "yes", "1"}, strings.ToLower(part(PartOwnWork)))
	if u.Link = part(PartLink); u.Link == "" {
		u.Link = e.Object
	}
	for _, name := range s.Require {
		if has := part(name); has == "" || name == PartOwnWork && !u.OwnWork {
			u.Missing = append(u.Missing, name)
		}
	}
}

// text is what two use cases have in common of which one is a copy: the words, not
// their spacing and letter case. Without any there is nothing to compare.
func (u *UseCase) text() string {
	words := strings.Fields(strings.ToLower(u.Prompt + " \x00 " + u.Output + " \x00 " + u.Result))
	if len(words) == 2 {
		return ""
	}
	return strings.Join(words, " ")
}
