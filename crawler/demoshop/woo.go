package demoshop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
)

const wooPerPage = 16

// wooItem is one published product.
type wooItem struct {
	id         int
	slug, name string
	sku        string
	good       *good
	price      int
}

type woo struct {
	shop   *Shop
	tmpl   *template.Template
	goods  []good
	items  []wooItem
	bySlug map[string]*wooItem
}

// Woo builds a small shop in the manner of WooCommerce: /product/{slug}/, nested
// categories, the public Store API, the sitemap of WordPress, and the links that put
// goods into the cart by GET.
func Woo(o Options) *Shop {
	count := o.Goods
	if count <= 0 {
		count = 60
	}
	s := &woo{goods: stock(o.Seed+11, count), bySlug: make(map[string]*wooItem)}
	s.shop = newShop(o, "yonaga-shokai.example", "www.yonaga-shokai.example")
	s.shop.serve = s.serve
	s.tmpl = template.Must(template.ParseFS(templateFiles, "templates/woo.html"))
	r := rand.New(rand.NewPCG(o.Seed, 0x776f6f))
	taken := make(map[string]int)
	for i := range s.goods[:count] {
		g := &s.goods[i]
		if g.fate == hidden {
			continue
		}
		p := describe(r, g)
		slug := g.slugWords()
		if r.IntN(4) == 0 {
			slug = titleHandle(p.title)
		}
		// WordPress counts from 2: name, name-2.
		taken[slug]++
		if n := taken[slug]; n > 1 {
			slug += "-" + strconv.Itoa(n)
		}
		s.items = append(s.items, wooItem{id: 310 + i*3, slug: slug, name: p.title, sku: newSKU(r, g), good: g, price: g.gross()})
	}
	l := s.shop
	l.list("/", catalog.Home, 200, ByStart)
	for i := range s.items {
		it := &s.items[i]
		s.bySlug[it.slug] = it
		l.list(it.path(), catalog.ProductP, 200, ByLink)
	}
	for i, d := range departments {
		l.list("/product-category/"+d.slug+"/", catalog.Category, 200, ByLink)
		for k := range d.smalls {
			l.list(s.categoryPath(i, k), catalog.Category, 200, ByLink)
		}
	}
	l.list("/shop/", catalog.Category, 200, ByLink)
	l.list("/company/", catalog.Page, 200, ByLink)
	l.list("/shipping/", catalog.Page, 200, ByLink)
	l.list("/cart/", catalog.Cart, 200, ByLink)
	l.list("/my-account/", catalog.Account, 200, ByLink)
	return s.shop
}

func (it *wooItem) path() string { return "/product/" + strings.ToLower(url.PathEscape(it.slug)) + "/" }

func (s *woo) categoryPath(dept, small int) string {
	return "/product-category/" + departments[dept].slug + "/" + departments[dept].smalls[small].slug + "/"
}

type wooView struct {
	Title, Body, Root, Path string
	Canonical               template.URL
	Menu, Crumbs, Pages     []link
	Items                   []wooItemView
	Item                    *wooItemView
	Text                    template.HTML
}

type wooItemView struct {
	ID               int
	Name, Price, SKU string
	URL, Image       template.URL
	AddURL           template.URL
	Sold             bool
	Text             template.HTML
	JSONLD           template.JS
}

