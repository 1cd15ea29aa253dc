package sources

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
)

// File is what ReadFile reads: an *os.File, a *bytes.Reader.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Figures are what a file says that an address is worth. Zero is also unknown.
type Figures struct {
	Clicks       float64 `json:"clicks,omitempty"`
	Impressions  float64 `json:"impressions,omitempty"`
	Sessions     float64 `json:"sessions,omitempty"`
	Revenue      float64 `json:"revenue,omitempty"`
	LinkingSites float64 `json:"linkingSites,omitempty"`
}

// Plus adds figures of different addresses.
func (f Figures) Plus(o Figures) Figures {
	f.Clicks += o.Clicks
	f.Impressions += o.Impressions
	f.Sessions += o.Sessions
	f.Revenue += o.Revenue
	f.LinkingSites += o.LinkingSites
	return f
}

// Address is one address of a file with all that the file says of it.
type Address struct {
	Table   int     // whose it is, in Reading.Tables
	Line    int     // of the first row that names it, counted from 1; 0 unknown
	URL     string  // absolute; as the file has it, but for what a path needs to become absolute
	Source  string  // word of the kind of file: search-console, ga4, wayback …
	Period  string  // "2025-08-01/2026-10-31", one day, or "" unknown
	Before  bool    // the figures are those of the time compared with
	Figures Figures // sums over all rows of the address and period
	// Currency of the revenue, ISO 4217; "" unknown.
	Currency string
	// Record is the product of the row, nil where the file is none of products. Products
	// that are not public are handed out too: their Published is false.
	Record *Record
	// Linking are other sites that link to the address, those with the most links first,
	// at most MaxLinkingSites; nil where the file does not name them.
	Linking []Linking
}

// Reading tells what ReadFile found.
type Reading struct {
	Name    string
	Archive string   // zip, gzip, xlsx; "" for a plain file
	Tables  []Report // one for each file of an archive or sheet of a workbook that was recognised
	Left    []string // names inside an archive that were not recognised, at most 100
	Misses  MissLog  // of ReadMisses only
}

// Options for ReadFile.
type Options struct {
	// Kind forces a kind; "" recognises it.
	Kind Kind
	// BaseURL is the front page of the shop, with which paths become addresses.
	BaseURL *url.URL
	// Path of a product page, see ReadOptions.
	Path string
	// Period is the time that the figures are of, where the file does not tell it:
	// "2025-08-01/2026-10-31". It overrides what the file tells.
	Period string
	// Currency of revenue, ISO 4217.
	Currency string
	// Until is a day, "2026-10-01": requests of access logs on that day and later are
	// counted in Log.Later and left out. "" takes all.
	Until string
	// Strict makes the first refused row an error.
	Strict bool
	// MaxAddresses bounds how many different addresses one file may name; further ones
	// are counted and left out. 0: one million. What they take is bounded as well, by
	// 512 MiB.
	MaxAddresses int
	// MaxBytes bounds a file after decompression. 0: 64 GiB.
	MaxBytes int64
	// Progress, when set, is told how many bytes of the file have been read.
	Progress func(read, size int64)
	// Tells, when set, is asked of an address of a log that has a parameter named like
	// what is known of a person, and of the same address without it, both absolute:
	// whether they are two pages of the shop. Then the parameter stays; otherwise it is
	// left out.
	Tells func(address, without string) bool
	// Again, when set, is asked by ReadMisses of each part that was read to its end, for
	// the name of one with the same content that was read before; "" for none. Where
	// there is one, nothing of the part is handed out or counted but in its Report, whose
	// Again names it.
	Again func(Content) string
}

// Content tells parts of files apart by what is in them, after decompression.
type Content struct {
	Sum  uint64 // XXH64
	Size int64  // bytes
}

const (
	defaultMaxAddresses = 1_000_000
	defaultMaxBytes     = 64 << 30
)

// ErrNothing is matched by errors about files of which nothing could be used.
var ErrNothing = errors.New("nothing in the file could be used")

// ErrCutOff is matched by errors about files whose end is missing: a download that
// stopped half way.
var ErrCutOff = errors.New("the file is cut off")

// ErrBomb is matched by errors about archives that grow beyond all reason when they are
// decompressed.
var ErrBomb = errors.New("the archive grows beyond all reason")

// ErrArchive is matched by errors about archives that cannot be opened: damaged,
// encrypted, with other archives inside.
var ErrArchive = errors.New("the archive cannot be read")

// ReadFile reads a file as it was downloaded: plain, compressed with gzip, a zip
// archive with several files, an XLSX workbook. Each part is recognised by itself.
// Figures of the same address and period are added up, so fn is called once for each;
// it is called only after the whole of a part was read without an error, in the order
// in which the part first names the addresses. An error of fn ends the reading.
//
// Access logs hold personal data; of each line only the request, the answer, the time,
// the referring host and the name of the program are looked at, and nothing but the
// request's address, counts and dates is kept. Of the address, what names of parameters
// say to be about a person is left out: names, addresses, telephone numbers, passwords,
// tokens.
//
// Errors: *HeaderError (ErrHeader), ErrNotText, ErrRow, ErrRecordTooLong, ErrNothing,
// ErrCutOff, ErrBomb, ErrArchive, those of f, and the context's.
func ReadFile(ctx context.Context, name string, f File, o Options, fn func(Address) error) (Reading, error) {
	r := &reader{ctx: ctx, o: o, fn: fn, reading: Reading{Name: path.Base(strings.ReplaceAll(name, "\\", "/"))}}
	err := r.file(f)
	return r.reading, err
}

