package planner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
)

// MonitorOptions of NewMonitor.
type MonitorOptions struct {
	// Hosts are further hosts, "host[:port]", that the new server answers on.
	Hosts []string
	// MaxAddresses bounds how many addresses are kept, of one log and of all together.
	// 0: one million. What they take is bounded as well, by 512 MiB each.
	MaxAddresses int
}

// MissClass says what an address that visitors missed on the new server means for the plan.
type MissClass string

// Classes of missed addresses, what has to be mended first in front.
const (
	MissNotInForce MissClass = "not-in-force" // the map redirects or keeps it, the server does not
	MissTarget     MissClass = "target"       // it is a page of the new shop to which the map leads
	MissUnmapped   MissClass = "unmapped"     // a page of the old shop without a redirect
	MissUnknownOld MissClass = "unknown-old"  // built like an address of the old shop, and not known
	MissUnknown    MissClass = "unknown"      // neither known nor built like one of the old shop
	MissPlanned    MissClass = "planned"      // the plan says that it is gone or left alone
	MissBroken     MissClass = "broken"       // never answered but with errors of the server
)

// MissClasses lists all, in the order in which they are told.
func MissClasses() []MissClass {
	return []MissClass{MissNotInForce, MissTarget, MissUnmapped, MissUnknownOld, MissUnknown, MissPlanned, MissBroken}
}

// Urgent says whether addresses of the class are something to be mended.
func (c MissClass) Urgent() bool {
	return c == MissNotInForce || c == MissTarget || c == MissUnmapped || c == MissUnknownOld
}

// Reasons why a row is not in force.
const (
	ReasonNotInstalled = "not-installed" // the plan's engine would redirect it: the map is not on the server, or an older one
	ReasonSpelling     = "spelling"      // the plan's engine would not know this spelling of the page
	ReasonParameters   = "parameters"    // the plan's engine would not know it with these parameters behind it, which tell nothing
	ReasonOtherCarrier = "other-carrier" // the plan has it delivered by something else than an engine
	ReasonNoCarrier    = "no-carrier"    // nothing in the plan delivers it
	ReasonKept         = "kept"          // the plan keeps the address, and it is not there
)

// Ways by which a target is proposed.
const (
	BasisMatch    = "match"     // what the matching proposes, or a person decided
	BasisRunnerUp = "runner-up" // the second best of the matching
	BasisCategory = "category"  // where the matching leads visitors of a page that is gone
	BasisSpelling = "spelling"  // the page has a redirect under another spelling
	BasisName     = "name"      // a page of the new shop has the same name in its address
)

// MissProposal is where visitors of a missed address could be led.
type MissProposal struct {
	NewURL string      `json:"new_url"`
	NewKey catalog.Key `json:"new_key,omitempty"`
	Basis  string      `json:"basis"`
	// Sure proposals need no person to look at them.
	Sure       bool    `json:"sure"`
	Confidence float64 `json:"confidence,omitempty"` // of the matching
}

// Missed is a page, or an address that belongs to none, with all its missed spellings.
type Missed struct {
	Class  MissClass        `json:"class"`
	Reason string           `json:"reason,omitempty"`
	Key    catalog.Key      `json:"key,omitempty"` // of the old page; of a target that of the new page
	Type   catalog.PageType `json:"type,omitempty"`
	Title  string           `json:"title,omitempty"`
	// OldURL is the address of the old page as the project has it, or would have it.
	OldURL string `json:"old_url,omitempty"`
	// Spellings are the addresses as they were asked, on the old shop's host where the
	// log names none, the most frequent first; at most ten, More counts the others.
	Spellings []MissedSpelling `json:"spellings"`
	More      int              `json:"more_spellings,omitempty"`
	Absent    sources.Hits     `json:"absent"` // answered 404 or 410
	Shown     sources.Hits     `json:"shown"`  // answered 200 where the map redirects
	Broken    sources.Hits     `json:"broken"` // answered with an error of the server
	Action    string           `json:"action,omitempty"`
	NewURL    string           `json:"planned_url,omitempty"`
	// LeadsHere is how many rows of the map lead to a missed target.
	LeadsHere int           `json:"rows_leading_here,omitempty"`
	Proposal  *MissProposal `json:"proposal,omitempty"`

	asked    []string // spellings that a new row would need, on the old shop's host
	spelling map[string]sources.Hits
}

