package sources

import (
	"bytes"
	"cmp"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zip"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// eachSpecimen runs a test for every kind of file.
func eachSpecimen(t *testing.T, test func(t *testing.T, s specimen, good []string)) {
	for _, s := range specimens() {
		t.Run(string(s.kind), func(t *testing.T) {
			_, list, err := readBytes(t, "file", []byte(s.file(t, numbers...)), Options{})
			if (err != nil) != s.useless() {
				t.Fatal(err)
			}
			test(t, s, identitiesOf(list))
		})
	}
}

// rowsOf is how many rows a reading has.
func rowsOf(r Reading) int {
	n := 0
	for _, t := range r.Tables {
		n += t.Rows
	}
	return n
}

// refusedLines are the lines of the rows that were refused.
func refusedLines(r Reading) []int {
	var out []int
	for _, t := range r.Tables {
		for _, e := range t.Refused {
			out = append(out, e.Line)
		}
	}
	return out
}

// wantOnly says that nothing was read that is not in the file.
func wantOnly(t *testing.T, what string, got, good []string) {
	t.Helper()
	for _, id := range got {
		if !slices.Contains(good, id) {
			t.Errorf("%s: %.200q was read, which is not in the file", what, id)
		}
	}
}

// A file in another charset than it says, or in none, is read or refused: no address
// comes of it that it does not hold.
func TestHostileCharset(t *testing.T) {
	random := make([]byte, 32<<10)
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		// By chance a letter between two commas would be a row.
		if random[i] = byte(0x80 + dice.IntN(0x80)); dice.IntN(60) == 0 {
			random[i] = "\n\r\x00\""[dice.IntN(4)]
		}
	}
	in := func(e encoding.Encoding, text string) []byte {
		b, err := encoding.ReplaceUnsupported(e.NewEncoder()).Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	mark := []byte("\uFEFF")
	eachSpecimen(t, func(t *testing.T, s specimen, good []string) {
		text := strings.TrimPrefix(s.file(t, numbers...), "\uFEFF")
		head, _ := s.cut(t)
		for name, data := range map[string][]byte{
			"UTF-16LE without mark":             in(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text),
			"UTF-16BE without mark":             in(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), text),
			"UTF-16LE, one byte short":          in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text)[1:],
			"EUC-JP that says that it is UTF-8": append(bytes.Clone(mark), in(japanese.EUCJP, text)...),
			"CP932 that says that it is UTF-8":  append(bytes.Clone(mark), in(japanese.ShiftJIS, text)...),
			"UTF-8 that says that it is UTF-16": append([]byte{0xff, 0xfe}, text...),
			"ISO-2022-JP":                       in(japanese.ISO2022JP, text),
			"random bytes behind the names":     append([]byte(head), random...),
			"random bytes":                      random,
			"random bytes behind the rows":      append([]byte(text), random...),
		} {
			for _, kind := range []Kind{"", s.kind} {
				r, list, err := readBytes(t, "file", data, Options{Kind: kind})
				wantOnly(t, name, identitiesOf(list), good)
				if err == nil && rowsOf(r) == 0 {
					t.Errorf("%s: nothing was read and there is no error", name)
				}
			}
		}
	})
}

// A file that ends anywhere gives the rows before; a packed one gives nothing and says
// that it is cut off.
func TestHostileCutOff(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s specimen, good []string) {
		text := s.file(t, numbers...)
		step := 5
		if testing.Short() || raceEnabled {
			step = 23
		}
		for end := 0; end < len(text); end += step {
			r, list, err := readBytes(t, "file", []byte(text[:end]), Options{})
			got := identitiesOf(list)
			if n := len(got); n > 0 && !strings.HasSuffix(text[:end], "\n") && !slices.Contains(good, got[n-1]) {
				// Where the row ends behind the address nothing tells that it goes on.
				whole := func(g string) bool { return strings.HasPrefix(g, got[n-1]) }
				if slices.ContainsFunc(good, whole) {
					got = got[:n-1]
				}
			}
			got = slices.DeleteFunc(got, func(id string) bool { // the address stood further behind
				number, ok := strings.CutPrefix(id, "id:")
				return ok && slices.Contains(numbers, number)
			})
			wantOnly(t, "", got, good)
			if err == nil && rowsOf(r) == 0 || rowsOf(r) > len(numbers) {
				t.Errorf("the first %d bytes: %d rows, %d addresses, no error", end, rowsOf(r), len(list))
			}
		}

		packed := gzipped(t, text)
		archive := zipped(t, member{name: "file.csv", text: text})
		member := bytes.Clone(archive)
		middle := 40 + len(packed)/3 // inside the member
		for name, data := range map[string][]byte{
			"gzip":            packed[:len(packed)/2],
			"gzip, sum lost":  packed[:len(packed)-6],
			"zip":             archive[:len(archive)/2],
			"member of a zip": slices.Delete(member, middle, middle+20),
		} {
			if _, list, err := readBytes(t, "file", data, Options{}); !errors.Is(err, ErrCutOff) && !errors.Is(err, ErrArchive) || len(list) > 0 {
				t.Errorf("%s, cut off: %d addresses, %v", name, len(list), err)
			}
		}

		if s.comma == "" {
			return
		}
		half := s.with(t, numbers[1])
		half = strings.ReplaceAll(half[:len(half)/2], `"`, "")
		r, list, _ := readBytes(t, "file", []byte(s.file(t, numbers[0], wholeRow+`"`+half)), Options{})
		wantOnly(t, "in a quoted field", identitiesOf(list), good[:min(1, len(good))])
		if rowsOf(r) != 2 || len(list) != min(1, len(good)) || s.kind != SearchConsoleFilters && !slices.Equal(refusedLines(r), []int{s.line(t, 2)}) {
			t.Errorf("cut off in a quoted field: %d rows, %d addresses, refused %v", rowsOf(r), len(list), refusedLines(r))
		}
	})
}

