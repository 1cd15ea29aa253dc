package sources

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// recordReader reads rows of fields as RFC 4180 writes them, and forgives what
// spreadsheets and shop platforms get wrong: quotation marks inside fields that are
// not doubled, and marks that are never closed. encoding/csv loses every row from
// such a mark to the next one; here one row is lost, and named, and reading goes on
// with the next line. Line breaks inside a field become "\n".
type recordReader struct {
	lines  *lineReader
	comma  byte
	strict bool // quotation marks must be right
	want   int  // fields of a row, 0 while not known
	again  int  // bytes that were read a second time
}

// brokenRow is a row that could not be taken apart.
type brokenRow struct {
	line   int
	reason string
}

func (e *brokenRow) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.reason) }

const (
	maxRecord = 4 << 20  // bytes of one row
	maxAgain  = 32 << 20 // bytes read a second time, over all rows
)

// next gives the fields of the next row that is not empty and the line it begins
// on. Errors: io.EOF, *brokenRow (after which reading can go on), ErrRecordTooLong,
// and those of the file.
func (r *recordReader) next() (fields []string, line int, err error) {
	first, line, err := r.lines.next()
	for err == nil && first == "" {
		first, line, err = r.lines.next()
	}
	if err != nil {
		return nil, line, err
	}
	p := fieldParser{comma: r.comma, fields: make([]string, 0, r.want)}
	p.feed(first)
	if !p.open && !p.loose { // nearly every row
		return p.fields, line, nil
	}
	taken, size := []string(nil), len(first)
	for p.open {
		more, _, err := r.lines.next()
		var tooLong *brokenRow
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.As(err, &tooLong) { // it belongs to the field
			taken, size = append(taken, ""), maxRecord+1
			break
		}
		if err != nil {
			return nil, line, err
		}
		taken = append(taken, more)
		if size += len(more) + 1; size > maxRecord {
			break
		}
		p.cur.WriteByte('\n')
		p.feed(more)
	}
	reason := ""
	switch {
	case p.open || size > maxRecord:
		reason = "a quotation mark is not closed"
	case p.loose:
		reason = "a quotation mark inside a field is not doubled"
	default:
		return p.fields, line, nil
	}
	if r.strict {
		return nil, line, r.giveUp(taken, line, reason)
	}
	whole := !p.open && size <= maxRecord && (r.want == 0 || len(p.fields) == r.want)
	if whole && len(taken) == 0 {
		return p.fields, line, nil
	}
	// The mark may have pulled in lines that are rows of their own. The first line
	// alone may still be a row, with the mark as part of a field.
	if fields := unquoted(first, r.comma); len(fields) == r.want {
		if err := r.goBack(taken, line); err != nil {
			return nil, line, err
		}
		return fields, line, nil
	}
	if whole && !r.anyRow(taken) {
		return p.fields, line, nil
	}
	return nil, line, r.giveUp(taken, line, reason)
}

// anyRow says whether one of the lines is a faultless row by itself.
func (r *recordReader) anyRow(lines []string) bool {
	for _, l := range lines {
		p := fieldParser{comma: r.comma}
		if p.feed(l); !p.open && !p.loose && len(p.fields) == r.want {
			return true
		}
	}
	return false
}

func (r *recordReader) giveUp(taken []string, line int, reason string) error {
	if err := r.goBack(taken, line); err != nil {
		return err
	}
	return &brokenRow{line, reason}
}

// goBack returns lines so that they are read again as rows. A file in which that
// happens all the time is given up.
func (r *recordReader) goBack(taken []string, line int) error {
	for _, t := range taken {
		r.again += len(t)
	}
	if r.again > maxAgain {
		return fmt.Errorf("%w: too many quotation marks that are not closed, at line %d", ErrRecordTooLong, line)
	}
	r.lines.unread(taken, line+1)
	return nil
}

// fieldParser takes a row apart line by line.
type fieldParser struct {
	comma  byte
	fields []string
	cur    strings.Builder
	open   bool // inside a quoted field
	loose  bool // a mark stood where none may stand
}

func (p *fieldParser) feed(s string) {
	i := 0
	for {
		if !p.open {
			if p.cur.Len() == 0 && i < len(s) && s[i] == '"' {
				p.open = true
				i++
			} else {
				end := strings.IndexByte(s[i:], p.comma)
				field := s[i:]
				if end >= 0 {
					field = s[i : i+end]
				}
				p.loose = p.loose || strings.IndexByte(field, '"') >= 0
				p.fields = append(p.fields, field)
				if end < 0 {
					return
				}
				i += end + 1
				continue
			}
		}
		mark := strings.IndexByte(s[i:], '"')
		if mark < 0 {
			p.cur.WriteString(s[i:])
			return
		}
		p.cur.WriteString(s[i : i+mark])
		i += mark + 1
		switch {
		case i == len(s), s[i] == p.comma:
			p.fields = append(p.fields, p.cur.String())
			p.cur.Reset()
			p.open = false
			if i == len(s) {
				return
			}
			i++
		case s[i] == '"':
			p.cur.WriteByte('"')
			i++
		default:
			p.loose = true
			p.cur.WriteByte('"')
		}
	}
}

// unquoted splits at every separator; marks around a whole field are taken off.
func unquoted(line string, comma byte) []string {
	fields := strings.Split(line, string(comma))
	for i, f := range fields {
		if len(f) >= 2 && f[0] == '"' && f[len(f)-1] == '"' {
			fields[i] = strings.ReplaceAll(f[1:len(f)-1], `""`, `"`)
		}
	}
	return fields
}

// lineReader gives lines without their ends and counts them. A line of more than
// maxRecord is passed over; in its place stands a *brokenRow, after which reading can
// go on.
type lineReader struct {
	src  *bufio.Reader
	end  byte     // '\n', or '\r' for files of old Macintosh programs
	n    int      // lines given so far
	back []string // lines to give again, first one first
}

func (l *lineReader) next() (string, int, error) {
	if len(l.back) > 0 {
		line := l.back[0]
		l.back = l.back[1:]
		l.n++
		return line, l.n, nil
	}
	var long []byte
	for {
		part, err := l.src.ReadSlice(l.end)
		if len(long)+len(part) > maxRecord {
			return "", l.n + 1, l.pass(err)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(long)+len(part) == 0) {
			return "", l.n + 1, err
		}
		l.n++
		if long != nil {
			part = append(long, part...)
		}
		if n := len(part); n > 0 && part[n-1] == l.end {
			part = part[:n-1]
		}
		if n := len(part); n > 0 && part[n-1] == '\r' {
			part = part[:n-1]
		}
		return string(part), l.n, nil
	}
}

// longLine is why such a line is refused; the figure is that of maxRecord.
const longLine = "a line of more than 4 MiB"

// pass reads to the end of a line that is too long; err is what reading it met so far.
func (l *lineReader) pass(err error) error {
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.src.ReadSlice(l.end)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	l.n++
	return &brokenRow{l.n, longLine}
}

// unread gives lines again; the first of them has the number line.
func (l *lineReader) unread(lines []string, line int) {
	if len(lines) == 0 {
		return
	}
	l.back = append(append([]string(nil), lines...), l.back...)
	l.n = line - 1
}
