package planner

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/redirects/verify"
)

// Variants says which spellings Verify asks beside those that are known: an https
// address as http too, and with and without "www." where the shop has both hosts.
type Variants string

// Values of Variants.
const (
	VariantsNone Variants = "none"
	VariantsSome Variants = "some" // of the most valuable pages: a server treats all alike
	VariantsAll  Variants = "all"
)

// someVariants is how many rows VariantsSome asks in every variant.
const someVariants = 20

// asking is an address to be asked, and the page that it is of.
type asking struct {
	verify.Expect
	key   catalog.Key
	worth inventory.Worth
}

// verifyRows lists what Verify asks, the most valuable pages first, and counts the
// pages with worth that are in no row of the plan.
func verifyRows(ctx context.Context, project *inventory.Project, opts VerifyOptions) (rows []verify.Expect, unplanned int, err error) {
	worth, err := project.WorthTotals(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("reading worth: %w", err)
	}
	b := &rowBuilder{worth: worth, asked: map[string]bool{}, byPage: map[catalog.Key]verify.Expect{}, bySpelling: map[string]verify.Expect{}, planned: map[catalog.Key]bool{}, kept: map[int]string{}, hosts: map[string]bool{}}
	if err := b.plan(ctx, project); err != nil {
		return nil, 0, err
	}
	if len(b.rows) == 0 {
		return nil, 0, ErrNoPlan
	}
	if err := b.spellings(ctx, project); err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(b.rows, func(x, y asking) int { return CompareWorth(x.worth, y.worth) })
	b.variants(opts)
	for _, a := range b.rows {
		rows = append(rows, a.Expect)
	}
	return rows, b.unplanned, nil
}

type rowBuilder struct {
	worth      map[catalog.Key]inventory.Worth
	rows       []asking
	asked      map[string]bool               // identities of addresses
	byPage     map[catalog.Key]verify.Expect // the row of the canonical spelling
	bySpelling map[string]verify.Expect      // by sourceIdentity
	planned    map[catalog.Key]bool          // pages of the plan, asked or not
	kept       map[int]string                // by line: keptAddress of the rows that are kept
	hosts      map[string]bool               // of the shop
	unplanned  int
}

func (b *rowBuilder) add(e verify.Expect, key catalog.Key) {
	id, ok := verify.Identity(e.OldURL)
	if !ok || b.asked[id] {
		return
	}
	if at, kept := b.kept[e.Line]; kept {
		line := e.Line
		e = keptAt(e.OldURL, at)
		e.Line = line
	}
	b.asked[id] = true
	b.rows = append(b.rows, asking{Expect: e, key: key, worth: b.worth[key]})
}

