package main

import (
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version that the toolchain stamped into the binary.
func (c *versionCmd) Run(p *program) error {
	v := buildVersion()
	if p.cli.Output == "json" {
		return p.json(v)
	}
	printf(p.stdout, "leadfront %s, commit %s of %s, %s\n", v.Version, v.Commit, v.Date, v.Go)
	return nil
}

type versionJSON struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Date    string `json:"date"`
	Go      string `json:"go"`
}

func buildVersion() versionJSON {
	v := versionJSON{Version: "(devel)", Commit: "unknown", Date: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Go = info.GoVersion
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		}
	}
	return v
}
