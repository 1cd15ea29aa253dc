package demoshop

import (
	"bytes"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
)

const (
	makeshopGoods   = 42
	makeshopPerPage = 12
)

// msItem is one product of a makeshop replica.
type msItem struct {
	good   *good
	code   string // the 12 digits of the system
	own    string // the shop's own number, "" for some
	name   string
	hidden bool
}

// makeshop holds what both modes share.
type makeshop struct {
	o      Options
	shop   *Shop
	tmpl   *template.Template
	goods  []good
	items  []msItem
	byCode map[string]*msItem
	basic  bool
}

func newMakeshop(o Options, basic bool, host, imageHost, tmpl string) *makeshop {
	count := o.Goods
	if count <= 0 {
		count = makeshopGoods
	}
	m := &makeshop{o: o, basic: basic, goods: stock(o.Seed+7, count), byCode: make(map[string]*msItem)}
	m.shop = newShop(o, host, imageHost)
	m.tmpl = template.Must(template.ParseFS(templateFiles, "templates/"+tmpl))
	r := rand.New(rand.NewPCG(o.Seed, 0x6d73))
	for i := range m.goods[:count] {
		g := &m.goods[i]
		it := msItem{good: g, code: fmt.Sprintf("%012d", 101+g.n*3), name: oldName(r, g, ""), own: g.model, hidden: g.fate == hidden}
		if g.n%13 == 4 { // the oldest codes carry their category: 3 + 3 + 6 digits
			it.code = fmt.Sprintf("%03d%03d%06d", g.dept+1, g.small+1, 10+g.n)
		}
		if r.IntN(6) == 0 {
			it.own = ""
		}
		m.items = append(m.items, it)
	}
	for i := range m.items {
		m.byCode[m.items[i].code] = &m.items[i]
	}
	return m
}

// categoryCode is one of the forms that codes have.
func (m *makeshop) categoryCode(dept int) string {
	switch {
	case dept%4 == 1 && m.basic:
		return fmt.Sprintf("U%06d", 100000+dept)
	case dept%4 == 1:
		return fmt.Sprintf("%010d", 100+dept)
	case dept%4 == 3:
		return departments[dept].slug
	}
	return "ct" + strconv.Itoa(dept+9)
}

// in lists the shown products of a category; "all_items" is the whole shop.
func (m *makeshop) in(code string) (title string, dept int, items []*msItem, ok bool) {
	dept = -1
	if code == "all_items" && m.basic {
		title, ok = "全商品", true
	}
	for i, d := range departments {
		if m.categoryCode(i) == code {
			title, dept, ok = d.name, i, true
		}
	}
	for i := range m.items {
		if it := &m.items[i]; !it.hidden && (dept < 0 || it.good.dept == dept) {
			items = append(items, it)
		}
	}
	return title, dept, items, ok
}

type makeshopView struct {
	Title, Text       string
	Word              string
	Total             int
	Canonical, Files  template.URL
	Head              template.HTML
	Categories        []link
	Crumbs, Pages     []link
	Items             []makeshopItemView
	Recommended       []makeshopItemView
	Item              *makeshopItemView
	pageType, pageID  string
	itemVars, catVars smartyVars
}

type makeshopItemView struct {
	Name, Price, Code, Own    string
	URL, Image                template.URL
	CategoryName, CategoryURL string
	Text                      template.HTML
	SoldOut                   bool
	Options                   []makeshopOption
}

type makeshopOption struct {
	Field  int
	Values []string
}

func (m *makeshop) item(it *msItem, href string) makeshopItemView {
	g := it.good
	cat := m.categoryCode(g.dept)
	v := makeshopItemView{
		Name: it.name, Price: strings.TrimSuffix(yen(g.gross()), "円"), Code: it.code, Own: it.own, SoldOut: g.sold, URL: template.URL(href),
		CategoryName: departments[g.dept].name, CategoryURL: m.categoryPath(cat),
		Text: template.HTML(fmt.Sprintf("%sの%s。<br>①素材：%s", makers[g.maker].ja, g.noun.ja, g.material.ja)),
	}
	image := fmt.Sprintf("%s://%s/hotarubune/itemimages/%s_%s.jpg", m.shop.scheme, m.shop.hosts[1], it.code, "aB3dE5f")
	if m.basic {
		image = fmt.Sprintf("%s://%s/hotarubune/shopimages/%s/%s/1_%s.jpg?1767225600", m.shop.scheme, m.shop.hosts[1], it.code[10:], it.code[8:10], it.code)
	}
	v.Image = template.URL(image)
	var cols []string
	for _, c := range g.colours {
		cols = append(cols, colours[c].ja)
	}
	for _, values := range [][]string{cols, g.sizes} {
		if len(values) > 0 {
			v.Options = append(v.Options, makeshopOption{len(v.Options) + 1, values})
		}
	}
	return v
}

