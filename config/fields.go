package config

import (
	"reflect"
	"strings"
	"unicode"
)

// fields is a struct as its keys: those of its inline parts stand beside its own.
type fields struct {
	names  []string // in the order of the struct
	byName map[string]reflect.Value
	parts  []reflect.Value // the struct itself and its inline parts
}

func fieldsOf(v reflect.Value) fields {
	f := fields{byName: map[string]reflect.Value{}}
	f.add(v)
	return f
}

func (f *fields) add(v reflect.Value) {
	f.parts = append(f.parts, v)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			f.add(v.Field(i))
			continue
		case name == "-" || !field.IsExported():
			continue
		case name == "":
			name = snake(field.Name)
		}
		f.names = append(f.names, name)
		f.byName[name] = v.Field(i)
	}
}

// snake turns MaxAge into max_age.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// suggest returns the end of a message about an unknown name.
func suggest(name string, known []string) string {
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "; did you mean " + best + "?"
	}
	if len(known) == 0 {
		return ""
	}
	return "; the keys are " + strings.Join(known, ", ")
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
