package rest

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"

	json "github.com/go-json-experiment/json"
)

var statementID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// XAPIWrites put one statement of one of the verbs under its own id, which an LRS
// takes once, however often it comes. A POST would make another statement of each
// repeat, and a statement of another verb could void one, or complete a course.
func XAPIWrites(path string, verbs []string) []Read {
	return []Read{{Method: http.MethodPut, Path: "/" + path, Only: func(target string, body []byte) bool {
		var said struct {
			ID   string `json:"id"`
			Verb struct {
				ID string `json:"id"`
			} `json:"verb"`
			Object struct {
				ObjectType string `json:"objectType"`
			} `json:"object"`
		}
		at, err := url.Parse(target)
		if err != nil || json.Unmarshal(body, &said) != nil {
			return false
		}
		query := at.Query()
		return len(query) == 1 && len(query["statementId"]) == 1 && statementID.MatchString(said.ID) &&
			query.Get("statementId") == said.ID && slices.Contains(verbs, said.Verb.ID) && said.Object.ObjectType == ""
	}}}
}
