package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// later marks a key that belongs to a later version: naming it is an error that
// says so, because an option that is read and not obeyed would be a promise broken.
type later struct{}

// decoder fills typed structs from a document and gathers everything that is
// wrong. A struct says what its keys are by its fields: the yaml tag or the name
// in snake case, ",inline" for keys that stand beside the others. Two methods are
// honoured on the way: SetDefaults() before the keys are read, and Validate()
// error after, whose joined messages may begin with the key that they are about.
type decoder struct {
	file     string
	folder   string // of relative secret files
	zone     *time.Location
	places   map[string]place // by path
	problems Problems
	warnings Problems

	inlineSecret bool // a secret stands in the file itself
}

// problem reports what is wrong at a path. It stands at the path's place or, when
// the file does not have it, at the nearest place around it.
func (d *decoder) problem(path, format string, args ...any) {
	d.problems = append(d.problems, d.at(path, fmt.Sprintf(format, args...)))
}

func (d *decoder) warn(path, format string, args ...any) {
	d.warnings = append(d.warnings, d.at(path, fmt.Sprintf(format, args...)))
}

func (d *decoder) at(path, message string) Problem {
	p := Problem{File: d.file, Path: path, Message: message}
	for around := path; ; around = around[:max(0, strings.LastIndexAny(around, ".["))] {
		if at, ok := d.places[around]; ok || around == "" {
			p.Line, p.Column = at.line, at.column
			return p
		}
	}
}

// has reports whether something is wrong at the path or below it.
func (d *decoder) has(path string) bool {
	for _, p := range d.problems {
		if rest, ok := strings.CutPrefix(p.Path, path); ok && (rest == "" || strings.ContainsAny(rest[:1], ".[")) {
			return true
		}
	}
	return false
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// value decodes a node into v, whatever its type.
func (d *decoder) value(path string, n ast.Node, v reflect.Value) {
	if _, known := d.places[path]; !known && n != nil {
		d.places[path] = placeOf(n)
	}
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		d.problem(path, "uses an anchor, alias, merge key or tag: write the value itself")
		return
	}
	switch {
	case isScalar(v.Type()):
		d.scalar(path, n, v)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(path, n, v.Elem())
	case v.Kind() == reflect.Struct:
		d.mapping(path, n, v)
	case v.Kind() == reflect.Slice:
		d.list(path, n, v)
	default:
		d.problem(path, "cannot be configured") // a field of a type that no key can fill
	}
}

func (d *decoder) list(path string, n ast.Node, v reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.problem(path, "needs a list, and has %s", kind(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
	for i, item := range seq.Values {
		d.value(fmt.Sprintf("%s[%d]", path, i), item, v.Index(i))
	}
}

// isKey tells what can be repeated as an unknown key. Where a colon was left out, a
// secret stands in the place of one.
var isKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// mapping decodes a node into a struct.
func (d *decoder) mapping(path string, n ast.Node, v reflect.Value) {
	fields := fieldsOf(v)
	for _, part := range fields.parts {
		if s, ok := part.Addr().Interface().(interface{ SetDefaults() }); ok {
			s.SetDefaults()
		}
	}
	list, ok := entries(n)
	if !ok {
		d.problem(path, "needs keys with values, and has %s", kind(n))
		return
	}
	seen := map[string]bool{}
	for _, e := range list {
		if !isKey.MatchString(e.key) {
			d.problems = append(d.problems, Problem{File: d.file, Line: e.at.line, Column: e.at.column, Path: path,
				Message: "has something that is no key: is a colon missing?"})
			continue
		}
		at := join(path, e.key)
		if seen[e.key] {
			d.problems = append(d.problems, Problem{File: d.file, Line: e.at.line, Column: e.at.column, Path: at, Message: "is given twice"})
			continue
		}
		seen[e.key] = true
		d.places[at] = e.at
		d.key(path, e, fields, seen)
	}
	d.validate(path, fields)
}

// key decodes one key of a mapping.
func (d *decoder) key(path string, e entry, fields fields, seen map[string]bool) {
	at := join(path, e.key)
	if f, ok := fields.byName[e.key]; ok {
		if f.Type() == reflect.TypeFor[later]() {
			// Earlier versions logged it so, and their log is to be replayed.
			if off, ok := e.value.(*ast.BoolNode); ok && !off.Value {
				return
			}
			d.problem(at, "is not supported in this version")
			return
		}
		if isSecret(f) {
			d.inlineSecret = true
			if seen[e.key+"_file"] {
				d.problem(at, "stands beside %s_file: give one of the two", e.key)
			}
		}
		d.value(at, e.value, f)
		return
	}
	name, isFile := strings.CutSuffix(e.key, "_file")
	if f, ok := fields.byName[name]; ok && isFile && isSecret(f) {
		d.secretFile(path, name, e.value, f, seen)
		return
	}
	d.problem(at, "is not a key here%s", suggest(e.key, fields.names))
}

// keyed finds the key that a message of Validate begins with, as in "url: is
// missing" and "url is missing".
var keyed = regexp.MustCompile(`^([a-z0-9_]+)((?:\[\d+\]|\.[a-z0-9_]+)*)(?:: | ((?:is|must) .*))`)

// validate asks each part of a struct for what is wrong with it, unless what is
// wrong is known already: a value that could not be read looks missing.
func (d *decoder) validate(path string, fields fields) {
	known := d.has(path)
	for _, part := range fields.parts {
		v, ok := part.Addr().Interface().(interface{ Validate() error })
		if !ok {
			continue
		}
		for _, err := range flatten(v.Validate()) {
			at, message := fields.locate(path, err.Error())
			if !known || !d.has(at) {
				d.problem(at, "%s", message)
			}
		}
	}
}

// locate splits a message of Validate into the path and what is wrong there.
func (f fields) locate(path, message string) (at, what string) {
	m := keyed.FindStringSubmatch(message)
	if m == nil {
		return path, message
	}
	if _, ok := f.byName[m[1]]; !ok {
		return path, message
	}
	if m[3] != "" {
		return join(path, m[1]+m[2]), m[3]
	}
	return join(path, m[1]+m[2]), message[len(m[0]):]
}

// flatten returns the errors that were joined.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}
