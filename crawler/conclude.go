package crawler

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
)

// Findings that only the whole of a shop shows.
const (
	codeNoise = "noise"          // a parameter that changes nothing
	codeChain = "redirect-chain" // addresses that redirect more often than maxChain
	codeLoop  = "redirect-loop"
	codeOut   = "redirect-out" // addresses that redirect to another site
)

// maxChain is how many redirects an address may take before it is reported. Google
// follows ten and advises to keep to five at the most
// (https://developers.google.com/search/docs/crawling-indexing/301-redirects,
// https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes,
// read 2026-11).
const maxChain = 5

// conclude reports what only the finished crawl shows. It may run again.
func (c *crawl) conclude(ctx context.Context) error {
	var found []inventory.Finding
	noise, err := c.noise(ctx)
	if err != nil {
		return err
	}
	redirects, err := c.redirects(ctx)
	if err != nil {
		return err
	}
	found = append(append(found, noise...), redirects...)
	return c.project.ReplaceFindings(ctx, c.side, []string{codeNoise, codeChain, codeLoop, codeOut}, found)
}

// noise reports parameters that change nothing, by the word of the shop's own pages.
func (c *crawl) noise(ctx context.Context) ([]inventory.Finding, error) {
	var declared []frontier.Declared
	err := c.project.Declared(ctx, c.side, func(page, canonical string) error {
		declared = append(declared, frontier.Declared{URL: page, Canonical: canonical})
		return nil
	})
	if err != nil {
		return nil, err
	}
	var found []inventory.Finding
	for _, n := range frontier.LearnNoise(declared) {
		if !frontier.IsPager(n.Param) {
			found = append(found, inventory.Finding{Side: c.side, Code: codeNoise, URL: n.Example, Message: n.Param, Count: n.Dropped})
		}
	}
	return found, nil
}

// redirects reports chains and loops of redirects, and those that leave the shop.
func (c *crawl) redirects(ctx context.Context) ([]inventory.Finding, error) {
	next := map[catalog.Key]catalog.Key{}
	address := map[catalog.Key]string{}
	out := map[string]*inventory.Finding{}
	var found []inventory.Finding
	err := c.project.Redirects(ctx, c.side, func(key catalog.Key, from, to string) error {
		u, err := url.Parse(to)
		if err != nil {
			return nil // it was reported when it was met
		}
		if !c.keys.SameShop(u) {
			f := out[u.Host]
			if f == nil {
				f = &inventory.Finding{Side: c.side, Code: codeOut, URL: from, Message: u.Host}
				out[u.Host] = f
			}
			f.Count++
			return nil
		}
		next[key], address[key] = c.identify(u).Key, from
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("following redirects: %w", err)
	}
	for _, host := range slices.Sorted(maps.Keys(out)) {
		found = append(found, *out[host])
	}
	target := map[catalog.Key]bool{}
	for _, to := range next {
		target[to] = true
	}
	looped := map[catalog.Key]bool{}
	for _, from := range slices.Sorted(maps.Keys(next)) {
		if looped[from] {
			continue
		}
		path, loop := chain(next, from)
		if loop && next[path[len(path)-1]] == from {
			for _, k := range path {
				looped[k] = true
			}
			found = append(found, inventory.Finding{Side: c.side, Code: codeLoop, URL: address[from],
				Message: "leads back to itself: " + shortPath(path, address), Count: len(path)})
			continue
		}
		// Only where a chain begins: each of its links would be one more.
		if !loop && len(path) > maxChain && !target[from] {
			found = append(found, inventory.Finding{Side: c.side, Code: codeChain, URL: address[from],
				Message: fmt.Sprintf("%d redirects", len(path)), Count: len(path) - maxChain})
		}
	}
	return found, nil
}

// chain follows next from k: the keys that redirect, and whether they come round.
func chain(next map[catalog.Key]catalog.Key, k catalog.Key) (path []catalog.Key, loop bool) {
	seen := map[catalog.Key]bool{}
	for {
		to, ok := next[k]
		if !ok {
			return path, false
		}
		if seen[k] {
			return path, true
		}
		seen[k] = true
		path = append(path, k)
		k = to
	}
}

func shortPath(path []catalog.Key, address map[catalog.Key]string) string {
	var b strings.Builder
	for i, k := range path {
		if i == 3 {
			b.WriteString(" → …")
			break
		}
		if i > 0 {
			b.WriteString(" → ")
		}
		b.WriteString(address[k])
	}
	return b.String()
}
