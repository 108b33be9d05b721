package hris

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/rules"
)

// ErrNoManagers: many people and not one manager is a lost field, not a company.
var ErrNoManagers = errors.New("nobody in it has a manager: the field has another name, or the account may not read it")

// Unmanaged is ErrNoManagers for more than one person without a single manager
// among them. It is for sources whose fields may be missing without a word; a
// table has a header that tells.
func Unmanaged(people []rules.Person) error {
	for i := range people {
		if people[i].Manager != "" {
			return nil
		}
	}
	if len(people) > 1 {
		return ErrNoManagers
	}
	return nil
}

// Get fetches a body, which is whole or an error. The address is relative to the
// client's; an empty one is the client's own. The explain function may add what
// the server says in the body of a refusal; nil adds nothing.
func Get(ctx context.Context, client *resty.Client, address, query string, explain func(body []byte) string) ([]byte, http.Header, error) {
	resp, err := client.R().SetContext(ctx).SetHeader("Accept", "application/json, application/scim+json, text/csv, */*;q=0.1").
		SetQueryString(query).Get(address)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot be fetched: %w", err)
	}
	if err := Refused(resp, explain); err != nil {
		return nil, nil, err
	}
	return resp.Body(), resp.Header(), nil
}

// Refused is an error for every answer but a plain 200. A 206 is a part, and a 204
// is nothing.
func Refused(resp *resty.Response, explain func(body []byte) string) error {
	if resp.StatusCode() == http.StatusOK {
		return nil
	}
	said := ""
	if explain != nil {
		said = explain(resp.Body())
	}
	hint := ""
	switch resp.StatusCode() {
	case http.StatusUnauthorized, http.StatusForbidden:
		hint = "; check the credentials and what the account may read"
	case http.StatusNotFound:
		hint = "; check the url"
	}
	if said != "" {
		said = ": " + Clip(said)
	}
	return fmt.Errorf("cannot be fetched: the server answered %s%s%s", resp.Status(), hint, said)
}
