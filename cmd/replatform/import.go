package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
)

func importCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "import", ArgsUsage: "FILE…",
		Usage: "add old addresses and what they are worth from files you have; without FILE: show what is known",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "as", Usage: "take the files for this `KIND` (see --formats) instead of recognising them"},
			&cli.StringFlag{Name: "period", Usage: "the `FIRST/LAST` day of the figures, where the file does not tell: 2025-08-01/2026-10-31"},
			&cli.StringFlag{Name: "currency", Usage: "the currency of revenue in the files: `JPY`"},
			&cli.StringSliceFlag{Name: "host", Usage: "the old shop answers on this `HOST` too; may be given again"},
			&cli.StringSliceFlag{Name: "forget-host", Usage: "take back that the old shop answers on this `HOST`; what files have named there stays"},
			&cli.StringFlag{Name: "path", Usage: "the `PATH` of a product page, for product files that do not tell it: '/{handle}.html', '/view/item/{id}'"},
			&cli.StringFlag{Name: "closed", Usage: "the old shop at `URL` no longer answers: take its pages from the files alone; --platform says what it ran on"},
			&cli.BoolFlag{Name: "strict", Usage: "refuse a file if any row is bad"},
			&cli.BoolFlag{Name: "after", Usage: "the files are Search Console's pages of days after the switch, of the old shop's property or of the new one's; the plan compares them with the time before"},
			&cli.BoolFlag{Name: "check", Usage: "then ask the pages that only files know, whether they still answer"},
			&cli.StringSliceFlag{Name: "forget", Usage: "take back a file that was imported, by its `NUMBER` in the list that import without FILE prints, or by its name; may be given again"},
			&cli.BoolFlag{Name: "formats", Usage: "print the kinds of files that are read, in Markdown"},
			platformsFlag(),
		}, fetchFlags()...),
		Action: t.importFiles,
	}
}

func (t *talk) importFiles(c *cli.Context) error {
	if c.Bool("formats") {
		return sources.WriteFormats(t.out, t.lang.code)
	}
	o, err := t.importOptions(c)
	if err != nil {
		return err
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log, Create: c.IsSet("closed")})
	if err != nil {
		return err
	}
	defer project.Close()
	if err := t.closeShop(c, project, reg); err != nil {
		return err
	}
	if _, err := project.Shop(c.Context, catalog.Old); err != nil {
		return err
	}
	if err := t.changeHosts(c, project); err != nil {
		return err
	}
	var doc importDocument
	if wanted := c.StringSlice("forget"); len(wanted) > 0 {
		done, err := t.forgetFiles(c.Context, wanted, project)
		if err != nil {
			return err
		}
		doc.Forgotten = done.Imports
	}
	if c.Bool("after") {
		return t.importAfter(c, o.Options, project)
	}
	failed := 0
	for _, name := range c.Args().Slice() {
		done, err := t.importFile(c, name, o, project, reg)
		if err != nil {
			if c.Context.Err() != nil {
				return err
			}
			t.fail(explained(name, err))
			failed++
			doc.Failed = append(doc.Failed, failedFile{filepath.Base(name), err.Error()})
			continue
		}
		doc.Files = append(doc.Files, fileOf(done))
	}
	if c.Bool("check") {
		if err := t.checkImported(c, project, reg); err != nil {
			return err
		}
	}
	sum, err := t.worthKnown(c.Context, project)
	if err != nil {
		return err
	}
	if doc.Worth = sum; t.json {
		if err := t.document(doc); err != nil {
			return err
		}
	} else {
		if c.NArg() == 0 {
			t.sayFiles(sum.Files)
		}
		t.sayWorth(sum, true)
	}
	if failed > 0 {
		return t.errorf("err.not-imported", failed, c.NArg())
	}
	return nil
}

// closeShop notes what --closed says.
func (t *talk) closeShop(c *cli.Context, project *inventory.Project, reg *platform.Registry) error {
	if !c.IsSet("closed") {
		return nil
	}
	if c.Bool("check") {
		return t.usagef("usage.closed-check")
	}
	start, err := url.Parse(c.String("closed"))
	if err != nil || start.Host == "" || start.Scheme != "http" && start.Scheme != "https" {
		return t.usagef("usage.closed", c.String("closed"))
	}
	if start.Host, err = crawler.ParseHost(start.Scheme + "://" + start.Host); err != nil {
		return t.usagef("usage.closed", c.String("closed"))
	}
	if _, err := project.Shop(c.Context, catalog.Old); errors.Is(err, inventory.ErrNoShop) && !c.IsSet("platform") {
		return t.usagef("usage.closed-platform")
	}
	return crawler.CloseShop(c.Context, project, start, c.String("platform"), reg)
}

