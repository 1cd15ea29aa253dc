package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// resolver finds the addresses of a host name.
type resolver func(ctx context.Context, host string) ([]netip.Addr, error)

// guard dials, and refuses to dial into private networks. It looks at the addresses
// that will be dialled, not at names, so a name whose answer changes between two
// look-ups gains nothing. Rule: OWASP, Server Side Request Forgery Prevention Cheat
// Sheet, case 2 (https://cheatsheetseries.owasp.org, read 2026-11).
type guard struct {
	resolve      resolver
	allowPrivate bool
	connectTo    map[string]string // "host:port" or "host" → "addr:port" or "addr:"
	dialer       net.Dialer

	mu    sync.Mutex
	hosts map[string]hostKind // hosts that the user named
}

// hostKind is what a host that the user named was at its first look-up. A public
// host does not become private later: that would be an attack.
type hostKind uint8

const (
	kindUnknown hostKind = iota
	kindPublic
	kindPrivate
)

// allow lets host in even if it is private.
func (g *guard) allow(host string) {
	host = bareHost(host)
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.hosts[host]; !ok {
		g.hosts[host] = kindUnknown
	}
}

// named says whether the user named this host.
func (g *guard) named(host string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.hosts[bareHost(host)]
	return ok
}

// mayBePrivate decides for a host of which an address, or all of them, are private,
// or none is.
func (g *guard) mayBePrivate(host string, private bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	kind, ok := g.hosts[host]
	if ok && kind == kindUnknown {
		kind = kindPublic
		if private {
			kind = kindPrivate
		}
		g.hosts[host] = kind
	}
	return kind == kindPrivate
}

// bareHost takes a port and brackets off and lower-cases.
func bareHost(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}

// mapped returns the address that ConnectTo gives for host:port.
func (g *guard) mapped(host, port string) (string, bool) {
	to, ok := g.connectTo[net.JoinHostPort(host, port)]
	if !ok {
		to, ok = g.connectTo[host]
	}
	if !ok {
		return "", false
	}
	if h, p, err := net.SplitHostPort(to); err == nil && p == "" {
		return net.JoinHostPort(h, port), true
	}
	return to, true
}

// dial is the transport's DialContext.
func (g *guard) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrBadURL, addr)
	}
	host = bareHost(host)
	if to, ok := g.mapped(host, port); ok {
		return g.dialer.DialContext(ctx, network, to)
	}
	if endsInNumber(host) { // an IPv4 address in a spelling that resolvers may understand
		if ip, ok := cleanIPv4(host); ok {
			host = ip
		}
	}
	return g.dialChecked(ctx, network, host, port)
}

// dialChecked resolves host, checks what it gets and dials that.
func (g *guard) dialChecked(ctx context.Context, network, host, port string) (net.Conn, error) {
	addrs, err := g.lookup(ctx, host)
	if err != nil {
		if dns := (*net.DNSError)(nil); errors.As(err, &dns) && dns.IsNotFound {
			return nil, fmt.Errorf("%w: %s", ErrNoSuchHost, host)
		}
		return nil, fmt.Errorf("looking up %s: %w", host, err)
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoSuchHost, host)
	}
	if err := g.check(host, addrs); err != nil {
		return nil, err
	}
	return g.dialAny(ctx, network, addrs, port)
}

func (g *guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	return g.resolve(ctx, host)
}

// check refuses host when any of its addresses is private.
func (g *guard) check(host string, addrs []netip.Addr) error {
	var bad netip.Addr
	for _, a := range addrs {
		if isSpecial(a) {
			bad = a
			break
		}
	}
	if g.mayBePrivate(host, bad.IsValid()) || !bad.IsValid() || g.allowPrivate {
		return nil
	}
	return fmt.Errorf("%w: %s is %s", ErrPrivateAddress, host, bad)
}

// dialStagger is how long one address may take before the next is tried beside it:
// RFC 8305 section 5 recommends 250 milliseconds.
const dialStagger = 250 * time.Millisecond

// dialAny returns the first connection that one of the addresses gives.
func (g *guard) dialAny(ctx context.Context, network string, addrs []netip.Addr, port string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result, len(addrs))
	next, running := 0, 0
	start := func() {
		to := net.JoinHostPort(addrs[next].String(), port)
		next++
		running++
		go func() {
			conn, err := g.dialer.DialContext(ctx, network, to)
			results <- result{conn, err}
		}()
	}
	timer := time.NewTimer(dialStagger)
	defer timer.Stop()
	start()
	var first error
	for {
		select {
		case <-timer.C:
			if next < len(addrs) {
				start()
				timer.Reset(dialStagger)
			}
		case r := <-results:
			running--
			if r.err == nil {
				go func(n int) { // close what else may still be opened
					for range n {
						if late := <-results; late.conn != nil {
							late.conn.Close()
						}
					}
				}(running)
				return r.conn, nil
			}
			if first == nil {
				first = r.err
			}
			switch {
			case next < len(addrs):
				start()
				timer.Reset(dialStagger)
			case running == 0:
				return nil, first
			}
		}
	}
}

// specialNetworks are the networks that are not the public Internet: IANA's
// special-purpose address registries
// (https://www.iana.org/assignments/iana-ipv4-special-registry/ and
// .../iana-ipv6-special-registry/, read 2026-11), multicast, and the one public
// address that a cloud uses for its own instances (168.63.129.16,
// https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
// Metadata services of other clouds lie in link-local, shared or unique-local space.
var specialNetworks = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
		"::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
		"5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

var (
	nat64          = netip.MustParsePrefix("64:ff9b::/96")
	ipv4Compatible = netip.MustParsePrefix("::/96")
)

// isSpecial says whether a is no address of the public Internet. IPv6 addresses that
// carry an IPv4 address (mapped, compatible, NAT64, 6to4) are judged by that one.
func isSpecial(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		b := a.As16()
		switch {
		case nat64.Contains(a), ipv4Compatible.Contains(a) && b[12] != 0:
			return isSpecial(netip.AddrFrom4([4]byte(b[12:16])))
		case b[0] == 0x20 && b[1] == 0x02:
			return isSpecial(netip.AddrFrom4([4]byte(b[2:6])))
		}
	}
	for _, p := range specialNetworks {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
