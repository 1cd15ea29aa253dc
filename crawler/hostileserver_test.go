package crawler_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"replatform/crawler"
)

// hostile is a shop that does everything wrong. Twenty honest products stand among
// its traps. What it answers hangs on the address alone.
type hostile struct {
	*httptest.Server
	secret *httptest.Server // stands in a private network: nobody may ask it
	tls    *httptest.Server // its certificate is nobody's
	bombs  map[string][]byte

	mu    sync.Mutex
	asked map[string]int // requests by section, the first word of the path
	leaks int            // requests to the secret server
}

const (
	hostileHost  = "shop.example"
	hostileGoods = 20
)

// hostileAlike is Config.MaxAlike of the suite: half of the default, to save time.
const hostileAlike = crawler.DefaultMaxAlike / 2

// hostileBounds are the sections of the shop and how many requests each may cost:
// single pages one each, spaces without end what their kind allows.
var hostileBounds = map[string]int{
	"": 4, "robots.txt": 1, "sitemap.xml": 1, "item": hostileGoods + 1, "gone": 30, "lie": 5,
	"drip": 1, "endless": 1, "bomb": 3, "headers": 1, "length": 1, "reset": 3, "tls": 1, "http10": 1,
	"loop": 6, "hop": 201, "ssrf": 2, "sjis": 1, "nul": 3, "attr": 1, "deep": 1, "links": 1,
	"maps": hostileAlike + 1, "day": hostileAlike, "s": hostileAlike, "random": hostileAlike,
	"calendar": hostileAlike / 5, "pager": hostileAlike / 5, "grow": 60, "facet": 3 * hostileAlike, "noise": 40,
}

func newHostile(t testing.TB) *hostile {
	t.Helper()
	h := &hostile{asked: map[string]int{}, bombs: map[string][]byte{}}
	h.secret = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.leaks++
	}))
	t.Cleanup(h.secret.Close)
	h.tls = httptest.NewUnstartedServer(http.NotFoundHandler())
	h.tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	h.tls.StartTLS()
	t.Cleanup(h.tls.Close)
	for _, coding := range []string{"gzip", "br", "zstd"} {
		h.bombs[coding] = bomb(t, coding)
	}
	h.Server = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
	})
	return h
}

// connectTo leads the shop's name to the server.
func (h *hostile) connectTo() map[string]string {
	return map[string]string{
		hostileHost:          h.Listener.Addr().String(),
		hostileHost + ":443": h.tls.Listener.Addr().String(),
	}
}

func (h *hostile) counts() (map[string]int, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[string]int{}
	for k, n := range h.asked {
		out[k] = n
	}
	return out, h.leaks
}