// changeHosts notes what --host and --forget-host say of the old shop. Hosts that files come
// with are noted with the first file that is stored.
func (t *talk) changeHosts(c *cli.Context, project *inventory.Project) error {
	for _, typed := range c.StringSlice("forget-host") {
		if err := crawler.ForgetHost(c.Context, project, typed); err != nil {
			return err
		}
	}
	if c.NArg() == 0 {
		if err := crawler.AddHosts(c.Context, project, c.StringSlice("host")...); err != nil {
			return err
		}
	}
	if !c.IsSet("forget-host") && !(c.IsSet("host") && c.NArg() == 0) {
		return nil
	}
	shop, err := project.Shop(c.Context, catalog.Old)
	if err != nil {
		return err
	}
	t.say("import.hosts", clean(strings.Join(shop.Hosts, t.lang.text("list.comma"))))
	return nil
}

// explained gives an error about a file the hint that fits it.
func explained(name string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return withHint(err, "hint.no-file")
	}
	var header *sources.HeaderError
	if errors.As(err, &header) && len(header.Addresses) > 0 {
		return withHint(err, "hint.import-columns", clean(strings.Join(header.Addresses, ", ")))
	}
	if errors.Is(err, sources.ErrHeader) {
		return withHint(err, "hint.import-formats", clean(filepath.Base(name)))
	}
	return err
}

func (t *talk) importOptions(c *cli.Context) (crawler.ImportOptions, error) {
	o := crawler.ImportOptions{Hosts: c.StringSlice("host")}
	for _, typed := range o.Hosts {
		if _, err := crawler.ParseHost(typed); err != nil {
			return o, withHint(t.usagef("usage.host", clean(typed)), "hint.host")
		}
	}
	o.Kind, o.Path, o.Strict = sources.Kind(c.String("as")), c.String("path"), c.Bool("strict")
	if o.Kind != "" {
		known := false
		var names []string
		for _, k := range sources.Kinds() {
			known = known || k == o.Kind
			names = append(names, string(k))
		}
		if !known {
			return o, t.usagef("usage.kind", string(o.Kind), strings.Join(names, ", "))
		}
	}
	if text := c.String("period"); text != "" {
		var ok bool
		if o.Period, ok = sources.ParsePeriod(text); !ok {
			return o, t.usagef("usage.period", text)
		}
	}
	if o.Currency = strings.ToUpper(c.String("currency")); o.Currency != "" && len(o.Currency) != 3 {
		return o, t.usagef("usage.currency", o.Currency)
	}
	if o.Path != "" && !strings.HasPrefix(o.Path, "/") {
		return o, t.usagef("usage.path", o.Path)
	}
	return o, nil
}

func (t *talk) importFile(c *cli.Context, name string, o crawler.ImportOptions, project *inventory.Project, reg *platform.Registry) (crawler.Imported, error) {
	var done crawler.Imported
	err := t.readImport(name, &o.Options, func(f sources.File) error {
		var err error
		done, err = crawler.ImportFile(c.Context, name, f, o, project, reg)
		return err
	})
	if err != nil {
		t.sayRows(done.Reading)
		return done, err
	}
	t.sayImported(done)
	return done, nil
}

// readImport opens a file and shows how far read has come with it.
func (t *talk) readImport(name string, o *sources.Options, read func(sources.File) error) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading what the shop is worth: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return &fs.PathError{Op: "reading", Path: name, Err: syscall.EISDIR}
	}
	b := t.newBar("import.bar", -1, progressbar.OptionShowBytes(true), progressbar.OptionUseIECUnits(true))
	defer b.done()
	o.Progress = func(read, size int64) { b.set(read, size) }
	return read(f)
}

// checkImported asks the pages that were added to the crawl and not asked yet.
func (t *talk) checkImported(c *cli.Context, project *inventory.Project, reg *platform.Registry) error {
	shop, err := project.Shop(c.Context, catalog.Old)
	if err != nil {
		return err
	}
	if shop.State == inventory.Ended {
		t.say("import.nothing-to-ask")
		return nil
	}
	cfg, err := t.crawlConfig(c, shop.StartURL, reg)
	if err != nil {
		return err
	}
	progress, finish := t.watchCrawl("crawl.bar")
	cfg.Progress = progress
	start, err := crawler.Probe(c.Context, cfg)
	if err != nil {
		finish()
		return fmt.Errorf("asking the pages that files name: %w", err)
	}
	t.sayDelay(start)
	sum, err := crawler.Crawl(c.Context, start, project, catalog.Old)
	finish()
	if err != nil {
		return fmt.Errorf("asking the pages that files name: %w", err)
	}
	if sum.Stopped != "" {
		t.result("crawl.stopped."+sum.Stopped, sum.Done, sum.Queued)
		if sum.Stopped == crawler.StoppedInterrupted || sum.Stopped == crawler.StoppedHostDown {
			return errStopped
		}
	}
	return nil
}
