package extract

import (
	"net/url"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"replatform/crawler/catalog"
)

// openGraph reads the product that meta elements declare: Open Graph
// (https://ogp.me), its product: extension, and the spellings that Pinterest and
// others made of it (og:price:amount).
func openGraph(res *Result, shop shopNames) *draft {
	og := res.OG
	d := &draft{source: "og"}
	p := &d.p
	p.Name = cut(unescapeLoose(stripShop(unescapeLoose(og["og:title"]), shop)), maxName)
	currency := currencyOf(firstOf(og, "product:price:currency", "og:price:currency", "product:sale_price:currency", "og:product:price:currency"))
	amount := func(keys ...string) string { return machineAmount(firstOf(og, keys...), currency) }
	price := amount("product:price:amount", "og:price:amount", "product:price", "og:product:price:amount", "og:price:standard_amount")
	sale := amount("product:sale_price:amount", "product:sale_price", "og:price:sale_amount")
	original := amount("product:original_price:amount", "og:price:standard_amount", "product:original_price")
	if sale != "" && (price == "" || amountLess(sale, price)) {
		price, original = sale, price
	}
	p.Price = catalog.Price{Amount: price, Currency: currency}
	if price != "" && original != "" && amountLess(price, original) {
		p.ListPrice = catalog.Price{Amount: original, Currency: currency}
	}
	p.Availability = availabilityOf(firstOf(og, "product:availability", "og:availability", "og:product:availability"))
	p.Brand = cut(firstOf(og, "product:brand", "og:brand"), 100)
	p.SKU = codeOf(firstOf(og, "product:retailer_item_id", "product:retailer_part_no", "product:sku", "og:sku"))
	p.MPN = codeOf(firstOf(og, "product:mfr_part_no", "product:mpn"))
	for _, k := range [...]string{"product:ean", "product:upc", "product:gtin", "product:isbn", "og:upc", "og:ean", "og:isbn"} {
		v := og[k]
		for _, s := range [...]string{v, "0" + v} { // leading zeros get lost
			if g, ok := catalog.NormaliseGTIN(s); ok && p.GTIN == "" && (s == v || len(g) == 12) {
				p.GTIN = g
			}
		}
	}
	p.Description = plain(firstOf(og, "og:description"), maxDescription)
	if img := firstOf(og, "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image_src"); img != "" {
		p.Images = []string{unescapeLoose(img)}
	}
	d.url = og["og:url"]
	return d
}

// ogKind classifies og:type: product, listing, or other.
func ogKind(res *Result) (product, listing bool) {
	switch t := strings.TrimPrefix(strings.ToLower(res.OG["og:type"]), "og:"); t {
	case "product", "product.item", "ebay-objects:item", "product:item", "item", "book", "books.book":
		return true, false
	case "product.group", "category", "productcategory", "product.category", "product_group", "group":
		return false, true
	}
	return false, false
}

func firstOf(m map[string]string, keys ...string) string {
	for _, k := range keys {
		if v := strings.TrimSpace(m[k]); v != "" {
			return v
		}
	}
	return ""
}

// crumbsOf reads a breadcrumb trail from structured data.
func crumbsOf(top []*entity, r *refs) []catalog.Crumb {
	var trail, loose []catalog.Crumb
	for _, e := range top {
		e.walk(func(x *entity) {
			switch {
			case x.is("BreadcrumbList") && trail == nil:
				trail = breadcrumbList(x, r)
			case x.is("Breadcrumb"): // data-vocabulary.org: one entity a step
				if name := x.text("title", "name"); name != "" && len(loose) < maxCrumbs {
					u, _ := r.resolve(x.text("url"))
					loose = append(loose, catalog.Crumb{Name: cut(name, 200), URL: u})
				}
			}
		})
	}
	if trail != nil {
		return trail
	}
	return loose
}

func breadcrumbList(e *entity, r *refs) []catalog.Crumb {
	type step struct {
		position int
		crumb    catalog.Crumb
	}
	var steps []step
	for i, item := range e.entities("itemListElement") {
		s := step{position: i + 1, crumb: catalog.Crumb{Name: item.text("name")}}
		if n, err := strconv.Atoi(item.text("position")); err == nil {
			s.position = n
		}
		ref := ""
		for _, v := range item.props["item"] {
			switch v := v.(type) {
			case string:
				ref = v
			case *entity:
				if s.crumb.Name == "" {
					s.crumb.Name = v.text("name")
				}
				if ref = v.id; ref == "" || strings.HasPrefix(ref, "_:") {
					ref = v.text("url")
				}
			}
		}
		if ref == "" {
			ref = item.text("url")
		}
		s.crumb.URL, _ = r.resolve(ref)
		s.crumb.Name = cut(s.crumb.Name, 200)
		if s.crumb.Name != "" && len(steps) < maxCrumbs {
			steps = append(steps, s)
		}
	}
	sort.SliceStable(steps, func(i, j int) bool { return steps[i].position < steps[j].position })
	var trail []catalog.Crumb
	for _, s := range steps {
		trail = append(trail, s.crumb)
	}
	return trail
}