// A file that has its names and no rows is of no use, and says so.
func TestHostileNoRows(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s specimen, _ []string) {
		for name, kind := range map[string]Kind{"recognised": "", "named": s.kind} {
			r, list, err := readBytes(t, "file", []byte(s.file(t)), Options{Kind: kind})
			if err == nil || len(list) > 0 || rowsOf(r) > 0 {
				t.Errorf("%s: %d rows, %d addresses, %v", name, rowsOf(r), len(list), err)
			}
		}
	})
}

// A bad row between good ones: it is refused with its line, or read as far as it goes,
// and the others are read.
func TestHostileRows(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s specimen, good []string) {
		row := s.with(t, numbers[1])
		begin := strings.ToValidUTF8(row[:len(row)/3], "") // also cuts JSON and XML in two
		long := "000" + strings.Repeat("7", 10<<20)
		comma := cmp.Or(s.comma, " ")
		for name, tt := range map[string]struct {
			row     string
			refused bool // it must be
			stops   bool // reading may end there with an error
		}{
			"fewer fields":          {row: strings.TrimRight(begin, "\n") + "\n", stops: s.end != ""},
			"no field":              {row: s.comma + s.comma + "x\n", refused: s.comma != "" && !s.idle, stops: s.end != ""},
			"more fields":           {row: strings.TrimRight(row, "\r\n") + strings.Repeat(comma+"x", 200) + "\n", refused: s.comma != "", stops: s.end != ""},
			"more fields than any":  {row: strings.TrimRight(row, "\r\n") + strings.Repeat(comma+"x", 200_000) + "\n", refused: s.comma != "", stops: s.end != ""},
			"a field of 10 MB":      {row: s.with(t, long)},
			"10 MB without end":     {row: strings.Repeat("x", 10<<20) + "\n", stops: s.end != ""},
			"10 MB of quoted lines": {row: `"` + strings.Repeat(strings.Repeat("x", 99)+"\n", 100<<10) + "\"\n", stops: true},
			"a zero byte":           {row: s.with(t, "00\x0000"), stops: s.end != ""},
			"zero bytes":            {row: strings.Repeat("\x00", 5000) + "\n", stops: s.end != ""},
		} {
			if raceEnabled && len(tt.row) > 1<<20 {
				continue
			}
			r, list, err := readBytes(t, "file", []byte(s.file(t, numbers[0], wholeRow+tt.row, numbers[2])), Options{})
			got := identitiesOf(list)
			// Nothing tells that an address was longer before it was cut off.
			wantOnly(t, name, slices.DeleteFunc(slices.Clone(got), func(id string) bool {
				return s.kind == Sitemap && name == "a zero byte" || name == "fewer fields" && (id == "id:"+numbers[1] || len(good) > 0 && strings.HasPrefix(good[1], id))
			}), good)
			for _, id := range got {
				if len(id) > maxAddress || strings.ContainsAny(id, "\x00") || strings.Contains(id, "%00") {
					t.Errorf("%s: %.100q was read", name, id)
				}
			}
			if err != nil && !s.idle {
				if !tt.stops {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			for _, want := range []int{0, 2} {
				if !s.idle && !slices.Contains(got, good[want]) {
					t.Errorf("%s: the row %d was not read, refused %v", name, want+1, refusedLines(r))
				}
			}
			if s.idle && rowsOf(r) < 2 {
				t.Errorf("%s: %d rows", name, rowsOf(r))
			}
			lines := refusedLines(r)
			if tt.refused && len(lines) == 0 {
				t.Errorf("%s: it was not refused", name)
			}
			for i, line := range lines {
				if want := s.line(t, 2); i == 0 && line != want {
					t.Errorf("%s: refused at line %d, it stands at %d", name, line, want)
				}
			}
		}
	})
}

