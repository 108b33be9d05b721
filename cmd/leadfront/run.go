package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/leadfront/leadfront/config"
)

// Exit codes, the same for every command but plan, which has 2 for changes.
const (
	exitOK      = 0
	exitFailure = 1
	exitChanges = 2  // plan: there is something to do
	exitUsage   = 64 // the command line makes no sense (sysexits.h)
)

// cli is the command line. Field tags are its documentation.
type cli struct {
	Config string `short:"c" default:"leadfront.yaml" help:"Configuration file; also LEADFRONT_CONFIG." type:"path"`
	Output string `short:"o" default:"text" enum:"text,json" help:"Output for people (text) or for programs (json)."`

	Demo       demoCmd       `cmd:"" help:"Play a whole roll-out in a small company on this machine."`
	Init       initCmd       `cmd:"" help:"Write an example configuration, and make the store and its key."`
	Check      checkCmd      `cmd:"" help:"Look at the configuration and at every system it names; writes nothing."`
	Plan       planCmd       `cmd:"" help:"Show what would be done now; writes nothing. Exit 0: nothing, 2: changes, 1: failure."`
	Sync       syncCmd       `cmd:"" help:"Run one cycle."`
	Run        runCmd        `cmd:"" help:"Run as a daemon."`
	Explain    explainCmd    `cmd:"" help:"Say why a person is where they are."`
	Inspect    inspectCmd    `cmd:"" help:"Say what statements would prove, and if nothing, why."`
	Approve    approveCmd    `cmd:"" help:"Let a refused plan through, once."`
	Org        orgCmd        `cmd:"" help:"Check the organisation, show it, compare one in quarantine, or approve it."`
	Waive      waiveCmd      `cmd:"" help:"Grant, list and revoke exemptions."`
	Audit      auditCmd      `cmd:"" help:"Verify, prove and export the audit log; erase people from it."`
	Attest     attestCmd     `cmd:"" help:"Vouch that a person has completed the course, where the records do not show it."`
	Disown     disownCmd     `cmd:"" help:"Give up the hold on a person without a write: the enrolment stays as it is."`
	ReleaseAll releaseAllCmd `cmd:"" help:"Pause a programme and lift every hold of it: the emergency exit."`
	Resume     resumeCmd     `cmd:"" help:"Take a programme up again after release-all."`
	Adopt      adoptCmd      `cmd:"" help:"Let whoever is enrolled through a gate that is closed by default, before it goes on; shows them first."`
	Backfill   backfillCmd   `cmd:"" help:"Read the records again from a day on; goes on where it stopped."`
	Newsletter newsletterCmd `cmd:"" help:"Print what leaders have shared in a month: Markdown, HTML, or a mail."`
	Notices    noticesCmd    `cmd:"" help:"Show who would be told what now, by mail or webhook; sends nothing."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Completion completionCmd `cmd:"" help:"Print a script that completes commands in a shell."`
	Man        manCmd        `cmd:"" help:"Print the manual page."`
}

// program is what every command works with: the outside world, handed in.
type program struct {
	ctx    context.Context
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
	cli    *cli
	// configNamed: the configuration's place was given, not assumed.
	configNamed bool
}

// code is an exit code that is no error to be printed.
type code int

func (c code) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// run is the program. It returns the exit code and touches nothing but what it is
// given, the files that the configuration names, and the network.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	p := &program{ctx: ctx, getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now, cli: &cli{}}
	defer func() {
		// kong leaves by its exit function, after --help for example.
		switch r := recover().(type) {
		case nil:
		case code:
			status = int(r)
		default:
			panic(r)
		}
	}()
	parser, err := kong.New(p.cli, kong.Name("leadfront"), kong.Writers(stdout, stderr),
		kong.Description("Leaders first: holds a person's enrolment until their leader has completed the identical course."),
		kong.Exit(func(c int) { panic(code(c)) }), kong.UsageOnError(), kong.Bind(p),
		kong.Resolvers(environment(getenv)))
	if err != nil {
		printf(stderr, "leadfront: %v\n", err)
		return exitFailure
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		printf(stderr, "leadfront: %v\n", err)
		printf(stderr, "  %s --help says what there is\n", asked(err))
		return exitUsage
	}
	for _, path := range chosen.Path {
		p.configNamed = p.configNamed || (path.Flag != nil && path.Flag.Name == "config")
	}
	p.configNamed = p.configNamed || getenv("LEADFRONT_CONFIG") != ""
	return p.exit(chosen.Run(p))
}

// asked is the command of a command line that makes no sense, as far as it is one.
func asked(err error) string {
	var parsing *kong.ParseError
	if errors.As(err, &parsing) && parsing.Context.Command() != "" {
		return "leadfront " + strings.TrimSpace(strings.SplitN(parsing.Context.Command(), "<", 2)[0])
	}
	return "leadfront"
}

// environment resolves the configuration's place from the environment that was
// handed in.
func environment(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if flag.Name == "config" {
			if v := getenv("LEADFRONT_CONFIG"); v != "" {
				return v, nil
			}
		}
		return nil, nil
	})
}

// exit prints the error, if it is one, and turns it into an exit code.
func (p *program) exit(err error) int {
	var c code
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &c):
		return int(c)
	}
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, problem := range problems {
			printf(p.stderr, "%s\n", problem.String())
		}
		printf(p.stderr, "leadfront: problems in the configuration: %d\n", len(problems))
		return exitFailure
	}
	printf(p.stderr, "leadfront: %v\n", err)
	return exitFailure
}

// logger is the log of a command; for anything but the daemon only warnings.
func (p *program) logger(c config.Log, daemon bool) *slog.Logger {
	level := slog.LevelWarn
	if daemon {
		_ = level.UnmarshalText([]byte(c.Level)) // config has checked it
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, o))
	}
	return slog.New(slog.NewTextHandler(p.stderr, o))
}
