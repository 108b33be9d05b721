// Package graph reads the organisation from Microsoft Entra ID, through Microsoft
// Graph v1.0.
//
// It signs in as an application that may read users (User.Read.All), asks for the
// users together with their managers, and follows the links to further pages on
// the same server until there is none. It only ever sends GET, but for the POST
// that fetches its token.
package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

const (
	maxPages = 50_000
	// fields are all that is fetched. What is not selected is not answered, and the
	// manager is a relation, which only expand brings.
	fields = "id,displayName,mail,userPrincipalName,proxyAddresses,employeeId,accountEnabled,userType,department,employeeType,officeLocation"
	query  = "$select=" + fields + "&$expand=manager($select=id)&$top=999"
)

// The ways in which an answer shows that it is not everybody.
var (
	// ErrRepeated: somebody or some page came twice.
	ErrRepeated = errors.New("came twice: the directory changed while it was read, or does not page; the next reading tries again")
	// ErrEndless: there is always another page.
	ErrEndless = errors.New("the server does not come to an end")
)

// Source is one tenant. It may be used concurrently.
type Source struct {
	config Config
	client *resty.Client
	token  *hris.Token
	now    func() time.Time
}

// New returns the source for a configuration that Validate accepts. The client is
// built for the address of Graph with its version, the token for the tenant.
func New(config Config, client *resty.Client, token *hris.Token, now func() time.Time) (*Source, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("graph %s: %w", config.Name, err)
	}
	return &Source{config, client, token, now}, nil
}

// user is what is read of a user (Graph v1.0, resource type user).
type user struct {
	ID             string   `json:"id"`
	Name           string   `json:"displayName"`
	Mail           string   `json:"mail"`
	Principal      string   `json:"userPrincipalName"`
	Proxies        []string `json:"proxyAddresses"`
	EmployeeID     string   `json:"employeeId"`
	AccountEnabled *bool    `json:"accountEnabled"`
	UserType       string   `json:"userType"`
	Department     string   `json:"department"`
	EmployeeType   string   `json:"employeeType"`
	Office         string   `json:"officeLocation"`
	Manager        struct {
		ID string `json:"id"`
	} `json:"manager"`
}

type page struct {
	Value *[]user `json:"value"`
	Next  string  `json:"@odata.nextLink"`
}

// Org returns all users, or an error; never a part.
func (s *Source) Org(ctx context.Context) (rules.Org, error) {
	now := s.now()
	ctx, cancel := context.WithTimeout(ctx, s.config.Within)
	defer cancel()
	users, err := s.users(ctx)
	if err == nil {
		var org rules.Org
		if org, err = s.people(users, now); err == nil {
			return org, nil
		}
	}
	return rules.Org{}, fmt.Errorf("graph %s: %w", s.config.Name, err)
}

// users follows the pages. One without anybody may still have a next one.
func (s *Source) users(ctx context.Context) ([]user, error) {
	var all []user
	people, links := map[string]bool{}, map[string]bool{}
	address, q := "/users", query
	for range maxPages {
		p, err := s.page(ctx, address, q)
		if err != nil {
			return nil, err
		}
		for _, u := range *p.Value {
			if u.ID == "" {
				return nil, errors.New("a user has no id")
			}
			if people[u.ID] {
				return nil, fmt.Errorf("user %s %w", u.ID, ErrRepeated)
			}
			people[u.ID] = true
			all = append(all, u)
		}
		if p.Next == "" {
			return all, nil
		}
		if links[p.Next] {
			return nil, fmt.Errorf("a page %w", ErrRepeated)
		}
		links[p.Next] = true
		address, q = p.Next, ""
	}
	return nil, fmt.Errorf("%w: %d pages", ErrEndless, maxPages)
}

// page fetches one page, with another token when this one is not taken any more.
func (s *Source) page(ctx context.Context, address, q string) (*page, error) {
	resp, err := s.get(ctx, address, q)
	if err == nil && resp.StatusCode() == http.StatusUnauthorized {
		s.token.Forget()
		resp, err = s.get(ctx, address, q)
	}
	if err != nil {
		return nil, err
	}
	if err := hris.Refused(resp, explain); err != nil {
		return nil, err
	}
	var p page
	if err := json.Unmarshal(resp.Body(), &p); err != nil {
		return nil, fmt.Errorf("the answer is not the JSON of a list of users: %w", err)
	}
	if p.Value == nil {
		return nil, errors.New("the answer is not a list of users: it has no value; check the url, which ends with the version, as in /v1.0")
	}
	return &p, nil
}

func (s *Source) get(ctx context.Context, address, q string) (*resty.Response, error) {
	token, err := s.token.Get(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.R().SetContext(ctx).SetAuthToken(token).SetQueryString(q).Get(address)
	if err != nil {
		return nil, fmt.Errorf("cannot be fetched: %w", err)
	}
	return resp, nil
}

// explain takes Graph's code out of an error.
func explain(body []byte) string {
	var e struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	return e.Error.Code
}

func (s *Source) people(users []user, now time.Time) (rules.Org, error) {
	roster := hris.NewRoster("user", now, len(users))
	for i := range users {
		u := &users[i]
		if strings.EqualFold(u.UserType, "Guest") && !s.config.Guests {
			continue
		}
		p := rules.Person{ID: hris.Clean(s.config.idOf(u)), Name: hris.Clean(u.Name), Manager: u.Manager.ID,
			Department: hris.Clean(u.Department), Location: hris.Clean(u.Office), Type: hris.Clean(u.EmployeeType), Status: status(u.AccountEnabled)}
		if p.ID == "" && s.config.SkipWithoutID {
			continue
		}
		p.Email, p.Emails = addresses(u)
		if err := roster.Add(&hris.Row{Person: p, Number: i + 1, Key: u.ID}); err != nil {
			return rules.Org{}, err
		}
	}
	org, err := roster.Org(s.config.Name)
	if err != nil {
		return rules.Org{}, fmt.Errorf("%w (the id is taken from %s)", err, s.config.ID)
	}
	return org, hris.Unmanaged(org.People)
}

func status(enabled *bool) rules.Status {
	switch {
	case enabled == nil:
		return rules.StatusUnknown
	case *enabled:
		return rules.Active
	}
	return rules.Inactive
}

// addresses returns the mail address and every other one that mail reaches.
func addresses(u *user) (first string, others []string) {
	add := func(v string) {
		v = hris.Clean(v)
		switch {
		case !strings.Contains(v, "@") || strings.EqualFold(v, first):
		case first == "":
			first = v
		default:
			others = append(others, v)
		}
	}
	add(u.Mail)
	add(u.Principal)
	for _, p := range u.Proxies {
		if kind, rest, ok := strings.Cut(p, ":"); ok && strings.EqualFold(kind, "smtp") {
			add(rest)
		}
	}
	return first, others
}
