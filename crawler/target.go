package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// ErrEmptyShop: the new shop, or the file that describes it, has no product.
var ErrEmptyShop = errors.New("the new shop has no products")

// Target reads the new shop from its feeds and, where it has none, by a crawl. A reading
// that was stopped or killed goes on with the next call for the same start URL. What an
// earlier reading has found stays in the project until the new one is whole and has
// products, and is then replaced at once; the user's decisions stay. A whole reading
// without products is ErrEmptyShop; the old shop itself is ErrOldShop.
func Target(ctx context.Context, start *Start, project *inventory.Project) (Summary, error) {
	old, err := oldShopOf(ctx, project, start.cfg.Registry)
	if err != nil {
		return Summary{}, err
	}
	if err := old.refuseStart(ctx, project, start); err != nil {
		return Summary{}, err
	}
	told, err := start.told(ctx)
	if err != nil {
		return Summary{}, err
	}
	release, err := project.AcquireCrawl(ctx, catalog.New)
	if err != nil {
		return Summary{}, err
	}
	defer func() { _ = release() }() // the lock ends with the process in any case
	held, err := project.Shop(ctx, catalog.New)
	switch {
	case errors.Is(err, inventory.ErrNoShop):
		return start.targetHere(ctx, project, told)
	case err != nil:
		return Summary{}, err
	case held.State != inventory.Ended && start.goesOn(held):
		return start.targetHere(ctx, project, told)
	}
	return start.targetBeside(ctx, project, held, told)
}

// goesOn says whether a reading that has begun with shop is one of the same shop.
func (s *Start) goesOn(shop inventory.Shop) bool {
	return shop.Source == sourceCrawl && inventory.SameStart(shop.StartURL, s.cfg.StartURL) &&
		(s.cfg.Platform == "" || s.Platform.ID == shop.Platform)
}

// targetHere reads the new shop into a project that holds no whole reading of it.
func (s *Start) targetHere(ctx context.Context, project *inventory.Project, told map[catalog.PageType]bool) (Summary, error) {
	sum, err := run(ctx, s, project, catalog.New, told)
	if err != nil || sum.Stopped != "" {
		return sum, err
	}
	ctx = context.WithoutCancel(ctx)
	if sum.Products == 0 {
		if err := project.ResetSide(ctx, catalog.New); err != nil {
			return sum, fmt.Errorf("clearing the new shop: %w", err)
		}
		return sum, fmt.Errorf("%w: %s", ErrEmptyShop, s.home)
	}
	// Pairs that were made with a part of the shop do not know the rest.
	if err := project.SaveMatches(ctx, nil); err != nil {
		return sum, fmt.Errorf("forgetting the pairs of a part of the shop: %w", err)
	}
	return sum, project.DropStage(catalog.New) // of another new shop, begun and given up
}

// targetBeside reads the new shop beside the project, which holds an earlier reading, and
// takes it over when it is whole. A whole one that stands there and could not be taken over
// is taken over now.
func (s *Start) targetBeside(ctx context.Context, project *inventory.Project, held inventory.Shop, told map[catalog.PageType]bool) (sum Summary, err error) {
	stage, err := project.Stage(ctx, catalog.New)
	if err != nil {
		return sum, err
	}
	whole := false
	defer func() {
		if err = errors.Join(err, stage.Close()); whole {
			err = errors.Join(err, project.DropStage(catalog.New))
		}
	}()
	begun, err := stage.Shop(ctx, catalog.New)
	ended := err == nil && begun.State == inventory.Ended
	taken := ended && begun.FinishedAt.Equal(held.FinishedAt) && begun.StartURL == held.StartURL
	if err == nil && (taken || !s.goesOn(begun)) {
		ended = false
		err = stage.ResetSide(ctx, catalog.New) // of another shop, or what the project holds
	}
	if err != nil && !errors.Is(err, inventory.ErrNoShop) {
		return sum, fmt.Errorf("beginning to read the new shop: %w", err)
	}
	if ended {
		sum, err = staged(ctx, stage)
	} else {
		sum, err = run(ctx, s, stage, catalog.New, told)
	}
	if err != nil || sum.Stopped != "" {
		return sum, err
	}
	if sum.Products == 0 {
		whole = true
		return sum, fmt.Errorf("%w: %s", ErrEmptyShop, s.home)
	}
	if err = project.TakeSide(context.WithoutCancel(ctx), stage, catalog.New); err != nil {
		return sum, err
	}
	whole = true
	return sum, nil
}

// staged is what a reading that has ended came to.
func staged(ctx context.Context, stage *inventory.Project) (Summary, error) {
	n, err := stage.Progress(ctx, catalog.New)
	if err != nil {
		return Summary{}, fmt.Errorf("counting what was read of the new shop: %w", err)
	}
	return Summary{Progress: Progress{Done: n.Done, Queued: n.Queued, Failed: n.Failed, Products: n.Products}}, nil
}

// told asks the first page of each feed of the platform and says which types of pages
// the feeds describe, so that these pages need not be asked. It is nil without a
// product feed: then categories must be asked for the products that they name. A
// product feed that is there and empty is ErrEmptyShop.
func (s *Start) told(ctx context.Context) (map[catalog.PageType]bool, error) {
	told := map[catalog.PageType]bool{}
	for _, e := range s.Platform.Enumerators {
		if e.Kind == kindSitemap || e.Kind == platform.KindListing {
			continue
		}
		u, err := s.home.Parse(strings.ReplaceAll(e.Path, "{n}", "1"))
		if err != nil {
			return nil, fmt.Errorf("platform %s: enumerator %q: %w", s.Platform.ID, e.Path, err)
		}
		resp, err := s.client.Get(ctx, u.String())
		if err != nil {
			return nil, fmt.Errorf("asking the feeds: %w", err)
		}
		if resp.Status != http.StatusOK {
			continue
		}
		items, err := parseItems(e.Kind, resp.Body, u)
		if err != nil {
			continue // switched off, or a page instead of the feed: the crawl will do
		}
		if len(items) == 0 && e.Products {
			return nil, fmt.Errorf("%w: %s", ErrEmptyShop, u)
		}
		if len(items) > 0 {
			told[items[0].Type] = true
		}
	}
	if !told[catalog.ProductP] {
		return nil, nil
	}
	return told, nil
}
