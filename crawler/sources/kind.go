package sources

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Kind of a file. Formats says what each is and how it is recognised.
type Kind string

const (
	SearchConsolePages   Kind = "search-console"               // pages with clicks and impressions, one period or two
	SearchConsoleAPI     Kind = "search-console-api"           // answers of the Search Console API, JSON
	SearchConsoleLinks   Kind = "search-console-links"         // the pages of the shop that others link to
	SearchConsoleSites   Kind = "search-console-linking-sites" // the sites that link to the shop most
	SearchConsoleLatest  Kind = "search-console-latest-links"  // pages elsewhere that link to the shop
	SearchConsoleIndex   Kind = "search-console-indexing"      // example pages of the indexing report
	SearchConsoleDates   Kind = "search-console-dates"         // the daily figures that lie beside the pages
	SearchConsoleFilters Kind = "search-console-filters"       // the filters that lie beside the pages
	SearchConsoleOther   Kind = "search-console-other"         // tables that name no page of the shop
	Analytics            Kind = "ga4"                          // landing pages of Google Analytics 4
	Bing                 Kind = "bing"                         // pages of Bing Webmaster Tools
	Ahrefs               Kind = "ahrefs"                       // backlinks
	Majestic             Kind = "majestic"                     // backlinks
	Semrush              Kind = "semrush"                      // backlinks
	Moz                  Kind = "moz"                          // backlinks
	LinksTable           Kind = "links-table"                  // a table of one's own: which page links to which
	ScreamingFrog        Kind = "screaming-frog"               // internal_html.csv, internal_all.csv
	Sitebulb             Kind = "sitebulb"                     // pages of a crawl
	AccessLog            Kind = "access-log"                   // Apache and nginx, common or combined
	FieldsLog            Kind = "fields-log"                   // CloudFront: a log with a line #Fields
	JSONLog              Kind = "json-log"                     // one JSON object a request
	Sitemap              Kind = "sitemap"                      // sitemap, RSS or Atom
	MerchantXML          Kind = "merchant-xml"                 // merchant feed as RSS or Atom
	MerchantTable        Kind = "merchant-table"               // merchant feed as a table
	Wayback              Kind = "wayback"                      // the CDX index of the Wayback Machine
	CommonCrawl          Kind = "common-crawl"                 // the index of Common Crawl
	WorthTable           Kind = "worth-table"                  // a table of one's own: addresses with figures

	ProductOptions  Kind = "product-options" // forms of products of Color Me, makeshop or futureshop, which name no page
	ShopifyTemplate Kind = "shopify-2025"    // "Title,URL handle,…", the template since 2025
	ShopifyClassic  Kind = "shopify-classic" // "Handle,Title,Body (HTML),…"
	WooCommerce     Kind = "woocommerce"     // the export of WooCommerce, in English or Japanese
	ColorMe         Kind = "colorme"         // product.csv of Color Me Shop, 60 columns
	Makeshop        Kind = "makeshop"        // 商品一括登録 of makeshop, 79 columns
	BASE            Kind = "base"            // product CSV of BASE
	Futureshop      Kind = "futureshop"      // ccGoods.csv of futureshop, 112 columns
	ECCube4         Kind = "eccube4"         // product CSV of EC-CUBE 4
	ECCube3         Kind = "eccube3"         // product CSV of EC-CUBE 3
	ECCube2         Kind = "eccube2"         // product CSV of EC-CUBE 2
	PrestaShop      Kind = "prestashop"      // product CSV of PrestaShop
	Magento         Kind = "magento"         // product CSV of Magento 2
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

// String is the English name of the kind as messages write it.
func (k Kind) String() string { return k.In("en") }

// In is the name of the kind in "ja" or "en".
func (k Kind) In(lang string) string {
	f := formatOf(k)
	switch {
	case f == nil:
		return string(k)
	case lang == "ja":
		return f.titleJA
	}
	return f.title
}

// Source is the word under which worth from files of this kind is stored; empty for
// kinds that tell none.
func (k Kind) Source() string {
	if f := formatOf(k); f != nil {
		return f.source
	}
	return ""
}

// Idle says that files of the kind are recognised, but hold nothing of use.
func (k Kind) Idle() bool {
	f := formatOf(k)
	return f != nil && f.role == roleNothing
}

// Goods says whether files of the kind are products or plain addresses, which
// ReadProducts reads.
func (k Kind) Goods() bool {
	f := formatOf(k)
	return f != nil && (f.role == roleGoods || f.role == roleList)
}

// ErrHeader is matched by errors about a first line that lacks the columns of the
// kind that was looked for. The error itself is a *HeaderError.
var ErrHeader = errors.New("the first line does not name the columns of a known file")

// ErrNotText is matched by errors about files that are no text at all: spreadsheets,
// archives, pictures.
var ErrNotText = errors.New("not a text file")

// HeaderError tells what was looked for and what was found.
type HeaderError struct {
	Kind    Kind     // the kind looked for; of the nearest kind when any would do
	Any     bool     // any kind would have done
	Found   []string // names in the first line, at most 20
	Missing []string // names that the kind needs and the first line lacks
	// Addresses are names of columns that hold addresses of the web, at most 20: once the
	// right one is called URL, the file can be read.
	Addresses []string
	hits      int // names that the kind knows
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
		b.WriteString("; no file that can be read begins so")
	case missing == "":
		fmt.Fprintf(&b, "; %s begins otherwise", e.Kind)
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
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
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
	above    []string // lines above the line of names
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
	for _, f := range formats() {
		if f.detect == nil || kind != "" && kind != f.kind {
			continue
		}
		if why := f.detect(text); why != "" {
			g.Kind, g.Evidence = f.kind, append(g.Evidence, why)
			return g, nil
		}
		if kind != "" {
			return g, &HeaderError{Kind: kind, Found: capped([]string{firstLine(text)})}
		}
	}
	var best *HeaderError
	for _, comma := range []rune{',', ';', '\t'} {
		found, evidence, miss := ofHeader(kind, firstRecord(text, comma), false)
		if miss == nil {
			g.Kind, g.Comma, g.Evidence = found, comma, evidence
			return g, nil
		}
		miss.Addresses = addressColumns(&recordReader{lines: newLineReader(strings.NewReader(text), text), comma: byte(comma)})
		if best == nil || miss.hits > best.hits || miss.hits == best.hits && len(miss.Addresses) > len(best.Addresses) {
			best = miss
		}
	}
	if below, ok := examineBelow(kind, text); ok {
		g.Kind, g.Comma, g.Evidence, g.above = below.Kind, below.Comma, below.Evidence, below.above
		return g, nil
	}
	if (kind == "" || kind == URLList) && parsedAddress(firstLine(text)) != nil {
		g.Kind, g.Comma, g.headless = URLList, ',', true
		g.Evidence = append(g.Evidence, "the first line is an address")
		return g, nil
	}
	return g, best
}

// addressColumns names the columns of a table that hold nothing but addresses of the web,
// as far as its first rows tell.
func addressColumns(rows rowSource) []string {
	const looked = 20
	header, _, err := rows.next()
	if err != nil || len(header) > maxColumns {
		return nil
	}
	found, other := make([]bool, len(header)), make([]bool, len(header))
	for range looked {
		rec, _, err := rows.next()
		if err != nil {
			break
		}
		for i, value := range rec[:min(len(rec), len(header))] {
			switch u := parsedAddress(strings.TrimSpace(value)); {
			case u != nil && isWeb(u):
				found[i] = true
			case strings.TrimSpace(value) != "":
				other[i] = true
			}
		}
	}
	var names []string
	for i, name := range header {
		if found[i] && !other[i] {
			names = append(names, name)
		}
	}
	return capped(names)
}

// ofHeader finds the kind, of all or the one asked for, that a line of names belongs
// to. below says that other lines stand above it. miss is what the nearest kind lacks.
func ofHeader(kind Kind, header []string, below bool) (found Kind, evidence []string, miss *HeaderError) {
	miss = &HeaderError{Any: kind == ""}
	for _, f := range formats() {
		if f.detect != nil || kind != "" && kind != f.kind || below && !f.below {
			continue
		}
		if len(header) > maxColumns {
			break
		}
		cols := f.match(header)
		missing := cols.missing()
		if len(missing) == 0 && (!below || len(header) > 1) {
			return f.kind, []string{"the line of names has " + strings.Join(quoteAll(cols.usedNames()), ", ")}, nil
		}
		if hits := len(cols.used()); hits > miss.hits || miss.Kind == "" {
			miss.Kind, miss.Found, miss.Missing, miss.hits = f.kind, capped(header), missing, hits
		}
	}
	if miss.Any && miss.hits == 0 {
		miss.Kind, miss.Missing = "", nil
	}
	return "", nil, miss
}

// maxAbove is how many lines may stand above the line of names.
const maxAbove = 40

// examineBelow looks for the line of names below other lines, as reports that begin
// with their title and period have it.
func examineBelow(kind Kind, text string) (Guess, bool) {
	var g Guess
	lines := newLineReader(strings.NewReader(text), text)
	for len(g.above) < maxAbove {
		line, _, err := lines.next()
		if err != nil {
			break
		}
		for _, comma := range []rune{',', ';', '\t'} {
			if found, evidence, miss := ofHeader(kind, firstRecord(line, comma), true); miss == nil {
				g.Kind, g.Comma, g.Evidence = found, comma, evidence
				return g, true
			}
		}
		g.above = append(g.above, line)
	}
	return g, false
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
