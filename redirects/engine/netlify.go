package engine

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"replatform/redirects"
)

// netlify is the file _redirects of Netlify, which can name parameters.
type netlify struct{ checkList }

func newNetlify() Engine {
	var e netlify
	e.checks = e.rowChecks()
	return e
}

const (
	netlifyDocs     = "https://docs.netlify.com/manage/routing/redirects/overview/"
	netlifyOptions  = "https://docs.netlify.com/manage/routing/redirects/redirect-options/"
	netlifyMeasured = "measured: @netlify/redirects 4.0.2"
	netlifyRows     = 10_000
)

func (netlify) ID() string { return "netlify" }

func (netlify) Capabilities() Capabilities {
	docs := Evidence{netlifyDocs, "undated, read 2026-11", "high"}
	measured := Evidence{netlifyMeasured, "2026-11", "medium"}
	return Capabilities{
		Name: text("Netlify _redirects", "Netlify の _redirects"), Kind: "hosting",
		Query: fact(QueryParams, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, docs), Decodes: fact(true, measured), TrailingSlash: fact(false, measured),
		Patterns: fact(true, docs), HostAware: fact(false, docs),
		Statuses: fact([]int{301, 302, 308, 410}, measured), Incoming: fact(IncomingUnless, measured),
		MaxRows: []Limit{{"", netlifyRows, docs}},
		Proof:   text("the maker's own matcher is asked every row in the tests; no site is", "提供元の照合モジュールで全行を検証済み。実際のサイトでは検証していません"),
	}
}

func (e netlify) rowChecks() []check {
	c := e.Capabilities()
	measured := Evidence{netlifyMeasured, "2026-11", "high"}
	checks := append(wellFormed(), fromCapabilities(c)...)
	return append(checks,
		check{
			code: "double-slash", kind: Refused, fails: func(r redirects.Rule) bool { return strings.HasPrefix(r.Source.Path, "//") },
			reason: text("a row that begins with // caught every request to the front page", "// で始まる行はトップページへのアクセスをすべて転送してしまいます"),
			next:   nextCode(), evidence: measured,
		},
		check{
			code: "escapes", kind: NeedsLiveTest,
			fails:  func(r redirects.Rule) bool { return strings.Contains(r.Source.RequestTarget(), "%") },
			reason: text("the request is decoded before it is compared; rows with escapes were never matched", "照合前にデコードされるため、エスケープを含む行は一致しませんでした"),
			next:   text("an edge function or another engine in front", "Edge Function、または前段の別エンジン"), evidence: measured,
		},
		check{
			code: "query-passed-on", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.Source.HasQuery },
			reason: text("the row fires, but whether the named parameters are then added to the target is not documented", "行は一致しますが、指定したパラメータが転送先に付け足されるかどうか資料がありません"),
			next:   text("try one row on a deploy", "デプロイして一件試す"), evidence: Evidence{netlifyOptions, "undated, read 2026-11", "low"},
		},
		check{
			code: "placeholder", kind: Refused, fails: func(r redirects.Rule) bool { return hasPlaceholder(r.Source.Path) },
			reason: text("* and :name in a path are patterns in this file", "パス中の * と :名前 はこのファイルではパターンになります"),
			next:   nextCode(), evidence: c.CaseSensitive.Evidence,
		},
		wholeSite(),
		check{
			code: "splat", kind: Refused, fails: func(r redirects.Rule) bool {
				return r.Source.Match == redirects.Prefix && strings.Contains(r.Target, "/:")
			},
			reason: text("a word after a colon in the target of a folder is a placeholder", "フォルダーの転送先にある「:名前」は置き換えの対象になります"),
			next:   text("write the colon as %3A", "コロンを %3A と書く"), evidence: c.CaseSensitive.Evidence,
		},
		rewrittenTarget(measured),
		unknownMatching(c.Name),
	)
}

// key: a slash at the end makes no difference.
func (netlify) key(s redirects.Source) string {
	if s.Match == redirects.Prefix {
		return strings.TrimRight(s.Path, "/") + "/*"
	}
	return strings.TrimRight(s.Path, "/")
}

// Write puts an exclamation mark behind each status: a redirect then also beats a
// file at its address. Folders come last, as the first line that matches answers.
func (e netlify) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	inside, _, err := folders(m)
	if err != nil {
		return fmt.Errorf("writing redirects for netlify: %w", err)
	}
	return sink.WriteFile("_redirects", func(w io.Writer) error {
		line := func(path string, r redirects.Rule) error {
			target := r.Target
			if r.Gone() {
				target = "/" // the format wants one; a gone page is not sent there
			}
			_, err := fmt.Fprintf(w, "%s %s %d!\n", path, target, r.Status)
			return err
		}
		for r, err := range checked(ctx, e, m) {
			if err == nil && r.Source.Match == redirects.Exact {
				err = line(r.Source.Path, r)
			}
			if err != nil {
				return err
			}
		}
		for _, r := range inside {
			if err := line(strings.TrimRight(r.Source.Path, "/")+"/*", r); err != nil {
				return err
			}
		}
		return nil
	})
}

// Model compares the decoded path; a slash at its end makes no difference.
func (netlify) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{anyHost: true, incoming: IncomingUnless, noSlash: true, read: func(path string) (string, bool) {
		decoded, ok := redirects.Unescape(whatwgTarget(path))
		return decoded, ok && utf8.ValidString(decoded)
	}})
}

func (netlify) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Netlify の _redirects",
			Install: []string{"_redirects を公開フォルダーの直下に置き、デプロイします。先に書いた行が優先されます。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。"},
			Undo:    []string{"_redirects から行を削除し、もう一度デプロイします。"},
		}
	}
	return Instructions{
		Title:   "Netlify _redirects",
		Install: []string{"Put _redirects at the top of the published folder and deploy. The first line that matches wins."},
		Test:    []string{"Ask every old address with `replatform verify`."},
		Undo:    []string{"Delete the lines from _redirects and deploy again."},
	}
}
