package scim_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/connector/hris/hristest"
	"github.com/leadfront/leadfront/connector/hris/scim"
	"github.com/leadfront/leadfront/rules"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

func now() time.Time { return time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC) }

// company is the sample company of a database vendor, as the CSV source reads it.
func company(t *testing.T) rules.Org {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "oracle-hr.csv"))
	if err != nil {
		t.Fatal(err)
	}
	org, err := csv.Parse(csv.Config{Name: "hr", Columns: csv.Columns{ID: "employee_id", Manager: "manager_id", Email: "email", Name: "last_name"}}, data, now())
	if err != nil || len(org.People) != 107 {
		t.Fatalf("%d people, %v", len(org.People), err)
	}
	return org
}

// resources are people as SCIM users, whose SCIM id is another one than HR's.
func resources(people []rules.Person) []map[string]any {
	var all []map[string]any
	for _, p := range people {
		ext := map[string]any{"employeeNumber": p.ID}
		if p.Department != "" {
			ext["department"] = p.Department
		}
		if p.Manager != "" {
			ext["manager"] = map[string]any{"value": "scim-" + p.Manager, "$ref": "User", "displayName": "Somebody Else"}
		}
		u := map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User", enterprise}, "id": "scim-" + p.ID, "userName": p.Name + p.ID,
			"displayName": p.Name, "active": p.Status == rules.Active, enterprise: ext}
		if p.Email != "" {
			u["emails"] = []map[string]any{{"value": p.Email, "type": "work", "primary": true}}
		}
		all = append(all, u)
	}
	return all
}

// paging is how a stand-in answers, given the query.
type paging func(users []map[string]any, q map[string]string) map[string]any

func slice(users []map[string]any, from, count int) []map[string]any {
	from = min(max(from, 1), len(users)+1) - 1
	return users[from:min(len(users), from+max(0, count))]
}

func number(s string, or int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return or
}

// plain pages as RFC 7644, 3.4.2.4 says, 50 at most.
func plain(users []map[string]any, q map[string]string) map[string]any {
	page := slice(users, number(q["startIndex"], 1), min(50, number(q["count"], 50)))
	return map[string]any{"totalResults": len(users), "itemsPerPage": 50, "startIndex": q["startIndex"], "Resources": page}
}

// cursor pages as RFC 9865, in the form in which Entra documents it: resources in
// lower case and no total.
func cursor(users []map[string]any, q map[string]string) map[string]any {
	from := number(strings.TrimPrefix(q["cursor"], "c"), 1)
	answer := map[string]any{"resources": slice(users, from, 40)}
	if from+40 <= len(users) {
		answer["nextCursor"] = "c" + strconv.Itoa(from+40)
	}
	return answer
}

func serve(t *testing.T, answer http.HandlerFunc) *resty.Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return resty.New().SetBaseURL(server.URL + "/scim/v2")
}

func paged(t *testing.T, users []map[string]any, how paging) *resty.Client {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/scim/v2/Users" || r.URL.Query().Has("filter") || r.URL.Query().Has("attributes") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		q := map[string]string{}
		for k := range r.URL.Query() {
			q[k] = r.URL.Query().Get(k)
		}
		w.Header().Set("Content-Type", "application/scim+json")
		_ = json.NewEncoder(w).Encode(how(users, q))
	})
}

func source(t *testing.T, client *resty.Client, edit func(*scim.Config)) *scim.Source {
	t.Helper()
	var c scim.Config
	c.SetDefaults()
	if edit != nil {
		edit(&c)
	}
	s, err := scim.New(c, client, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	want := []rules.Person{
		{ID: "00001", Name: "Ida Möller", Email: "ida@corp.example", Status: rules.Active},
		{ID: "00012", Name: "Bo Lind", Email: "bo@corp.example", Manager: "00001", Status: rules.Inactive, Department: "Sales"},
	}
	hristest.Run(t, func(t *testing.T) hristest.Bench {
		var fault hristest.Fault
		text := func(answer any) string {
			b, err := json.Marshal(answer)
			if err != nil {
				t.Error(err)
			}
			return string(b)
		}
		whole := text(plain(resources(want), map[string]string{}))
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			answers := map[hristest.Fault]string{
				"": whole, hristest.Empty: "", hristest.Garbage: "<html>Please sign in</html>",
				hristest.Nobody:    text(plain(nil, nil)),
				hristest.Cut:       whole[:len(whole)/2],
				hristest.Renamed:   strings.ReplaceAll(whole, `"manager"`, `"supervisor"`),
				hristest.NewStatus: strings.Replace(whole, `"active":true`, `"active":"gardening"`, 1),
			}
			if fault == hristest.Missing {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = w.Write([]byte(answers[fault]))
		})
		return hristest.Bench{Source: source(t, client, nil), Want: want,
			Break: func(_ *testing.T, f hristest.Fault) { fault = f }, Repair: func(*testing.T) { fault = "" }}
	})
}

