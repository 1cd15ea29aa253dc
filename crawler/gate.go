package crawler

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"

	"github.com/cespare/xxhash/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/recall"
)

// The gate bounds spaces without end. Addresses that only links know, and no grammar,
// are held until everything else has been asked. Then so many of each family are
// released, the shortest first; when these have been asked, too, families that have
// led to products or to pages of their own get more, the others stay as they are. What
// is held in the end is refused and reported, family by family.
//
// What the gate decides hangs only on which pages have been asked by then, and these
// are the same in every run: the order of answers and kills in between show nowhere.

// DefaultMaxAlike is how many addresses of one family are asked before any of them
// has to have proved its worth.
const DefaultMaxAlike = 500

// Shares of Config.MaxAlike, in its five-hundredths, so that the default reads as a
// plain number.
const (
	baseAlike   = 500  // families told apart by their path or by one parameter
	basePager   = 100  // page numbers of listings
	baseDates   = 100  // paths of numbers, as of calendars
	baseViews   = 24   // two parameters and more: mostly filters
	viewsPath   = 400  // of all such families of one path that have proved nothing
	poolAlike   = 5000 // of all families that have proved nothing
	viewsAtOnce = 8    // of one such family before what they show is looked at again
	baseListed  = 20   // further pages of one listing that the platform's grammar knows

	freePages = 20 // pages of such a listing that are never held
)

// A family gets the next power of two of its base above this many addresses for each
// product that it holds or alone leads to, and for each page with a title of its own.
const (
	perProduct = 4
	perTitle   = 2
	maxTitles  = 2000 // titles that count; products always do
	fewTitles  = 300  // the same for two parameters
)

const (
	maxFamilies  = 200 // told apart; what comes later is one family
	otherFamily  = "…"
	maxRelease   = 20000 // at once
	foldedAtOnce = 1000
)

// errStopReading ends the reading of what is held.
var errStopReading = errors.New("enough")

// gate is the state of one crawl's bounds.
type gate struct {
	c        *crawl
	state    gateState
	released map[string]int    // addresses of each family that have been let through
	views    map[string]string // path of each family of views among them
	parked   bool              // something was put off
	loaded   bool
	seen     *recall.Memory[int64, family] // families of addresses, by page.id
	scales   *scales                       // nil: nothing is weighed yet
	learnt   bool                          // learn has read all that is declared
}

// gateState is what has to outlive a kill: it is stored before anything is released
// on the strength of it.
type gateState struct {
	Families []string            `json:"families,omitempty"` // told apart, sorted
	Budgets  map[string]int      `json:"budgets,omitempty"`  // of families that have proved their worth
	Noise    map[string][]string `json:"noise,omitempty"`    // path → parameters that change nothing there
}

// family is a frontier.Family with its bounds.
type family struct {
	name, path string
	base       int
	titles     int // how many titles count
	rank       int // a product counts for the families of the lowest rank that link to it
	views      bool
	listed     bool
}

func (g *gate) share(n int) int {
	limit := g.c.cfg.MaxAlike
	if limit <= 0 {
		limit = DefaultMaxAlike
	}
	return max(1, n*limit/DefaultMaxAlike)
}

// holds says whether an address that a link, a redirect or a canonical address names
// has to wait. It depends on the address alone.
func holds(id platform.Identity) bool {
	if id.Rule != "" {
		return false
	}
	return !id.Known || id.PageNo > freePages
}

// familyOf names the family of a held page.
func (g *gate) familyOf(page int64, address string) family {
	f, ok := g.seen.Get(page)
	if !ok {
		f = g.readFamily(address)
		g.seen.Put(page, f)
	}
	if f.listed || len(g.state.Families) < maxFamilies {
		return f
	}
	if _, known := slices.BinarySearch(g.state.Families, f.name); !known && f.name != otherFamily {
		return family{name: otherFamily, base: g.share(baseAlike), rank: 9}
	}
	return f
}

