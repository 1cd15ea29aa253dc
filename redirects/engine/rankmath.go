package engine

import (
	"context"
	"io"
	"strconv"
	"strings"

	"replatform/redirects"
)

// rankMath is the CSV of the redirections of Rank Math PRO.
type rankMath struct{ checkList }

func newRankMath() Engine {
	var e rankMath
	e.checks = append(append(wellFormed(), fromCapabilities(e.Capabilities())...), pluginChecks(e.Capabilities().Name)...)
	e.checks = append(e.checks, check{
		code: "formula", kind: Refused, fails: func(r redirects.Rule) bool { return strings.IndexAny(e.key(r.Source), "=+-@") == 0 },
		reason: text("without its slash the source begins like a formula of a spreadsheet", "先頭のスラッシュを除くと、表計算ソフトの数式とみなされる文字で始まります"),
		next:   text("enter the row by hand", "手作業で登録する"), evidence: Evidence{"OWASP, CSV injection", "undated, read 2026-11", "high"},
	})
	return e
}

const rankMathFormat = "exporters and importers for the Rank Math CSV in public code"

func (rankMath) ID() string { return "rank-math" }

func (rankMath) Capabilities() Capabilities {
	format := Evidence{rankMathFormat, "read 2026-11", "medium"}
	return Capabilities{
		Name: text("Rank Math PRO", "Rank Math PRO"), Kind: "plugin",
		TrailingSlash: fact(false, format), Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		Statuses: fact([]int{301, 302, 410, 451}, format),
		Proof:    text("documentation only; no site is asked", "公開資料のみ。実際のサイトでは検証していません"),
	}
}

// key: sources are stored without slashes around them.
func (rankMath) key(s redirects.Source) string { return strings.Trim(s.Path, "/") }

// Write writes rows with an empty id, which the plugin creates, and names the
// matching in each.
func (e rankMath) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("rank-math-redirections.csv", func(w io.Writer) error {
		return writeCSV(w, []string{"id", "source", "matching", "destination", "type", "category", "status", "ignore"}, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if err := row("", e.key(r.Source), "exact", r.Target, strconv.Itoa(r.Status), "", "active", ""); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Model compares the path without slashes around it.
func (rankMath) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{anyHost: true, noSlash: true})
}

func (rankMath) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Rank Math PRO",
			Install: []string{"［Rank Math］→［リダイレクト］→［CSV インポート］で rank-math-redirections.csv を選びます（PRO 版が必要です）。", "取り込まれた件数を確かめます。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。クエリや余分なパラメータの扱いは資料がありません。"},
			Undo:    []string{"リダイレクトの一覧で行を選び、削除します。"},
		}
	}
	return Instructions{
		Title:   "Rank Math PRO",
		Install: []string{"Under Rank Math → Redirections → Import CSV choose rank-math-redirections.csv. The PRO version is needed.", "Compare the count."},
		Test:    []string{"Ask every old address with `replatform verify`. What becomes of queries and further parameters is not documented."},
		Undo:    []string{"Select the rows in the list of redirections and delete them."},
	}
}
