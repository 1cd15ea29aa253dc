package demoshop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// colormeView is what the templates draw.
type colormeView struct {
	Kind, Title, Keywords, Description, Heading, Keyword string
	Root, Sub                                            string
	Img                                                  template.URL
	Colorme                                              template.JS
	IndexSnippet, Snippet                                template.HTML
	Words, Groups, FreePages, Crumbs, Links, SortLinks   []link
	Categories                                           []link
	Items                                                []colormeItem
	Extra                                                *colormeView
	Pager                                                *pager
	P                                                    *colormeProductView
	Text                                                 template.HTML
}

type link struct {
	Text     string
	URL      template.URL
	Children []link
}

type colormeItem struct {
	Name, Price string
	URL, Thumb  template.URL
	SoldOut     bool
}

type pager struct {
	Total, From, To int
	Prev, Next      template.URL
	Pages           []link
}

type colormeProductView struct {
	PID                       int
	Name, Model, Price, Stock string
	Image                     template.URL
	Images                    []template.URL
	Expl                      template.HTML
	Related                   []link
	Axes                      []colormeAxis
	SoldOut                   bool
}

type colormeAxis struct {
	Field  string
	Values []string
}

// colormeObject is the global that every page carries. Keys as captured in 2021 and
// read by crawlers in 2026 (https://github.com/crossbench/kawaichi-nishiki);
// "product" for counted stock is this replica's guess, only "none" has been seen;
// so is the sum of the options' stock as the stock of the product.
type colormeObject struct {
	Page     string          `json:"page"`
	Shop     colormeShop     `json:"shop"`
	Basket   colormeBasket   `json:"basket"`
	Customer colormeCustomer `json:"customer"`
	Product  *colormeProduct `json:"product,omitempty"`
}

type colormeShop struct {
	AccountID string `json:"account_id"`
}

type colormeBasket struct {
	TotalPrice int        `json:"total_price"`
	Items      []struct{} `json:"items"`
}

type colormeCustomer struct {
	ID *int `json:"id"`
}

type colormeProduct struct {
	Name             string           `json:"name"`
	ModelNumber      string           `json:"model_number"`
	StockNum         *int             `json:"stock_num"`
	SalesPrice       int              `json:"sales_price"`
	SalesPriceTaxed  int              `json:"sales_price_including_tax"`
	InventoryControl string           `json:"inventory_control"`
	Variants         []colormeVariant `json:"variants"`
}

type colormeVariant struct {
	Title            string `json:"title"`
	Option1Value     string `json:"option1_value"`
	Option2Value     string `json:"option2_value"`
	OptionPrice      int    `json:"option_price"`
	OptionPriceTaxed int    `json:"option_price_including_tax"`
}

// view fills what every page has: the frame and the global.
func (c *colorme) view(kind, title string, product *colormeProduct, vars smartyVars) *colormeView {
	v := &colormeView{
		Kind: kind, Title: title + "｜つきよ雑貨店", Heading: title, Description: "暮らしの道具と布ものの店、つきよ雑貨店。" + title,
		Keywords: "雑貨,うつわ,布もの", Root: c.shop.root(), Sub: oldSubHost,
		Img: template.URL(c.shop.scheme + "://" + oldImgHost),
	}
	obj := colormeObject{Page: kind, Shop: colormeShop{"PA01999123"}, Basket: colormeBasket{Items: []struct{}{}}, Product: product}
	var b bytes.Buffer
	// These types always encode.
	_ = json.NewEncoder(&b).Encode(obj)
	v.Colorme = template.JS(strings.TrimSpace(b.String()))
	if s, ok := c.o.Snippets["index"]; ok {
		v.IndexSnippet = template.HTML(smartyOrError(s, c.commonVars(vars), colormeVars))
	}
	for i, d := range departments {
		l := link{Text: d.name, URL: template.URL(spell(c, "?"+cateQuery(i, 0), i))}
		for k, s := range d.smalls {
			l.Children = append(l.Children, link{Text: s.ja, URL: template.URL("?" + cateQuery(i, k+1))})
		}
		v.Categories = append(v.Categories, l)
	}
	for k, g := range oldGroups {
		v.Groups = append(v.Groups, link{Text: g.ja, URL: template.URL("?mode=grp&gid=" + strconv.Itoa(gid(k)))})
	}
	for _, f := range fixedPages {
		if strings.HasPrefix(f.query, "mode=f") {
			v.FreePages = append(v.FreePages, link{Text: f.oldTitle, URL: template.URL(c.shop.root() + "/?" + f.query)})
		}
	}
	for _, word := range []string{"マグカップ", "麻", "送料無料"} {
		v.Words = append(v.Words, link{Text: word, URL: template.URL("?mode=srh&cid=&keyword=" + eucQuery(word))})
	}
	return v
}

