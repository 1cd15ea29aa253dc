package demoshop

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"

	"replatform/crawler/catalog"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Hosts of the old shop. The second and the third serve the same pages, as shops
// without the platform's redirect do; the last holds the pictures.
const (
	oldHost     = "www.tsukiyo-zakka.example"
	oldBareHost = "tsukiyo-zakka.example"
	oldSubHost  = "tsukiyo-zakka.shop-pro.example"
	oldImgHost  = "img21.shop-pro.example"
)

const oldPerPage = 20

// colorme serves the old shop.
type colorme struct {
	*world
	shop  *Shop
	tmpl  *template.Template
	byPID map[int]*oldProduct
	newer []*oldProduct // what the complete listing shows, newest first
	get   url.Values    // of the request that this copy answers, for $smarty.get
}

// Old builds the old shop, in the manner of Color Me Shop: EUC-JP, XHTML, every
// page on "/" told apart by its query.
//
// Snippets may be given for the template pages "index" (the frame, on every page),
// "top", "product_list" or its halves "category" and "group", "product", "free",
// "product_srh", "shopkeeper" and "privacy"; each is put where that template begins,
// inside the body, because the platform writes the head itself. Known variables are
// those of its documented templates (https://github.com/steamships/neo-ishimaru,
// 2021 to 2026-05), see colormeVars.
func Old(o Options) *Shop {
	c := &colorme{world: build(o), byPID: make(map[int]*oldProduct)}
	c.shop = newShop(o, oldHost, oldBareHost, oldSubHost, oldImgHost)
	c.tmpl = template.Must(template.ParseFS(templateFiles, "templates/colorme.html"))
	for i := range c.old {
		p := &c.old[i]
		c.byPID[p.pid] = p
		if p.inListing {
			c.newer = append(c.newer, p)
		}
	}
	sort.Slice(c.newer, func(i, k int) bool { return c.newer[i].pid > c.newer[k].pid })
	c.shop.serve = c.serve
	c.listPages()
	return c.shop
}

func (c *colorme) listPages() {
	s := c.shop
	s.list("/", catalog.Home, 200, ByStart)
	for i := range c.old {
		p := &c.old[i]
		status, reach := 200, ByLink
		switch {
		case p.hidden:
			status, reach = 404, ByFile
		case p.members || p.inCategory || len(p.groups) > 0:
		case p.inListing && !p.inSitemap:
			reach = ByListing
		case p.inSitemap:
			reach = BySitemap
		}
		s.list("/?pid="+strconv.Itoa(p.pid), catalog.ProductP, status, reach)
	}
	for i, d := range departments {
		for k := range len(d.smalls) + 1 {
			s.list("/?"+cateQuery(i, k), catalog.Category, 200, ByLink)
		}
	}
	for k := range oldGroups {
		s.list("/?mode=grp&gid="+strconv.Itoa(gid(k)), catalog.Category, 200, ByLink)
	}
	for _, f := range fixedPages {
		s.list("/?"+f.query, catalog.Page, 200, ByLink)
	}
	s.list("/?mode=rss", catalog.Feed, 200, ByLink)
	s.list("/?mode=cart_inn", catalog.Cart, 200, ByLink)
	s.list("/?mode=members", catalog.Account, 200, ByLink)
	s.list("/?mode=myaccount", catalog.Account, 200, ByLink)
}

// colormeRobots is in substance the one text that all shops of the platform carry
// (crawler notes of 2026-09): two closed paths, and eight crawlers shut out.
const colormeRobots = `User-agent: *
Disallow: /secure/
Disallow: /cart/

User-agent: AhrefsBot
User-agent: DotBot
User-agent: MegaIndex
User-agent: MJ12bot
User-agent: PetalBot
User-agent: SemrushBot
User-agent: SEOkicks
User-agent: serpstatbot
Disallow: /
`

func (c *colorme) serve(w http.ResponseWriter, r *http.Request) {
	if hostname(hostOf(r)) == oldImgHost || strings.HasPrefix(r.URL.Path, "/PA01999/") {
		c.image(w, r)
		return
	}
	switch p := r.URL.Path; {
	case p == "/" || p == "":
		c.root(w, r)
	case p == "/robots.txt":
		write(w, 200, "text/plain", []byte(colormeRobots))
	case p == "/sitemap.xml":
		c.sitemap(w)
	case p == "/secure/", strings.HasPrefix(p, "/cart/"):
		c.text(w, 200, "secure", "お手続き", "この先のお手続きは架空の店では行えません。", nil)
	default:
		c.notFound(w)
	}
}

