package signin

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// fromProxy returns whom the proxy says to have come; ok is false for nobody. Its
// headers from elsewhere are refused and not ignored: somebody tries to be somebody
// else, or the proxy has another address than configured.
func (d *Door) fromProxy(r *http.Request) (i identity, ok bool, err error) {
	p := d.o.Proxy
	if p == nil {
		return i, false, nil
	}
	named := slices.ContainsFunc(p.headers(), func(h string) bool { return len(r.Header.Values(h)) > 0 })
	if !named {
		return i, false, nil
	}
	if from := peer(r); !within(d.o.Proxies, from) || !d.knowsSecret(r) {
		d.o.Log.Warn("a request with the headers of the proxy did not come from it", "from", from.String())
		return i, false, &Refusal{http.StatusForbidden, "You cannot come in this way",
			"The request says who you are, and did not come through the reverse proxy that may say so."}
	}
	for _, h := range p.headers() {
		if len(r.Header.Values(h)) > 1 {
			return i, false, &Refusal{http.StatusBadRequest, "Nobody can tell who you are", "The reverse proxy has sent a header twice: " + h + "."}
		}
	}
	get := func(header string) string {
		if header == "" {
			return ""
		}
		return strings.TrimSpace(r.Header.Get(header))
	}
	i = identity{Subject: get(p.User), Name: legible(get(p.Name)), Email: get(p.Email), ID: get(p.Person)}
	for g := range strings.SplitSeq(get(p.Groups), ",") {
		if g = strings.TrimSpace(g); g != "" {
			i.Groups = append(i.Groups, g)
		}
	}
	for _, name := range []string{i.Email, i.Subject} {
		if i.Name == "" {
			i.Name = name
		}
	}
	return i, i.Subject != "", nil
}

// HeaderSecret is the header in which the proxy proves that it is no other program at
// its address.
const HeaderSecret = "X-Leadfront-Proxy-Secret"

// knowsSecret reports whether the request has the proxy's secret, where there is one.
func (d *Door) knowsSecret(r *http.Request) bool {
	got, want := sha256.Sum256([]byte(r.Header.Get(HeaderSecret))), sha256.Sum256([]byte(d.o.ProxySecret))
	return d.o.ProxySecret == "" || subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// peer is the address at the other end of the connection, whatever headers say.
func peer(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

func within(ranges []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}
