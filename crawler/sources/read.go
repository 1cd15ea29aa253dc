package sources

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// Record is one product of a file, or one address of a list.
type Record struct {
	Line       int              // where it begins, counted from 1
	URL        string           // absolute when the base is known; "" when the file does not tell the address
	ID         string           // the platform's number: 商品ID, システム商品コード, ID
	Handle     string           // the name in the address, unescaped
	Title      string           // of the page, where the file is none of products
	Published  bool             // false: draft, private or hidden, it has no public page
	Product    *catalog.Product // never nil; empty but for what the file says
	Categories []string         // paths of names, "Kitchen > Cups"
}

// RowError is a row, or a value in it, that could not be used.
type RowError struct {
	Line     int
	Reason   string // English
	ReasonJA string // Japanese
}

// In is the reason in "ja" or "en".
func (e RowError) In(lang string) string {
	if lang == "ja" {
		return e.ReasonJA
	}
	return e.Reason
}

// Note is what holds for a whole file.
type Note struct{ EN, JA string }

// In is the note in "ja" or "en".
func (n Note) In(lang string) string {
	if lang == "ja" {
		return n.JA
	}
	return n.EN
}

// Report tells what was read. Lists of rows hold the first 1,000; the counts are
// complete.
type Report struct {
	Kind         Kind
	Charset      string     // IANA name
	Rows         int        // rows below the first line, blank ones not counted
	Products     int        // records given to the caller
	Used         []string   // names of columns that were read, in the order of the file
	Ignored      []string   // names of columns that were not
	Refused      []RowError // rows that gave nothing
	RefusedCount int
	Doubts       []RowError // values that were left out of rows that were read: a barcode with a wrong check digit
	DoubtCount   int
	Notes        []Note // what holds for the whole file

	// What follows is filled by ReadFile only.

	Part         string  // name inside an archive or workbook; "" for the file itself
	Source       string  // word under which its worth is stored
	Period       string  // of the figures; "" unknown
	Before       string  // the period compared with; "" none
	Addresses    int     // different addresses, or addresses and periods, given to the caller
	Dropped      int     // further ones that were left out
	Totals       Figures // sum over all rows that were read
	Whole        Figures // of the property, where the file says it; zero unknown
	Unplaced     Figures // sum over rows that name no address: "(not set)"
	UnplacedRows int
	Passed       int    // rows that name no page of the shop: pictures, errors, the shop's own links
	Hidden       int    // products that are not public
	NoAddress    int    // products of which the file tells no address
	Log          *Log   // of access logs
	Again        string // of ReadMisses: the part of the same content that was read before, see Options.Again
	// Digest is the SHA-256 of the content, unpacked, hexadecimal: the same content has
	// the same one whatever its name and archive. Of a sheet it is that of the workbook
	// and the sheet's name.
	Digest string
	// PathsOnly: the addresses lack what stood behind the question mark, so that pages
	// that differ in nothing else are one.
	PathsOnly bool
	Requests  *Requests // by which logs that hold the same requests are told; nil: no log, or nothing was counted
	// Linking are sites that link to the shop, of files that do not say to which page.
	Linking []Linking
}

const maxListed = 1000

// ReadOptions for ReadProducts.
type ReadOptions struct {
	// BaseURL is the front page of the shop. Without it addresses that the file gives
	// as a path or a handle stay unknown.
	BaseURL *url.URL
	// Path of a product page for kinds whose file does not tell it, or tells it
	// otherwise: "/view/item/{id}", "/product/{handle}/".
	Path string
	// Strict makes the first refused row an error.
	Strict bool
}

// ErrRow is matched by the error of a refused row when ReadOptions.Strict is set.
var ErrRow = errors.New("row refused")

// ErrNoGoods is matched by the error of ReadProducts for a file that is recognised but
// holds no products: ReadFile reads it.
var ErrNoGoods = errors.New("the file holds no products")

// ErrRecordTooLong is matched by errors about files with so many quotation marks that
// are never closed, or an item of JSON or XML so large, that reading them on makes no
// sense. A single line of more than 4 MiB is a refused row.
var ErrRecordTooLong = errors.New("row too long")

// maxField bounds one field of a column that is read.
const maxField = 1 << 20

// sink takes the rows of one kind of file.
type sink interface {
	row(row) error
	end() error
}

// session is one reading of one table.
type session struct {
	ctx  context.Context
	o    ReadOptions
	rep  *Report
	cols *columns
	fn   func(Record) error

	own, front string // site and front page of the shop; "" until somebody asks

	// Of ReadFile only.
	kept        *kept
	beside      *beside
	period      string // what the caller says
	currency    string
	until       string // see Options.Until
	told        string // what the file says
	toldBefore  string
	first, last time.Time // days that rows name
	dates       []string  // in the lines above the names, as met
	tells       func(address, without string) bool
	ragged      bool // rows may lack fields at their end: workbooks do not store empty ones
}

