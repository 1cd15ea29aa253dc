package main

import (
	"flag"
	"io"
	"os"
	"strings"
	"testing"
)

// TestCommandsOfPlans: each command that a plan prints is one of the program's and
// takes the options that stand behind it. The list is kept by the tests of the plans.
func TestCommandsOfPlans(t *testing.T) {
	data, err := os.ReadFile("../../planner/report/testdata/golden/commands.txt")
	if err != nil {
		t.Fatal(err)
	}
	en, err := newLanguage("en")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) < 10 {
		t.Fatalf("only %d commands", len(lines))
	}
	for _, line := range lines {
		app := newApp(&talk{lang: en, out: io.Discard, err: io.Discard})
		args := flagsFirst(app, strings.Fields(line))[1:]
		c := commandNamed(app.Commands, args[0])
		if c == nil {
			t.Errorf("%s: there is no such command", line)
			continue
		}
		args = args[1:]
		if len(args) > 0 {
			if sub := commandNamed(c.Subcommands, args[0]); sub != nil {
				c, args = sub, args[1:]
			}
		}
		set := flag.NewFlagSet(line, flag.ContinueOnError)
		set.SetOutput(io.Discard)
		for _, f := range c.Flags {
			if err := f.Apply(set); err != nil {
				t.Fatal(err)
			}
		}
		if err := set.Parse(args); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
