package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"replatform/crawler/inventory"
	"replatform/planner"
)

// XLSX writes the plan as an Excel workbook: summary, map, rows to review, what is
// not redirected, tasks, evidence. Heads are frozen and have filters, numbers and
// dates are typed. The addresses of the rows to review and the sources are links, all
// other addresses are text. Text is stored as text, so nothing from a shop can act as
// a formula. A sheet holds 1,048,575 rows and a cell
// 32,767 characters
// (https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3);
// more rows are an error, a longer text is cut.
func XLSX(w io.Writer, p *planner.Plan, lang string, o Options) error {
	c, err := newComposer(p, lang, o)
	if err != nil {
		return err
	}
	b, err := newBook(c)
	if err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	defer b.f.Close()
	for _, s := range []func() error{b.summary, b.mapSheet, b.reviewSheet, b.notMovedSheet, b.tasksSheet, b.outcomeSheet, b.evidenceSheet} {
		if err := s(); err != nil {
			return fmt.Errorf("writing the workbook: %w", err)
		}
	}
	if c.err != nil {
		return c.err
	}
	var buf bytes.Buffer
	if _, err := b.f.WriteTo(&buf); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	if err := inOrder(w, buf.Bytes()); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

// inOrder writes a workbook with its parts in a fixed order: the library keeps them
// in a map, and the same plan shall give the same file.
func inOrder(w io.Writer, book []byte) error {
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return err
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int {
		switch { // the list of content types comes first
		case a.Name == contentTypes:
			return -1
		case b.Name == contentTypes:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	out := zip.NewWriter(w)
	for _, f := range in.File {
		if err := out.Copy(f); err != nil {
			return err
		}
	}
	return out.Close()
}

const contentTypes = "[Content_Types].xml"

// book is a workbook under way.
type book struct {
	*composer
	f                         *excelize.File
	bold, date, percent, link int // styles
	sheets                    int
}

func newBook(c *composer) (*book, error) {
	b := &book{composer: c, f: excelize.NewFile()}
	var err error
	if b.bold, err = b.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"#EEF2F5"}}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}); err != nil {
		return nil, err
	}
	form := "yyyy-mm-dd"
	if b.date, err = b.f.NewStyle(&excelize.Style{CustomNumFmt: &form}); err != nil {
		return nil, err
	}
	if b.percent, err = b.f.NewStyle(&excelize.Style{NumFmt: 9}); err != nil {
		return nil, err
	}
	b.link, err = b.f.NewStyle(&excelize.Style{Font: &excelize.Font{Underline: "single", Color: "#0B5394"}})
	return b, err
}

// sheet is one sheet that is streamed.
type sheet struct {
	b    *book
	name string
	out  *excelize.StreamWriter
	n    int // rows written
	cols int
	// linked counts the links of the sheet.
	linked int
}

// address is a cell that opens its address when it is clicked.
type address string

// The library looks through all links of a sheet for each new one, and Excel takes no
// longer address.
const (
	maxLinks      = 2_000
	maxLinkLength = 2_000
)

