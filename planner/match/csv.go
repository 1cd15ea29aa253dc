package match

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"replatform/crawler/catalog"
	"replatform/redirects"
)

// ErrNoURLColumn is returned by [ReadItems] when the header names no url column.
var ErrNoURLColumn = errors.New("no url column in the header")

// RowError is a line of a list that cannot be used.
type RowError struct {
	Line     int    // from 1
	Reason   string // English
	ReasonJA string // Japanese
}

// Error says the line and what is wrong with it.
func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// In is the reason in "ja" or "en".
func (e *RowError) In(lang string) string {
	if lang == "ja" {
		return e.ReasonJA
	}
	return e.Reason
}

// ReadItems is ScanItems for a list that must have no bad line: the first one is its
// error.
func ReadItems(r io.Reader) ([]Item, error) {
	return ScanItems(r, func(e *RowError) error { return e })
}

// ScanItems reads items from CSV (RFC 4180, comma) in UTF-8, with or without byte order
// mark, in UTF-16 with one, or in Shift_JIS (CP932). The first line is the header; the
// columns, in any order, are url (required), type, title, sku, mpn, gtin, price,
// currency, brand, category, image, image_hash and description. Other columns are
// skipped. bad is told of each line that is left out: without a url, with a url seen
// before, with a wrong number of fields, with broken quotes, in no charset. What it
// returns ends the reading. [ErrNoURLColumn] is returned without such a column.
func ScanItems(r io.Reader, bad func(*RowError) error) ([]Item, error) {
	cr := csv.NewReader(transform.NewReader(r, unicode.BOMOverride(transform.Nop)))
	cr.ReuseRecord = true
	head, err := cr.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = ErrNoURLColumn
		}
		return nil, fmt.Errorf("reading items: header: %w", err)
	}
	set := make([]func(*Item, string), len(head))
	hasURL := false
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		set[i] = columns[name]
		hasURL = hasURL || name == "url"
	}
	if !hasURL {
		return nil, fmt.Errorf("reading items: %w", ErrNoURLColumn)
	}
	var items []Item
	var charset redirects.CellCharset
	seen := make(map[string]int32)  // url -> line
	same := make(map[string]string) // values that stand on many lines are kept once
	for {
		rec, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		var it Item
		row := brokenRow(err)
		switch {
		case row != nil:
		case err != nil:
			return nil, fmt.Errorf("reading items: %w", err)
		default:
			line, _ := cr.FieldPos(0)
			it, row = itemOfLine(rec, set, &charset, same)
			if row == nil && seen[it.URL] > 0 {
				row = &RowError{0, fmt.Sprintf("url %q occurs twice, first on line %d", clip(it.URL), seen[it.URL]),
					fmt.Sprintf("URL %q は %d 行目にもあります", clip(it.URL), seen[it.URL])}
			}
			if row != nil {
				row.Line = line
			} else {
				seen[it.URL] = int32(line)
			}
		}
		if row == nil {
			items = append(items, it)
		} else if err := bad(row); err != nil {
			return nil, fmt.Errorf("reading items: %w", err)
		}
	}
}

// brokenRow tells of a line that the CSV reader could not take apart; nil for every other
// error.
func brokenRow(err error) *RowError {
	var broken *csv.ParseError
	switch {
	case !errors.As(err, &broken):
		return nil
	case errors.Is(err, csv.ErrFieldCount):
		return &RowError{broken.StartLine, csv.ErrFieldCount.Error(), "列の数が見出しと違います"}
	case broken.Line > broken.StartLine:
		return &RowError{broken.StartLine, fmt.Sprintf("a quote is opened and not closed; nothing is read up to line %d", broken.Line),
			fmt.Sprintf("引用符（\"）が閉じられていません。%d 行目までは読み取れません", broken.Line)}
	}
	return &RowError{broken.StartLine, broken.Err.Error(), "引用符（\"）の使い方が正しくありません"}
}

// itemOfLine makes an item of a line; the error has no line yet.
func itemOfLine(rec []string, set []func(*Item, string), charset *redirects.CellCharset, same map[string]string) (Item, *RowError) {
	var it Item
	if charset.Decode(rec) != nil {
		return it, &RowError{0, "not UTF-8, nor Shift_JIS", "文字コードが UTF-8 でも Shift_JIS でもありません"}
	}
	for i, v := range rec {
		if set[i] != nil && v != "" {
			set[i](&it, keep(same, v))
		}
	}
	if it.URL == "" {
		return it, &RowError{0, "empty url", "url の列が空です"}
	}
	return it, nil
}

