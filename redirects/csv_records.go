package redirects

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
)

// maxRecord is how far the end of an opening quote is looked for, in bytes. A row has
// two addresses and a few words.
const maxRecord = 1 << 20

// errUnclosed is what is wrong with a row that has a quote too few.
var errUnclosed = NewProblem("a quote is opened and not closed", "引用符（\"）が閉じられていません")

// csvRow is one row of a file, readable until the next one.
type csvRow struct {
	line  int // of its begin, from 1
	cells []string
	text  string // its first line; only of a row with an error
}

// csvRows reads a file row by row. A quote that is opened and never closed makes a CSV
// reader take all lines behind it for one cell. Here it costs one line: those behind it
// are read again, each by itself up to the line that showed the mistake.
type csvRows struct {
	comma rune
	lines lineReader
	buf   *bufio.Reader
	csv   *csv.Reader
	first int // the line that csv counts as its first
}

func newCSVRows(in *bufio.Reader, comma rune) *csvRows {
	r := &csvRows{comma: comma, lines: lineReader{in: in, next: 1}}
	r.buf = bufio.NewReader(&r.lines)
	r.restart()
	return r
}

// restart begins with the next line. A csv.Reader has no way back.
func (r *csvRows) restart() {
	r.lines.forget()
	r.buf.Reset(&r.lines)
	r.first = r.lines.next
	r.csv = csv.NewReader(r.buf)
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = r.comma, -1, true
}

// next returns the next row. whole tells whether cells can be those of one row, which
// they are not when an address has a line break. An error other than io.EOF and those of
// the file concerns the row, whose line is given with it.
func (r *csvRows) next(whole func(cells []string) bool) (csvRow, error) {
	for {
		r.lines.forget()
		cells, err := r.csv.Read()
		if errors.Is(err, io.EOF) && r.lines.more() {
			r.restart()
			continue
		}
		row := csvRow{cells: cells}
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad):
			row.line = r.first + bad.StartLine - 1
			err = NewProblem(bad.Err.Error(), "引用符（\"）の使い方が正しくありません")
			if bad.Line > bad.StartLine || r.lines.cut {
				err = errUnclosed
			}
		case err != nil:
			return csvRow{}, err
		default:
			line, _ := r.csv.FieldPos(0)
			row.line = r.first + line - 1
			if !whole(cells) {
				err = errUnclosed
			}
		}
		if err != nil {
			row.text = r.lines.line(row.line)
		}
		if errors.Is(err, errUnclosed) {
			r.lines.again(row.line + 1)
			r.restart()
		}
		return row, err
	}
}

// lineReader gives a file in pieces that never reach over the end of a line, so that
// what a csv.Reader has taken is what it needed for its row, and keeps them until they
// are forgotten. Lines that are given again end in io.EOF, each by itself.
type lineReader struct {
	in       *bufio.Reader
	next     int    // the line that is given next, from 1
	piece    []byte // of the line that is being given
	held     []byte // all that was given since forget
	since    int    // the line with which held begins
	alone    []byte // lines to be given again
	byItself bool   // piece is of a line that is given by itself
	ended    bool   // the end of such a line has been given
	err      error  // of the file, behind the last piece
	cut      bool   // held has reached maxRecord, so that an end was feigned
}

// forget lets go of the lines given so far.
func (l *lineReader) forget() {
	l.held, l.since, l.cut = l.held[:0], l.next, false
}

// more tells whether an io.EOF was not that of the file.
func (l *lineReader) more() bool {
	again := l.ended || l.cut
	l.ended = false
	return again
}

// line is the text of a line that is held.
func (l *lineReader) line(n int) string {
	text := l.held
	for ; n > l.since; n-- {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	text, _, _ = bytes.Cut(text, []byte("\n"))
	return string(text)
}

// again gives the lines from n on once more, each by itself, except for the last one:
// the line that showed the mistake may begin a row of several lines.
func (l *lineReader) again(n int) {
	text := l.held
	for i := l.since; i < n; i++ {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	l.alone = append(bytes.Clone(text), l.alone...)
	l.next, l.ended, l.piece = n, false, nil
}

// Read gives the next piece of a line.
func (l *lineReader) Read(p []byte) (int, error) {
	if l.ended {
		return 0, io.EOF
	}
	if len(l.piece) == 0 {
		if l.err != nil && !errors.Is(l.err, bufio.ErrBufferFull) && len(l.alone) == 0 {
			return 0, l.err
		}
		if len(l.held) > maxRecord && l.next > l.since {
			l.cut = true
			return 0, io.EOF
		}
		if len(l.alone) > 0 {
			i := bytes.IndexByte(l.alone, '\n') + 1
			if i == 0 {
				i = len(l.alone)
			}
			l.piece, l.alone = l.alone[:i], l.alone[i:]
			l.byItself = len(l.alone) > 0
		} else {
			l.byItself = false
			l.piece, l.err = l.in.ReadSlice('\n') // of a long line a part
		}
		l.held = append(l.held, l.piece...)
	}
	n := copy(p, l.piece)
	if n > 0 && l.piece[n-1] == '\n' {
		l.next++
		l.ended = l.byItself
	}
	l.piece = l.piece[n:]
	return n, nil
}
