package engine

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"replatform/redirects"
)

// unknownHost stands in a file where the owner has to put a host that the map does not
// name.
const unknownHost = "OLD.HOST"

// WorkerRoutes are the routes of a Worker for these hosts, as wrangler.toml has them; of
// the bare domain and "www." both, whichever of them the shop used. A zone is the
// registered domain, unless its owner has made others. Hosts are names without port that
// need no quoting.
func WorkerRoutes(hosts []string) string {
	var b strings.Builder
	b.WriteString("routes = [\n")
	seen := map[string]bool{}
	for _, h := range hosts {
		zone, err := publicsuffix.EffectiveTLDPlusOne(h)
		if err != nil {
			zone = h
		}
		names := []string{h}
		if bare := strings.TrimPrefix(h, "www."); bare == zone {
			names = []string{zone, "www." + zone}
		}
		for _, name := range names {
			if !seen[name] {
				seen[name] = true
				fmt.Fprintf(&b, "  { pattern = %q, zone_name = %q },\n", name+"/*", zone)
			}
		}
	}
	b.WriteString("]\n")
	return b.String()
}

// oldHosts are the names of the old shop, without port; what is no host is left out.
func oldHosts(o Options) []string {
	var out []string
	for _, h := range append([]string{o.Host}, o.Hosts...) {
		if h == "" {
			continue
		}
		s, err := redirects.ParseSource("https://" + h + "/")
		if err != nil || s.Hostname() == "" || slices.Contains(out, s.Hostname()) {
			continue
		}
		out = append(out, s.Hostname())
	}
	return out
}
