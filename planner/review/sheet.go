package review

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// SheetColumns are the columns of the sheet, in order.
//
//	old_url … old_price     the old page; old_price is "1980 JPY"
//	new_url, new_title      what is proposed; empty: nothing
//	confidence, reason      of the proposal
//	runner_up_url           the second best
//	decision                accept, reject, pick, gone, ignore or their Japanese words; empty: open
//	decided_new_url         the page accepted or picked
//	note                    for the reviewer; Import does not read it
//	exported                decision, new_url and decided_new_url as they were exported, as
//	                        three words, "none" for an empty one. By it Import tells what was
//	                        changed in the sheet from what was changed in the project since.
func SheetColumns() []string {
	return []string{"old_url", "old_title", "old_sku", "old_price", "new_url", "new_title", "confidence", "reason", "runner_up_url",
		"decision", "decided_new_url", "note", "exported"}
}

const confidenceColumn = 6

// Format of a sheet.
type Format string

const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ErrFormat: the name of a sheet ends neither in .csv nor in .xlsx.
var ErrFormat = errors.New("a sheet is a .csv or .xlsx file")

// FormatOf tells the format by the end of the file's name. The error is ErrFormat.
func FormatOf(name string) (Format, error) {
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".csv"):
		return CSV, nil
	case strings.HasSuffix(lower, ".xlsx"):
		return XLSX, nil
	}
	return "", fmt.Errorf("%s: %w", name, ErrFormat)
}

// ExportOptions of Export.
type ExportOptions struct {
	Lang string // ja or en: of the reasons and decisions
	All  bool   // every row, not only the open ones
}

// Export writes the open rows of the project, or all, as a sheet, the most valuable
// first, and says how many. A CSV is UTF-8 with a byte order mark, so that Excel
// reads it, and text that a spreadsheet would take for a formula gets an apostrophe
// in front; a workbook holds it as text, offers the decisions as a list, and explains
// itself on a second sheet.
func Export(ctx context.Context, project *inventory.Project, w io.Writer, format Format, opts ExportOptions) (int, error) {
	texts, err := newWords(opts.Lang)
	if err != nil {
		return 0, err
	}
	d, err := openDeck(ctx, project, "")
	if err != nil {
		return 0, err
	}
	var lines [][]string
	for _, r := range d.rows {
		if r.old != nil && (opts.All || r.open) {
			lines = append(lines, d.line(r, texts))
		}
	}
	write := writeCSV
	if format == XLSX {
		write = writeXLSX
	}
	if err := write(w, lines, texts); err != nil {
		return 0, fmt.Errorf("writing the sheet: %w", err)
	}
	return len(lines), nil
}

// line is a row of the sheet.
func (d *deck) line(r *row, texts *words) []string {
	m := r.match
	to, other, chosen := d.sideOrEmpty(m.Proposed), d.sideOrEmpty(m.RunnerUp), d.sideOrEmpty(m.DecidedNew)
	reason := m.Reason
	if texts.code == "ja" && m.ReasonJA != "" {
		reason = m.ReasonJA
	}
	decision, note := "", ""
	if m.Decision != "" {
		decision = texts.t("word." + m.Decision)
	}
	switch {
	case m.DecidedNew != "" && r.open:
		note = texts.t("note.chosen-gone")
	case m.Decision == inventory.Reject && r.open:
		note = texts.t("note.reopened")
	case m.Proposed != "" && to.url == "":
		note = texts.t("note.new-gone")
	}
	confidence := ""
	if m.Confidence > 0 {
		confidence = strconv.FormatFloat(m.Confidence, 'f', 3, 64)
	}
	return []string{r.old.url, r.old.title, r.old.sku, joined(r.old.price, r.old.currency), to.url, to.title, confidence, reason, other.url,
		decision, chosen.url, note, memory{m.Decision, to.url, chosen.url}.String()}
}

// nothing stands for an empty word in the column exported.
const nothing = "none"

