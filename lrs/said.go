package lrs

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// most is how much is kept of one text that somebody wrote, in bytes, and how many
// extensions and files.
const (
	mostText  = 16 << 10
	mostParts = 32
)

// said is what a statement carries of a use case. All of it is read leniently:
// labels and texts decide nothing, so no defect of theirs is one.
type said struct{ rules.Said }

// keepSaid keeps it where the verb may be about sharing: one that is known, or one
// that only a configuration knows.
func (s *statement) keepSaid() {
	switch s.Kind {
	case rules.KindShared, rules.KindNone:
	default:
		return
	}
	v := s.said.Said
	if v.Name+v.MoreInfo+v.Response != "" || len(v.Extensions)+len(v.Files) > 0 {
		s.Said = &v
	}
}

func (s *said) readText(r *reader, into *string) error {
	value, err := r.d.ReadValue()
	if err == nil {
		*into = plain(value)
	}
	return err
}

// plain is the text of a JSON value: of a string its content, of anything else how
// it is written, without spaces in between.
func plain(value []byte) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		var compact bytes.Buffer
		if json.Compact(&compact, value) != nil {
			return ""
		}
		text = compact.String()
	}
	if len(text) > mostText {
		text = strings.ToValidUTF8(text[:mostText], "")
	}
	return text
}

// readName takes the name in English, or else in the first language by its tag.
func (s *said) readName(r *reader) error {
	value, err := r.d.ReadValue()
	if err != nil {
		return err
	}
	var names map[string]string
	if json.Unmarshal(value, &names) != nil || len(names) == 0 {
		return nil
	}
	tags := make([]string, 0, len(names))
	for tag := range names {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	best := tags[0]
	if i := slices.IndexFunc(tags, func(t string) bool { return t == "en" || strings.HasPrefix(t, "en-") }); i >= 0 {
		best = tags[i]
	}
	if s.Name = names[best]; len(s.Name) > mostText {
		s.Name = strings.ToValidUTF8(s.Name[:mostText], "")
	}
	return nil
}

func (s *said) readExtensions(r *reader) error {
	if r.d.PeekKind() != '{' {
		return r.d.SkipValue()
	}
	return r.object(func(name string) (bool, error) {
		value, err := r.d.ReadValue()
		if err != nil || len(s.Extensions) >= mostParts {
			return true, err
		}
		if s.Extensions == nil {
			s.Extensions = map[string]string{}
		}
		s.Extensions[name] = plain(value)
		return true, nil
	})
}

// readFiles notes where attachments lie. They are never fetched.
func (s *said) readFiles(r *reader) error {
	value, err := r.d.ReadValue()
	if err != nil {
		return err
	}
	var files []struct {
		FileURL string `json:"fileUrl"`
	}
	if json.Unmarshal(value, &files) != nil {
		return nil
	}
	for _, f := range files {
		if f.FileURL != "" && len(f.FileURL) <= mostText && len(s.Files) < mostParts {
			s.Files = append(s.Files, f.FileURL)
		}
	}
	return nil
}
