package fetch

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// Names of the charsets that this package tells apart itself, as Decode returns them.
const (
	charsetUTF8   = "UTF-8"
	charsetSJIS   = "Shift_JIS"
	charsetEUCJP  = "EUC-JP"
	charset2022JP = "ISO-2022-JP"
	charsetLatin1 = "windows-1252" // what browsers read for "ISO-8859-1"
)

const (
	// metaWindow is how far Decode looks for a charset in the page. The HTML Standard
	// asks for 1024 bytes; old shop templates put scripts and comments before it.
	metaWindow = 4096
	// judgeWindow is how much of a body is weighed to tell its charset.
	judgeWindow = 512 << 10
	// guessWindow is how much of a body the general detector is shown.
	guessWindow = 4096
)

// Decode returns body as UTF-8, always valid, without byte order mark, and the IANA
// name of the charset it was in. text may be a part of body. Undecodable bytes become U+FFFD. contentType is the
// value of the header, it may be empty.
//
// A byte order mark decides. Otherwise the declarations count (header, meta element,
// XML declaration, in this order), but the bytes have the last word, because shops
// declare ISO-8859-1 over UTF-8 and UTF-8 over EUC-JP: a body that is valid UTF-8
// beyond ASCII is UTF-8, one that reads as good Japanese in another charset is in
// that one. What is neither declared nor Japanese goes to a general detector, and in
// the end to windows-1252. Shift_JIS includes the extensions of CP932, EUC-JP those
// of CP51932 and eucJP-ms. A body of plain ASCII keeps the declared charset, since
// links on such a page are still encoded in it.
func Decode(body []byte, contentType string) (text []byte, charset string) {
	if e, name, n := byteOrderMark(body); e != nil {
		return decodeNamed(e, name, body[n:]), name
	}
	declared, e := declaredCharset(body, contentType)
	name := judge(body, declared)
	if name != declared {
		e, name = lookupCharset(name)
	}
	if e == nil {
		e, name = encoding.Nop, charsetUTF8
	}
	return decodeNamed(e, name, body), name
}

func decodeNamed(e encoding.Encoding, name string, body []byte) []byte {
	switch name {
	case charsetUTF8:
		if utf8.Valid(body) { // many times as quick as looking for what to replace
			return body
		}
		return bytes.ToValidUTF8(body, []byte("\ufffd"))
	case charsetEUCJP:
		return decodeEUCJP(body)
	}
	return decodeWith(e, body)
}

// decodeWith decodes with e. The decoders of x/text replace what they cannot read;
// should one fail all the same, what it refused is made valid.
func decodeWith(e encoding.Encoding, body []byte) []byte {
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		out = body
	}
	return bytes.ToValidUTF8(out, []byte("\ufffd"))
}

func byteOrderMark(b []byte) (encoding.Encoding, string, int) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return unicode.UTF8, charsetUTF8, 3
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16LE", 2
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16BE", 2
	}
	return nil, "", 0
}

// declaredCharset returns the first declaration that names a charset we know.
func declaredCharset(body []byte, contentType string) (string, encoding.Encoding) {
	if _, params, err := mime.ParseMediaType(contentType); err == nil || params != nil {
		if e, name := lookupCharset(params["charset"]); e != nil {
			return name, e
		}
	}
	// mime refuses headers that browsers read: "text/html; charset=EUC-JP; charset=EUC-JP".
	if e, name := lookupCharset(charsetValue(lowerASCII(contentType))); e != nil {
		return name, e
	}
	// The first bytes are ASCII in every charset that is left, UTF-16 excepted, which
	// has no business in a declaration that is readable as ASCII.
	head := []byte(lowerASCII(string(body[:min(len(body), metaWindow)])))
	for _, label := range []string{metaCharset(head), xmlEncoding(head)} {
		if e, name := lookupCharset(label); e != nil {
			if strings.HasPrefix(name, "UTF-16") {
				return charsetUTF8, unicode.UTF8
			}
			return name, e
		}
	}
	return "", nil
}

// metaCharset finds the charset of the first meta element that has one, in either
// form, <meta charset> and <meta http-equiv>. head is in lower case.
func metaCharset(head []byte) string {
	for {
		i := bytes.IndexByte(head, '<')
		if i < 0 {
			return ""
		}
		head = head[i:]
		if bytes.HasPrefix(head, []byte("<!--")) {
			end := bytes.Index(head[2:], []byte("-->"))
			if end < 0 {
				return ""
			}
			head = head[2+end+3:]
			continue
		}
		if bytes.HasPrefix(head, []byte("<meta")) {
			tag := head
			if end := bytes.IndexByte(head, '>'); end >= 0 {
				tag = head[:end]
			}
			if v := charsetValue(string(tag)); v != "" {
				return v
			}
		}
		head = head[1:]
	}
}

// charsetValue returns what follows "charset=" in s, which is in lower case.
func charsetValue(s string) string {
	for {
		_, rest, ok := strings.Cut(s, "charset")
		if !ok {
			return ""
		}
		s = rest
		rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t\r\n"), "=")
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " \t\r\n\"'")
		if i := strings.IndexAny(rest, " \t\r\n\"';,/>"); i >= 0 {
			rest = rest[:i]
		}
		return rest
	}
}

