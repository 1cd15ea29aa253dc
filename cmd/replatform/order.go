package main

import (
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves flags that stand behind an argument to its front, so that
// "replatform crawl URL --rate 1" means what it says: the library reads flags up to
// the first argument only. Everything behind "--" stays where it is.
func flagsFirst(app *cli.App, args []string) []string {
	if len(args) == 0 {
		return args
	}
	out := []string{args[0]}
	known, commands := app.Flags, app.Commands
	var flags, words []string
	for i := 1; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			words = append(words, args[i:]...)
			break
		}
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			if c := commandNamed(commands, arg); c != nil && len(words) == 0 {
				out = append(append(out, flags...), arg)
				flags, known, commands = nil, append(c.Flags, app.Flags...), c.Subcommands
				continue
			}
			words = append(words, arg)
			continue
		}
		flags = append(flags, arg)
		if takesValue(known, arg) && i+1 < len(args) {
			i++
			flags = append(flags, args[i])
		}
	}
	return append(append(out, flags...), words...)
}

// longDash is the first word before "--" whose hyphens a word processor, or a Japanese
// keyboard, has made one long dash; empty without one.
func longDash(args []string) string {
	for _, arg := range args {
		if arg == "--" {
			break
		}
		if first, size := utf8.DecodeRuneInString(arg); strings.ContainsRune("‐–—―−－ー", first) && len(arg) > size {
			return arg
		}
	}
	return ""
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// takesValue says whether the word behind a flag belongs to it.
func takesValue(known []cli.Flag, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	if strings.Contains(name, "=") {
		return false
	}
	for _, f := range known {
		for _, n := range f.Names() {
			if n == name {
				d, ok := f.(cli.DocGenerationFlag)
				return ok && d.TakesValue()
			}
		}
	}
	return false
}
