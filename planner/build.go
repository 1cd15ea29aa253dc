package planner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// Errors of Build that a caller can act on.
var (
	// ErrNothingMatched: match has not run on this project yet.
	ErrNothingMatched = errors.New("the shops have not been matched yet")
	// ErrUnknownEngine: no redirect engine has this id.
	ErrUnknownEngine = errors.New("unknown redirect engine")
	// ErrNoCarrier: the format named as the plan's engine is a file that answers nobody.
	ErrNoCarrier = errors.New("not an engine that answers addresses")
)

// Options of Build. What is left empty is taken from the project and the facts.
type Options struct {
	To          string // id of the destination; empty: the platform of the new shop
	Engine      string // id of the redirect engine; empty: chosen by the way
	NewBase     string // the address that the new shop will have
	OwnDomain   Answer // empty: told from the old shop's host
	Movable     Answer // empty: unknown
	EdgeAllowed Answer // empty: unknown
	Haste       bool
	MapBase     string   // https address of the folder where the owner will put script maps; empty: not decided
	NewCart     string   // address of the new shop's cart, for visitors of the old one; empty: left alone
	Origins     []string // further hosts ("https://blog.example") to which rows may lead; others are refused
	NoForward   bool     // the old platform's terms forbid to move visitors on by themselves
	ProductFile []byte   // the owner's fresh product export; nil: not at hand
	Generated   time.Time
	Clocks      Clocks            // dates as far as the owner has set them
	Facts       map[string]string // answers of the owner, by the keys of CaseFacts
}

// Build makes the plan of a project and stores its rows there.
func Build(ctx context.Context, project *inventory.Project, reg *platform.Registry, opts Options) (*Plan, error) {
	b := &builder{project: project, reg: reg, opts: opts, plan: &Plan{Generated: opts.Generated, NewBase: opts.NewBase}}
	for _, step := range []func(context.Context) error{b.shops, b.readMatches, b.readNewPages, b.situation, b.rows, b.carry, b.domains, b.count, b.ask, b.facts, b.outcomes} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if err := project.SavePlan(ctx, b.meta(), b.plan.Rows); err != nil {
		return nil, fmt.Errorf("storing the plan: %w", err)
	}
	return b.plan, nil
}

// builder is the state of one Build.
type builder struct {
	project *inventory.Project
	reg     *platform.Registry
	opts    Options
	plan    *Plan

	source, dest *platform.Platform
	matches      map[catalog.Key]inventory.Match
	newPages     map[catalog.Key]newPage
	newHome      string
	// newHomeAsRead is newHome before it was moved to Options.NewBase.
	newHomeAsRead string
	language      string                       // of most old pages, as HTML names it; empty: unknown
	codes         map[catalog.Key]string       // the shop's own code of each old product
	tasks         []Question                   // of the workarounds
	fallback      map[catalog.Key]CoverageLine // what delivers each page when no engine does
}

type newPage struct {
	url, title string
	asRead     string // the address before it was moved to Options.NewBase
}

func (b *builder) shops(ctx context.Context) error {
	old, err := b.project.Shop(ctx, catalog.Old)
	if err != nil {
		return err
	}
	fresh, err := b.project.Shop(ctx, catalog.New)
	if err != nil && (!errors.Is(err, inventory.ErrNoShop) || b.opts.To == "") {
		return err
	}
	var ok bool
	if b.source, ok = b.reg.Get(old.Platform); !ok {
		return fmt.Errorf("the old shop's platform %q is not known", old.Platform)
	}
	to := b.opts.To
	if to == "" {
		to = fresh.Platform
	}
	if b.dest, ok = b.reg.Get(to); !ok {
		return fmt.Errorf("the destination %q is not known", to)
	}
	for side, s := range map[catalog.Side]*ShopFacts{catalog.Old: &b.plan.Old, catalog.New: &b.plan.New} {
		if s.Counts, err = b.project.Counts(ctx, side); err != nil {
			return fmt.Errorf("counting pages: %w", err)
		}
	}
	b.plan.Old.Shop, b.plan.New.Shop = old, fresh
	b.plan.Old.PlatformName = text(b.source.Names.JA, b.source.Names.EN)
	b.plan.New.PlatformName = text(b.dest.Names.JA, b.dest.Names.EN)
	if b.plan.Findings, err = b.project.Findings(ctx, catalog.Old); err != nil {
		return fmt.Errorf("reading findings: %w", err)
	}
	b.plan.Findings = append(b.plan.Findings, unread(old, b.plan.Old.Counts)...)
	return nil
}

