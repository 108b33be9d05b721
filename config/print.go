package config

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"
)

// Redacted returns the configuration as YAML with every default in place and
// every secret masked. It is what the log keeps and what check --show prints.
func (c *Config) Redacted() string {
	tree, _ := plain(reflect.ValueOf(c).Elem())
	if corrections, ok := plain(reflect.ValueOf(&c.Override).Elem()); ok {
		if keys, isMap := tree.(yaml.MapSlice); isMap {
			tree = append(keys, yaml.MapItem{Key: "overridden", Value: corrections})
		}
	}
	text, err := yaml.Marshal(tree)
	if err != nil {
		return "# the configuration cannot be printed: " + err.Error() + "\n"
	}
	return string(text)
}

// Digest is the hex SHA-256 of Redacted: it names the configuration, but for the
// values of its secrets.
func (c *Config) Digest() string {
	sum := sha256.Sum256([]byte(c.Redacted()))
	return hex.EncodeToString(sum[:])
}

// plain turns a value into what the YAML writer knows; ok is false for what is
// not set.
func plain(v reflect.Value) (any, bool) {
	switch x := v.Interface().(type) {
	case later:
		return nil, false
	case time.Duration:
		return formatDuration(x), true
	case time.Time:
		return x.Format(time.RFC3339), !x.IsZero()
	case interface{ Reveal() string }:
		return "<secret>", x.Reveal() != ""
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, false
		}
		return plain(v.Elem())
	case reflect.Slice:
		return plainList(v)
	case reflect.Struct:
		return plainKeys(v)
	case reflect.String:
		return v.String(), v.String() != ""
	}
	return v.Interface(), true
}

func plainList(v reflect.Value) (any, bool) {
	list := make([]any, 0, v.Len())
	for i := range v.Len() {
		item, _ := plain(v.Index(i))
		list = append(list, item)
	}
	return list, len(list) > 0
}

func plainKeys(v reflect.Value) (any, bool) {
	f := fieldsOf(v)
	keys := make(yaml.MapSlice, 0, len(f.names))
	for _, name := range f.names {
		if value, ok := plain(f.byName[name]); ok {
			keys = append(keys, yaml.MapItem{Key: name, Value: value})
		}
	}
	return keys, len(keys) > 0
}

// formatDuration writes what parseDuration reads, in the largest unit that fits.
func formatDuration(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d%unit.length == 0 && d != 0 {
			return strconv.FormatInt(int64(d/unit.length), 10) + unit.name
		}
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}