// MissedSpelling is one address.
type MissedSpelling struct {
	URL string `json:"url"`
	sources.Hits
}

// URL is the most frequent spelling.
func (m Missed) URL() string {
	if len(m.Spellings) == 0 {
		return ""
	}
	return m.Spellings[0].URL
}

// Vain are the requests that did not get what they came for.
func (m Missed) Vain() sources.Hits { return m.Absent.Plus(m.Shown).Plus(m.Broken) }

// MissCount is how much there is of one class, or under one rule.
type MissCount struct {
	Pages        int `json:"pages"`     // different pages
	Addresses    int `json:"addresses"` // different addresses
	sources.Hits `json:"hits"`
}

// MonitorReport is what the logs of a new server say of the plan.
type MonitorReport struct {
	Files   []sources.Reading       `json:"-"`
	Period  string                  `json:"period,omitempty"` // of all requests, as in sources.Report
	Rows    []Missed                `json:"rows"`             // those that most people missed first
	Classes map[MissClass]MissCount `json:"classes"`
	// Mended are addresses whose last answer, by its time over all logs, was what visitors
	// came for: the requests before, which were in vain, are counted here and nowhere else.
	Mended MissCount            `json:"mended"`
	Noise  map[string]MissCount `json:"noise"` // by rule, see NoiseRules
	// Foreign are requests for hosts that are neither of the shops', by host, at most a
	// thousand.
	Foreign map[string]sources.Hits `json:"foreign_hosts,omitempty"`
	// Beyond are requests that were left out because there were too many addresses.
	Beyond int `json:"beyond"`
}

// Open says whether something is to be mended that people came upon.
func (r *MonitorReport) Open() bool {
	return slices.ContainsFunc(r.Rows, func(m Missed) bool { return m.Class.Urgent() && m.Vain().People > 0 })
}

const (
	maxMissedSpellings = 10
	maxForeignHosts    = 1000
	defaultMaxMissed   = 1_000_000
	maxMissedBytes     = 512 << 20
)

// Monitor joins logs of the new server to the plan of a project.
type Monitor struct {
	opts    MonitorOptions
	project *inventory.Project

	base, newBase *url.URL // front pages of the shops, the new one's after the move; newBase nil: unknown
	keys          *frontier.Keys
	fresh         *frontier.Keys // hosts that the new server answers on
	plan          plannedPages
	old           oldPaths
	stand         map[catalog.Key]inventory.Standing
	aliases       map[catalog.Key]catalog.Key
	pages         map[string]freshPage // of the new shop, by path and query
	byKey         map[catalog.Key]string
	names         map[nameOf]catalog.Key // pages of the new shop by what their address calls them; "" for several

	read   map[sources.Content]string // names of the logs that were read
	asked  map[string]sources.Miss    // by address, missed or not
	order  []string                   // of asked, as met
	size   int                        // bytes of asked
	rows   map[missedRow]*Missed
	report MonitorReport
	first  string // days of the period
	last   string
}

// missedRow is what one row of the report is of.
type missedRow struct {
	class  MissClass
	reason string
	id     string // key or address
}

// freshPage is a page of the new shop.
type freshPage struct {
	key   catalog.Key
	typ   catalog.PageType
	title string
}

