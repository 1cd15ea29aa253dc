package report

import (
	"fmt"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strings"
	texttemplate "text/template"

	"embed"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

//go:embed templates/*
var templateFiles embed.FS

// shownRows bounds how many rows of one kind a document lists; every row is in
// redirect-map.csv.
const shownRows = 100

// view is what the templates see: the plan and lists drawn from it.
type view struct {
	*planner.Plan
	Lang        string
	Other       string // the other language
	OtherFile   string // the same document in it, relative
	Review      []inventory.PlanRow
	Redirects   []inventory.PlanRow
	NotMoved    []inventory.PlanRow // gone and ignored
	ReviewAll   int                 // rows to review, those not shown too
	RedirectAll int
	NotMovedAll int
	Findings    []finding
	Facts       []planner.Fact
}

type finding struct {
	Code    string
	Count   int
	Example string
}

func newView(p *planner.Plan, lang, otherFile string) *view {
	v := &view{Plan: p, Lang: lang, Other: "en", OtherFile: otherFile}
	if lang == "en" {
		v.Other = "ja"
	}
	for _, r := range p.Rows {
		switch r.Action {
		case planner.ActionAsk:
			v.ReviewAll++
			v.Review = appendUpTo(v.Review, r)
		case planner.ActionRedirect, planner.ActionKeep:
			v.RedirectAll++
			v.Redirects = appendUpTo(v.Redirects, r)
		default:
			v.NotMovedAll++
			v.NotMoved = appendUpTo(v.NotMoved, r)
		}
	}
	byCode := map[string]int{}
	for _, f := range p.Findings {
		i, ok := byCode[f.Code]
		if !ok {
			i = len(v.Findings)
			byCode[f.Code] = i
			v.Findings = append(v.Findings, finding{Code: f.Code, Example: strings.TrimSpace(f.URL + " " + f.Message)})
		}
		v.Findings[i].Count += f.Count
	}
	slices.SortFunc(v.Findings, func(a, b finding) int { return strings.Compare(a.Code, b.Code) })
	for _, r := range p.Decision.Ladder {
		for _, f := range r.Facts {
			if f.Source != "" && !slices.Contains(v.Facts, f) {
				v.Facts = append(v.Facts, f)
			}
		}
	}
	return v
}

func appendUpTo(rows []inventory.PlanRow, r inventory.PlanRow) []inventory.PlanRow {
	if len(rows) < shownRows {
		rows = append(rows, r)
	}
	return rows
}

// funcs are the words of the templates.
func (w *words) funcs() map[string]any {
	return map[string]any{
		"t": w.t, "word": w.or, "glossary": glossary, "n": w.n, "share": w.share, "date": w.date, "in": w.in,
		"reason": func(r inventory.PlanRow) string {
			if w.code == "ja" {
				return r.ReasonJA
			}
			return r.Reason
		},
		"note": func(r inventory.PlanRow) string {
			if w.code == "ja" {
				return r.NoteJA
			}
			return r.Note
		},
		"types": catalog.PageTypes, "strengths": planner.Strengths,
		"actions": func() []string { return []string{"redirect", "keep", "gone", "ignore", "ask"} },
		"classes": func() []inventory.MatchClass {
			return []inventory.MatchClass{inventory.Exact, inventory.Close, inventory.Broad, inventory.None}
		},
		"readable": readable,
		"percent": func(f float64) string {
			if f == 0 {
				return "–"
			}
			return w.printer.Sprintf("%.0f%%", 100*f)
		},
		"width": func(part, whole int) string {
			if whole == 0 {
				return "0"
			}
			return fmt.Sprintf("%.2f", 100*float64(part)/float64(whole))
		},
		"cell": markdownCell,
	}
}

// readable shows an address as people read it: UTF-8 escapes decoded, everything
// else as sent.
func readable(raw string) string {
	if s, err := url.PathUnescape(raw); err == nil && isText(s) {
		return s
	}
	return raw
}

// HTML writes the plan as one self-contained page. otherFile is the name of the same
// page in the other language, beside it.
func HTML(w io.Writer, p *planner.Plan, lang, otherFile string) error {
	texts, err := newWords(lang)
	if err != nil {
		return err
	}
	tmpl, err := template.New("plan.html.tmpl").Funcs(texts.funcs()).ParseFS(templateFiles, "templates/plan.html.tmpl", "templates/style.css")
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	if err := tmpl.Execute(w, newView(p, lang, otherFile)); err != nil {
		return fmt.Errorf("writing the plan as HTML: %w", err)
	}
	return nil
}

// Markdown writes the plan as Markdown (CommonMark with tables).
func Markdown(w io.Writer, p *planner.Plan, lang, otherFile string) error {
	texts, err := newWords(lang)
	if err != nil {
		return err
	}
	tmpl, err := texttemplate.New("plan.md.tmpl").Funcs(texts.funcs()).ParseFS(templateFiles, "templates/plan.md.tmpl")
	if err != nil {
		return fmt.Errorf("reading the text's template: %w", err)
	}
	if err := tmpl.Execute(w, newView(p, lang, otherFile)); err != nil {
		return fmt.Errorf("writing the plan as Markdown: %w", err)
	}
	return nil
}

// markdownCell makes text from a shop harmless inside a Markdown table: nothing in
// it is markup, HTML or the end of the cell.
func markdownCell(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case r < ' ' || r == 0x7f:
		case strings.ContainsRune("\\`*_{}[]()<>#+!|~&", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isText says whether s is printable text: no control characters, valid UTF-8.
func isText(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == 0xfffd || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return false
		}
	}
	return true
}
