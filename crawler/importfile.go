package crawler

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
)

// ErrOtherPlatform: a product file is that of another platform than the old shop's, so
// its products have no address there. Naming the kind imports it all the same.
var ErrOtherPlatform = errors.New("the file is that of another platform")

// genericPlatform is the platform of shops that were not recognised, and of files that
// belong to none.
const genericPlatform = "generic"

// ImportOptions for ImportFile.
type ImportOptions struct {
	sources.Options // BaseURL is filled in from the project
	// Hosts are further hosts that the old shop answers or answered on, as ParseHost reads
	// them. They are stored with the shop, and stay when it is crawled again.
	Hosts []string
}

// Imported tells what came of one file.
type Imported struct {
	sources.Reading
	Pages   int // different pages of the shop that the file names
	Added   int // of those, pages that nothing had named before
	Known   int // of those, pages that the project knows from elsewhere or an earlier reading
	Foreign int // addresses on other hosts
	// ForeignHosts are the most frequent of them, at most ten, with their counts.
	ForeignHosts []HostCount
	// Homeless are products of which neither the file nor the platform's facts tell
	// the address.
	Homeless int
	Figures  Shares
	Overlaps []Overlap
	// Replaced is what an earlier reading of the same file had said.
	Replaced []inventory.Import
	// HidesPages: the addresses lack what stands behind the question mark, and there the
	// old shop's platform tells its products apart.
	HidesPages bool
}

// HostCount is a host and how many addresses of a file are on it.
type HostCount struct {
	Host    string `json:"host"`
	Count   int    `json:"count"`
	NewShop bool   `json:"new_shop,omitempty"` // the new shop answers there
}

// Shares say how the figures of a file spread over the pages of the old shop. The
// figures of the time compared with are not in it.
type Shares struct {
	By      map[inventory.Standing]sources.Figures
	Foreign sources.Figures // on other hosts
	Nowhere sources.Figures // in rows that name no address
}

// Total is the sum of all.
func (s Shares) Total() sources.Figures {
	t := s.Foreign.Plus(s.Nowhere)
	for _, f := range s.By {
		t = t.Plus(f)
	}
	return t
}

// Overlap is a file that the project holds already and that may tell of the same visits
// as the new one: of an address that both name only one of them counts (see
// inventory.Project.WorthTotals).
type Overlap struct {
	Source, Period string
	Stored         string // period of the other file
	Name           string // of the other file
	Requests       bool   // both are logs and hold the same requests
}