// crumbSeparators stand between the steps of a trail.
const crumbSeparators = " >»›/|＞→≫:・-–\u00a0"

// crumbs reads the first breadcrumb trail that the page shows.
func (v *view) crumbs(r *refs) []catalog.Crumb {
	for i := range v.nodes {
		n := &v.nodes[i]
		if n.own&inCrumbs == 0 || n.parent >= 0 && v.nodes[n.parent].all&inCrumbs != 0 {
			continue
		}
		if trail := v.crumbsIn(int32(i), r); len(trail) > 0 {
			return trail
		}
	}
	// Without a name, a trail is told by its arrows and by where it begins.
	for i := range v.runs {
		run := &v.runs[i]
		if len(run.segs) < 3 || len(run.text) > 400 || !strings.ContainsAny(run.text, ">»›→") || v.nodes[run.at].all&(inRelated|inDesc|inReview) != 0 {
			continue
		}
		for _, s := range run.segs[:2] {
			link := v.linkAround(s.at)
			if link < 0 {
				continue
			}
			switch fold(nodeText(v.nodes[link].n)) {
			case "home", "top", "トップ", "ホーム", "トップページ", "start", "startseite", "accueil", "strona główna", "forside", "hem", "inicio", "index", "shop", "catalog":
				return v.crumbsIn(v.nodes[link].parent, r)
			}
			break
		}
	}
	return nil
}

func (v *view) crumbsIn(i int32, r *refs) []catalog.Crumb {
	var trail []catalog.Crumb
	links := 0
	for k := int(v.nodes[i].run); k < len(v.runs) && v.inside(v.runs[k].at, i) && k < int(v.nodes[i].run)+60; k++ {
		run := &v.runs[k]
		for j := 0; j < len(run.segs); {
			link := v.linkAround(run.segs[j].at)
			next := j + 1
			for next < len(run.segs) && v.linkAround(run.segs[next].at) == link {
				next++ // the text of one link may be spread over several elements
			}
			end := len(run.text)
			if next < len(run.segs) {
				end = run.segs[next].start
			}
			name := strings.Trim(run.text[run.segs[j].start:end], crumbSeparators)
			j = next
			if name == "" || len(name) > 200 || len(trail) >= maxCrumbs {
				continue
			}
			if len(trail) > 0 && name == trail[0].Name {
				return trail // a second trail begins
			}
			if len(trail) == 0 && link < 0 {
				continue // "You are here"
			}
			c := catalog.Crumb{Name: name}
			if link >= 0 {
				c.URL, _ = r.resolve(attr(v.nodes[link].n, "href"))
				links++
			}
			trail = append(trail, c)
		}
	}
	if links == 0 {
		return nil
	}
	return trail
}

// linkAround is the link that element i is or stands in, -1 when there is none.
func (v *view) linkAround(i int32) int32 {
	for k := 0; k < 5 && i >= 0; k++ {
		if v.nodes[i].n.Data == "a" && hasAttr(v.nodes[i].n, "href") {
			return i
		}
		i = v.nodes[i].parent
	}
	return -1
}

// mainImage guesses which picture shows the product.
func (s *sight) mainImage() string {
	v := s.v
	best, src := 2.5, ""
	for i := range v.nodes {
		n := &v.nodes[i]
		if n.n.Data != "img" && (n.n.Data != "input" || attr(n.n, "type") != "image") {
			continue
		}
		ref := imageAttr(n.n)
		if ref == "" || n.n.Data == "input" || int(n.run) > s.related+1 {
			continue
		}
		if score := s.imageScore(int32(i), ref); score > best {
			best, src = score, ref
		}
	}
	return src
}