// reader is one call of ReadFile.
type reader struct {
	ctx     context.Context
	o       Options
	fn      func(Address) error
	reading Reading
	beside  beside
}

// beside is what parts of one archive say of each other, and where what they say goes.
type beside struct {
	period     string // of the figures, from the daily ones or the filters
	before     string // the period compared with
	searchType string // "" web
	narrowed   []string
	whole      Figures     // of the property, from the daily figures
	misses     *missReader // nil unless ReadMisses reads
}

// part is one file inside what was given: the file itself, a member of an archive, a
// sheet.
type part struct {
	name  string // "" for the file itself
	guess Guess
	open  func() (io.ReadCloser, error)
	rows  func() (rowSource, error) // of a sheet, instead of open
	first []string                  // row of a sheet with the names

	digest func() (string, error) // of a sheet, see Report.Digest
}

// rowSource gives the rows of a table, see recordReader.next.
type rowSource interface {
	next() (fields []string, line int, err error)
}

func (r *reader) file(f File) (err error) {
	defer func() {
		// The library that reads workbooks panics on some damaged ones.
		if what := recover(); what != nil {
			if r.reading.Archive != "xlsx" {
				panic(what)
			}
			err = fmt.Errorf("reading %s: %w: %v", r.reading.Name, ErrArchive, what)
		}
	}()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("reading %s: %w", r.reading.Name, err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading %s: %w", r.reading.Name, err)
	}
	parts, closer, err := r.parts(f, size)
	if err != nil {
		return fmt.Errorf("reading %s: %w", r.reading.Name, err)
	}
	defer closer()
	// What lies beside the pages must be known before them.
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(rank(a), rank(b)) })
	for _, p := range parts {
		if err := r.part(p); err != nil {
			return fmt.Errorf("reading %s: %w", joined(r.reading.Name, p.name), err)
		}
	}
	return r.worthwhile()
}

func rank(p part) int {
	if f := formatOf(p.guess.Kind); f != nil && f.role == roleBeside {
		return 0
	}
	return 1
}

func joined(file, member string) string {
	if member == "" {
		return file
	}
	return file + ": " + member
}

// worthwhile refuses a file without rows, one of which every row was refused, and one
// that holds nothing but tables without addresses.
func (r *reader) worthwhile() error {
	rows, refused, useful, index := 0, 0, false, false
	var first *RowError
	for _, t := range r.reading.Tables {
		f := formatOf(t.Kind)
		if f.role == roleBeside || f.role == roleNothing {
			continue
		}
		useful = true
		rows, refused = rows+t.Rows, refused+t.RefusedCount
		index = index || t.Kind == Sitemap && len(t.Notes) > 0 // it names other sitemaps
		if first == nil && len(t.Refused) > 0 {
			first = &t.Refused[0]
		}
	}
	switch {
	case !useful && len(r.reading.Tables) > 0:
		t := r.reading.Tables[0]
		return fmt.Errorf("%w: %s is %s, which names no page of the shop", ErrNothing, r.reading.Name, t.Kind)
	case rows == 0 && !index:
		return fmt.Errorf("%w: %s has no rows", ErrNothing, r.reading.Name)
	case rows > 0 && refused == rows:
		return fmt.Errorf("%w: %s: all %d rows were refused, the first at line %d: %s", ErrNothing, r.reading.Name, rows, first.Line, first.Reason)
	}
	return nil
}

// part reads one part and hands its addresses out.
func (r *reader) part(p part) error {
	rep := Report{Kind: p.guess.Kind, Charset: p.guess.Charset, Part: p.name, Source: p.guess.Kind.Source()}
	s := &session{
		ctx: r.ctx, rep: &rep, beside: &r.beside, kept: newKept(cmp.Or(r.o.MaxAddresses, defaultMaxAddresses)),
		o:      ReadOptions{BaseURL: r.o.BaseURL, Path: r.o.Path, Strict: r.o.Strict},
		period: r.o.Period, currency: r.o.Currency, until: r.o.Until, tells: r.o.Tells,
	}
	if m := r.beside.misses; m != nil {
		if err := m.begin(rep.Kind); err != nil {
			return err
		}
	}
	s.fn = func(rec Record) error {
		s.keepRecord(rec)
		return nil
	}
	err := s.part(p)
	s.finish()
	r.reading.Tables = append(r.reading.Tables, rep)
	if err != nil {
		return err
	}
	if m := r.beside.misses; m != nil {
		if r.o.Again != nil {
			again := r.o.Again(m.content())
			if r.reading.Tables[len(r.reading.Tables)-1].Again = again; again != "" {
				m.forget()
				return nil
			}
		}
		return m.end(r.ctx)
	}
	for _, a := range s.kept.list {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		a.Table = len(r.reading.Tables) - 1
		if err := r.fn(*a); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) part(p part) error {
	if p.rows != nil {
		src, err := p.rows()
		if err != nil {
			return err
		}
		s.ragged = true
		if s.rep.Digest, err = p.digest(); err != nil {
			return err
		}
		return s.sheet(p, src)
	}
	in, err := p.open()
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	all := io.TeeReader(in, sum)
	if m := s.beside.misses; m != nil {
		all = m.watched(all)
	}
	if err := s.text(p.guess, bufio.NewReaderSize(all, sampleSize)); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, all); err != nil { // what stands behind the end of XML
		return fmt.Errorf("reading the file: %w", err)
	}
	s.rep.Digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}