// ImportFile reads a file that the shop's owner has (see package sources for what is
// recognised) and stores in the project which pages of the old shop it names and what
// they are worth. name is the path under which f was opened. Every spelling counts to its page, through the keys of the old
// shop's platform; parameters that track visitors are taken out of addresses. Either
// the whole file is stored or, on an error, nothing of it.
//
// Errors: inventory.ErrNoShop when no old shop has been crawled yet, ErrUnknownPlatform,
// ErrOtherPlatform, ErrAfterSwitch, ErrBadHost, ErrHostOfNewShop, and those of
// sources.ReadFile.
func ImportFile(ctx context.Context, name string, f sources.File, o ImportOptions, project *inventory.Project, reg *platform.Registry) (Imported, error) {
	var out Imported
	shop, err := project.Shop(ctx, catalog.Old)
	if err != nil {
		return out, err
	}
	p, ok := reg.Get(shop.Platform)
	if !ok {
		return out, fmt.Errorf("%w %q", ErrUnknownPlatform, shop.Platform)
	}
	start, err := url.Parse(shop.StartURL)
	if err != nil {
		return out, fmt.Errorf("reading the address of the old shop: %w", err)
	}
	base := &url.URL{Scheme: start.Scheme, Host: start.Host, Path: "/"}
	if len(shop.Hosts) > 0 {
		base.Host = shop.Hosts[0]
	}
	o.BaseURL = base
	further, err := furtherHosts(ctx, project, shop, o.Hosts)
	if err != nil {
		return out, err
	}
	hosts := slices.Concat(shop.Hosts, further)
	stand, err := project.Stand(ctx)
	if err != nil {
		return out, err
	}
	im := &importing{
		platform: p, base: base, keys: frontier.New(p, originsOf(base, hosts)...), stand: stand,
		found: map[catalog.Key]*inventory.Discovery{}, hosts: map[string]int{}, worth: map[said][]inventory.Worth{}, at: map[worthPlace]int{}, named: map[namedAddress]bool{},
		linking: map[int][]inventory.Linking{}, linkAt: map[linkPlace]int{}, shares: map[inventory.Standing]sources.Figures{},
	}
	o.Tells = PagesByParameters(im.keys, stand)
	if im.fresh, err = newShopHosts(ctx, project); err != nil {
		return out, err
	}
	cutover, err := switchDay(ctx, project)
	if err != nil {
		return out, err
	}
	o.Until = cutover
	out.Reading, err = sources.ReadFile(ctx, name, f, o.Options, im.take)
	if err != nil {
		return out, err
	}
	if err := beforeSwitch(cutover, out.Reading); err != nil {
		return out, err
	}
	for _, t := range out.Tables {
		if other := t.Kind.Platform(); o.Kind == "" && other != genericPlatform && p.ID != genericPlatform && other != p.ID {
			return out, fmt.Errorf("%w: %s is %s, the old shop runs on %s", ErrOtherPlatform, out.Name, t.Kind, p.Name("en"))
		}
	}
	im.tell(&out)
	log, err := im.log(name, out.Reading)
	if err != nil {
		return out, err
	}
	if out.Added, out.Replaced, err = project.SaveImport(ctx, log, im.discoveries()); err != nil {
		return out, err
	}
	if out.Overlaps, err = overlaps(ctx, project, log); err != nil {
		return out, err
	}
	return out, project.AddHosts(ctx, catalog.Old, further...)
}

// originsOf are the hosts of a shop for frontier.New, the primary one with its scheme.
func originsOf(base *url.URL, hosts []string) []string {
	out := []string{base.Scheme + "://" + base.Host}
	for _, h := range hosts {
		if h != base.Host {
			out = append(out, h)
		}
	}
	return out
}

// PagesByParameters tells whether two absolute addresses are two pages of a shop, of which
// at least the first is one: its platform's grammar knows it, or a crawl was given it
// (stand, see inventory.Project.Stand). It is what sources.Options.Tells asks for.
func PagesByParameters(keys *frontier.Keys, stand map[catalog.Key]inventory.Standing) func(address, without string) bool {
	return func(address, without string) bool {
		u, err := url.Parse(address)
		if err != nil || !keys.SameShop(u) {
			return false
		}
		v, err := url.Parse(without)
		if err != nil {
			return false
		}
		page, other := keys.Identify(u), keys.Identify(v)
		return page.Key != other.Key && (page.Known || stand[page.Key] == inventory.StandsAnswers)
	}
}

// importing gathers what a file says until the whole of it was read.
type importing struct {
	platform *platform.Platform
	base     *url.URL
	keys     *frontier.Keys
	fresh    hostsOfNewShop
	stand    map[catalog.Key]inventory.Standing

	found   map[catalog.Key]*inventory.Discovery // the first sighting of each page
	more    []inventory.Discovery                // further spellings
	named   map[namedAddress]bool
	worth   map[said][]inventory.Worth
	at      map[worthPlace]int
	linking map[int][]inventory.Linking // by table
	linkAt  map[linkPlace]int           // where in that list
	shares  map[inventory.Standing]sources.Figures
	foreign sources.Figures
	hosts   map[string]int
	counts  struct{ foreign, homeless int }
}

// namedAddress is an address that one kind of file has named; worthPlace the key of an
// entry of worth.
type namedAddress struct{ url, source string }

type worthPlace struct {
	said
	key catalog.Key
	url string
}

// said is what a table of the file tells of one period.
type said struct {
	table  int
	period string
}