// TestPaging: however a server that keeps to a specification pages, the people are
// those of the CSV file.
func TestPaging(t *testing.T) {
	want := company(t)
	for name, test := range map[string]struct {
		how  paging
		edit func(*scim.Config)
	}{
		"by index": {plain, nil},
		"all at once": {func(u []map[string]any, _ map[string]string) map[string]any {
			return map[string]any{"totalResults": len(u), "Resources": u}
		}, nil},
		"three at a time": {plain, func(c *scim.Config) { c.PageSize = 3 }},
		"by cursor":       {cursor, func(c *scim.Config) { c.Paging = "cursor" }},
		"cursors unasked": {cursor, nil},
		"no total": {func(u []map[string]any, q map[string]string) map[string]any {
			a := plain(u, q)
			delete(a, "totalResults")
			return a
		}, nil},
		"an empty page":      {emptyFirst, nil},
		"keys in other case": {shout, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := source(t, paged(t, resources(want.People), test.how), test.edit).Org(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Digest != want.Digest {
				t.Errorf("%d people of another digest than the CSV's %d", len(got.People), len(want.People))
			}
		})
	}
}

// emptyFirst is a cursor page without anybody, which RFC 9865 allows.
func emptyFirst(users []map[string]any, q map[string]string) map[string]any {
	if q["cursor"] == "" {
		return map[string]any{"Resources": []any{}, "nextCursor": "c1"}
	}
	return cursor(users, q)
}

// shout writes the names of attributes in capitals (RFC 7643, 2.1).
func shout(users []map[string]any, q map[string]string) map[string]any {
	var loud []map[string]any
	for _, u := range users {
		l := map[string]any{}
		for k, v := range u {
			l[strings.ToUpper(k)] = v
		}
		loud = append(loud, l)
	}
	answer := plain(loud, q)
	return map[string]any{"TOTALRESULTS": answer["totalResults"], "RESOURCES": answer["Resources"]}
}

// TestMisbehaviour: what real servers were seen to do. None of it may give a part.
func TestMisbehaviour(t *testing.T) {
	users := resources(company(t).People)
	for name, test := range map[string]struct {
		how  paging
		want error
		text string
	}{
		"the first 20, whatever is asked": {func(u []map[string]any, _ map[string]string) map[string]any {
			return map[string]any{"totalResults": len(u), "startIndex": 1, "itemsPerPage": 20, "Resources": u[:20]}
		}, scim.ErrRepeated, "user scim-100 came twice"},
		"the beginning again past the end": {func(u []map[string]any, q map[string]string) map[string]any {
			if start := number(q["startIndex"], 1); start <= 100 {
				return map[string]any{"totalResults": len(u) + 1, "Resources": slice(u, start, 50)}
			}
			return map[string]any{"totalResults": len(u) + 1, "Resources": u[:10]}
		}, scim.ErrRepeated, ""},
		"ends early": {func(u []map[string]any, q map[string]string) map[string]any {
			a := plain(u[:60], q)
			a["totalResults"] = len(u)
			return a
		}, scim.ErrShort, "(60 of 107 people)"},
		"cursor ends early": {func(u []map[string]any, q map[string]string) map[string]any {
			a := cursor(u[:60], q)
			a["totalResults"] = len(u)
			return a
		}, scim.ErrShort, ""},
		"one cursor for ever": {func(u []map[string]any, _ map[string]string) map[string]any {
			return map[string]any{"Resources": []any{}, "nextCursor": "c1"}
		}, scim.ErrEndless, ""},
		"other cursors for ever": {func(u []map[string]any, q map[string]string) map[string]any {
			return map[string]any{"Resources": []any{}, "nextCursor": q["cursor"] + "x"}
		}, scim.ErrEndless, ""},
		"somebody leaves meanwhile": {func(u []map[string]any, q map[string]string) map[string]any {
			a := plain(u, q)
			if q["startIndex"] != "1" {
				a["totalResults"] = len(u) - 1
			}
			return a
		}, scim.ErrChanged, ""},
		"somebody joins meanwhile": {func(u []map[string]any, q map[string]string) map[string]any {
			a := plain(u, q)
			if q["startIndex"] != "1" {
				a["totalResults"] = len(u) + 1
			}
			return a
		}, scim.ErrChanged, ""},
		"more than it says": {func(u []map[string]any, q map[string]string) map[string]any {
			a := plain(u, q)
			a["totalResults"] = 49
			return a
		}, scim.ErrChanged, ""},
		"a user without id": {func(u []map[string]any, q map[string]string) map[string]any {
			bare := maps.Clone(u[3])
			delete(bare, "id")
			return map[string]any{"totalResults": 1, "Resources": []any{bare}}
		}, nil, "a user has no id"},
		"no list at all": {func([]map[string]any, map[string]string) map[string]any {
			return map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"}}
		}, nil, "the answer is not a SCIM list"},
	} {
		t.Run(name, func(t *testing.T) {
			org, err := source(t, paged(t, users, test.how), nil).Org(t.Context())
			if err == nil || len(org.People) > 0 || (test.want != nil && !errors.Is(err, test.want)) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%d people, %v; want none, %v %q", len(org.People), err, test.want, test.text)
			}
		})
	}
}

