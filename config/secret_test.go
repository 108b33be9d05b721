package config_test

import (
	"strings"
	"testing"

	"github.com/leadfront/leadfront/config"
)

// TestMistypedSecretsAreNotRepeated: what stands where a secret belongs is not shown,
// however it was mistyped; the place of it is.
func TestMistypedSecretsAreNotRepeated(t *testing.T) {
	whole := "{url: https://lrs.corp.example/xapi, username: u, password: pass-word}"
	for _, lrs := range []string{
		"\n      url: https://lrs.corp.example/xapi\n      username: u\n      password: |S3cret",
		"\n      url: https://lrs.corp.example/xapi\n      username: u\n      password: >S3cret-9",
		"\n      url: https://lrs.corp.example/xapi\n      username: u\n      password: \"a\\S3cret",
		"{url: https://lrs.corp.example/xapi, username: u, password S3cret}",
		"{url: https://lrs.corp.example/xapi, username: u, password: !S3cret x}",
		"{url: https://lrs.corp.example/xapi, username: u, password: [S3cret]}",
		"{url: https://lrs.corp.example/xapi, username: u, password: {S3cret}}",
	} {
		_, err := config.Parse("leadfront.yaml", t.TempDir(), []byte(small(t, whole, lrs)))
		if err == nil || strings.Contains(err.Error(), "S3cret") || !strings.Contains(err.Error(), "leadfront.yaml:") {
			t.Errorf("%s: %v", lrs, err)
		}
	}
}
