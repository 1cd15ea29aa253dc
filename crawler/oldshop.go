package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// ErrOldShop: what was given as the new shop is the old one, by its addresses. A new shop
// that does answer at them, after the switch or beside the old one, is named by
// Config.SameAddress and FileOptions.SameAddress.
var ErrOldShop = errors.New("this is the old shop, not the new one")

// oldShop tells the addresses of the old shop from others; its zero value knows none.
type oldShop struct {
	inventory.Shop
	hosts map[string]bool // without "www."
	keys  *frontier.Keys
}

// oldShopOf is the old shop of a project, the zero value where it holds none.
func oldShopOf(ctx context.Context, project *inventory.Project, reg *platform.Registry) (oldShop, error) {
	shop, err := project.Shop(ctx, catalog.Old)
	if errors.Is(err, inventory.ErrNoShop) {
		return oldShop{}, nil
	}
	if err != nil {
		return oldShop{}, err
	}
	p, ok := reg.Get(shop.Platform)
	if !ok {
		if p, ok = reg.Get(genericPlatform); !ok {
			return oldShop{}, fmt.Errorf("reading the old shop: %w %q", ErrUnknownPlatform, shop.Platform)
		}
	}
	o := oldShop{Shop: shop, hosts: map[string]bool{}, keys: frontier.New(p, shop.Hosts...)}
	for _, h := range shop.Hosts {
		o.hosts[plainHost(h)] = true
	}
	return o, nil
}

// answers says whether the old shop answers on a host.
func (o oldShop) answers(host string) bool { return o.hosts[plainHost(host)] }

// holds counts the addresses that are spellings of known pages of the old shop.
func (o oldShop) holds(ctx context.Context, project *inventory.Project, addresses []*url.URL) (int, error) {
	asked := map[catalog.Key]int{}
	for _, u := range addresses {
		if o.answers(u.Host) {
			asked[o.keys.Identify(u).Key]++
		}
	}
	if len(asked) == 0 {
		return 0, nil
	}
	held := 0
	err := project.Pages(ctx, inventory.Filter{Side: catalog.Old}, func(p inventory.Page, _ *catalog.Product) error {
		held += asked[p.Key]
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("comparing with the old shop: %w", err)
	}
	return held, nil
}

// refuseStart is ErrOldShop for a start address that the old shop answers. After the
// switch the new one answers there: then another platform does.
func (o oldShop) refuseStart(ctx context.Context, project *inventory.Project, s *Start) error {
	if o.StartURL == "" || s.cfg.SameAddress || o.Platform != s.Platform.ID {
		return nil
	}
	given, err := url.Parse(s.cfg.StartURL)
	if err != nil {
		return fmt.Errorf("reading the start address: %w", err)
	}
	for _, u := range []*url.URL{given, s.home} {
		held := 0
		if !inventory.SameStart(o.StartURL, u.String()) {
			if held, err = o.holds(ctx, project, []*url.URL{u}); err != nil || held == 0 {
				if err != nil {
					return err
				}
				continue
			}
		}
		return fmt.Errorf("%w: it answers at %s", ErrOldShop, u)
	}
	return nil
}

// refuseFile is ErrOldShop for the product addresses of a file, most of which are the old
// shop's: on its hosts although the new shop has another, or known as pages of it.
func (o oldShop) refuseFile(ctx context.Context, project *inventory.Project, base *url.URL, products []*url.URL) error {
	if o.StartURL == "" {
		return nil
	}
	there := 0
	for _, u := range products {
		if o.answers(u.Host) {
			there++
		}
	}
	if !o.answers(base.Host) && 2*there > len(products) {
		return fmt.Errorf("%w: %d of the %d product addresses are on its host %s", ErrOldShop, there, len(products), o.Hosts[0])
	}
	held, err := o.holds(ctx, project, products)
	if err == nil && 2*held > len(products) {
		err = fmt.Errorf("%w: %d of the %d product addresses are pages of it", ErrOldShop, held, len(products))
	}
	return err
}

func plainHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
