package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestPortalSaysWhoComes: only whom one has chosen, whatever the request says of itself.
func TestPortalSaysWhoComes(t *testing.T) {
	var got http.Header
	face := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Clone() }))
	defer face.Close()
	c, err := NewCompany(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.OpenPortal(t.Context(), strings.TrimPrefix(face.URL, "http://")); err != nil {
		t.Fatal(err)
	}
	ask := func(who string) {
		t.Helper()
		got = nil
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.PortalURL+"/people/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-Groups", "operations")
		r.Header.Set("X-Forwarded-User", "forged")
		if who != "" {
			r.AddCookie(&http.Cookie{Name: portalCookie, Value: who})
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for who, want := range map[string][3]string{"104": {"104", "bmiller@corp.example", ""}, "anna": {"anna", "anna@corp.example", "audit"}, "": {}, "nobody": {}} {
		ask(who)
		if is := [3]string{got.Get("X-Forwarded-User"), got.Get("X-Forwarded-Email"), got.Get("X-Forwarded-Groups")}; is != want {
			t.Errorf("%q comes as %q, want %q", who, is, want)
		}
	}
	if text := c.Config("127.0.0.1:1"); !strings.Contains(text, "url: \""+c.PortalURL) || !strings.Contains(text, "share: {}") {
		t.Errorf("the configuration serves no pages:\n%s", text)
	}
}