type linkPlace struct {
	table int
	site  string
	key   catalog.Key
}

// addLinking notes a site that links to a page. Spellings of one page are one page.
func (im *importing) addLinking(table int, key catalog.Key, l sources.Linking) {
	at := linkPlace{table, l.Site, key}
	i, ok := im.linkAt[at]
	if !ok {
		im.linkAt[at] = len(im.linking[table])
		im.linking[table] = append(im.linking[table], inventory.Linking{Site: l.Site, Key: key, Links: l.Links, Targets: l.Targets, Pages: l.Pages})
		return
	}
	have := &im.linking[table][i]
	have.Links += l.Links
	for _, p := range l.Pages {
		if len(have.Pages) < sources.MaxLinkingPages && !slices.Contains(have.Pages, p) {
			have.Pages = append(have.Pages, p)
		}
	}
}

// take takes one address of the file.
func (im *importing) take(a sources.Address) error {
	ref := a.URL
	if ref == "" && a.Record != nil {
		if ref = productPath(im.platform, a.Record.ID); ref == "" {
			im.counts.homeless++
			return nil
		}
	}
	u, err := im.base.Parse(ref)
	if err != nil { // the reader has checked it; what is left are products with odd identities
		im.counts.homeless++
		return nil
	}
	if !im.keys.SameShop(u) {
		im.counts.foreign++
		im.hosts[strings.ToLower(u.Host)]++
		if !a.Before {
			im.foreign = im.foreign.Plus(a.Figures)
		}
		return nil
	}
	v := *im.platform.WithoutNoise(u)
	u = &v
	u.User = nil
	if p := u.Port(); p == "80" && u.Scheme == "http" || p == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+p)
	}
	id := im.keys.Identify(u)
	if u.Fragment != "" {
		plain := *u
		plain.Fragment, plain.RawFragment = "", ""
		if other := im.keys.Identify(&plain); other.Key == id.Key {
			u, id = &plain, other
		}
	}
	// A hidden product has no page; where something else knows one, it tells what was
	// there.
	if _, known := im.stand[id.Key]; a.Record == nil || a.Record.Published || known {
		im.sight(a, id, u.String())
	}
	if a.Figures == (sources.Figures{}) {
		return nil
	}
	how, ok := im.stand[id.Key]
	switch {
	case ok:
	case id.Rule != "":
		how = inventory.StandsSkipped
	default:
		how = inventory.StandsUnasked
	}
	if !a.Before {
		im.shares[how] = im.shares[how].Plus(a.Figures)
	}
	for _, l := range a.Linking {
		im.addLinking(a.Table, id.Key, l)
	}
	im.addWorth(worthPlace{said{a.Table, a.Period}, id.Key, u.String()}, a)
	return nil
}

func (im *importing) addWorth(at worthPlace, a sources.Address) {
	i, ok := im.at[at]
	if !ok {
		i = len(im.worth[at.said])
		im.at[at] = i
		im.worth[at.said] = append(im.worth[at.said], inventory.Worth{Key: at.key, Source: a.Source, Period: at.period, URL: at.url})
	}
	w := im.worth[at.said][i].Plus(inventory.Worth{Clicks: a.Figures.Clicks, Impressions: a.Figures.Impressions, Sessions: a.Figures.Sessions,
		Revenue: a.Figures.Revenue, LinkingSites: a.Figures.LinkingSites})
	if a.Currency != "" {
		w.Currency = a.Currency
	}
	im.worth[at.said][i] = w
}

