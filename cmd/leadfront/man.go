package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type manCmd struct{}

// Run prints the manual page, made from the same words as --help.
func (c *manCmd) Run(p *program) error {
	root, err := commandLine()
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, ".TH LEADFRONT 1 \"\" \"leadfront %s\"\n", roff(buildVersion().Version))
	b.WriteString(manHead)
	b.WriteString(".SH OPTIONS\n")
	manFlags(&b, root.Flags)
	b.WriteString(".SH COMMANDS\n")
	for _, l := range places(root)[1:] {
		n := find(root, strings.Fields(l.path))
		if len(l.below) > 0 {
			continue // its commands say what it does
		}
		fmt.Fprintf(&b, ".SS %s\n%s\n", roff(strings.TrimPrefix(n.Summary(), "leadfront ")), roff(n.Help))
		for _, a := range n.Positional {
			fmt.Fprintf(&b, ".TP\n.I %s\n%s\n", roff(a.Name), roff(a.Help))
		}
		manFlags(&b, n.Flags)
	}
	b.WriteString(manTail)
	_, err = io.WriteString(p.stdout, b.String())
	return err
}

// find walks down from a command.
func find(n *kong.Node, path []string) *kong.Node {
	for _, name := range path {
		for _, c := range n.Children {
			if c.Name == name {
				n = c
				break
			}
		}
	}
	return n
}

func manFlags(b *strings.Builder, flags []*kong.Flag) {
	for _, f := range flags {
		if f.Hidden {
			continue
		}
		name := "\\-\\-" + roff(f.Name)
		if f.Short != 0 {
			name = "\\-" + string(f.Short) + ", " + name
		}
		if !f.IsBool() {
			name += "=" + roff(f.FormatPlaceHolder())
		}
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", name, roff(f.Help))
	}
}

// roff is a text in which nothing commands.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(strings.TrimSpace(s))
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

const manHead = `.ad l
.SH NAME
leadfront \- leaders first, then their reports
.SH SYNOPSIS
.B leadfront
[\fB\-c\fR \fIFILE\fR] \fICOMMAND\fR [\fIARGUMENT\fR...]
.SH DESCRIPTION
leadfront sits beside a learning platform and holds a person's enrolment in a course until the person's leader has
completed the identical course. The moment the leader has, it lets the person in. It writes to the platform only what it
has logged before, and explains every decision.
`

const manTail = `.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
failed; also: a source could not be read, a change not be made, check found an error
.TP
.B 2
plan: there are changes
.TP
.B 64
the command line makes no sense
.SH SIGNALS
.TP
.B HUP
run reads its configuration again; one with a problem is refused, and the last good one stays
.TP
.B TERM, INT
run ends when the write under way has been written down
.SH ENVIRONMENT
.TP
.B LEADFRONT_CONFIG
the configuration file, where \-c does not say
.TP
.B NO_COLOR
nothing that leadfront prints is coloured, with it or without
.SH FILES
.TP
.I /etc/leadfront/leadfront.yaml
the configuration of the service
.TP
.I /var/lib/leadfront
its database and key
`