func (s *woo) serve(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Path
	q := r.URL.Query()
	segments := strings.Split(strings.Trim(p, "/"), "/")
	switch {
	case p == "/" || p == "":
		if slug := q.Get("product"); slug != "" && s.bySlug[slug] != nil {
			w.Header().Set("Location", s.shop.root()+s.bySlug[slug].path())
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
		s.list(w, "よなが商会", "/", s.every(func(i *wooItem) bool { return i.id%5 == 0 }), pageNumber(q))
		return
	case p == "/robots.txt":
		write(w, 200, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: "+s.shop.root()+"/wp-sitemap.xml\n"))
		return
	case strings.HasPrefix(p, "/wp-content/uploads/"):
		picture(w, p)
		return
	case strings.HasPrefix(p, "/wp-json/wc/store/v1/products"), strings.HasPrefix(p, "/wp-json/wc/store/products"):
		s.storeAPI(w, q)
		return
	case strings.HasPrefix(p, "/wp-sitemap"):
		if s.sitemap(w, p) {
			return
		}
	case p == "/company/" || p == "/shipping/" || p == "/cart/" || p == "/my-account/":
		title := map[string]string{"/company/": "会社概要", "/shipping/": "送料とお支払い", "/cart/": "カート", "/my-account/": "マイアカウント"}[p]
		s.render(w, 200, "text", &wooView{Title: title, Path: p, Body: "page", Text: template.HTML(title + "（架空の店です）")})
		return
	case segments[0] == "product" && len(segments) == 2:
		if it := s.bySlug[segments[1]]; it != nil {
			s.product(w, it)
			return
		}
	case segments[0] == "shop":
		s.list(w, "商品一覧", "/shop/", s.every(nil), pageOf(segments[1:]))
		return
	case segments[0] == "product-category" && len(segments) > 1:
		if s.category(w, segments[1:]) {
			return
		}
	}
	s.render(w, 404, "text", &wooView{Title: "ページが見つかりませんでした。", Path: "/404/", Body: "error404"})
}

// pageOf reads the tail /page/N/.
func pageOf(segments []string) int {
	if len(segments) >= 2 && segments[len(segments)-2] == "page" {
		return pageNumber(url.Values{"page": {segments[len(segments)-1]}})
	}
	return 1
}

func (s *woo) every(keep func(*wooItem) bool) []*wooItem {
	var out []*wooItem
	for i := range s.items {
		if keep == nil || keep(&s.items[i]) {
			out = append(out, &s.items[i])
		}
	}
	return out
}

func (s *woo) category(w http.ResponseWriter, segments []string) bool {
	page := pageOf(segments)
	if n := len(segments); n >= 2 && segments[n-2] == "page" {
		segments = segments[:n-2]
	}
	for i, d := range departments {
		if len(segments) == 0 || d.slug != segments[0] {
			continue
		}
		if len(segments) == 1 {
			s.list(w, d.name, "/product-category/"+d.slug+"/", s.every(func(it *wooItem) bool { return it.good.dept == i }), page)
			return true
		}
		for k, c := range d.smalls {
			if len(segments) == 2 && c.slug == segments[1] {
				s.list(w, c.ja, s.categoryPath(i, k), s.every(func(it *wooItem) bool { return it.good.dept == i && it.good.small == k }), page)
				return true
			}
		}
	}
	return false
}

func (s *woo) view(it *wooItem) wooItemView {
	return wooItemView{
		ID: it.id, Name: it.name, Price: strings.TrimSuffix(yen(it.price), "円"), SKU: it.sku, Sold: it.good.sold,
		URL: template.URL(s.shop.root() + it.path()), Image: template.URL(fmt.Sprintf("%s/wp-content/uploads/2026/05/item-%d.jpg", s.shop.root(), it.id)),
		AddURL: template.URL("?add-to-cart=" + strconv.Itoa(it.id)),
		Text:   template.HTML("<p>" + makers[it.good.maker].ja + "の" + it.good.noun.ja + "。素材は" + it.good.material.ja + "です。</p>"),
	}
}

func (s *woo) list(w http.ResponseWriter, title, path string, in []*wooItem, page int) {
	from, to := window(len(in), page, wooPerPage)
	v := &wooView{Title: title, Path: path, Body: "woocommerce woocommerce-page archive"}
	for _, it := range in[from:to] {
		v.Items = append(v.Items, s.view(it))
	}
	for n := 1; (n-1)*wooPerPage < len(in); n++ {
		href := s.shop.root() + path
		if n > 1 {
			href += "page/" + strconv.Itoa(n) + "/"
		}
		v.Pages = append(v.Pages, link{Text: strconv.Itoa(n), URL: template.URL(href)})
	}
	s.render(w, 200, "list", v)
}

func (s *woo) product(w http.ResponseWriter, it *wooItem) {
	iv := s.view(it)
	availability := "http://schema.org/InStock"
	if it.good.sold {
		availability = "http://schema.org/OutOfStock"
	}
	// Strings and maps always encode.
	ld, _ := json.Marshal(map[string]any{
		"@context": "https://schema.org/", "@type": "Product", "name": it.name, "sku": it.sku, "url": string(iv.URL), "image": string(iv.Image),
		"offers": []any{map[string]any{"@type": "Offer", "price": strconv.Itoa(it.price), "priceCurrency": "JPY", "availability": availability}},
	})
	iv.JSONLD = template.JS(ld)
	d := departments[it.good.dept]
	s.render(w, 200, "product", &wooView{
		Title: it.name, Path: it.path(), Body: "single single-product woocommerce woocommerce-page", Item: &iv,
		Crumbs: []link{
			{Text: "ホーム", URL: template.URL(s.shop.root() + "/")},
			{Text: d.name, URL: template.URL(s.shop.root() + "/product-category/" + d.slug + "/")},
			{Text: d.smalls[it.good.small].ja, URL: template.URL(s.shop.root() + s.categoryPath(it.good.dept, it.good.small))},
		},
	})
}

func (s *woo) render(w http.ResponseWriter, status int, name string, v *wooView) {
	v.Root, v.Canonical = s.shop.root(), template.URL(s.shop.root()+v.Path)
	for i, d := range departments {
		v.Menu = append(v.Menu, link{Text: d.name, URL: template.URL(v.Root + "/product-category/" + d.slug + "/")})
		for k, c := range d.smalls {
			v.Menu = append(v.Menu, link{Text: c.ja, URL: template.URL(v.Root + s.categoryPath(i, k))})
		}
	}
	var b bytes.Buffer
	if err := s.tmpl.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, status, "text/html; charset=UTF-8", b.Bytes())
}

// storeAPI lists products: 10 for a page unless asked, 100 at most
// (https://github.com/woocommerce/woocommerce
// plugins/woocommerce/src/StoreApi/docs/products.md).
func (s *woo) storeAPI(w http.ResponseWriter, q url.Values) {
	per := 10
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil && n > 0 {
		per = min(n, 100)
	}
	in := s.every(func(it *wooItem) bool {
		return (q.Get("slug") == "" || q.Get("slug") == it.slug) && (q.Get("sku") == "" || q.Get("sku") == it.sku)
	})
	from, to := window(len(in), pageNumber(q), per)
	out := []any{}
	for _, it := range in[from:to] {
		d := departments[it.good.dept]
		out = append(out, map[string]any{
			"id": it.id, "name": it.name, "slug": strings.ToLower(url.PathEscape(it.slug)), "permalink": s.shop.root() + it.path(), "sku": it.sku,
			"type": "simple", "description": string(s.view(it).Text), "is_in_stock": !it.good.sold,
			"prices":     map[string]any{"price": strconv.Itoa(it.price), "regular_price": strconv.Itoa(it.price), "currency_code": "JPY", "currency_minor_unit": 0},
			"images":     []any{map[string]any{"id": it.id + 1, "src": string(s.view(it).Image)}},
			"categories": []any{map[string]any{"id": 20 + it.good.dept, "name": d.name, "slug": d.slug, "link": s.shop.root() + "/product-category/" + d.slug + "/"}},
		})
	}
	w.Header().Set("X-WP-Total", strconv.Itoa(len(in)))
	w.Header().Set("X-WP-TotalPages", strconv.Itoa((len(in)+per-1)/per))
	writeJSON(w, out)
}

func (s *woo) sitemap(w http.ResponseWriter, p string) bool {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	const ns = ` xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`
	switch p {
	case "/wp-sitemap.xml":
		b.WriteString("<sitemapindex" + ns + ">")
		for _, child := range []string{"posts-page-1", "posts-product-1", "taxonomies-product_cat-1"} {
			b.WriteString("<sitemap><loc>" + s.shop.root() + "/wp-sitemap-" + child + ".xml</loc></sitemap>")
		}
		b.WriteString("</sitemapindex>\n")
	default:
		var paths []string
		switch p {
		case "/wp-sitemap-posts-page-1.xml":
			paths = []string{"/", "/company/", "/shipping/", "/cart/", "/my-account/"}
		case "/wp-sitemap-posts-product-1.xml":
			paths = append(paths, "/shop/")
			for i := range s.items {
				paths = append(paths, s.items[i].path())
			}
		case "/wp-sitemap-taxonomies-product_cat-1.xml":
			for i, d := range departments {
				paths = append(paths, "/product-category/"+d.slug+"/")
				for k := range d.smalls {
					paths = append(paths, s.categoryPath(i, k))
				}
			}
		default:
			return false
		}
		b.WriteString("<urlset" + ns + ">")
		for _, path := range paths {
			b.WriteString("<url><loc>" + s.shop.root() + path + "</loc></url>")
		}
		b.WriteString("</urlset>\n")
	}
	write(w, 200, "application/xml; charset=UTF-8", []byte(b.String()))
	return true
}
