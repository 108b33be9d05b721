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

// said is where a statement carries what it says of a use case, as it is written: of
// most it is never asked. All of it is read leniently: labels and texts decide
// nothing, so no defect of theirs is one.
type said struct {
	name, moreInfo, response, files []byte
	extensions                      [2][]byte // of the object and of the result, in their order
}

// keepSaid reads it where the verb may be about sharing: one that is known, or one
// that only a configuration knows.
func (s *statement) keepSaid() {
	switch s.Kind {
	case rules.KindShared, rules.KindNone:
	default:
		return
	}
	v := rules.Said{
		Name: nameIn(s.said.name), MoreInfo: plain(s.said.moreInfo), Response: plain(s.said.response),
		Files: filesIn(s.said.files),
	}
	for _, raw := range s.said.extensions {
		addExtensions(&v, raw)
	}
	if v.Name+v.MoreInfo+v.Response != "" || len(v.Extensions)+len(v.Files) > 0 {
		s.Said = &v
	}
}

// value notes a value, to be read if it is asked for.
func (r *reader) value(into *[]byte) error {
	value, err := r.d.ReadValue()
	*into = value
	return err
}

// addExtensions notes extensions behind those that are noted already.
func (s *said) addExtensions(r *reader) error {
	if s.extensions[0] == nil {
		return r.value(&s.extensions[0])
	}
	return r.value(&s.extensions[1])
}

// plain is the text of a JSON value: of a string its content, of anything else how
// it is written, without spaces in between.
func plain(value []byte) string {
	if value == nil {
		return ""
	}
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

// nameIn takes the name in English, or else in the first language by its tag.
func nameIn(value []byte) string {
	var names map[string]string
	if json.Unmarshal(value, &names) != nil || len(names) == 0 {
		return ""
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
	name := names[best]
	if len(name) > mostText {
		name = strings.ToValidUTF8(name[:mostText], "")
	}
	return name
}

// addExtensions adds extensions, if they are an object, as far as there is room.
func addExtensions(v *rules.Said, raw []byte) {
	if len(raw) == 0 || raw[0] != '{' {
		return
	}
	r := newReader(raw)
	_ = r.object(func(name string) (bool, error) { // it was found to be valid
		value, err := r.d.ReadValue()
		if err != nil || len(v.Extensions) >= mostParts {
			return true, err
		}
		if v.Extensions == nil {
			v.Extensions = map[string]string{}
		}
		v.Extensions[name] = plain(value)
		return true, nil
	})
}

// filesIn notes where attachments lie. They are never fetched.
func filesIn(value []byte) (links []string) {
	var files []struct {
		FileURL string `json:"fileUrl"`
	}
	if json.Unmarshal(value, &files) != nil {
		return nil
	}
	for _, f := range files {
		if f.FileURL != "" && len(f.FileURL) <= mostText && len(links) < mostParts {
			links = append(links, f.FileURL)
		}
	}
	return links
}
