package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/itchyny/gojq"

	"github.com/leadfront/leadfront/connector/hris"
)

// programs are the expressions of a config, ready to run.
type programs struct {
	rows, next, total *gojq.Code
	fields            map[string]*gojq.Code // by name; those that are configured
}

// variables are known to every expression.
var variables = []string{"$seen", "$page"}

// compileAll compiles every expression; an error begins with the key of its own.
func compileAll(c *Config) (*programs, []error) {
	var errs []error
	compile := func(key, text string) *gojq.Code {
		query, err := gojq.Parse(text)
		if err == nil {
			var code *gojq.Code
			if code, err = gojq.Compile(query, gojq.WithVariables(variables)); err == nil {
				return code
			}
		}
		errs = append(errs, fmt.Errorf("%s: cannot be read as jq: %w", key, err))
		return nil
	}
	p := &programs{compile("rows", c.Rows), compile("next", c.Next), compile("total", c.Total), map[string]*gojq.Code{}}
	for _, f := range c.Fields.all() {
		if *f.value != "" {
			p.fields[f.name] = compile("fields."+f.name, *f.value)
		}
	}
	return p, errs
}

// results runs an expression and returns all that it yields. The value is not
// changed.
func results(ctx context.Context, code *gojq.Code, value any, w *walk) ([]any, error) {
	var out []any
	iter := code.RunWithContext(ctx, value, w.rows, w.pages)
	for {
		v, ok := iter.Next()
		if !ok {
			return out, nil
		}
		if err, failed := v.(error); failed {
			if halt := new(gojq.HaltError); errors.As(err, &halt) {
				return nil, errors.New("the expression halts")
			}
			return nil, err
		}
		out = append(out, v)
		if len(out) > maxRows {
			return nil, ErrEndless
		}
	}
}

// one runs an expression that yields at most one value; nil for none.
func one(ctx context.Context, code *gojq.Code, value any, w *walk) (any, error) {
	all, err := results(ctx, code, value, w)
	switch {
	case err != nil || len(all) == 0:
		return nil, err
	case len(all) > 1:
		return nil, fmt.Errorf("yields %d values, and there can be one", len(all))
	}
	return all[0], nil
}

// text is a value as HR would write it. Numbers keep their digits.
func text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return hris.Clean(v), nil
	case bool:
		return fmt.Sprint(v), nil
	case map[string]any, []any:
		return "", errors.New("yields an object or a list, and needs text: name a part of it")
	}
	b, err := gojq.Marshal(v) // every kind of number
	return string(b), err
}

// decode reads one JSON document; numbers keep their digits.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("the answer is not JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the answer goes on after its JSON")
	}
	return v, nil
}

// object reads a JSON object.
func object(data []byte) (map[string]any, error) {
	v, err := decode(data)
	if err != nil {
		return nil, err
	}
	if o, ok := v.(map[string]any); ok {
		return o, nil
	}
	return nil, errors.New("is not a JSON object")
}
