package extract

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// titleSeparators stand between the name of a page and the name of its shop.
var titleSeparators = [...]string{" | ", "｜", " - ", " – ", " — ", " :: ", " : ", " » ", " « ", " / ", " < ", " > ", " • ", " · ", "|", ": ", "【", "】"}

// shopNames collects, folded and without blanks, what the shop calls itself.
type shopNames map[string]bool

func (s shopNames) add(name string) {
	if f := foldTight(name); f != "" {
		s[f] = true
	}
}

// has says whether name is only the name of the shop.
func (s shopNames) has(name string) bool {
	f := foldTight(name)
	return f != "" && s[f]
}

// findShopNames looks at hints, Open Graph, JSON-LD and the host name.
func findShopNames(u *url.URL, h Hints, res *Result, top []*entity) shopNames {
	names := make(shopNames)
	names.add(h.ShopName)
	names.add(res.OG["og:site_name"])
	names.add(strings.TrimPrefix(res.OG["twitter:site"], "@"))
	for _, e := range top {
		if e.is("Organization", "WebSite", "OnlineStore", "Store", "Corporation", "LocalBusiness") {
			names.add(e.text("name"))
			names.add(e.text("legalName"))
		}
	}
	host := strings.ToLower(u.Hostname())
	names.add(host)
	host = strings.TrimPrefix(host, "www.")
	names.add(host)
	labels := strings.Split(host, ".")
	for i, l := range labels {
		if i+1 < len(labels) && len(l) > 3 {
			names.add(l)
		}
	}
	return names
}

