package verify

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"iter"
	"strings"
	"time"

	"replatform/redirects"
)

//go:embed report.html.tmpl
var reportTemplate string

// maxReported is how many wrong answers the page lists for each problem; the JSON file
// has all of them.
const maxReported = 1000

// WriteHTML writes one page for people, in lang "ja" or "en": how many answers were as
// planned, and for each kind of fault the old addresses that have it, in the order of
// the sequence. The page stands alone: it loads nothing and runs no script.
func WriteHTML(w io.Writer, suite Suite, lang string, results iter.Seq[Result]) error {
	words := map[string]redirects.Text{
		"title":    {JA: "旧URLの確認結果", EN: "What the old addresses answer"},
		"asked":    {JA: "確認した旧URL", EN: "old addresses asked"},
		"right":    {JA: "計画どおり", EN: "as planned"},
		"wrong":    {JA: "要対応", EN: "to be mended"},
		"when":     {JA: "確認日時", EN: "asked at"},
		"all":      {JA: "すべて計画どおりです。", EN: "All answers are as planned."},
		"old":      {JA: "旧URL", EN: "Old address"},
		"status":   {JA: "応答", EN: "Answer"},
		"expected": {JA: "計画", EN: "Planned"},
		"got":      {JA: "実際", EN: "Found"},
		"detail":   {JA: "詳細", EN: "Detail"},
		"more":     {JA: "ほかは JSON ファイルをご覧ください。残り：", EN: "See the JSON file for the rest: "},
	}
	type group struct {
		Problem Problem
		Title   string
		Rows    []Result
		Count   int
	}
	data := struct {
		Lang   string
		Began  string
		Sum    Summary
		Wrong  int
		Groups []*group
		Say    map[string]string
	}{Lang: lang, Began: suite.Began.UTC().Format(time.RFC3339), Say: map[string]string{}}
	for key, text := range words {
		data.Say[key] = text.In(lang)
	}
	byProblem := map[Problem]*group{}
	for r := range results {
		data.Sum.Add(r)
		if r.OK() {
			continue
		}
		g, ok := byProblem[r.Problem]
		if !ok {
			g = &group{Problem: r.Problem, Title: r.Problem.Text().In(lang)}
			byProblem[r.Problem] = g
			data.Groups = append(data.Groups, g)
		}
		if g.Count++; g.Count <= maxReported {
			g.Rows = append(g.Rows, r)
		}
	}
	data.Wrong = data.Sum.Checked - data.Sum.OK
	page, err := template.New("report").Funcs(template.FuncMap{
		"short": oneLine,
		"left":  func(g *group) int { return g.Count - len(g.Rows) },
		"also": func(r Result) string {
			var out []string
			for _, p := range r.Also {
				out = append(out, p.Text().In(lang))
			}
			return strings.Join(out, " / ")
		},
	}).Parse(reportTemplate)
	if err != nil {
		return fmt.Errorf("reading the template of the page: %w", err)
	}
	if err := page.Execute(w, data); err != nil {
		return fmt.Errorf("writing results as HTML: %w", err)
	}
	return nil
}