// snippet evaluates the first of the named templates that the owner has edited.
func (c *colorme) snippet(vars smartyVars, names ...string) template.HTML {
	for _, n := range names {
		if s, ok := c.o.Snippets[n]; ok {
			return template.HTML(smartyOrError(s, c.commonVars(vars), colormeVars))
		}
	}
	return ""
}

func eucQuery(s string) string { return url.QueryEscape(string(eucjp([]byte(s)))) }

// spell writes the address of a page in one of the many forms that links to it have.
// form picks it; most links are plain.
func spell(c *colorme, query string, form int) string {
	s := c.shop
	switch form % 17 {
	case 3:
		return "./" + query
	case 5:
		return "/" + query
	case 7:
		return "http://" + s.hosts[0] + "/" + query
	case 8:
		return s.scheme + "://" + oldBareHost + "/" + query
	case 9:
		return "//" + oldSubHost + "/" + query
	case 11:
		return query + "&utm_source=top&utm_medium=banner"
	case 12:
		return query + "&cmsp_timestamp=20260401101500"
	case 13:
		return query + "&PHPSESSID=0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	case 14:
		return s.root() + "/" + query
	}
	return query
}

func (c *colorme) productURL(p *oldProduct, salt int) template.URL {
	return template.URL(spell(c, "?pid="+strconv.Itoa(p.pid), p.pid+salt))
}

func (c *colorme) imageURL(p *oldProduct, suffix string) template.URL {
	return template.URL(fmt.Sprintf("%s://%s/PA01999/123/product/%d%s.jpg?cmsp_timestamp=20260%d%02d093000",
		c.shop.scheme, oldImgHost, p.pid, suffix, 1+p.pid%9, 1+p.pid%28))
}

func yen(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s + "円"
}

func (c *colorme) items(products []*oldProduct, salt int) []colormeItem {
	var out []colormeItem
	for _, p := range products {
		out = append(out, colormeItem{
			Name: p.name, Price: yen(p.gross()) + "(内税)", URL: c.productURL(p, salt), Thumb: c.imageURL(p, "_th"), SoldOut: p.soldOut(),
		})
	}
	return out
}

func (c *colorme) top(w http.ResponseWriter) {
	v := c.view("top", "暮らしの雑貨と贈りもの", nil, nil)
	v.Snippet = c.snippet(nil, "top")
	var shown []*oldProduct
	for _, p := range c.newer {
		if len(shown) < 12 && p.inCategory {
			shown = append(shown, p)
		}
	}
	v.Items = c.items(shown, 1)
	var monthly []*oldProduct
	for _, p := range c.newer {
		if p.campaign && len(monthly) < 6 {
			monthly = append(monthly, p)
		}
	}
	v.Extra = &colormeView{Items: c.items(monthly, 2)}
	c.render(w, 200, "top", v)
}