// titleParts splits a title into its parts, those that only name the shop left
// out, in their order.
func titleParts(title string, shop shopNames) []string {
	parts := []string{title}
	for _, sep := range titleSeparators {
		if !strings.Contains(title, sep) {
			continue
		}
		var next []string
		for _, p := range parts {
			next = append(next, strings.Split(p, sep)...)
		}
		parts = next
		if len(parts) > 30 {
			break
		}
	}
	var kept []string
	for _, p := range parts {
		p = strings.Trim(squeeze(p), "-|/:｜ ")
		if p != "" && !shop.has(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// stripShop takes the name of the shop off the ends of a title, nothing else.
func stripShop(title string, shop shopNames) string {
	for range 3 {
		before := title
		for _, sep := range titleSeparators {
			if !strings.Contains(title, sep) {
				continue
			}
			if i := strings.LastIndex(title, sep); i > 0 && shop.has(title[i+len(sep):]) {
				title = strings.TrimSpace(title[:i])
			}
			if i := strings.Index(title, sep); i > 0 && shop.has(title[:i]) {
				title = strings.TrimSpace(title[i+len(sep):])
			}
		}
		if title == before {
			break
		}
	}
	return strings.TrimSpace(title)
}

// heading is a text on the page that may be the name of the product.
type heading struct {
	text   string
	folded string
	at     int32
	score  float64
}

// nameContext is what a heading is held against.
type nameContext struct {
	shop    shopNames
	title   string // folded title, shop stripped
	titles  []string
	ogTitle string
	slug    string
	numbers []string // long numbers in the address and in the canonical one
}

// slugBlanks turns what separates the words of an address into blanks.
var slugBlanks = strings.NewReplacer("-", " ", "_", " ", "+", " ")

func newNameContext(u *url.URL, res *Result, shop shopNames) nameContext {
	c := nameContext{shop: shop}
	c.title = fold(stripShop(res.Title, shop))
	for _, p := range titleParts(res.Title, shop) {
		c.titles = append(c.titles, fold(p))
	}
	c.ogTitle = fold(stripShop(res.OG["og:title"], shop))
	path := u.Path
	c.numbers = longNumbers(nil, u)
	if canonical, err := url.Parse(res.Canonical); err == nil && len(canonical.Path) > 1 {
		path = canonical.Path
		c.numbers = longNumbers(c.numbers, canonical)
	}
	path = strings.Trim(path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	if i := strings.LastIndexByte(last, '.'); i > 0 {
		last = last[:i]
	}
	c.slug = fold(slugBlanks.Replace(last))
	return c
}

// longNumbers adds the runs of digits of an address that are too long to be the
// count of anything.
func longNumbers(all []string, u *url.URL) []string {
	text := u.Path + "?" + u.RawQuery
	for i := 0; i < len(text) && len(all) < 10; {
		start := i
		for i < len(text) && isDigit(text[i]) {
			i++
		}
		if i-start >= longNumber {
			all = append(all, text[start:i])
		}
		i++
	}
	return all
}

// longNumber is how many digits a number has that two shops hardly share.
const longNumber = 5

const maxHeadings = 400

// headings lists the candidates for the name of the product, best first scored.
func (v *view) headings(c nameContext) []heading {
	var all []heading
	for i := range v.nodes {
		n := &v.nodes[i]
		var base float64
		switch n.n.Data {
		case "h1":
			base = 3
		case "h2":
			base = 1.6
		case "h3", "h4":
			base = 0.8
		case "h5", "h6", "strong", "b", "font", "big":
			base = 0.2
		case "td", "th", "p", "div", "span", "a", "dd", "li", "label", "center":
		default:
			continue
		}
		if n.own&markName != 0 {
			if n.own&markProduct != 0 {
				base += 2.5
			} else {
				base += 0.8
			}
		}
		if p := attr(n.n, "itemprop"); p == "name" {
			base++
		}
		if base == 0 {
			continue
		}
		if n.all&inOption != 0 || n.n.Data == "head" {
			continue
		}
		text := headingText(n.n)
		if len(text) < 2 || utf8.RuneCountInString(text) > 260 {
			continue
		}
		h := heading{text: text, folded: fold(text), at: int32(i)}
		if c.shop.has(text) || h.folded != c.title && (!strings.ContainsFunc(h.folded, unicode.IsLetter) || mostlyAmounts(text)) {
			continue
		}
		h.score = base + c.likeness(h.folded)
		h.score += v.surroundings(int32(i), text)
		all = append(all, h)
		if len(all) >= maxHeadings {
			break
		}
	}
	return append(all, v.plainHeadings(c)...)
}

// mostlyAmounts says whether a text is a price and little else.
func mostlyAmounts(text string) bool {
	if !hasDigit(text) || len(text) > 80 {
		return false
	}
	text = normText(text)
	n := 0
	for _, a := range amountsIn(text, "") {
		if a.Sign != "" {
			n += a.end - a.start
		}
	}
	return n*10 >= len(text)*6
}

// plainHeadings are texts that no element marks as headings but that say what
// the title or the address of the page says; old shops are built of tables.
func (v *view) plainHeadings(c nameContext) []heading {
	var all []heading
	for i := range v.runs {
		r := &v.runs[i]
		n := &v.nodes[r.at]
		if len(r.text) < 4 || len(r.text) > 250 || n.all&(inHeading|inOption|inCrumbs|inLink|inDesc) != 0 || n.n.Data == "title" {
			continue
		}
		h := heading{text: r.text, folded: fold(r.text), at: r.at}
		like := c.likeness(h.folded)
		if like < 2.5 || !strings.ContainsFunc(h.folded, unicode.IsLetter) || c.shop.has(r.text) {
			continue
		}
		h.score = 0.2 + like + v.surroundings(r.at, r.text)
		if all = append(all, h); len(all) >= maxHeadings {
			break
		}
	}
	return all
}

// headingText is the text of a heading; badges and links that stand beside the
// name in small elements stay in, a picture counts by its alternative text.
func headingText(n *html.Node) string {
	if t := nodeText(n); t != "" {
		return t
	}
	if n.Data[0] != 'h' {
		return ""
	}
	var alt string
	var visit func(*html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "img" && alt == "" {
			alt = squeeze(attr(n, "alt"))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(n)
	return alt
}

// likeness measures how much a text resembles what the page calls itself.
func (c nameContext) likeness(folded string) float64 {
	best := 0.0
	for _, t := range c.titles {
		if t == folded {
			best = max(best, 5)
		}
	}
	for _, t := range [...]string{c.title, c.ogTitle} {
		if t == "" {
			continue
		}
		switch {
		case t == folded:
			best = max(best, 5.5)
		case containsWords(t, folded):
			best = max(best, 2+3*lengthRatio(folded, t))
		case containsWords(folded, t):
			best = max(best, 2+2.5*lengthRatio(t, folded))
		default:
			o := min(overlap(folded, t), 1)
			p := overlap(t, folded)
			if o >= 0.5 {
				best = max(best, 4*o*(0.3+0.7*p))
			}
		}
	}
	if c.slug != "" && strings.ContainsFunc(c.slug, unicode.IsLetter) {
		best += 2 * overlap(c.slug, folded) * overlap(folded, c.slug)
	}
	return best
}

func lengthRatio(a, b string) float64 {
	if len(b) == 0 {
		return 0
	}
	return float64(len(a)) / float64(len(b))
}

// surroundings judges the place a heading stands in.
func (v *view) surroundings(i int32, text string) float64 {
	score := 0.0
	all := v.nodes[i].all
	if all&inRelated != 0 {
		score -= 4
	}
	if all&inCart != 0 {
		score -= 4
	}
	if all&inReview != 0 {
		score -= 2
	}
	if all&inChrome != 0 {
		score -= 3
	}
	if all&inCrumbs != 0 {
		score -= 3
	}
	if all&inHidden != 0 {
		score--
	}
	if all&inLink != 0 {
		score -= 1.5
	}
	// A heading that is one link to somewhere else heads a card.
	for j := i + 1; j <= v.nodes[i].end && j < i+6; j++ {
		if v.nodes[j].own&inLink != 0 {
			href := attr(v.nodes[j].n, "href")
			if homeLink(href) {
				score -= 5
			} else if squeeze(nodeText(v.nodes[j].n)) == text {
				score -= 1.5
			}
			break
		}
	}
	if all&inLink != 0 {
		for a := v.nodes[i].parent; a >= 0; a = v.nodes[a].parent {
			if v.nodes[a].own&inLink != 0 {
				if homeLink(attr(v.nodes[a].n, "href")) {
					score -= 5
				}
				break
			}
		}
	}
	return score
}

// homeLink recognises the link that a logo carries.
func homeLink(href string) bool {
	href = strings.TrimSpace(href)
	if href == "/" || href == "./" || href == "index.php" || href == "/index.php" || href == "index.html" {
		return true
	}
	u, err := url.Parse(href)
	return err == nil && u.Host != "" && (u.Path == "" || u.Path == "/") && u.RawQuery == ""
}
