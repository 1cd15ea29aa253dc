package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// CloseShop notes in the project that the old shop no longer answers: it was closed, or
// its contract has ended. What is still known of its pages is in files (ImportFile), and
// the pages that only these name take part in matching and in the plan as those that were
// read. start is the absolute address of the shop's front page. platformID is the id of
// the platform that the shop ran on; "" is that of an earlier crawl.
//
// A shop that was crawled before keeps what was read. A later crawl of it takes the note
// back. Errors: ErrUnknownPlatform, inventory.ErrOtherShop when the project is of another
// shop.
func CloseShop(ctx context.Context, project *inventory.Project, start *url.URL, platformID string, reg *platform.Registry) error {
	shop, err := project.Shop(ctx, catalog.Old)
	switch {
	case errors.Is(err, inventory.ErrNoShop):
		shop = inventory.Shop{Side: catalog.Old, StartURL: start.String(), Hosts: []string{start.Host}, StartedAt: time.Now().UTC()}
	case err != nil:
		return err
	case !inventory.SameStart(shop.StartURL, start.String()):
		return fmt.Errorf("%w: the project is of %s, not of %s; use another file: --project FILE", inventory.ErrOtherShop, shop.StartURL, start)
	}
	if platformID == "" {
		platformID = shop.Platform
	}
	p, ok := reg.Get(platformID)
	if !ok {
		return fmt.Errorf("%w %q", ErrUnknownPlatform, platformID)
	}
	if p.ID != shop.Platform {
		shop.Platform, shop.Confidence, shop.Evidence = p.ID, "certain", []string{"the user says so"}
	}
	shop.State, shop.Source = inventory.Ended, inventory.FromFiles
	shop.FinishedAt = time.Now().UTC()
	if err := project.SaveShop(ctx, shop); err != nil {
		return err
	}
	home := frontier.New(p, start.Scheme+"://"+start.Host).Identify(start)
	_, err = project.Discover(ctx, catalog.Old, []inventory.Discovery{{Key: home.Key, Type: catalog.Home, URL: home.URL, Source: inventory.FromFiles}})
	return err
}
