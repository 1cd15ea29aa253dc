package engine

import (
	"context"
	"fmt"
	"io"
	"strings"

	"replatform/redirects"
)

// cloudflarePages is the file _redirects of Cloudflare Pages and of Workers with
// static assets.
type cloudflarePages struct{ checkList }

func newCloudflarePages() Engine {
	var e cloudflarePages
	e.checks = e.rowChecks()
	return e
}

const (
	cloudflarePagesDocs     = "https://developers.cloudflare.com/workers/static-assets/redirects/"
	cloudflarePagesMeasured = "measured: wrangler 4.164.0"
	cloudflarePagesLine     = 1000
	cloudflarePagesRows     = 2000
	cloudflarePagesFolders  = 100
)

func (cloudflarePages) ID() string { return "cloudflare-pages" }

func (cloudflarePages) Capabilities() Capabilities {
	docs := Evidence{cloudflarePagesDocs, "undated, read 2026-11", "high"}
	measured := Evidence{cloudflarePagesMeasured, "2026-11", "high"}
	return Capabilities{
		Name: text("Cloudflare Pages _redirects", "Cloudflare Pages の _redirects"), Kind: "hosting",
		Query: fact(QueryNone, measured), CaseSensitive: fact(true, measured), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, docs), HostAware: fact(false, docs),
		Statuses: fact([]int{301, 302, 308}, docs), Incoming: fact(IncomingUnless, measured),
		MaxRows: []Limit{{"", cloudflarePagesRows, docs}},
		Proof:   text("the maker's own tool (wrangler, with its asset worker) is asked every row in the tests", "提供元のツール（wrangler とアセット用 Worker）で全行を検証済み"),
	}
}

func (e cloudflarePages) rowChecks() []check {
	c := e.Capabilities()
	checks := append(wellFormed(), fromCapabilities(c)...)
	return append(checks,
		check{
			code: "line-too-long", kind: Refused, fails: func(r redirects.Rule) bool { return len(e.line(r)) > cloudflarePagesLine },
			reason: text("a line may have 1,000 characters", "一行は 1,000 文字までです"),
			next:   nextCode(), evidence: c.Statuses.Evidence,
		},
		check{
			code: "placeholder", kind: Refused, fails: func(r redirects.Rule) bool { return hasPlaceholder(r.Source.Path) },
			reason: text("* and :name in a path are patterns in this file", "パス中の * と :名前 はこのファイルではパターンになります"),
			next:   nextCode(), evidence: c.Statuses.Evidence,
		},
		check{
			code: "target-http", kind: Refused, fails: func(r redirects.Rule) bool { return strings.HasPrefix(r.Target, "http://") },
			reason: text("the target must begin with https://; other lines are left out", "転送先は https:// で始まる必要があり、それ以外の行は無視されます"),
			next:   text("the https address of the page", "ページの https のURLにする"), evidence: Evidence{cloudflarePagesMeasured, "2026-11", "high"},
		},
		wholeSite(),
		check{
			code: "splat", kind: Refused, fails: func(r redirects.Rule) bool {
				return r.Source.Match == redirects.Prefix && strings.Contains(r.Target, ":splat")
			},
			reason: text("the word :splat in the target of a folder is replaced by what follows the folder", "フォルダーの転送先にある :splat は、フォルダーより後ろのパスに置き換えられます"),
			next:   text("write the colon as %3A", "コロンを %3A と書く"), evidence: c.Statuses.Evidence,
		},
		rewrittenTarget(Evidence{cloudflarePagesMeasured, "2026-11", "high"}),
		unknownMatching(c.Name),
	)
}

// newSetCheck counts the lines: a folder takes one of the 100 dynamic ones, and one of
// the 2,000 static ones for its address without a slash.
func (e cloudflarePages) newSetCheck(m redirects.Map) (*setCheck, error) {
	set, err := swallowsQueries(m)
	if err != nil {
		return nil, err
	}
	queries, lines, dynamic := set.refuse, 0, 0
	set.refuse = func(r redirects.Rule) *Refusal {
		if refusal := queries(r); refusal != nil {
			return refusal
		}
		folder := r.Source.Match == redirects.Prefix
		if folder && dynamic == cloudflarePagesFolders || lines == cloudflarePagesRows {
			return &Refusal{
				Line: r.Line, Source: r.Source.String(), Code: "too-many-rows", Kind: Refused,
				Reason:   text("the file takes 2,000 lines and 100 for folders", "ファイルに書けるのは 2,000 行、フォルダー用は 100 行までです"),
				NextBest: text("Bulk Redirects, or a Worker with a table for the rest", "残りの行は Bulk Redirects、または表を持つ Worker で"), Evidence: e.Capabilities().Statuses.Evidence,
			}
		}
		if lines++; folder {
			dynamic++
		}
		return nil
	}
	return set, nil
}

func (cloudflarePages) line(r redirects.Rule) string {
	path := r.Source.Path
	if r.Source.Match == redirects.Prefix {
		path = strings.TrimRight(path, "/") + "/*"
	}
	return fmt.Sprintf("%s %s %d", path, r.Target, r.Status)
}

// Write puts folders last: lines behind the first pattern count as patterns. A pattern
// begins with the slash of its folder, so the address without it has a line of its own.
func (e cloudflarePages) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	inside, bare, err := folders(m)
	if err != nil {
		return fmt.Errorf("writing redirects for cloudflare-pages: %w", err)
	}
	return sink.WriteFile("_redirects", func(w io.Writer) error {
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			if r.Source.Match == redirects.Prefix {
				path := strings.TrimRight(r.Source.Path, "/")
				if bare[path] {
					continue
				}
				bare[path] = true
				r.Source.Path, r.Source.Match = path, redirects.Exact
			}
			if _, err := io.WriteString(w, e.line(r)+"\n"); err != nil {
				return err
			}
		}
		for _, r := range inside {
			if _, err := io.WriteString(w, e.line(r)+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
}

// Model compares the path as the WHATWG URL standard writes it.
func (cloudflarePages) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{anyHost: true, incoming: IncomingUnless, read: func(path string) (string, bool) {
		return escapeAny(whatwgTarget(path), "\"<>^`{}"), true
	}})
}

func (cloudflarePages) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Cloudflare Pages の _redirects",
			Install: []string{"_redirects を公開フォルダーの直下に置き、デプロイします。既にある場合は末尾に追記します。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。クエリはすべて無視されます。"},
			Undo:    []string{"_redirects から行を削除し、もう一度デプロイします。"},
		}
	}
	return Instructions{
		Title:   "Cloudflare Pages _redirects",
		Install: []string{"Put _redirects at the top of the published folder and deploy. If there is one already, add the lines at its end."},
		Test:    []string{"Ask every old address with `replatform verify`. Queries are ignored altogether."},
		Undo:    []string{"Delete the lines from _redirects and deploy again."},
	}
}

// hasPlaceholder finds what _redirects files take for a pattern in a path.
func hasPlaceholder(path string) bool {
	for i := 0; i < len(path); i++ {
		if path[i] == '*' || path[i] == ':' {
			return true
		}
	}
	return false
}
