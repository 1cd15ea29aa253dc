package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"replatform/crawler/atomicfile"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/planner/report"
	"replatform/redirects"
	"replatform/redirects/engine"
)

func redirectsCommand(t *talk) *cli.Command {
	mapFlags := []cli.Flag{
		&cli.StringFlag{Name: "format", Usage: "redirect `FORMAT`; see: replatform redirects formats"},
		&cli.StringFlag{Name: "map", Usage: "take the rows of this `FILE` instead of the project's plan: a CSV, or what nginx, Apache, a host or a plugin has"},
		&cli.StringFlag{Name: "as", Usage: "`KIND` of that file where it is not recognised: " + kindList()},
		&cli.StringFlag{Name: "base", Usage: "address `URL` before targets that have no host, as in https://new.example"},
		&cli.BoolFlag{Name: "drop-query", Usage: "with a file: leave out the query of a request where a row would carry it over to its target, for an engine that cannot"},
		&cli.StringFlag{Name: "service-plan", Usage: "`PLAN` of the service where limits depend on it"},
	}
	out := &cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "folder `DIR`", Value: "redirects"}
	host := &cli.StringFlag{Name: "host", Usage: "old `HOST` of rows that name none, for formats that name it in every row"}
	with := func(more ...cli.Flag) []cli.Flag { return append(more, mapFlags...) }
	return &cli.Command{
		Name:  "redirects",
		Usage: "the redirect map for one engine or platform",
		Subcommands: []*cli.Command{
			{Name: "export", Usage: "write the map for one engine, with instructions; refused rows go to refused.csv", Flags: with(out, host), Action: t.export},
			{
				Name: "convert", Usage: "write a file of redirects that exists for another engine; what cannot be taken over goes to refused.csv", ArgsUsage: "FILE",
				Flags: with(out, host), Action: t.convert,
			},
			{Name: "audit", Usage: "check the map, alone or for one engine; exit code 3 when rows are refused", Flags: with(host), Action: t.audit},
			{
				Name: "compact", Usage: "make the map smaller for one engine without changing any answer; says what each row replaces",
				Flags: with(
					host,
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the smaller map as JSON lines into `FILE`; --map reads it again"},
					&cli.BoolFlag{Name: "captures", Usage: "let one row such as /?pid={id} stand for all of its shape; it answers for numbers that nobody has seen too"},
				), Action: t.compact,
			},
			{
				Name: "check", Usage: "ask a running engine every row that was exported for it; stores the answers as proof when the rows are the plan's",
				Flags: with(
					&cli.StringFlag{Name: "at", Usage: "address `ADDR` of the engine, as in 127.0.0.1:18080"},
					&cli.StringFlag{Name: "host", Usage: "old `HOST` of rows that name none", Value: "old.invalid"},
					&cli.IntFlag{Name: "concurrency", Usage: "requests under way at once", Value: 8},
				), Action: t.check,
			},
			{
				Name: "serve", Usage: "answer the old addresses from the map on this machine, for tests and small shops; a changed --map is read again",
				Flags: with(
					&cli.StringFlag{Name: "listen", Usage: "address `ADDR` to open", Value: "127.0.0.1:18090"},
					&cli.BoolFlag{Name: "access-log", Usage: "one line on standard error for each request, without IP addresses"},
				), Action: t.serve,
			},
			{
				Name: "formats", Usage: "list the formats with what each engine sees and takes", ArgsUsage: "[FORMAT]",
				Flags: []cli.Flag{&cli.BoolFlag{Name: "table", Usage: "one line for each format"}}, Action: t.formats,
			},
		},
	}
}

