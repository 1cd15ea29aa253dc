package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/measure"
)

func platformsProbeCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "probe", ArgsUsage: "URL",
		Usage: "ask a shop a few questions that its platform's facts leave open; keep the answers in the project",
		Flags: append(fetchFlags(), platformsFlag(),
			&cli.StringFlag{Name: "subdomain", Usage: "`URL` of the same shop, or of one like it, on the platform's subdomain: does it redirect, and what does it keep"},
			&cli.StringFlag{Name: "product", Usage: "`URL` of any product (taken from the home page otherwise)"},
			&cli.StringFlag{Name: "side", Usage: "keep the answers for the `old|new` shop (told by its host otherwise)"},
		),
		Action: t.platformsProbe,
	}
}

func (t *talk) platformsProbe(c *cli.Context) error {
	if c.NArg() != 1 {
		return t.usagef("usage.one-url", "platforms probe")
	}
	side := catalog.Side(c.String("side"))
	if side != "" && side != catalog.Old && side != catalog.New {
		return t.usagef("usage.side", string(side))
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	crawl, err := t.crawlConfig(c, c.Args().First(), reg)
	if err != nil {
		return err
	}
	result, err := measure.Shop(c.Context, measure.Config{
		URL: crawl.StartURL, Subdomain: c.String("subdomain"), Product: c.String("product"), Platform: crawl.Platform,
		OwnShop: crawl.OwnShop, Registry: reg, Fetch: crawl.Fetch,
	})
	if err != nil {
		return fmt.Errorf("asking the shop: %w", err)
	}
	kept, err := t.keepMeasured(c, side, result)
	if err != nil {
		return err
	}
	if t.json {
		return t.document(map[string]any{"result": result, "kept": kept})
	}
	p, _ := reg.Get(result.Platform)
	t.say("crawl.platform", p.Name(t.lang.code), t.lang.text("confidence."+result.Confidence))
	for _, e := range result.Evidence {
		t.say("crawl.evidence", clean(e))
	}
	t.say("probe.requests", result.Requests)
	var rows [][]string
	for _, a := range result.Answers {
		seen := ""
		if a.Status != 0 {
			seen = strings.TrimSpace(strconv.Itoa(a.Status) + " " + a.Location)
		}
		rows = append(rows, []string{t.lang.text("probe.ask." + a.Question), t.measured(a), a.At.Format(time.DateOnly), a.URL, seen})
	}
	if err := t.table(rows); err != nil {
		return err
	}
	switch kept {
	case "":
		t.say("probe.not-kept", projectPath(c))
	default:
		t.say("probe.kept", projectPath(c), t.lang.text("probe.side."+string(kept)))
	}
	return nil
}

// measured is an answer in words. A status is its own word.
func (t *talk) measured(a measure.Answer) string {
	if _, err := strconv.Atoi(a.Value); err == nil {
		return a.Value
	}
	if a.Reason != "" {
		return t.lang.text("probe.reason." + a.Reason)
	}
	return t.lang.text("probe.value." + strings.ReplaceAll(a.Value, "+", "-"))
}

// keepMeasured stores the answers in the project, if there is one and the shop
// belongs to it: by its host, or because the user says which side it is. Of another
// shop on the old shop's platform only what holds for the platform is kept. It says
// for which side.
func (t *talk) keepMeasured(c *cli.Context, side catalog.Side, result *measure.Result) (catalog.Side, error) {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if errors.Is(err, inventory.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer project.Close()
	if side == "" {
		host := ""
		if u, err := url.Parse(result.Shop); err == nil {
			host = u.Host
		}
		for _, candidate := range []catalog.Side{catalog.Old, catalog.New} {
			shop, err := project.Shop(c.Context, candidate)
			if errors.Is(err, inventory.ErrNoShop) {
				continue
			}
			if err != nil {
				return "", err
			}
			if slices.Contains(shop.Hosts, host) {
				side = candidate
				break
			}
			if candidate == catalog.Old && shop.Platform == result.Platform {
				if of := result.OfPlatform(); len(of.Answers) > 0 {
					side, result = candidate, of
					break
				}
			}
		}
	}
	if side == "" {
		return "", nil
	}
	return side, measure.Save(c.Context, project, side, result)
}
