package rest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/rest"
)

// TestOpenIDSaysNothingElsewhere: what goes to a provider are GETs and codes, to the
// origins that were given; a redirect is not followed, and the secret is not repeated.
func TestOpenIDSaysNothingElsewhere(t *testing.T) {
	var got []string
	serve := func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path)
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/there", http.StatusFound)
		case "/said":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "client_secret=s3cret-s3cret is wrong")
		}
	}
	one, two, three := httptest.NewServer(http.HandlerFunc(serve)), httptest.NewServer(http.HandlerFunc(serve)), httptest.NewServer(http.HandlerFunc(serve))
	defer one.Close()
	defer two.Close()
	defer three.Close()
	client, err := rest.OpenID("s3cret-s3cret", one.URL+"/realms/a", two.URL)
	if err != nil {
		t.Fatal(err)
	}
	code, password := url.Values{"grant_type": {"authorization_code"}, "code": {"c"}}, url.Values{"grant_type": {"password"}}
	ask := func(form url.Values, address string) (string, error) {
		var resp *http.Response
		var err error
		if form == nil {
			resp, err = client.Get(address)
		} else {
			resp, err = client.PostForm(address, form)
		}
		if err != nil {
			return "", err
		}
		defer func() { _ = resp.Body.Close() }()
		said, err := io.ReadAll(resp.Body)
		return string(said), err
	}
	for _, test := range []struct {
		form    url.Values
		address string
		want    error
	}{
		{nil, one.URL + "/realms/a/.well-known/openid-configuration", nil}, {code, two.URL + "/token", nil}, {nil, two.URL + "/keys", nil},
		{password, one.URL + "/token", rest.ErrNotPermitted}, {code, three.URL + "/token", rest.ErrForeignOrigin}, {nil, three.URL, rest.ErrForeignOrigin},
		{nil, one.URL + "/away", rest.ErrRedirect},
	} {
		if _, err := ask(test.form, test.address); !errors.Is(err, test.want) {
			t.Errorf("%s %v: %v, want %v", test.address, test.form, err, test.want)
		}
	}
	if want := "GET /realms/a/.well-known/openid-configuration, POST /token, GET /keys, GET /away"; strings.Join(got, ", ") != want {
		t.Errorf("%v was sent, want %s", got, want)
	}
	if said, err := ask(nil, one.URL+"/said"); err != nil || strings.Contains(said, "s3cret") {
		t.Errorf("%q, %v: the secret is repeated", said, err)
	}
}
