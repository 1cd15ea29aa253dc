package match

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"replatform/crawler/catalog"
)

// ErrNoURLColumn is returned by [ReadItems] when the header names no url column.
var ErrNoURLColumn = errors.New("no url column in the header")

// ReadItems reads items from CSV (RFC 4180, comma, UTF-8 with or without byte
// order mark). The first line is the header; the columns, in any order, are url
// (required), type, title, sku, mpn, gtin, price, currency, brand, category,
// image, image_hash and description. Other columns are skipped. Lines without a url, with a
// url seen before or with a wrong number of fields are an error that names the line.
func ReadItems(r io.Reader) ([]Item, error) {
	br, err := skipBOM(r)
	if err != nil {
		return nil, fmt.Errorf("reading items: %w", err)
	}
	cr := csv.NewReader(br)
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
	seen := make(map[string]bool)
	same := make(map[string]string) // values that stand on many lines are kept once
	for {
		rec, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading items: %w", err)
		}
		line, _ := cr.FieldPos(0)
		var it Item
		for i, v := range rec {
			if set[i] == nil || v == "" {
				continue
			}
			if !utf8.ValidString(v) {
				return nil, fmt.Errorf("reading items: line %d: not UTF-8", line)
			}
			set[i](&it, keep(same, v))
		}
		switch {
		case it.URL == "":
			return nil, fmt.Errorf("reading items: line %d: empty url", line)
		case seen[it.URL]:
			return nil, fmt.Errorf("reading items: line %d: url %q occurs twice", line, it.URL)
		}
		seen[it.URL] = true
		items = append(items, it)
	}
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

func skipBOM(r io.Reader) (io.Reader, error) {
	var b [3]byte
	n, err := io.ReadFull(r, b[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if n == 3 && b == [3]byte{0xef, 0xbb, 0xbf} {
		return r, nil
	}
	return io.MultiReader(bytes.NewReader(b[:n]), r), nil
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
