package sources

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zip"
)

// stream is how the rows of a long file are numbered.
type stream struct {
	name   string
	number func(row int64) int64
	// pages is how many different numbers so many rows have.
	pages func(rows int) int
}

// streamPages is how many pages are named again and again.
const streamPages = 1000

func streams() (size int64, list []stream) {
	same := stream{"the same pages", func(row int64) int64 { return row % streamPages }, func(rows int) int { return min(rows, streamPages) }}
	fresh := stream{"new pages", func(row int64) int64 { return row }, func(rows int) int { return rows }}
	switch {
	case os.Getenv("REPLATFORM_LONG") == "1":
		return 5 << 30, []stream{{"old and new pages by turns", func(row int64) int64 {
			if row%2 == 0 {
				return row / 2 % streamPages
			}
			return streamPages + row/2
		}, func(rows int) int { return min((rows+1)/2, streamPages) + rows/2 }}}
	case testing.Short() || raceEnabled:
		return 2 << 20, []stream{same, fresh}
	}
	return 12 << 20, []stream{same, fresh}
}

// A file of any size of every kind is read in a bounded memory, whether its rows name the
// same pages again and again or each a new one. One kind at a time with 5 GB:
//
//	REPLATFORM_LONG=1 go test -v -timeout 1h -run 'TestHostileStreams/^ga4$' ./crawler/sources
func TestHostileStreams(t *testing.T) {
	size, list := streams()
	const most = 20_000
	eachSpecimen(t, func(t *testing.T, s specimen, _ []string) {
		for _, n := range list {
			f := newRowsFile(t, s, size, n.number)
			began := cpuTime()
			r, given, peak, err := streamed(t, f, Options{MaxAddresses: most})
			used := cpuTime() - began
			if (err != nil) != s.useless() {
				t.Errorf("%s: %v", n.name, err)
				continue
			}
			rows := int(f.rows)
			if s.after != "" {
				rows++
			}
			if got := rowsOf(r); got != rows && !s.partial {
				t.Errorf("%s: %d rows of %d", n.name, got, rows)
			}
			if want := min(n.pages(int(f.rows)), most); !s.idle && given != want {
				t.Errorf("%s: %d addresses, want %d", n.name, given, want)
			}
			if peak > streamMemory {
				t.Errorf("%s: %d MiB of memory, %d are allowed", n.name, peak>>20, streamMemory>>20)
			}
			speed := 0.0
			if used > 0 {
				speed = float64(f.size()) / 1e6 / used.Seconds()
			}
			t.Logf("%s: %d MiB read, %d rows, %d refused, memory at most %d MiB, %.0f MB per CPU second in %s",
				n.name, f.size()>>20, rowsOf(r), r.Tables[0].RefusedCount, peak>>20, speed, used.Round(time.Second))
		}
	})
}

// streamMemory is what reading a file of any size may take. A sitemap, of which at most
// 128 MiB are read, is kept whole; a set of a million identities takes 40 MiB.
const streamMemory = 320 << 20

// streamed reads a file and says how much memory was in use at most, beyond what was
// before.
func streamed(t *testing.T, f File, o Options) (r Reading, given int, peak uint64, err error) {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, reads := m.HeapAlloc, 0
	o.BaseURL = mustURL(t, "https://shop.example/")
	o.Progress = func(int64, int64) {
		if reads++; reads%8 == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc-min(before, m.HeapAlloc))
		}
	}
	r, err = ReadFile(t.Context(), "file", f, o, func(Address) error {
		given++
		return nil
	})
	return r, given, peak, err
}

// longRow is a file that is one item: so many letters between two texts.
type longRow struct {
	head, tail string
	letters    int64
	at         int64
	read       int64 // up to where it was read
}

func (l *longRow) size() int64 { return int64(len(l.head)) + l.letters + int64(len(l.tail)) }

func (l *longRow) ReadAt(b []byte, off int64) (int, error) {
	for i := range b {
		switch at := off + int64(i); {
		case at < int64(len(l.head)):
			b[i] = l.head[at]
		case at < int64(len(l.head))+l.letters:
			b[i] = 'x'
		case at < l.size():
			b[i] = l.tail[at-int64(len(l.head))-l.letters]
		default:
			return i, io.EOF
		}
		l.read = max(l.read, off+int64(i)+1)
	}
	return len(b), nil
}

func (l *longRow) Read(b []byte) (int, error) {
	n, err := l.ReadAt(b, l.at)
	l.at += int64(n)
	return n, err
}

