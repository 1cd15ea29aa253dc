package engine

import (
	"context"
	"io"
	"strconv"

	"replatform/redirects"
)

// yoast is the CSV of the redirect manager of Yoast SEO Premium.
type yoast struct{ checkList }

func newYoast() Engine {
	var e yoast
	e.checks = append(append(wellFormed(), fromCapabilities(e.Capabilities())...), pluginChecks(e.Capabilities().Name)...)
	return e
}

const yoastFormat = "the plugin's CSV exporter (header constant) as copied in public code; its WP-CLI command names the same four fields"

func (yoast) ID() string { return "yoast" }

func (yoast) Capabilities() Capabilities {
	format := Evidence{yoastFormat, "read 2026-11", "medium"}
	return Capabilities{
		Name: text("Yoast SEO Premium", "Yoast SEO Premium"), Kind: "plugin",
		CaseSensitive: fact(true, format), Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		Statuses: fact([]int{301, 302, 410, 451}, format),
		Proof:    text("documentation only; no site is asked", "公開資料のみ。実際のサイトでは検証していません"),
	}
}

// pluginChecks are the checks of a plugin of which only the file format is known.
func pluginChecks(name redirects.Text) []check {
	none := Evidence{"no source found", "2026-11", "low"}
	return []check{
		{
			code: "query", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.Source.HasQuery },
			reason: text("whether "+name.EN+" looks at the query of an old address is not documented", name.JA+" が旧URLのクエリを照合するかどうか、資料がありません"),
			next:   text("the plugin Redirection, which compares parameters, or an edge in front", "パラメータを照合するプラグイン Redirection、または前段での転送"), evidence: none,
		},
		{
			code: "front-page", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.Source.Path == "/" },
			reason: text("whether "+name.EN+" redirects the front page is not documented", name.JA+" がトップページを転送するかどうか、資料がありません"),
			next:   text("try one row on the live site", "実際のサイトで一件試す"), evidence: none,
		},
		unknownMatching(name),
	}
}

// Write writes Origin, Target, Type, Format; gone rows have no target.
func (e yoast) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("yoast-redirects.csv", func(w io.Writer) error {
		return writeCSV(w, []string{"Origin", "Target", "Type", "Format"}, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if err := row(r.Source.Path, r.Target, strconv.Itoa(r.Status), "plain"); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Model compares the path as written; the query is not documented.
func (yoast) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{anyHost: true})
}

func (yoast) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Yoast SEO Premium",
			Install: []string{"［Yoast SEO］→［リダイレクト］→［インポート］で yoast-redirects.csv を選びます。", "登録済みの転送元は上書きされず、読み飛ばされます。件数を確かめてください。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。クエリや余分なパラメータの扱いは資料がありません。"},
			Undo:    []string{"リダイレクトの一覧で行を選び、削除します。"},
		}
	}
	return Instructions{
		Title:   "Yoast SEO Premium",
		Install: []string{"Under Yoast SEO → Redirects → Import choose yoast-redirects.csv.", "Sources that are there already are skipped, not changed. Compare the count."},
		Test:    []string{"Ask every old address with `replatform verify`. What becomes of queries and further parameters is not documented."},
		Undo:    []string{"Select the rows in the list of redirects and delete them."},
	}
}
