package main

import (
	"testing"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/web/showcase"
)

// TestPrivacySaysWhoSeesTheShowcase: as the configuration opens it.
func TestPrivacySaysWhoSeesTheShowcase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		web  *config.Web
		want bool
	}{{nil, false}, {&config.Web{}, false}, {&config.Web{Showcase: showcase.Config{Open: true}}, true}} {
		d := &daemon{}
		d.reloads.current = &config.Config{Web: c.web}
		if got := d.privacy().OpenShowcase; got != c.want {
			t.Errorf("%+v: said to be open: %v", c.web, got)
		}
	}
}