// String is the memory as the column exported holds it: three words.
func (m memory) String() string {
	return cmp.Or(m.verdict, nothing) + " " + cmp.Or(m.newURL, nothing) + " " + cmp.Or(m.decidedURL, nothing)
}

func (d *deck) sideOrEmpty(k catalog.Key) side {
	if s := d.fresh[k]; s != nil {
		return *s
	}
	return side{}
}

func writeCSV(w io.Writer, lines [][]string, _ *words) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(SheetColumns()); err != nil {
		return err
	}
	for _, line := range lines {
		cells := make([]string, len(line))
		for i, text := range line {
			cells[i] = inventory.GuardCell(text)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func writeXLSX(w io.Writer, lines [][]string, texts *words) error {
	if len(lines) >= excelize.TotalRows {
		return fmt.Errorf("a workbook holds %d rows and there are %d; write CSV instead", excelize.TotalRows-1, len(lines))
	}
	book := excelize.NewFile()
	defer book.Close()
	name := texts.t("sheet.name")
	if err := book.SetSheetName(book.GetSheetName(0), name); err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E3F0F9"}}})
	if err != nil {
		return err
	}
	mine, err := book.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF7DB"}}})
	if err != nil {
		return err
	}
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range []float64{44, 40, 14, 12, 44, 40, 10, 36, 30, 12, 40, 30, 14} {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, 0, len(SheetColumns()))
	for _, column := range SheetColumns() {
		head = append(head, excelize.Cell{Value: column, StyleID: bold})
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	for i, line := range lines {
		cells := make([]any, len(line))
		for j, text := range line {
			cell := excelize.Cell{Value: fit(text)}
			if f, err := strconv.ParseFloat(text, 64); err == nil && j == confidenceColumn {
				cell.Value = f
			}
			if c := SheetColumns()[j]; c == "decision" || c == "decided_new_url" || c == "note" {
				cell.StyleID = mine
			}
			cells[j] = cell
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	last := strconv.Itoa(len(lines) + 1)
	if err := book.AutoFilter(name, "A1:M"+last, nil); err != nil {
		return err
	}
	choice := excelize.NewDataValidation(true)
	choice.SetSqref("J2:J" + strconv.Itoa(max(2, len(lines)+1)))
	if err := choice.SetDropList(texts.verdictWords()); err != nil {
		return err
	}
	// Both sets of words are read, so what is not in the list is let in too.
	choice.SetError(excelize.DataValidationErrorStyleWarning, "", "")
	if err := book.AddDataValidation(name, choice); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := writeHowTo(book, texts); err != nil {
		return err
	}
	_, err = book.WriteTo(w)
	return err
}

func writeHowTo(book *excelize.File, texts *words) error {
	name := texts.t("sheet.help")
	if _, err := book.NewSheet(name); err != nil {
		return err
	}
	lines := [][]any{{texts.t("howto.1")}}
	for _, v := range verdicts() {
		lines = append(lines, []any{texts.t("word." + v), texts.t("howto." + v)})
	}
	lines = append(lines, []any{texts.t("howto.2")}, []any{texts.t("howto.3")}, []any{texts.t("howto.4")})
	for i, line := range lines {
		if err := book.SetSheetRow(name, "A"+strconv.Itoa(i+1), &line); err != nil {
			return err
		}
	}
	return book.SetColWidth(name, "A", "A", 14)
}

// fit cuts text that a cell of a workbook cannot hold.
func fit(text string) string {
	r := []rune(text)
	if len(r) > excelize.TotalCellChars/2 { // a character may count twice there
		return string(r[:excelize.TotalCellChars/2])
	}
	return text
}

func verdicts() []string {
	return []string{inventory.Accept, inventory.Reject, inventory.Pick, inventory.Gone, inventory.Ignore}
}

func (w *words) verdictWords() []string {
	var out []string
	for _, v := range verdicts() {
		out = append(out, w.t("word."+v))
	}
	return out
}
