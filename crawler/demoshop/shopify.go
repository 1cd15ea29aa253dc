package demoshop

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"replatform/crawler/catalog"
)

const newHost = "tsukiyo-zakka-new.example"

const newPerPage = 24

// shopify serves the new shop.
type shopify struct {
	*world
	shop     *Shop
	tmpl     *template.Template
	all      []*newProduct // published ones
	byHandle map[string]*newProduct
	colls    []collection
	members  map[string][]*newProduct // collection handle → products
}

// New builds the new shop, in the manner of Shopify: UTF-8, /products/{handle},
// public JSON catalogue, a sitemap index whose children carry &amp; in their
// addresses. What answers where follows vendor pages and public observations of
// 2021 to 2026 (https://shopify.dev/docs/api/liquid/basics, sitemaps and
// products.json of live stores in public code).
func New(o Options) *Shop {
	s := &shopify{world: build(o), byHandle: make(map[string]*newProduct), members: make(map[string][]*newProduct)}
	s.shop = newShop(o, newHost, "www."+newHost)
	s.tmpl = template.Must(template.ParseFS(templateFiles, "templates/shopify.html"))
	s.colls = s.collections()
	for i := range s.next {
		p := &s.next[i]
		if p.draft {
			continue
		}
		s.all = append(s.all, p)
		s.byHandle[p.handle] = p
		for _, c := range p.collections {
			s.members[c] = append(s.members[c], p)
		}
	}
	s.shop.serve = s.serve
	s.listPages()
	return s.shop
}

func (s *shopify) listPages() {
	l := s.shop
	l.list("/", catalog.Home, 200, ByStart)
	for i := range s.next {
		p := &s.next[i]
		switch {
		case p.draft:
			l.list(p.path(), catalog.ProductP, 404, ByFile)
		case len(p.collections) == 0:
			l.list(p.path(), catalog.ProductP, 200, ByFeed)
		default:
			l.list(p.path(), catalog.ProductP, 200, ByLink)
		}
	}
	for _, c := range s.colls {
		l.list("/collections/"+c.handle, catalog.Category, 200, ByLink)
	}
	for _, f := range fixedPages {
		if f.newPath != "" {
			l.list(f.newPath, catalog.Page, 200, ByLink)
		}
	}
	l.list("/blogs/news", catalog.Article, 200, ByLink)
	for _, a := range articles {
		l.list("/blogs/news/"+a.handle, catalog.Article, 200, ByLink)
	}
	l.list("/cart", catalog.Cart, 200, ByLink)
	l.list("/account/login", catalog.Account, 200, ByLink)
}

var articles = []struct{ handle, title, text string }{
	{"moved", "オンラインショップを移転しました", "このたび、つきよ雑貨店は新しいお店に引っ越しました。"},
	{"autumn-2026", "秋の新作が届きました", "夜長をたのしむ道具をご紹介します。"},
}

// shopifyRobots is written in the manner of the platform's standard text. What
// matters here: the JSON catalogue is open, as in the robots file of a live store.
const shopifyRobots = `# we use Shopify as our ecommerce platform

User-agent: *
Disallow: /admin
Disallow: /cart
Disallow: /orders
Disallow: /checkouts/
Disallow: /carts
Disallow: /account
Disallow: /collections/*sort_by*
Disallow: /*/collections/*sort_by*
Disallow: /search
Disallow: /policies/
Sitemap: %s/sitemap.xml
`

func (s *shopify) serve(w http.ResponseWriter, r *http.Request) {
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	page := pageNumber(q)
	switch {
	case r.URL.Path == "/" || r.URL.Path == "":
		s.home(w) // whatever the query says
		return
	case strings.HasPrefix(r.URL.Path, "/cdn/shop/"):
		if strings.HasSuffix(r.URL.Path, ".css") {
			write(w, 200, "text/css", []byte("body{}\n"))
			return
		}
		picture(w, r.URL.Path)
		return
	}
	switch segments[0] {
	case "robots.txt":
		write(w, 200, "text/plain; charset=utf-8", fmt.Appendf(nil, shopifyRobots, s.shop.root()))
		return
	case "products.json":
		s.productsJSON(w, s.all, q)
		return
	case "collections.json":
		s.collectionsJSON(w, q)
		return
	case "products":
		if len(segments) == 2 && s.product(w, segments[1], q.Get("variant"), nil) {
			return
		}
	case "collections":
		if s.collection(w, segments[1:], q, page) {
			return
		}
	case "pages", "policies":
		for _, f := range fixedPages {
			if f.newPath == r.URL.Path {
				s.render(w, 200, "text", &shopifyView{Title: f.newTitle, Path: f.newPath, Text: template.HTML("<p>" + f.newText + "</p>")})
				return
			}
		}
	case "blogs":
		if s.blog(w, segments[1:]) {
			return
		}
	case "search":
		s.search(w, q.Get("q"), page)
		return
	case "cart":
		if len(segments) == 1 {
			s.render(w, 200, "text", &shopifyView{Title: "カート", Path: "/cart", Text: "<p>カートは空です。</p>"})
			return
		}
	case "account":
		s.render(w, 200, "text", &shopifyView{Title: "ログイン", Path: "/account/login", Text: "<p>ログイン</p>"})
		return
	default:
		if strings.HasPrefix(segments[0], "sitemap") && strings.HasSuffix(segments[0], ".xml") && s.sitemap(w, segments[0]) {
			return
		}
	}
	s.render(w, 404, "text", &shopifyView{Title: "ページが見つかりません", Path: "/404", Text: "<p>404 お探しのページは見つかりませんでした。</p>"})
}

