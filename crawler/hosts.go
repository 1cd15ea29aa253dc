package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/width"

	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// Errors about hosts that are said to be the old shop's.
var (
	// ErrBadHost: what was typed names no host, or more than one.
	ErrBadHost = errors.New("not the name of a host")
	// ErrHostOfNewShop: the new shop answers on the host, and the old one was never
	// found there.
	ErrHostOfNewShop = errors.New("the host is the new shop's")
	// ErrMainHost: the host under which the shop was crawled cannot be taken back.
	ErrMainHost = errors.New("the shop was crawled under this host")
	// ErrUnknownHost: nobody has said that the shop answers there.
	ErrUnknownHost = errors.New("the project does not know the old shop under this host")
)

// ParseHost reads the name of a host as a person types it: "Shop.example",
// "shop.example:8080", also as the address of its front page, and in full-width letters.
// host is "host[:port]" in lower case, other letters than ASCII in Punycode (RFC 5891), the
// default port of a scheme left out. An address with more than a host is ErrBadHost: it
// would not be clear whether what follows matters. So is a word without a dot, which is no
// name of a shop: see ParseMachine.
func ParseHost(typed string) (host string, err error) {
	host, err = ParseMachine(typed)
	name, _, _ := strings.Cut(host, ":")
	if err == nil && name != "localhost" && !strings.ContainsAny(host, ".[") {
		return "", fmt.Errorf("%w: %q", ErrBadHost, typed)
	}
	return host, err
}

// ParseMachine is ParseHost for a server that may stand on a network of one's own, where
// names have no dots: its log may name it so.
func ParseMachine(typed string) (host string, err error) {
	s := width.Fold.String(strings.TrimSpace(typed))
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, ok := fetch.Resolve(nil, s)
	if !ok || u.Path != "" && u.Path != "/" || strings.ContainsAny(s, "@?#\\") {
		return "", fmt.Errorf("%w: %q", ErrBadHost, typed)
	}
	host = strings.TrimSuffix(u.Host, ".")
	if !isHostName(u.Hostname()) {
		return "", fmt.Errorf("%w: %q", ErrBadHost, typed)
	}
	return host, nil
}

// isHostName says whether a name can be asked from DNS, or is an address. The name of a
// scheme is what is left of a mistyped address.
func isHostName(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	_, err := idna.Lookup.ToASCII(name)
	empty := slices.Contains(strings.Split(strings.TrimSuffix(name, "."), "."), "")
	return err == nil && !empty && name != "http" && name != "https"
}

// AddHosts notes that the old shop answers, or answered, on further hosts, as ParseHost
// reads them. They stay when the shop is crawled again.
//
// Errors: inventory.ErrNoShop, ErrBadHost, ErrHostOfNewShop; then none is noted.
func AddHosts(ctx context.Context, project *inventory.Project, typed ...string) error {
	shop, err := project.Shop(ctx, catalog.Old)
	if err != nil {
		return err
	}
	hosts, err := furtherHosts(ctx, project, shop, typed)
	if err != nil {
		return err
	}
	return project.AddHosts(ctx, catalog.Old, hosts...)
}

// ForgetHost takes back that the old shop answers on a host, written as ParseHost reads it
// or as it is stored. What files have named on it stays.
//
// Errors: inventory.ErrNoShop, ErrUnknownHost, ErrMainHost.
func ForgetHost(ctx context.Context, project *inventory.Project, typed string) error {
	shop, err := project.Shop(ctx, catalog.Old)
	if err != nil {
		return err
	}
	at := slices.Index(shop.Hosts, typed)
	if host, err := ParseHost(typed); at < 0 && err == nil {
		at = slices.Index(shop.Hosts, host)
	}
	switch {
	case at < 0:
		return fmt.Errorf("%w: %q; known are %s", ErrUnknownHost, typed, strings.Join(shop.Hosts, ", "))
	case at == 0:
		return fmt.Errorf("%w: %s", ErrMainHost, shop.Hosts[at])
	}
	return project.RemoveHost(ctx, catalog.Old, shop.Hosts[at])
}

// furtherHosts reads hosts that a person says are the old shop's.
func furtherHosts(ctx context.Context, project *inventory.Project, shop inventory.Shop, typed []string) ([]string, error) {
	if len(typed) == 0 {
		return nil, nil
	}
	fresh, err := newShopHosts(ctx, project)
	if err != nil {
		return nil, err
	}
	old := frontier.New(&platform.Platform{}, shop.Hosts...)
	var hosts []string
	for _, t := range typed {
		host, err := ParseHost(t)
		if err != nil {
			return nil, err
		}
		if fresh.has(host) && !onHost(old, host) {
			return nil, fmt.Errorf("%w: %s", ErrHostOfNewShop, host)
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// hostsOfNewShop knows the hosts of the new shop.
type hostsOfNewShop struct{ keys *frontier.Keys }

// newShopHosts has no host where the new shop was not read yet.
func newShopHosts(ctx context.Context, project *inventory.Project) (hostsOfNewShop, error) {
	shop, err := project.Shop(ctx, catalog.New)
	if err != nil && !errors.Is(err, inventory.ErrNoShop) {
		return hostsOfNewShop{}, err
	}
	return hostsOfNewShop{frontier.New(&platform.Platform{}, shop.Hosts...)}, nil
}

// has says whether a host is one of them, with or without "www." and a default port.
func (h hostsOfNewShop) has(host string) bool { return h.keys != nil && onHost(h.keys, host) }

func onHost(keys *frontier.Keys, host string) bool {
	return keys.SameShop(&url.URL{Scheme: "http", Host: host}) || keys.SameShop(&url.URL{Scheme: "https", Host: host})
}
