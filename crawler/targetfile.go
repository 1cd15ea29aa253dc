package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
)

// FileOptions of TargetFile.
type FileOptions struct {
	Base        *url.URL // the address under which the products will be found
	Strict      bool     // refuse the file if any row is bad
	SameAddress bool     // the products do have the addresses that they had in the old shop
}

// TargetFile reads the new shop from a product CSV, in place of what the project held of
// it. The report counts in Products what the file names, in Hidden and NoAddress those of
// them that have no page, and in Addresses the pages that were stored. A file whose
// products are at addresses of the old shop is ErrOldShop, one without a product that has
// a page ErrEmptyShop; then nothing is changed.
func TargetFile(ctx context.Context, name string, r io.ReadSeeker, reg *platform.Registry, project *inventory.Project, o FileOptions) (sources.Report, error) {
	kind, err := sources.Recognise(name, r)
	if err != nil {
		return sources.Report{}, fmt.Errorf("recognising %s: %w", name, err)
	}
	p, ok := reg.Get(kind.Platform())
	if !ok {
		return sources.Report{}, fmt.Errorf("%w %q", ErrUnknownPlatform, kind.Platform())
	}
	keys := frontier.New(p, o.Base.Host)
	home := keys.Identify(o.Base)
	found := []inventory.Discovery{{Key: home.Key, Type: catalog.Home, URL: o.Base.String(), Source: "csv", NoFetch: true}}
	var products []*url.URL
	hidden, homeless, pages := 0, 0, map[catalog.Key]bool{}
	report, err := sources.ReadProducts(ctx, kind, r, sources.ReadOptions{BaseURL: o.Base, Strict: o.Strict}, func(rec sources.Record) error {
		address := rec.URL
		if address == "" {
			address = productPath(p, rec.ID)
		}
		switch {
		case !rec.Published:
			hidden++
			return nil
		case address == "":
			homeless++
			return nil
		}
		u, err := o.Base.Parse(address)
		if err != nil {
			return fmt.Errorf("line %d: %w", rec.Line, err)
		}
		id := keys.Identify(u)
		found = append(found, inventory.Discovery{Key: id.Key, Type: catalog.ProductP, URL: id.URL,
			Source: "csv", Title: rec.Product.Name, Product: rec.Product, NoFetch: true})
		products, pages[id.Key] = append(products, u), true
		return nil
	})
	report.Hidden, report.NoAddress, report.Addresses = hidden, homeless, len(pages)
	if err != nil {
		return report, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(products) == 0 {
		return report, fmt.Errorf("%w: %s names no published product with an address", ErrEmptyShop, name)
	}
	if !o.SameAddress {
		old, err := oldShopOf(ctx, project, reg)
		if err == nil {
			err = old.refuseFile(ctx, project, o.Base, products)
		}
		if err != nil {
			return report, fmt.Errorf("reading %s: %w", name, err)
		}
	}
	if n, host := elsewhere(o.Base, products); n > 0 {
		report.Notes = append(report.Notes, sources.Note{
			EN: fmt.Sprintf("%d of the %d product addresses are not on %s, but on hosts such as %s: redirects will lead there", n, len(products), o.Base.Host, host),
			JA: fmt.Sprintf("商品のURL %d 件のうち %d 件は %s ではなく %s などにあり、転送先もそこになります", len(products), n, o.Base.Host, host),
		})
	}
	shop := inventory.Shop{Side: catalog.New, StartURL: o.Base.String(), Hosts: []string{o.Base.Host}, Platform: p.ID,
		Confidence: "certain", Evidence: []string{"columns of " + name}, State: inventory.Ended, Source: "csv"}
	if err := replaceTarget(ctx, project, shop, found); err != nil {
		return report, fmt.Errorf("storing the products of %s: %w", name, err)
	}
	return report, nil
}

// elsewhere counts the addresses that are not on the host of base, and names one of their
// hosts.
func elsewhere(base *url.URL, addresses []*url.URL) (n int, host string) {
	for _, u := range addresses {
		if plainHost(u.Host) != plainHost(base.Host) {
			n++
			host = u.Host
		}
	}
	return n, host
}

// replaceTarget puts a new shop that a file describes in the place of the one that the
// project holds, at once.
func replaceTarget(ctx context.Context, project *inventory.Project, shop inventory.Shop, found []inventory.Discovery) error {
	release, err := project.AcquireCrawl(ctx, catalog.New)
	if err != nil {
		return err
	}
	defer func() { _ = release() }() // the lock ends with the process in any case
	if err := project.DropStage(catalog.New); err != nil {
		return err
	}
	stage, err := project.Stage(ctx, catalog.New)
	if err != nil {
		return err
	}
	err = stage.SaveShop(ctx, shop)
	if err == nil {
		_, err = stage.Discover(ctx, catalog.New, found)
	}
	if err == nil {
		err = project.TakeSide(ctx, stage, catalog.New)
	}
	return errors.Join(err, stage.Close(), project.DropStage(catalog.New))
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