func (m *makeshop) categoryPath(code string) string {
	if m.basic {
		return "/shopbrand/" + code + "/"
	}
	return "/view/category/" + code
}

func (m *makeshop) render(w http.ResponseWriter, status int, name string, v *makeshopView) {
	for i, d := range departments {
		v.Categories = append(v.Categories, link{Text: d.name, URL: template.URL(m.categoryPath(m.categoryCode(i)))})
	}
	v.Files = template.URL(m.shop.scheme + "://" + m.shop.hosts[1])
	var b bytes.Buffer
	if m.basic {
		v.Word = string(eucjp([]byte("湯呑み")))
	} else {
		v.Head = m.head(v)
	}
	if err := m.tmpl.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if m.basic {
		write(w, status, "text/html; charset=EUC-JP", eucjp(b.Bytes()))
		return
	}
	write(w, status, "text/html; charset=UTF-8", b.Bytes())
}

// makeshopVars are the tags that Creator mode documents, those that hold one value
// (https://reference.makeshop.jp/creator-mode/, copy of 2026).
var makeshopVars = map[string]bool{
	"makeshop.head": true, "makeshop.body_top": true, "makeshop.body_bottom": true,
	"page.type": true, "page.id": true, "page.canonical_url": true, "page.title": true,
	"item.system_code": true, "item.original_code": true, "item.name": true, "item.price": true, "item.is_soldout": true,
	"item.base_category.name": true, "item.base_category.url": true, "item.base_category.code": true, "item.description": true,
	"category.code": true,
}

func (m *makeshop) head(v *makeshopView) template.HTML {
	vars := smartyVars{
		"makeshop.head": "", "page.type": v.pageType, "page.id": v.pageID, "page.canonical_url": string(v.Canonical), "page.title": v.Title,
	}
	for _, more := range []smartyVars{v.itemVars, v.catVars} {
		for k, s := range more {
			vars[k] = s
		}
	}
	var out strings.Builder
	for _, name := range []string{"head", v.pageType} {
		if s, ok := m.o.Snippets[name]; ok {
			out.WriteString(smartyOrError(s, vars, makeshopVars))
		}
	}
	return template.HTML(out.String())
}

// MakeshopCreator builds a small shop in the manner of makeshop's Creator mode:
// UTF-8, /view/item/<12 digits>, no robots file and no sitemap.
//
// Snippets: "head" is put into the head of every page, "item", "category" and "top"
// into the head of pages of that kind; in this mode the owner's templates hold the
// whole head.
func MakeshopCreator(o Options) *Shop {
	m := newMakeshop(o, false, "shop.hotarubune.example", "makeshop-multi-images.example", "makeshop-creator.html")
	m.shop.serve = m.serveCreator
	l := m.shop
	l.list("/", catalog.Home, 200, ByStart)
	for _, it := range m.items {
		m.listItem("/view/item/"+it.code, it)
	}
	for i := range departments {
		l.list("/view/category/"+m.categoryCode(i), catalog.Category, 200, ByLink)
	}
	for _, p := range creatorTexts {
		l.list(p.path, p.typ, 200, ByLink)
	}
	return m.shop
}

func (m *makeshop) listItem(path string, it msItem) {
	if it.hidden {
		m.shop.list(path, catalog.ProductP, 404, ByFile)
		return
	}
	m.shop.list(path, catalog.ProductP, 200, ByLink)
}

var creatorTexts = []struct {
	path, kind, title string
	typ               catalog.PageType
}{
	{"/view/contract", "contract", "特定商取引法に基づく表記", catalog.Page},
	{"/view/company", "company", "会社概要", catalog.Page},
	{"/view/guide", "guide", "ご利用案内", catalog.Page},
	{"/view/policy", "policy", "個人情報の取り扱い", catalog.Page},
	{"/view/news/list", "news-list", "お知らせ", catalog.Article},
	{"/view/cart", "cart", "カート", catalog.Cart},
	{"/view/member/login", "login", "ログイン", catalog.Account},
}