// ReadProducts reads a file of the kind, "" for whichever kind it is, and calls fn
// for each product, in the order of the file; products of WooCommerce that have
// variations come last. An error of fn ends the reading and is returned wrapped. The
// report is valid also when there is an error. With Strict the error can come after
// products were given to fn: a caller who wants all or nothing must hold them back.
//
// Errors: *HeaderError (ErrHeader) when the first line is not that of the kind,
// ErrNoGoods, ErrNotText, ErrRow, ErrRecordTooLong, those of r, and the context's.
func ReadProducts(ctx context.Context, kind Kind, r io.Reader, o ReadOptions, fn func(Record) error) (Report, error) {
	var rep Report
	in := bufio.NewReaderSize(r, sampleSize)
	head, err := in.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return rep, fmt.Errorf("reading the file: %w", err)
	}
	g, err := examineAs(kind, head)
	if err != nil {
		return rep, err
	}
	if !g.Kind.Goods() {
		return rep, fmt.Errorf("%w: it is %s", ErrNoGoods, g.Kind)
	}
	rep.Kind, rep.Charset = g.Kind, g.Charset
	s := &session{ctx: ctx, o: o, rep: &rep, fn: fn}
	return rep, s.text(g, in)
}

// text reads a text file of which the beginning was examined.
func (s *session) text(g Guess, in *bufio.Reader) error {
	head, err := in.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the file: %w", err)
	}
	f := formatOf(g.Kind)
	if f.stream != nil {
		return f.stream(s, in)
	}
	sample := decodeSample(head, g.Charset)
	lines := newLineReader(decoded(in, g.Charset), sample)
	if g.headless {
		return s.lines(lines)
	}
	for range g.above {
		if _, _, err := lines.next(); err != nil {
			return fmt.Errorf("reading the first lines: %w", err)
		}
	}
	for _, line := range g.above {
		s.above(line)
	}
	rr := &recordReader{lines: lines, comma: byte(g.Comma), strict: s.o.Strict}
	header, _, err := rr.next()
	if err != nil {
		return fmt.Errorf("reading the first line: %w", err)
	}
	if len(header) > maxColumns {
		return fmt.Errorf("%w: the first line names %d columns, %d are the most", ErrRecordTooLong, len(header), maxColumns)
	}
	rr.want = len(header)
	return s.table(f, header, rr)
}

// table reads the rows below the names.
func (s *session) table(f *format, header []string, rows rowSource) error {
	s.cols = f.match(header)
	s.rep.Used, s.rep.Ignored = s.cols.usedNames(), s.cols.ignoredNames()
	for _, name := range s.cols.repeats {
		s.note(noteTwice, name)
	}
	to := f.sink(s)
	if err := s.records(rows, to); err != nil {
		return err
	}
	return to.end()
}

// newLineReader reads lines as the sample has them, and skips the line "sep=;" that
// some programs put in front.
func newLineReader(r io.Reader, sample string) *lineReader {
	l := &lineReader{src: bufio.NewReaderSize(r, 64<<10), end: lineEnd(sample)}
	if separatorLine(sample) {
		// An error here comes again with the first line.
		_, _, _ = l.next()
	}
	return l
}

func lineEnd(sample string) byte {
	if !strings.Contains(sample, "\n") && strings.Contains(sample, "\r") {
		return '\r'
	}
	return '\n'
}

func separatorLine(text string) bool {
	return len(text) >= 4 && strings.EqualFold(text[:4], "sep=")
}

// records hands every usable row to the sink.
func (s *session) records(rr rowSource, to sink) error {
	skipping, newTable := false, false
	used := s.cols.used()
	for {
		if err := s.ctx.Err(); err != nil {
			return fmt.Errorf("reading the file: %w", err)
		}
		rec, line, err := rr.next()
		if err != nil {
			if err = s.passBroken(err); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			continue
		}
		if blank(rec) {
			continue
		}
		if s.cols.format.comments {
			// Reports stand below each other in one file, each with lines of its own in
			// front; only those of this kind are read.
			if strings.HasPrefix(rec[0], "#") {
				newTable = true
				s.above(strings.Join(rec, " "))
				continue
			}
			if newTable {
				newTable = false
				cols := s.cols.format.match(rec)
				if skipping = len(cols.missing()) > 0; !skipping {
					s.cols, used = cols, cols.used()
				}
				continue
			}
			if skipping {
				continue
			}
		}
		s.rep.Rows++
		if reason, args := s.unfit(rec, used); reason != "" {
			if err := s.refuse(line, reason, args...); err != nil {
				return err
			}
			continue
		}
		if err := to.row(row{line: line, rec: rec, cols: s.cols}); err != nil {
			return err
		}
	}
}

