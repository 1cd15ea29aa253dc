package engine

import (
	"context"
	"io"
	"strings"

	"replatform/redirects"
)

// webflow is the CSV import of the 301 redirects of a Webflow site.
type webflow struct{ checkList }

func newWebflow() Engine {
	var e webflow
	c := e.Capabilities()
	e.checks = append(append(wellFormed(), fromCapabilities(c)...), pluginChecks(c.Name)...)
	return e
}

const (
	webflowAPI    = "https://developers.webflow.com/data/v2.0.0/reference/enterprise/site-configuration/301-redirects"
	webflowEscape = "a public converter of the Webflow export"
	webflowGuide  = "https://www.redirects.net/articles/better-help-docs-301-redirects-webflow"
)

func (webflow) ID() string { return "webflow" }

func (webflow) Capabilities() Capabilities {
	api := Evidence{webflowAPI, "undated, read 2026-11", "medium"}
	return Capabilities{
		Name: text("Webflow 301 redirects", "Webflow 301リダイレクト"), Kind: "shop",
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), HostAware: fact(false, Evidence{webflowGuide, "undated, read 2026-11", "medium"}),
		Statuses: fact([]int{301}, api),
		Proof:    text("documentation only; no site is asked", "公開資料のみ。実際のサイトでは検証していません"),
	}
}

// webflowEscaper puts the escape sign of this format before what it takes for
// syntax.
func webflowEscaper() *strings.Replacer {
	var pairs []string
	for _, c := range "%-&*()=_+?" {
		pairs = append(pairs, string(c), "%"+string(c))
	}
	return strings.NewReplacer(pairs...)
}

// Write writes two columns, which the import reads by their place.
func (e webflow) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	escape := webflowEscaper()
	return sink.WriteFile("webflow-redirects.csv", func(w io.Writer) error {
		return writeCSV(w, nil, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if err := row(escape.Replace(r.Source.Path), r.Target); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Model compares the path as written; the rest is not documented.
func (webflow) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{anyHost: true})
}

func (webflow) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Webflow 301リダイレクト",
			Install: []string{
				"CSV の読み込みは登録済みのリダイレクトをすべて上書きするとの報告があります（" + webflowGuide + "）。先に現在の一覧を書き出し、必要な行を webflow-redirects.csv に加えてください。",
				"［サイト設定］→［公開］→［301リダイレクト］で webflow-redirects.csv を読み込みます（有料プランが必要です）。列名の行はありません。",
				"サイトを公開し直すと有効になります。",
			},
			Test: []string{"`replatform verify` で旧URLを全件確認してください。"},
			Undo: []string{"一覧から行を削除し、公開し直します。"},
		}
	}
	return Instructions{
		Title: "Webflow 301 redirects",
		Install: []string{
			"The import of a CSV is reported to overwrite all redirects that are there (" + webflowGuide + "). Export them first and add what is still needed to webflow-redirects.csv.",
			"Under Site settings → Publishing → 301 redirects load webflow-redirects.csv; a paid plan is needed. The file has no header row.",
			"Publish the site again: the redirects work from then on.",
		},
		Test: []string{"Ask every old address with `replatform verify`."},
		Undo: []string{"Delete the rows from the list and publish again."},
	}
}
