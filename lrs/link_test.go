package lrs

import (
	"net/url"
	"testing"
)

func TestResolveMore(t *testing.T) {
	for _, c := range []struct{ base, more, want string }{
		{"https://lrs.example.org/xapi", "/xapi/statements?cursor=1", "https://lrs.example.org/xapi/statements?cursor=1"},
		{"https://lrs.example.org/xapi", "/xapi/more/abc", "https://lrs.example.org/xapi/more/abc"},
		{"https://lrs.example.org/xapi", "http://internal:8080/xapi/more/abc", "https://lrs.example.org/xapi/more/abc"},
		{"https://lrs.example.org/xapi", "//evil.example.org/xapi/more/abc", "https://lrs.example.org/xapi/more/abc"},
		{"https://lrs.example.org/xapi", "https://evil.example.org", "https://lrs.example.org/"},
		{"https://lrs.example.org/xapi", "?from=2", "https://lrs.example.org/xapi/statements?from=2"},
		{"https://lrs.example.org/xapi", "statements?from=2", "https://lrs.example.org/xapi/statements?from=2"},
		{"https://lrs.example.org/proxy/xapi", "/xapi/statements?x=1", "https://lrs.example.org/proxy/xapi/statements?x=1"},
		{"https://lrs.example.org/data/xAPI", "/other/more/1", "https://lrs.example.org/other/more/1"},
		{"https://lrs.example.org", "/xapi/statements?x=1", "https://lrs.example.org/xapi/statements?x=1"},
		{"https://lrs.example.org/xapi", "/xapi/statements?agent=[object Object]&a=%7b1}", "https://lrs.example.org/xapi/statements?agent=%5Bobject%20Object%5D&a=%7b1%7D"},
		{"https://lrs.example.org/xapi", "/xapi/statements?a=50%&verb=http://a/b", "https://lrs.example.org/xapi/statements?a=50%25&verb=http://a/b"},
		{"https://lrs.example.org/xapi", "/xapi/statements?activity=https://a.example.org//x?y=1", "https://lrs.example.org/xapi/statements?activity=https://a.example.org//x?y=1"},
	} {
		base, err := url.Parse(c.base)
		if err != nil {
			t.Fatal(err)
		}
		got, err := resolveMore(base, "statements", c.more)
		if err != nil || got != c.want {
			t.Errorf("%s at %s: %s, %v; want %s", c.more, c.base, got, err, c.want)
		}
	}
}
