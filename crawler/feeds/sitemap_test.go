package feeds

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func parse(t testing.TB, doc string, limit Limits) (string, []Entry, []string, error) {
	t.Helper()
	var out []Entry
	kind, warnings, err := ParseSitemap(strings.NewReader(doc), limit, func(e Entry) error {
		out = append(out, e)
		return nil
	})
	return kind, out, warnings, err
}

func zip(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const urlset = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><loc>https://shop.example/?pid=1&amp;x=2</loc><lastmod>2026-10-01</lastmod>
 <image:image><image:loc>https://img.example/1.jpg</image:loc><image:title>A title</image:title></image:image>
 <image:image><image:loc>https://img.example/2.jpg</image:loc></image:image>
 <xhtml:link rel="alternate" hreflang="en" href="https://shop.example/en/?pid=1"/></url>
<url><loc>
  https://shop.example/guide
</loc></url>
</urlset>`

var urlsetEntries = []Entry{
	{Loc: "https://shop.example/?pid=1&x=2", LastMod: "2026-10-01", Images: []string{"https://img.example/1.jpg", "https://img.example/2.jpg"},
		Alternates: []Alternate{{"en", "https://shop.example/en/?pid=1"}}},
	{Loc: "https://shop.example/guide"},
}

func TestParseSitemap(t *testing.T) {
	page := func(s string) []Entry { return []Entry{{Loc: s}} }
	euc, err := japanese.EUCJP.NewEncoder().String(`<?xml version="1.0" encoding="EUC-JP"?><rdf:RDF xmlns:rdf="x"><channel><link>https://shop.example/</link></channel>
<item rdf:about="https://shop.example/?pid=7"><title>有機リネンのエプロン①</title><link>https://shop.example/?pid=7</link><dc:date>2026-10-01T00:00:00+09:00</dc:date></item></rdf:RDF>`)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(urlset)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, doc string
		kind      string
		want      []Entry
		warnings  []string
	}{
		{"urlset", urlset, KindURLSet, urlsetEntries, nil},
		{"gzip", zip(t, urlset), KindURLSet, urlsetEntries, nil},
		{"gzip twice", zip(t, zip(t, urlset)), KindURLSet, urlsetEntries, nil},
		{"byte order mark", "\ufeff" + urlset, KindURLSet, urlsetEntries, nil},
		{"UTF-16", utf16, KindURLSet, urlsetEntries, nil},
		{"blank lines in front", "\r\n\r\n" + urlset, KindURLSet, urlsetEntries, nil},
		{"messages in front", "<br />\n<b>Warning</b>: x in y on line 3<br />\n" + urlset, KindURLSet, urlsetEntries, []string{"the sitemap begins with text that does not belong there"}},
		{"comment in front", "<!-- made by x -->" + urlset, KindURLSet, urlsetEntries, nil},
		{"index", `<sitemapindex><sitemap><loc>https://shop.example/sitemap_products_1.xml?from=1&amp;to=9</loc><lastmod>2026</lastmod></sitemap></sitemapindex>`,
			KindIndex, []Entry{{Loc: "https://shop.example/sitemap_products_1.xml?from=1&to=9", LastMod: "2026"}}, nil},
		{"wrong namespace and case", `<S:URLSET xmlns:S="https://wrong.example"><S:Url><S:Loc>https://shop.example/a</S:Loc></S:Url></S:URLSET>`,
			KindURLSet, page("https://shop.example/a"), nil},
		{"CDATA", `<urlset><url><loc><![CDATA[https://shop.example/?a=1&b=2]]></loc></url></urlset>`, KindURLSet, page("https://shop.example/?a=1&b=2"), nil},
		{"bare ampersand", `<urlset><url><loc>https://shop.example/?a=1&b=2&copy=3</loc></url></urlset>`, KindURLSet, page("https://shop.example/?a=1&b=2&copy=3"), nil},
		{"entities of HTML", `<urlset><url><loc>https://shop.example/caf&eacute;&#38;x</loc></url></urlset>`, KindURLSet, page("https://shop.example/café&x"), nil},
		{"escaped twice", `<urlset><url><loc>https://shop.example/?a=1&amp;amp;b=2</loc></url></urlset>`, KindURLSet, page("https://shop.example/?a=1&b=2"),
			[]string{"the sitemap escapes & twice"}},
		{"control characters and bad bytes", "<urlset><url><loc>https://shop.example/\x08a\x00</loc><lastmod>\xff</lastmod></url></urlset>", KindURLSet,
			[]Entry{{Loc: "https://shop.example/a", LastMod: "\ufffd"}}, nil},
		{"stray less-than", `<urlset><url><loc>https://shop.example/a</loc></url>< <url><loc>https://shop.example/b</loc></url></urlset>`, KindURLSet,
			[]Entry{{Loc: "https://shop.example/a"}, {Loc: "https://shop.example/b"}}, []string{"the sitemap has a syntax error: expected element name after <"}},
		{"XML 1.1", `<?xml version="1.1"?><urlset><url><loc>https://shop.example/a</loc></url></urlset>`, KindURLSet, page("https://shop.example/a"),
			[]string{`the sitemap has a syntax error: unsupported version "1.1"; only version 1.0 is supported`}},
		{"end tags missing", `<urlset><url><loc>https://shop.example/a</loc><url><loc>https://shop.example/b</loc></url></urlset>`, KindURLSet,
			[]Entry{{Loc: "https://shop.example/a"}, {Loc: "https://shop.example/b"}}, nil},
		{"stray end tags", `<urlset></p><url></x><loc>https://shop.example/a</loc></url></urlset>`, KindURLSet, page("https://shop.example/a"), nil},
		{"cut inside an address", `<urlset><url><loc>https://shop.example/a</loc></url><url><loc>https://shop.exa`, KindURLSet, page("https://shop.example/a"),
			[]string{"the sitemap ends in the middle"}},
		{"cut behind an address", `<urlset><url><loc>https://shop.example/a</loc><lastm`, KindURLSet, page("https://shop.example/a"),
			[]string{"the sitemap ends in the middle"}},
		{"no address", `<urlset><url><lastmod>2026</lastmod></url><url><loc/></url></urlset>`, KindURLSet, nil,
			[]string{"the sitemap has an entry without an address (after 0 entries), and 1 more like it"}},
		{"empty urlset", `<urlset/>`, KindURLSet, nil, nil},
		{"an index that calls itself urlset", `<urlset><sitemap><loc>https://shop.example/s.xml</loc></sitemap></urlset>`, KindIndex, page("https://shop.example/s.xml"),
			[]string{"the sitemap calls itself a list of pages and lists sitemaps"}},
		{"text", "https://shop.example/a\r\n\r\n  HTTP://shop.example/b  \nnot an address\n", KindText,
			[]Entry{{Loc: "https://shop.example/a"}, {Loc: "HTTP://shop.example/b"}}, []string{"the sitemap has a line that is no address (line 4)"}},
		{"RSS 2.0", `<rss version="2.0" xmlns:atom="x" xmlns:media="y" xmlns:g="z"><channel><title>Shop</title><link>https://shop.example/</link><atom:link href="https://shop.example/rss"/>
			<item><title>Apron &amp; cloth</title><link>https://shop.example/p/1</link><guid isPermaLink="false">77</guid><pubDate>Thu, 01 Oct 2026 00:00:00 +0900</pubDate>
			<enclosure url="https://img.example/1.jpg" type="image/jpeg"/><media:content url="https://img.example/2.jpg" medium="image"><media:title>not this</media:title></media:content><g:image_link>https://img.example/3.jpg</g:image_link></item>
			<item><guid>https://shop.example/p/2</guid></item><item><guid isPermaLink="false">https://shop.example/p/3</guid></item></channel></rss>`,
			KindRSS, []Entry{
				{Loc: "https://shop.example/p/1", Title: "Apron & cloth", LastMod: "Thu, 01 Oct 2026 00:00:00 +0900",
					Images: []string{"https://img.example/1.jpg", "https://img.example/2.jpg", "https://img.example/3.jpg"}},
				{Loc: "https://shop.example/p/2"},
			}, []string{"the sitemap has an entry without an address (after 2 entries)"}},
		{"RSS 1.0 in EUC-JP", euc, KindRSS, []Entry{{Loc: "https://shop.example/?pid=7", Title: "有機リネンのエプロン①", LastMod: "2026-10-01T00:00:00+09:00"}}, nil},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://shop.example/"/><entry><title>Apron</title><link rel="self" href="https://shop.example/x.atom"/>
			<link href="https://shop.example/p/1"/><link rel="alternate" href="https://shop.example/p/1?second"/><updated>2026-10-01</updated><content type="html">&lt;p></content></entry></feed>`,
			KindAtom, []Entry{{Loc: "https://shop.example/p/1", Title: "Apron", LastMod: "2026-10-01"}}, nil},
	}
	for _, tt := range tests {
		kind, got, warnings, err := parse(t, tt.doc, Limits{})
		if err != nil || kind != tt.kind {
			t.Errorf("%s: kind %q, %v", tt.name, kind, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.warnings, warnings); diff != "" {
			t.Errorf("%s: warnings %s", tt.name, diff)
		}
	}
}

func TestParseSitemapRefuses(t *testing.T) {
	for name, doc := range map[string]string{
		"empty":         "",
		"blank":         " \n",
		"web page":      "<!DOCTYPE html><html><body>404</body></html>",
		"bare page":     "\n<html><head><title>x</title></head></html>",
		"other XML":     `<?xml version="1.0"?><catalog><url><loc>https://shop.example/</loc></url></catalog>`,
		"a page as XML": `<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"></html>`,
		"JSON":          `{"products":[]}`,
		"words":         "Not found",
		"picture":       "\x89PNG\r\n\x1a\n\x00\x00",
		"only comment":  "<!-- x -->",
		"only a tag":    "<",
	} {
		if kind, got, _, err := parse(t, doc, Limits{}); !errors.Is(err, ErrNotSitemap) || len(got) > 0 {
			t.Errorf("%s: %s %v %v", name, kind, got, err)
		}
	}
	_, _, err := ParseSitemap(strings.NewReader(zip(t, urlset)[:80]), Limits{}, func(Entry) error { return nil })
	if err == nil {
		t.Error("broken gzip passed")
	}
}

