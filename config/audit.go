package config

import (
	"path/filepath"
	"strings"

	"github.com/leadfront/leadfront/connector/rest"
)

// Audit says where checkpoints of the audit log are kept beside the daemon's own
// log, which always gets them. Only one that is out of reach of whoever may write
// the data folder proves anything against them.
type Audit struct {
	// KeyFile is the key that signs checkpoints, PEM of Ed25519, such as a credential
	// that systemd hands to the service. Empty: leadfront.key in the data folder.
	KeyFile string `yaml:"key_file"`
	// CheckpointFile is a file to which each checkpoint is appended, best on a disk
	// that keeps what was written once. Empty: none.
	CheckpointFile string `yaml:"checkpoint_file"`
	// CheckpointServer gets each checkpoint. Absent: none.
	CheckpointServer *CheckpointServer `yaml:"checkpoint_server"`
}

// CheckpointServer is an address that each checkpoint is sent to, as the plain text
// of a POST.
type CheckpointServer struct {
	Server rest.Config `yaml:",inline"`
}

func (d *decoder) checkAudit(c *Config) {
	a := &c.Audit
	d.require("audit.checkpoint_file", a.CheckpointFile == "" || filepath.Clean(a.CheckpointFile) != "." && !strings.HasSuffix(a.CheckpointFile, "/"),
		"names a folder: give the file that checkpoints are appended to")
	d.require("audit.key_file", a.KeyFile == "" || filepath.Clean(a.KeyFile) != "." && !strings.HasSuffix(a.KeyFile, "/"),
		"names a folder: give the file of the key")
	if a.CheckpointServer != nil {
		d.warnInsecure("audit.checkpoint_server", a.CheckpointServer.Server.Insecure())
	}
}

// finishAudit puts defaults in place and makes the path absolute.
func (d *decoder) finishAudit(c *Config) {
	if c.Audit.KeyFile != "" {
		c.Audit.KeyFile = d.resolve(c.Audit.KeyFile)
	}
	if c.Audit.CheckpointFile != "" {
		c.Audit.CheckpointFile = d.resolve(c.Audit.CheckpointFile)
	}
	if s := c.Audit.CheckpointServer; s != nil {
		s.Server = s.Server.WithDefaults()
	}
}
