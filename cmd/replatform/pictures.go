package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// read crawls one shop with what crawlOne does, and asks for the pictures of its
// products where --pictures is given. A crawl of which only pictures are due begins with
// them.
func (t *talk) read(c *cli.Context, start *crawler.Start, project *inventory.Project, side catalog.Side, finish func(),
	crawlOne func() (crawler.Summary, error)) error {
	if c.Bool("pictures") && side == catalog.Old {
		only, err := crawler.OnlyPictures(c.Context, start, project, side)
		if err != nil {
			finish()
			return err
		}
		if only {
			finish()
			t.say("pictures.only")
			p, err := t.pictures(c, start, project, side)
			if err != nil {
				return err
			}
			if t.json {
				err = t.document(map[string]any{"side": side, "pictures": p})
			}
			return t.endPictures(p, err)
		}
	}
	stop := spendMemory()
	sum, err := crawlOne()
	stop()
	finish()
	if err != nil {
		return err
	}
	var p *crawler.PictureSummary
	if c.Bool("pictures") && sum.Stopped == "" {
		if p, err = t.pictures(c, start, project, side); err != nil {
			return err
		}
	}
	return t.endPictures(p, t.endCrawl(c, project, side, sum, p))
}

// pictures asks for the pictures of one shop and prints what came of it.
func (t *talk) pictures(c *cli.Context, start *crawler.Start, project *inventory.Project, side catalog.Side) (*crawler.PictureSummary, error) {
	var b *bar
	sum, err := crawler.Pictures(c.Context, start, project, side, crawler.PictureOptions{
		Budget: func(budget crawler.PictureBudget) {
			t.sayPictureBudget(budget)
			b = t.newBar("pictures.bar", int64(budget.Pictures), countOf(t.lang.text("unit.pictures"))...)
		},
		Progress: func(p crawler.PictureProgress) { b.set(int64(p.Done), int64(p.Total)) },
	})
	if b != nil {
		b.done()
	}
	if err != nil {
		return nil, fmt.Errorf("asking for pictures: %w", err)
	}
	return &sum, nil
}

func (t *talk) sayPictureBudget(b crawler.PictureBudget) {
	t.say("pictures.budget", b.Pictures, b.Hosts, b.MaxBytes>>20)
	if b.Least > 0 {
		t.say("pictures.least", t.lang.duration(b.Least))
	}
}

// endPictures prints what came of the pictures, if any were asked for; err is what the
// command would end with without them.
func (t *talk) endPictures(p *crawler.PictureSummary, err error) error {
	if p == nil || t.json {
		return stoppedOr(err, p)
	}
	t.result("pictures.read", p.Read, p.Wanted, p.Requests, float64(p.Bytes)/(1<<20))
	var reasons []string
	total := 0
	for _, why := range slices.Sorted(maps.Keys(p.Problems)) {
		total += p.Problems[why]
		reasons = append(reasons, fmt.Sprintf("%s %d", t.lang.text("pictures."+why), p.Problems[why]))
	}
	if total > 0 {
		t.result("pictures.problems", total, strings.Join(reasons, t.lang.text("explain.comma")))
	}
	if p.Later > 0 {
		t.result("pictures.later", p.Later)
	}
	if p.Stopped != "" {
		t.result("pictures.stopped")
	}
	return stoppedOr(err, p)
}

// stoppedOr is err, or the end of a run that was stopped.
func stoppedOr(err error, p *crawler.PictureSummary) error {
	if err == nil && p != nil && (p.Stopped == crawler.StoppedInterrupted || p.Stopped == crawler.StoppedHostDown) {
		return errStopped
	}
	return err
}
