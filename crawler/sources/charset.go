package sources

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sampleSize is how much of a file is looked at to tell its charset and kind.
const sampleSize = 256 << 10

// Charsets by their IANA names. Shift_JIS is read as Windows writes it (CP932).
const (
	csUTF8    = "UTF-8"
	csUTF16LE = "UTF-16LE"
	csUTF16BE = "UTF-16BE"
	csSJIS    = "Shift_JIS"
	csEUC     = "EUC-JP"
	csJIS     = "ISO-2022-JP"
)

// mark is the byte order mark in UTF-8.
const mark = "\uFEFF"

// encodingOf never returns nil.
func encodingOf(charset string) encoding.Encoding {
	switch charset {
	case csUTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case csUTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case csSJIS:
		return japanese.ShiftJIS
	case csEUC:
		return japanese.EUCJP
	case csJIS:
		return japanese.ISO2022JP
	}
	return unicode.UTF8BOM
}

// decoded reads a file of a charset in UTF-8, without byte order marks in front:
// programs that join or convert files leave several.
func decoded(in io.Reader, charset string) io.Reader {
	return &unmarked{in: bufio.NewReader(transform.NewReader(in, encodingOf(charset).NewDecoder()))}
}

// unmarked reads what stands behind byte order marks.
type unmarked struct {
	in    *bufio.Reader
	begun bool
}

func (u *unmarked) Read(b []byte) (int, error) {
	for !u.begun {
		// An error comes again with the reading.
		if head, _ := u.in.Peek(len(mark)); string(head) != mark {
			u.begun = true
		} else if _, err := u.in.Discard(len(mark)); err != nil {
			return 0, err
		}
	}
	return u.in.Read(b)
}

// charsetOf tells the charset of a file from its beginning: by a byte order mark, by
// the zero bytes of UTF-16, by the escapes of ISO-2022-JP, by being valid UTF-8, by being
// a table in UTF-16, else by which of the other two Japanese charsets reads with fewer
// faults and more kana. Files in UTF-8 that only begin in
// ASCII are UTF-8.
func charsetOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return csUTF8
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return csUTF16LE
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return csUTF16BE
	}
	if len(head) >= 4 {
		odd, even := 0, 0
		probe := head[:min(len(head), 512)]
		for i, c := range probe {
			if c == 0 {
				if i%2 == 1 {
					odd++
				} else {
					even++
				}
			}
		}
		switch {
		case odd > len(probe)/8 && odd > 4*even:
			return csUTF16LE
		case even > len(probe)/8 && even > 4*odd:
			return csUTF16BE
		}
	}
	switch {
	case isJIS(head):
		return csJIS
	case validUTF8(head):
		return csUTF8
	}
	if bytes.IndexByte(head, 0) >= 0 {
		switch {
		case tableIn(head, unicode.LittleEndian):
			return csUTF16LE
		case tableIn(head, unicode.BigEndian):
			return csUTF16BE
		}
	}
	sjis, euc := readability(head, japanese.ShiftJIS), readability(head, japanese.EUCJP)
	if u := readability(head, unicode.UTF8); u > sjis && u > euc {
		return csUTF8 // a few broken bytes in a file that else is UTF-8
	}
	if euc > sjis {
		return csEUC
	}
	return csSJIS
}

// tableIn says whether the bytes are Japanese text in UTF-16, in which few bytes are
// zero: one sign in forty at least divides fields or lines, and hardly any is a fault.
// Read in the wrong order a comma is a letter that no shop uses (U+2C00).
func tableIn(head []byte, order unicode.Endianness) bool {
	text, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().String(string(head[:len(head)&^1]))
	if err != nil {
		return false
	}
	signs, marks, faults := 0, 0, 0
	for _, r := range text {
		signs++
		switch {
		case r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t':
			faults++
		case r == ',' || r == ';' || r == '\t' || r == '\n' || r == ' ':
			marks++
		}
	}
	return 40*marks > signs && 100*faults < signs
}

// isJIS says whether bytes are text in ISO-2022-JP: seven bits each, and an escape that
// begins Japanese letters (RFC 1468; ESC ( I is that of half-width kana, which programs of
// Windows write too). A terminal's colours begin with ESC [.
func isJIS(head []byte) bool {
	if bytes.ContainsFunc(head, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return false
	}
	for _, escape := range []string{"\x1b$B", "\x1b$@", "\x1b(J", "\x1b(I"} {
		if bytes.Contains(head, []byte(escape)) {
			return true
		}
	}
	return false
}

// validUTF8 allows a character that the end of the sample cuts in two.
func validUTF8(b []byte) bool {
	for n := 0; n < utf8.UTFMax && n <= len(b); n++ {
		if utf8.Valid(b[:len(b)-n]) {
			return n == 0 || !utf8.FullRune(b[len(b)-n:])
		}
	}
	return false
}

// readability weighs the text that the bytes give in a charset: hiragana and
// full-width katakana, of which Japanese text is full, speak for it, faults and
// half-width kana, which any high byte can look like in Shift_JIS, against it.
func readability(head []byte, e encoding.Encoding) int {
	text, err := e.NewDecoder().Bytes(head)
	if err != nil {
		return -len(head)
	}
	score := 0
	for _, r := range string(text) {
		switch {
		case r == utf8.RuneError:
			score -= 20
		case r >= 'ぁ' && r <= 'ヶ' || r == 'ー':
			score += 3
		case r >= '一' && r <= '鿿':
			score++
		case r >= '｡' && r <= 'ﾟ':
			score -= 2
		}
	}
	return score
}

func decodeSample(head []byte, charset string) string {
	text, err := encodingOf(charset).NewDecoder().Bytes(head)
	if err != nil {
		return ""
	}
	return trimMarks(string(text))
}

// trimMarks takes byte order marks from the beginning of a text.
func trimMarks(text string) string { return strings.TrimLeft(text, mark) }

// binaryKind names what the bytes are when they are no text.
func binaryKind(head []byte) string {
	for _, m := range []struct{ magic, what string }{
		{"PK\x03\x04", "a spreadsheet or a zip archive; save it as CSV first"},
		{"\xd0\xcf\x11\xe0", "an old Excel workbook; save it as CSV first"},
		{"\x1f\x8b", "compressed with gzip"}, {"%PDF", "a PDF"}, {"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"},
		{"SQLite format 3", "a database"},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.what
		}
	}
	return ""
}