func TestParseSitemapErrors(t *testing.T) {
	stop := errors.New("stop")
	n := 0
	_, _, err := ParseSitemap(strings.NewReader(urlset), Limits{}, func(Entry) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("fn's error: %v after %d", err, n)
	}
	broken := io.MultiReader(strings.NewReader(urlset[:len(urlset)-10]), iotest.ErrReader(stop))
	n = 0
	kind, _, err := ParseSitemap(broken, Limits{}, func(Entry) error { n++; return nil })
	if !errors.Is(err, stop) || n != 2 || kind != KindURLSet {
		t.Errorf("read error: %v after %d in %s", err, n, kind)
	}
}

func TestParseSitemapLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString("<urlset>")
	for i := range 60_000 {
		fmt.Fprintf(&b, "<url><loc>https://shop.example/p/%d</loc></url>", i)
	}
	b.WriteString("</urlset>")
	doc := b.String()
	tests := []struct {
		name     string
		doc      string
		limit    Limits
		n        int
		warnings []string
	}{
		{"more than the protocol allows", doc, Limits{}, 60_000, []string{"the sitemap has more than the 50000 entries that the protocol allows"}},
		{"entries", doc, Limits{MaxEntries: 10}, 10, []string{"the sitemap was read up to its first 10 entries only"}},
		{"bytes", doc, Limits{MaxBytes: 200}, 4, []string{"the sitemap ends in the middle", "the sitemap was read up to its first 200 bytes only"}},
		{"bytes after decompression", zip(t, doc), Limits{MaxBytes: 200}, 4, []string{"the sitemap ends in the middle", "the sitemap was read up to its first 200 bytes only"}},
		{"bomb", zip(t, "<urlset>"+strings.Repeat(" ", 60<<20)), Limits{MaxBytes: 55 << 20}, 0, []string{"the sitemap ends in the middle",
			"the sitemap is larger than the 50 MB that the protocol allows", "the sitemap was read up to its first 57671680 bytes only"}},
		{"exactly the limit", "<urlset></urlset>", Limits{MaxBytes: 17}, 0, nil},
		{"long address", "<urlset><url><loc>https://shop.example/" + strings.Repeat("x", 2048) + "</loc></url></urlset>", Limits{}, 1,
			[]string{"the sitemap has an address longer than the 2048 bytes that the protocol allows"}},
		{"no address at all", "<urlset><url><loc>https://shop.example/" + strings.Repeat("x", 1<<20) + "</loc></url></urlset>", Limits{}, 0,
			[]string{"the sitemap has an address of 1048597 bytes, left out"}},
	}
	for _, tt := range tests {
		if tt.name == "bomb" && testing.Short() {
			continue // takes seconds
		}
		_, got, warnings, err := parse(t, tt.doc, tt.limit)
		if err != nil || len(got) != tt.n {
			t.Errorf("%s: %d entries, %v; want %d", tt.name, len(got), err, tt.n)
		}
		if diff := cmp.Diff(tt.warnings, warnings); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func FuzzParseSitemap(f *testing.F) {
	f.Add([]byte(urlset))
	f.Add([]byte(zip(f, urlset)))
	f.Add([]byte("https://shop.example/\nx"))
	f.Add([]byte(`<rss><channel><item><guid>http://a</guid><link/></item>`))
	f.Add([]byte(`<feed><entry><link href="http://a"/></entry><entry>`))
	f.Add([]byte("<urlset><<&#8;<url><![CDATA[<!-- <?xml encoding='euc-jp'?>"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		n := 0
		kind, warnings, err := ParseSitemap(bytes.NewReader(doc), Limits{MaxBytes: 1 << 16, MaxEntries: 100}, func(e Entry) error {
			n++
			if e.Loc == "" || len(e.Loc) > maxLoc {
				t.Errorf("address of %d bytes", len(e.Loc))
			}
			return nil
		})
		if n > 100 || n > 0 && kind == "" || errors.Is(err, ErrNotSitemap) && n > 0 || len(warnings) > 20 {
			t.Errorf("%d entries, kind %q, %d warnings, %v", n, kind, len(warnings), err)
		}
	})
}

func BenchmarkParseSitemap(b *testing.B) {
	doc := "<urlset>" + strings.Repeat("<url><loc>https://shop.example/products/detail.php?product_id=12345&amp;c=1</loc><lastmod>2026-10-01</lastmod></url>\n", 10_000) + "</urlset>"
	b.SetBytes(int64(len(doc)))
	for range b.N {
		if _, _, err := ParseSitemap(strings.NewReader(doc), Limits{}, func(Entry) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
