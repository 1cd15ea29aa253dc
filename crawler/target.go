package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
)

// ErrEmptyShop: the new shop, or the file that describes it, has no product.
var ErrEmptyShop = errors.New("the new shop has no products")

// Target reads the new shop from its feeds and, where it has none, by a crawl. What
// the project held of the new shop before is replaced; the user's decisions stay.
func Target(ctx context.Context, start *Start, project *inventory.Project) (Summary, error) {
	told, err := start.told(ctx)
	if err != nil {
		return Summary{}, err
	}
	if err := project.ResetSide(ctx, catalog.New); err != nil {
		return Summary{}, fmt.Errorf("clearing the new shop: %w", err)
	}
	sum, err := run(ctx, start, project, catalog.New, told)
	if err != nil {
		return sum, err
	}
	if sum.Products == 0 && sum.Stopped == "" {
		if err := project.ResetSide(context.WithoutCancel(ctx), catalog.New); err != nil {
			return sum, fmt.Errorf("clearing the new shop: %w", err)
		}
		return sum, fmt.Errorf("%w: %s", ErrEmptyShop, start.home)
	}
	return sum, nil
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

// TargetFile reads the new shop from a product CSV. base is the address under which
// the products will be found; platforms whose file holds no address need it too.
func TargetFile(ctx context.Context, name string, r io.ReadSeeker, base *url.URL, reg *platform.Registry,
	project *inventory.Project, strict bool) (sources.Report, error) {
	kind, err := sources.Recognise(name, r)
	if err != nil {
		return sources.Report{}, fmt.Errorf("recognising %s: %w", name, err)
	}
	p, ok := reg.Get(kind.Platform())
	if !ok {
		return sources.Report{}, fmt.Errorf("%w %q", ErrUnknownPlatform, kind.Platform())
	}
	keys := frontier.New(p, base.Host)
	var found []inventory.Discovery
	home := keys.Identify(base)
	found = append(found, inventory.Discovery{Key: home.Key, Type: catalog.Home, URL: base.String(), Source: "csv", NoFetch: true})
	products := 0
	report, err := sources.ReadProducts(ctx, kind, r, sources.ReadOptions{BaseURL: base, Strict: strict}, func(rec sources.Record) error {
		address := rec.URL
		if address == "" {
			address = productPath(p, rec.ID)
		}
		if !rec.Published || address == "" {
			return nil
		}
		u, err := base.Parse(address)
		if err != nil {
			return fmt.Errorf("line %d: %w", rec.Line, err)
		}
		id := keys.Identify(u)
		found = append(found, inventory.Discovery{Key: id.Key, Type: catalog.ProductP, URL: id.URL,
			Source: "csv", Title: rec.Product.Name, Product: rec.Product, NoFetch: true})
		products++
		return nil
	})
	if err != nil {
		return report, fmt.Errorf("reading %s: %w", name, err)
	}
	if products == 0 {
		return report, fmt.Errorf("%w: %s names no published product with an address", ErrEmptyShop, name)
	}
	if err := project.ResetSide(ctx, catalog.New); err != nil {
		return report, fmt.Errorf("clearing the new shop: %w", err)
	}
	shop := inventory.Shop{Side: catalog.New, StartURL: base.String(), Hosts: []string{base.Host}, Platform: p.ID,
		Confidence: "certain", Evidence: []string{"columns of " + name}, State: "done", Source: "csv"}
	if err := project.SaveShop(ctx, shop); err != nil {
		return report, fmt.Errorf("storing the new shop: %w", err)
	}
	if _, err := project.Discover(ctx, catalog.New, found); err != nil {
		return report, fmt.Errorf("storing the products of %s: %w", name, err)
	}
	return report, nil
}

// productPath is the path under which the platform answers for the product of a row
// whose file holds no address; empty when the platform's facts do not say it.
func productPath(p *platform.Platform, id string) string {
	for _, f := range p.Files {
		if f.Kind == "products" && f.URL != "" && id != "" {
			if path := strings.ReplaceAll(f.URL, "{"+f.ID+"}", url.PathEscape(id)); !strings.Contains(path, "{") {
				return path
			}
		}
	}
	return ""
}