func (m *makeshop) serveCreator(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Path
	if hostname(hostOf(r)) == m.shop.hosts[1] {
		picture(w, p)
		return
	}
	if strings.HasPrefix(p, "/view/asset/") {
		write(w, 200, "text/css", []byte("body{}\n"))
		return
	}
	if p == "/" || p == "" {
		v := &makeshopView{Title: "ほたるぶね商店", Canonical: template.URL(m.shop.root() + "/"), pageType: "top"}
		for i := range m.items {
			if it := &m.items[len(m.items)-1-i]; !it.hidden && len(v.Items) < 8 {
				v.Items = append(v.Items, m.item(it, "/view/item/"+it.code))
			}
		}
		v.Total = len(v.Items)
		m.render(w, 200, "list", v)
		return
	}
	for _, t := range creatorTexts {
		if t.path == strings.TrimSuffix(p, "/") {
			m.render(w, 200, "text", &makeshopView{Title: t.title, Text: t.title + "（架空の店です）", Canonical: template.URL(m.shop.root() + t.path), pageType: t.kind})
			return
		}
	}
	if code, ok := strings.CutPrefix(p, "/view/item/"); ok {
		if it := m.byCode[strings.TrimSuffix(code, "/")]; it != nil && !it.hidden {
			m.creatorItem(w, it)
			return
		}
	}
	if code, ok := strings.CutPrefix(p, "/view/category/"); ok {
		code = strings.TrimSuffix(code, "/")
		if title, _, items, ok := m.in(code); ok {
			m.creatorCategory(w, code, title, items, pageNumber(r.URL.Query()))
			return
		}
	}
	makeshopError(w)
}

// makeshopError is the generic page in EUC-JP that also Creator shops answer errors
// with (crawler notes of 2026-09).
func makeshopError(w http.ResponseWriter) {
	page := `<html><head><meta http-equiv="Content-Type" content="text/html; charset=EUC-JP"><title>エラー</title></head><body>お探しのページは見つかりません。</body></html>`
	write(w, 404, "text/html; charset=EUC-JP", eucjp([]byte(page)))
}

func (m *makeshop) creatorItem(w http.ResponseWriter, it *msItem) {
	g := it.good
	iv := m.item(it, "/view/item/"+it.code)
	cat := m.categoryCode(g.dept)
	v := &makeshopView{
		Title: it.name, Canonical: template.URL(m.shop.root() + "/view/item/" + it.code), Item: &iv, pageType: "item", pageID: it.code,
		Crumbs: []link{{Text: departments[g.dept].name, URL: template.URL("/view/category/" + cat)}},
		itemVars: smartyVars{
			"item.system_code": it.code, "item.original_code": it.own, "item.name": it.name, "item.price": iv.Price,
			"item.base_category.name": departments[g.dept].name, "item.base_category.url": m.shop.root() + "/view/category/" + cat,
			"item.base_category.code": cat, "item.description": string(iv.Text),
		},
	}
	if g.sold {
		v.itemVars["item.is_soldout"] = "1"
	}
	m.render(w, 200, "item", v)
}

func (m *makeshop) creatorCategory(w http.ResponseWriter, code, title string, items []*msItem, page int) {
	path := "/view/category/" + code
	v := &makeshopView{
		Title: title, Total: len(items), Canonical: template.URL(m.shop.root() + path), pageType: "category", pageID: code,
		catVars: smartyVars{"category.code": code}, Crumbs: []link{{Text: title, URL: template.URL(path)}},
	}
	from, to := window(len(items), page, makeshopPerPage)
	for _, it := range items[from:to] {
		v.Items = append(v.Items, m.item(it, "/view/item/"+it.code+"?category_page_id="+code))
	}
	for n := 1; (n-1)*makeshopPerPage < len(items); n++ {
		v.Pages = append(v.Pages, link{Text: strconv.Itoa(n), URL: template.URL(path + "?page=" + strconv.Itoa(n))})
	}
	m.render(w, 200, "list", v)
}

