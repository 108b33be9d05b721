package page

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var colour = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`)

// luminance is the relative luminance of a colour by WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatalf("%q is no colour: %v", hex, err)
	}
	sum := 0.0
	for shift, weight := range map[int]float64{16: 0.2126, 8: 0.7152, 0: 0.0722} {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

// TestContrast: every pair of text and ground that the style sheet makes has 4.5 to 1,
// and what bars and fields are drawn with 3 to 1, in the light and in the dark.
func TestContrast(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	light, dark := map[string]string{}, map[string]string{}
	for _, line := range strings.Split(strings.ReplaceAll(string(a.css), "@media", "\n@media"), "\n@media") {
		scheme := light
		switch {
		case strings.HasPrefix(line, " (prefers-color-scheme: dark)"):
			scheme = dark
		case strings.HasPrefix(line, " print"):
			continue
		}
		for _, c := range colour.FindAllStringSubmatch(line, -1) {
			scheme[c[1]] = c[2]
		}
	}
	for name, scheme := range map[string]map[string]string{"light": light, "dark": dark} {
		pairs := map[[2]string]float64{{"accent-ink", "accent"}: 4.5, {"sheet", "bad"}: 4.5}
		for _, ground := range []string{"ground", "sheet", "faint"} {
			for _, text := range []string{"ink", "soft", "accent"} {
				pairs[[2]string{text, ground}] = 4.5
			}
		}
		for _, of := range []string{"good", "warn", "bad", "accent"} {
			pairs[[2]string{of, of + "-faint"}], pairs[[2]string{"ink", of + "-faint"}] = 4.5, 4.5
		}
		pairs[[2]string{"wait", "faint"}], pairs[[2]string{"wait", "ground"}] = 3, 3
		for p, least := range pairs {
			x, y := luminance(t, scheme[p[0]]), luminance(t, scheme[p[1]])
			if ratio := (max(x, y) + 0.05) / (min(x, y) + 0.05); ratio < least {
				t.Errorf("%s: %s on %s has %.2f to 1, want %g", name, p[0], p[1], ratio, least)
			}
		}
	}
}
