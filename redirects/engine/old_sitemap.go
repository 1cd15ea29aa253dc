package engine

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"replatform/redirects"
)

// oldSitemap lists the old addresses as sitemaps, so that search engines ask them
// again soon and meet the redirects. It redirects nothing itself.
type oldSitemap struct {
	checkList
	o Options
}

func newOldSitemap(o Options) Engine {
	e := oldSitemap{o: o}
	e.checks = append(append(append(wellFormed(), fromCapabilities(e.Capabilities())...), needsHost(o)), check{
		code: "no-move", kind: Refused, fails: func(r redirects.Rule) bool { return r.Gone() },
		reason: text("a sitemap of moved addresses does not list pages that are gone", "移転したURLのサイトマップに、廃止したページは載せません"),
		next:   text("nothing is lost: the 410 is found when the page is asked again", "不要です。次回のクロール時に 410 が伝わります"), evidence: Evidence{sitemapProtocol, "undated, read 2026-11", "high"},
	})
	return e
}

const (
	sitemapProtocol = "https://www.sitemaps.org/protocol.html"
	sitemapURLs     = 50_000
	sitemapURLBytes = 2048
)

func (oldSitemap) ID() string         { return "old-sitemap" }
func (e oldSitemap) options() Options { return e.o }

func (oldSitemap) Capabilities() Capabilities {
	protocol := Evidence{sitemapProtocol, "undated, read 2026-11", "high"}
	return Capabilities{
		Name: text("Sitemaps of the old addresses", "旧URLのサイトマップ"), Kind: kindFile,
		Query: fact(QueryFull, protocol), HostAware: fact(true, protocol), NamesHost: true, Patterns: fact(false, protocol),
		Statuses: fact([]int{301, 302, 308, 410, 451}, protocol), Incoming: fact(IncomingDropped, protocol),
		MaxSource: fact(sitemapURLBytes-300, protocol), MaxFile: fact(50<<20, protocol),
		Proof: text("what the rows mean, no engine", "行の意味そのもの。エンジンはありません"),
	}
}

// Write begins a new file after 50,000 addresses. At 2,048 bytes an address, 25,000
// of them stay under 50 MB, so long ones shorten a file.
func (e oldSitemap) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	var batch []string
	size, files := 0, 0
	flush := func() error {
		files++
		return sink.WriteFile("old-sitemap-"+strconv.Itoa(files)+".xml", func(w io.Writer) error {
			if _, err := io.WriteString(w, xml.Header+"<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"); err != nil {
				return err
			}
			for _, loc := range batch {
				if _, err := io.WriteString(w, "<url><loc>"); err != nil {
					return err
				}
				if err := xml.EscapeText(w, []byte(loc)); err != nil {
					return err
				}
				if _, err := io.WriteString(w, "</loc></url>\n"); err != nil {
					return err
				}
			}
			_, err := io.WriteString(w, "</urlset>\n")
			return err
		})
	}
	for r, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
		if r.Source.Host == "" {
			r.Source.Host = e.o.Host
		}
		loc := r.Source.URL()
		if len(batch) == sitemapURLs || size+6*len(loc) > 50<<20 {
			if err := flush(); err != nil {
				return fmt.Errorf("writing redirects for old-sitemap: %w", err)
			}
			batch, size = batch[:0], 0
		}
		batch, size = append(batch, loc), size+len(loc)+40
	}
	return flush()
}

func (oldSitemap) Model(m redirects.Map) (Matcher, error) { return newResolverModel(m) }

func (oldSitemap) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "旧URLのサイトマップ",
			Install: []string{"転送を有効にしたあとで、old-sitemap-*.xml を旧ホストで公開し、Search Console の旧サイトのプロパティに送信します。"},
			Test:    []string{"Search Console のサイトマップ画面で「成功」になることを確かめます。URLは「リダイレクト」として報告されますが、それで正常です。"},
			Undo:    []string{"数か月後、転送が反映されたら Search Console からサイトマップを削除します。"},
		}
	}
	return Instructions{
		Title:   "Sitemaps of the old addresses",
		Install: []string{"Once the redirects work, publish old-sitemap-*.xml on the old host and submit them in the old property of Search Console."},
		Test:    []string{"See that Search Console reads them. It reports the addresses as redirected, and that is right."},
		Undo:    []string{"Some months later, when the moves are taken up, remove the sitemaps from Search Console."},
	}
}