// sight notes that the file names the address. Addresses that no grammar knows and that
// no crawl would ask are no pages.
func (im *importing) sight(a sources.Address, id platform.Identity, spelling string) {
	if id.Rule != "" && !id.Known || im.named[namedAddress{spelling, a.Source}] {
		return
	}
	im.named[namedAddress{spelling, a.Source}] = true
	d := inventory.Discovery{Key: id.Key, Type: cmp.Or(id.Type, catalog.Other), URL: id.URL, Source: a.Source, Priority: priority(id), Rule: id.Rule}
	if spelling != id.URL {
		d.Spelling = spelling
	}
	if r := a.Record; r != nil {
		d.Title = r.Title
		if r.Product != nil && r.Product.Name != "" {
			d.Product, d.Title = r.Product, r.Product.Name
			if d.Type == catalog.Other {
				d.Type = catalog.ProductP
			}
		}
	}
	if im.found[id.Key] == nil {
		im.found[id.Key] = &d
		return
	}
	im.more = append(im.more, d)
}

// discoveries are all sightings in an order that hangs on nothing but the file.
func (im *importing) discoveries() []inventory.Discovery {
	out := make([]inventory.Discovery, 0, len(im.found)+len(im.more))
	for _, key := range slices.Sorted(maps.Keys(im.found)) {
		out = append(out, *im.found[key])
	}
	return append(out, im.more...)
}

// tell fills in the counts.
func (im *importing) tell(out *Imported) {
	out.Pages = len(im.found)
	for key := range im.found {
		if _, ok := im.stand[key]; ok {
			out.Known++
		}
	}
	out.Foreign, out.Homeless = im.counts.foreign, im.counts.homeless
	for host, n := range im.hosts {
		out.ForeignHosts = append(out.ForeignHosts, HostCount{host, n, im.fresh.has(host)})
	}
	slices.SortFunc(out.ForeignHosts, func(a, b HostCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Host, b.Host))
	})
	out.ForeignHosts = out.ForeignHosts[:min(len(out.ForeignHosts), 10)]
	out.Figures = Shares{By: im.shares, Foreign: im.foreign}
	for _, t := range out.Tables {
		out.Figures.Nowhere = out.Figures.Nowhere.Plus(t.Unplaced)
		out.HidesPages = out.HidesPages || t.PathsOnly && strings.Contains(productPath(im.platform, "1"), "?")
	}
}

// log is what the project keeps of the reading, an entry for each table and period. name
// is the path of the file.
func (im *importing) log(name string, r sources.Reading) ([]inventory.Import, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return nil, fmt.Errorf("finding the folder of %s: %w", name, err)
	}
	place := sha256.Sum256([]byte(path))
	var out []inventory.Import
	now := time.Now().UTC()
	for n, t := range r.Tables {
		if t.Source == "" {
			continue
		}
		for _, l := range t.Linking {
			im.addLinking(n, "", l)
		}
		entry := inventory.Import{Name: r.Name, Part: t.Part, Kind: string(t.Kind), Source: t.Source, Period: t.Period, Place: hex.EncodeToString(place[:]),
			Digest: t.Digest, PathsOnly: t.PathsOnly, Requests: (*inventory.Requests)(t.Requests),
			Rows: t.Rows, Refused: t.RefusedCount, Addresses: t.Addresses, At: now, Worth: im.worth[said{n, t.Period}], Linking: im.linking[n]}
		out = append(out, entry)
		if t.Before != "" {
			entry.Period, entry.Worth, entry.Linking = t.Before, im.worth[said{n, t.Before}], nil
			out = append(out, entry)
		}
	}
	return out, nil
}

// overlaps finds what was stored of other files that may tell of the same visits as the
// file that was stored last.
func overlaps(ctx context.Context, project *inventory.Project, log []inventory.Import) ([]Overlap, error) {
	stored, err := project.Imports(ctx)
	if err != nil || len(stored) == 0 {
		return nil, err
	}
	file := stored[len(stored)-1].File
	var out []Overlap
	for _, i := range log {
		for _, s := range stored {
			if s.File == file || s.After || s.Source != i.Source {
				continue
			}
			o := Overlap{Source: i.Source, Period: i.Period, Stored: s.Period, Name: s.Name, Requests: i.Requests != nil && s.Requests != nil}
			if (o.Requests || i.Period != "" && s.Period != "") && i.MayShare(s) && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out, nil
}
