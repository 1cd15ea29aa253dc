package review

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/xuri/excelize/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// SheetColumns are the columns of the sheet, in order.
//
//	old_url … old_price     the old page; old_price is "1980 JPY"
//	new_url, new_title      what is proposed; empty: nothing
//	confidence, reason      of the proposal
//	runner_up_url           the second best
//	remark                  of the program: what has changed since a word was given
//	decision                accept, reject, pick, gone, ignore or their Japanese words; empty: open
//	decided_new_url         the page accepted or picked
//	note                    why, in the reviewer's words; stored with the decision
//	exported                decision, new_url, decided_new_url and a sum of the note as they
//	                        were exported, as four words, "none" for an empty one. By it Import
//	                        tells what was changed in the sheet from what was changed in the
//	                        project since.
func SheetColumns() []string {
	return []string{"old_url", "old_title", "old_sku", "old_price", "new_url", "new_title", "confidence", "reason", "runner_up_url",
		"remark", "decision", "decided_new_url", "note", "exported"}
}

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
	if err := decisionSheet(lines, texts).write(w, format); err != nil {
		return 0, err
	}
	return len(lines), nil
}

// line is a row of the sheet.
func (d *deck) line(r *row, texts *words) []string {
	m := r.match
	to, other, chosen := d.sideOrEmpty(m.Proposed), d.sideOrEmpty(m.RunnerUp), d.sideOrEmpty(m.DecidedNew)
	reason := planner.ReasonOf(m).In(texts.code)
	decision, remark := "", ""
	if m.Decision != "" {
		decision = texts.t("word." + m.Decision)
	}
	switch {
	case m.DecidedNew != "" && r.open:
		remark = texts.t("note.chosen-gone")
	case m.Decision == inventory.Reject && r.open:
		remark = texts.t("note.reopened")
	case m.Proposed != "" && to.url == "":
		remark = texts.t("note.new-gone")
	}
	confidence := ""
	if m.Confidence > 0 {
		confidence = strconv.FormatFloat(m.Confidence, 'f', 3, 64)
	}
	return []string{r.old.url, r.old.title, r.old.sku, joined(r.old.price, r.old.currency), to.url, to.title, confidence, reason, other.url,
		remark, decision, chosen.url, m.Note, memory{m.Decision, to.url, chosen.url, noteSum(m.Note)}.String()}
}

// nothing stands for an empty word in the column exported.
const nothing = "none"

// String is the memory as the column exported holds it: four words.
func (m memory) String() string {
	return cmp.Or(m.verdict, nothing) + " " + cmp.Or(m.newURL, nothing) + " " + cmp.Or(m.decidedURL, nothing) + " " + cmp.Or(m.note, nothing)
}

func (d *deck) sideOrEmpty(k catalog.Key) side {
	if s := d.fresh[k]; s != nil {
		return *s
	}
	return side{}
}

// sheet is a table as it is written.
type sheet struct {
	columns []string
	lines   [][]string
	// Of a workbook:
	name    string
	widths  []float64
	mine    []string // columns that a person fills in
	number  []string // columns that hold numbers
	choice  string   // column with a list of words to choose from
	choices []string
	help    string // name of the second sheet
	howTo   [][]any
}

func (s *sheet) writeCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(s.columns); err != nil {
		return err
	}
	for _, line := range s.lines {
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

func (s *sheet) writeXLSX(w io.Writer) error {
	if len(s.lines) >= excelize.TotalRows {
		return fmt.Errorf("a workbook holds %d rows and there are %d; write CSV instead", excelize.TotalRows-1, len(s.lines))
	}
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName(book.GetSheetName(0), s.name); err != nil {
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
	out, err := book.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	for i, width := range s.widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, 0, len(s.columns))
	for _, column := range s.columns {
		head = append(head, excelize.Cell{Value: column, StyleID: bold})
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	for i, line := range s.lines {
		cells := make([]any, len(line))
		for j, text := range line {
			cell := excelize.Cell{Value: fit(text)}
			if f, err := strconv.ParseFloat(text, 64); err == nil && slices.Contains(s.number, s.columns[j]) {
				cell.Value = f
			}
			if slices.Contains(s.mine, s.columns[j]) {
				cell.StyleID = mine
			}
			cells[j] = cell
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	last, err := excelize.ColumnNumberToName(len(s.columns))
	if err != nil {
		return err
	}
	if err := book.AutoFilter(s.name, "A1:"+last+strconv.Itoa(len(s.lines)+1), nil); err != nil {
		return err
	}
	column, err := excelize.ColumnNumberToName(slices.Index(s.columns, s.choice) + 1)
	if err != nil {
		return err
	}
	choice := excelize.NewDataValidation(true)
	choice.SetSqref(column + "2:" + column + strconv.Itoa(max(2, len(s.lines)+1)))
	if err := choice.SetDropList(s.choices); err != nil {
		return err
	}
	// The words of both languages are read, so what is not in the list is let in too.
	choice.SetError(excelize.DataValidationErrorStyleWarning, "", "")
	if err := book.AddDataValidation(s.name, choice); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := s.writeHowTo(book); err != nil {
		return err
	}
	_, err = book.WriteTo(w)
	return err
}

func (s *sheet) writeHowTo(book *excelize.File) error {
	if _, err := book.NewSheet(s.help); err != nil {
		return err
	}
	for i, line := range s.howTo {
		if err := book.SetSheetRow(s.help, "A"+strconv.Itoa(i+1), &line); err != nil {
			return err
		}
	}
	return book.SetColWidth(s.help, "A", "A", 14)
}

// write writes the sheet in one of the formats.
func (s *sheet) write(w io.Writer, format Format) error {
	write := s.writeCSV
	if format == XLSX {
		write = s.writeXLSX
	}
	if err := write(w); err != nil {
		return fmt.Errorf("writing the sheet: %w", err)
	}
	return nil
}

// noteSum stands for a note in the memory; empty for none.
func noteSum(note string) string {
	if note == "" {
		return ""
	}
	return strconv.FormatUint(xxhash.Sum64String(note), 36)
}

// decisionSheet is the sheet of Export.
func decisionSheet(lines [][]string, texts *words) *sheet {
	s := &sheet{
		columns: SheetColumns(), lines: lines, name: texts.t("sheet.name"),
		widths: []float64{44, 40, 14, 12, 44, 40, 10, 36, 30, 26, 12, 40, 30, 14},
		mine:   []string{"decision", "decided_new_url", "note"}, number: []string{"confidence"},
		choice: "decision", choices: texts.verdictWords(), help: texts.t("sheet.help"),
		howTo: [][]any{{texts.t("howto.1")}},
	}
	for _, v := range verdicts() {
		s.howTo = append(s.howTo, []any{texts.t("word." + v), texts.t("howto." + v)})
	}
	s.howTo = append(s.howTo, []any{texts.t("howto.2")}, []any{texts.t("howto.3")}, []any{texts.t("howto.4")})
	return s
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
