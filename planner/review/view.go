package review

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// The kinds of rows that the page lists.
const (
	viewOpen    = "open"    // a person has to give a word
	viewSettled = "settled" // a person has given it
	viewSure    = "sure"    // paired without a person
	viewNone    = "none"    // without counterpart, as the matching says
)

func (r *row) view() string {
	switch {
	case r.open:
		return viewOpen
	case r.match.Decision != "":
		return viewSettled
	case r.match.Proposed != "":
		return viewSure
	}
	return viewNone
}

// selection is what a page of rows is taken from.
type selection struct {
	View  string
	Group string // id; empty: all
}

func (d *deck) selected(s selection) []*row {
	from := d.rows
	if s.Group != "" {
		g := d.groups[s.Group]
		if g == nil {
			return nil
		}
		from = g.rows
	}
	var out []*row
	for _, r := range from {
		if r.old != nil && r.view() == s.View {
			out = append(out, r)
		}
	}
	return out
}

// counts is how far the review is. Every old page that takes part in matching is in
// exactly one of them.
type counts struct {
	Pages    int     `json:"pages"`
	Open     int     `json:"open"`
	Sure     int     `json:"sure"`     // paired without a person
	Chosen   int     `json:"chosen"`   // accepted or picked
	Gone     int     `json:"gone"`     // a person said so
	Ignored  int     `json:"ignored"`  // a person said so
	Rejected int     `json:"rejected"` // a person said no and named no other page
	None     int     `json:"none"`     // without counterpart, as the matching says
	Clicks   float64 `json:"clicks"`   // of all pages; 0: unknown
	Covered  float64 `json:"covered"`  // clicks of sure and chosen pages
	Undo     int     `json:"undo"`     // steps that can be taken back
}

func (d *deck) count() counts {
	c := counts{Undo: len(d.done)}
	for _, r := range d.rows {
		if r.old == nil {
			continue
		}
		c.Pages++
		c.Clicks += r.worth.Clicks
		switch r.view() {
		case viewOpen:
			c.Open++
		case viewSure:
			c.Sure++
			c.Covered += r.worth.Clicks
		case viewNone:
			c.None++
		default:
			switch r.match.Decision {
			case inventory.Gone:
				c.Gone++
			case inventory.Ignore:
				c.Ignored++
			case inventory.Reject:
				c.Rejected++
			default:
				c.Chosen++
				c.Covered += r.worth.Clicks
			}
		}
	}
	return c
}

// sideView is one page as the script gets it. Links and pictures are empty unless
// they are safe to follow.
type sideView struct {
	Key     catalog.Key      `json:"key"`
	Type    catalog.PageType `json:"type"`
	URL     string           `json:"url"`            // to read
	Link    string           `json:"link,omitempty"` // to open
	Title   string           `json:"title"`
	SKU     string           `json:"sku,omitempty"`
	Price   string           `json:"price,omitempty"`
	Image   string           `json:"image,omitempty"` // to open
	Picture string           `json:"picture,omitempty"`
}

// cell is one value of the comparison.
type cell struct {
	Text  []segment `json:"text"`
	State likeness  `json:"state,omitempty"` // against the old page
}

// field is one line of the comparison: old, proposal, runner-up.
type field struct {
	Name  string `json:"name"` // key of the text: field.NAME
	Old   cell   `json:"old"`
	New   cell   `json:"new"`
	Other cell   `json:"other"`
}

type rowView struct {
	Old        sideView       `json:"old"`
	New        *sideView      `json:"new,omitempty"`
	Other      *sideView      `json:"other,omitempty"` // the runner-up
	Chosen     *sideView      `json:"chosen,omitempty"`
	ChosenGone bool           `json:"chosen_gone,omitempty"`
	NewGone    bool           `json:"new_gone,omitempty"`
	Fields     []field        `json:"fields"`
	Class      string         `json:"class"`
	Confidence float64        `json:"confidence"`
	OtherConf  float64        `json:"other_confidence,omitempty"`
	Reason     string         `json:"reason"`
	Worth      inventoryWorth `json:"worth"`
	Verdict    string         `json:"verdict,omitempty"`
	By         string         `json:"by,omitempty"`
	Note       string         `json:"note,omitempty"`
	At         string         `json:"at,omitempty"`
	Open       bool           `json:"open"`
	Groups     []groupView    `json:"groups,omitempty"`
}

type inventoryWorth struct {
	Clicks   float64 `json:"clicks,omitempty"`
	Sessions float64 `json:"sessions,omitempty"`
	Revenue  float64 `json:"revenue,omitempty"`
	Currency string  `json:"currency,omitempty"`
	Sites    float64 `json:"sites,omitempty"`
}

type groupView struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind"`
	Gone   []string `json:"gone,omitempty"`
	Came   []string `json:"came,omitempty"`
	Code   likeness `json:"code,omitempty"`
	Price  likeness `json:"price,omitempty"`
	Target string   `json:"target,omitempty"` // title
	Open   int      `json:"open"`
}

func (d *deck) groupView(g *group) groupView {
	v := groupView{ID: g.id, Kind: g.kind, Gone: g.gone, Came: g.came, Code: g.code, Price: g.price, Open: g.openCount()}
	if s := d.fresh[g.target]; s != nil && g.kind == "target" {
		v.Code, v.Price, v.Target = unknown, unknown, s.title
	}
	return v
}

