package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints a script that completes commands and flags. It is whole in itself:
// completing runs nothing.
func (c *completionCmd) Run(p *program) error {
	root, err := commandLine()
	if err != nil {
		return err
	}
	all := places(root)
	var script string
	switch c.Shell {
	case "bash":
		script = fmt.Sprintf(bashScript, cases(all, steps), cases(all, func(l place) string { return fmt.Sprintf("list=%q", l.words()) }))
	case "zsh":
		script = fmt.Sprintf(zshScript, cases(all, steps), cases(all, func(l place) string { return "list=(" + l.words() + ")" }))
	case "fish":
		script = fishScript(all)
	}
	_, err = fmt.Fprint(p.stdout, script)
	return err
}

// commandLine is the program's command line as data.
func commandLine() (*kong.Node, error) {
	parser, err := kong.New(&cli{}, kong.Name("leadfront"))
	if err != nil {
		return nil, fmt.Errorf("describe the command line: %w", err)
	}
	return parser.Model.Node, nil
}

// place is where somebody is on the command line: after no command, after org,
// after org check.
type place struct {
	path  string // the commands before, with spaces
	below []*kong.Node
	flags []*kong.Flag // those of the place, and of all before it
}

// places lists every place, outer ones first.
func places(n *kong.Node) []place {
	here := place{path: pathOf(n)}
	for at := n; at != nil; at = at.Parent {
		for _, f := range at.Flags {
			if !f.Hidden {
				here.flags = append(here.flags, f)
			}
		}
	}
	var deeper []place
	for _, c := range n.Children {
		if c.Type == kong.CommandNode && !c.Hidden {
			here.below = append(here.below, c)
			deeper = append(deeper, places(c)...)
		}
	}
	return append([]place{here}, deeper...)
}

func pathOf(n *kong.Node) string {
	if n.Parent == nil {
		return ""
	}
	return strings.TrimSpace(pathOf(n.Parent) + " " + n.Name)
}

// words are what may follow there.
func (l place) words() string {
	var list []string
	for _, c := range l.below {
		list = append(list, c.Name)
	}
	for _, f := range l.flags {
		list = append(list, "--"+f.Name)
	}
	return strings.Join(list, " ")
}

// steps leads from one place to those below it.
func steps(l place) string {
	if len(l.below) == 0 {
		return ":"
	}
	var names []string
	for _, c := range l.below {
		names = append(names, c.Name)
	}
	return "case $word in " + strings.Join(names, "|") + ") at=\"${at:+$at }$word\" ;; esac"
}

// cases is one branch of a shell's case for each place.
func cases(all []place, branch func(place) string) string {
	var b strings.Builder
	for _, l := range all {
		fmt.Fprintf(&b, "      %q) %s ;;\n", l.path, branch(l))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const bashScript = `# bash completion for leadfront; load it from ~/.bashrc:
#   source <(leadfront completion bash)
_leadfront() {
  local at= word list=
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $at in
%s
    esac
  done
  case $at in
%s
  esac
  COMPREPLY=($(compgen -W "$list" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _leadfront leadfront
`

const zshScript = `#compdef leadfront
# zsh completion for leadfront; put it as _leadfront into a folder of $fpath.
_leadfront() {
  local at= word
  local -a list
  for word in "${(@)words[2,CURRENT-1]}"; do
    case $at in
%s
    esac
  done
  case $at in
%s
  esac
  compadd -a list || _files
}
_leadfront "$@"
`

// fishScript has one line for every command and flag.
func fishScript(all []place) string {
	var b strings.Builder
	b.WriteString("# fish completion for leadfront; put it into ~/.config/fish/completions/leadfront.fish\n")
	for _, l := range all {
		when := "__fish_use_subcommand"
		if l.path != "" {
			when = "__fish_seen_subcommand_from " + strings.ReplaceAll(l.path, " ", "; and __fish_seen_subcommand_from ")
		}
		for _, c := range l.below {
			fmt.Fprintf(&b, "complete -c leadfront -n %q -f -a %s -d %q\n", when, c.Name, c.Help)
		}
		for _, f := range l.flags {
			fmt.Fprintf(&b, "complete -c leadfront -n %q -l %s -d %q\n", when, f.Name, f.Help)
		}
	}
	return b.String()
}
