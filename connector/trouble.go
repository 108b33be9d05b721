package connector

import (
	"fmt"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// trouble says what a cycle could not do, for whoever asked for it from another
// process; empty when everything was read and every change made.
func (r *Report) trouble() string {
	var list []string
	for _, s := range r.Sources {
		if s.Err != nil {
			list = append(list, fmt.Sprintf("%s: %v", s.Name, s.Err))
		}
	}
	undone := 0
	for _, o := range r.Outcomes {
		if o.Result != rules.Done {
			undone++
		}
	}
	if undone > 0 {
		list = append(list, fmt.Sprintf("%d of %d changes were not made", undone, len(r.Outcomes)))
	}
	return strings.Join(list, "; ")
}