// bomb is 300 MB of blanks, packed.
func bomb(t testing.TB, coding string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w, _ = gzip.NewWriterLevel(&b, gzip.BestSpeed)
	case "br":
		w = brotli.NewWriterLevel(&b, 1)
	case "zstd":
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for range 300 {
		if _, err := w.Write(blanks); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h *hostile) serve(w http.ResponseWriter, r *http.Request) {
	section, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	h.mu.Lock()
	h.asked[section]++
	h.mu.Unlock()
	page := func(title string, links ...string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>%s</title><h1>%s</h1>", title, title)
		for _, l := range links {
			fmt.Fprintf(w, "<p><a href=\"%s\">%s</a></p>\n", l, l)
		}
	}
	number, _ := strconv.Atoi(rest)
	query := r.URL.Query()
	switch section {
	case "":
		links := []string{"/drip", "/endless", "/headers", "/length", "/reset/1", "/reset/2", "/reset/3", "/tls", "/http10",
			"/loop/a", "/loop/self", "/loop/x", "/hop/0", "/ssrf/1", "/ssrf/2", "/sjis", "/nul", "/attr", "/deep", "/links",
			"/calendar/2026/05/12", "/day/20000", "/s/abc1/list", "/pager?page=1", "/grow/", "/facet?size=1", "/facet?brand=2",
			"/noise?c=1", "/random/start",
			"/bomb/gzip", "/bomb/br", "/bomb/zstd"}
		for i := range hostileGoods {
			links = append(links, fmt.Sprintf("/item/%d", i))
		}
		for i := range 30 {
			links = append(links, fmt.Sprintf("/gone/%d", i))
		}
		for i := range 5 {
			links = append(links, fmt.Sprintf("/lie/%d", i))
		}
		page("The shop", links...)
	case "robots.txt": // 100 MB, the rules at the front
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, "User-agent: *\nDisallow: /forbidden\nSitemap: http://%s/sitemap.xml\n", hostileHost)
		filler := bytes.Repeat([]byte("# nothing to see here\n"), 50000)
		for range 91 {
			if _, err := w.Write(filler); err != nil {
				return
			}
		}
	case "sitemap.xml": // names itself, and an index that has no end
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprintf(w, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://%[1]s/sitemap.xml</loc></sitemap><sitemap><loc>http://%[1]s/maps/sitemap-1.xml</loc></sitemap></sitemapindex>`, hostileHost)
	case "maps":
		w.Header().Set("Content-Type", "application/xml")
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(rest, "sitemap-"), ".xml"))
		fmt.Fprint(w, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		for i := range 50 {
			fmt.Fprintf(w, `<sitemap><loc>http://%s/maps/sitemap-%d.xml</loc></sitemap>`, hostileHost, n*50+i)
		}
		fmt.Fprint(w, `</sitemapindex>`)
	case "item":
		if strconv.Itoa(number) != rest {
			http.NotFound(w, r)
			return
		}
		product(w, fmt.Sprintf("Honest thing %d", number), number, "")
	case "lie": // products that name the front page as their canonical address
		product(w, fmt.Sprintf("Lying thing %d", number), 100+number, "/")
	case "drip": // a byte at a time, for ever
		w.Header().Set("Content-Type", "text/html")
		for {
			if _, err := w.Write([]byte(" ")); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-time.After(50 * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
	case "endless":
		w.Header().Set("Content-Type", "text/html")
		for i := 0; ; i++ {
			if _, err := fmt.Fprintf(w, "<p>and so on %d</p>\n", i); err != nil {
				return
			}
		}
	case "bomb":
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", rest)
		_, _ = w.Write(h.bombs[rest])
	case "headers":
		for i := range 2000 {
			w.Header().Set(fmt.Sprintf("X-Flood-%d", i), strings.Repeat("x", 500))
		}
		page("headers")
	case "length":
		raw(w, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<title>short</title>", false)
	case "http10":
		raw(w, "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>An old server</title><a href=/item/0>x</a>", false)
	case "reset":
		raw(w, "HTTP/1.1 200 OK\r\n", true)
	case "tls":
		http.Redirect(w, r, "https://"+hostileHost+"/tls", http.StatusMovedPermanently)
	case "loop":
		to := map[string]string{"a": "b", "b": "a", "self": "self", "x": "y", "y": "z", "z": "x"}[rest]
		http.Redirect(w, r, "/loop/"+to, http.StatusMovedPermanently)
	case "hop":
		if number < 200 {
			http.Redirect(w, r, fmt.Sprintf("/hop/%d", number+1), http.StatusMovedPermanently)
			return
		}
		page("after 200 hops")
	case "ssrf":
		to := map[string]string{"1": h.secret.URL + "/", "2": "http://169.254.169.254/latest/meta-data/"}[rest]
		http.Redirect(w, r, to, http.StatusFound)
	case "sjis": // says UTF-8 and is Shift_JIS
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<meta charset=utf-8><title>\x8f\xa4\x95\x69\x82\xcc\x88\xea\x97\x97</title><a href=\"/item/1\">\x8f\xa4\x95\x69</a>"))
	case "nul":
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>n\x00u\x00l</title><a href=\"/nul\x00/x\">a</a><a href='/item/2\x00'>b</a>"))
	case "attr":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>attr</title><a title=\"%s\" href=/item/3>x</a>", strings.Repeat("a", 10<<20))
	case "deep":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>deep</title>%s<a href=/item/4>x</a>", strings.Repeat("<div>", 100000))
	case "links":
		page("links", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.example", "ftp://x.example/", "http://[::1", "http://exa mple/",
			"//", "http://", "http://"+strings.TrimPrefix(h.secret.URL, "http://")+"/x", "http://10.0.0.1/", "http://2130706433/", "tel:1", "%", "?", "#x",
			"http://user:pw@"+hostileHost+"/item/5", "/%zz", "/\x01\x02", "http://"+hostileHost+":99999/", strings.Repeat("/a", 3000))
	case "calendar":
		var y, m, d int
		fmt.Sscanf(rest, "%d/%d/%d", &y, &m, &d)
		day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		page(day.Format("2 January 2006"), day.AddDate(0, 0, 1).Format("/calendar/2006/01/02"), day.AddDate(0, 0, -1).Format("/calendar/2006/01/02"),
			day.AddDate(0, 1, 0).Format("/calendar/2006/01/02"), day.AddDate(1, 0, 0).Format("/calendar/2006/01/02"))
	case "day": // a calendar that gives nothing away: the same page for 3 billion days
		page("Our events", fmt.Sprintf("/day/%d", (number+1)%3e9), fmt.Sprintf("/day/%d", (number+7)%3e9), fmt.Sprintf("/day/%d", (number+30)%3e9))
	case "s": // a session in the path, a new one in every link
		session := fmt.Sprintf("%x1", hash(r.URL.Path))
		page("Our list", "/s/"+session+"/list", "/s/"+session+"9/list", "/item/6")
	case "pager": // repeats its last page for ever
		n, _ := strconv.Atoi(query.Get("page"))
		page("All things", "/item/7", "/item/8", fmt.Sprintf("/pager?page=%d", n+1))
	case "grow":
		page("Deeper", "and/", "further/")
	case "facet":
		var links []string
		for _, name := range []string{"size", "brand", "season", "make", "use"} {
			for v := range 6 {
				q := r.URL.Query()
				q.Set(name, strconv.Itoa(v))
				links = append(links, "/facet?"+strings.ReplaceAll(q.Encode(), "&", "&amp;"))
			}
		}
		page("Things by "+r.URL.RawQuery, append(links, "/item/9", "/item/10")...)
	case "noise": // a category whose canonical address leaves "ref" out
		c, _ := strconv.Atoi(query.Get("c"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>Category %d</title><link rel=canonical href=\"/noise?c=%d\">", c, c)
		if c < 12 {
			fmt.Fprintf(w, `<a href="/noise?c=%d">next</a>`, c+1)
		}
		for i := range 40 {
			fmt.Fprintf(w, `<a href="/noise?c=%d&amp;ref=%d">x</a>`, c, i)
		}
		fmt.Fprintf(w, `<a href="/item/%d">x</a>`, 11+c%5)
	case "random": // words without end
		v := hash(r.URL.Path)
		page("Nothing here", "/random/"+letters(v), "/random/"+letters(v+1), "/"+letters(v+2)+"/"+letters(v+3))
	case "gone", strings.TrimPrefix(absentPath, "/"): // says "not found" with status 200
		page("Not found", "/")
	default:
		if len(rest) > 0 && !strings.ContainsAny(section, "0123456789.") { // the second arm of "random"
			page("Nothing here", "/random/"+letters(hash(r.URL.Path)))
			return
		}
		page("Not found", "/")
	}
}

const absentPath = "/replatform-there-is-no-such-page-4b1f"

func product(w io.Writer, name string, n int, canonical string) {
	if w, ok := w.(http.ResponseWriter); ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	link := ""
	if canonical != "" {
		link = `<link rel="canonical" href="` + canonical + `">`
	}
	fmt.Fprintf(w, `<!doctype html><title>%[1]s</title>%[3]s<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"%[1]s","sku":"S-%[2]d","offers":{"@type":"Offer","price":"%[2]d00","priceCurrency":"JPY"}}</script><h1>%[1]s</h1>`, name, n+1, link)
}

// raw answers without net/http; reset ends with a RST.
func raw(w http.ResponseWriter, answer string, reset bool) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_, _ = io.WriteString(conn, answer)
}

func hash(s string) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, s)
	return h.Sum32()
}

// letters is a word that looks like one.
func letters(v uint32) string {
	var b []byte
	for range 8 {
		b = append(b, 'a'+byte(v%26))
		v = v/26*7919 + 13
	}
	return string(b)
}
