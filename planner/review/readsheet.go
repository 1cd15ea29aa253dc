package review

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// Bounds on a sheet: a million rows stay below them.
const (
	maxSheet    = 256 << 20
	maxUnzipped = 1 << 30
)

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSheet+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSheet {
		return nil, fmt.Errorf("%w: it is larger than %d MB", ErrSheet, maxSheet>>20)
	}
	return data, nil
}

// readCSV reads what a spreadsheet program saves: UTF-8 with or without a byte order
// mark, UTF-16 with one, else Shift_JIS as a Japanese Excel writes it; fields between
// commas, semicolons or tabs, whichever the first line has most of.
func readCSV(r io.Reader, form sheetForm, fn func(sheetRow) error) error {
	data, err := readAll(r)
	if err != nil {
		return err
	}
	text, err := decodeSheet(data)
	if err != nil {
		return err
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = -1, true, true
	for _, c := range ",;\t" {
		if bytes.Count(first, []byte(string(c))) > bytes.Count(first, []byte(string(in.Comma))) {
			in.Comma = c
		}
	}
	var head map[string]int
	for {
		record, err := in.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if head == nil {
				return form.missing
			}
			return nil
		case errors.As(err, &broken):
			if head == nil {
				return fmt.Errorf("%w: %w", ErrSheet, err)
			}
			if err := fn(sheetRow{line: broken.StartLine, broken: broken.Err.Error()}); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		line, _ := in.FieldPos(0)
		if head == nil {
			if head, err = form.header(record); err != nil {
				return err
			}
			continue
		}
		if err := fn(form.rowOf(line, head, record)); err != nil {
			return err
		}
	}
}

func decodeSheet(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%w: it is a workbook; name it .xlsx", ErrSheet)
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case utf8.Valid(data):
		return bytes.TrimPrefix(data, []byte("\ufeff")), nil
	}
	return japanese.ShiftJIS.NewDecoder().Bytes(data)
}

// sheetForm says which columns a sheet has.
type sheetForm struct {
	columns []string
	enough  func(has func(name string) bool) bool // whether those that are there will do
	missing error                                 // when they will not
}

func decisionForm() sheetForm {
	return sheetForm{SheetColumns(), func(has func(string) bool) bool {
		return has("old_url") && (has("decision") || has("new_url") || has("decided_new_url"))
	}, ErrSheetHeader}
}

// header finds the columns by their names.
func (f sheetForm) header(record []string) (map[string]int, error) {
	head := map[string]int{}
	for i, name := range record {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := head[name]; !twice {
			head[name] = i
		}
	}
	if !f.enough(func(name string) bool { _, ok := head[name]; return ok }) {
		return nil, f.missing
	}
	return head, nil
}

// rowOf takes the known columns of a record.
func (f sheetForm) rowOf(line int, head map[string]int, record []string) sheetRow {
	r := sheetRow{line: line, cells: map[string]string{}}
	for _, name := range f.columns {
		i, ok := head[name]
		switch {
		case ok && i < len(record):
			r.cells[name] = record[i]
		case ok: // spreadsheet programs leave empty cells at the end of a line away
			r.cells[name] = ""
		}
	}
	return r
}

// readXLSX reads the first sheet whose first line has the columns.
func readXLSX(r io.Reader, form sheetForm, fn func(sheetRow) error) error {
	data, err := readAll(r)
	if err != nil {
		return err
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped / 4})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSheet, err)
	}
	defer book.Close()
	for _, name := range book.GetSheetList() {
		found, err := readWorksheet(book, name, form, fn)
		if err != nil || found {
			return err
		}
	}
	return form.missing
}

func readWorksheet(book *excelize.File, name string, form sheetForm, fn func(sheetRow) error) (found bool, err error) {
	rows, err := book.Rows(name)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrSheet, err)
	}
	defer rows.Close()
	var head map[string]int
	for line := 1; rows.Next(); line++ {
		record, err := rows.Columns()
		if err != nil {
			return true, fmt.Errorf("%w: line %d: %w", ErrSheet, line, err)
		}
		if head == nil {
			if head, err = form.header(record); err != nil {
				return false, nil
			}
			continue
		}
		if err := fn(form.rowOf(line, head, record)); err != nil {
			return true, err
		}
	}
	if err := rows.Error(); err != nil {
		return true, fmt.Errorf("%w: %w", ErrSheet, err)
	}
	return head != nil, nil
}