// root tells the page by its query. A number in pid wins over everything else.
func (c *colorme) root(w http.ResponseWriter, r *http.Request) {
	q, _ := url.ParseQuery(r.URL.RawQuery) // what can be read of a broken query counts
	asked := *c
	asked.get = q
	c = &asked
	mode := q.Get("mode")
	if mode == "cartjs" {
		c.cartScript(w, q.Get("pid"))
		return
	}
	if pid, err := strconv.Atoi(q.Get("pid")); err == nil {
		c.product(w, pid)
		return
	}
	page := pageNumber(q)
	switch mode {
	case "":
		c.top(w)
	case "cate":
		big, _ := strconv.Atoi(q.Get("cbid"))
		small, _ := strconv.Atoi(q.Get("csid"))
		c.category(w, big, small, q.Get("sort"), page)
	case "grp":
		g, _ := strconv.Atoi(q.Get("gid"))
		c.group(w, g, q.Get("sort"), page)
	case "srh":
		c.search(w, q, page)
	case "rss", "atom":
		c.rss(w)
	case "cart_inn":
		c.text(w, 200, "cart", "カートの中身", "カートに商品はありません。", nil)
	case "members", "myaccount", "login":
		c.text(w, 200, "members", "ログイン", "会員の方はこちらからログインしてください。", nil)
	default:
		for _, f := range fixedPages {
			if f.query == "mode="+mode {
				var links []link
				if mode == "f3" { // the only place that names the page for members
					for i := range c.old {
						if c.old[i].members {
							links = append(links, link{Text: "会員さま限定の品", URL: template.URL("./?pid=" + strconv.Itoa(c.old[i].pid))})
						}
					}
				}
				c.text(w, 200, mode, f.oldTitle, f.oldText, links)
				return
			}
		}
		c.notFound(w)
	}
}

// notFound is this replica's own answer: what the platform sends for closed pages
// is not known.
func (c *colorme) notFound(w http.ResponseWriter) {
	c.text(w, 404, "error", "ページが見つかりません", "お探しの商品は掲載が終了したか、移動しました。", nil)
}

// render executes a template and sends it as EUC-JP; characters that EUC-JP lacks
// become character references.
func (c *colorme) render(w http.ResponseWriter, status int, name string, v *colormeView) {
	var b bytes.Buffer
	if err := c.tmpl.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, status, "text/html; charset=EUC-JP", eucjp(b.Bytes()))
}

func eucjp(text []byte) []byte {
	enc := encoding.HTMLEscapeUnsupported(japanese.EUCJP.NewEncoder())
	out, err := enc.Bytes(text)
	if err != nil { // only for text that is not UTF-8, which a pasted snippet may be
		out, _ = enc.Bytes([]byte(strings.ToValidUTF8(string(text), "?")))
	}
	return out
}

func (c *colorme) sitemap(w http.ResponseWriter) {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
	for i := range c.old {
		if p := &c.old[i]; p.inSitemap {
			fmt.Fprintf(&b, "<url><loc>%s/?pid=%d</loc></url>\n", c.shop.root(), p.pid)
		}
	}
	b.WriteString("</urlset>\n")
	write(w, 200, "application/xml", []byte(b.String()))
}

func (c *colorme) rss(w http.ResponseWriter) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>つきよ雑貨店</title><link>%s/</link><description>新着商品</description>\n", c.shop.root())
	for _, p := range c.newer[:min(10, len(c.newer))] {
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s/?pid=%d</link></item>\n", template.HTMLEscapeString(p.name), c.shop.root(), p.pid)
	}
	b.WriteString("</channel></rss>\n")
	write(w, 200, "application/rss+xml; charset=utf-8", b.Bytes())
}

// cartScript is what other sites embed to sell one product.
func (c *colorme) cartScript(w http.ResponseWriter, pid string) {
	n, _ := strconv.Atoi(pid)
	p := c.byPID[n]
	if p == nil || p.hidden || p.members {
		write(w, 404, "text/javascript; charset=EUC-JP", nil)
		return
	}
	js := fmt.Sprintf("document.write('<a href=\"%s/?pid=%d\">%s</a>');\n", c.shop.root(), p.pid, template.JSEscapeString(template.HTMLEscapeString(p.name)))
	write(w, 200, "text/javascript; charset=EUC-JP", eucjp([]byte(js)))
}

// image answers for pictures of products that are shown, and for the theme's files.
func (c *colorme) image(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/PA01999/123/product/")
	if ok {
		digits, _, _ := strings.Cut(strings.TrimSuffix(rest, ".jpg"), "_")
		pid, err := strconv.Atoi(digits)
		if p := c.byPID[pid]; err != nil || p == nil || p.hidden {
			http.NotFound(w, r)
			return
		}
	}
	if strings.HasSuffix(r.URL.Path, ".css") {
		write(w, 200, "text/css", []byte("body{}\n"))
		return
	}
	picture(w, r.URL.Path)
}