// paged cuts one page of a list and draws the pager.
func paged(products []*oldProduct, page int, base string) ([]*oldProduct, *pager) {
	from, to := window(len(products), page, oldPerPage)
	p := &pager{Total: len(products), From: from + 1, To: to}
	for n := 1; (n-1)*oldPerPage < len(products); n++ {
		p.Pages = append(p.Pages, link{Text: strconv.Itoa(n), URL: template.URL(base + "&page=" + strconv.Itoa(n))})
	}
	if page > 1 {
		p.Prev = template.URL(base + "&page=" + strconv.Itoa(page-1))
	}
	if to < len(products) {
		p.Next = template.URL(base + "&page=" + strconv.Itoa(page+1))
	}
	return products[from:to], p
}

// ordered sorts as the sort parameter says: n is newest first; p, by price, is this
// replica's name for the platform's third order.
func ordered(products []*oldProduct, by string) []*oldProduct {
	switch by {
	case "n":
		sort.SliceStable(products, func(i, k int) bool { return products[i].pid > products[k].pid })
	case "p":
		sort.SliceStable(products, func(i, k int) bool { return products[i].net < products[k].net })
	}
	return products
}

func (c *colorme) category(w http.ResponseWriter, big, small int, by string, page int) {
	for i, d := range departments {
		if cbid(i) != big || small < 0 || small > len(d.smalls) {
			continue
		}
		var in []*oldProduct
		for k := range c.old {
			p := &c.old[k]
			if p.inCategory && p.good.dept == i && (small == 0 || p.good.small == small-1) {
				in = append(in, p)
			}
		}
		title := d.name
		crumbs := []link{{Text: d.name, URL: template.URL("?" + cateQuery(i, 0))}}
		vars := smartyVars{"bid_link": "?" + cateQuery(i, 0), "bid_name": d.name}
		if small > 0 {
			title = d.smalls[small-1].ja
			crumbs = append(crumbs, link{Text: title, URL: template.URL("?" + cateQuery(i, small))})
			vars["sid_link"], vars["sid_name"] = "?"+cateQuery(i, small), title
		}
		c.listing(w, title, crumbs, ordered(in, by), "?"+cateQuery(i, small), by, page, vars, "category", "product_list")
		return
	}
	c.notFound(w)
}

func (c *colorme) group(w http.ResponseWriter, id int, by string, page int) {
	for k, g := range oldGroups {
		if gid(k) != id {
			continue
		}
		var in []*oldProduct
		for i := range c.old {
			for _, have := range c.old[i].groups {
				if have == k && !c.old[i].hidden {
					in = append(in, &c.old[i])
				}
			}
		}
		query := "?mode=grp&gid=" + strconv.Itoa(id)
		c.listing(w, g.ja, []link{{Text: g.ja, URL: template.URL(query)}}, ordered(in, by), query, by, page, nil, "group", "product_list")
		return
	}
	c.notFound(w)
}

func (c *colorme) listing(w http.ResponseWriter, title string, crumbs []link, in []*oldProduct, query, by string, page int, vars smartyVars, templates ...string) {
	v := c.view("product_list", title, nil, vars)
	v.Crumbs = crumbs
	v.Snippet = c.snippet(vars, templates...)
	v.SortLinks = []link{
		{Text: "おすすめ順", URL: template.URL(query)}, {Text: "価格順", URL: template.URL(query + "&sort=p")}, {Text: "新着順", URL: template.URL(query + "&sort=n")},
	}
	if by != "" {
		query += "&sort=" + url.QueryEscape(by)
	}
	shown, pg := paged(in, page, query)
	v.Pager, v.Items = pg, c.items(shown, page+3)
	c.render(w, 200, "list", v)
}

