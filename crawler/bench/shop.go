package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// countPath answers with the number of pages sent since it was last asked. Nothing
// links to it.
const countPath = "/-/count"

const (
	perList    = 40 // products on a page of a list
	categories = 50
	pageSize   = 40 << 10
)

// shop is a generated shop: a home page, lists of products in categories, and one
// page for each product, of about 40 KB with 80 links and JSON-LD.
type shop struct {
	products  int
	head      string // markup that every page begins with, behind its own head elements
	foot      string
	pagesSent atomic.Int64
}

var (
	kinds  = []string{"Jacket", "Teapot", "Lantern", "Notebook", "Scarf", "Stool", "Kettle", "Backpack", "Blanket", "Mug"}
	looks  = []string{"Harbour", "Meadow", "Copper", "Slate", "Juniper", "Willow", "Amber", "Cobalt", "Linen", "Granite", "Birch", "Coral"}
	makers = []string{"Northlight", "Oakhollow", "Tidewater", "Fernby"}
)

// details are rows of the table on a product page: a name and two values.
var details = [...][3]string{
	{"Colour", "Slate grey", "Forest green"}, {"Width", "32 cm", "28 cm"}, {"Height", "41 cm", "12 cm"}, {"Depth", "14 cm", "9 cm"}, {"Weight", "640 g", "1.2 kg"},
	{"Material", "Waxed cotton", "Stoneware"}, {"Lining", "Linen", "None"}, {"Care", "Wipe clean", "Wash by hand"}, {"Season", "All year", "Winter"}, {"Made in", "Our workshop", "The next valley"},
	{"Finish", "Matt", "Glazed"}, {"Edges", "Bound", "Rounded"}, {"Fastening", "Brass buckle", "None"}, {"Packed in", "Paper", "A cardboard box"}, {"Guarantee", "Ten years", "Five years"},
	{"Use", "Outdoors", "At home"}, {"Capacity", "18 litres", "One pint"}, {"Set of", "One", "Two"}, {"Dye", "Plant based", "None"}, {"Mending", "Free of charge", "At cost"},
}

func name(i int) string {
	return fmt.Sprintf("%s %s No. %d", looks[i%len(looks)], kinds[i/3%len(kinds)], i)
}

func price(i int) string { return fmt.Sprintf("%d.%02d", 5+i*7%400, i*13%100) }

func path(i int) string { return fmt.Sprintf("/item/%d.html", i) }

func newShop(products int) *shop {
	s := &shop{products: products}
	var b strings.Builder
	b.WriteString(`<link rel="stylesheet" href="/assets/theme.css"><script>window.dataLayer=window.dataLayer||[];function track(n,v){if(n<v){dataLayer.push({event:n,value:v});}}</script><style>`)
	for i := range 20 {
		fmt.Fprintf(&b, ".block-%d{display:flex;margin:%dpx auto;padding:0 %dpx}.block-%d>a:hover{color:#%06x}", i, i, i%7, i, i*4099)
	}
	b.WriteString(`</style></head><body class="shop"><header class="site-header"><a class="logo" href="/"><img src="/assets/logo.svg" alt="Quayside Goods"></a><nav class="main-nav"><ul>`)
	for c := range 36 {
		fmt.Fprintf(&b, "\n<li class=\"main-nav__item main-nav__item--%d\"><a class=\"main-nav__link\" href=\"/list/%d\" data-section=\"menu\"><span class=\"main-nav__label\">%s &amp; more</span></a></li>", c, c, kinds[c%len(kinds)])
	}
	b.WriteString("</ul></nav></header>\n<main>")
	s.head = b.String()
	b.Reset()
	b.WriteString("</main>\n<footer class=\"site-footer\">")
	for _, p := range []string{"about", "shipping", "returns", "contact", "terms", "privacy", "stores", "press", "jobs", "help", "gifts", "journal"} {
		fmt.Fprintf(&b, `<div class="site-footer__cell"><a href="/page/%s" class="site-footer__link">%s</a></div>`, p, strings.ToUpper(p[:1])+p[1:])
	}
	b.WriteString("<p>&copy; Quayside Goods. Everything on this site is invented.</p></footer>\n<script>")
	for i := range 30 {
		fmt.Fprintf(&b, "function widget%d(a,b){var x=document.querySelector('.block-%d');if(x&&a<b){x.setAttribute('data-state','open');}return a+b;}\n", i, i)
	}
	b.WriteString("</script></body></html>")
	s.foot = b.String()
	return s
}