// A file with more columns than any table has is refused at once.
func TestHostileColumns(t *testing.T) {
	for _, comma := range []string{",", ";", "\t"} {
		for name, header := range map[string]string{
			"the same": "URL" + strings.Repeat(comma+"URL", 60_000),
			"none":     strings.Repeat(comma, 4<<20),
			"numbered": "Handle" + comma + "Title" + strings.Repeat(comma+"Option1 name", 15_000),
		} {
			if _, list, err := readBytes(t, "file", []byte(header+"\nhttps://shop.example/\n"), Options{}); err == nil || len(list) > 0 {
				t.Errorf("%s, %q: %d addresses, %v", name, comma, len(list), err)
			}
		}
	}
}

// Whatever a file is taken for, reading it as another kind does not bring the program
// down.
func TestHostileKind(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(samples, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range Kinds() {
			r, _, err := readBytes(t, "file", data, Options{Kind: kind})
			if err == nil && rowsOf(r) == 0 && filepath.Base(file) != "sitemap-index.xml" {
				t.Errorf("%s as %s: nothing was read and there is no error", filepath.Base(file), string(kind))
			}
		}
	}
}

// A file of which far more comes out than is in it is left alone.
func TestHostileBombs(t *testing.T) {
	// What comes out counts as too much from 64 MiB on: TestHostileArchives. Here less
	// is allowed, so that all kinds can be tried.
	size, o := 3<<20, Options{MaxBytes: 1 << 20}
	if os.Getenv("REPLATFORM_LONG") == "1" {
		size, o = bombFrom+(6<<20), Options{}
	}
	eachSpecimen(t, func(t *testing.T, s specimen, _ []string) {
		head, _ := s.cut(t)
		block := strings.Repeat(" ", 1<<20) + "\n"
		pack := func(w interface{ Write([]byte) (int, error) }) {
			t.Helper()
			if _, err := w.Write([]byte(head + s.with(t, numbers[0]))); err != nil {
				t.Fatal(err)
			}
			for n := 0; n < size; n += len(block) {
				if _, err := w.Write([]byte(block)); err != nil {
					t.Fatal(err)
				}
			}
		}
		var g, z bytes.Buffer
		gw := gzip.NewWriter(&g)
		pack(gw)
		zw := zip.NewWriter(&z)
		w, err := zw.Create("file.csv")
		if err != nil {
			t.Fatal(err)
		}
		pack(w)
		if err := errors.Join(gw.Close(), zw.Close()); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"gzip": g.Bytes(), "zip": z.Bytes()} {
			if _, list, err := readBytes(t, "file", data, o); !errors.Is(err, ErrBomb) && !errors.Is(err, ErrRecordTooLong) || len(list) > 0 {
				t.Errorf("%s of %d bytes: %d addresses, %v", name, len(data), len(list), err)
			}
		}
	})
}

// Names of members that lead out of the archive are names and nothing more; an archive
// inside an archive is left alone.
func TestHostileMembers(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s specimen, good []string) {
		text := s.file(t, numbers...)
		inner := string(zipped(t, member{name: "inner.csv", text: text}))
		for name, data := range map[string][]byte{
			"up":               zipped(t, member{name: "../../../etc/file.csv", text: text}),
			"absolute":         zipped(t, member{name: "/etc/file.csv", text: text}),
			"a drive":          zipped(t, member{name: `C:\windows\file.csv`, text: text}),
			"backslashes":      zipped(t, member{name: `..\..\file.csv`, text: text}),
			"control codes":    zipped(t, member{name: "\x1b]0;x\x07\nfile.csv", text: text}),
			"an archive in it": zipped(t, member{name: "inner.zip", text: inner}, member{name: "file.csv", text: text}),
			"a gzip in it":     zipped(t, member{name: "inner.gz", text: string(gzipped(t, text))}, member{name: "file.csv", text: text}),
			"twice":            zipped(t, member{name: "a/file.csv", text: text}, member{name: "a/../a/file.csv", text: "no table\n"}),
		} {
			r, list, err := readBytes(t, "../x/export.zip", data, Options{})
			if (err != nil) != s.useless() {
				t.Errorf("%s: %v", name, err)
			}
			if diff := gocmp.Diff(good, identitiesOf(list)); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
			if r.Name != "export.zip" {
				t.Errorf("%s: the file is called %q", name, r.Name)
			}
		}
		for name, data := range map[string][]byte{
			"zip in zip":   zipped(t, member{name: "inner.zip", text: inner}),
			"gzip in zip":  zipped(t, member{name: "inner.gz", text: string(gzipped(t, text))}),
			"zip in gzip":  gzipped(t, inner),
			"gzip in gzip": gzipped(t, string(gzipped(t, text))),
		} {
			if _, list, err := readBytes(t, "file", data, Options{}); !errors.Is(err, ErrNotText) || len(list) > 0 {
				t.Errorf("%s: %d addresses, %v", name, len(list), err)
			}
		}
	})
}