// search finds by words in the name. The word is EUC-JP in the address, a word in
// UTF-8 finds nothing; no word at all gives the complete listing.
func (c *colorme) search(w http.ResponseWriter, q url.Values, page int) {
	raw := q.Get("keyword")
	word, err := japanese.EUCJP.NewDecoder().String(raw)
	if err != nil || strings.ContainsRune(word, '\uFFFD') {
		word = "\x00"
	}
	var in []*oldProduct
	needle := strings.ToLower(norm.NFKC.String(word))
	big, small, _ := strings.Cut(q.Get("cid"), ",")
	for _, p := range c.newer {
		if big != "" && strconv.Itoa(cbid(p.good.dept)) != big {
			continue
		}
		if small != "" && small != "0" && strconv.Itoa(p.good.small+1) != small {
			continue
		}
		if strings.Contains(strings.ToLower(norm.NFKC.String(p.name)), needle) {
			in = append(in, p)
		}
	}
	v := c.view("product_srh", "商品検索", nil, nil)
	v.Snippet = c.snippet(nil, "product_srh")
	if word != "\x00" {
		v.Keyword = word
	}
	query := "?mode=srh&sort=n"
	if raw != "" {
		query += "&keyword=" + url.QueryEscape(raw)
	}
	if cid := q.Get("cid"); cid != "" {
		query += "&cid=" + url.QueryEscape(cid)
	}
	shown, pg := paged(in, page, query)
	v.Pager, v.Items = pg, c.items(shown, page+5)
	c.render(w, 200, "list", v)
}

func (c *colorme) text(w http.ResponseWriter, status int, kind, title, text string, links []link) {
	v := c.view(kind, title, nil, nil)
	switch {
	case strings.HasPrefix(kind, "f") && len(kind) < 4:
		v.Snippet = c.snippet(nil, "free")
	case kind == "sk":
		v.Snippet = c.snippet(nil, "shopkeeper")
	case kind == "privacy":
		v.Snippet = c.snippet(nil, "privacy")
	}
	v.Text, v.Links = template.HTML("<p>"+text+"</p>"), links
	v.Crumbs = []link{{Text: title, URL: template.URL(c.shop.root() + "/")}}
	c.render(w, status, "text", v)
}

func (c *colorme) product(w http.ResponseWriter, pid int) {
	p := c.byPID[pid]
	if p == nil || p.hidden {
		c.notFound(w)
		return
	}
	if p.members {
		c.text(w, 200, "product", "会員さま限定の商品です", "この商品はログインした会員さまだけがご覧になれます。", nil)
		return
	}
	d := departments[p.good.dept]
	obj := &colormeProduct{
		Name: p.name, ModelNumber: p.model, SalesPrice: p.net, SalesPriceTaxed: p.gross(),
		InventoryControl: "none", Variants: []colormeVariant{},
	}
	if stock := p.total(); stock >= 0 {
		obj.StockNum, obj.InventoryControl = &stock, "product"
	}
	pv := &colormeProductView{
		PID: p.pid, Name: p.name, Model: p.model, Price: yen(p.gross()) + "(内税)", SoldOut: p.soldOut(),
		Image: c.imageURL(p, ""), Images: []template.URL{c.imageURL(p, ""), c.imageURL(p, "_o1")}, Expl: template.HTML(p.expl),
	}
	switch {
	case pv.SoldOut:
		pv.Stock = "在庫数 売り切れ"
	case p.stock > 0:
		pv.Stock = fmt.Sprintf("在庫数 残り%d点", p.stock)
	}
	var colourAxis, sizeAxis []string
	for i := range p.variants {
		v := &p.variants[i]
		row := colormeVariant{
			Option1Value: v.colour, Option2Value: v.size,
			OptionPrice: v.net, OptionPriceTaxed: withTax(v.net, d.food),
		}
		if row.Option1Value == "" {
			row.Option1Value, row.Option2Value = v.size, ""
		}
		row.Title = strings.Trim(row.Option1Value+"　×　"+row.Option2Value, "　×")
		obj.Variants = append(obj.Variants, row)
		colourAxis, sizeAxis = appendNew(colourAxis, v.colour), appendNew(sizeAxis, v.size)
	}
	for _, values := range [][]string{colourAxis, sizeAxis} {
		if len(values) > 0 {
			pv.Axes = append(pv.Axes, colormeAxis{fmt.Sprintf("option%d", len(pv.Axes)+1), values})
		}
	}
	vars := c.productVars(p)
	v := c.view("product", p.name, obj, vars)
	v.P = pv
	v.Snippet = c.snippet(vars, "product")
	if p.inCategory {
		v.Crumbs = []link{
			{Text: d.name, URL: template.URL("?" + cateQuery(p.good.dept, 0))},
			{Text: d.smalls[p.good.small].ja, URL: template.URL("?" + cateQuery(p.good.dept, p.good.small+1))},
		}
		pv.Related = c.related(p)
	}
	c.render(w, 200, "product", v)
}