// clip shortens what is shown of an address.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		return cut(s, most) + "…"
	}
	return s
}

// keep copies a value, or finds the copy that is there already: brands, categories
// and currencies are the same on many lines.
func keep(same map[string]string, v string) string {
	const short, many = 40, 1 << 16
	if len(v) > short {
		return strings.Clone(v)
	}
	if s, ok := same[v]; ok {
		return s
	}
	s := strings.Clone(v)
	if len(same) < many {
		same[s] = s
	}
	return s
}

// maxDescription is how many bytes of a description are kept; no more are looked at.
const maxDescription = 4096

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n])
}

var columns = map[string]func(*Item, string){
	"url":         func(it *Item, v string) { it.URL = strings.TrimSpace(v) },
	"type":        func(it *Item, v string) { it.Type = catalog.PageType(strings.ToLower(strings.TrimSpace(v))) },
	"title":       func(it *Item, v string) { it.Title = v },
	"sku":         func(it *Item, v string) { it.SKU = v },
	"mpn":         func(it *Item, v string) { it.MPN = v },
	"gtin":        func(it *Item, v string) { it.GTIN = v },
	"price":       func(it *Item, v string) { it.Price = v },
	"currency":    func(it *Item, v string) { it.Currency = v },
	"brand":       func(it *Item, v string) { it.Brand = v },
	"category":    func(it *Item, v string) { it.Category = v },
	"image":       func(it *Item, v string) { it.Image = v },
	"image_hash":  func(it *Item, v string) { it.ImageHash = strings.TrimSpace(v) },
	"description": func(it *Item, v string) { it.Description = cut(v, maxDescription) },
}

// WritePairs writes a result as CSV with the columns old_url, new_url,
// confidence, class, reason, runner_up and runner_up_confidence, one line for
// every old item. lang is the language of the reason, "ja" or "en". Reasons that a
// spreadsheet would take for a formula get an apostrophe in front (OWASP, "CSV
// Injection", read 2026-11); addresses are written as they are when they begin
// like one (with a letter or a slash), because any other byte would break the map.
func WritePairs(w io.Writer, old, new []Item, pairs []Pair, lang string) error {
	pw, err := NewPairWriter(w, old, new, lang)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if err := pw.Write(p); err != nil {
			return err
		}
	}
	return pw.Flush()
}

// PairWriter writes what WritePairs writes, one pair at a time.
type PairWriter struct {
	csv      *csv.Writer
	old, new []Item
	lang     string
	rec      [7]string
}

// NewPairWriter writes the header.
func NewPairWriter(w io.Writer, old, new []Item, lang string) (*PairWriter, error) {
	pw := &PairWriter{csv: csv.NewWriter(w), old: old, new: new, lang: lang}
	err := pw.csv.Write([]string{"old_url", "new_url", "confidence", "class", "reason", "runner_up", "runner_up_confidence"})
	if err != nil {
		return nil, fmt.Errorf("writing pairs: %w", err)
	}
	return pw, nil
}

// Write writes one pair of the lists that NewPairWriter was given.
func (w *PairWriter) Write(p Pair) error {
	w.rec = [7]string{0: guard(w.old[p.Old].URL), 3: string(p.Class), 4: guard(Reason(p.Evidence, w.lang))}
	if p.New >= 0 {
		w.rec[1], w.rec[2] = guard(w.new[p.New].URL), confidence(p.Confidence)
	}
	if p.RunnerUp >= 0 {
		w.rec[5], w.rec[6] = guard(w.new[p.RunnerUp].URL), confidence(p.RunnerUpConfidence)
	}
	if err := w.csv.Write(w.rec[:]); err != nil {
		return fmt.Errorf("writing pairs: %w", err)
	}
	return nil
}

// Flush writes what is held back. It is to be called at the end.
func (w *PairWriter) Flush() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return fmt.Errorf("writing pairs: %w", err)
	}
	return nil
}

func confidence(c float64) string { return strconv.FormatFloat(c, 'f', 6, 64) }

// guard disarms a cell that a spreadsheet would take for a formula. No address
// begins with one of these bytes.
func guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