// xmlEncoding returns the encoding that an XML declaration at the start names.
func xmlEncoding(head []byte) string {
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	decl, _, _ := strings.Cut(string(head), "?>")
	_, rest, ok := strings.Cut(decl, "encoding")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " \t\r\n=\"'")
	if i := strings.IndexAny(rest, " \t\r\n\"'"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// lookupCharset finds a charset by any label that browsers, PHP or Perl use, and
// gives the name this package prints. It returns nil for unknown labels and for
// those that the Encoding Standard replaces by nothing (HZ, ISO-2022-KR …).
func lookupCharset(label string) (encoding.Encoding, string) {
	label = lowerASCII(strings.TrimSpace(label))
	switch label {
	case "":
		return nil, ""
	case "utf-8", "utf8", "utf-8n", "utf8mb4":
		return unicode.UTF8, charsetUTF8
	case "shift_jis", "shift-jis", "sjis", "x-sjis", "cp932", "ms932", "windows-31j", "sjis-win", "ms_kanji":
		return japanese.ShiftJIS, charsetSJIS
	case "euc-jp", "eucjp", "x-euc-jp", "x-euc", "eucjp-win", "eucjp-ms", "cp51932", "euc_jp", "ujis":
		return japanese.EUCJP, charsetEUCJP
	case "iso-2022-jp", "jis", "iso-2022-jp-ms", "cp50220", "cp50221", "csiso2022jp":
		return japanese.ISO2022JP, charset2022JP
	}
	e, err := htmlindex.Get(label)
	if err != nil || e == encoding.Replacement {
		return nil, ""
	}
	name, err := htmlindex.Name(e)
	if err != nil {
		return nil, ""
	}
	switch name {
	case "utf-8", "utf-16le", "utf-16be", "gbk", "big5", "euc-kr", "koi8-r", "koi8-u", "macintosh":
		name = strings.ToUpper(name)
	case "replacement", "x-user-defined":
		return nil, ""
	}
	if strings.HasPrefix(name, "iso-") {
		name = strings.ToUpper(name)
	}
	return e, name
}

// judge names the charset of body, given the declared one or "".
func judge(body []byte, declared string) string {
	if name := utf16ByZeros(body); name != "" {
		return name
	}
	if declared == charsetUTF8 && bytes.IndexByte(body, '\x1b') < 0 && utf8.Valid(body) {
		return declared // nearly every page, found without weighing it
	}
	sample := body[:min(len(body), judgeWindow)]
	u := tallyUTF8(sample)
	if u.chars+u.bad == 0 {
		if has2022JP(sample) {
			return charset2022JP
		}
		if declared == "" || declared == charset2022JP {
			return charsetUTF8
		}
		return declared
	}
	if declared == charset2022JP && has2022JP(sample) {
		return declared
	}
	japaneseDeclared := declared == charsetEUCJP || declared == charsetSJIS
	if u.bad == 0 && !(japaneseDeclared && u.wide == 0 && tallyOf(declared, sample).bad == 0) {
		return charsetUTF8
	}
	best, t := bestJapanese(sample, u, declared)
	switch {
	case japaneseDeclared:
		if t.score <= 0 {
			return declared
		}
		return best
	case best == charsetUTF8 && t.score > 0:
		return best
	case declared == "" || declared == charsetUTF8:
		if t.readsJapanese() {
			return best
		}
		return guess(sample, best, t)
	case singleByte(declared) && t.readsJapanese(),
		declared == charsetLatin1 && t.bad == 0 && t.score >= declaredMargin && longRuns(sample):
		return best
	}
	return declared
}

// longRuns says whether the bytes beyond ASCII come in runs, four at least on
// average. In the languages of Latin-1, which servers declare unasked, they stand
// alone among ASCII letters.
func longRuns(b []byte) bool {
	high, runs := 0, 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		high++
		if i == 0 || b[i-1] < utf8.RuneSelf {
			runs++
		}
	}
	return high >= 4*runs
}

// utf16ByZeros recognises UTF-16 without a byte order mark by the zero bytes of its
// ASCII characters.
func utf16ByZeros(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	switch {
	case b[0] == '<' && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return "UTF-16LE"
	case b[0] == 0 && b[1] == '<' && b[2] == 0 && b[3] != 0:
		return "UTF-16BE"
	}
	return ""
}

func has2022JP(b []byte) bool {
	for {
		i := bytes.IndexByte(b, 0x1b)
		if i < 0 || len(b) < i+3 {
			return false
		}
		switch string(b[i+1 : i+3]) {
		case "$@", "$B", "(J", "(I":
			return true
		}
		b = b[i+1:]
	}
}

// singleByte says whether the charset has one byte per character. Such a charset
// never fails to decode, so its declaration proves nothing.
func singleByte(name string) bool {
	switch name {
	case "GBK", "gb18030", "BIG5", "EUC-KR":
		return false
	}
	return !strings.HasPrefix(name, "UTF-16")
}

// guess asks the general detector about a body that is neither declared nor, beyond
// doubt, Japanese.
func guess(sample []byte, best string, t tally) string {
	r := chardet.Detect(highBytes(sample, guessWindow))
	if e, name := lookupCharset(r.Charset); e != nil && r.Confidence >= 0.5 {
		switch {
		case name == charsetUTF8 || name == "US-ASCII":
		case strings.HasPrefix(name, "UTF-16"):
		default:
			return name
		}
	}
	if t.score > 0 && t.bad == 0 {
		return best
	}
	return charsetLatin1
}

// highBytes collects the lines of b that hold bytes beyond ASCII, up to limit bytes:
// the detector would be shown little else than markup otherwise.
func highBytes(b []byte, limit int) []byte {
	out := make([]byte, 0, limit)
	for len(b) > 0 && len(out) < limit {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line = b[:i+1]
		}
		b = b[len(line):]
		first := bytes.IndexFunc(line, func(r rune) bool { return r >= utf8.RuneSelf })
		if first < 0 {
			continue
		}
		line = line[max(0, first-32):]
		out = append(out, line[:min(len(line), limit-len(out))]...)
	}
	return out
}
