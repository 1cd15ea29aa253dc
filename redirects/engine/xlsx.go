package engine

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"replatform/redirects"
)

// xlsx is a workbook for people: one sheet, one row a redirect, all cells text.
type xlsx struct{ checkList }

func newXLSX() Engine {
	var e xlsx
	e.checks = append(wellFormed(), fromCapabilities(e.Capabilities())...)
	return e
}

// excelLimits is where the sizes of a sheet are stated: TotalRows, TotalCellChars.
const excelLimits = "https://github.com/qax-os/excelize (templates.go)"

func (xlsx) ID() string { return "xlsx" }

func (xlsx) Capabilities() Capabilities {
	own := Evidence{Source: "format of this program", Date: "2026-11-25", Confidence: "high"}
	limits := Evidence{excelLimits, "undated, read 2026-11", "high"}
	return Capabilities{
		Name: text("Excel workbook", "Excel ブック"), Kind: kindFile,
		Query: fact(QueryFull, own), HostAware: fact(true, own), Patterns: fact(false, own),
		Statuses: fact([]int{301, 302, 308, 410, 451}, own), Incoming: fact(IncomingDropped, own),
		MaxRows: []Limit{{"", excelize.TotalRows - 1, limits}}, MaxSource: fact(excelize.TotalCellChars-300, limits), MaxTarget: fact(excelize.TotalCellChars, limits),
		Proof: text("what the rows mean, no engine", "行の意味そのもの。エンジンはありません"),
	}
}

// Write streams the rows through a temporary file of the library. Cells are
// strings, so a spreadsheet never takes one for a formula.
func (e xlsx) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("redirects.xlsx", func(w io.Writer) (err error) {
		f := excelize.NewFile()
		defer func() { err = errors.Join(err, f.Close()) }()
		const sheet = "redirects"
		if err := f.SetSheetName("Sheet1", sheet); err != nil {
			return err
		}
		sw, err := f.NewStreamWriter(sheet)
		if err != nil {
			return err
		}
		if err := errors.Join(sw.SetColWidth(1, 2, 60), sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})); err != nil {
			return err
		}
		if err := sw.SetRow("A1", []any{"old_url", "new_url", "status"}); err != nil {
			return err
		}
		n := 1
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			n++
			if err := sw.SetRow(fmt.Sprintf("A%d", n), []any{r.Source.URL(), r.Target, r.Status}); err != nil {
				return err
			}
		}
		if err := sw.Flush(); err != nil {
			return err
		}
		return f.Write(w)
	})
}

func (xlsx) Model(m redirects.Map) (Matcher, error) { return newResolverModel(m) }

func (xlsx) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Excel ブック（旧URL・新URL・ステータス）",
			Install: []string{"redirects.xlsx は人が確認するための表です。取り込みには、取り込み先に合った形式を書き出してください。"},
			Test:    []string{"取り込み後、`replatform verify` で旧URLを一件ずつ確認してください。"},
			Undo:    []string{"このファイル自体は何も変更しません。"},
		}
	}
	return Instructions{
		Title:   "Excel workbook (old URL, new URL, status)",
		Install: []string{"redirects.xlsx is for people to look through. For an import write the format of whoever takes it."},
		Test:    []string{"After the import, ask every old address with `replatform verify`."},
		Undo:    []string{"The file itself changes nothing."},
	}
}
