package config

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// warnWritable warns of what others than its owner may change: they could decide who
// is held, who is a leader and where passwords are sent, in nobody's name.
func (d *decoder) warnWritable(path, file string) {
	if file == "" || runtime.GOOS == "windows" { // its modes say nothing of others
		return
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm()&0o022 == 0 {
		return // what is not there is told where it is needed
	}
	d.warn(path, "others than its owner can write to %s: chmod go-w %s", file, file)
}

// warnOwners looks at everything on this machine that a configuration trusts.
func (d *decoder) warnOwners(c *Config) {
	d.warnWritable("", d.file)
	d.warnWritable("data", c.Data)
	d.warnWritable("overrides", d.resolve(c.Overrides))
	d.warnWritable("identity.aliases", c.Identity.Aliases)
	for i, h := range c.HRIS {
		if h.CSV == nil {
			continue
		}
		file := h.CSV.File.Path
		if strings.ContainsAny(file, "*?[") { // the newest of the folder is read
			file = filepath.Dir(file)
		}
		d.warnWritable(fmt.Sprintf("hris[%d].csv.path", i), file)
	}
}