// related links two neighbours in the same department.
func (c *colorme) related(p *oldProduct) []link {
	var out []link
	for i := range c.old {
		q := &c.old[(i+p.pid)%len(c.old)]
		if q != p && q.inCategory && q.good.dept == p.good.dept {
			out = append(out, link{Text: q.name, URL: c.productURL(q, 7)})
		}
		if len(out) == 2 {
			break
		}
	}
	return out
}

func appendNew(list []string, s string) []string {
	if s == "" {
		return list
	}
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// colormeVars are the plain variables that Color Me's templates document
// (https://github.com/steamships/neo-ishimaru, 2021 to 2026-05). Lists such as
// productlist or freepage need loops and are not evaluated.
var colormeVars = map[string]bool{
	"home_url": true, "product_link": true, "product_name": true, "product.id": true, "product.model": true,
	"product.sales": true, "product.explain": true, "product.simple_explain": true, "product.soldout_flg": true,
	"product.stock_str": true, "bid_link": true, "bid_name": true, "sid_link": true, "sid_name": true,
	"sk_url": true, "privacy_url": true, "view_inq_url": true, "shop_stop_flg": true, "view_smartphone_url": true,
	"productlist_next_page": true,
	// Used in the frame of the same templates.
	"tpl_name": true, "smarty.get.pid": true, "smarty.get.mode": true, "smarty.get.cbid": true, "smarty.get.csid": true,
	"smarty.get.gid": true, "smarty.get.keyword": true, "smarty.get.page": true, "smarty.get.sort": true,
}

func (c *colorme) commonVars(page smartyVars) smartyVars {
	root := c.shop.root()
	v := smartyVars{
		"home_url": root, "sk_url": root + "/?mode=sk", "privacy_url": root + "/?mode=privacy",
		"view_inq_url":  "https://" + oldSubHost + "/secure/?mode=inq&shop_back_url=" + url.QueryEscape(root+"/") + "&shop_id=PA01999123",
		"shop_stop_flg": "",
	}
	for name := range c.get {
		v["smarty.get."+name] = c.get.Get(name)
	}
	if c.get.Get("pid") == "" && c.get.Get("mode") == "" {
		v["tpl_name"] = "top" // the names of the other pages are not known
	}
	for k, s := range page {
		v[k] = s
	}
	return v
}

func (c *colorme) productVars(p *oldProduct) smartyVars {
	id := strconv.Itoa(p.pid)
	v := smartyVars{
		"product.id": id, "product_link": c.shop.root() + "/?pid=" + id, "product_name": p.name, "product.model": p.model,
		"product.sales": yen(p.gross()) + "(内税)", "product.explain": p.expl, "product.simple_explain": p.simple,
	}
	if p.soldOut() {
		v["product.soldout_flg"] = "1"
	}
	if p.stock > 0 {
		v["product.stock_str"] = fmt.Sprintf("残り%d点", p.stock)
	}
	if p.inCategory {
		d := departments[p.good.dept]
		v["bid_link"], v["bid_name"] = "?"+cateQuery(p.good.dept, 0), d.name
		v["sid_link"], v["sid_name"] = "?"+cateQuery(p.good.dept, p.good.small+1), d.smalls[p.good.small].ja
	}
	return v
}
