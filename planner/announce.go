package planner

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/planner/workaround"
)

// AnnounceOptions say how Announce prepares what search engines are told.
type AnnounceOptions struct {
	// Key is the IndexNow key; empty: the one that the project keeps, which is made at
	// the first call.
	Key string
	// KeyLocations are addresses of key files that cannot lie at the root of their
	// host. IndexNow then takes only addresses below the folder of the file
	// (https://www.indexnow.org/documentation).
	KeyLocations []string
}

// Announcement is what search engines, and the owners of linking sites, are told after
// the move.
type Announcement struct {
	Key    string          `json:"key"`
	Hosts  []AnnouncedHost `json:"hosts"`
	Linked []LinkedPage    `json:"linked"`
	// Linking are the sites by name that link to pages that have moved or are gone.
	Linking []workaround.LinkingSite `json:"linking_sites"`
	// Unfit addresses are too long for a sitemap, or none of http and https.
	Unfit int `json:"unfit,omitempty"`
}

// AnnouncedHost are the addresses of one host, absolute and percent-encoded, one for each
// page, those with most worth first.
type AnnouncedHost struct {
	Host        string   `json:"host"` // host[:port]
	Moved       []string `json:"moved,omitempty"`
	Gone        []string `json:"gone,omitempty"`
	New         []string `json:"new,omitempty"`
	KeyLocation string   `json:"key_location"`
	scheme      string
}

// LinkedPage is an old page that other sites link to.
type LinkedPage struct {
	OldURL       string  `json:"old_url"`
	NewURL       string  `json:"new_url,omitempty"` // empty: gone
	LinkingSites float64 `json:"linking_sites"`
	Clicks       float64 `json:"clicks"`
}

// ErrIndexNowKey is matched by errors about a key, or the place of a key file, that
// IndexNow does not take.
var ErrIndexNowKey = errors.New("not fit for IndexNow")

// indexNowKey is the form of keys (https://www.indexnow.org/documentation, as of
// 2026-05-04).
var indexNowKey = regexp.MustCompile(`^[a-zA-Z0-9-]{8,128}$`)

// announceKeyMeta names the key in the project.
const announceKeyMeta = "announce.indexnow-key"

// maxSitemapLoc is the length that an address in a sitemap stays below
// (https://www.sitemaps.org/protocol.html, 2016-11-21).
const maxSitemapLoc = 2048

// Announce gathers from the plan which old addresses have moved or are gone, and from
// both shops which addresses are to be found from now on. Nothing is sent.
//
// Errors: ErrNoPlan, ErrIndexNowKey.
func Announce(ctx context.Context, project *inventory.Project, opts AnnounceOptions) (Announcement, error) {
	var out Announcement
	meta, err := project.PlanMeta(ctx)
	if err != nil {
		return out, fmt.Errorf("reading the plan: %w", err)
	}
	if out.Key, err = announceKey(ctx, project, opts.Key); err != nil {
		return out, err
	}
	a := &announcing{hosts: map[string]*AnnouncedHost{}, seen: map[string]bool{}, left: map[catalog.Key]inventory.PlanRow{}}
	if a.worth, err = project.WorthTotals(ctx); err != nil {
		return out, fmt.Errorf("reading worth: %w", err)
	}
	if err := a.plan(ctx, project); err != nil {
		return out, err
	}
	if err := a.newShop(ctx, project, meta["new_base"]); err != nil {
		return out, err
	}
	for _, h := range a.hosts {
		h.KeyLocation = h.scheme + "://" + h.Host + "/" + out.Key + ".txt"
		out.Hosts = append(out.Hosts, *h)
	}
	slices.SortFunc(out.Hosts, func(x, y AnnouncedHost) int { return strings.Compare(x.Host, y.Host) })
	if err := out.placeKeys(opts.KeyLocations); err != nil {
		return out, err
	}
	out.Linked, out.Unfit = a.linked, a.unfit
	out.Linking, err = linkingSites(ctx, project, func(key catalog.Key) (oldURL, newURL string, ok bool) {
		r, ok := a.left[key]
		return r.OldURL, r.NewURL, ok
	})
	if err != nil {
		return out, err
	}
	return out, nil
}

// announceKey is the key to be used; a new one is kept in the project.
func announceKey(ctx context.Context, project *inventory.Project, given string) (string, error) {
	if given != "" && !indexNowKey.MatchString(given) {
		return "", fmt.Errorf("%w: a key has 8 to 128 letters a-z, digits and hyphens", ErrIndexNowKey)
	}
	kept, err := project.Meta(ctx, announceKeyMeta)
	if err != nil {
		return "", fmt.Errorf("reading the IndexNow key: %w", err)
	}
	if given == "" && kept != "" {
		return kept, nil
	}
	if given == "" {
		b := make([]byte, 16)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		given = hex.EncodeToString(b)
	}
	if err := project.SetMeta(ctx, announceKeyMeta, given); err != nil {
		return "", fmt.Errorf("storing the IndexNow key: %w", err)
	}
	return given, nil
}