// product writes the page of product i.
func (s *shop) product(b *strings.Builder, i int, origin string) {
	title := name(i)
	c := i % categories
	fmt.Fprintf(b, `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%s | Quayside Goods</title><meta name="description" content="%s, made by %s."><link rel="canonical" href="%s%s"><meta property="og:type" content="product"><meta property="og:title" content="%s"><meta property="og:image" content="%s/img/%d-1.jpg"><meta property="og:site_name" content="Quayside Goods">`,
		title, title, makers[i%len(makers)], origin, path(i), title, origin, i)
	fmt.Fprintf(b, `<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"name":"Home","item":"%[1]s/"},{"@type":"ListItem","position":2,"name":"%[2]s","item":"%[1]s/list/%[3]d"},{"@type":"ListItem","position":3,"name":"%[4]s"}]},{"@type":"Product","name":"%[4]s","url":"%[1]s%[5]s","sku":"QG-%[6]d","gtin13":"%[7]s","brand":{"@type":"Brand","name":"%[8]s"},"image":["%[1]s/img/%[6]d-1.jpg","%[1]s/img/%[6]d-2.jpg"],"description":"%[4]s for every day. Sewn, thrown or turned by hand and made to last for years.","offers":{"@type":"Offer","url":"%[1]s%[5]s","price":"%[9]s","priceCurrency":"EUR","availability":"https://schema.org/InStock"}}]}</script>`,
		origin, kinds[c%len(kinds)], c, title, path(i), i, gtin(i), makers[i%len(makers)], price(i))
	b.WriteString(s.head)
	fmt.Fprintf(b, `<div class="product-page"><div class="product-page__media"><img class="product-page__image" src="/img/%d-1.jpg" alt="%s" width="600" height="600"></div><div class="product-page__info"><h1 class="product-page__title">%s</h1><p class="product-page__price"><span class="price">€%s</span></p><form action="/cart" method="post"><input type="hidden" name="id" value="%d"><label>Quantity <input type="number" name="quantity" value="1"></label><button type="submit" class="add-to-cart">Add to cart</button></form><p>SKU: QG-%d</p>`,
		i, title, title, price(i), i, i)
	b.WriteString(`<div class="description">`)
	for k := range 14 {
		fmt.Fprintf(b, "<p>%s keeps its shape through wet springs and long winters. Our workshop checks every seam, joint and glaze by eye before it leaves the bench, and we mend what breaks. Paragraph %d of the story tells where the material was grown and who worked it.</p>\n", title, k+1)
	}
	b.WriteString(`</div><table class="details"><tbody>`)
	for k, row := range details {
		fmt.Fprintf(b, "<tr class=\"details__row\"><th class=\"details__name\" scope=\"row\">%s</th><td class=\"details__value\"><span>%s</span></td></tr>\n", row[0], row[1+(i+k)%2])
	}
	b.WriteString(`</tbody></table><div class="reviews"><h2>What customers say</h2>`)
	for k := range 8 {
		fmt.Fprintf(b, "<div class=\"review\"><div class=\"review__head\"><span class=\"review__stars\"><i></i><i></i><i></i><i></i><i></i></span> <b class=\"review__who\">Customer %d</b> <span class=\"review__when\">in spring</span></div><p class=\"review__text\">We use it every day and would take it again. <em>Well made</em>, well packed, and here in no time.</p></div>\n", i%97+k)
	}
	b.WriteString(`</div></div></div><section class="related-products"><h2>You may also like</h2>`)
	for k := 1; k <= 15; k++ {
		s.card(b, (i+k*k)%s.products)
	}
	b.WriteString(`</section>`)
	b.WriteString(s.foot)
	pad(b)
}