// MakeshopBasic builds a small shop in the manner of makeshop's Basic mode: EUC-JP,
// /shopdetail/<12 digits>/ with its tails, the oldest and the smartphone addresses
// beside it, no robots file and no sitemap. Listings carry a block of recommended
// goods that are not part of the category. What can be edited in this mode is not
// known, so Snippets are ignored.
func MakeshopBasic(o Options) *Shop {
	m := newMakeshop(o, true, "www.hotarubune-basic.example", "gigaplus.makeshop.example", "makeshop-basic.html")
	m.shop.serve = m.serveBasic
	l := m.shop
	l.list("/", catalog.Home, 200, ByStart)
	for _, it := range m.items {
		m.listItem("/shopdetail/"+it.code+"/", it)
	}
	for i := range departments {
		l.list("/shopbrand/"+m.categoryCode(i)+"/", catalog.Category, 200, ByLink)
	}
	l.list("/shopbrand/all_items/", catalog.Category, 200, ByLink)
	for _, t := range basicTexts {
		l.list(t.path, t.typ, 200, ByLink)
	}
	return m.shop
}

var basicTexts = []struct {
	path, title string
	typ         catalog.PageType
}{
	{"/html/ordercontract.html", "特定商取引法に基づく表記", catalog.Page},
	{"/html/company.html", "会社概要", catalog.Page},
	{"/html/page1.html", "ギフト包装について", catalog.Page},
	{"/smartphone/login.html", "ログイン", catalog.Account},
}

func (m *makeshop) serveBasic(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Path
	if hostname(hostOf(r)) == m.shop.hosts[1] {
		picture(w, p)
		return
	}
	q, _ := url.ParseQuery(r.URL.RawQuery) // what can be read of a broken query counts
	if p == "/" || p == "" {
		m.basicList(w, "all_items", "ほたるぶね商店", m.shown(), 1, "order")
		return
	}
	for _, t := range basicTexts {
		if t.path == p {
			m.render(w, 200, "text", &makeshopView{Title: t.title, Text: t.title + "（架空の店です）"})
			return
		}
	}
	segments := strings.Split(strings.Trim(p, "/"), "/")
	code := ""
	switch {
	case segments[0] == "shopdetail" && len(segments) > 1:
		code = segments[1]
	case p == "/shop/shopdetail.html":
		code = q.Get("brandcode")
	case p == "/smartphone/detail.html":
		code = q.Get("id")
	case segments[0] == "shopbrand" && len(segments) > 1:
		page, sort := 1, "order"
		if len(segments) > 2 {
			page = pageNumber(url.Values{"page": {strings.TrimPrefix(segments[2], "page")}})
		}
		if len(segments) > 3 {
			sort = segments[3]
		}
		if title, _, items, ok := m.in(segments[1]); ok {
			m.basicList(w, segments[1], title, items, page, sort)
			return
		}
	case p == "/smartphone/list.html":
		if title, _, items, ok := m.in(q.Get("category_code")); ok {
			m.basicList(w, q.Get("category_code"), title, items, 1, "order")
			return
		}
		if q.Has("search_key") {
			var found []*msItem
			for _, it := range m.shown() {
				if strings.Contains(string(eucjp([]byte(it.name))), q.Get("search_key")) {
					found = append(found, it)
				}
			}
			m.basicList(w, "all_items", "検索結果", found, 1, "order")
			return
		}
	}
	if it := m.byCode[code]; it != nil && !it.hidden {
		iv := m.item(it, "/shopdetail/"+it.code+"/")
		m.render(w, 200, "item", &makeshopView{Title: it.name, Item: &iv})
		return
	}
	makeshopError(w)
}

func (m *makeshop) shown() []*msItem {
	var out []*msItem
	for i := range m.items {
		if !m.items[i].hidden {
			out = append(out, &m.items[i])
		}
	}
	return out
}

func (m *makeshop) basicList(w http.ResponseWriter, code, title string, items []*msItem, page int, sort string) {
	v := &makeshopView{Title: title, Total: len(items)}
	from, to := window(len(items), page, makeshopPerPage)
	for _, it := range items[from:to] {
		v.Items = append(v.Items, m.item(it, fmt.Sprintf("/shopdetail/%s/%s/page%d/%s/", it.code, url.PathEscape(code), page, url.PathEscape(sort))))
	}
	for n := 1; (n-1)*makeshopPerPage < len(items); n++ {
		v.Pages = append(v.Pages, link{Text: strconv.Itoa(n), URL: template.URL(fmt.Sprintf("/shopbrand/%s/page%d/%s/", url.PathEscape(code), n, url.PathEscape(sort)))})
	}
	// The same few goods stand under every list, under their oldest addresses too.
	shown := m.shown()
	for i := range min(3, len(shown)) {
		it := shown[i]
		v.Recommended = append(v.Recommended, m.item(it, "/shop/shopdetail.html?brandcode="+it.code))
	}
	m.render(w, 200, "list", v)
}
