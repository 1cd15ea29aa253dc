package sources

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"
)

// What archives may hold. Text compresses by ten to thirty; what grows by hundreds is
// made to fill the disk or the memory of whoever opens it.
const (
	maxMembers   = 2000
	bombFrom     = 64 << 20 // bytes that may come out before the ratio counts
	bombRatio    = 200
	maxWorkbook  = 512 << 20 // of an XLSX, decompressed: it is held in files and memory
	sheetInMem   = 16 << 20
	maxLeftNames = 100
)

// parts opens the file and examines what is in it.
func (r *reader) parts(f File, size int64) ([]part, func(), error) {
	none := func() {}
	var magic [4]byte
	n, err := f.ReadAt(magic[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, none, err
	}
	switch head := string(magic[:n]); {
	case head == "PK\x03\x04", head == "PK\x05\x06": // the second one begins an archive of nothing
		return r.zip(f, size)
	case strings.HasPrefix(head, "\x1f\x8b"):
		r.reading.Archive = "gzip"
		p, err := r.examined("", func() (io.ReadCloser, error) {
			in, err := gzip.NewReader(r.watched(f, size))
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrArchive, err)
			}
			return struct {
				io.Reader
				io.Closer
			}{r.guarded(in, size), in}, nil
		})
		return []part{p}, none, err
	}
	p, err := r.examined("", func() (io.ReadCloser, error) {
		return io.NopCloser(r.limited(r.watched(f, size))), nil
	})
	return []part{p}, none, err
}

// watched reads f from its beginning and tells the progress.
func (r *reader) watched(f io.ReaderAt, size int64) io.Reader {
	in := io.NewSectionReader(f, 0, size)
	if r.o.Progress == nil {
		return in
	}
	return &watch{in: in, size: size, tell: r.o.Progress}
}

type watch struct {
	in         io.Reader
	read, size int64
	tell       func(read, size int64)
}

// watchAt tells the progress of a file that is read here and there, members of an archive
// one after the other.
type watchAt struct {
	in         io.ReaderAt
	read, size int64
	tell       func(read, size int64)
}

func (w *watchAt) ReadAt(b []byte, off int64) (int, error) {
	n, err := w.in.ReadAt(b, off)
	w.read += int64(n)
	w.tell(min(w.read, w.size), w.size) // beginnings are read twice
	return n, err
}

func (w *watch) Read(b []byte) (int, error) {
	n, err := w.in.Read(b)
	w.read += int64(n)
	w.tell(w.read, w.size)
	return n, err
}

// guarded ends the reading of something that came out of packed bytes with ErrBomb
// when too much comes out, and with ErrCutOff when the end is missing.
func (r *reader) guarded(in io.Reader, packed int64) io.Reader {
	return &guard{in: in, packed: packed, most: r.mostBytes()}
}

// limited is guarded for what is not packed.
func (r *reader) limited(in io.Reader) io.Reader {
	return &guard{in: in, packed: -1, most: r.mostBytes()}
}

func (r *reader) mostBytes() int64 {
	if r.o.MaxBytes > 0 {
		return r.o.MaxBytes
	}
	return defaultMaxBytes
}

type guard struct {
	in                io.Reader
	out, packed, most int64
}

func (g *guard) Read(b []byte) (int, error) {
	n, err := g.in.Read(b)
	g.out += int64(n)
	switch {
	case g.out > g.most:
		return 0, fmt.Errorf("%w: more than %d MiB come out of it", ErrBomb, g.most>>20)
	case g.packed >= 0 && g.out > bombFrom && g.out/bombRatio > g.packed:
		return 0, fmt.Errorf("%w: more than %d times its size comes out of it", ErrBomb, bombRatio)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, fmt.Errorf("%w after %d bytes of content", ErrCutOff, g.out)
	case err != nil && !errors.Is(err, io.EOF):
		if g.packed >= 0 {
			return n, fmt.Errorf("%w: %w", ErrArchive, err)
		}
	}
	return n, err
}