// card shows a product in a list: two links.
func (s *shop) card(b *strings.Builder, i int) {
	fmt.Fprintf(b, "\n<div class=\"card card--grid\" data-id=\"%d\"><a class=\"card__media\" href=\"%s\"><img loading=\"lazy\" src=\"/img/%d-s.jpg\" alt=\"%s\" width=\"240\" height=\"240\"></a><div class=\"card__body\"><a class=\"card__name\" href=\"%s\">%s</a><span class=\"card__price price\">€%s</span></div></div>",
		i, path(i), i, name(i), path(i), name(i), price(i))
}

// list writes page n, from 1, of the list of category c.
func (s *shop) list(b *strings.Builder, c, n int) {
	title := fmt.Sprintf("%s, part %d", kinds[c%len(kinds)], c)
	fmt.Fprintf(b, `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%s | Quayside Goods</title>`, title)
	b.WriteString(s.head)
	fmt.Fprintf(b, "<h1>%s</h1><div class=\"grid\">", title)
	first := (n - 1) * perList
	for k := first; k < first+perList; k++ {
		if i := k*categories + c; i < s.products {
			s.card(b, i)
		}
	}
	b.WriteString(`</div><div class="pagination">`)
	if (first+perList)*categories+c < s.products {
		fmt.Fprintf(b, `<a rel="next" href="/list/%d?page=%d">%d</a>`, c, n+1, n+1)
	}
	b.WriteString(`</div>`)
	b.WriteString(s.foot)
	pad(b)
}

func (s *shop) text(b *strings.Builder, title string) {
	fmt.Fprintf(b, `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%s</title>`, title)
	b.WriteString(s.head)
	fmt.Fprintf(b, "<h1>%s</h1>", title)
	for c := range categories {
		fmt.Fprintf(b, `<a href="/list/%d">%s %d</a> `, c, kinds[c%len(kinds)], c)
	}
	b.WriteString(s.foot)
	pad(b)
}

// pad brings a page to its size by the data that shops put at the end.
func pad(b *strings.Builder) {
	if missing := pageSize - b.Len() - 60; missing > 0 {
		b.WriteString(`<script type="text/plain">`)
		b.WriteString(strings.Repeat("abcdefghijklmnopqrstuvwxyz0123456789 ", missing/37))
		b.WriteString(`</script>`)
	}
}

// gtin is a valid EAN-13 of the range for use inside of shops.
func gtin(i int) string {
	digits := fmt.Sprintf("2%011d", i)
	sum := 0
	for k, c := range digits {
		if d := int(c - '0'); k%2 == 0 {
			sum += d
		} else {
			sum += 3 * d
		}
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	b.Grow(pageSize + 8<<10)
	number := func(prefix, suffix string) int {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, prefix), suffix))
		if err != nil {
			return -1
		}
		return n
	}
	switch p := r.URL.Path; {
	case p == countPath:
		fmt.Fprint(w, s.pagesSent.Swap(0))
		return
	case p == "/":
		s.text(&b, "Quayside Goods")
	case strings.HasPrefix(p, "/page/"):
		s.text(&b, p[len("/page/"):])
	case strings.HasPrefix(p, "/item/"):
		if i := number("/item/", ".html"); i >= 0 && i < s.products {
			s.product(&b, i, "http://"+r.Host)
		}
	case strings.HasPrefix(p, "/list/"):
		n, err := strconv.Atoi(r.URL.Query().Get("page"))
		if err != nil {
			n = 1
		}
		if c := number("/list/", ""); c >= 0 && c < categories && n > 0 {
			s.list(&b, c, n)
		}
	}
	if b.Len() == 0 {
		http.NotFound(w, r)
		return
	}
	s.pagesSent.Add(1)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(b.String()))
	}
}

// serve runs the shop until ctx ends and prints its address.
func serve(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	pages := fs.Int("pages", 20000, "products")
	if err := fs.Parse(args); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: newShop(*pages), ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	fmt.Printf("http://%s\n", l.Addr())
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