// readFamily is familyOf as long as there is room for further families.
func (g *gate) readFamily(address string) family {
	u, err := url.Parse(address)
	if err != nil {
		return family{name: otherFamily, base: g.share(basePager), rank: 9}
	}
	id := g.c.identify(u)
	if id.Known && id.PageNo > 1 {
		return family{name: string(id.FirstPage) + " page", base: g.share(baseListed), rank: 1, listed: true}
	}
	if id.Known { // a feed
		_, t, _ := id.Key.Parts()
		return family{name: g.c.Platform.ID + " " + string(t), base: g.share(baseAlike), rank: 9, listed: true}
	}
	f := frontier.FamilyOf(u)
	out := family{name: f.Name, path: f.Path, rank: 1, base: g.share(baseAlike), titles: maxTitles}
	switch {
	case f.Params > 1:
		out.base, out.rank, out.views, out.titles = g.share(baseViews), f.Params, true, 0
		if f.Params == 2 {
			out.titles = fewTitles
		}
	case f.Dates:
		out.base, out.rank, out.titles = g.share(baseDates), 3, 0
	}
	if f.Pager {
		out.base, out.titles = min(out.base, g.share(basePager)), 0
	}
	return out
}

// open decides upon what is held, once nothing else is to be asked. It says whether
// there is more to ask.
func (g *gate) open(ctx context.Context) (more bool, err error) {
	if err := g.load(ctx); err != nil {
		return false, err
	}
	for {
		if err := g.fold(ctx); err != nil {
			return false, err
		}
		released, err := g.admit(ctx)
		if err != nil || released > 0 {
			return released > 0, err
		}
		if !g.parked {
			return false, nil
		}
		raised, err := g.weigh(ctx)
		if err != nil {
			return false, err
		}
		if !raised {
			return false, g.refuse(ctx)
		}
		if err := g.save(ctx); err != nil {
			return false, err
		}
		if err := g.c.project.Unpark(ctx, g.c.side); err != nil {
			return false, err
		}
		g.parked = false
	}
}