func (l *longRow) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += l.at
	case io.SeekEnd:
		off += l.size()
	}
	l.at = off
	return off, nil
}

// claimed is an archive whose directory says how large its members are; what is in them
// is not worth the while.
func claimed(t *testing.T, members ...*zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range members {
		h.Method, h.CompressedSize64 = zip.Deflate, 1<<10
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write(make([]byte, h.CompressedSize64))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is not read as it comes is refused before it fills the memory: a workbook, which
// is held in files and memory, and an archive by what their directories say; an item of
// JSON or XML, of which the whole is kept, by what was read of it. A sitemap, which is
// kept whole too, is read as far as the largest one may reach: TestHostileStreams.
func TestHostileSizes(t *testing.T) {
	const size, sheet = 5 << 30, 60 << 20 // no sheet grows so much that it is refused for that
	book := []*zip.FileHeader{{Name: "xl/workbook.xml"}}
	for i := range size / sheet {
		book = append(book, &zip.FileHeader{Name: fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), UncompressedSize64: sheet})
	}
	for name, tt := range map[string]struct {
		file File
		is   error
		rows int   // counted before
		read int64 // bytes of it at most
	}{
		"a workbook of 5 GB":           {bytes.NewReader(claimed(t, book...)), ErrBomb, 0, 0},
		"an archive of 65 GB":          {bytes.NewReader(claimed(t, &zip.FileHeader{Name: "Pages.csv", UncompressedSize64: 65 << 30})), ErrBomb, 0, 0},
		"an answer that is one row":    {&longRow{head: `{"rows":[{"keys":["`, tail: `"]}]}`, letters: size}, ErrRecordTooLong, 1, 2 * maxItem},
		"an answer that is one member": {&longRow{head: `{"rows":[{"keys":["a"]}],"x":"`, tail: `"}`, letters: size}, ErrRecordTooLong, 1, 2 * maxItem},
		"a feed that is one item":      {&longRow{head: `<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>`, tail: `</g:id></item></channel></rss>`, letters: size}, ErrRecordTooLong, 0, 2 * maxItem},
	} {
		t.Run(name, func(t *testing.T) {
			r, given, peak, err := streamed(t, tt.file, Options{})
			read := int64(0)
			if l, ok := tt.file.(*longRow); ok {
				read = l.read
			}
			if !errors.Is(err, tt.is) || given > 0 || rowsOf(r) > tt.rows || peak > streamMemory || read > tt.read {
				t.Errorf("%d addresses, %d rows, %d MiB of memory, %d bytes read, %v", given, rowsOf(r), peak>>20, read, err)
			}
			t.Logf("refused after %d KiB with at most %d MiB of memory: %v", read>>10, peak>>20, err)
		})
	}
}

// A long table that was packed is read as it is unpacked.
func TestHostilePackedStreams(t *testing.T) {
	size, _ := streams()
	const most = 20_000
	for _, s := range specimens() {
		if s.kind != SearchConsolePages {
			continue
		}
		plain := newRowsFile(t, s, size, func(row int64) int64 { return row })
		for name, pack := range map[string]func(io.Writer) (io.Writer, io.Closer){
			"gzip": func(w io.Writer) (io.Writer, io.Closer) {
				z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
				if err != nil {
					t.Fatal(err)
				}
				return z, z
			},
			"zip": func(w io.Writer) (io.Writer, io.Closer) {
				z := zip.NewWriter(w)
				z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
				member, err := z.Create("Pages.csv")
				if err != nil {
					t.Fatal(err)
				}
				return member, z
			},
		} {
			t.Run(name, func(t *testing.T) {
				f, err := os.Create(filepath.Join(t.TempDir(), "export"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				w, closer := pack(f)
				_, err = io.Copy(w, io.NewSectionReader(plain, 0, plain.size()))
				if err = errors.Join(err, closer.Close()); err != nil {
					t.Fatal(err)
				}
				r, given, peak, err := streamed(t, f, Options{MaxAddresses: most})
				if err != nil || rowsOf(r) != int(plain.rows) || given != min(int(plain.rows), most) || peak > streamMemory {
					t.Errorf("%d rows of %d, %d addresses, %d MiB of memory, %v", rowsOf(r), plain.rows, given, peak>>20, err)
				}
				t.Logf("%d MiB unpacked, %d rows, memory at most %d MiB", plain.size()>>20, rowsOf(r), peak>>20)
			})
		}
	}
}