// auditedMap audits the map of the command, of the file named or of the plan, and says
// what an engine may know of it. rows are those of the plan, nil for a file.
func (t *talk) auditedMap(c *cli.Context) (audit *redirects.AuditResult, o engine.Options, rows []inventory.PlanRow, err error) {
	if name := c.String("map"); name != "" {
		m, err := t.mapFile(c, name)
		if err != nil {
			return nil, o, nil, err
		}
		audit, err = redirects.Audit(c.Context, m, redirects.AuditOptions{})
		return audit, o, nil, err
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return nil, o, nil, err
	}
	defer project.Close()
	err = project.Plan(c.Context, func(r inventory.PlanRow) error {
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		return nil, o, nil, fmt.Errorf("reading the plan: %w", err)
	}
	if len(rows) == 0 {
		return nil, o, nil, withHint(t.errorf("err.no-plan"), "hint.plan-first")
	}
	old, err := project.Shop(c.Context, catalog.Old)
	if err != nil && !errors.Is(err, inventory.ErrNoShop) {
		return nil, o, nil, err
	}
	o.Hosts = planner.RuleHosts(rows)
	if o.Live, err = livePaths(c.Context, project); err != nil {
		return nil, o, nil, err
	}
	audit, err = redirects.Audit(c.Context, planner.Rules(rows), redirects.AuditOptions{Hosts: planner.RowHosts(rows, old.Hosts), Live: o.Live})
	return audit, o, rows, err
}

// livePaths says which paths, with their queries, the new shop answers itself.
func livePaths(ctx context.Context, project *inventory.Project) (func(string) bool, error) {
	paths := map[string]bool{}
	err := project.Pages(ctx, inventory.Filter{Side: catalog.New}, func(p inventory.Page, _ *catalog.Product) error {
		if p.State != inventory.Done || p.Status >= 300 {
			return nil
		}
		if src, err := redirects.ParseSource(p.URL); err == nil {
			paths[src.RequestTarget()] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the new shop: %w", err)
	}
	return func(path string) bool { return paths[path] }, nil
}

// selected audits the map and lets the engine sort out what it would not honour.
func (t *talk) selected(c *cli.Context) (engine.Engine, *redirects.AuditResult, *engine.Selection, error) {
	id := c.String("format")
	host, err := t.hostFlag(c)
	if err != nil {
		return nil, nil, nil, err
	}
	audit, o, rows, err := t.auditedMap(c)
	if name := c.String("map"); err == nil && name != "" && audit.Rows == 0 {
		return nil, nil, nil, withHint(t.errorf("err.no-rows", name), "hint.redirect-rows")
	}
	if err != nil || id == "" {
		return nil, audit, nil, err
	}
	o.Plan, o.Host = c.String("service-plan"), host
	e, ok := engine.Get(id, o)
	if !ok {
		return nil, nil, nil, t.usagef("usage.engine", id)
	}
	m := audit.Accepted
	if e.Capabilities().NamesHost {
		m = planner.WithHosts(m, rows)
	}
	sel, err := engine.Select(c.Context, e, m)
	return e, audit, sel, err
}

// hostFlag is the host of rows that name none, as the user gave it; empty: not given.
func (t *talk) hostFlag(c *cli.Context) (string, error) {
	if !c.IsSet("host") {
		return "", nil
	}
	src, err := redirects.ParseSource("https://" + c.String("host") + "/")
	if err != nil || src.Host == "" || src.RequestTarget() != "/" {
		return "", t.usagef("usage.host", c.String("host"))
	}
	return src.Host, nil
}

func (t *talk) export(c *cli.Context) error {
	if c.String("format") == "" {
		return t.usagef("usage.export-format")
	}
	if _, ok := engine.Get(c.String("format"), engine.Options{}); !ok {
		return t.usagef("usage.engine", c.String("format"))
	}
	e, audit, sel, err := t.selected(c)
	if err != nil {
		return err
	}
	dir := c.String("out")
	if err := e.Write(c.Context, engine.DirSink(dir), sel.Map()); err != nil {
		return err
	}
	for _, lang := range languages() {
		err := atomicfile.Write(filepath.Join(dir, "README."+lang+".md"), 0o644, func(w io.Writer) error {
			_, err := io.WriteString(w, planner.Instructions(e, lang))
			return err
		})
		if err != nil {
			return fmt.Errorf("writing the instructions: %w", err)
		}
	}
	refused := planner.RefusedRows(audit, sel)
	name := filepath.Join(dir, "refused.csv")
	if len(refused) == 0 {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("removing the refused rows of an earlier export: %w", err)
		}
	} else {
		err := atomicfile.Write(name, 0o644, func(w io.Writer) error { return report.RefusedCSV(w, refused, t.lang.code) })
		if err != nil {
			return fmt.Errorf("writing the refused rows: %w", err)
		}
	}
	if t.json {
		return t.document(map[string]any{"format": e.ID(), "written": sel.Written, "merged": sel.Merged, "refused": len(refused), "folder": dir})
	}
	t.result("redirects.exported", sel.Covered(), e.ID(), len(refused))
	t.captured(audit)
	if n := audit.Count(redirects.SeverityWarn) - audit.Counts[redirects.CodeCaptured]; n > 0 {
		t.result("redirects.look", n)
	}
	t.queriesKept(c, refused)
	if len(refused) > 0 {
		t.result("redirects.refused-file", name)
		return errFindings
	}
	return nil
}

// captured says which rows answer for addresses that nobody has seen.
func (t *talk) captured(audit *redirects.AuditResult) {
	for _, f := range audit.Findings {
		if f.Code == redirects.CodeCaptured {
			t.result("redirects.refused", f.Line, clean(f.Source), clean(f.Text().In(t.lang.code)))
		}
	}
}

func (t *talk) audit(c *cli.Context) error {
	_, audit, sel, err := t.selected(c)
	if err != nil {
		return err
	}
	refused := planner.RefusedRows(audit, sel)
	kept := audit.Kept
	if sel != nil {
		kept = sel.Covered()
	}
	if t.json {
		if err := t.document(map[string]any{"rows": audit.Rows, "kept": kept, "refused": refused, "counts": audit.Counts, "findings": noted(audit)}); err != nil {
			return err
		}
	} else {
		t.result("redirects.audit", audit.Rows, kept, len(refused))
		t.noted(audit)
		for _, r := range refused {
			t.result("redirects.refused", r.Line, clean(r.OldURL), clean(r.Reason.In(t.lang.code)))
			if next := r.Next.In(t.lang.code); next != "" {
				t.result("redirects.next", next)
			}
		}
		t.queriesKept(c, refused)
	}
	if len(refused) > 0 {
		return errFindings
	}
	return nil
}
