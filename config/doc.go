// Package config reads the one YAML file that says what leadfront does.
//
// It is strict: a key that is not known, not supported in this version, or given
// twice is an error, and everything that is wrong is reported at once, with line
// and path. The Go documentation of Config and of the types in it is the
// reference of the keys; Example is a commented file to begin with.
package config

import _ "embed"

// Example is a commented configuration that loads.
//
//go:embed example.yaml
var Example string