func file(t *testing.T, name string) json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSpecification reads the users that the RFC shows.
func TestSpecification(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"totalResults": 2, "Resources": []any{file(t, "rfc7643-8.3-enterprise_user.json"),
			map[string]any{"id": "26118915-6090-4610-87e4-49d8ca9f808d", "userName": "jsmith", "active": "True", "name": map[string]any{"givenName": "John", "familyName": "Smith"},
				"externalId": 17, enterprise: map[string]any{"employeeNumber": 701}}}})
	})
	org, err := source(t, client, nil).Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(org.People)
	const want = `[{"id":"701984","name":"Babs Jensen","email":"bjensen@example.com","emails":["babs@jensen.org"],"manager":"701","status":1,"department":"Tour Operations","type":"Employee"},` +
		`{"id":"701","name":"John Smith","status":1}]`
	if string(got) != want {
		t.Errorf("people are\n%s, want\n%s", got, want)
	}
}

// TestRefusalInItsOwnWords passes on what the server says (RFC 7644, 3.12).
func TestRefusalInItsOwnWords(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(file(t, "rfc7644-3.12-error-bad_request.json"))
	})
	_, err := source(t, client, nil).Org(t.Context())
	if err == nil || !strings.Contains(err.Error(), "scim hr: cannot be fetched: the server answered 400 Bad Request: mutability Attribute 'id' is readOnly") {
		t.Errorf("Org: %v", err)
	}
}

// TestWhoHasNoNumber: rooms and service accounts are users too.
func TestWhoHasNoNumber(t *testing.T) {
	users := resources(company(t).People)
	for i := range 5 {
		users = append(users, map[string]any{"id": "room-" + strconv.Itoa(i), "userName": "room", "active": true})
	}
	if _, err := source(t, paged(t, users, plain), nil).Org(t.Context()); err == nil || !strings.Contains(err.Error(), "the id is taken from employeeNumber") {
		t.Errorf("5 of 112 without a number: %v", err)
	}
	org, err := source(t, paged(t, users, plain), func(c *scim.Config) { c.SkipWithoutID = true }).Org(t.Context())
	if err != nil || len(org.People) != 107 {
		t.Errorf("left out: %d people, %v", len(org.People), err)
	}
	org, err = source(t, paged(t, users, plain), func(c *scim.Config) { c.ID = "id" }).Org(t.Context())
	if err != nil || len(org.People) != 112 || org.People[1].Manager != "scim-100" {
		t.Errorf("by the server's id: %d people, %v", len(org.People), err)
	}
}

func TestValidate(t *testing.T) {
	err := (&scim.Config{ID: "manager", Paging: "offset"}).Validate()
	const want = `id: "manager" is not one of employeeNumber, externalId, userName, id
paging: "offset" is not one of index, cursor
page_size: must be 1 to 10000
within: must be longer than 0`
	if err == nil || err.Error() != want {
		t.Errorf("Validate =\n%v, want\n%s", err, want)
	}
}

// FuzzAnswer: whatever a server answers, the reading is whole and sound or refused.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"totalResults":1,"Resources":[{"id":"1","active":true,"` + enterprise + `":{"employeeNumber":"1","manager":{"value":"1"}}}]}`))
	f.Add([]byte(`{"totalResults":1,"Resources":[{"id":1.5,"emails":[{}],"` + enterprise + `":{"manager":"x"}}]}`))
	f.Add([]byte(`{"nextCursor":"x","Resources":[]}`))
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	f.Cleanup(server.Close)
	var c scim.Config
	c.SetDefaults()
	s, err := scim.New(c, resty.New().SetBaseURL(server.URL), now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		body = data
		org, err := s.Org(t.Context())
		if (err != nil) == (len(org.People) > 0) {
			t.Fatalf("%d people and %v", len(org.People), err)
		}
		for _, p := range org.People {
			if p.ID == "" {
				t.Fatal("somebody without an id")
			}
		}
	})
}
