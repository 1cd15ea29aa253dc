package redirects

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// columnNames are the headings under which a column is known, in lower case.
func columnNames() map[string]string {
	return map[string]string{
		"old": "old", "old_url": "old", "old url": "old", "old address": "old", "source url": "old", "from url": "old",
		"旧アドレス": "old", "転送元url": "old", "移転元": "old", "移転元url": "old", "リダイレクト元": "old", "リダイレクト元url": "old",
		"new": "new", "new address": "new", "target url": "new", "to url": "new", "destination url": "new",
		"新アドレス": "new", "転送先url": "new", "移転先": "new", "移転先url": "new", "リダイレクト先": "new", "リダイレクト先url": "new",
		"source": "old", "from": "old", "redirect from": "old", "origin": "old", "path": "old", "旧url": "old", "転送元": "old",
		"old path": "old", "request_path": "old", "matchurl": "old", "domain": "host",
		"manual url/path": "new", "target_path": "new", "result.redirecturl": "new", "result.statuscode": "status", "redirect_type": "status",
		"regex": "pattern", "matching": "pattern", "format": "pattern", "command": "command",
		"new_url": "new", "new url": "new", "target": "new", "to": "new", "redirect to": "new", "destination": "new", "新url": "new", "転送先": "new",
		"status": "status", "code": "status", "http_code": "status", "statuscode": "status", "type": "status", "ステータス": "status",
		"action": "action", "label": "label", "note": "label",
	}
}

// ReadCSV reads a redirect map from CSV, row by row: RFC 4180 with comma,
// semicolon or tab, in UTF-8, in UTF-16 with a byte order mark, or in Shift_JIS
// (CP932), as a Japanese Excel saves it. With a heading row the
// columns are found by name (old_url, new_url, status, action; also the headings of
// the common platforms and plugins); without one they are old URL, new URL, status.
// A missing status means 301. Of a file with an action column only the actions
// redirect and gone make rules; an empty action is judged by target and status. A
// column that says that the row is a pattern makes it unusable.
//
// A row that cannot be used yields a RowError and reading goes on.
func ReadCSV(r io.Reader) iter.Seq2[Rule, error] {
	return func(yield func(Rule, error) bool) {
		in := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), 64<<10)
		c := csv.NewReader(in)
		c.FieldsPerRecord = -1
		c.ReuseRecord = true
		c.Comma = delimiter(in)
		columns := map[string]int{"old": 0, "new": 1, "status": 2}
		var charset cellCharset
		for first := true; ; {
			record, err := c.Read()
			if err == io.EOF {
				return
			}
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				if !yield(Rule{}, &RowError{Line: bad.StartLine, Err: bad.Err}) {
					return
				}
				continue
			}
			if err != nil {
				yield(Rule{}, fmt.Errorf("reading redirect CSV: %w", err))
				return
			}
			line, _ := c.FieldPos(0)
			if err := charset.decode(record); err != nil {
				if !yield(Rule{Line: line}, &RowError{Line: line, Err: err}) {
					return
				}
				continue
			}
			if first {
				first = false
				if named := heading(record); named != nil {
					columns = named
					continue
				}
			}
			rule, use, err := ruleOf(record, columns)
			if err != nil {
				err = &RowError{Line: line, Err: err}
			}
			rule.Line = line
			if (use || err != nil) && !yield(rule, err) {
				return
			}
		}
	}
}

// cellCharset is what the cells of a file are written in: UTF-8 until a cell is not. In
// Shift_JIS no second byte of a character is a quote, a separator or an end of line, so
// that the file can be cut into cells before it is decoded.
type cellCharset struct{ shiftJIS bool }

// decode makes the cells of a record UTF-8, in place.
func (c *cellCharset) decode(record []string) error {
	for i, cell := range record {
		if !c.shiftJIS && utf8.ValidString(cell) {
			continue
		}
		c.shiftJIS = true
		text, err := japanese.ShiftJIS.NewDecoder().String(cell)
		if err != nil || strings.ContainsRune(text, utf8.RuneError) {
			return fmt.Errorf("neither UTF-8 nor Shift_JIS: %.40q", cell)
		}
		record[i] = text
	}
	return nil
}

// delimiter guesses the separator from the first line.
func delimiter(in *bufio.Reader) rune {
	head, _ := in.Peek(1024)
	line, _, _ := strings.Cut(string(head), "\n")
	for _, d := range []rune{'\t', ','} {
		if strings.ContainsRune(line, d) {
			return d
		}
	}
	if strings.Contains(line, ";") {
		return ';'
	}
	return ','
}

// heading returns the place of each known column, or nil for a row of data.
func heading(record []string) map[string]int {
	known, columns := columnNames(), map[string]int{}
	for i, cell := range record {
		if name, ok := known[strings.ToLower(strings.TrimSpace(cell))]; ok {
			if _, twice := columns[name]; !twice {
				columns[name] = i
			}
		}
	}
	if _, ok := columns["old"]; !ok {
		return nil
	}
	return columns
}

// ruleOf makes a rule of one record; use is false for rows that ask for none.
func ruleOf(record []string, columns map[string]int) (r Rule, use bool, err error) {
	cell := func(name string) string {
		if i, ok := columns[name]; ok && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	old, target, status, action := cell("old"), cell("new"), cell("status"), strings.ToLower(cell("action"))
	if old == "" && target == "" {
		return r, false, nil
	}
	switch action {
	case "", "redirect", "gone":
	default:
		return r, false, nil
	}
	switch pattern := strings.ToLower(cell("pattern")); pattern {
	case "", "0", "false", "plain":
	case "exact": // Rank Math, which takes the slashes off
		if !strings.Contains(old, "://") {
			old = "/" + strings.TrimLeft(old, "/")
		}
	default:
		return r, false, fmt.Errorf("a pattern (%.20q), not a fixed address", pattern)
	}
	if strings.EqualFold(cell("command"), "delete") {
		return r, false, nil
	}
	if r.Source, err = ParseSource(withHost(old, cell("host"))); err != nil {
		return r, false, err
	}
	r.Target, r.Label = strings.Clone(target), strings.Clone(cell("label"))
	switch {
	case status != "" && status != "0":
		if r.Status, err = strconv.Atoi(status); err != nil {
			return r, false, fmt.Errorf("status %s is not a number", clip(status))
		}
	case action == "gone":
		r.Status = 410
	default:
		r.Status = 301
	}
	return r, true, nil
}

// withHost completes an old address: with the host of its own column, and with the
// scheme where a row begins with a host (the lists of Cloudflare).
func withHost(old, host string) string {
	switch {
	case host != "" && strings.HasPrefix(old, "/"):
		return "https://" + host + old
	case old == "" || strings.HasPrefix(old, "/") || strings.Contains(old, "://"):
		return old
	}
	name, rest, _ := strings.Cut(old, "/")
	if strings.Contains(name, ".") && strings.Contains(old, "/") && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-.:") == "" {
		return "https://" + name + "/" + rest
	}
	return old
}

// OpenCSV returns the map in a CSV file as ReadCSV reads it. The file is opened
// anew for each walk; only whether it can be opened is checked now.
func OpenCSV(path string) (Map, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening redirect map: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("opening redirect map: %w", err)
	}
	return MapFunc(func() iter.Seq2[Rule, error] {
		return func(yield func(Rule, error) bool) {
			f, err := os.Open(path)
			if err != nil {
				yield(Rule{}, fmt.Errorf("opening redirect map: %w", err))
				return
			}
			defer func() { _ = f.Close() }()
			for r, err := range ReadCSV(f) {
				if !yield(r, err) {
					return
				}
			}
		}
	}), nil
}
