package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
)

// How often is told how far something is: to whoever is looking, when it has taken a
// second, and to a log.
const (
	quietFor   = time.Second
	tellEvery  = time.Second / 2
	writeEvery = 30 * time.Second
)

// progress tells on standard error how far something is: in one line that changes
// where somebody is looking, and in a line of its own now and then where not. It is
// used by one goroutine.
type progress struct {
	*program
	write func(text string) // where nobody is looking
	next  time.Time
	live  bool
	width int // of the line that stands there
}

func (p *program) progress() *progress {
	g := &progress{program: p, live: terminal(p.stderr), next: p.now().Add(writeEvery)}
	g.write = func(text string) { printf(p.stderr, "%s\n", text) }
	if g.live {
		g.next = p.now().Add(quietFor)
	}
	return g
}

// at tells that so much is done; a total of 0 is not known.
func (g *progress) at(what string, done, total int64) {
	now := g.now()
	if now.Before(g.next) {
		return
	}
	text := fmt.Sprintf("%s: %d", what, done)
	if total > 0 {
		text = fmt.Sprintf("%s of %d", text, total)
	}
	if !g.live {
		g.next = now.Add(writeEvery)
		g.write(text)
		return
	}
	g.next = now.Add(tellEvery)
	printf(g.stderr, "\r%s", text+strings.Repeat(" ", max(0, g.width-len(text))))
	g.width = max(g.width, len(text))
}

// reading tells how many statements a source has brought.
func (g *progress) reading(source string, statements int) {
	g.at("statements of "+source+" read", int64(statements), 0)
}

// end takes away the line that stands there.
func (g *progress) end() {
	if g.width > 0 {
		printf(g.stderr, "\r%s\r", strings.Repeat(" ", g.width))
		g.width = 0
	}
}

// terminal reports whether somebody is looking, or typing.
func terminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