// placeKeys enters the places of key files that do not lie at the root.
func (a *Announcement) placeKeys(locations []string) error {
	for _, l := range locations {
		u, err := url.Parse(l)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || !strings.Contains(u.Path, "/") {
			return fmt.Errorf("%w: %q is not the address of a file", ErrIndexNowKey, l)
		}
		i := slices.IndexFunc(a.Hosts, func(h AnnouncedHost) bool { return strings.EqualFold(h.Host, u.Host) })
		if i < 0 {
			return fmt.Errorf("%w: nothing is announced on the host of %q", ErrIndexNowKey, l)
		}
		a.Hosts[i].KeyLocation = l
	}
	return nil
}

// Submitted are the addresses that IndexNow is told for a host: the new ones, those
// that moved, those that are gone (https://www.indexnow.org/faq), as far as the place
// of the key file allows.
func (h AnnouncedHost) Submitted() []string {
	folder := h.KeyLocation[:strings.LastIndexByte(h.KeyLocation, '/')+1]
	_, folder, _ = strings.Cut(folder, "://")
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]string{h.New, h.Moved, h.Gone} {
		for _, u := range list {
			if _, rest, _ := strings.Cut(u, "://"); strings.HasPrefix(rest, folder) && !seen[u] {
				seen[u] = true
				out = append(out, u)
			}
		}
	}
	return out
}

type announcing struct {
	worth  map[catalog.Key]inventory.Worth
	hosts  map[string]*AnnouncedHost
	seen   map[string]bool
	linked []LinkedPage
	left   map[catalog.Key]inventory.PlanRow // pages that have moved or are gone
	unfit  int
}

// kindOfAddress says under what an address is announced.
type kindOfAddress int

const (
	movedAddress kindOfAddress = iota
	goneAddress
	newAddress
)

func (a *announcing) add(raw string, kind kindOfAddress) {
	u, ok := fetch.Resolve(nil, raw)
	if !ok || u.Scheme != "http" && u.Scheme != "https" {
		a.unfit++
		return
	}
	address := u.String()
	if len(address) >= maxSitemapLoc {
		a.unfit++
		return
	}
	if a.seen[address] {
		return
	}
	a.seen[address] = true
	h := a.hosts[u.Host]
	if h == nil {
		h = &AnnouncedHost{Host: u.Host, scheme: u.Scheme}
		a.hosts[u.Host] = h
	}
	switch kind {
	case movedAddress:
		h.Moved = append(h.Moved, address)
	case goneAddress:
		h.Gone = append(h.Gone, address)
	case newAddress:
		h.New = append(h.New, address)
	}
}

func (a *announcing) plan(ctx context.Context, project *inventory.Project) error {
	var rows []inventory.PlanRow
	err := project.Plan(ctx, func(r inventory.PlanRow) error {
		switch r.Action {
		case ActionRedirect, ActionGone, ActionKeep:
			rows = append(rows, r)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the plan: %w", err)
	}
	if len(rows) == 0 {
		return ErrNoPlan
	}
	slices.SortStableFunc(rows, func(x, y inventory.PlanRow) int { return CompareWorth(a.worth[x.OldKey], a.worth[y.OldKey]) })
	met := map[catalog.Key]bool{}
	for _, r := range rows {
		if met[r.OldKey] {
			continue // further spellings, most with parameters that track visitors
		}
		met[r.OldKey] = true
		switch r.Action {
		case ActionRedirect:
			a.add(r.OldURL, movedAddress)
		case ActionGone:
			a.add(r.OldURL, goneAddress)
		default:
			a.add(r.OldURL, newAddress)
			continue // a link to it stays right
		}
		a.left[r.OldKey] = r
		if w := a.worth[r.OldKey]; w.LinkingSites > 0 {
			a.linked = append(a.linked, LinkedPage{r.OldURL, r.NewURL, w.LinkingSites, w.Clicks})
		}
	}
	slices.SortStableFunc(a.linked, func(x, y LinkedPage) int { return cmp.Compare(y.LinkingSites, x.LinkingSites) })
	return nil
}

// newShop adds the pages of the new shop that search engines should have: those that
// were read, are no cart, account or search, and do not ask to be left out.
func (a *announcing) newShop(ctx context.Context, project *inventory.Project, base string) error {
	filter := inventory.Filter{Side: catalog.New, States: []inventory.PageState{inventory.Done},
		Types: []catalog.PageType{catalog.Home, catalog.ProductP, catalog.Category, catalog.Page, catalog.Article, catalog.Other}}
	err := project.Pages(ctx, filter, func(p inventory.Page, _ *catalog.Product) error {
		if p.Status >= 300 || leavesOut(p.Robots) {
			return nil
		}
		address, err := Rebase(p.URL, base)
		if err != nil {
			return err
		}
		a.add(address, newAddress)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the new shop: %w", err)
	}
	return nil
}
