package frontier

import (
	"net/url"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/platform"
)

// Keys identifies the addresses of one shop. It is never changed after New and may
// be used by many goroutines.
type Keys struct {
	platform *platform.Platform
	hosts    map[string]bool // normal form, see shopHost
	origin   string          // scheme://host of the primary host; scheme empty when unknown
	scheme   string
}

// New returns the keys of a shop on platform p that answers on hosts, the primary
// one first. A host is "host[:port]" or an origin, "https://host[:port]"; an origin
// in the first place also settles the scheme that is asked. Hosts that differ by
// "www." alone are one.
func New(p *platform.Platform, hosts ...string) *Keys {
	k := &Keys{platform: p, hosts: map[string]bool{}}
	for i, h := range hosts {
		scheme, host, ok := strings.Cut(h, "://")
		if !ok {
			scheme, host = "", h
		}
		host = strings.ToLower(strings.TrimSuffix(host, "/"))
		if host == "" {
			continue
		}
		if i == 0 {
			k.scheme, k.origin = strings.ToLower(scheme), host
		}
		k.hosts[shopHost(scheme, host)] = true
	}
	return k
}

// Platform returns the platform whose grammar is used.
func (k *Keys) Platform() *platform.Platform { return k.platform }

// SameShop says whether u belongs to the shop: a web address on one of its hosts,
// with or without "www.", by http or https.
func (k *Keys) SameShop(u *url.URL) bool {
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return false
	}
	return k.hosts[shopHost(scheme, strings.ToLower(u.Host))]
}

// Identify tells which page u is. The address to ask is rewritten to the shop's
// primary host, so that it does not hang on which spelling was met first. An
// address that must not be asked has a Rule; Explain says it in words.
func (k *Keys) Identify(u *url.URL) platform.Identity {
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
	default:
		return platform.Identity{Key: catalog.Key("url " + u.Scheme + ":"), Type: catalog.Other, Rule: platform.RuleScheme}
	}
	if k.origin != "" && k.SameShop(u) {
		v := *u
		v.Host = k.origin
		if k.scheme != "" {
			v.Scheme = k.scheme
		}
		v.User = nil
		u = &v
	}
	id := k.platform.Identify(u)
	if id.Rule != "" {
		return id
	}
	if rule := trap(u, id); rule != "" {
		id.Rule, id.Known = rule, false
	}
	return id
}

// shopHost is the form in which hosts are compared: lower case, without "www.", a
// default port and a dot at the end.
func shopHost(scheme, host string) string {
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	default:
		host = strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")
	}
	return strings.TrimPrefix(strings.TrimSuffix(host, "."), "www.")
}
