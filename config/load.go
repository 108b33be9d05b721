package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"
	_ "time/tzdata" // a container without zone files must know them too

	"github.com/goccy/go-yaml/ast"
)

// Load reads and checks the configuration. Its error is Problems when the file
// could be read: everything that is wrong with it.
func Load(path string) (*Config, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w; leadfront init writes an example", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxBytes {
		return nil, Problems{{File: path, Message: fmt.Sprintf("is not a file of at most %d bytes", maxBytes)}}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	c, d, err := read(path, data)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o004 != 0 && d.inlineSecret {
		d.warn("", "holds a secret, and every user of this machine can read it: chmod o= %s", path)
	}
	d.warnOwners(c)
	d.warnings.sort()
	c.Warnings = d.warnings
	return c, nil
}

// Parse is Load of text that stands in no file; relative paths begin at folder.
func Parse(name, folder string, data []byte) (*Config, error) {
	c, d, err := read(filepath.Join(folder, name), data)
	if err != nil {
		return nil, err
	}
	d.warnings.sort()
	c.Warnings = d.warnings
	return c, nil
}

// read returns the configuration with the decoder that knows its places, or
// everything that is wrong.
func read(path string, data []byte) (*Config, *decoder, error) {
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, nil, fmt.Errorf("find the folder of %s: %w", path, err)
	}
	d := &decoder{file: path, folder: folder, zone: time.UTC, places: map[string]place{}}
	root, at, err := parse(data)
	if err != nil {
		return nil, nil, Problems{{File: path, Line: at.line, Column: at.column, Message: err.Error()}}
	}
	if _, ok := entries(root); !ok {
		return nil, nil, Problems{{File: path, Line: 1, Column: 1, Message: "needs keys with values, and has " + kind(root)}}
	}
	d.places[""] = place{1, 1}
	d.setZone(root)
	c := &Config{}
	d.value("", root, reflect.ValueOf(c).Elem())
	c.zone = d.zone
	d.readOverrides(c)
	d.check(c)
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, nil, d.problems
	}
	d.finish(c)
	return c, d, nil
}

// setZone finds the zone before any day is read.
func (d *decoder) setZone(root ast.Node) {
	list, _ := entries(root)
	for _, e := range list {
		name, ok := text(e.value)
		if e.key != "timezone" || !ok {
			continue
		}
		zone, err := loadZone(name)
		if err != nil {
			d.places[e.key] = e.at
			d.problem(e.key, "%v", err)
			continue
		}
		d.zone = zone
	}
}

// loadZone refuses "Local", which would mean another day on another machine.
func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" || name == "" {
		return nil, errors.New("is not a time zone; write it like Europe/Berlin")
	}
	return zone, nil
}

// finish puts the defaults of the rooms in place and makes paths absolute.
func (d *decoder) finish(c *Config) {
	c.Data = d.resolve(c.Data)
	d.finishAudit(c)
	if n := c.Notices; n != nil && n.Webhook != nil {
		n.Webhook.Server = n.Webhook.Server.WithDefaults()
	}
	d.finishHRIS(c.HRIS)
	for _, r := range c.Records {
		if l := r.LRS; l != nil {
			l.Reading, l.Server = l.Reading.WithDefaults(), l.Server.WithDefaults()
		}
		if s := r.SCORMCloud; s != nil {
			s.Reading, s.Server = s.Reading.WithDefaults(), s.Server.WithDefaults()
		}
	}
	finishLMS(c.LMS, d.zone)
	for i := range c.Programs {
		if p := &c.Programs[i]; p.Title == "" {
			p.Title = p.ID
		}
	}
}
