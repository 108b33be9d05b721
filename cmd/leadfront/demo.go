package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
)

type demoCmd struct {
	Headless bool   `help:"End with a summary instead of serving until Ctrl-C."`
	Dir      string `help:"Folder for the configuration and the log; a new one under the temporary folder when left out." type:"path"`
}

// demo is a small company with the daemon beside it, and the log that is watched.
type demo struct {
	*program
	dir     string
	config  string
	company *sandbox.Company
	log     *store.Store // opened for reading, beside the daemon
	watch   *watcher
}

// Run plays the roll-out. Everything that happens in it is done by the same
// commands and the same daemon as in an office; what is printed comes from the
// audit log alone.
func (c *demoCmd) Run(p *program) error {
	d, err := p.openDemo(c.Dir)
	if err != nil {
		return err
	}
	return d.run(c.Headless)
}

// run plays the story beside the daemon, and ends with it or with Ctrl-C.
func (d *demo) run(headless bool) (err error) {
	p := d.program
	defer func() { err = errors.Join(err, d.company.Close()) }()
	ctx, stop := context.WithCancel(p.ctx)
	defer stop()
	daemon := make(chan error, 1)
	file, err := os.Create(filepath.Join(d.dir, "daemon.log"))
	if err != nil {
		return fmt.Errorf("open the daemon's log: %w", err)
	}
	defer file.Close()
	go func() {
		defer stop()
		daemon <- (&runCmd{inside: true}).Run(d.beside(ctx, io.Discard, file))
	}()
	err = d.play(ctx)
	if err == nil && !headless {
		err = d.serveOn(ctx)
	}
	if p.ctx.Err() != nil {
		err = nil // Ctrl-C is how a demo ends
	}
	stop()
	return errors.Join(err, <-daemon, d.log.Close())
}

// serveOn leaves something to decide, says where, and goes on until the context ends.
func (d *demo) serveOn(ctx context.Context) error {
	if err := d.company.Leaves(vollman); err != nil {
		return err
	}
	printf(d.stdout, "\nStill running; Ctrl-C ends it. Now it is up to you: Shanta Vollman leaves, and her people would be released by that alone.\n")
	printf(d.stdout, "Be Olga Operator on the pages, look at Act, and decide. Or try in another terminal (go run ./cmd/leadfront is leadfront, too):\n  leadfront -c %s explain 104\n", d.config)
	return d.watch.forever(ctx)
}

// beside is the program with another configuration and other outputs.
func (d *demo) beside(ctx context.Context, stdout, stderr io.Writer) *program {
	p := *d.program
	p.ctx, p.stdout, p.stderr = ctx, stdout, stderr
	p.cli = &cli{Config: d.config, Output: "text"}
	return &p
}

// openDemo opens the company, writes its configuration and makes its store.
func (p *program) openDemo(dir string) (*demo, error) {
	var err error
	if dir == "" {
		dir, err = os.MkdirTemp("", "leadfront-demo-")
	} else {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return nil, fmt.Errorf("make the demo's folder: %w", err)
	}
	d := &demo{program: p, dir: dir, config: filepath.Join(dir, "leadfront.yaml")}
	if d.company, err = sandbox.NewCompany(p.ctx, dir, p.now); err != nil {
		return nil, err
	}
	listen, err := freePort(p.ctx)
	var face string
	if err == nil {
		face, err = freePort(p.ctx)
	}
	if err == nil {
		err = d.company.OpenPortal(p.ctx, face)
	}
	if err == nil {
		err = os.WriteFile(d.config, []byte(d.company.Config(listen)), 0o600)
	}
	if err == nil {
		err = (&initCmd{}).Run(d.beside(p.ctx, io.Discard, p.stderr))
	}
	if err == nil {
		d.log, err = store.Open(p.ctx, filepath.Join(dir, "data"), store.Options{ReadOnly: true})
	}
	if err != nil {
		return nil, errors.Join(err, d.company.Close())
	}
	d.watch = newWatcher(d.log, p.stdout)
	printf(p.stdout, "A company of %d people, with its LRS, HR file and Moodle on loopback.\n", len(d.company.People()))
	printf(p.stdout, "Configuration %s\nAudit log     %s\nMetrics       http://%s/metrics\nPages         %s (choose who to be)\n", d.config, filepath.Join(dir, "data", "leadfront.db"), listen, d.company.PortalURL)
	printf(p.stdout, "Every line below is an entry of the audit log.\n\n")
	return d, nil
}

// freePort finds a port of 127.0.0.1 that nobody listens on.
func freePort(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
