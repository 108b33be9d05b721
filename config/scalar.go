package config

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/leadfront/leadfront/connector/rest"
)

func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Float64:
		return true
	case reflect.Int, reflect.Int64:
		return true // time.Duration among them
	}
	return t == reflect.TypeFor[time.Time]()
}

// scalar decodes a single value.
func (d *decoder) scalar(path string, n ast.Node, v reflect.Value) {
	s, ok := text(n)
	if !ok {
		d.problem(path, "needs a value, and has %s", kind(n))
		return
	}
	var err error
	switch target := v.Addr().Interface().(type) {
	case *time.Duration:
		*target, err = parseDuration(s)
	case *time.Time:
		*target, err = parseTime(s, d.zone)
	case *bool:
		*target, err = parseBool(s)
	default:
		err = setPlain(v, s)
	}
	if err != nil {
		d.problem(path, "%v", err)
	}
}

func setPlain(v reflect.Value, s string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return fmt.Errorf("%q is not a number", clip(s))
		}
		v.SetFloat(f)
	default:
		i, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
		if err != nil || v.OverflowInt(i) {
			return fmt.Errorf("%q is not a whole number", clip(s))
		}
		v.SetInt(i)
	}
	return nil
}

// parseBool knows what YAML 1.2 knows: yes and on are words there, and taking
// them for text would be a trap.
func parseBool(s string) (bool, error) {
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", clip(s))
}

var (
	durationForm = regexp.MustCompile(`^(\d+(\.\d+)?(ms|s|m|h|d|w))+$`)
	durationPart = regexp.MustCompile(`(\d+(?:\.\d+)?)(ms|s|m|h|d|w)`)
)

// parseDuration reads 250ms, 10s, 1h30m, 30d, 2w; a day has 24 hours.
func parseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	if !durationForm.MatchString(s) {
		return 0, fmt.Errorf("%q is not a duration; write it like 10s, 15m, 1h30m, 30d", clip(s))
	}
	units := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute,
		"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	total := 0.0
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		f, err := strconv.ParseFloat(part[1], 64)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration: %w", clip(s), err)
		}
		total += f * float64(units[part[2]])
	}
	const most = 100 * 365 * 24 * time.Hour
	if total > float64(most) {
		return 0, fmt.Errorf("%q is longer than a century", clip(s))
	}
	return time.Duration(total), nil
}

// parseTime reads a day, which begins at midnight of the configured zone, or an
// instant of RFC 3339.
func parseTime(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a date; write it like 2026-10-01 or 2026-10-01T08:00:00Z", clip(s))
}

const maxSecret = 64 << 10

// secretFile reads the secret of key name from the file that name_file gives.
func (d *decoder) secretFile(path, name string, n ast.Node, v reflect.Value, seen map[string]bool) {
	at := join(path, name+"_file")
	if seen[name] {
		d.problem(at, "stands beside %s: give one of the two", name)
		return
	}
	file, ok := text(n)
	if !ok || file == "" {
		d.problem(at, "needs the path of a file, and has %s", kind(n))
		return
	}
	d.warnWritable(at, d.resolve(file))
	secret, open, err := readSecret(d.resolve(file))
	if err != nil {
		d.problem(at, "%v", err)
		return
	}
	if open {
		d.warn(at, "every user of this machine can read %s: chmod o= %s", file, file)
	}
	v.SetString(secret)
}

// resolve makes a path of the configuration absolute: it is relative to the file
// that it stands in.
func (d *decoder) resolve(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(d.folder, path)
}

// readSecret returns the content of a file without its last line end, and
// whether everybody may read it.
func readSecret(path string) (secret string, open bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", false, fmt.Errorf("cannot be read: %w", err)
	case !info.Mode().IsRegular():
		return "", false, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxSecret:
		return "", false, fmt.Errorf("%s has more than %d bytes: is it the right file?", path, maxSecret)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", false, fmt.Errorf("cannot be read: %w", err)
	}
	secret = strings.TrimRight(string(data), "\r\n")
	if secret == "" {
		return "", false, errors.New(path + " is empty")
	}
	return secret, info.Mode().Perm()&0o004 != 0, nil
}

// clip shortens a value for an error message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// isSecret tells the one type whose value is never shown.
func isSecret(v reflect.Value) bool { return v.Type() == reflect.TypeFor[rest.Secret]() }
