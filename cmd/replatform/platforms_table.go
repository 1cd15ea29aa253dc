package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// line prints one line of a result.
func (t *talk) line(s string) { fmt.Fprintln(t.out, s) }

// table prints rows in columns. Japanese letters take two places on a terminal,
// which text/tabwriter does not know.
func (t *talk) table(rows [][]string) error {
	var b strings.Builder
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 { // what stands last needs no padding
				widths[i] = max(widths[i], displayWidth(clean(cell)))
			}
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			cell = clean(cell)
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-displayWidth(cell)+2))
			}
		}
		b.WriteByte('\n')
	}
	if _, err := io.WriteString(t.out, b.String()); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// displayWidth is how many places a text takes on a terminal: two for wide and
// fullwidth letters (Unicode Standard Annex #11), one for others.
func displayWidth(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n++
		}
	}
	return n
}
