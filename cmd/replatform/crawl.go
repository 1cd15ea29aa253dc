package main

import (
	"fmt"

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
	start, err := crawler.Probe(c.Context, cfg)
	if err != nil {
		finish()
		return fmt.Errorf("crawling: %w", err)
	}
	t.sayPlatform(start)
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Create: true, Log: t.log})
	if err != nil {
		finish()
		return err
	}
	defer project.Close()
	sum, err := crawler.Crawl(c.Context, start, project, catalog.Old)
	finish()
	if err != nil {
		return fmt.Errorf("crawling %s: %w", cfg.StartURL, err)
	}
	return t.endCrawl(c, project, catalog.Old, sum)
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

// endCrawl prints what a crawl of either shop ended with.
func (t *talk) endCrawl(c *cli.Context, project *inventory.Project, side catalog.Side, sum crawler.Summary) error {
	counts, err := project.Counts(c.Context, side)
	if c.Context.Err() != nil { // stopped by the user: what is stored can still be counted
		counts, err = project.Counts(withoutCancel(c), side)
	}
	if err != nil {
		return fmt.Errorf("counting pages: %w", err)
	}
	t.sayPace(sum.Progress)
	if t.json {
		return t.document(map[string]any{"side": side, "stopped": sum.Stopped, "counts": counts})
	}
	if sum.Stopped != "" {
		t.result("crawl.stopped."+sum.Stopped, sum.Done, sum.Queued)
		if sum.Stopped == "interrupted" {
			return errStopped
		}
		return nil
	}
	t.result("crawl.done", counts.Pages, counts.ByType[catalog.ProductP], counts.ByType[catalog.Category], sum.Failed)
	return t.findings(withoutCancel(c), project, side)
}
