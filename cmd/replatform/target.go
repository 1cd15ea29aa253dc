package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

func targetCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "target", ArgsUsage: "URL|FILE",
		Usage: "read the new shop: its feeds or a crawl, or its product CSV",
		Flags: append(fetchFlags(), platformsFlag(),
			&cli.StringFlag{Name: "base", Usage: "for a CSV: the `URL` under which the new shop will be found"},
			&cli.BoolFlag{Name: "strict", Usage: "for a CSV: refuse the file if any row is bad"},
			&cli.BoolFlag{Name: "same-address", Usage: "the new shop does answer at addresses of the old one: after the switch, or with --connect-to"}),
		Action: t.target,
	}
}

func (t *talk) target(c *cli.Context) error {
	if c.NArg() != 1 {
		return t.usagef("usage.one-target", "target")
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	arg := c.Args().First()
	if isFile(arg) {
		return t.targetFile(c, arg, reg)
	}
	if namesFile(arg) {
		_, err := os.Stat(arg)
		return withHint(fmt.Errorf("reading the new shop: %w", err), "hint.no-file")
	}
	cfg, err := t.crawlConfig(c, arg, reg)
	if err != nil {
		return err
	}
	progress, finish := t.watchCrawl("target.bar")
	cfg.Progress, cfg.SameAddress = progress, c.Bool("same-address")
	start, err := t.probe(c.Context, cfg)
	if err != nil {
		finish()
		return fmt.Errorf("reading the new shop: %w", err)
	}
	t.sayPlatform(start)
	t.sayDelay(start)
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Create: true, Log: t.log})
	if err != nil {
		finish()
		return err
	}
	defer project.Close()
	return t.read(c, start, project, catalog.New, finish, func() (crawler.Summary, error) {
		sum, err := crawler.Target(c.Context, start, project)
		if held, heldErr := project.Shop(withoutCancel(c), catalog.New); heldErr == nil && held.State == inventory.Ended && (err != nil || sum.Stopped != "") {
			finish()
			t.say("target.kept", clean(held.StartURL))
		}
		if err != nil {
			err = fmt.Errorf("reading the new shop %s: %w", start.URL(), err)
		}
		return sum, err
	})
}

func (t *talk) targetFile(c *cli.Context, name string, reg *platform.Registry) error {
	if c.String("base") == "" {
		return t.usagef("usage.base", name)
	}
	base, err := t.baseAddress(c.String("base"))
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading the new shop: %w", err)
	}
	defer f.Close()
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Create: true, Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	report, err := crawler.TargetFile(c.Context, name, f, reg, project,
		crawler.FileOptions{Base: base, Strict: c.Bool("strict"), SameAddress: c.Bool("same-address")})
	for _, r := range append(report.Refused, report.Doubts...) {
		t.say("csv.refused", name, r.Line, clean(r.In(t.lang.code)))
	}
	for _, note := range report.Notes {
		t.say("csv.note", name, clean(note.In(t.lang.code)))
	}
	if err != nil {
		return err
	}
	if t.json {
		return t.document(report)
	}
	t.result("csv.read", report.Kind.In(t.lang.code), report.Charset, report.Rows, report.Products, report.RefusedCount)
	if report.Addresses < report.Products {
		t.result("csv.stored", report.Addresses, report.Hidden, report.NoAddress)
	}
	t.say("csv.used", clean(strings.Join(report.Used, ", ")))
	if len(report.Ignored) > 0 {
		t.say("csv.ignored", clean(strings.Join(report.Ignored, ", ")))
	}
	return nil
}

// baseAddress is the address of --base, of which everything is stored.
func (t *talk) baseAddress(typed string) (*url.URL, error) {
	address, err := t.shopAddress(typed)
	if err != nil {
		return nil, err
	}
	base, err := crawler.ParseStart(address)
	if err != nil {
		return nil, fmt.Errorf("reading --base: %w", err)
	}
	base.User = nil
	if base.Host, err = crawler.ParseHost(base.Scheme + "://" + base.Host); err != nil {
		return nil, withHint(t.usagef("usage.shop-url", clean(typed)), "hint.bad-start")
	}
	return base, nil
}

// isFile says whether arg names a file that is there; an address never does.
func isFile(arg string) bool {
	if u, err := url.Parse(arg); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return false
	}
	info, err := os.Stat(arg)
	return err == nil && !info.IsDir()
}

// namesFile says whether arg, which no file has for its name, was meant as one by its
// ending. Where the ending is that of a domain too, the address needs its scheme.
func namesFile(arg string) bool {
	if strings.Contains(arg, "://") {
		return false
	}
	return slices.Contains([]string{".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".zip", ".gz"}, strings.ToLower(filepath.Ext(arg)))
}
