package config

import (
	"fmt"
	"os"
	"reflect"

	"github.com/leadfront/leadfront/connector/hris"
)

// readOverrides reads the file that corrects what HR says. It is part of the
// configuration: as strict, logged with it, and named by its digest.
func (d *decoder) readOverrides(c *Config) {
	if c.Overrides == "" {
		return
	}
	path := d.resolve(c.Overrides)
	data, err := readBounded(path)
	if err != nil {
		d.problem("overrides", "cannot be read: %v", err)
		return
	}
	file := &decoder{file: path, folder: d.folder, zone: d.zone, places: map[string]place{"": {1, 1}}}
	root, at, err := parse(data)
	if err != nil {
		d.problems = append(d.problems, Problem{File: path, Line: at.line, Column: at.column, Message: err.Error()})
		return
	}
	c.Override = hris.Overrides{}
	file.value("", root, reflect.ValueOf(&c.Override).Elem())
	d.problems = append(d.problems, file.problems...)
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxBytes {
		return nil, fmt.Errorf("%s is not a file of at most %d bytes", path, maxBytes)
	}
	return os.ReadFile(path)
}
