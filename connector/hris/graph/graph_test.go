package graph_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/hris/graph"
	"github.com/leadfront/leadfront/connector/hris/hristest"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

func now() time.Time { return time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC) }

// tenant is a stand-in for Graph and its sign-in, in the form of Microsoft's
// documentation: pages by nextLink, 100 people on one at most.
type tenant struct {
	*httptest.Server
	users  []string // JSON of each
	size   int
	tokens int    // that were given out
	valid  string // the token that is taken; empty: the last one
	answer func(w http.ResponseWriter, r *http.Request) bool
}

func newTenant(t *testing.T, users ...string) *tenant {
	t.Helper()
	x := &tenant{users: users, size: 100}
	x.Server = httptest.NewServer(x)
	t.Cleanup(x.Close)
	return x
}

func (x *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/acme/oauth2/v2.0/token":
		x.sign(w, r)
	case x.answer != nil && x.answer(w, r):
	case r.Header.Get("Authorization") != "Bearer "+x.token():
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":{"code":"InvalidAuthenticationToken"}}`))
	case r.Method != http.MethodGet || r.URL.Path != "/v1.0/users" || !strings.Contains(r.URL.Query().Get("$expand"), "manager"):
		w.WriteHeader(http.StatusBadRequest)
	default:
		x.page(w, r)
	}
}

func (x *tenant) token() string {
	if x.valid != "" {
		return x.valid
	}
	return fmt.Sprintf("token-%d", x.tokens)
}

func (x *tenant) sign(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	f := r.PostForm
	if r.Method != http.MethodPost || f.Get("grant_type") != "client_credentials" || f.Get("scope") != "https://graph.microsoft.com/.default" ||
		f.Get("client_id") != "app" || f.Get("client_secret") != "TESTSECRET" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"AADSTS7000215: TESTSECRET"}`))
		return
	}
	x.tokens++
	fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"token-%d"}`, x.tokens)
}

func (x *tenant) page(w http.ResponseWriter, r *http.Request) {
	from := 0
	_, _ = fmt.Sscan(r.URL.Query().Get("$skiptoken"), &from)
	to := min(len(x.users), from+x.size)
	next := ""
	if to < len(x.users) {
		q := r.URL.Query()
		q.Set("$skiptoken", fmt.Sprint(to))
		next = fmt.Sprintf(`"@odata.nextLink":%q,`, x.URL+"/v1.0/users?"+q.Encode())
	}
	fmt.Fprintf(w, `{"@odata.context":"x",%s"value":[%s]}`, next, strings.Join(x.users[from:to], ","))
}

