package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"github.com/urfave/cli/v2"

	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/planner/review"
)

func reviewCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:  "review",
		Usage: "settle the pairs that need a person: on a local web page, or in a sheet",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "pictures", Usage: "show the pictures of the shops, which asks their servers for them; they are links otherwise"},
			&cli.BoolFlag{Name: "no-open", Usage: "print the address of the page and open no browser"},
			&cli.StringFlag{Name: "by", Usage: "`NAME` that is stored with each decision", Value: "review"},
			&cli.StringFlag{Name: "export", Usage: "write the open rows to a .csv or .xlsx `FILE` instead"},
			&cli.BoolFlag{Name: "all", Usage: "with --export: every row, not only the open ones"},
			&cli.StringFlag{Name: "import", Usage: "read the decisions back from a .csv or .xlsx `FILE`"},
			&cli.BoolFlag{Name: "strict", Usage: "with --import: refuse the file if any row has a problem"},
		},
		Action: t.review,
	}
}

func (t *talk) review(c *cli.Context) error {
	out, in := c.String("export"), c.String("import")
	switch {
	case c.NArg() > 0:
		return t.usagef("usage.no-arguments", "review", c.Args().First())
	case out != "" && in != "":
		return t.usagef("usage.export-or-import")
	case c.Bool("all") && out == "" || c.Bool("strict") && in == "":
		return t.usagef("usage.review-flags")
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	if in != "" {
		return t.reviewImport(c, project, in)
	}
	if err := anyMatch(c.Context, project); err != nil {
		return err
	}
	if out != "" {
		return t.reviewExport(c, project, out)
	}
	err = review.Serve(c.Context, project, review.Options{
		Lang: t.lang.code, Pictures: c.Bool("pictures"), By: c.String("by"), Log: t.log,
		Ready: func(address string) { t.reviewReady(c, address) },
	})
	if err != nil {
		return err
	}
	t.say("review.ended")
	return nil
}

// anyMatch is planner.ErrNothingMatched when there is nothing to review yet.
func anyMatch(ctx context.Context, project *inventory.Project) error {
	found := errors.New("found")
	err := project.Matches(ctx, func(inventory.Match) error { return found })
	switch {
	case errors.Is(err, found):
		return nil
	case err != nil:
		return err
	}
	return planner.ErrNothingMatched
}

// reviewReady prints the address of the page and opens it where a person sits in
// front of the terminal.
func (t *talk) reviewReady(c *cli.Context, address string) {
	if t.json {
		if err := t.document(map[string]string{"address": address}); err != nil {
			t.fail(err)
		}
	} else {
		fmt.Fprintln(t.out, address) // --quiet too: without it there is no way in
	}
	t.say("review.how")
	if c.Bool("no-open") || !t.terminal {
		return
	}
	if err := openBrowser(c.Context, address); err != nil {
		t.say("review.no-browser")
		t.log.Debug("opening the browser", "error", err)
	}
}

// openBrowser asks the system to show an address, and does not wait for it.
func openBrowser(ctx context.Context, address string) error {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	cmd := exec.CommandContext(ctx, name, args...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	go func() { _ = cmd.Wait() }() // whether a browser came is seen on the screen
	return nil
}

func (t *talk) reviewExport(c *cli.Context, project *inventory.Project, name string) error {
	format, err := review.FormatOf(name)
	if err != nil {
		return usageError{err}
	}
	n := 0
	err = t.fileOrOut(name, func(w io.Writer) error {
		n, err = review.Export(c.Context, project, w, format, review.ExportOptions{Lang: t.lang.code, All: c.Bool("all")})
		return err
	})
	if err != nil {
		return err
	}
	if t.json {
		return t.document(map[string]any{"rows": n, "file": name})
	}
	t.result("review.exported", n, name)
	return nil
}

func (t *talk) reviewImport(c *cli.Context, project *inventory.Project, name string) error {
	format, err := review.FormatOf(name)
	if err != nil {
		return usageError{err}
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading the sheet: %w", err)
	}
	defer f.Close()
	report, err := review.Import(c.Context, project, f, format, review.ImportOptions{
		Lang: t.lang.code, By: c.String("by"), Strict: c.Bool("strict")})
	for _, p := range report.Problems {
		t.say("review.problem", name, p.Line, clean(p.Message))
	}
	if err != nil {
		return err
	}
	if t.json {
		if err := t.document(report); err != nil {
			return err
		}
	} else {
		t.result("review.imported", name, report.Rows, report.Saved, report.Unchanged, len(report.Problems))
		if report.Saved > 0 {
			t.result("review.replan")
		}
	}
	if len(report.Problems) > 0 {
		return errFindings
	}
	return nil
}