func (b *builder) readMatches(ctx context.Context) error {
	b.matches = map[catalog.Key]inventory.Match{}
	err := b.project.Matches(ctx, func(m inventory.Match) error {
		b.matches[m.Old] = m
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading pairs: %w", err)
	}
	if len(b.matches) == 0 && b.plan.Old.Counts.Pages > b.plan.Old.Counts.ByState[inventory.Queued] {
		return ErrNothingMatched
	}
	var judged []inventory.Judged
	err = b.project.EachJudged(ctx, func(j inventory.Judged) error {
		judged = append(judged, j)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading judged pairs: %w", err)
	}
	b.plan.Calibration = calibration(judged)
	if b.plan.worth, err = b.project.WorthTotals(ctx); err != nil {
		return fmt.Errorf("reading worth: %w", err)
	}
	return nil
}

func (b *builder) readNewPages(ctx context.Context) error {
	b.newPages = map[catalog.Key]newPage{}
	err := b.project.Pages(ctx, inventory.Filter{Side: catalog.New}, func(p inventory.Page, product *catalog.Product) error {
		if p.State != inventory.Done || p.Status >= 300 {
			return nil
		}
		u, err := Rebase(p.URL, b.opts.NewBase)
		if err != nil {
			return err
		}
		title := p.Title
		if product != nil && product.Name != "" {
			title = product.Name
		}
		b.newPages[p.Key] = newPage{url: u, title: title, asRead: p.URL}
		if p.Type == catalog.Home {
			b.newHome, b.newHomeAsRead = u, p.URL
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the new shop: %w", err)
	}
	if b.newHome == "" && b.plan.New.StartURL != "" {
		home, err := url.Parse(b.plan.New.StartURL)
		if err != nil {
			return fmt.Errorf("reading the new shop's address: %w", err)
		}
		b.newHomeAsRead = home.Scheme + "://" + home.Host + "/"
		b.newHome, err = Rebase(b.newHomeAsRead, b.opts.NewBase)
		if err != nil {
			return err
		}
	}
	return nil
}

// situation gathers what the decision needs.
func (b *builder) situation(ctx context.Context) error {
	c := Case{OwnDomain: b.opts.OwnDomain, Movable: b.opts.Movable, EdgeAllowed: b.opts.EdgeAllowed,
		Haste:   b.opts.Haste || !b.opts.Clocks.Breach.IsZero(),
		Cutover: b.opts.Clocks.Cutover, ContractEnd: b.opts.Clocks.ContractEnd, DomainEnd: b.opts.Clocks.DomainExpiry}
	if c.OwnDomain == "" {
		c.OwnDomain = ownDomain(b.source, b.plan.Old.Hosts)
	}
	s, err := b.measured(ctx, Situate(b.source, b.dest, c))
	if err != nil {
		return err
	}
	s.NoForward = b.opts.NoForward
	b.plan.Situation = s
	return nil
}

// rows makes the redirect map: for every page what happens to it, one row for each
// spelling that needs one.
func (b *builder) rows(ctx context.Context) error {
	// Which ways keep the host does not hang on the rows, so the host question can
	// be answered before they are counted.
	hostKept := b.plan.Situation.OwnDomain != No && b.plan.Situation.Movable != No &&
		b.plan.Situation.Destination.OwnDomain.Value != string(No)
	urlOf := func(k catalog.Key) string { return b.newPages[k].url }
	b.codes = map[catalog.Key]string{}
	status := map[catalog.Key]int{}
	languages := map[string]int{}
	kept := false // a page other than the home page has the same address in the new shop
	err := b.project.Pages(ctx, inventory.Filter{Side: catalog.Old}, func(p inventory.Page, product *catalog.Product) error {
		m, hasMatch := b.matches[p.Key]
		t := treat(p, m, hasMatch, hostKept, Visited(b.plan.worth[p.Key]), b.newHome, urlOf)
		if t.reason == reasonHomeOwn && b.plan.Situation.OwnDomain != Yes {
			t.reason = reasonHomeStay
		}
		title := p.Title
		if product != nil && product.Name != "" {
			title = product.Name
		}
		status[p.Key] = p.Status
		if p.Lang != "" {
			languages[p.Lang]++
		}
		if product != nil {
			b.codes[p.Key] = product.SKU
		}
		decided := ""
		if m.Decision != "" {
			decided = m.DecidedBy
		}
		for _, spelling := range sourceSpellings(p) {
			t := t
			if t.action == ActionRedirect && hostKept && b.staysPut(spelling, t.newURL) {
				t.action, t.status, t.reason = ActionKeep, 0, reasonStays
				if b.plan.Situation.OwnDomain != Yes || b.plan.Situation.Movable != Yes {
					t.reason = reasonStaysIf
				}
				kept = true
			}
			b.plan.Rows = append(b.plan.Rows, inventory.PlanRow{
				OldURL: spelling, NewURL: t.newURL, OldKey: p.Key, Action: t.action, Status: t.status,
				Class: t.match.Class, Confidence: t.match.Confidence, Method: t.match.Method,
				Reason: t.reason.EN, ReasonJA: t.reason.JA, Type: p.Type, OldTitle: title,
				NewTitle: b.newPages[t.newKey].title, Sources: p.Sources,
				NeedsReview: t.action == ActionAsk, DecidedBy: decided, Strength: StrengthNone, Proof: "none",
			})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("making the redirect map: %w", err)
	}
	b.language = mostOften(languages)
	b.prioritise(status)
	s := &b.plan.Situation
	plain := plainPaths(b.plan.Rows)
	for _, r := range b.plan.Rows {
		if r.Action != ActionRedirect && r.Action != ActionGone {
			continue
		}
		s.Rows++
		if path, _, ok := strings.Cut(r.OldURL, "?"); ok && !plain[pagePath{r.OldKey, path}] {
			s.QueryRows++
		}
		if u, err := url.Parse(r.OldURL); err == nil && isReserved(s.Destination.Reserved, u.EscapedPath()) {
			s.Reserved++
		}
	}
	s.SameURLs = yesNo((s.Rows > 0 || kept) && sameURLs(b.plan.Rows))
	b.plan.Decision = Decide(*s)
	b.moveKept()
	return nil
}

// mostOften is the word that was counted most, the first of the alphabet among equals;
// empty where none was counted.
func mostOften(counts map[string]int) string {
	best := ""
	for word, n := range counts {
		if n > counts[best] || n == counts[best] && word < best {
			best = word
		}
	}
	return best
}

// staysPut says whether an old address will be answered by its new page itself, once the
// new shop answers the old names: it is the very address of that page or, while nobody
// has said at which address the new shop will be, has its path and query.
func (b *builder) staysPut(oldURL, newURL string) bool {
	if stays(oldURL, newURL) {
		return true
	}
	old, err1 := url.Parse(oldURL)
	fresh, err2 := url.Parse(newURL)
	return b.opts.NewBase == "" && err1 == nil && err2 == nil && fresh.Host != "" && pathQuery(old) == pathQuery(fresh) && !b.onPlatformHost(oldURL)
}

// moveKept gives pages that would keep their address a redirect where the new shop does
// not answer the old name after all. What the old shop shows at its home page is left to
// the pointers in its pages.
func (b *builder) moveKept() {
	lost := !takesOldName(b.plan.Decision.Way) && b.plan.Decision.Way != WayB2
	for i := range b.plan.Rows {
		r := &b.plan.Rows[i]
		moves := b.apart() && !stays(r.OldURL, r.NewURL) || lost && r.Type != catalog.Home
		if r.Action != ActionKeep || !moves {
			continue
		}
		reason := reasonHome
		if m := b.matches[r.OldKey]; r.Type != catalog.Home {
			reason = text(m.ReasonJA, m.Reason)
		}
		r.Action, r.Status, r.Reason, r.ReasonJA = ActionRedirect, http.StatusMovedPermanently, reason.EN, reason.JA
		b.plan.Situation.Rows++
	}
}

// pagePath is one page at one address without its query.
type pagePath struct {
	key  catalog.Key
	path string
}

// plainPaths are the addresses at which a page stands without a query. What another
// spelling of the page has behind the question mark there is a mere addition, such as
// the list that the visitor came from, and does not tell the page.
func plainPaths(rows []inventory.PlanRow) map[pagePath]bool {
	out := map[pagePath]bool{}
	for _, r := range rows {
		if !strings.Contains(r.OldURL, "?") {
			out[pagePath{r.OldKey, r.OldURL}] = true
		}
	}
	return out
}

// sameURLs says whether every redirect keeps path and query.
func sameURLs(rows []inventory.PlanRow) bool {
	for _, r := range rows {
		if r.Action == ActionGone {
			return false
		}
		if r.Action != ActionRedirect {
			continue
		}
		old, err1 := url.Parse(r.OldURL)
		fresh, err2 := url.Parse(r.NewURL)
		if err1 != nil || err2 != nil || pathQuery(old) != pathQuery(fresh) {
			return false
		}
	}
	return true
}

// ownDomain tells by the host whether the shop stands on a domain of its own: it
// does unless every host of it ends in a suffix that the platform gives its shops.
// Where a service's suffixes are not known, nothing can be told.
func ownDomain(p *platform.Platform, hosts []string) Answer {
	suffixes := p.Domain.Suffixes.Values
	if len(hosts) == 0 || len(suffixes) == 0 && p.Kind == platform.Hosted {
		return Unknown
	}
	for _, h := range hosts {
		host, _, _ := strings.Cut(h, ":")
		if slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(host, "."+strings.TrimPrefix(s, ".")) }) {
			continue
		}
		return Yes
	}
	return No
}
