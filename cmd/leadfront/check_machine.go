package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/web"
)

// scarce is how much room the log wants at least: years of it fit, and SQLite can
// still copy the database for a backup.
const scarce = 1 << 30

// checkMachine looks at what this machine gives: room, the ports, the key's rights.
func (p *program) checkMachine(s *site) []line {
	lines := []line{p.checkDisk(s.config.Data)}
	if l, ok := checkKey(s.config.Data); ok {
		lines = append(lines, l)
	}
	lines = append(lines, p.checkPort("listen", s.config.Listen))
	if s.config.Admin != "" {
		lines = append(lines, p.checkPort("admin", s.config.Admin))
	}
	return lines
}

func (p *program) checkDisk(dir string) line {
	l := line{Subject: "machine", Check: "disk", Result: checkOK}
	free, err := freeBytes(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		l.Result, l.Detail, l.Do = checkError, dir+" is not there", "leadfront init makes it"
		return l
	case err != nil:
		l.Result, l.Detail = checkWarning, fmt.Sprintf("nobody can tell how much room there is in %s: %v", dir, err)
		return l
	}
	l.Detail = fmt.Sprintf("%.1f GiB free in %s", float64(free)/(1<<30), dir)
	if free < scarce {
		l.Result, l.Do = checkWarning, "make room: a cycle that cannot be logged is not written either"
	}
	return l
}

// checkKey warns of a key that others may read: it signs the log. ok is false where
// there is none to look at, which opening the store tells of.
func checkKey(dir string) (l line, ok bool) {
	path := filepath.Join(dir, "leadfront.key")
	info, err := os.Stat(path)
	if err != nil {
		return line{}, false
	}
	l = line{Subject: "machine", Check: "key", Result: checkOK, Detail: fmt.Sprintf("%s, mode %04o", path, info.Mode().Perm())}
	if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		l.Result, l.Do = checkError, "chmod 600: whoever reads it can sign a log of their own"
	}
	return l, true
}

// checkPort tells a free port, one that our own daemon has, and one that somebody
// else has.
func (p *program) checkPort(key, address string) line {
	l := line{Subject: "machine", Check: key, Result: checkOK, Detail: address + " is free"}
	listener, err := web.Listen(p.ctx, address)
	if err == nil {
		_ = listener.Close()
		return l
	}
	if errors.Is(err, syscall.EADDRINUSE) && p.isOurs(address) {
		l.Detail = address + " is served by a running leadfront"
		return l
	}
	l.Result, l.Detail, l.Do = checkError, err.Error(), "choose another address as "+key
	return l
}

// isOurs reports whether a leadfront answers there, with health or, on the admin
// address, with a reload that wants another method.
func (p *program) isOurs(address string) bool {
	client, err := rest.New(rest.Config{URL: "http://" + address, Timeout: 5 * time.Second, Retries: -1}, rest.Gets(), nil)
	if err != nil {
		return false
	}
	healthy, err := client.R().SetContext(p.ctx).Get("/-/healthy")
	if err == nil && strings.TrimSpace(healthy.String()) == "healthy" {
		return true
	}
	reload, err := client.R().SetContext(p.ctx).Get("/-/reload")
	return err == nil && reload.StatusCode() == http.StatusMethodNotAllowed
}
