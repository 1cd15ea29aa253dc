package engine

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"

	"replatform/redirects"
)

// cloudflareBulk is the CSV of a Cloudflare Bulk Redirect list.
type cloudflareBulk struct {
	checkList
	o Options
}

func newCloudflareBulk(o Options) Engine {
	e := cloudflareBulk{o: o}
	e.checks = e.rowChecks()
	return e
}

const (
	cloudflareBulkDocs  = "https://developers.cloudflare.com/rules/url-forwarding/bulk-redirects/how-it-works/"
	cloudflareBulkCSV   = "https://developers.cloudflare.com/rules/url-forwarding/bulk-redirects/reference/csv-file-format/"
	cloudflareBulkQuota = "https://developers.cloudflare.com/changelog/post/2025-02-12-rules-upgraded-limits/"
)

func (cloudflareBulk) ID() string         { return "cloudflare-bulk" }
func (e cloudflareBulk) options() Options { return e.o }

func (cloudflareBulk) Capabilities() Capabilities {
	docs := Evidence{cloudflareBulkDocs, "undated, read 2026-11", "high"}
	format := Evidence{cloudflareBulkCSV, "undated, read 2026-11", "high"}
	quota := Evidence{cloudflareBulkQuota, "2025-02-12", "high"}
	return Capabilities{
		Name: text("Cloudflare Bulk Redirects", "Cloudflare 一括リダイレクト"), Kind: "edge",
		Query: fact(QueryNone, docs), CaseSensitive: fact(true, Evidence{cloudflareBulkDocs, "undated, read 2026-11", "medium"}),
		TrailingSlash: fact(true, docs), Patterns: fact(true, format), HostAware: fact(true, docs), NamesHost: true,
		Statuses: fact([]int{301, 302, 308}, format), Incoming: fact(IncomingChoice, format),
		LivePageWins: fact(false, docs),
		MaxRows:      []Limit{{"free", 10_000, quota}, {"pro", 25_000, quota}, {"business", 50_000, quota}, {"enterprise", 1_000_000, quota}},
		MaxSource:    fact(32<<10, docs), MaxTarget: fact(32<<10, docs),
		Proof: text("documentation only; no account is asked", "公開資料のみ。実際のアカウントでは検証していません"),
	}
}

func (e cloudflareBulk) rowChecks() []check {
	c := e.Capabilities()
	checks := append(wellFormed(), fromCapabilities(c)...)
	return append(checks,
		needsHost(e.o),
		check{
			code: "port", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.Host != r.Source.Hostname() },
			reason: text("the source may not hold a port", "転送元にポート番号は書けません"),
			next:   nextCode(), evidence: c.Query.Evidence,
		},
		check{
			code: "keep-query-joined", kind: NeedsLiveTest,
			fails:  func(r redirects.Rule) bool { return r.KeepQuery && strings.ContainsAny(r.Target, "?#") },
			reason: text("how a preserved query meets a target that has its own is not documented", "転送先に元からあるクエリと引き継いだクエリがどう結合されるか、資料がありません"),
			next:   text("a Cloudflare Worker", "Cloudflare Worker"), evidence: c.Incoming.Evidence,
		},
		unknownMatching(c.Name),
	)
}

func (cloudflareBulk) newSetCheck(m redirects.Map) (*setCheck, error) { return swallowsQueries(m) }

// Write leaves the scheme out, so that http and https are both answered.
func (e cloudflareBulk) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("cloudflare-bulk-redirects.csv", func(w io.Writer) error {
		return writeCSV(w, nil, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				flag := func(b bool) string { return strings.ToUpper(strconv.FormatBool(b)) }
				path := r.Source.Path
				if r.Source.Match == redirects.Prefix && path != "/" {
					path = strings.TrimRight(path, "/")
				}
				err := row(cmp.Or(r.Source.Host, e.o.Host)+path, r.Target, strconv.Itoa(r.Status),
					flag(r.KeepQuery), "FALSE", flag(r.Source.Match == redirects.Prefix), "FALSE")
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (e cloudflareBulk) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{host: e.o.Host})
}

func (cloudflareBulk) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Cloudflare 一括リダイレクト",
			Install: []string{
				"旧ショップのドメインを Cloudflare に登録し、該当ホストの DNS レコードを「プロキシ済み」にします。",
				"アカウントの［一括リダイレクト］でリストを作り、cloudflare-bulk-redirects.csv を読み込みます。列名の行はありません。",
				"そのリストを使う一括リダイレクト ルールを作成して有効にします。",
			},
			Test: []string{"`replatform verify` で旧URLを全件確認してください。"},
			Undo: []string{"ルールを無効にします。リストは残しておけます。"},
		}
	}
	return Instructions{
		Title: "Cloudflare Bulk Redirects",
		Install: []string{
			"Have the old shop's domain in Cloudflare, with the host's DNS record proxied.",
			"Under Bulk Redirects of the account make a list and load cloudflare-bulk-redirects.csv. It has no header row.",
			"Make a bulk redirect rule that uses the list and switch it on.",
		},
		Test: []string{"Ask every old address with `replatform verify`."},
		Undo: []string{"Switch the rule off. The list may stay."},
	}
}
