package engine

import (
	"archive/zip"
	"context"
	"fmt"
	"html"
	"io"
	"strings"

	"replatform/redirects"
)

// stubs are pages for hosts that serve files and nothing else: each answers 200
// and sends the visitor on. That is no redirect for a program; it is the last
// resort.
type stubs struct{ checkList }

func newStubs() Engine {
	var e stubs
	e.checks = e.rowChecks()
	return e
}

const stubsJekyll = "https://github.com/jekyll/jekyll-redirect-from"

func (stubs) ID() string { return "static-stubs" }

func (stubs) Capabilities() Capabilities {
	jekyll := Evidence{stubsJekyll, "undated, read 2026-11", "high"}
	return Capabilities{
		Name: text("Static stub pages", "静的な転送ページ"), Kind: "hosting",
		Query: fact(QueryNone, jekyll), Decodes: fact(true, jekyll), Patterns: fact(false, jekyll), HostAware: fact(false, jekyll),
		PageOnly: fact(true, jekyll), Incoming: fact(IncomingDropped, jekyll),
		Statuses: fact([]int{301, 302, 308}, Evidence{"rows of these statuses get a page that answers 200", "2026-11-25", "high"}),
		Proof:    text("the pages are files; no host is asked", "ページはただのファイルです。実際のホスティングでは検証していません"),
	}
}

func (e stubs) rowChecks() []check {
	c := e.Capabilities()
	checks := append(wellFormed(), check{
		code: "query", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.HasQuery },
		reason: text("a host of files sends the same page whatever the query", "ファイルだけのホスティングは、クエリが何であっても同じページを返します"),
		next: text("the pages of `replatform workaround stub-host`, whose script reads the query, or an edge in front that sees it (nginx, Cloudflare Worker)",
			"`replatform workaround stub-host` のページ（スクリプトがクエリを読み取ります）、またはクエリを見られる前段（nginx や Cloudflare Worker）"), evidence: c.Query.Evidence,
	})
	return append(append(checks, fromCapabilities(c)...),
		check{
			code: "file-type", kind: Refused, fails: func(r redirects.Rule) bool { return stubFile(r.Source.Path) == "" },
			reason: text("a static host serves only paths that end in .html, .htm or a slash as a page; others are downloaded or not found", "静的ホスティングがページとして表示するのは、.html・.htm・スラッシュで終わるパスだけです"),
			next:   text("a host that can redirect (Netlify, Cloudflare Pages, a server)", "転送できるホスティング（Netlify、Cloudflare Pages、サーバー）"), evidence: c.Query.Evidence,
		},
		check{
			code: "file-name", kind: Refused, fails: func(r redirects.Rule) bool { return !stubName(r.Source.Path) },
			reason: text("the path cannot be a file name on every system", "パスをどの環境でも使えるファイル名にできません"),
			next:   nextCode(), evidence: c.Query.Evidence,
		},
		unknownMatching(c.Name),
	)
}

// stubFile is the name of the file that a static host shows for a path; empty when
// there is none.
func stubFile(path string) string {
	decoded, ok := redirects.Unescape(path)
	if !ok {
		return ""
	}
	name := strings.TrimPrefix(decoded, "/")
	switch lower := asciiLower(name); {
	case name == "" || strings.HasSuffix(name, "/"):
		return name + "index.html"
	case strings.HasSuffix(lower, ".html"), strings.HasSuffix(lower, ".htm"):
		return name
	}
	return ""
}

// stubName tells whether a path can be unpacked on Windows, macOS and Linux
// without leaving its folder.
func stubName(path string) bool {
	decoded, _ := redirects.Unescape(path)
	if strings.ContainsAny(decoded, "\\:*?\"<>|") || controlEscape(path) || strings.Contains(decoded, "//") {
		return false
	}
	for segment := range strings.SplitSeq(strings.Trim(decoded, "/"), "/") {
		if len(segment) > 200 || strings.HasSuffix(segment, ".") || strings.HasSuffix(segment, " ") || segment != "" && strings.Trim(segment, ".") == "" {
			return false
		}
	}
	return true
}

// key: file names are told apart neither by letter case, on Windows and macOS, nor
// by index.html.
func (stubs) key(s redirects.Source) string { return asciiLower(stubFile(s.Path)) }

func (stubs) newSetCheck(m redirects.Map) (*setCheck, error) { return swallowsQueries(m) }

// stubPage is one page. The canonical link tells search engines, the refresh takes
// the visitor on, the link is for those who stay. An instant refresh is taken for a
// permanent redirect by Google
// (https://developers.google.com/search/docs/crawling-indexing/301-redirects).
func stubPage(target string) string {
	t := html.EscapeString(target)
	return "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Moved</title>\n<link rel=\"canonical\" href=\"" + t + "\">\n" +
		"<meta http-equiv=\"refresh\" content=\"0; url=" + t + "\">\n<p><a href=\"" + t + "\">" + t + "</a></p>\n"
}

// Write writes one archive: the names of its files come from the rows, which the
// names of a sink may not.
func (e stubs) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("stubs.zip", func(w io.Writer) error {
		z := zip.NewWriter(w)
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			f, err := z.Create(stubFile(r.Source.Path))
			if err != nil {
				return fmt.Errorf("line %d: %w", r.Line, err)
			}
			if _, err := io.WriteString(f, stubPage(r.Target)); err != nil {
				return err
			}
		}
		return z.Close()
	})
}

// Model answers 200 with the place that the page sends the visitor to.
func (e stubs) Model(m redirects.Map) (Matcher, error) {
	model := stubsModel{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		name := stubFile(r.Source.Path)
		if _, ok := model[name]; !ok {
			model[name] = r.Target
		}
	}
	return model, nil
}

type stubsModel map[string]string

// Answer looks the file of the path up.
func (m stubsModel) Answer(q Request) Answer {
	path, _, _ := strings.Cut(q.Target, "?")
	target, ok := m[stubFile(path)]
	if !ok {
		return Answer{}
	}
	return Answer{Fired: true, Status: 200, Location: target}
}

func (stubs) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "静的な転送ページ（ファイルだけを置けるホスティング用）",
			Install: []string{
				"stubs.zip を展開し、公開フォルダーの直下に置きます。同じ名前の公開中のページを上書きしないよう確認してください。",
				"これは 301 ではありません。ページは 200 を返し、canonical と即時の meta refresh で新しいURLを示します。301 を返せる方法がある場合はそちらを使ってください。",
			},
			Test: []string{"旧URLをいくつかブラウザーで開き、新しいページへ移ることを確かめてください。", "`replatform verify` は 301 を求めるため、これらの行を「転送されていません」と報告します。"},
			Undo: []string{"展開したファイルを削除します。"},
		}
	}
	return Instructions{
		Title: "Static stub pages (for hosts that serve files only)",
		Install: []string{
			"Unpack stubs.zip into the top of the published folder. Take care not to overwrite a live page of the same name.",
			"This is no 301: the pages answer 200 and name the new address by a canonical link and an instant meta refresh. Use a way that sends a 301 where there is one.",
		},
		Test: []string{"Open a few old addresses in a browser and see that the new page appears.", "`replatform verify` asks for a 301 and reports these rows as not redirected."},
		Undo: []string{"Delete the unpacked files."},
	}
}
