package review

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// side is one page as the reviewer sees it.
type side struct {
	key      catalog.Key
	kind     catalog.PageType
	url      string
	title    string
	sku      string
	gtin     string
	brand    string
	price    string // plain decimal
	currency string
	category string
	image    string
	options  string // of the variants
	status   int
	text     string // folded: title, numbers, address; what the search looks in
	name     int    // bytes of text that are the title
}

// row is one old page with its proposal, what the user said, and where it belongs.
type row struct {
	match  inventory.Match
	old    *side // nil when the page has vanished
	worth  inventory.Worth
	groups []string // ids of the groups it belongs to
	open   bool
}

// deck is the project as the review needs it, held in memory so that paging and
// searching ask no file. Decisions go to the file first and into the deck after it.
type deck struct {
	project *inventory.Project
	by      string

	mu     sync.Mutex
	rows   []*row // the most valuable first
	byOld  map[catalog.Key]*row
	fresh  map[catalog.Key]*side // pages of the new shop
	list   []*side               // the same, in the order of their keys
	groups map[string]*group
	done   [][]inventory.Decision // for undo: what was there before each step, the newest last
}

// maxUndo bounds how many steps can be taken back.
const maxUndo = 5000

func openDeck(ctx context.Context, project *inventory.Project, by string) (*deck, error) {
	d := &deck{project: project, by: by}
	if err := d.reload(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// reload reads the project anew: another program may have crawled or matched. The
// steps that can be taken back stay.
func (d *deck) reload(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	fresh, list, err := readSides(ctx, d.project, catalog.New, nil)
	if err != nil {
		return err
	}
	for _, s := range list {
		title := fold(s.title)
		s.name, s.text = len(title), title+" "+fold(strings.Join([]string{s.sku, s.gtin, s.brand, readable(s.url)}, " "))
	}
	worth, err := d.project.WorthTotals(ctx)
	if err != nil {
		return fmt.Errorf("reading worth: %w", err)
	}
	var rows []*row
	wanted := map[catalog.Key]bool{}
	err = d.project.Matches(ctx, func(m inventory.Match) error {
		rows = append(rows, &row{match: m, worth: worth[m.Old]})
		wanted[m.Old] = true
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading pairs: %w", err)
	}
	old, _, err := readSides(ctx, d.project, catalog.Old, wanted)
	if err != nil {
		return err
	}
	d.rows, d.fresh, d.list = rows, fresh, list
	d.byOld = make(map[catalog.Key]*row, len(rows))
	for _, r := range rows {
		r.old = old[r.match.Old]
		r.open = d.isOpen(r.match)
		d.byOld[r.match.Old] = r
	}
	slices.SortStableFunc(rows, func(a, b *row) int {
		return cmp.Or(
			planner.CompareWorth(a.worth, b.worth),
			cmp.Compare(b.match.Confidence, a.match.Confidence), cmp.Compare(a.match.Old, b.match.Old))
	})
	d.groups = groupRows(rows, fresh)
	return nil
}

// readSides reads the pages of one shop, all of them or those in wanted.
func readSides(ctx context.Context, project *inventory.Project, which catalog.Side, wanted map[catalog.Key]bool) (map[catalog.Key]*side, []*side, error) {
	byKey := map[catalog.Key]*side{}
	var list []*side
	filter := inventory.Filter{Side: which}
	if which == catalog.New { // what a visitor may be sent to
		filter.States = []inventory.PageState{inventory.Done}
		filter.Types = []catalog.PageType{catalog.Home, catalog.ProductP, catalog.Category, catalog.Page, catalog.Article, catalog.Other}
	}
	err := project.Pages(ctx, filter, func(p inventory.Page, product *catalog.Product) error {
		if wanted != nil && !wanted[p.Key] {
			return nil
		}
		if which == catalog.New && p.Status >= http.StatusMultipleChoices {
			return nil
		}
		s := sideOf(p, product)
		byKey[p.Key] = s
		list = append(list, s)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading the %s shop: %w", which, err)
	}
	return byKey, list, nil
}

func sideOf(p inventory.Page, product *catalog.Product) *side {
	s := &side{key: p.Key, kind: p.Type, url: p.URL, title: p.Title, status: p.Status}
	if product == nil {
		return s
	}
	if product.Name != "" {
		s.title = product.Name
	}
	s.sku, s.gtin, s.brand = product.SKU, product.GTIN, product.Brand
	s.price, s.currency = product.Price.Amount, product.Price.Currency
	if len(product.Images) > 0 {
		s.image = product.Images[0]
	}
	names := make([]string, 0, len(product.Breadcrumb))
	for _, c := range product.Breadcrumb {
		names = append(names, c.Name)
	}
	s.category = strings.Join(names, " > ")
	s.options = optionsOf(product.Variants)
	return s
}

// optionsOf lists the variants by title, the first few and how many more there are.
func optionsOf(variants []catalog.Variant) string {
	const shown = 6
	var names []string
	for _, v := range variants {
		if v.Title != "" && len(names) < shown {
			names = append(names, v.Title)
		}
	}
	if len(names) == 0 || len(variants) < 2 {
		return ""
	}
	out := strings.Join(names, ", ")
	if more := len(variants) - len(names); more > 0 {
		out += fmt.Sprintf(" (+%d)", more)
	}
	return out
}

// isOpen says whether a person has to give a word on m; see the package comment. A
// page that no visitor can be sent to, such as one that leads elsewhere by now, is as
// good as vanished: the plan would ask for it again.
func (d *deck) isOpen(m inventory.Match) bool {
	if m.OldMissing {
		return false
	}
	switch m.Decision {
	case "":
		return m.NeedsReview
	case inventory.Accept, inventory.Pick:
		return d.fresh[m.DecidedNew] == nil
	case inventory.Reject:
		return m.Proposed != "" && m.Proposed != m.DecidedOn
	}
	return false
}

// decided puts a stored decision into the row.
func (d *deck) decided(dec inventory.Decision) {
	r := d.byOld[dec.Old]
	m := &r.match
	m.Decision, m.DecidedNew, m.DecidedBy, m.DecidedAt, m.Note = dec.Verdict, dec.New, dec.By, dec.At, dec.Note
	m.DecidedOn = ""
	if dec.Verdict != "" {
		m.DecidedOn = m.Proposed
	}
	m.DecidedNewMissing = dec.New != "" && d.fresh[dec.New] == nil
	m.New = m.Proposed
	if m.Decision == inventory.Accept {
		m.New = m.DecidedNew
	}
	r.open = d.isOpen(*m)
}
