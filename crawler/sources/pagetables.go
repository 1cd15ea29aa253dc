package sources

import (
	"strings"

	"replatform/crawler/catalog"
)

// figuresTable reads a table of addresses with figures: Bing's pages, a table of one's
// own. Rows of one page (one for each day, one for each word searched) are added up.
type figuresTable struct{ s *session }

func figuresSink(s *session) sink { return figuresTable{s} }

func (f figuresTable) row(r row) error {
	if d := day(r.get(fDate)); !d.IsZero() {
		f.s.see(d)
	}
	if c := r.get(fCurrency); c != "" && f.s.currency == "" {
		f.s.currency = strings.ToUpper(short(strings.Clone(c)))
	}
	return f.s.place(r.line, r.get(fURL), "", Figures{
		Clicks: f.s.number(r, fClicks), Impressions: f.s.number(r, fImpressions), Sessions: f.s.number(r, fSessions),
		Revenue: f.s.number(r, fRevenue), LinkingSites: f.s.number(r, fLinkingSites),
	})
}

func (f figuresTable) end() error { return nil }

// backlinks reads which page elsewhere links to which page of the shop and counts for
// each page the sites, not the links: a site that links from each of its pages is one.
type backlinks struct{ s *session }

func backlinksSink(s *session) sink { return backlinks{s} }

func (f backlinks) row(r row) error {
	ref := r.get(fURL)
	u, reason := f.s.pageAddress(ref)
	if reason != "" {
		return f.s.refuse(r.line, reason, short(ref))
	}
	site := siteOf(r.get(fLinkingPage))
	switch {
	case site == "" || len(site) > maxHost:
		return f.s.refuse(r.line, "the linking page %q is not an address", short(r.get(fLinkingPage)))
	case site == siteOf(u):
		f.s.rep.Passed++ // the shop's own links
		return nil
	}
	a := f.s.kept.address(r.line, u, "")
	if a == nil { // there is no room for the page, and none for those who link to it
		return nil
	}
	if f.s.kept.site(a.URL, site) {
		a.Figures.LinkingSites++
		f.s.rep.Totals.LinkingSites++
	}
	page := r.get(fLinkingPage)
	if !strings.Contains(page, "://") {
		page = "https://" + page // Moz writes no scheme; most sites have this one
	}
	f.s.kept.named(a.URL, site, page)
	return nil
}

func (f backlinks) end() error { return nil }

// crawled reads the pages that another crawler has found.
type crawled struct{ s *session }

func crawledSink(s *session) sink { return crawled{s} }

func (f crawled) row(r row) error {
	if t := strings.ToLower(r.get(fType)); t != "" && !strings.Contains(t, "html") && !strings.Contains(t, "pdf") {
		f.s.rep.Passed++
		return nil
	}
	ref := r.get(fURL)
	u, reason := f.s.pageAddress(ref)
	if reason != "" {
		return f.s.refuse(r.line, reason, short(ref))
	}
	if a := f.s.kept.address(r.line, u, ""); a != nil && a.Record == nil {
		if title := r.get(fName); title != "" {
			a.Record = f.s.kept.record(Record{Line: r.line, URL: a.URL, Published: true, Product: new(catalog.Product), Title: title})
		}
	}
	return nil
}

func (f crawled) end() error { return nil }