// show makes the view of a row in the language "ja" or "en".
func (d *deck) show(r *row, lang string, pictures bool) rowView {
	m := r.match
	v := rowView{
		Old: viewOf(r.old, pictures), Class: string(m.Class), Confidence: m.Confidence, OtherConf: m.RunnerUpConfidence,
		Reason: planner.ReasonOf(m).In(lang), Verdict: m.Decision, By: m.DecidedBy, Note: m.Note, Open: r.open,
		Worth: inventoryWorth{r.worth.Clicks, r.worth.Sessions, r.worth.Revenue, r.worth.Currency, r.worth.LinkingSites},
	}
	if !m.DecidedAt.IsZero() {
		v.At = m.DecidedAt.UTC().Format(time.RFC3339)
	}
	page := func(k catalog.Key) (*side, *sideView) {
		s := d.fresh[k]
		if s == nil {
			return nil, nil
		}
		view := viewOf(s, pictures)
		return s, &view
	}
	to, toView := page(m.Proposed)
	other, otherView := page(m.RunnerUp)
	v.New, v.Other = toView, otherView
	v.NewGone = m.Proposed != "" && to == nil
	if m.DecidedNew != "" {
		_, v.Chosen = page(m.DecidedNew)
		v.ChosenGone = v.Chosen == nil
	}
	v.Fields = compare(r.old, to, other)
	for _, id := range r.groups {
		if gv := d.groupView(d.groups[id]); gv.Open > 1 {
			v.Groups = append(v.Groups, gv)
		}
	}
	return v
}

func viewOf(s *side, pictures bool) sideView {
	v := sideView{Key: s.key, Type: s.kind, URL: readable(s.url), Link: webAddress(s.url), Title: s.title, SKU: s.sku,
		Price: joined(s.price, s.currency), Image: webAddress(s.image)}
	if pictures && isPublic(v.Image) {
		v.Picture = v.Image
	}
	return v
}

// compare lists the fields that any of the pages has. to and other may be nil.
func compare(old, to, other *side) []field {
	value := func(s *side, f func(*side) string) string {
		if s == nil {
			return ""
		}
		return f(s)
	}
	oldTokens := tokens(old.title)
	name := func(s *side) (mine, theirs cell) {
		mine = cell{Text: plain(old.title)}
		if s == nil {
			return mine, cell{}
		}
		list := tokens(s.title)
		onlyOld, onlyNew := differ(oldTokens, list)
		state := differs
		if !slices.Contains(onlyOld, true) && !slices.Contains(onlyNew, true) {
			state = same
		}
		return cell{Text: segments(old.title, oldTokens, onlyOld)}, cell{Text: segments(s.title, list, onlyNew), State: state}
	}
	first := field{Name: "name"}
	first.Old, first.New = name(to)
	_, first.Other = name(other)
	out := []field{first}
	texts := func(get func(*side) string, compare func(a, b string) likeness) func(a, b *side) likeness {
		return func(a, b *side) likeness { return compare(get(a), get(b)) }
	}
	for _, f := range []struct {
		name  string
		get   func(*side) string
		alike func(old, other *side) likeness // nil: as texts
	}{
		{"sku", func(s *side) string { return s.sku }, texts(func(s *side) string { return s.sku }, alikeCodes)},
		{"gtin", func(s *side) string { return s.gtin }, nil},
		{"brand", func(s *side) string { return s.brand }, nil},
		{"price", func(s *side) string { return joined(s.price, s.currency) }, alikePrices},
		{"options", func(s *side) string { return s.options }, nil},
		{"category", func(s *side) string { return s.category }, nil},
		{"type", func(s *side) string { return string(s.kind) }, nil},
	} {
		a, b, c := f.get(old), value(to, f.get), value(other, f.get)
		if a == "" && b == "" && c == "" || f.name == "type" && (b == "" || a == b) && (c == "" || a == c) {
			continue
		}
		if f.alike == nil {
			f.alike = texts(f.get, alike)
		}
		line := field{Name: f.name, Old: cell{Text: plain(a)}, New: cell{Text: plain(b)}, Other: cell{Text: plain(c)}}
		if to != nil {
			line.New.State = f.alike(old, to)
		}
		if other != nil {
			line.Other.State = f.alike(old, other)
		}
		out = append(out, line)
	}
	return out
}

func plain(s string) []segment {
	if s == "" {
		return nil
	}
	return []segment{{Text: s}}
}

func joined(amount, currency string) string {
	if amount == "" {
		return ""
	}
	return strings.TrimSpace(amount + " " + currency)
}

// webAddress is s when it is an http or https address without a user name: nothing
// else from a shop becomes a link.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return s
}

// isPublic says whether a picture may be loaded from the address without being
// asked each time: a page of a shop must not make the browser ask machines of the
// reviewer's own network.
func isPublic(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	// A name whose last label is a number is an IP address in another spelling
	// (https://url.spec.whatwg.org/#ends-in-a-number-checker).
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return false
	}
	for _, suffix := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa"} {
		if strings.HasSuffix("."+host, suffix) {
			return false
		}
	}
	return strings.Contains(host, ".")
}
