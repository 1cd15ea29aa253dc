package report

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"replatform/planner"
)

// HTML writes the plan as one self-contained page in the language lang. otherFile is
// the name of the same page in the other language, beside it. The page asks nothing
// of the network and runs only the scripts that its policy names by their hash: the one
// of the map and those that draw the pictures (see chartjs/README.md).
func HTML(w io.Writer, p *planner.Plan, lang, otherFile string, o Options) error {
	d, c, err := composeFor(p, lang, otherFile, o)
	if err != nil {
		return err
	}
	css, err := templateFiles.ReadFile("templates/style.css")
	if err != nil {
		return fmt.Errorf("reading the page's style: %w", err)
	}
	script, err := templateFiles.ReadFile("templates/map.js")
	if err != nil {
		return fmt.Errorf("reading the page's script: %w", err)
	}
	drawers, licences, err := chartScripts()
	if err != nil {
		return err
	}
	pictures, err := d.chartData()
	if err != nil {
		return err
	}
	hashes := []string{"'" + hashOf(string(script)) + "'"}
	var chartJS []template.JS
	for _, s := range drawers {
		hashes = append(hashes, "'"+hashOf(s)+"'")
		chartJS = append(chartJS, template.JS(s)) //nolint:gosec // our own files
	}
	style := string(css) + o.Brand.css()
	data, err := c.mapData()
	if err != nil {
		return err
	}
	funcs := template.FuncMap{
		"t": c.t, "maptable": c.mapTable, "short": short, "stacked": stacked, "label": label,
		"option":       func(s string) bool { return strings.HasPrefix(s, "--") }, // of a command, to be typed as it stands
		"keep":         func(c cell) bool { return c.Code == "" && c.Note == "" && short(c.Text) },
		"mapdata":      func() template.JS { return template.JS(data) },   //nolint:gosec // encoded by mapData
		"mapscript":    func() template.JS { return template.JS(script) }, //nolint:gosec // our own file
		"charts":       func() bool { return len(d.charts()) > 0 },
		"chartdata":    func() template.JS { return template.JS(pictures) }, //nolint:gosec // encoded by chartData
		"chartscripts": func() []template.JS { return chartJS },
		"licences": func() template.HTML {
			return template.HTML("<!--\n" + strings.ReplaceAll(licences, "--", "- -") + "-->")
		}, //nolint:gosec // our own files
	}
	tmpl, err := template.New("plan.html.tmpl").Funcs(funcs).ParseFS(templateFiles, "templates/plan.html.tmpl")
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	page := struct {
		*document
		CSS       template.CSS
		Policy    string
		Logo      template.URL
		BrandName string
	}{
		document: d, CSS: template.CSS(style), Logo: template.URL(o.Brand.Logo), BrandName: o.Brand.Name, //nolint:gosec // checked by LoadBrand
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src %s; img-src data:; base-uri 'none'; form-action 'none'", hashOf(style), strings.Join(hashes, " ")),
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := tmpl.Execute(out, page); err != nil {
		return fmt.Errorf("writing the plan as HTML: %w", err)
	}
	return out.Flush()
}

// hashOf names an inline style or script in a content security policy.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// stacked says that on a phone the cells of each row stand below each other, because
// there are too many columns for its width: three of text, or two of text beside two of
// figures. Tables of figures stay as they are.
func stacked(t *table) bool {
	texts := 0
	for _, h := range t.Head {
		if !h.Num {
			texts++
		}
	}
	return texts >= 3 || texts >= 2 && len(t.Head) >= 4
}

// label is what names a cell where it stands below the others; a box to tick needs none.
func label(t *table, i int) string {
	if !stacked(t) || i >= len(t.Head) || t.Head[i].Text == tickBox {
		return ""
	}
	return t.Head[i].Text
}

// tickBox is the head of a column of boxes to tick, and what stands in it.
const tickBox = "☐"

// shortText is how many characters a text may have, those of double width counted
// twice, to stand on one line of a table.
const shortText = 16

// short says that a text stays on one line: dates, ids and single words are hard to
// read when they are broken.
func short(s string) bool {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x2e80 { // ideographs and kana begin here
			n++
		}
	}
	return n <= shortText
}
