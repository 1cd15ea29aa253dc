package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

func crawlCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "crawl", ArgsUsage: "URL",
		Usage:  "crawl the old shop; Ctrl-C stops cleanly and the same command goes on",
		Flags:  append(fetchFlags(), platformsFlag()),
		Action: t.crawl,
	}
}

func (t *talk) crawl(c *cli.Context) error {
	if c.NArg() != 1 {
		return t.usagef("usage.one-url", "crawl")
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	cfg, err := t.crawlConfig(c, c.Args().First(), reg)
	if err != nil {
		return err
	}
	progress, finish := t.watchCrawl("crawl.bar")
	cfg.Progress = progress
	start, err := t.probe(c.Context, cfg)
	if err != nil {
		finish()
		return fmt.Errorf("crawling: %w", err)
	}
	t.sayPlatform(start)
	t.sayDelay(start)
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Create: true, Log: t.log})
	if err != nil {
		finish()
		return err
	}
	defer project.Close()
	return t.read(c, start, project, catalog.Old, finish, func() (crawler.Summary, error) {
		sum, err := crawler.Crawl(c.Context, start, project, catalog.Old)
		if err != nil {
			err = fmt.Errorf("crawling %s: %w", start.URL(), err)
		}
		return sum, err
	})
}

func (t *talk) sayPlatform(s *crawler.Start) {
	name := s.Platform.Names.EN
	if t.lang.code == "ja" {
		name = s.Platform.Names.JA
	}
	t.say("crawl.platform", name, t.lang.text("confidence."+s.Confidence))
	if len(s.Candidates) > 0 && s.Candidates[0].Platform == s.Platform {
		for _, e := range s.Candidates[0].EvidenceIn(t.lang.code) {
			t.say("crawl.evidence", clean(e))
		}
	}
}

// endCrawl prints what a crawl of either shop ended with; pictures are nil when they
// were not asked for.
func (t *talk) endCrawl(c *cli.Context, project *inventory.Project, side catalog.Side, sum crawler.Summary, pictures *crawler.PictureSummary) error {
	ctx := withoutCancel(c) // what is stored can be counted also when the user has stopped
	counts, err := project.Counts(ctx, side)
	if err != nil {
		return fmt.Errorf("counting pages: %w", err)
	}
	shop, err := project.Shop(ctx, side)
	if err != nil {
		return err
	}
	hidden, err := crawler.HiddenBy(ctx, project, side)
	if err != nil {
		return err
	}
	drift, err := driftOf(ctx, project, shop)
	if err != nil {
		return err
	}
	t.sayPace(sum.Progress)
	if t.json {
		list, err := project.Findings(ctx, side)
		if err != nil {
			return fmt.Errorf("reading findings: %w", err)
		}
		findings := make([]map[string]any, 0, len(list))
		for _, f := range list {
			findings = append(findings, map[string]any{"code": f.Code, "url": f.URL, "message": f.Message, "count": f.Count})
		}
		doc := map[string]any{"side": side, "stopped": sum.Stopped, "counts": counts, "hidden": hidden, "drift": drift, "unchanged": sum.Unchanged, "findings": findings}
		if pictures != nil {
			doc["pictures"] = pictures
		}
		return t.document(doc)
	}
	if sum.Stopped != "" {
		t.result("crawl.stopped."+sum.Stopped, sum.Done, sum.Queued)
		if sum.Stopped == crawler.StoppedInterrupted || sum.Stopped == crawler.StoppedHostDown {
			return errStopped
		}
		return nil
	}
	t.result("crawl.done", counts.Pages, counts.ByType[catalog.ProductP], counts.ByType[catalog.Category], sum.Failed)
	if sum.Unchanged > 0 {
		t.result("crawl.unchanged", sum.Unchanged)
	}
	if drift != nil {
		t.sayDrift(*drift)
	}
	if side == catalog.Old && counts.Orphans > 0 { // a new shop is read from feeds, not by its links
		t.result("crawl.orphans", counts.Orphans)
	}
	t.sayHidden(hidden)
	return t.findings(ctx, project, side)
}

// sayHidden prints what robots.txt kept from being asked, and how the owner lifts it.
func (t *talk) sayHidden(h crawler.Hidden) {
	if h.Pages == 0 {
		return
	}
	var types []string
	for _, pt := range catalog.PageTypes() {
		if n := h.ByType[pt]; n > 0 {
			types = append(types, fmt.Sprintf("%s %d", t.lang.text("type."+string(pt)), n))
		}
	}
	t.result("crawl.hidden", h.Pages, strings.Join(types, ", "))
	var flags []string
	for _, p := range h.Lift {
		flags = append(flags, "--own-shop '"+clean(strings.ReplaceAll(p, "'", ""))+"'")
	}
	t.result("crawl.lift", strings.Join(flags, " "))
}

// sayDelay says which pause robots.txt asks for, and which one is kept.
func (t *talk) sayDelay(s *crawler.Start) {
	asked, kept := s.CrawlDelay()
	switch {
	case asked == 0:
	case asked > kept:
		t.say("crawl.delay-cut", t.lang.duration(asked), t.lang.duration(kept))
	default:
		t.say("crawl.delay", t.lang.duration(asked))
	}
}
