package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

// enterprise is the schema that holds employee number, department and manager
// (RFC 7643, 4.3).
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// user is the part of a User resource (RFC 7643, 4.1) that is read.
type user struct {
	ID          text    `json:"id"`
	ExternalID  text    `json:"externalId"`
	UserName    text    `json:"userName"`
	DisplayName text    `json:"displayName"`
	UserType    text    `json:"userType"`
	Name        name    `json:"name"`
	Active      flag    `json:"active"`
	Emails      []email `json:"emails"`
	Enterprise  struct {
		EmployeeNumber text    `json:"employeeNumber"`
		Department     text    `json:"department"`
		Manager        manager `json:"manager"`
	} `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
}

type name struct {
	Formatted  text `json:"formatted"`
	GivenName  text `json:"givenName"`
	FamilyName text `json:"familyName"`
}

type email struct {
	Value   text `json:"value"`
	Type    text `json:"type"`
	Primary flag `json:"primary"`
}

// manager is the reference to another user: by value, which is an id. Neither $ref
// nor displayName is read: the one is often malformed, the other names anybody.
type manager struct {
	Value text `json:"value"`
}

// UnmarshalJSON also reads the bare id that some servers give.
func (m *manager) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		type plain manager
		return json.Unmarshal(b, (*plain)(m))
	}
	return json.Unmarshal(b, &m.Value)
}

// text is a string; numbers, which some servers give for ids, stay as they are
// written.
type text string

// UnmarshalJSON reads a string, a number or null.
func (t *text) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case string(b) == "null":
		*t = ""
		return nil
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("%s is neither text nor a number", hris.Clip(string(b)))
	}
	*t = text(n)
	return nil
}

// flag is a truth value as it came; empty: not given.
type flag string

// UnmarshalJSON reads anything; what it means is said where it is used.
func (f *flag) UnmarshalJSON(b []byte) error {
	*f = flag(strings.ToLower(strings.Trim(string(b), `"`)))
	return nil
}

// status is what active states. Some servers write it as text.
func (f flag) status() (rules.Status, error) {
	switch f {
	case "true":
		return rules.Active, nil
	case "false":
		return rules.Inactive, nil
	case "", "null":
		return rules.StatusUnknown, nil
	}
	return 0, fmt.Errorf("active is %q, and it can only be true or false", hris.Clip(string(f)))
}

func (u *user) attribute(name string) string {
	switch name {
	case "employeeNumber":
		return string(u.Enterprise.EmployeeNumber)
	case "externalId":
		return string(u.ExternalID)
	case "userName":
		return string(u.UserName)
	}
	return string(u.ID)
}

func (u *user) name() string {
	for _, n := range []text{u.DisplayName, u.Name.Formatted, u.Name.GivenName + " " + u.Name.FamilyName} {
		if n := strings.TrimSpace(string(n)); n != "" {
			return n
		}
	}
	return ""
}

// addresses returns the address that counts and the others, a user name that is
// an address among them.
func (u *user) addresses() (first string, others []string) {
	best := u.best()
	if best >= 0 {
		first = hris.Clean(string(u.Emails[best].Value))
	}
	for i, e := range u.Emails {
		if v := hris.Clean(string(e.Value)); i != best && v != "" && v != first {
			others = append(others, v)
		}
	}
	login := hris.Clean(string(u.UserName))
	switch {
	case !strings.Contains(login, "@") || strings.EqualFold(login, first):
	case first == "":
		first = login
	default:
		others = append(others, login)
	}
	return first, others
}

// best is the place of the primary address, else of the one at work, else of the
// first; -1 without any.
func (u *user) best() int {
	is := func(found func(email) bool) int { return slices.IndexFunc(u.Emails, found) }
	if i := is(func(e email) bool { return e.Primary == "true" }); i >= 0 {
		return i
	}
	if i := is(func(e email) bool { return strings.EqualFold(string(e.Type), "work") }); i >= 0 {
		return i
	}
	return min(len(u.Emails), 1) - 1
}
