package lrs

import (
	"fmt"
	"net/url"
	"strings"
)

// resolveMore turns a more into an address on the configured origin. Only its
// path and query count: whatever host it names, credentials go to the configured
// one alone (xAPI 1.0.3, Data 2.5; LRSs behind a proxy name the wrong one).
func resolveMore(base *url.URL, statements, more string) (string, error) {
	path, query, asked := strings.Cut(more, "?")
	path = withoutOrigin(path)
	switch {
	case path == "" && asked:
		path = join(base.Path, statements)
	case !strings.HasPrefix(path, "/"):
		path = join(base.Path, path)
	default:
		path = withPrefix(base.Path, path)
	}
	link := escape(path)
	if asked {
		link += "?" + escape(query)
	}
	u, err := url.Parse(link)
	if err != nil || u.Host != "" {
		return "", fmt.Errorf("unreadable more: %q", more)
	}
	u.Scheme, u.Host = base.Scheme, base.Host
	return u.String(), nil
}

// withoutOrigin takes scheme and host off.
func withoutOrigin(path string) string {
	at := strings.Index(path, "//")
	if at < 0 || at > 0 && !strings.HasSuffix(path[:at], ":") {
		return path
	}
	_, rest, _ := strings.Cut(path[at+2:], "/")
	return "/" + rest
}

// withPrefix gives back a path prefix that the LRS does not know, because a proxy
// adds it: the base /lrs/xapi and the link /xapi/more/1 make /lrs/xapi/more/1.
func withPrefix(base, path string) string {
	base = strings.TrimSuffix(base, "/")
	if base == "" || strings.HasPrefix(path, base+"/") {
		return path
	}
	for tail := base; tail != ""; {
		next := strings.IndexByte(tail[1:], '/')
		if next < 0 {
			break
		}
		tail = tail[1+next:]
		if strings.HasPrefix(path, tail+"/") {
			return base + path[len(tail):]
		}
	}
	return path
}

func join(base, path string) string {
	return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(path, "/")
}

// escape encodes what may not stand in a path or a query, and leaves alone what
// is encoded already. Some LRSs repeat the filters as they are.
func escape(s string) string {
	const allowed = letters + digits + "-._~!$&'()*+,;=:@/?%"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])):
			b.WriteString("%25")
		case strings.IndexByte(allowed, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }
