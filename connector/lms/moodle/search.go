package moodle

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Found is a course of the site, for an administrator to choose from.
type Found struct {
	ID        int64
	ShortName string
	FullName  string
	Address   string // as Moodle's own statements name the course
}

// Search returns the courses that the service account may see and whose name or number
// has every word, by short name; without words all of them.
func (m *LMS) Search(ctx context.Context, site string, words ...string) ([]Found, error) {
	all, err := m.courses(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, c := range all {
		name := strings.ToLower(fmt.Sprintf("%d %s %s", c.ID, c.ShortName, c.FullName))
		if c.ID == siteCourse || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, strings.ToLower(w)) }) {
			continue
		}
		out = append(out, Found{c.ID, c.ShortName, c.FullName, fmt.Sprintf("%s/course/view.php?id=%d", strings.TrimSuffix(site, "/"), c.ID)})
	}
	slices.SortFunc(out, func(a, b Found) int {
		return cmp.Or(strings.Compare(a.ShortName, b.ShortName), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// siteCourse is the front page, which Moodle lists as a course too.
const siteCourse = 1