func blank(rec []string) bool {
	for _, f := range rec {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}

// unfit says why a row cannot be read at all; used are the positions of the columns that
// are read. Missing fields at the end are
// allowed, spreadsheets drop them.
func (s *session) unfit(rec []string, used []int) (reason string, args []any) {
	for i := len(s.cols.header); i < len(rec); i++ {
		if strings.TrimSpace(rec[i]) != "" {
			return "%d fields, the first line names %d", []any{len(rec), len(s.cols.header)}
		}
	}
	if s.o.Strict && len(rec) < len(s.cols.header) {
		return "%d fields, the first line names %d", []any{len(rec), len(s.cols.header)}
	}
	if f := s.cols.format; (f.role == roleWorth || f.role == roleAddresses) && !f.byHand && !s.ragged && len(used) > 0 && len(rec) <= used[len(used)-1] {
		return "%d fields, the first line names %d", []any{len(rec), len(s.cols.header)} // cut off
	}
	for _, i := range used {
		if i < len(rec) && len(rec[i]) > maxField {
			return "the field %q is longer than %d KiB", []any{s.cols.header[i], maxField >> 10}
		}
	}
	return "", nil
}

// refuse notes a row that gave nothing; with Strict it is an error.
func (s *session) refuse(line int, format string, args ...any) error {
	if !s.o.Strict && len(s.rep.Refused) >= maxListed { // a file of nothing else is not worth the words
		s.rep.RefusedCount++
		return nil
	}
	return s.reject(rowError(line, format, args))
}

// passBroken refuses a row that could not be taken apart. Other errors of a source of
// rows end the reading: it returns them, io.EOF as it is.
func (s *session) passBroken(err error) error {
	var broken *brokenRow
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &broken):
		s.rep.Rows++
		return s.reject(RowError{broken.line, broken.reason, inJapanese(broken.reason)})
	}
	return fmt.Errorf("reading the file: %w", err)
}

func (s *session) reject(e RowError) error {
	s.rep.RefusedCount++
	if len(s.rep.Refused) < maxListed {
		s.rep.Refused = append(s.rep.Refused, e)
	}
	if s.o.Strict {
		return fmt.Errorf("%w: line %d: %s", ErrRow, e.Line, e.Reason)
	}
	return nil
}

func rowError(line int, format string, args []any) RowError {
	return RowError{line, fmt.Sprintf(format, args...), fmt.Sprintf(inJapanese(format), args...)}
}

// note says something of the whole file, once.
func (s *session) note(format string, args ...any) {
	n := Note{fmt.Sprintf(format, args...), fmt.Sprintf(inJapanese(format), args...)}
	if !slices.Contains(s.rep.Notes, n) {
		s.rep.Notes = append(s.rep.Notes, n)
	}
}

// doubt notes a value that was left out.
func (s *session) doubt(line int, format string, args ...any) {
	s.rep.DoubtCount++
	if len(s.rep.Doubts) < maxListed {
		s.rep.Doubts = append(s.rep.Doubts, rowError(line, format, args))
	}
}

func (s *session) emit(r Record) error {
	s.rep.Products++
	if err := s.fn(r); err != nil {
		return fmt.Errorf("line %d: %w", r.Line, err)
	}
	return nil
}

// address makes the absolute address of a product from the path of its kind.
func (s *session) address(path, id, handle string) string {
	if s.o.Path != "" {
		path = s.o.Path
	}
	if s.o.BaseURL == nil || path == "" ||
		strings.Contains(path, "{id}") && id == "" || strings.Contains(path, "{handle}") && handle == "" {
		return ""
	}
	if s.front == "" {
		base := *s.o.BaseURL
		base.RawQuery, base.Fragment = "", ""
		s.front = strings.TrimSuffix(base.String(), "/")
	}
	// No escaped identity holds a brace, so that the second step finds only its own.
	path = strings.ReplaceAll(path, "{id}", url.PathEscape(id))
	return s.front + strings.ReplaceAll(path, "{handle}", url.PathEscape(handle))
}

// absolute resolves an address that the file gives; "" when it is none or its base
// is unknown, or it is longer than any address.
func (s *session) absolute(ref string) string {
	if len(ref) > maxAddress {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil || ref == "" {
		return ""
	}
	return s.resolved(u)
}

// resolved is absolute for an address that was parsed.
func (s *session) resolved(u *url.URL) string {
	if !u.IsAbs() {
		if s.o.BaseURL == nil {
			return ""
		}
		u = s.o.BaseURL.ResolveReference(u)
	}
	if !isWeb(u) {
		return ""
	}
	return u.String()
}

// row is one row with the meaning of its fields.
type row struct {
	line int
	rec  []string
	cols *columns
}

func (r row) at(i int) string {
	if i >= len(r.rec) {
		return ""
	}
	return strings.TrimSpace(r.rec[i])
}

// get is a field without blanks around it, "" when the file has no such column.
func (r row) get(f field) string {
	i, ok := r.cols.at[f]
	if !ok {
		return ""
	}
	return r.at(i)
}

func (r row) has(f field) bool {
	_, ok := r.cols.at[f]
	return ok
}

// numbered is the field with the number n of a family.
func (r row) numbered(f field, n int) string {
	i, ok := r.cols.more[f][n]
	if !ok {
		return ""
	}
	return r.at(i)
}