func (b *book) sheet(key string, widths []float64, head ...string) (*sheet, error) {
	name := b.say(key)
	if b.sheets == 0 {
		if err := b.f.SetSheetName(b.f.GetSheetName(0), name); err != nil {
			return nil, err
		}
	} else if _, err := b.f.NewSheet(name); err != nil {
		return nil, err
	}
	b.sheets++
	out, err := b.f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, w := range widths {
		if err := out.SetColWidth(i+1, i+1, w); err != nil {
			return nil, err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	s := &sheet{b: b, name: name, out: out, cols: len(head)}
	cells := make([]any, len(head))
	for i, h := range head {
		cells[i] = excelize.Cell{Value: h, StyleID: b.bold}
	}
	return s, s.row(cells...)
}

func (s *sheet) row(cells ...any) error {
	s.n++
	if s.n > excelize.TotalRows {
		return fmt.Errorf("a sheet holds %d rows and there are more; the CSV has them all", excelize.TotalRows)
	}
	for i, v := range cells {
		switch v := v.(type) {
		case string:
			cells[i] = textCell(v)
		case address:
			linked, err := s.link(i+1, string(v))
			if err != nil {
				return err
			}
			if cells[i] = textCell(string(v)); linked {
				cells[i] = excelize.Cell{Value: string(v), StyleID: s.b.link}
			}
		}
	}
	return s.out.SetRow("A"+strconv.Itoa(s.n), cells)
}

// textCell is a text as it is written; an empty one leaves its cell empty.
func textCell(s string) any {
	if s == "" {
		return nil
	}
	return fitCell(s)
}

// link makes a cell of the row under way lead to an address of the web, as far as the
// sheet takes links.
func (s *sheet) link(col int, raw string) (bool, error) {
	if s.linked == maxLinks || len(raw) > maxLinkLength || !strings.HasPrefix(raw, "https://") && !strings.HasPrefix(raw, "http://") {
		return false, nil
	}
	if u, err := url.Parse(raw); err != nil || u.Host == "" {
		return false, nil
	}
	at, err := excelize.CoordinatesToCellName(col, s.n)
	if err != nil {
		return false, err
	}
	s.linked++
	return true, s.b.f.SetCellHyperLink(s.name, at, raw, "External")
}

// done adds the filters and ends the sheet.
func (s *sheet) done() error {
	last, err := excelize.CoordinatesToCellName(s.cols, max(s.n, 2))
	if err != nil {
		return err
	}
	if err := s.b.f.AutoFilter(s.name, "A1:"+last, nil); err != nil {
		return err
	}
	return s.out.Flush()
}

// fitCell cuts a text that a cell cannot hold.
func fitCell(s string) string {
	if len(s) <= excelize.TotalCellChars || len(utf16.Encode([]rune(s))) <= excelize.TotalCellChars {
		return s
	}
	units := 0
	for i, r := range s {
		if units += utf16.RuneLen(r); units > excelize.TotalCellChars-1 {
			return s[:i] + "…"
		}
	}
	return s
}

func (b *book) summary() error {
	s, err := b.sheet("sheet.summary", []float64{46, 16, 60}, b.say("col.what"), b.say("col.value"), b.say("col.counted"))
	if err != nil {
		return err
	}
	p := b.p
	type line struct {
		what  string
		value any
		note  string
	}
	lines := []line{
		{b.say("col.shop-old"), p.Old.Host0(), b.in(p.Old.PlatformName)}, {b.say("col.shop-new"), p.New.Host0(), b.in(p.New.PlatformName)},
		{b.say("col.made"), excelize.Cell{Value: p.Generated.In(p.Clocks.Location()), StyleID: b.date}, p.Clocks.Location().String()},
		{b.say("way.chosen"), string(p.Decision.Way), b.in(p.Decision.Rung(p.Decision.Way).Name)},
		{b.say("total"), p.Pages.Total, b.say("counted.pages")},
	}
	if b.o.Brand.Name != "" {
		lines = append(lines, line{b.say("col.prepared"), b.o.Brand.Name, b.o.Brand.Contact})
	}
	for _, a := range actionOrder() {
		lines = append(lines, line{b.say("action." + a), p.Pages.ByAction[a], b.say("counted.pages")})
	}
	lines = append(lines, line{b.say("counted.pointed"), p.Pages.Pointed, b.say("counted.pages")}, line{b.say("counted.rows"), len(p.Rows), b.say("counted.spellings")})
	for _, l := range p.Coverage {
		lines = append(lines, line{b.say("strength." + l.Strength), l.Pages, b.say("counted.by", b.carrier(l.Carrier))})
	}
	if p.Worth.Pages > 0 {
		lines = append(lines, line{b.say("col.clicks"), p.Worth.Clicks, b.say("counted.worth")})
	}
	for _, d := range p.Clocks.All() {
		var v any
		if !d.Date.IsZero() {
			v = excelize.Cell{Value: d.Date, StyleID: b.date}
		}
		lines = append(lines, line{d.Letter, v, b.clockMeaning(d.Letter)})
	}
	for _, d := range b.decisions {
		lines = append(lines, line{d.ID + " " + b.in(d.What), b.when(d.Deadline), b.in(d.Default)})
	}
	for _, l := range lines {
		if err := s.row(l.what, l.value, l.note); err != nil {
			return err
		}
	}
	return s.done()
}

// rowsSheet writes rows of the redirect map; links says that their addresses open.
func (b *book) rowsSheet(key string, links bool, want func(inventory.PlanRow) bool) error {
	s, err := b.sheet(key, []float64{50, 50, 14, 8, 12, 10, 40, 14, 30, 30, 10, 12, 10, 12, 10, 22, 20, 12, 40}, b.say("col.old-page"), b.say("col.new-page"), b.say("col.action"), b.say("col.status"),
		b.say("col.class"), b.say("col.confidence"), b.say("col.reason"), b.say("col.type"), b.say("col.old-title"), b.say("col.new-title"),
		b.say("col.clicks"), b.say("col.impressions"), b.say("col.sessions"), b.say("col.revenue"), b.say("col.linking"), b.say("col.strength"), b.say("col.carrier"), b.say("col.proof"), b.say("col.note"))
	if err != nil {
		return err
	}
	for _, r := range b.p.Rows {
		if !want(r) {
			continue
		}
		var status, confidence any
		if r.Status > 0 {
			status = r.Status
		}
		if r.Confidence > 0 {
			confidence = excelize.Cell{Value: r.Confidence, StyleID: b.percent}
		}
		worth := make([]any, 5)
		if w, ok := b.p.WorthIn(r.OldKey); ok {
			worth = []any{w.Clicks, w.Impressions, w.Sessions, w.Revenue, w.LinkingSites}
		}
		class, delivered := "", ""
		if r.Class != "" {
			class = b.say("class." + string(r.Class))
		}
		if r.Strength != planner.StrengthNone {
			delivered = b.say("strength." + r.Strength)
		}
		cells := []any{r.OldURL, r.NewURL, b.say("action." + r.Action), status, class, confidence, b.reason(r), b.say("type." + string(r.Type)), r.OldTitle, r.NewTitle}
		cells = append(cells, worth...)
		carrier := ""
		if r.Carrier != "" {
			carrier = b.carrier(r.Carrier)
		}
		state := proofState(r, b.o.Proofs)
		cells = append(cells, delivered, carrier, b.proofWords(state), b.note(r))
		if links {
			cells[0], cells[1] = address(r.OldURL), address(r.NewURL)
		}
		if err := s.row(cells...); err != nil {
			return err
		}
	}
	return s.done()
}

func (b *book) mapSheet() error {
	return b.rowsSheet("sheet.map", false, func(inventory.PlanRow) bool { return true })
}

func (b *book) reviewSheet() error {
	return b.rowsSheet("sheet.review", true, func(r inventory.PlanRow) bool { return r.Action == planner.ActionAsk || r.NeedsReview })
}

func (b *book) notMovedSheet() error {
	return b.rowsSheet("sheet.not-moved", false, func(r inventory.PlanRow) bool {
		return r.Action == planner.ActionGone || r.Action == planner.ActionIgnore
	})
}

func (b *book) tasksSheet() error {
	s, err := b.sheet("sheet.tasks", []float64{8, 18, 50, 16, 12, 12, 24, 12, 14, 44, 16, 40, 8, 30}, "ID", b.say("col.phase"), b.say("col.task"), b.say("col.when"), b.say("col.from"), b.say("col.until"),
		b.say("col.who"), b.say("col.applies"), b.say("col.branch"), b.say("col.why"), b.say("h.evidence-ids"), b.say("col.check"), b.say("col.done"), b.say("col.note"))
	if err != nil {
		return err
	}
	for _, t := range b.p.Tasks {
		for _, at := range t.Times {
			var from, until any
			if !at.From.IsZero() {
				from = excelize.Cell{Value: at.From, StyleID: b.date}
			}
			if !at.Until.IsZero() {
				until = excelize.Cell{Value: at.Until, StyleID: b.date}
			}
			branch := ""
			if t.Branch == planner.BranchFallback {
				branch = strings.TrimSpace(b.say("mark.fallback", string(b.p.Decision.Fallback)))
			}
			when := strings.TrimSpace(b.offset(at.Offset) + " " + b.or("label."+at.Label, at.Label))
			err := s.row(t.ID, b.phase(t.Phase), b.flagged(t), when, from, until, b.who(t.Who), b.say("applies."+string(t.Applies)), branch, b.in(t.Why), strings.Join(t.Evidence, " "), b.in(t.Done), nil, nil)
			if err != nil {
				return err
			}
		}
	}
	return s.done()
}

// flagged is the title of a task with its marks in a plan after a breach.
func (b *book) flagged(t planner.Task) string {
	t.Branch, t.Applies = planner.BranchMain, planner.Yes
	return b.marked(t)
}

func (b *book) evidenceSheet() error {
	s, err := b.sheet("sheet.evidence", []float64{14, 70, 60, 14, 14}, "ID", b.say("col.statement"), b.say("col.source"), b.say("col.date"), b.say("col.confidence"))
	if err != nil {
		return err
	}
	for _, f := range b.platformFacts() {
		if err := s.row(f.Name, b.factName(f)+": "+b.factValue(f), b.sourced(f.Source), f.Date, b.or("evidence."+f.Confidence, f.Confidence)); err != nil {
			return err
		}
	}
	for _, e := range b.evidence {
		if err := s.row(e.ID, b.in(e.Statement), b.sourced(e.Source), e.Date, b.or("evidence."+e.Confidence, e.Confidence)); err != nil {
			return err
		}
	}
	return s.done()
}

// sourced is where a statement is from: a link, or words where there is no page.
func (b *book) sourced(source string) any {
	if c := b.sourceCell(source); c.Code == "" {
		return c.Text
	}
	return address(source)
}