// plan takes the rows of the plan.
func (b *rowBuilder) plan(ctx context.Context, project *inventory.Project) error {
	line := 1 // the heading of redirect-map.csv
	err := project.Plan(ctx, func(r inventory.PlanRow) error {
		line++
		b.planned[r.OldKey] = true
		e, ok := expectOf(r)
		if !ok {
			return nil
		}
		e.Line = line
		if r.Action == ActionKeep {
			b.kept[line] = keptAddress(r)
		}
		if _, ok := b.byPage[r.OldKey]; !ok {
			b.byPage[r.OldKey] = e
		}
		if u, err := url.Parse(r.OldURL); err == nil {
			b.bySpelling[sourceIdentity(u)] = e
			b.hosts[strings.ToLower(u.Host)] = true
		}
		b.add(e, r.OldKey)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the plan: %w", err)
	}
	return nil
}

// expectOf is what a row of the plan wants its old address to answer; false where it
// wants nothing that could be asked.
func expectOf(r inventory.PlanRow) (verify.Expect, bool) {
	e := verify.Expect{OldURL: r.OldURL, NewURL: r.NewURL, Status: r.Status}
	switch r.Action {
	case ActionRedirect, ActionGone:
		return e, true
	case ActionKeep:
		return keptAt(r.OldURL, keptAddress(r)), true
	}
	return e, false
}

// keptAddress is where the page of a row that is kept will answer, the new shop's spelling
// of the old address; empty where the new shop was read on another host, so that it is not
// known which spelling it prefers.
func keptAddress(r inventory.PlanRow) string {
	if stays(r.OldURL, r.NewURL) {
		return r.NewURL
	}
	return ""
}

// keptAt is what an old address of a page that is kept should answer: the page itself or,
// where it differs from the page's address in scheme or "www." alone, a redirect to that.
func keptAt(oldURL, address string) verify.Expect {
	a, ok1 := verify.Identity(oldURL)
	b, ok2 := verify.Identity(address)
	if ok1 && ok2 && a != b && stays(oldURL, address) {
		return verify.Expect{OldURL: oldURL, NewURL: address, Status: http.StatusMovedPermanently}
	}
	return verify.Expect{OldURL: oldURL, Status: http.StatusOK}
}

// spellings adds the addresses of the same pages that a crawl or a file of the owner
// has named: the plan has one row for all spellings that differ in scheme and "www."
// only, since an engine answers them all, and none for those with tracking parameters.
func (b *rowBuilder) spellings(ctx context.Context, project *inventory.Project) error {
	shop, err := project.Shop(ctx, catalog.Old)
	if err != nil {
		return fmt.Errorf("reading the old shop: %w", err)
	}
	for _, h := range shop.Hosts {
		b.hosts[strings.ToLower(h)] = true
	}
	err = project.Pages(ctx, inventory.Filter{Side: catalog.Old}, func(p inventory.Page, _ *catalog.Product) error {
		for _, s := range p.Spellings {
			b.spelling(s, p.Key, false)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the old shop: %w", err)
	}
	err = project.Worth(ctx, func(w inventory.Worth) error {
		if w.URL != "" {
			b.spelling(w.URL, w.Key, true)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading worth: %w", err)
	}
	for key := range b.worth {
		if !b.planned[key] {
			b.unplanned++
		}
	}
	return nil
}

// spelling adds one more address of a page. valued says that visitors use it, so that
// it has to lead where its page leads even without a row of its own.
func (b *rowBuilder) spelling(raw string, key catalog.Key, valued bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return
	}
	e, ok := b.bySpelling[sourceIdentity(u)]
	if !ok && valued {
		e, ok = b.byPage[key]
	}
	if !ok {
		return
	}
	e.OldURL = raw
	u.Fragment = ""
	if s := u.String(); len(s) < len(raw) && strings.HasPrefix(raw, s) {
		e.OldURL = s // no server sees a fragment
	}
	b.hosts[strings.ToLower(u.Host)] = true
	b.add(e, key)
}

// variants adds spellings that nobody has seen but that are out there: http for https,
// "www." where the shop has both. A host that is asked on another machine for all of
// its ports alike cannot be asked in two schemes.
func (b *rowBuilder) variants(opts VerifyOptions) {
	n := len(b.rows)
	switch opts.Variants {
	case VariantsAll:
	case VariantsSome:
		n = min(n, someVariants)
	default:
		return
	}
	for _, a := range slices.Clone(b.rows[:n]) {
		if at, kept := b.kept[a.Line]; kept && at == "" {
			continue // the new shop answers one of its spellings and redirects the others: which, is not known
		}
		u, err := url.Parse(a.OldURL)
		if err != nil {
			continue
		}
		hosts := []string{u.Host}
		if bare, ok := strings.CutPrefix(u.Host, "www."); ok {
			hosts = append(hosts, bare)
		} else {
			hosts = append(hosts, "www."+u.Host)
		}
		for _, host := range hosts {
			if !b.hosts[strings.ToLower(host)] {
				continue
			}
			schemes := []string{u.Scheme}
			if u.Scheme == "https" && u.Port() == "" && bothSchemes(host, opts.ConnectTo) {
				schemes = append(schemes, "http")
			}
			for _, scheme := range schemes {
				e := a.Expect
				e.OldURL = scheme + "://" + host + strings.TrimPrefix(a.OldURL, u.Scheme+"://"+u.Host)
				b.add(e, a.key)
			}
		}
	}
}

// bothSchemes says whether http and https addresses of a host can be told apart under
// ConnectTo.
func bothSchemes(host string, connect map[string]string) bool {
	to, ok := connect[strings.ToLower(host)]
	return !ok || strings.Contains(to, "://")
}

// sourceIdentity makes the addresses equal that one row of the plan stands for.
func sourceIdentity(u *url.URL) string {
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.") + pathQuery(u)
}

// leaveOut takes away what was right lately, and all but a sample of the rest.
func leaveOut(ctx context.Context, project *inventory.Project, rows []verify.Expect, opts VerifyOptions) ([]verify.Expect, error) {
	if opts.Since > 0 {
		right := map[string]inventory.Proof{}
		limit := time.Now().Add(-opts.Since)
		err := project.Proofs(ctx, func(p inventory.Proof) error {
			kind, answered := proofLive, ""
			if connectedTo(p.OldURL, opts.ConnectTo) != "" {
				kind, answered = proofEngine, opts.Engine
			}
			if p.Kind == kind && p.Engine == answered && p.OK && p.CheckedAt.After(limit) {
				right[p.OldURL] = p
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading proofs: %w", err)
		}
		rows = slices.DeleteFunc(rows, func(e verify.Expect) bool {
			p, ok := right[e.OldURL]
			return ok && answers(p, e)
		})
	}
	if opts.Sample <= 0 || opts.Sample >= len(rows) {
		return rows, nil
	}
	return sampled(ctx, project, rows, opts.Sample)
}

// leastWeight is the weight of an address of which no worth is known, beside 1 for the
// most valuable.
const leastWeight = 0.02

// sampled draws n addresses, each page by the weight of its worth, the same ones each
// time (weighted random sampling without replacement: P. Efraimidis and P. Spirakis,
// Information Processing Letters 97, 2006). Their order stays.
func sampled(ctx context.Context, project *inventory.Project, rows []verify.Expect, n int) ([]verify.Expect, error) {
	worth, err := project.WorthTotals(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading worth: %w", err)
	}
	byURL := map[string]catalog.Key{}
	err = project.Plan(ctx, func(r inventory.PlanRow) error {
		if u, err := url.Parse(r.OldURL); err == nil {
			byURL[sourceIdentity(u)] = r.OldKey
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	scale := ScaleOf(worth)
	type ticket struct {
		at    int
		drawn float64
	}
	tickets := make([]ticket, len(rows))
	for i, e := range rows {
		weight := leastWeight
		if u, err := url.Parse(e.OldURL); err == nil {
			weight = max(weight, scale.Share(worth[byURL[sourceIdentity(u)]]))
		}
		luck := (float64(xxhash.Sum64String(e.OldURL)>>11) + 1) / (1 << 53)
		tickets[i] = ticket{i, -math.Log(luck) / weight}
	}
	slices.SortFunc(tickets, func(a, b ticket) int { return cmp.Or(cmp.Compare(a.drawn, b.drawn), cmp.Compare(a.at, b.at)) })
	tickets = tickets[:n]
	slices.SortFunc(tickets, func(a, b ticket) int { return cmp.Compare(a.at, b.at) })
	out := make([]verify.Expect, n)
	for i, t := range tickets {
		out[i] = rows[t.at]
	}
	return out, nil
}
