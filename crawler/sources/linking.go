package sources

import (
	"cmp"
	"slices"
	"strings"
)

// Linking is another site, by what a file says of its links to one page of the shop, or
// to the shop as a whole.
type Linking struct {
	Site string // host, in lower case, without "www."
	// Links is how many of its pages link; 0 unknown.
	Links int
	// Targets is how many pages of the shop it links to; 0 unknown, and for links to one
	// page.
	Targets int
	// Pages are addresses of pages of the site that link, as the file has them, at most
	// MaxLinkingPages.
	Pages []string
}

// How much is kept by name. The number of linking sites of a page counts all of them.
const (
	MaxLinkingSites = 200 // of one page, those with the most links
	MaxLinkingPages = 3   // of one site and page

	mostNamed       = 5 * MaxLinkingSites // of one page while it is read
	mostSitesOfFile = 20_000              // of a file that names sites alone
)

const noteLinking = "of pages that more than %d sites link to, these with the most links are kept by name"

// linkingSites gathers sites in the order in which they are met.
type linkingSites struct {
	list []Linking
	at   map[string]int // nil while there are few: most pages are linked to by one or two sites
}

// fewSites is how many are looked through one by one.
const fewSites = 8

// find is where a site stands in the list.
func (l *linkingSites) find(site string) (i int, ok bool) {
	if l.at != nil {
		i, ok = l.at[site]
		return i, ok
	}
	i = slices.IndexFunc(l.list, func(k Linking) bool { return k.Site == site })
	return i, i >= 0
}

// add counts links of a site, and keeps one of its pages if it is one of the web. It says how many
// bytes more are held.
func (l *linkingSites) add(most int, site string, links int, page string) (size int) {
	i, ok := l.find(site)
	if !ok {
		if len(l.list) >= most {
			return 0
		}
		i = len(l.list)
		l.list = append(l.list, Linking{Site: strings.Clone(site)})
		size += len(site) + 192
		switch {
		case l.at != nil:
			l.at[l.list[i].Site] = i
		case len(l.list) > fewSites:
			l.at = make(map[string]int, 2*fewSites)
			for n, k := range l.list {
				l.at[k.Site] = n
			}
		}
	}
	s := &l.list[i]
	s.Links += links
	web := strings.HasPrefix(page, "http://") || strings.HasPrefix(page, "https://")
	if web && len(page) <= maxAddress && len(s.Pages) < MaxLinkingPages && !slices.Contains(s.Pages, page) {
		s.Pages = append(s.Pages, strings.Clone(page))
		size += len(page) + 16
	}
	return size
}

// best are the sites with the most links, at most n.
func (l *linkingSites) best(n int) []Linking {
	slices.SortStableFunc(l.list, func(a, b Linking) int {
		return cmp.Or(cmp.Compare(b.Links, a.Links), cmp.Compare(b.Targets, a.Targets))
	})
	return slices.Clip(l.list[:min(len(l.list), n)])
}

// named notes that a page of another site links to an address that is kept. Names are what is left
// out first when the memory is full.
func (k *kept) named(ref, site, page string) {
	if k.size > k.room/2 {
		return
	}
	l := k.linking[ref]
	if l == nil {
		if k.linking == nil {
			k.linking = map[string]*linkingSites{}
		}
		l = new(linkingSites)
		k.linking[ref] = l
		k.size += 128
	}
	k.size += l.add(mostNamed, site, 1, page)
}

// nameLinking gives every address the sites that link to it.
func (s *session) nameLinking() {
	for _, a := range s.kept.list {
		l := s.kept.linking[a.URL]
		if l == nil {
			continue
		}
		if len(l.list) > MaxLinkingSites {
			s.note(noteLinking, MaxLinkingSites)
		}
		a.Linking = l.best(MaxLinkingSites)
	}
	s.kept.linking = nil
}

// sitesTable reads a table that names linking sites, or pages of them, but not which
// page of the shop they link to.
type sitesTable struct {
	s   *session
	all linkingSites
}

func sitesSink(s *session) sink { return &sitesTable{s: s} }

func (f *sitesTable) row(r row) error {
	site, page, links := siteOf(r.get(fLinkingSite)), "", int(f.s.number(r, fLinks))
	if r.has(fLinkingPage) {
		page, links = r.get(fLinkingPage), 1
		site = siteOf(page)
	}
	switch {
	case site == "" || len(site) > maxHost:
		return f.s.refuse(r.line, "the linking page %q is not an address", short(cmp.Or(page, r.get(fLinkingSite))))
	case f.s.isOwn(site):
		f.s.rep.Passed++ // the shop's own links
		return nil
	}
	f.all.add(mostSitesOfFile, site, links, page)
	if i, ok := f.all.find(site); ok {
		f.all.list[i].Targets = max(f.all.list[i].Targets, int(f.s.number(r, fTargets)))
	}
	return nil
}

func (f *sitesTable) end() error {
	f.s.rep.Linking = f.all.best(mostSitesOfFile)
	return nil
}

// maxHost is the length of the longest name of a host (RFC 1035 section 2.3.4).
const maxHost = 253
