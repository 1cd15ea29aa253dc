package engine

import (
	"context"
	"io"
	"strconv"

	"replatform/redirects"
)

// vercelBulk is the CSV of Vercel's bulk redirects.
type vercelBulk struct{ checkList }

func newVercelBulk() Engine {
	var e vercelBulk
	e.checks = e.rowChecks()
	return e
}

const vercelBulkDocs = "https://vercel.com/docs/routing/redirects/bulk-redirects"

func (vercelBulk) ID() string { return "vercel-bulk" }

func (vercelBulk) Capabilities() Capabilities {
	docs := Evidence{vercelBulkDocs, "2026-05-28", "high"}
	return Capabilities{
		Name: text("Vercel bulk redirects", "Vercel 一括リダイレクト"), Kind: "hosting",
		Query: fact(QueryNone, docs), CaseSensitive: fact(true, docs), Patterns: fact(false, docs), HostAware: fact(true, docs),
		Statuses: fact([]int{301, 302, 308}, docs), Incoming: fact(IncomingChoice, docs), LivePageWins: fact(false, docs),
		// Counts that the plans include; more can be bought, up to the last.
		MaxRows:   []Limit{{"pro", 1000, docs}, {"enterprise", 10_000, docs}, {"extended", 1_000_000, docs}},
		MaxSource: fact(2048, docs), MaxTarget: fact(2048, docs),
		Proof: text("documentation only; no project is asked", "公開資料のみ。実際のプロジェクトでは検証していません"),
	}
}

func (e vercelBulk) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...),
		check{
			code: "keep-query-joined", kind: NeedsLiveTest,
			fails:  func(r redirects.Rule) bool { return r.KeepQuery && len(r.Target) != len(redirectsHead(r.Target)) },
			reason: text("how a preserved query meets a target that has its own is not documented", "転送先に元からあるクエリと引き継いだクエリがどう結合されるか、資料がありません"),
			next:   text("an edge function", "Edge Function"), evidence: c.Incoming.Evidence,
		},
		unknownMatching(c.Name),
	)
}

// redirectsHead is a target without query and fragment.
func redirectsHead(target string) string {
	for i := 0; i < len(target); i++ {
		if target[i] == '?' || target[i] == '#' {
			return target[:i]
		}
	}
	return target
}

func (vercelBulk) newSetCheck(m redirects.Map) (*setCheck, error) { return swallowsQueries(m) }

// Write asks for letter case in every row: by default the service ignores it.
func (e vercelBulk) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	err := sink.WriteFile("vercel-redirects.csv", func(w io.Writer) error {
		return writeCSV(w, []string{"source", "destination", "statusCode", "caseSensitive", "preserveQueryParams"}, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				source := r.Source.Path
				if r.Source.Host != "" {
					source = "https://" + r.Source.Host + r.Source.Path
				}
				if err := row(source, r.Target, strconv.Itoa(r.Status), "true", strconv.FormatBool(r.KeepQuery)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return writeText(sink, "vercel.json", "{\n  \"bulkRedirectsPath\": \"vercel-redirects.csv\"\n}\n")
}

func (vercelBulk) Model(m redirects.Map) (Matcher, error) { return newPathModel(m, pathOptions{}) }

func (vercelBulk) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Vercel 一括リダイレクト",
			Install: []string{"vercel-redirects.csv をプロジェクトに置き、vercel.json の bulkRedirectsPath にファイル名を書いてデプロイします。Pro 以上のプランが必要です。"},
			Test:    []string{"ローカルの開発サーバーでは再現されません。デプロイ後に `replatform verify` で確認してください。"},
			Undo:    []string{"bulkRedirectsPath を削除し、もう一度デプロイします。"},
		}
	}
	return Instructions{
		Title:   "Vercel bulk redirects",
		Install: []string{"Put vercel-redirects.csv into the project, name it under bulkRedirectsPath in vercel.json and deploy. The Pro plan or above is needed."},
		Test:    []string{"The local development server does not imitate them. Deploy, then ask every old address with `replatform verify`."},
		Undo:    []string{"Take bulkRedirectsPath out and deploy again."},
	}
}