// NewMonitor reads the plan and both shops.
//
// Errors: inventory.ErrNoShop, ErrNoPlan.
func NewMonitor(ctx context.Context, project *inventory.Project, reg *platform.Registry, opts MonitorOptions) (*Monitor, error) {
	opts.MaxAddresses = cmp.Or(opts.MaxAddresses, defaultMaxMissed)
	m := &Monitor{opts: opts, project: project, asked: map[string]sources.Miss{}, read: map[sources.Content]string{}}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return m.readOld(ctx, reg) }, m.readPlan, m.readNew,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// readOld reads which pages and addresses the old shop had.
func (m *Monitor) readOld(ctx context.Context, reg *platform.Registry) error {
	shop, err := m.project.Shop(ctx, catalog.Old)
	if err != nil {
		return err
	}
	p, ok := reg.Get(shop.Platform)
	if !ok {
		return fmt.Errorf("the old shop's platform %q is not known", shop.Platform)
	}
	start, err := url.Parse(shop.StartURL)
	if err != nil {
		return fmt.Errorf("reading the address of the old shop: %w", err)
	}
	m.base = &url.URL{Scheme: start.Scheme, Host: start.Host, Path: "/"}
	if len(shop.Hosts) > 0 {
		m.base.Host = shop.Hosts[0]
	}
	hosts := []string{m.base.Scheme + "://" + m.base.Host}
	if len(shop.Hosts) > 1 {
		hosts = append(hosts, shop.Hosts[1:]...)
	}
	m.keys = frontier.New(p, hosts...)
	if m.stand, err = m.project.Stand(ctx); err != nil {
		return fmt.Errorf("reading the old shop: %w", err)
	}
	m.aliases, m.old = map[catalog.Key]catalog.Key{}, newOldPaths()
	err = m.project.Pages(ctx, inventory.Filter{Side: catalog.Old, WithAliases: true}, func(page inventory.Page, _ *catalog.Product) error {
		if page.State == inventory.Alias {
			m.aliases[page.Key] = page.AliasOf
		}
		for _, s := range append(page.Spellings, page.URL) {
			m.old.add(s)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the old shop: %w", err)
	}
	return nil
}

// readNew reads what the new shop has, at the addresses after the move.
func (m *Monitor) readNew(ctx context.Context) error {
	shop, err := m.project.Shop(ctx, catalog.New)
	if err != nil && !errors.Is(err, inventory.ErrNoShop) {
		return err
	}
	hosts := slices.Concat(m.opts.Hosts, shop.Hosts)
	if base := m.plan.newBase; base != "" {
		if m.newBase, err = url.Parse(base); err != nil {
			return fmt.Errorf("reading the new shop's address: %w", err)
		}
		hosts = append(hosts, m.newBase.Host)
	}
	m.fresh = frontier.New(m.keys.Platform(), hosts...)
	m.pages, m.byKey, m.names = map[string]freshPage{}, map[catalog.Key]string{}, map[nameOf]catalog.Key{}
	err = m.project.Pages(ctx, inventory.Filter{Side: catalog.New, States: []inventory.PageState{inventory.Done}}, func(page inventory.Page, product *catalog.Product) error {
		if page.Status >= 300 {
			return nil
		}
		address, err := Rebase(page.URL, m.plan.newBase)
		if err != nil {
			return err
		}
		u, err := url.Parse(address)
		if err != nil {
			return nil // no server can be asked for it
		}
		title := page.Title
		if product != nil && product.Name != "" {
			title = product.Name
		}
		m.pages[pathQuery(u)] = freshPage{page.Key, page.Type, title}
		if page.Type == catalog.Home { // never proposed
			return nil
		}
		m.byKey[page.Key] = address
		if n, ok := nameIn(page.Type, u); ok {
			key := page.Key
			if _, twice := m.names[n]; twice {
				key = ""
			}
			m.names[n] = key
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the new shop: %w", err)
	}
	return nil
}

// ReadLog reads one log; several logs add up, in whatever order they are read. One whose
// content was read before, under whichever name, packed or not, adds nothing: Again of its
// Report names the other. o.BaseURL, o.MaxAddresses, o.Tells and o.Again are filled in.
//
// Errors: those of sources.ReadMisses. What was read until then stays.
func (m *Monitor) ReadLog(ctx context.Context, name string, f sources.File, o sources.Options) (sources.Reading, error) {
	o.BaseURL, o.MaxAddresses = m.base, m.opts.MaxAddresses
	o.Tells = crawler.PagesByParameters(m.keys, m.stand)
	o.Again = func(c sources.Content) string {
		other := m.read[c]
		if other == "" {
			m.read[c] = filepath.Base(name)
		}
		return other
	}
	reading, err := sources.ReadMisses(ctx, name, f, o, m.redirected, func(miss sources.Miss) error {
		m.join(miss)
		return nil
	})
	if err != nil {
		return reading, err
	}
	m.report.Files = append(m.report.Files, reading)
	m.report.Beyond += reading.Misses.Beyond
	for _, t := range reading.Tables {
		first, last, ok := strings.Cut(t.Period, "/")
		if !ok {
			last = first
		}
		if first != "" && (m.first == "" || first < m.first) {
			m.first = first
		}
		m.last = max(m.last, last)
	}
	return reading, nil
}

// join adds what one log says of an address.
func (m *Monitor) join(miss sources.Miss) {
	have, known := m.asked[miss.URL]
	if known {
		m.asked[miss.URL] = have.Joined(miss)
		return
	}
	const cost = 256 // beside the letters of the address
	most, room := m.opts.MaxAddresses, maxMissedBytes
	if !miss.Vain().Any() { // the last half is for what was missed
		most, room = most/2, room/2
	}
	if len(m.asked) >= most || m.size+len(miss.URL)+cost > room {
		m.report.Beyond += miss.Vain().People + miss.Vain().Robots
		return
	}
	m.size += len(miss.URL) + cost
	m.asked[miss.URL] = miss
	m.order = append(m.order, miss.URL)
}

// Report joins what the logs say to the plan, with a proposal for each address that lacks
// a row. The last answer of each address counts, by its time.
func (m *Monitor) Report(ctx context.Context) (*MonitorReport, error) {
	r := &m.report
	r.Rows, r.Mended = nil, MissCount{}
	r.Classes, r.Noise, r.Foreign = map[MissClass]MissCount{}, map[string]MissCount{}, map[string]sources.Hits{}
	m.rows = map[missedRow]*Missed{}
	for _, address := range m.order {
		miss := m.asked[address]
		switch vain := miss.Vain(); {
		case !vain.Any():
		case miss.Well:
			r.Mended.Addresses++
			r.Mended.Hits = r.Mended.Plus(vain)
		default:
			if err := m.take(ctx, miss); err != nil {
				return nil, err
			}
		}
	}
	for _, row := range m.rows {
		row.list()
		r.Rows = append(r.Rows, *row)
	}
	slices.SortFunc(r.Rows, func(a, b Missed) int {
		x, y := a.Vain(), b.Vain()
		return cmp.Or(cmp.Compare(y.People, x.People), cmp.Compare(y.Robots, x.Robots), strings.Compare(a.URL(), b.URL()), strings.Compare(a.Reason, b.Reason))
	})
	if r.Period = m.first; m.last != m.first {
		r.Period += "/" + m.last
	}
	if err := m.propose(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// list orders the spellings.
func (m *Missed) list() {
	m.Spellings, m.More = nil, 0
	for u, h := range m.spelling {
		m.Spellings = append(m.Spellings, MissedSpelling{u, h})
	}
	slices.SortFunc(m.Spellings, func(a, b MissedSpelling) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Robots, a.Robots), strings.Compare(a.URL, b.URL))
	})
	if len(m.Spellings) > maxMissedSpellings {
		m.More += len(m.Spellings) - maxMissedSpellings
		m.Spellings = m.Spellings[:maxMissedSpellings]
	}
	slices.Sort(m.asked)
	m.asked = slices.Compact(m.asked)
}