func (x *tenant) source(t *testing.T, secret string, edit func(*graph.Config)) *graph.Source {
	t.Helper()
	client, err := rest.New(rest.Config{URL: x.URL + "/v1.0", Rate: 1e6, Retries: 1, RetryWait: time.Millisecond}, rest.Gets(), nil)
	if err != nil {
		t.Fatal(err)
	}
	login, err := rest.New(rest.Config{URL: x.URL + "/acme/oauth2/v2.0/token", Rate: 1e6, Retries: -1}, rest.Tokens(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var c graph.Config
	c.SetDefaults()
	if edit != nil {
		edit(&c)
	}
	s, err := graph.New(c, client, hris.NewToken(login, "app", secret, "https://graph.microsoft.com/.default", now), now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	ida = `{"id":"g-1","displayName":"Ida Möller","mail":"ida@corp.example","userPrincipalName":"ida@corp.example","employeeId":"00001","accountEnabled":true,"userType":"Member"}`
	bo  = `{"id":"g-2","displayName":"Bo Lind","mail":"bo@corp.example","userPrincipalName":"bo@corp.onmicrosoft.example","proxyAddresses":["SMTP:bo@corp.example","smtp:lind@old.example","x500:/o=x"],` +
		`"employeeId":"00012","accountEnabled":false,"userType":"Member","department":"Sales","employeeType":"Contractor","officeLocation":"Oslo","manager":{"@odata.type":"#microsoft.graph.user","id":"g-1"}}`
	room  = `{"id":"g-3","displayName":"Conf Room Adams","mail":"adams@corp.example","userPrincipalName":"adams@corp.example","employeeId":null,"accountEnabled":true,"userType":"Member"}`
	guest = `{"id":"g-4","displayName":"Guest","employeeId":"x1","accountEnabled":true,"userType":"Guest"}`
)

func TestContract(t *testing.T) {
	want := []rules.Person{
		{ID: "00001", Name: "Ida Möller", Email: "ida@corp.example", Status: rules.Active},
		{ID: "00012", Name: "Bo Lind", Email: "bo@corp.example", Emails: []string{"bo@corp.onmicrosoft.example", "lind@old.example"},
			Manager: "00001", Status: rules.Inactive, Department: "Sales", Location: "Oslo", Type: "Contractor"},
	}
	hristest.Run(t, func(t *testing.T) hristest.Bench {
		x := newTenant(t, ida, room, guest, bo)
		whole := `{"value":[` + ida + `,` + bo + `]}`
		return hristest.Bench{
			Source: x.source(t, "TESTSECRET", func(c *graph.Config) { c.SkipWithoutID = true }), Want: want,
			Repair: func(*testing.T) { x.answer = nil },
			Break: func(_ *testing.T, f hristest.Fault) {
				x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
					if f == hristest.Missing {
						w.WriteHeader(http.StatusNotFound)
					}
					_, _ = w.Write([]byte(map[hristest.Fault]string{
						hristest.Nobody: `{"value":[]}`, hristest.Cut: whole[:len(whole)/2], hristest.Garbage: "<html>Please sign in</html>",
						hristest.Renamed:   strings.ReplaceAll(whole, `"manager"`, `"supervisor"`),
						hristest.NewStatus: strings.Replace(whole, `"accountEnabled":true`, `"accountEnabled":"gardening"`, 1),
					}[f]))
					return true
				}
			},
		}
	})
}

func many(n int) []string {
	all := []string{ida}
	for i := 1; i < n; i++ {
		b, _ := json.Marshal(map[string]any{"id": fmt.Sprintf("g%d", i), "employeeId": fmt.Sprintf("%05d", i+10), "accountEnabled": true, "manager": map[string]string{"id": "g-1"}})
		all = append(all, string(b))
	}
	return all
}

// TestPages: 250 people, of whom a page with expanded managers holds 100.
func TestPages(t *testing.T) {
	x := newTenant(t, many(250)...)
	s := x.source(t, "TESTSECRET", nil)
	org, err := s.Org(t.Context())
	if err != nil || len(org.People) != 250 || org.People[249].Manager != "00001" {
		t.Fatalf("%d people, %v; want 250", len(org.People), err)
	}
	if _, err := s.Org(t.Context()); err != nil || x.tokens != 1 {
		t.Errorf("a second reading: %v, %d tokens; want the first one used again", err, x.tokens)
	}
	x.valid = "token-2" // the first one was revoked
	if _, err := s.Org(t.Context()); err != nil || x.tokens != 2 {
		t.Errorf("after a revocation: %v, %d tokens", err, x.tokens)
	}
}

func TestThrottled(t *testing.T) {
	x := newTenant(t, many(120)...)
	refused := 0
	x.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Has("$skiptoken") && refused == 0 {
			refused++
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		return false
	}
	if org, err := x.source(t, "TESTSECRET", nil).Org(t.Context()); err != nil || len(org.People) != 120 || refused != 1 {
		t.Errorf("throttled once: %d people, %v", len(org.People), err)
	}
	x.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Has("$skiptoken") {
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		return false
	}
	if org, err := x.source(t, "TESTSECRET", nil).Org(t.Context()); err == nil || len(org.People) > 0 {
		t.Errorf("throttled for ever: %d people, %v; want none and an error", len(org.People), err)
	}
}

// TestPagesThatAreNotToBeFollowed: elsewhere, in a circle, and with people again.
func TestPagesThatAreNotToBeFollowed(t *testing.T) {
	for name, test := range map[string]struct {
		next string
		body string
		want error
	}{
		"another server": {"https://graph.evil.example/v1.0/users?$skiptoken=1", bo, rest.ErrForeignOrigin},
		"a circle":       {"SELF", "", graph.ErrRepeated},
		"people again":   {"SELF", bo, graph.ErrRepeated},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTenant(t)
			x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
				next := strings.Replace(test.next, "SELF", x.URL+"/v1.0/users?$skiptoken=1", 1)
				fmt.Fprintf(w, `{"value":[%s],"@odata.nextLink":%q}`, test.body, next)
				return true
			}
			if org, err := x.source(t, "TESTSECRET", nil).Org(t.Context()); !errors.Is(err, test.want) || len(org.People) > 0 {
				t.Errorf("%d people, %v; want %v", len(org.People), err, test.want)
			}
		})
	}
}

// TestOverlappingPages: the same person on two pages, whose links differ.
func TestOverlappingPages(t *testing.T) {
	x, pages := newTenant(t), 0
	x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		if pages++; pages < 3 {
			fmt.Fprintf(w, `{"value":[%s],"@odata.nextLink":%q}`, bo, fmt.Sprintf("%s/v1.0/users?$skiptoken=%d", x.URL, pages))
		} else {
			fmt.Fprintf(w, `{"value":[%s]}`, ida)
		}
		return true
	}
	if org, err := x.source(t, "TESTSECRET", nil).Org(t.Context()); !errors.Is(err, graph.ErrRepeated) || len(org.People) > 0 {
		t.Errorf("%d people, %v; want ErrRepeated", len(org.People), err)
	}
}

func TestWrongSecret(t *testing.T) {
	x := newTenant(t, ida, bo)
	_, err := x.source(t, "OTHERSECRET", nil).Org(t.Context())
	if err == nil || !strings.Contains(err.Error(), "401 Unauthorized (invalid_client)") || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("Org: %v; want the code and no secret", err)
	}
}

func TestValidate(t *testing.T) {
	const want = "id: \"mail\" is not one of employeeId, id, userPrincipalName\nwithin: must be longer than 0"
	if err := (&graph.Config{ID: "mail"}).Validate(); err == nil || err.Error() != want {
		t.Errorf("Validate = %v, want %s", err, want)
	}
}
