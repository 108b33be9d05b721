package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// Personal content of the log names everybody by the reference of the log and not
// by HR id: it is kept for the person whom the entry is about, and those whom it
// mentions are forgotten when their references are.

// masked are reasons that name people by reference.
func (t *tx) masked(because []rules.Reason) ([]rules.Reason, error) {
	out := make([]rules.Reason, len(because))
	for i, r := range because {
		ref, err := t.ref(r.Person)
		if err != nil {
			return nil, err
		}
		r.Person = ref
		out[i] = r
	}
	return out, nil
}

// references are the references of people.
func (t *tx) references(ids []string) ([]string, error) {
	var out []string
	for _, id := range ids {
		ref, err := t.ref(id)
		if err != nil {
			return nil, err
		}
		out = append(out, ref)
	}
	return out, nil
}

// reference is how one looks in JSON.
var reference = regexp.MustCompile(`"[0-9a-f]{32}"`)

// unmask gives the people in the personal content of a page of the log their HR
// ids, as far as they are known.
func unmask(ctx context.Context, q querier, page []LogEntry) error {
	wanted := map[string]bool{}
	for i := range page {
		for _, ref := range reference.FindAllString(page[i].Personal, -1) {
			wanted[strings.Trim(ref, `"`)] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	refs := make([]string, 0, len(wanted))
	for ref := range wanted {
		refs = append(refs, ref)
	}
	list, err := encode(refs)
	if err != nil {
		return err
	}
	ids := map[string]string{}
	if _, err := collect(ctx, q, func(rows *sql.Rows) (_ struct{}, err error) {
		var ref, id string
		err = rows.Scan(&ref, &id)
		quoted, _ := json.Marshal(id) // a string always has a JSON form
		ids[`"`+ref+`"`] = string(quoted)
		return struct{}{}, err
	}, `SELECT p.ref, p.id FROM json_each(?) j JOIN person p ON p.ref = j.value`, list); err != nil {
		return err
	}
	for i := range page {
		page[i].Personal = reference.ReplaceAllStringFunc(page[i].Personal, func(ref string) string {
			if id, known := ids[ref]; known {
				return id
			}
			return ref
		})
	}
	return nil
}
