package inventory

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// WriteXLSX writes the pages of f as an Excel workbook of one sheet, "inventory":
// the columns of Columns, a header that stays in sight, filters. Text is stored as
// text, so nothing in it can act as a formula; status and price are numbers. A sheet
// holds 1,048,575 pages and a cell 32,767 characters
// (https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3):
// more pages are an error, and a list of spellings that is longer ends
// with how many are left out. CSV and JSON have no such bounds.
func (p *Project) WriteXLSX(ctx context.Context, w io.Writer, f Filter) error {
	if err := p.writeXLSX(ctx, w, f); err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	return nil
}

const sheetName = "inventory"

func (p *Project) writeXLSX(ctx context.Context, w io.Writer, f Filter) error {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName(book.GetSheetName(0), sheetName); err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	out, err := book.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	for i, width := range []float64{28, 10, 48, 8, 36, 36, 16, 16, 16, 10, 9, 13, 30, 30, 60, 20} {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, 0, len(Columns()))
	for _, name := range Columns() {
		head = append(head, excelize.Cell{Value: name, StyleID: bold})
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	n := 1
	err = p.rows(ctx, f, func(r row) error {
		n++
		if n > excelize.TotalRows {
			return fmt.Errorf("a sheet holds %d rows and there are more pages; write CSV instead", excelize.TotalRows)
		}
		values := make([]any, 0, len(head))
		for i, text := range r.cells() {
			values = append(values, cellValue(i, text))
		}
		return out.SetRow("A"+strconv.Itoa(n), values)
	})
	if err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(head), n)
	if err != nil {
		return err
	}
	if err := book.AutoFilter(sheetName, "A1:"+last, nil); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = book.WriteTo(w)
	return err
}

// cellValue is what the cell in column holds.
func cellValue(column int, text string) any {
	switch {
	case text == "":
		return nil
	case column == statusColumn:
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	case column == priceColumn:
		// A number of more than 15 digits would change (the precision of Excel).
		if f, err := strconv.ParseFloat(text, 64); err == nil && len(text) <= 15 {
			return f
		}
	}
	return fitCell(text)
}

// fitCell shortens a list of words that is too long for a cell, at a blank, and says
// how many are left out.
func fitCell(text string) string {
	const spare = 24 // for the note
	if len(text) <= excelize.TotalCellChars || len(utf16.Encode([]rune(text))) <= excelize.TotalCellChars {
		return text
	}
	units, cut := 0, 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > excelize.TotalCellChars-spare {
			break
		}
		if r == ' ' {
			cut = i
		}
	}
	if cut == 0 {
		return text // one long word; Excel shows its beginning
	}
	return fmt.Sprintf("%s (+%d)", text[:cut], strings.Count(text[cut:], " "))
}
