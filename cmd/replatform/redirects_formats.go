package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"replatform/redirects/engine"
)

// formats prints what is known of the engines: all, one, or one line each.
func (t *talk) formats(c *cli.Context) error {
	engines := engine.New(engine.Options{})
	if c.NArg() > 1 {
		return t.usagef("usage.one-format", c.Args().Get(1))
	}
	if id := c.Args().First(); id != "" {
		e, ok := engine.Get(id, engine.Options{})
		if !ok {
			return t.usagef("usage.engine", id)
		}
		engines = []engine.Engine{e}
	}
	if t.json {
		all := map[string]engine.Capabilities{}
		for _, e := range engines {
			all[e.ID()] = e.Capabilities()
		}
		return t.document(all)
	}
	if c.Bool("table") {
		if err := t.formatTable(engines); err != nil {
			return err
		}
		t.notWritten(c)
		return nil
	}
	for _, e := range engines {
		caps := e.Capabilities()
		name := caps.Name.In(t.lang.code)
		fmt.Fprintf(t.out, "%s – %s\n", e.ID(), name)
		w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
		for _, row := range caps.Table() {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", row.Name.In(t.lang.code), row.Value.In(t.lang.code), row.Evidence.Source, row.Evidence.Date)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	t.notWritten(c)
	return nil
}

// notWritten lists, behind all formats, the platforms for which there is none.
func (t *talk) notWritten(c *cli.Context) {
	if c.Args().Present() {
		return
	}
	fmt.Fprintf(t.out, "\n%s\n", t.lang.text("redirects.not-written"))
	for _, u := range engine.NotWritten() {
		fmt.Fprintf(t.out, "  %s: %s (%s, %s)\n", u.Name.In(t.lang.code), u.Why.In(t.lang.code), u.Evidence.Source, u.Evidence.Date)
	}
}

// formatTable prints one line for each engine: what decides most choices.
func (t *talk) formatTable(engines []engine.Engine) error {
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	for i, e := range engines {
		columns := e.Capabilities().Short()
		if i == 0 {
			heads := []string{"format"}
			for _, column := range columns {
				heads = append(heads, column.Name.In(t.lang.code))
			}
			fmt.Fprintln(w, strings.Join(heads, "\t"))
		}
		cells := []string{e.ID()}
		for _, column := range columns {
			cells = append(cells, column.Value.In(t.lang.code))
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}
