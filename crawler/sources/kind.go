package sources

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Kind of a file.
type Kind string

const (
	ShopifyTemplate Kind = "shopify-2025"    // "Title,URL handle,…", the template since 2025
	ShopifyClassic  Kind = "shopify-classic" // "Handle,Title,Body (HTML),…"
	WooCommerce     Kind = "woocommerce"     // the export of WooCommerce, in English or Japanese
	ColorMe         Kind = "colorme"         // product.csv of Color Me Shop, 60 columns
	Makeshop        Kind = "makeshop"        // 商品一括登録 of makeshop, 79 columns
	URLList         Kind = "url-list"        // addresses, one a line or in a column
)

// Kinds lists every kind in the order in which they are tried.
func Kinds() []Kind {
	var out []Kind
	for _, f := range formats() {
		out = append(out, f.kind)
	}
	return out
}

// Platform is the id of the platform whose file it is, "generic" for lists of
// addresses and for kinds that do not exist.
func (k Kind) Platform() string {
	if f := formatOf(k); f != nil {
		return f.platform
	}
	return "generic"
}

// String is the name of the kind as messages write it.
func (k Kind) String() string {
	if f := formatOf(k); f != nil {
		return f.title
	}
	return string(k)
}

// ErrHeader is matched by errors about a first line that lacks the columns of the
// kind that was looked for. The error itself is a *HeaderError.
var ErrHeader = errors.New("the first line does not name the columns of a product file")

// ErrNotText is matched by errors about files that are no text at all: spreadsheets,
// archives, pictures.
var ErrNotText = errors.New("not a text file")

// HeaderError tells what was looked for and what was found.
type HeaderError struct {
	Kind    Kind     // the kind looked for; of the nearest kind when any would do
	Any     bool     // any kind would have done
	Found   []string // names in the first line, at most 20
	Missing []string // names that the kind needs and the first line lacks
}

// Error names the kind, the header found and what is missing. Names from the file
// are quoted.
func (e *HeaderError) Error() string {
	var b strings.Builder
	found := "nothing"
	if len(e.Found) > 0 {
		found = strings.Join(quoteAll(e.Found), ", ")
	}
	fmt.Fprintf(&b, "the first line holds %s", found)
	missing := strings.Join(quoteAll(e.Missing), ", ")
	switch {
	case e.Any && missing == "":
		b.WriteString("; no product file begins so")
	case e.Any:
		fmt.Fprintf(&b, "; the nearest is %s, which also needs %s", e.Kind, missing)
	default:
		fmt.Fprintf(&b, "; %s needs %s", e.Kind, missing)
	}
	if e.Kind == ColorMe && (len(e.Found) == 0 || digits(e.Found[0])) {
		b.WriteString(" (when downloading choose 項目名: 表示する)")
	}
	return b.String()
}

// Unwrap makes errors.Is(err, ErrHeader) true.
func (e *HeaderError) Unwrap() error { return ErrHeader }

func quoteAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strconv.Quote(n)
	}
	return out
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Recognise tells the kind of a file from its first line and leaves r where it was.
// The name stands in errors. When nothing fits, the error holds a *HeaderError; for
// files that are no text it matches ErrNotText.
func Recognise(name string, r io.ReadSeeker) (Kind, error) {
	head := make([]byte, sampleSize)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("reading the beginning of %s: %w", name, err)
	}
	if _, err := r.Seek(int64(-n), io.SeekCurrent); err != nil {
		return "", fmt.Errorf("going back to the beginning of %s: %w", name, err)
	}
	g, err := Examine(name, head[:n])
	return g.Kind, err
}

// Guess is what the beginning of a file says.
type Guess struct {
	Kind     Kind
	Charset  string   // IANA name
	Comma    rune     // separator of the fields
	Evidence []string // what spoke for the kind, one sentence each
	headless bool     // a list of addresses without a first line of names
}

// Examine is Recognise for a beginning that is already in memory; head may end
// anywhere. It also says why.
func Examine(name string, head []byte) (Guess, error) {
	g, err := examineAs("", head)
	if err != nil {
		return g, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

// examineAs looks for one kind, or for any when it is "".
func examineAs(kind Kind, head []byte) (Guess, error) {
	var g Guess
	if what := binaryKind(head); what != "" {
		return g, fmt.Errorf("%w: %s", ErrNotText, what)
	}
	if kind != "" && formatOf(kind) == nil {
		return g, fmt.Errorf("no kind of file is called %q", string(kind))
	}
	g.Charset = charsetOf(head)
	text := decodeSample(head, g.Charset)
	best, hits := &HeaderError{}, -1
	for _, comma := range []rune{',', ';', '\t'} {
		header := firstRecord(text, comma)
		for _, f := range formats() {
			if kind != "" && kind != f.kind {
				continue
			}
			cols := f.match(header)
			missing := cols.missing()
			if len(missing) == 0 {
				g.Kind, g.Comma = f.kind, comma
				g.Evidence = append(g.Evidence, "the first line has "+strings.Join(quoteAll(cols.usedNames()), ", "))
				return g, nil
			}
			if found := len(cols.used()); found > hits {
				hits = found
				best = &HeaderError{Kind: f.kind, Found: capped(header), Missing: missing}
			}
		}
	}
	if (kind == "" || kind == URLList) && isAddress(firstLine(text)) {
		g.Kind, g.Comma, g.headless = URLList, ',', true
		g.Evidence = append(g.Evidence, "the first line is an address")
		return g, nil
	}
	best.Any = kind == ""
	if best.Any && hits <= 0 {
		best.Kind, best.Missing = "", nil
	}
	return g, best
}

// firstRecord reads the fields of the first line that is not blank.
func firstRecord(text string, comma rune) []string {
	rr := &recordReader{lines: newLineReader(strings.NewReader(text), text), comma: byte(comma)}
	rec, _, err := rr.next()
	if err != nil {
		return nil
	}
	return rec
}

// firstLine is the first line of a list of addresses: not blank, no comment.
func firstLine(text string) string {
	lines := newLineReader(strings.NewReader(text), text)
	for {
		line, _, err := lines.next()
		if err != nil {
			return ""
		}
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line
		}
	}
}

func capped(names []string) []string {
	const most = 20
	var out []string
	for _, n := range names {
		if len(out) == most {
			break
		}
		if r := []rune(n); len(r) > 60 {
			n = string(r[:60]) + "…"
		}
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// normal is a header name with the differences taken out that programs and people
// make: case, width, blanks around and no-break blanks.
func normal(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(name)), " "))
}