func (g *gate) load(ctx context.Context) error {
	if g.loaded {
		return nil
	}
	text, err := g.c.project.CrawlState(ctx, g.c.side)
	if err != nil {
		return err
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &g.state); err != nil {
			return fmt.Errorf("reading where the crawl stands: %w", err)
		}
	}
	if g.state.Budgets == nil {
		g.state.Budgets = map[string]int{}
	}
	if g.state.Noise == nil {
		g.state.Noise = map[string][]string{}
	}
	g.released, g.views = map[string]int{}, map[string]string{}
	err = g.c.project.Released(ctx, g.c.side, func(r inventory.Released) error {
		f := g.familyOf(r.ID, r.URL)
		g.released[f.name]++
		if f.views {
			g.views[f.name] = f.path
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = g.c.project.Held(ctx, g.c.side, true, func(inventory.Page) error {
		g.parked = true
		return errStopReading
	})
	if err != nil && !g.parked {
		return err
	}
	g.loaded = true
	return nil
}

func (g *gate) save(ctx context.Context) error {
	text, err := json.Marshal(g.state)
	if err != nil {
		return fmt.Errorf("storing where the crawl stands: %w", err)
	}
	return g.c.project.SaveCrawlState(ctx, g.c.side, text)
}

// fold makes held addresses with a parameter that has been found to change nothing
// aliases of the address without it.
func (g *gate) fold(ctx context.Context) error {
	if len(g.state.Noise) == 0 {
		return nil
	}
	var batch []inventory.Visit
	flush := func() error {
		err := g.c.project.SaveVisits(ctx, g.c.side, batch)
		batch = batch[:0]
		return err
	}
	err := g.c.project.Held(ctx, g.c.side, false, func(page inventory.Page) error {
		u, err := url.Parse(page.URL)
		if err != nil {
			return nil // admit and refuse deal with it
		}
		plain, ok := frontier.Without(u, g.state.Noise[noisePath(u)])
		if !ok {
			return nil
		}
		id := g.c.identify(plain)
		if id.Key == page.Key || id.Rule != "" && !id.Known {
			return nil
		}
		batch = append(batch, inventory.Visit{Key: page.Key, URL: page.URL, State: inventory.Alias, AliasOf: id.Key,
			Found: []inventory.Discovery{g.c.discovery(plain, id, "canonical", page.Depth)}})
		if len(batch) < foldedAtOnce {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// noisePath is what addresses share for which a parameter is learnt to be noise.
func noisePath(u *url.URL) string {
	plain := *u
	plain.RawQuery = ""
	return frontier.FamilyOf(&plain).Path
}

// admit releases what the bounds allow and puts the rest off.
func (g *gate) admit(ctx context.Context) (released int, err error) {
	r := g.newRound()
	err = g.c.project.Held(ctx, g.c.side, false, func(page inventory.Page) error {
		if len(r.let) == maxRelease {
			return errStopReading
		}
		f := g.familyOf(page.ID, page.URL)
		switch {
		case !r.room(f):
			r.put = append(r.put, page.ID)
			if len(r.put) < maxRelease {
				return nil
			}
			return r.park(ctx)
		case f.views && g.state.Budgets[f.name] == 0:
			r.consider(f, page)
		default:
			r.release(f, page.ID)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errStopReading) {
		return 0, err
	}
	r.takeViews()
	if err := r.park(ctx); err != nil {
		return 0, err
	}
	if r.newFamily {
		if err := g.save(ctx); err != nil {
			return 0, err
		}
	}
	if len(r.let) > 0 {
		if err := g.c.project.SetPriority(ctx, g.c.side, r.let, inventory.ReleasedPriority); err != nil {
			return 0, err
		}
	}
	g.released = r.count
	return len(r.let), nil
}

// round is one pass over what is held.
type round struct {
	*gate
	count     map[string]int // released by family, this round included
	pool      int            // of these, in families that have proved nothing
	paths     map[string]int // of these, views by path
	let, put  []int64
	views     map[string][]view // candidates of families of views
	newFamily bool
}

// view is a candidate of a family of views. Few are released at once and then looked
// at. Among addresses of equal length the order is that of a hash, so that they differ
// in more than the last parameter.
type view struct {
	family family
	id     int64
	length int
	hash   uint64
}

func (g *gate) newRound() *round {
	r := &round{gate: g, count: maps.Clone(g.released), paths: map[string]int{}, views: map[string][]view{}}
	for name, n := range g.released {
		if g.state.Budgets[name] == 0 {
			r.pool += n
			if path, ok := g.views[name]; ok {
				r.paths[path] += n
			}
		}
	}
	return r
}

// room says whether one more address of f may be released.
func (r *round) room(f family) bool {
	if budget := r.state.Budgets[f.name]; budget > 0 {
		return r.count[f.name] < budget
	}
	return r.count[f.name] < f.base && r.pool < r.share(poolAlike) &&
		(!f.views || r.paths[f.path] < r.share(viewsPath))
}

func (r *round) release(f family, id int64) {
	r.let = append(r.let, id)
	r.count[f.name]++
	if r.state.Budgets[f.name] == 0 {
		r.pool++
		if f.views {
			r.paths[f.path]++
			r.gate.views[f.name] = f.path
		}
	}
	if i, known := slices.BinarySearch(r.state.Families, f.name); !known && !f.listed && f.name != otherFamily {
		r.state.Families = slices.Insert(r.state.Families, i, f.name)
		r.newFamily = true
	}
}

func (r *round) consider(f family, page inventory.Page) {
	v := view{f, page.ID, len(page.URL), xxhash.Sum64String(string(page.Key))}
	list := r.views[f.name]
	i, _ := slices.BinarySearchFunc(list, v, func(a, b view) int {
		return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.hash, b.hash))
	})
	if list = slices.Insert(list, i, v); len(list) > r.share(viewsAtOnce) {
		list = list[:r.share(viewsAtOnce)]
	}
	r.views[f.name] = list
}

func (r *round) takeViews() {
	for _, name := range slices.Sorted(maps.Keys(r.views)) {
		for _, v := range r.views[name] {
			if r.room(v.family) {
				r.release(v.family, v.id)
			}
		}
	}
}

// park puts off what there is no room for.
func (r *round) park(ctx context.Context) error {
	if len(r.put) == 0 {
		return nil
	}
	err := r.c.project.SetPriority(ctx, r.c.side, r.put, inventory.ParkedPriority)
	r.put, r.parked = r.put[:0], true
	return err
}

// maxWeighed is how many released pages are remembered from one weighing to the next;
// where there are more each weighing reads them all.
const maxWeighed = 1 << 17

// scales is what the released pages were worth.
type scales struct {
	families map[string]family
	of       map[int64]string           // family of each page
	goods    map[string]map[uint64]bool // products by family
	titles   map[string]map[uint64]bool // titles by family
}

// add puts a page on the scales. It is false when the page is there already.
func (s *scales) add(f family, r inventory.Released) bool {
	if _, ok := s.of[r.ID]; ok {
		return false
	}
	s.families[f.name], s.of[r.ID] = f, f.name
	put := func(m map[string]map[uint64]bool, text string) {
		if m[f.name] == nil {
			m[f.name] = map[uint64]bool{}
		}
		m[f.name][xxhash.Sum64String(text)] = true
	}
	switch {
	case r.Goods != "":
		put(s.goods, r.Goods)
	case r.Title != "" && r.Type != catalog.ProductP && len(s.titles[f.name]) < f.titles:
		put(s.titles, r.Title)
	}
	return true
}

// weigh looks at what the released pages were worth. It says whether any family gets
// more, or any parameter was found to be noise.
func (g *gate) weigh(ctx context.Context) (raised bool, err error) {
	declared, err := g.fill(ctx)
	if err != nil {
		return false, err
	}
	// Most families prove their worth by what they hold themselves. Who links to what
	// is a question to all links of the shop, and asked only when nothing else helps.
	if raised = g.raise(nil); !raised {
		linked, err := g.linked(ctx)
		if err != nil {
			return false, err
		}
		raised = g.raise(linked)
	}
	if len(g.scales.of) > maxWeighed {
		g.scales = nil
	}
	if !declared && g.learnt {
		return raised, nil
	}
	learnt, err := g.learn(ctx)
	g.learnt = err == nil
	return raised || learnt, err
}

// fill puts on the scales what is not there yet. It says whether any page has declared
// a canonical address meanwhile from which learn may learn.
func (g *gate) fill(ctx context.Context) (declared bool, err error) {
	fresh, declared, ok, err := g.c.project.ReleasedSince(ctx, g.c.side)
	if err != nil {
		return false, err
	}
	if ok && g.scales != nil {
		for _, r := range fresh {
			ok = ok && g.scales.add(g.familyOf(r.ID, r.URL), r)
		}
		if ok {
			return declared, nil
		}
	}
	g.scales = &scales{families: map[string]family{}, of: map[int64]string{},
		goods: map[string]map[uint64]bool{}, titles: map[string]map[uint64]bool{}}
	return true, g.c.project.Released(ctx, g.c.side, func(r inventory.Released) error {
		g.scales.add(g.familyOf(r.ID, r.URL), r)
		return nil
	})
}

// raise gives families that have proved their worth a larger budget. Products that they
// lead to count like those that they hold.
func (g *gate) raise(linked map[string]map[uint64]bool) (raised bool) {
	for name, f := range g.scales.families {
		goods := len(g.scales.goods[name])
		for product := range linked[name] {
			if !g.scales.goods[name][product] {
				goods++
			}
		}
		need := f.base + perProduct*goods + perTitle*min(len(g.scales.titles[name]), f.titles)
		budget := f.base
		for budget+budget/8 < need { // a single product is no proof for hundreds of pages
			budget *= 2
		}
		if budget > f.base && budget > g.state.Budgets[name] {
			g.state.Budgets[name], raised = budget, true
		}
	}
	return raised
}

// linked are the products that each family leads to, unless a page that was never held or
// a family of lower rank leads there too.
func (g *gate) linked(ctx context.Context) (map[string]map[uint64]bool, error) {
	type shown struct {
		product  uint64
		rank     int      // of the best families that link to the product
		families []string // these, without those of rank 0
	}
	of := map[int64]*shown{} // by page
	byProduct := map[uint64]*shown{}
	err := g.c.project.Goods(ctx, g.c.side, func(page int64, text string) error {
		product := xxhash.Sum64String(text)
		if byProduct[product] == nil {
			byProduct[product] = &shown{product: product, rank: math.MaxInt}
		}
		of[page] = byProduct[product]
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = g.c.project.LinksFrom(ctx, func(from int64, to []int64) error {
		rank := 0 // a page that was never held
		name, held := g.scales.of[from]
		if held {
			rank = g.scales.families[name].rank
		}
		for _, page := range to {
			p := of[page]
			if p == nil || p.rank < rank {
				continue
			}
			if p.rank > rank {
				p.rank, p.families = rank, p.families[:0]
			}
			if rank > 0 && !slices.Contains(p.families, name) {
				p.families = append(p.families, name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	linked := map[string]map[uint64]bool{}
	for _, p := range byProduct {
		for _, name := range p.families {
			if linked[name] == nil {
				linked[name] = map[uint64]bool{}
			}
			linked[name][p.product] = true
		}
	}
	return linked, nil
}

// learn finds parameters that change nothing, for each path apart: on another path
// the same word may name the page. It says whether any is new. Page numbers are never
// learnt: shops name page 1 as the canonical address of page 2.
func (g *gate) learn(ctx context.Context) (learnt bool, err error) {
	byPath := map[string][]frontier.Declared{}
	err = g.c.project.Declared(ctx, g.c.side, func(page, canonical string) error {
		if u, err := url.Parse(page); err == nil {
			byPath[noisePath(u)] = append(byPath[noisePath(u)], frontier.Declared{URL: page, Canonical: canonical})
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	for path, declared := range byPath {
		for _, n := range frontier.LearnNoise(declared) {
			i, known := slices.BinarySearch(g.state.Noise[path], n.Param)
			if known || frontier.IsPager(n.Param) {
				continue
			}
			g.state.Noise[path], learnt = slices.Insert(g.state.Noise[path], i, n.Param), true
		}
	}
	return learnt, nil
}

// refuse ends the crawl of what is held, and reports it.
func (g *gate) refuse(ctx context.Context) error {
	type group struct {
		count   int
		example string
	}
	groups := map[string]*group{}
	err := g.c.project.Held(ctx, g.c.side, true, func(page inventory.Page) error {
		name := g.familyOf(page.ID, page.URL).name
		if groups[name] == nil {
			groups[name] = &group{example: page.URL}
		}
		groups[name].count++
		return nil
	})
	if err != nil {
		return err
	}
	var findings []inventory.Finding
	for _, name := range slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(groups[b].count, groups[a].count), cmp.Compare(a, b))
	}) {
		findings = append(findings, inventory.Finding{Side: g.c.side, Code: inventory.RuleAlike, URL: groups[name].example,
			Message: fmt.Sprintf("%d asked of %s", g.released[name], name), Count: groups[name].count})
	}
	g.parked = false
	return g.c.project.RefuseHeld(ctx, g.c.side, findings)
}
