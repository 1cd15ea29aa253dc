package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"replatform/crawler/atomicfile"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

func inventoryCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:  "inventory",
		Usage: "show what is known of a shop: counts, problems, or every page",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "side", Usage: "`old|new` shop", Value: string(catalog.Old)},
			&cli.StringFlag{Name: "format", Usage: "`table|csv|json|xlsx`", Value: "table"},
			&cli.StringSliceFlag{Name: "type", Usage: "only pages of this `TYPE`; may be given again"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write to `FILE` instead of standard output"},
			&cli.BoolFlag{Name: "bom", Usage: "begin a CSV with a byte order mark, for Excel"},
		},
		Action: t.inventory,
	}
}

func (t *talk) inventory(c *cli.Context) error {
	filter, err := t.pageFilter(c)
	if err != nil {
		return err
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	var write func(io.Writer) error
	switch format := c.String("format"); format {
	case "table":
		if t.json {
			counts, err := project.Counts(c.Context, filter.Side)
			if err != nil {
				return fmt.Errorf("counting pages: %w", err)
			}
			if filter.Side != catalog.Old {
				return t.document(counts)
			}
			worth, err := t.worthKnown(c.Context, project)
			if err != nil {
				return err
			}
			return t.document(struct {
				inventory.Counts
				Worth worthKnown `json:"worth"`
			}{counts, worth})
		}
		return t.inventoryTable(c, project, filter.Side)
	case "csv":
		write = func(w io.Writer) error {
			return project.WriteCSV(c.Context, w, filter, inventory.CSVOptions{BOM: c.Bool("bom")})
		}
	case "json":
		write = func(w io.Writer) error { return project.WriteJSON(c.Context, w, filter) }
	case "xlsx":
		if c.String("out") == "" {
			return t.usagef("usage.xlsx-out")
		}
		write = func(w io.Writer) error { return project.WriteXLSX(c.Context, w, filter) }
	default:
		return t.usagef("usage.format", format, "table, csv, json, xlsx")
	}
	if err := t.fileOrOut(c.String("out"), write); err != nil {
		return fmt.Errorf("writing the inventory: %w", err)
	}
	return nil
}

func (t *talk) pageFilter(c *cli.Context) (inventory.Filter, error) {
	f := inventory.Filter{Side: catalog.Side(c.String("side"))}
	if f.Side != catalog.Old && f.Side != catalog.New {
		return f, t.usagef("usage.side", c.String("side"))
	}
	for _, s := range c.StringSlice("type") {
		known := false
		for _, pt := range catalog.PageTypes() {
			known = known || string(pt) == s
		}
		if !known {
			return f, t.usagef("usage.type", s)
		}
		f.Types = append(f.Types, catalog.PageType(s))
	}
	return f, nil
}

// inventoryTable prints the counts: how many pages of each type, how they answered,
// which source knew them.
func (t *talk) inventoryTable(c *cli.Context, project *inventory.Project, side catalog.Side) error {
	ctx := c.Context
	shop, err := project.Shop(ctx, side)
	if err != nil {
		return err
	}
	counts, err := project.Counts(ctx, side)
	if err != nil {
		return fmt.Errorf("counting pages: %w", err)
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	name := shop.Platform
	if p, ok := reg.Get(shop.Platform); ok {
		name = p.Name(t.lang.code)
	}
	t.result("inventory.shop."+string(side), shop.StartURL, name, t.lang.text("confidence."+shop.Confidence))
	var rows [][]string
	for _, pt := range catalog.PageTypes() {
		if n := counts.ByType[pt]; n > 0 {
			rows = append(rows, []string{"  " + t.lang.text("type."+string(pt)), t.lang.text("number", n)})
		}
	}
	rows = append(rows, []string{"  " + t.lang.text("inventory.total"), t.lang.text("number", counts.Pages)})
	if err := t.table(rows); err != nil {
		return err
	}
	t.result("inventory.states", counts.ByState[inventory.Queued], counts.ByState[inventory.Failed], counts.ByState[inventory.Skipped], counts.ByState[inventory.Alias])
	if side == catalog.Old { // a new shop is read from feeds, not by its links
		t.result("inventory.orphans", counts.Orphans)
	}
	var sources []string
	for _, s := range sortedKeys(counts.BySource) {
		sources = append(sources, t.lang.text("inventory.source", t.sourceName(s), counts.BySource[s]))
	}
	t.result("inventory.sources", strings.Join(sources, t.lang.text("inventory.comma")))
	if side == catalog.Old {
		worth, err := t.worthKnown(ctx, project)
		if err != nil {
			return err
		}
		t.sayWorth(worth, false)
	}
	return t.findings(ctx, project, side)
}

// sourceName is who knew a page, in words where there are some.
func (t *talk) sourceName(source string) string {
	if key := "source." + source; t.lang.text(key) != key {
		return t.lang.text(key)
	}
	return source
}

// findings prints what the user should know of a crawl, each kind once.
func (t *talk) findings(ctx context.Context, project *inventory.Project, side catalog.Side) error {
	list, err := project.Findings(ctx, side)
	if err != nil {
		return fmt.Errorf("reading findings: %w", err)
	}
	type group struct {
		count   int
		example string
	}
	groups := map[string]group{}
	for _, f := range list {
		g := groups[f.Code]
		g.count += f.Count
		if g.example == "" {
			g.example = joinWords(f.URL, f.Message)
		}
		groups[f.Code] = g
	}
	for _, code := range sortedKeys(groups) {
		g := groups[code]
		what := t.lang.text("finding." + code)
		if what == "finding."+code { // rules of platforms carry their own word
			what = t.lang.text("finding.rule", code)
		}
		t.result("finding.line", what, g.count, clean(g.example))
	}
	return nil
}

func joinWords(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ": ")
}

// fileOrOut is where a command writes: the named file, whole or not at all, or
// standard output.
func (t *talk) fileOrOut(name string, write func(io.Writer) error) error {
	if name == "" || name == "-" {
		return write(t.out)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return &fs.PathError{Op: "writing", Path: name, Err: syscall.EISDIR}
	}
	return atomicfile.Write(name, 0o644, write)
}