// examined looks at the beginning of a part.
func (r *reader) examined(name string, open func() (io.ReadCloser, error)) (part, error) {
	p := part{name: name, open: open}
	in, err := open()
	if err != nil {
		return p, err
	}
	defer in.Close()
	head := make([]byte, sampleSize)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return p, err
	}
	if n == 0 {
		return p, fmt.Errorf("%w: it is empty", ErrNothing)
	}
	p.guess, err = examineAs(r.o.Kind, head[:n])
	return p, err
}

// zip opens an archive, or a workbook, which is one.
func (r *reader) zip(f File, size int64) ([]part, func(), error) {
	none := func() {}
	r.reading.Archive = "zip"
	var in io.ReaderAt = f
	if r.o.Progress != nil {
		in = &watchAt{in: f, size: size, tell: r.o.Progress}
	}
	z, err := zip.NewReader(in, size)
	if err != nil {
		return nil, none, fmt.Errorf("%w: %w: %w", ErrArchive, ErrCutOff, err)
	}
	if len(z.File) > maxMembers {
		return nil, none, fmt.Errorf("%w: %d files in it, %d are the most", ErrBomb, len(z.File), maxMembers)
	}
	var total uint64
	for _, m := range z.File {
		total += m.UncompressedSize64
		if m.Name == "xl/workbook.xml" {
			return r.workbook(f, size, z)
		}
	}
	if total > uint64(r.mostBytes()) {
		return nil, none, fmt.Errorf("%w: it says that it holds %d MiB", ErrBomb, total>>20)
	}
	var parts []part
	var first error
	for _, m := range z.File {
		name := memberName(m)
		if m.FileInfo().IsDir() || strings.HasPrefix(path.Base(strings.ReplaceAll(name, `\`, "/")), ".") || strings.HasPrefix(name, "__MACOSX/") {
			continue
		}
		if m.Flags&1 != 0 {
			return nil, none, fmt.Errorf("%w: %s needs a password", ErrArchive, name)
		}
		p, err := r.examined(name, func() (io.ReadCloser, error) {
			in, err := m.Open()
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrArchive, err)
			}
			return struct {
				io.Reader
				io.Closer
			}{r.guarded(in, int64(m.CompressedSize64)), in}, nil
		})
		switch {
		case err == nil:
			parts = append(parts, p)
		case errors.Is(err, ErrHeader), errors.Is(err, ErrNotText), errors.Is(err, ErrNothing):
			r.leave(name)
			if first == nil {
				first = fmt.Errorf("%s: %w", name, err)
			}
		default:
			return nil, none, fmt.Errorf("%s: %w", name, err)
		}
	}
	switch {
	case len(parts) > 0:
		return parts, none, nil
	case first != nil:
		return nil, none, first
	}
	return nil, none, fmt.Errorf("%w: %w: no file is in it", ErrArchive, ErrNothing)
}

func (r *reader) leave(name string) {
	if len(r.reading.Left) < maxLeftNames {
		r.reading.Left = append(r.reading.Left, name)
	}
}

// memberName reads the name of a member. Archives that Windows writes in Japan have
// them in CP932 and do not say so.
func memberName(m *zip.File) string {
	if !m.NonUTF8 || utf8.ValidString(m.Name) {
		return m.Name
	}
	if name, err := japanese.ShiftJIS.NewDecoder().String(m.Name); err == nil {
		return name
	}
	return strings.ToValidUTF8(m.Name, "\uFFFD")
}

// workbook opens an XLSX; every sheet is a part.
func (r *reader) workbook(f File, size int64, z *zip.Reader) ([]part, func(), error) {
	none := func() {}
	r.reading.Archive = "xlsx"
	var total uint64
	for _, m := range z.File {
		total += m.UncompressedSize64
		if m.UncompressedSize64 > bombFrom && m.UncompressedSize64/bombRatio > m.CompressedSize64 {
			return nil, none, fmt.Errorf("%w: more than %d times its size comes out of it", ErrBomb, bombRatio)
		}
	}
	if total > maxWorkbook {
		return nil, none, fmt.Errorf("%w: the workbook holds %d MiB, %d are the most; save it as CSV", ErrBomb, total>>20, maxWorkbook>>20)
	}
	book, err := excelize.OpenReader(io.NewSectionReader(f, 0, size),
		excelize.Options{UnzipSizeLimit: maxWorkbook, UnzipXMLSizeLimit: sheetInMem, RawCellValue: true})
	if err != nil {
		return nil, none, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	closer := func() { _ = book.Close() } // temporary files; nothing can be done about them
	var parts []part
	var first error
	whole := sync.OnceValues(func() ([]byte, error) {
		sum := sha256.New()
		_, err := io.Copy(sum, io.NewSectionReader(f, 0, size))
		return sum.Sum(nil), err
	})
	for _, sheet := range book.GetSheetList() {
		p, err := r.examinedSheet(book, sheet)
		p.digest = func() (string, error) {
			sum, err := whole()
			if err != nil {
				return "", fmt.Errorf("%w: %w", ErrArchive, err)
			}
			of := sha256.Sum256(append(sum[:len(sum):len(sum)], sheet...))
			return hex.EncodeToString(of[:]), nil
		}
		switch {
		case err == nil:
			parts = append(parts, p)
		case errors.Is(err, ErrHeader):
			r.leave(sheet)
			if first == nil {
				first = fmt.Errorf("sheet %s: %w", sheet, err)
			}
		default:
			closer()
			return nil, none, fmt.Errorf("sheet %s: %w", sheet, err)
		}
	}
	switch {
	case len(parts) > 0:
		return parts, closer, nil
	case first != nil:
		closer()
		return nil, none, first
	}
	closer()
	return nil, none, fmt.Errorf("%w: the workbook has no sheet", ErrNothing)
}

// examinedSheet finds the line of names in the first rows of a sheet.
func (r *reader) examinedSheet(book *excelize.File, sheet string) (part, error) {
	p := part{name: sheet, rows: func() (rowSource, error) {
		rows, err := book.Rows(sheet)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrArchive, err)
		}
		return &sheetRows{rows: rows}, nil
	}}
	src, err := p.rows()
	if err != nil {
		return p, err
	}
	var best *HeaderError
	for n := 0; n < maxAbove; n++ {
		rec, _, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
		kind, evidence, miss := ofHeader(r.o.Kind, rec, n > 0)
		if miss == nil {
			p.guess.Kind, p.guess.Evidence, p.first = kind, evidence, rec
			return p, nil
		}
		if best == nil {
			best = miss
		}
		p.guess.above = append(p.guess.above, strings.Join(rec, " "))
	}
	if best == nil {
		best = &HeaderError{Kind: r.o.Kind, Any: r.o.Kind == ""}
	}
	if src, err = p.rows(); err != nil {
		return p, err
	}
	best.Addresses = addressColumns(src)
	return p, best
}

// sheetRows reads a sheet row by row.
type sheetRows struct {
	rows *excelize.Rows
	n    int
}

func (s *sheetRows) next() ([]string, int, error) {
	for s.rows.Next() {
		s.n++
		rec, err := s.rows.Columns()
		if err != nil {
			return nil, s.n, fmt.Errorf("%w: row %d: %w", ErrArchive, s.n, err)
		}
		if len(rec) > maxColumns {
			return nil, s.n, &brokenRow{s.n, "more fields than a table has"}
		}
		if !blank(rec) {
			return rec, s.n, nil
		}
	}
	if err := s.rows.Error(); err != nil {
		return nil, s.n, fmt.Errorf("%w: row %d: %w", ErrArchive, s.n, err)
	}
	return nil, s.n, io.EOF
}

// sheet reads a sheet that was examined.
func (s *session) sheet(p part, src rowSource) error {
	for _, line := range p.guess.above {
		s.above(line)
	}
	for range len(p.guess.above) + 1 { // blank rows are not given
		if _, _, err := src.next(); err != nil {
			return fmt.Errorf("reading the first rows: %w", err)
		}
	}
	return s.table(formatOf(p.guess.Kind), p.first, src)
}