// shopifyView is what the templates draw.
type shopifyView struct {
	Title, Description, Path, OGType, Query string
	Canonical                               template.URL
	PrevURL, NextURL                        template.URL
	Menu, Footer, Links, Sorts              []link
	Cards                                   []card
	Text                                    template.HTML
	Product                                 *shopifyProductView
}

type card struct {
	Title, Price string
	URL, Image   template.URL
}

func (s *shopify) render(w http.ResponseWriter, status int, name string, v *shopifyView) {
	v.Canonical = template.URL(s.shop.root() + v.Path)
	if v.OGType == "" {
		v.OGType = "website"
	}
	for _, d := range departments {
		if d.newName != "" {
			v.Menu = append(v.Menu, link{Text: d.newName, URL: template.URL("/collections/" + d.slug)})
		}
	}
	for _, f := range fixedPages {
		if f.newPath != "" {
			v.Footer = append(v.Footer, link{Text: f.newTitle, URL: template.URL(f.newPath)})
		}
	}
	var b bytes.Buffer
	if err := s.tmpl.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, status, "text/html; charset=utf-8", b.Bytes())
}

func (s *shopify) imagePath(p *newProduct) string {
	return "/cdn/shop/files/" + asciiSlug(p.good.model) + ".jpg?v=17" + strconv.Itoa(p.id%100000000)
}

// cards links products as themes do: within a collection often by the longer
// address that also names the collection.
func (s *shopify) cards(products []*newProduct, within string) []card {
	var out []card
	for _, p := range products {
		href := p.path()
		if within != "" && p.id%2 == 0 {
			href = "/collections/" + within + href
		}
		out = append(out, card{Title: p.title, Price: "¥" + strings.TrimSuffix(yen(p.variants[0].price), "円"), URL: template.URL(href), Image: template.URL(s.imagePath(p))})
	}
	return out
}

func (s *shopify) home(w http.ResponseWriter) {
	s.render(w, 200, "home", &shopifyView{Title: "つきよ雑貨", Path: "/", Description: "夜のしずけさに似合う暮らしの道具。", Cards: s.cards(s.all[max(0, len(s.all)-12):], "")})
}

// list draws one page of a list of products.
func (s *shopify) list(w http.ResponseWriter, v *shopifyView, in []*newProduct, within, query string, page int) {
	from, to := window(len(in), page, newPerPage)
	v.Cards = s.cards(in[from:to], within)
	if page > 1 {
		v.PrevURL = template.URL(fmt.Sprintf("%s?%spage=%d", v.Path, query, page-1))
	}
	if to < len(in) {
		v.NextURL = template.URL(fmt.Sprintf("%s?%spage=%d", v.Path, query, page+1))
	}
	s.render(w, 200, "list", v)
}

