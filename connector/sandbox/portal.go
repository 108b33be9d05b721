package sandbox

import (
	"context"
	_ "embed" // the page
	html "html/template"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

//go:embed portal.html
var portalPage string

// portalSecret proves to leadfront that it is the portal that says who comes; no value
// to be guarded.
const portalSecret = "demo-secret-of-the-portal-of-no-value"

// visitor is somebody whom one can be in the portal.
type visitor struct {
	ID, Name, Email, Group, What string
}

// portal stands in for a company's reverse proxy that has people sign in: here one
// chooses who to be.
type portal struct {
	company *Company
	page    *html.Template
	proxy   *httputil.ReverseProxy
}

// portalCookie says who somebody has chosen to be.
const portalCookie = "demo-portal"

// OpenPortal opens the company's portal in front of the pages of leadfront, which
// are, or will be, at that address. Config has them served from then on.
func (c *Company) OpenPortal(ctx context.Context, face string) error {
	page, err := html.New("portal").Parse(portalPage)
	if err != nil {
		return err
	}
	p := &portal{company: c, page: page}
	p.proxy = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: face})
		r.SetXForwarded()
		p.introduce(r)
	}}
	c.face = face
	c.PortalURL, err = c.serve(ctx, p)
	return err
}

// ServeHTTP lets people choose who to be when they come, have to sign in or have
// signed out, and passes on whatever else they ask.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch who := p.visitor(r); {
	case r.URL.Path == "/portal/as": // and where to go, for links that lead to a page
		http.SetCookie(w, &http.Cookie{Name: portalCookie, Value: url.QueryEscape(r.URL.Query().Get("who")), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/"+strings.TrimLeft(r.URL.Query().Get("to"), `/\`), http.StatusSeeOther) // never elsewhere
	case r.URL.Path == "/portal", r.URL.Path == "/signed-out", who == nil && (r.URL.Path == "/" || r.URL.Path == "/sign-in"):
		http.SetCookie(w, &http.Cookie{Name: portalCookie, Path: "/", MaxAge: -1})
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = p.page.Execute(w, p.visitors()) // the client has gone; nobody is left to tell
	default:
		p.proxy.ServeHTTP(w, r)
	}
}

// introduce has leadfront know who comes, and takes away what they say of themselves.
func (p *portal) introduce(r *httputil.ProxyRequest) {
	for _, h := range []string{"X-Forwarded-User", "X-Forwarded-Preferred-Username", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Leadfront-Proxy-Secret"} {
		r.Out.Header.Del(h)
	}
	who := p.visitor(r.In)
	if who == nil {
		return
	}
	r.Out.Header.Set("X-Leadfront-Proxy-Secret", portalSecret)
	r.Out.Header.Set("X-Forwarded-User", who.ID)
	r.Out.Header.Set("X-Forwarded-Preferred-Username", who.Name)
	r.Out.Header.Set("X-Forwarded-Email", who.Email)
	r.Out.Header.Set("X-Forwarded-Groups", who.Group)
}

// visitor is who the request says to be; nil: nobody that there is.
func (p *portal) visitor(r *http.Request) *visitor {
	c, err := r.Cookie(portalCookie)
	if err != nil {
		return nil
	}
	for _, v := range p.visitors() {
		if v.ID == c.Value {
			return &v
		}
	}
	return nil
}

// visitors are the people of the departments that look after leadfront, and everybody.
func (p *portal) visitors() []visitor {
	all := []visitor{
		{"olga", "Olga Operator", "olga@corp.example", "operations", "looks after leadfront: approves, waives, releases"},
		{"anna", "Anna Auditor", "anna@corp.example", "audit", "sees everybody, and why"},
		{"vera", "Vera Viewer", "vera@corp.example", "learning", "sees figures without names"},
	}
	leads := map[string]bool{}
	people := p.company.People()
	for _, e := range people {
		leads[e.Manager] = true
	}
	for _, e := range people {
		what := e.Title
		if leads[e.ID] {
			what += ", leads people"
		}
		if strings.EqualFold(e.Status, "Active") {
			all = append(all, visitor{ID: e.ID, Name: e.Name, Email: e.Email, What: what})
		}
	}
	return all
}
