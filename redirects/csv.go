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

// actionOf knows the actions of a plan, in the words of its files and of its documents,
// by what a map makes of them: redirect, gone, or nothing.
func actionOf(word string) (action string, known bool) {
	switch word {
	case "", "redirect", "転送", "リダイレクト":
		return "redirect", true
	case "gone", "廃止", "gone (404 or 410)", "なくなりました（404・410）":
		return "gone", true
	case "keep", "same address", "そのまま", "住所はそのまま", "ignore", "not redirected", "転送しない", "ask", "to decide", "要判断":
		return "", true
	}
	return "", false
}

// ReadCSV reads a redirect map from CSV, row by row: RFC 4180 with comma,
// semicolon or tab, in UTF-8, in UTF-16 with a byte order mark, or in Shift_JIS
// (CP932), as a Japanese Excel saves it. With a heading row the
// columns are found by name (old_url, new_url, status, action; also the headings of
// the common platforms and plugins); without one they are old URL, new URL, status.
// A missing status means 301. Of a file with an action column the actions redirect and
// gone make rules, keep, ignore and ask make none, and every other word makes the row
// unusable; an empty action is judged by target and status. A column that says that the
// row is a pattern makes it unusable.
//
// A row that cannot be used yields a RowError and reading goes on. A quote that is never
// closed, as is known by a line break in an address, costs its own line only.
func ReadCSV(r io.Reader) iter.Seq2[Rule, error] {
	return func(yield func(Rule, error) bool) {
		in := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), 64<<10)
		rows := newCSVRows(in, delimiter(in))
		columns := map[string]int{"old": 0, "new": 1, "status": 2}
		var charset CellCharset
		whole := func(cells []string) bool { return !brokenAddress(cells, columns) }
		for first := true; ; {
			row, err := rows.next(whole)
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil && row.line == 0:
				yield(Rule{}, fmt.Errorf("reading redirect CSV: %w", err))
				return
			case err == nil:
				err = charset.Decode(row.cells)
			}
			if err != nil {
				old, target := strings.ToValidUTF8(row.text, "\ufffd"), ""
				if row.text == "" {
					old, target = cellOf(row.cells, columns, "old"), cellOf(row.cells, columns, "new")
				}
				if !yield(Rule{Line: row.line}, NewRowError(row.line, err, old, target)) {
					return
				}
				continue
			}
			if first {
				first = false
				if named := heading(row.cells); named != nil {
					columns = named
					continue
				}
			}
			rule, use, err := ruleOf(row.cells, columns)
			if err != nil {
				err = NewRowError(row.line, err, cellOf(row.cells, columns, "old"), cellOf(row.cells, columns, "new"))
			}
			rule.Line = row.line
			if (use || err != nil) && !yield(rule, err) {
				return
			}
		}
	}
}

// brokenAddress tells whether a cell that holds an address has a line break.
func brokenAddress(cells []string, columns map[string]int) bool {
	return strings.ContainsRune(cellOf(cells, columns, "old"), '\n') || strings.ContainsRune(cellOf(cells, columns, "new"), '\n')
}

// cellOf is the cell of a column, without blanks around it; empty when the row has none.
func cellOf(cells []string, columns map[string]int, name string) string {
	if i, ok := columns[name]; ok && i < len(cells) {
		return strings.TrimSpace(cells[i])
	}
	return ""
}

// CellCharset is what the cells of a CSV file are written in: UTF-8 until a cell is not,
// then Shift_JIS (CP932), as a Japanese Excel saves it. In Shift_JIS no second byte of a
// character is a quote, a separator or an end of line, so that a file can be cut into
// cells before it is decoded. The zero value is the state before the first row.
type CellCharset struct{ shiftJIS bool }

// Decode makes the cells of a row UTF-8, in place. It is an error when a cell is in
// neither charset.
func (c *CellCharset) Decode(record []string) error {
	for i, cell := range record {
		if !c.shiftJIS && utf8.ValidString(cell) {
			continue
		}
		c.shiftJIS = true
		text, err := japanese.ShiftJIS.NewDecoder().String(cell)
		if err != nil || strings.ContainsRune(text, utf8.RuneError) {
			return NewProblem(fmt.Sprintf("neither UTF-8 nor Shift_JIS: %.40q", cell), fmt.Sprintf("文字コードが UTF-8 でも Shift_JIS でもありません：%.40q", cell))
		}
		record[i] = text
	}
	return nil
}

// delimiter finds the separator by the first line: the one that makes a heading of it,
// or two addresses, or else the one that it holds.
func delimiter(in *bufio.Reader) rune {
	head, _ := in.Peek(4096)
	line, _, _ := strings.Cut(string(head), "\n")
	best, most := ',', 0
	for _, d := range []rune{'\t', ',', ';'} {
		if !strings.ContainsRune(line, d) {
			continue
		}
		if n := likeness(line, d); n > most {
			best, most = d, n
		}
	}
	return best
}

// likeness says how much the cells are like those of a redirect map into which a
// separator cuts a first line: the number of headings that are known and another 2, or
// 2 for an old address with a new one or none, or 1.
func likeness(line string, separator rune) int {
	c := csv.NewReader(strings.NewReader(line))
	c.Comma = separator
	cells, err := c.Read()
	if err != nil {
		return 1
	}
	var charset CellCharset
	if charset.Decode(cells) != nil {
		return 1
	}
	if named := heading(cells); named != nil {
		return 2 + len(named)
	}
	if len(cells) < 2 || !isAddress(cells[0]) || cells[1] != "" && !isAddress(cells[1]) {
		return 1
	}
	return 2
}

// isAddress tells whether a cell looks like an address or a path.
func isAddress(cell string) bool {
	cell = strings.TrimSpace(cell)
	return strings.HasPrefix(withHost(cell, ""), "/") || strings.Contains(withHost(cell, ""), "://")
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
	cell := func(name string) string { return cellOf(record, columns, name) }
	old, target, status, action := cell("old"), cell("new"), cell("status"), strings.ToLower(cell("action"))
	if old == "" && target == "" {
		return r, false, nil
	}
	switch known, ok := actionOf(action); {
	case !ok:
		return r, false, NewProblem(fmt.Sprintf("the action %.40q is not one of redirect, gone, keep, ignore, ask", action),
			fmt.Sprintf("「%.40s」という扱いは、redirect・gone・keep・ignore・ask（転送・廃止・そのまま・転送しない・要判断）のどれでもありません", action))
	case known == "":
		return r, false, nil
	default:
		action = known
	}
	switch pattern := strings.ToLower(cell("pattern")); pattern {
	case "", "0", "false", "plain":
	case "exact": // Rank Math, which takes the slashes off
		if !strings.Contains(old, "://") {
			old = "/" + strings.TrimLeft(old, "/")
		}
	default:
		return r, false, NewProblem(fmt.Sprintf("a pattern (%.20q), not a fixed address", pattern), fmt.Sprintf("固定のURLではなくパターンです（%.20q）", pattern))
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
			return r, false, NewProblem("status "+clip(status)+" is not a number", "ステータス "+clip(status)+" は数ではありません")
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
