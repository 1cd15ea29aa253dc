package engine

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"replatform/redirects"
)

// csvEngine is the plain table: no engine reads it, people and programs do.
type csvEngine struct{ checkList }

func newCSV() Engine {
	var e csvEngine
	e.checks = e.rowChecks()
	return e
}

func (csvEngine) ID() string { return "csv" }

func (csvEngine) Capabilities() Capabilities {
	own := Evidence{Source: "format of this program", Date: "2026-11-25", Confidence: "high"}
	return Capabilities{
		Name: text("CSV table", "CSV 表"), Kind: kindFile,
		Query: fact(QueryFull, own), HostAware: fact(true, own), Patterns: fact(false, own),
		Statuses: fact([]int{301, 302, 308, 410, 451}, own), Incoming: fact(IncomingDropped, own),
		Proof: text("what the rows mean, no engine", "行の意味そのもの。エンジンはありません"),
	}
}

func (e csvEngine) rowChecks() []check {
	return append(wellFormed(), fromCapabilities(e.Capabilities())...)
}

func (e csvEngine) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("redirects.csv", func(w io.Writer) error {
		return writeCSV(w, []string{"old_url", "new_url", "status"}, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if err := row(r.Source.URL(), r.Target, strconv.Itoa(r.Status)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (csvEngine) Model(m redirects.Map) (Matcher, error) { return newResolverModel(m) }

func (csvEngine) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "CSV 表（旧URL・新URL・ステータス）",
			Install: []string{"redirects.csv を、取り込み先のツールや開発担当者に渡してください。文字コードは UTF-8、区切りはカンマです。"},
			Test:    []string{"取り込み後、`replatform verify` で旧URLを一件ずつ確認してください。"},
			Undo:    []string{"取り込み先で登録した行を削除してください。このファイル自体は何も変更しません。"},
		}
	}
	return Instructions{
		Title:   "CSV table (old URL, new URL, status)",
		Install: []string{"Hand redirects.csv to the tool or the developer that takes it. It is UTF-8 with commas."},
		Test:    []string{"After the import, ask every old address with `replatform verify`."},
		Undo:    []string{"Delete the rows where they were imported. The file itself changes nothing."},
	}
}

// writeCSV writes a table for import by a program (RFC 4180, LF). Cells are not
// altered, so a cell that a spreadsheet would take for a formula ends it with an
// error (OWASP, CSV injection).
func writeCSV(w io.Writer, head []string, rows func(row func(...string) error) error) error {
	c := csv.NewWriter(w)
	if head != nil {
		if err := c.Write(head); err != nil {
			return err
		}
	}
	err := rows(func(cells ...string) error {
		for _, cell := range cells {
			if cell != "" {
				switch cell[0] {
				case '=', '+', '-', '@', '\t', '\r', '\n':
					return fmt.Errorf("cell %.40q could be taken for a formula", cell)
				}
			}
		}
		return c.Write(cells)
	})
	if err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}
