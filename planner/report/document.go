package report

import (
	"strings"
	"time"

	"replatform/planner"
)

// document is a plan as it is read: chapters of blocks, in one language. HTML,
// Markdown and the golden tests are made from it, so they cannot differ in content.
type document struct {
	Lang, Other, OtherFile string
	Title, Kicker, Subline string
	Cover                  []block
	Chapters               []chapter
}

// chapter is one chapter of a document.
type chapter struct {
	No, ID, Title string
	Blocks        []block
}

// block is one piece of a chapter. Kind says which of the fields are used.
type block struct {
	Kind   blockKind
	Lang   string // of a consultant's text that is not in the language of the document; empty: it is
	Text   string
	Items  []item
	Table  *table
	Cards  []card
	Figure *figure
	Lines  []string // of code
	Rows   int      // of the full map
}

type blockKind string

const (
	kindHeading blockKind = "heading" // Text
	kindPara    blockKind = "para"    // Text
	kindSmall   blockKind = "small"   // Text
	kindCallout blockKind = "callout" // Text as its headline, Items below
	kindList    blockKind = "list"    // Items
	kindNumbers blockKind = "numbers" // Items, numbered
	kindTicks   blockKind = "ticks"   // Items with a box to tick
	kindTerms   blockKind = "terms"   // Items: Lead explains Text
	kindTable   blockKind = "table"
	kindCards   blockKind = "cards"
	kindFigure  blockKind = "figure"
	kindCode    blockKind = "code"
	kindMap     blockKind = "map" // the full redirect map, drawn by script
)

// item is one entry of a list.
type item struct {
	Lead string // set strong, before the text
	Text string
	Note string // smaller, below
	ID   string // anchor
}

type card struct {
	Figure, Text string
}

// table is a table with a caption that names what is counted.
type table struct {
	Caption string
	Head    []column
	Rows    []row
}

type column struct {
	Text string
	Num  bool
}

type row struct {
	Cells  []cell
	Chosen bool
	ID     string // anchor
}

// cell is one cell; Text may come from a shop and is never markup.
type cell struct {
	Text   string
	Note   string // smaller, below
	Code   string // an address, below the text
	Num    bool
	Header bool
	Class  string // yes, no, unknown, or a strength
}

// figure is a picture with its words, and the same figures as a table.
type figure struct {
	Chart   *chart // nil: there is nothing to draw
	Caption string
	Table   *table
}

func para(s string) block    { return block{Kind: kindPara, Text: s} }
func small(s string) block   { return block{Kind: kindSmall, Text: s} }
func heading(s string) block { return block{Kind: kindHeading, Text: s} }

func text(s string) cell   { return cell{Text: s} }
func head(s string) cell   { return cell{Text: s, Header: true} }
func number(s string) cell { return cell{Text: s, Num: true} }

func cols(names ...string) []column {
	out := make([]column, len(names))
	for i, n := range names {
		out[i] = column{Text: n}
	}
	return out
}

// numeric marks the columns from i on as numbers.
func numeric(c []column, from int) []column {
	for i := from; i < len(c); i++ {
		c[i].Num = true
	}
	return c
}

func rows(cells ...[]cell) []row {
	out := make([]row, len(cells))
	for i, c := range cells {
		out[i] = row{Cells: c}
	}
	return out
}

// when writes the time of a task: its date where the clock is known, else its offset.
func (w *words) when(a planner.TaskAt) string {
	s := w.offset(a.Offset)
	if !a.From.IsZero() {
		s = w.shortDate(a.From)
		if !a.Until.IsZero() {
			s += " – " + w.shortDate(a.Until)
		} else if _, end, ok := strings.Cut(a.Offset, ".."); ok { // its clock is not set
			s += " – " + w.offset(end)
		}
		s = w.beside(s, "["+w.offset(a.Offset)+"]")
	}
	if a.Label != "" {
		s = w.beside(s, w.or("label."+a.Label, a.Label))
	}
	if a.Past {
		s = w.or("label.now", "now") + w.printer.Sprintf(w.or("label.was", " (%s)"), s)
	}
	return s
}

// beside puts a remark behind a text. No blank stands next to a bracket of full width,
// which brings its own.
func (w *words) beside(s, remark string) string {
	if strings.HasSuffix(s, "）") || strings.HasPrefix(remark, "（") {
		return s + remark
	}
	return s + " " + remark
}

func (w *words) whens(times []planner.TaskAt) string {
	s := ""
	for i, a := range times {
		if i > 0 {
			s += " / "
		}
		s += w.when(a)
	}
	return s
}

// shortDate writes a day with its weekday in few characters, and marks weekends and
// the turn of the year.
func (w *words) shortDate(t time.Time) string {
	days := [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	if w.code == "ja" {
		days = [...]string{"日", "月", "火", "水", "木", "金", "土"}
		return t.Format("2006/1/2") + "（" + days[t.Weekday()] + "）" + w.closed(t)
	}
	return days[t.Weekday()] + t.Format(" 2 Jan 2006") + w.closed(t)
}

// closed marks days on which many offices are closed: the turn of the year, and
// public holidays where a calendar of them is set.
func (w *words) closed(t time.Time) string {
	if w.holidays != nil {
		if _, observed, _ := w.holidays.IsHoliday(t); observed && (t.Month() != time.January || t.Day() > 3) {
			return w.or("label.holiday", "")
		}
	}
	if t.Month() == time.December && t.Day() >= 29 || t.Month() == time.January && t.Day() <= 3 {
		return w.or("label.new-year", "")
	}
	return ""
}
