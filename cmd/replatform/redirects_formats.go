package main

import (
	"fmt"
	"strings"

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
		var rows [][]string
		for _, row := range caps.Table() {
			rows = append(rows, []string{"  " + row.Name.In(t.lang.code), row.Value.In(t.lang.code), t.evidence(row.Evidence.Source), t.evidence(row.Evidence.Date)})
		}
		if err := t.table(rows); err != nil {
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
		fmt.Fprintf(t.out, "  %s: %s (%s, %s)\n", u.Name.In(t.lang.code), u.Why.In(t.lang.code), t.evidence(u.Evidence.Source), t.evidence(u.Evidence.Date))
	}
}

// evidence is a source or a date of the engines' facts, with their English words in the
// language; addresses and names stay.
func (t *talk) evidence(s string) string {
	for _, key := range []string{"evidence.own-format", "evidence.not-written", "evidence.measured", "evidence.undated-read", "evidence.undated", "evidence.read", "evidence.none"} {
		if english := evidenceWords()[key]; strings.HasPrefix(s, english) {
			return t.lang.text(key) + strings.TrimPrefix(s, english)
		}
	}
	return s
}

// evidenceWords are the words with which the engines' facts say where they are from.
func evidenceWords() map[string]string {
	return map[string]string{
		"evidence.own-format": "format of this program", "evidence.not-written": "not written by this program",
		"evidence.measured": "measured: ", "evidence.undated-read": "undated, read ", "evidence.undated": "undated",
		"evidence.read": "read ", "evidence.none": "no source found",
	}
}

// formatTable prints one line for each engine: what decides most choices.
func (t *talk) formatTable(engines []engine.Engine) error {
	var rows [][]string
	for i, e := range engines {
		columns := e.Capabilities().Short()
		if i == 0 {
			heads := []string{t.lang.text("formats.format")}
			for _, column := range columns {
				heads = append(heads, column.Name.In(t.lang.code))
			}
			rows = append(rows, heads)
		}
		cells := []string{e.ID()}
		for _, column := range columns {
			cells = append(cells, column.Value.In(t.lang.code))
		}
		rows = append(rows, cells)
	}
	return t.table(rows)
}