func (s *shopify) collection(w http.ResponseWriter, segments []string, q url.Values, page int) bool {
	if len(segments) == 0 {
		v := &shopifyView{Title: "コレクション", Path: "/collections"}
		for _, c := range s.colls {
			v.Links = append(v.Links, link{Text: c.title, URL: template.URL("/collections/" + c.handle)})
		}
		s.render(w, 200, "links", v)
		return true
	}
	c := collection{handle: "all", title: "すべての商品"}
	in := s.all
	if segments[0] != "all" {
		found := false
		for _, have := range s.colls {
			if have.handle == segments[0] {
				c, in, found = have, s.members[have.handle], true
			}
		}
		if !found {
			return false
		}
	}
	switch {
	case len(segments) == 1:
		v := &shopifyView{Title: c.title, Path: "/collections/" + c.handle, Text: template.HTML(c.text)}
		v.Sorts = []link{
			{Text: "価格の安い順", URL: template.URL(v.Path + "?sort_by=price-ascending")},
			{Text: "新着順", URL: template.URL(v.Path + "?sort_by=created-descending")},
		}
		s.list(w, v, in, c.handle, "", page)
		return true
	case len(segments) == 2 && segments[1] == "products.json":
		s.productsJSON(w, in, q)
		return true
	case len(segments) == 3 && segments[1] == "products":
		return s.product(w, segments[2], q.Get("variant"), &c)
	case len(segments) == 2: // a tag; the page exists whether the tag does or not
		var tagged []*newProduct
		for _, p := range in {
			for _, t := range p.tags {
				if t == segments[1] {
					tagged = append(tagged, p)
				}
			}
		}
		s.list(w, &shopifyView{Title: c.title + " " + segments[1], Path: "/collections/" + c.handle + "/" + url.PathEscape(segments[1])}, tagged, c.handle, "", page)
		return true
	}
	return false
}

func (s *shopify) blog(w http.ResponseWriter, segments []string) bool {
	if len(segments) == 0 || segments[0] != "news" {
		return false
	}
	if len(segments) == 1 {
		v := &shopifyView{Title: "お知らせ", Path: "/blogs/news"}
		for _, a := range articles {
			v.Links = append(v.Links, link{Text: a.title, URL: template.URL("/blogs/news/" + a.handle)})
		}
		s.render(w, 200, "links", v)
		return true
	}
	for _, a := range articles {
		if len(segments) == 2 && a.handle == segments[1] {
			s.render(w, 200, "text", &shopifyView{Title: a.title, Path: "/blogs/news/" + a.handle, OGType: "article", Text: template.HTML("<p>" + a.text + "</p>")})
			return true
		}
	}
	return false
}

func (s *shopify) search(w http.ResponseWriter, words string, page int) {
	var in []*newProduct
	needle := strings.ToLower(norm.NFKC.String(words))
	for _, p := range s.all {
		if needle != "" && strings.Contains(strings.ToLower(norm.NFKC.String(p.title)), needle) {
			in = append(in, p)
		}
	}
	v := &shopifyView{Title: "検索", Path: "/search", Query: words}
	s.list(w, v, in, "", "q="+url.QueryEscape(words)+"&", page)
}

// sitemap answers the index and its children. A child is answered with or without
// its from and to; whether the platform does so is not known.
func (s *shopify) sitemap(w http.ResponseWriter, name string) bool {
	root := s.shop.root()
	var b strings.Builder
	b.WriteString(xml.Header)
	loc := func(tag, path, mod string) {
		b.WriteString("<" + tag + "><loc>")
		_ = xml.EscapeText(&b, []byte(root+path)) // a Builder never fails
		b.WriteString("</loc>")
		if mod != "" {
			b.WriteString("<lastmod>" + mod + "</lastmod>")
		}
		b.WriteString("</" + tag + ">\n")
	}
	const ns = ` xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`
	if name == "sitemap.xml" {
		b.WriteString("<sitemapindex" + ns + ">\n")
		if n := len(s.all); n > 0 {
			loc("sitemap", fmt.Sprintf("/sitemap_products_1.xml?from=%d&to=%d", s.all[0].id, s.all[n-1].id), "")
		}
		loc("sitemap", "/sitemap_pages_1.xml", "")
		loc("sitemap", fmt.Sprintf("/sitemap_collections_1.xml?from=%d&to=%d", s.colls[0].id, s.colls[len(s.colls)-1].id), "")
		loc("sitemap", "/sitemap_blogs_1.xml", "")
		b.WriteString("</sitemapindex>\n")
		write(w, 200, "application/xml; charset=utf-8", []byte(b.String()))
		return true
	}
	b.WriteString("<urlset" + ns + ">\n")
	switch name {
	case "sitemap_products_1.xml":
		loc("url", "/", "")
		for _, p := range s.all {
			loc("url", p.path(), p.updated)
		}
	case "sitemap_pages_1.xml":
		for _, f := range fixedPages {
			if strings.HasPrefix(f.newPath, "/pages/") {
				loc("url", f.newPath, "")
			}
		}
	case "sitemap_collections_1.xml":
		for _, c := range s.colls {
			loc("url", "/collections/"+c.handle, "")
		}
	case "sitemap_blogs_1.xml":
		loc("url", "/blogs/news", "")
		for _, a := range articles {
			loc("url", "/blogs/news/"+a.handle, "")
		}
	default:
		return false
	}
	b.WriteString("</urlset>\n")
	write(w, 200, "application/xml; charset=utf-8", []byte(b.String()))
	return true
}