func (s *sight) imageScore(i int32, ref string) float64 {
	v := s.v
	n := v.nodes[i]
	score := 0.0
	if n.all&(inRelated|inCart|inReview) != 0 {
		score -= 6
	}
	if n.all&(inChrome|inCrumbs) != 0 {
		score -= 4
	}
	low := strings.ToLower(ref)
	if j := strings.IndexAny(low, "?#"); j > 0 {
		low = low[:j]
	}
	for _, w := range [...]string{"logo", "icon", "btn", "button", "banner", "arrow", "star", "rating", "payment", "sprite", "bullet", "flag", "social", "facebook", "twitter", "header", "footer", "cart", "badge", "spacer", "_bg"} {
		if strings.Contains(low, w) {
			score -= 4
			break
		}
	}
	if placeholderImage(ref) {
		score -= 5
	}
	if strings.HasSuffix(low, ".gif") || strings.HasSuffix(low, ".svg") {
		score -= 2
	}
	for _, w := range [...]string{"product", "item", "goods", "catalog", "prod", "save_image", "upload"} {
		if strings.Contains(low, w) {
			score++
			break
		}
	}
	if strings.Contains(low, "thumb") || strings.Contains(low, "small") {
		score -= 0.7
	}
	if strings.Contains(low, "large") || strings.Contains(low, "main") || strings.Contains(low, "zoom") || strings.Contains(low, "big") {
		score += 0.7
	}
	switch prop := attr(n.n, "itemprop"); {
	case strings.Contains(prop, "image"):
		score += 3
	}
	score += sizeScore(n.n)
	if alt := fold(attr(n.n, "alt")); alt != "" && s.name.folded != "" {
		switch {
		case alt == s.name.folded:
			score += 3
		case containsWords(alt, s.name.folded), containsWords(s.name.folded, alt):
			score += 2
		default:
			score += 2 * overlap(s.name.folded, alt)
		}
	}
	at := i
	for k := 0; k < 5 && at >= 0; k++ {
		x := v.nodes[at].n
		names := strings.ToLower(attr(x, "class") + " " + attr(x, "id"))
		for _, w := range [...]string{"main", "zoom", "large", "big", "primary", "gallery", "photo", "product-image", "productimage", "product_image", "product-img", "itemimg", "item-image", "item_image", "picture", "slick-current", "featured"} {
			if strings.Contains(names, w) {
				score += 1.2 / float64(k+1)
				break
			}
		}
		for _, w := range [...]string{"thumb", "more-views", "swatch", "alternate", "altview", "alt-view", "additional", "related"} {
			if strings.Contains(names, w) && !strings.Contains(names, "main") {
				score -= 1.5 / float64(k+1)
				break
			}
		}
		if x.Data == "a" && k > 0 {
			href := strings.ToLower(attr(x, "href"))
			if j := strings.IndexAny(href, "?#"); j >= 0 {
				href = href[:j]
			}
			if strings.HasSuffix(href, ".jpg") || strings.HasSuffix(href, ".jpeg") || strings.HasSuffix(href, ".png") || strings.HasSuffix(href, ".webp") {
				score += 2
			} else if _, leaves := cardLink(x); leaves {
				score -= 2
			}
		}
		at = v.nodes[at].parent
	}
	if s.name.at >= 0 {
		d := float64(i - s.name.at)
		if d < 0 {
			d = -d
		}
		score += 2 / (1 + d/60)
	}
	if s.box >= 0 && v.inside(i, s.box) && v.nodes[s.box].n.Data != "body" {
		score++
	}
	return score
}

// sizeScore reads the size that an image declares.
func sizeScore(n *html.Node) float64 {
	w, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(attr(n, "width")), "px"))
	h, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(attr(n, "height")), "px"))
	side := max(w, h)
	switch {
	case side >= 200:
		return 2
	case side > 0 && side < 40:
		return -5
	case side > 0 && side < 100:
		return -1.5
	}
	return 0
}

// describe finds the text that describes the product: the longest element named
// so.
func (s *sight) describe() string {
	v := s.v
	best := ""
	for i := range v.nodes {
		n := &v.nodes[i]
		if n.own&inDesc == 0 || n.all&(inRelated|inCart|inChrome|inReview|inCrumbs) != 0 || int(n.run) >= s.related {
			continue
		}
		if n.parent >= 0 && v.nodes[n.parent].all&inDesc != 0 {
			continue
		}
		if t := blockText(n.n, maxDescription); len(t) > len(best) {
			best = t
		}
	}
	if len(best) < 20 {
		return ""
	}
	return best
}

// stock reads the state of stock near the button: words for sold out count when
// nothing can be bought; words for in stock, or a button that can be pressed, when
// nothing says otherwise.
func (s *sight) stock() catalog.Availability {
	v := s.v
	out, in := false, false
	for i := range v.runs {
		if i >= s.related {
			break
		}
		r := &v.runs[i]
		if len(r.text) > 60 {
			continue
		}
		n := &v.nodes[r.at]
		if n.all&(inRelated|inCart|inReview|inChrome|inOption|inHidden|inCrumbs|inDesc) != 0 {
			continue
		}
		if s.box >= 0 && !v.inside(r.at, s.box) && v.nodes[s.box].n.Data != "body" {
			continue
		}
		f := fold(r.text)
		switch {
		case hasWord(f, soldOutWords[:]):
			out = true
		case hasWord(f, inStockWords[:]):
			in = true
		}
	}
	canBuy := s.buy >= 0 && !disabled(v.nodes[s.buy].n)
	switch {
	case out && !canBuy:
		return catalog.OutOfStock
	case !out && (in || canBuy):
		return catalog.InStock
	}
	return catalog.AvailabilityUnknown
}

// sameURL compares two addresses by host and path, and by query where the path
// does not name the page.
func sameURL(a, b *url.URL) bool {
	if a == nil || b == nil || !strings.EqualFold(strings.TrimPrefix(a.Host, "www."), strings.TrimPrefix(b.Host, "www.")) {
		return false
	}
	pa, pb := strings.TrimSuffix(a.Path, "/"), strings.TrimSuffix(b.Path, "/")
	if pa != pb {
		return false
	}
	if pa == "" || strings.HasSuffix(pa, ".php") || strings.HasSuffix(pa, ".asp") || strings.HasSuffix(pa, ".aspx") || strings.HasSuffix(pa, ".cgi") {
		return a.RawQuery == b.RawQuery
	}
	return true
}
