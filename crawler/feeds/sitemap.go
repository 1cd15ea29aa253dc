package feeds

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"

	"github.com/klauspost/compress/gzip"
)

// Kinds of document that ParseSitemap tells apart.
const (
	KindURLSet = "urlset" // entries are pages
	KindIndex  = "index"  // entries are further sitemaps
	KindText   = "text"   // one page per line
	KindRSS    = "rss"    // RSS 0.9x, 1.0 and 2.0
	KindAtom   = "atom"
)

// ErrNotSitemap: the body is something else, most often a web page that a shop sends
// in place of a missing sitemap.
var ErrNotSitemap = errors.New("not a sitemap")

// Entry is one address of a sitemap or feed.
type Entry struct {
	Loc     string // as written, entities resolved, blanks and line breaks taken out
	LastMod string // as written
	Title   string // RSS and Atom only
	Images  []string
	// Alternates are the versions of the page in other languages.
	Alternates []Alternate
}

// Alternate is a page in another language.
type Alternate struct {
	Lang string // value of hreflang
	URL  string
}

// Limits bound what ParseSitemap reads. What lies beyond is left out with a warning.
type Limits struct {
	MaxBytes   int64 // after decompression; 0: 128 MiB
	MaxEntries int   // 0: one million
}

const (
	defaultMaxBytes   = 128 << 20
	defaultMaxEntries = 1_000_000

	// What the protocol allows (https://www.sitemaps.org/protocol.html, 2016-11-21).
	// Files beyond it exist and are read all the same, with a warning.
	protocolBytes   = 50 << 20
	protocolEntries = 50_000
	protocolLoc     = 2048

	maxLoc    = 32 << 10 // longer ones are no addresses
	maxDepth  = 64       // of elements
	maxFaults = 1000     // syntax errors that are stepped over
	maxGzip   = 2        // gzip within gzip
	window    = 4096     // in which the document must begin
)

// ParseSitemap reads a sitemap, a sitemap index, a list of addresses, RSS or Atom from
// r and calls fn for each entry in order. Gzip is recognised by its first bytes. The
// document is read as a stream.
//
// Faults are stepped over where possible and reported in warnings: undeclared
// entities, bare "&", wrong namespaces, bytes of the wrong charset, syntax errors, a
// missing end, more entries or bytes than the protocol or limit allows. err is
// [ErrNotSitemap] when the document is none, a read error, or what fn returned, which
// ends the reading. The results are valid up to that point even if err is set.
func ParseSitemap(r io.Reader, limit Limits, fn func(Entry) error) (kind string, warnings []string, err error) {
	if limit.MaxBytes <= 0 {
		limit.MaxBytes = defaultMaxBytes
	}
	if limit.MaxEntries <= 0 {
		limit.MaxEntries = defaultMaxEntries
	}
	p := &sitemapParser{limit: limit, fn: fn}
	err = p.parse(r)
	return p.kind, p.warnings(), err
}

type sitemapParser struct {
	limit Limits
	fn    func(Entry) error
	kind  string

	readErr error // of the document's reader, io.EOF excepted

	n        int // entries given to fn
	pages    int // of those, from <url>
	sitemaps int // of those, from <sitemap>
	faults   map[string]*fault
	order    []string // of faults, as met
}

// errEnough ends the reading without an error.
var errEnough = errors.New("enough")

func (p *sitemapParser) parse(r io.Reader) error {
	counted := &countingReader{left: p.limit.MaxBytes}
	in, err := p.unzip(r)
	if err != nil {
		return err
	}
	counted.r = in
	br := bufio.NewReaderSize(counted, 64<<10)
	head, err := br.Peek(window)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return fmt.Errorf("reading sitemap: %w", err)
	}
	br = bufio.NewReaderSize(&errReader{r: cleanText(br, head), err: &p.readErr}, 64<<10)
	if err := p.findStart(br); err != nil {
		return err
	}
	if p.kind == KindText {
		err = p.parseText(br)
	} else {
		err = p.parseXML(br)
	}
	if counted.read > protocolBytes {
		p.note("size", fmt.Sprintf("is larger than the %d MB that the protocol allows", protocolBytes>>20))
	}
	if counted.cut {
		p.note("cut", fmt.Sprintf("was read up to its first %d bytes only", p.limit.MaxBytes))
	}
	if p.n > protocolEntries {
		p.note("entries", fmt.Sprintf("has more than the %d entries that the protocol allows", protocolEntries))
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// unzip takes gzip off, however the file is named.
func (p *sitemapParser) unzip(r io.Reader) (io.Reader, error) {
	for range maxGzip {
		br := bufio.NewReader(r)
		head, err := br.Peek(2)
		if err != nil || head[0] != 0x1f || head[1] != 0x8b {
			return br, nil
		}
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("reading sitemap: %w", err)
		}
		r = z
	}
	return r, nil
}

// cleanText turns a document of any charset into UTF-8 that an XML parser accepts.
func cleanText(r io.Reader, head []byte) io.Reader {
	decoder := transform.Transformer(transform.Nop)
	if label := declaredEncoding(head); label != "" {
		if e, _ := charset.Lookup(label); e != nil {
			decoder = e.NewDecoder()
		}
	}
	// A byte order mark overrides the declaration and is taken off.
	return transform.NewReader(r, transform.Chain(
		unicode.BOMOverride(decoder), runes.ReplaceIllFormed(), runes.Remove(runes.Predicate(notInXML))))
}

// notInXML: everything that the Char production of XML 1.0 leaves out.
func notInXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
}

// declaredEncoding returns the encoding that an XML declaration names, "" for UTF-8.
func declaredEncoding(head []byte) string {
	_, rest, ok := bytes.Cut(head, []byte("<?xml"))
	if !ok {
		return ""
	}
	decl, _, _ := bytes.Cut(rest, []byte("?>"))
	_, value, ok := strings.Cut(strings.ToLower(string(decl)), "encoding")
	if !ok {
		return ""
	}
	value = strings.TrimLeft(value, " \t\r\n='\"")
	if i := strings.IndexAny(value, " \t\r\n'\""); i >= 0 {
		value = value[:i]
	}
	if value == "utf-8" || value == "utf8" || strings.HasPrefix(value, "utf-16") {
		return ""
	}
	return value
}

// findStart decides between XML and text and skips what comes before the document:
// blanks, and the messages that a broken shop program prints.
func (p *sitemapParser) findStart(br *bufio.Reader) error {
	head, err := br.Peek(window)
	if len(head) == 0 && err != nil {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: it is empty", ErrNotSitemap)
		}
		return fmt.Errorf("reading sitemap: %w", err)
	}
	low := bytes.ToLower(head)
	trimmed := bytes.TrimLeft(low, " \t\r\n")
	switch {
	case bytes.HasPrefix(trimmed, []byte("http://")), bytes.HasPrefix(trimmed, []byte("https://")):
		p.kind = KindText
		return nil
	case bytes.HasPrefix(trimmed, []byte("<!doctype html")), bytes.HasPrefix(trimmed, []byte("<html")):
		return fmt.Errorf("%w: it is a web page", ErrNotSitemap)
	}
	start := len(low)
	for _, tag := range []string{"<?xml", "<urlset", "<sitemapindex", "<rss", "<feed", "<rdf:rdf"} {
		if i := bytes.Index(low, []byte(tag)); i >= 0 && i < start {
			start = i
		}
	}
	if start == len(low) {
		if bytes.HasPrefix(trimmed, []byte("<")) {
			return nil // a long comment, or a root in a namespace of its own
		}
		return fmt.Errorf("%w: it begins with %q", ErrNotSitemap, trimmed[:min(len(trimmed), 40)])
	}
	if start > len(low)-len(trimmed) && !bytes.HasPrefix(trimmed, []byte("<!--")) {
		p.note("before", "begins with text that does not belong there")
	}
	_, err = br.Discard(start)
	return err
}

func (p *sitemapParser) parseText(br *bufio.Reader) error {
	sc := bufio.NewScanner(br)
	sc.Buffer(make([]byte, 0, 4096), maxLoc)
	for line := 1; sc.Scan(); line++ {
		s := strings.TrimSpace(sc.Text())
		if s == "" {
			continue
		}
		if low := strings.ToLower(s[:min(len(s), 8)]); !strings.HasPrefix(low, "http://") && !strings.HasPrefix(low, "https://") {
			p.note("line", fmt.Sprintf("has a line that is no address (line %d)", line))
			continue
		}
		if err := p.emit(Entry{Loc: s}); err != nil {
			return err
		}
	}
	if err := sc.Err(); errors.Is(err, bufio.ErrTooLong) {
		p.note("line", "has a line that is too long to be an address, and was read up to there")
	} else if err != nil {
		return fmt.Errorf("reading sitemap: %w", err)
	}
	return nil
}

// emit checks an entry and hands it on.
func (p *sitemapParser) emit(e Entry) error {
	if e.Loc = p.cleanLoc(e.Loc); e.Loc == "" {
		p.note("empty", fmt.Sprintf("has an entry without an address (after %d entries)", p.n))
		return nil
	}
	if len(e.Loc) > maxLoc {
		p.note("long", fmt.Sprintf("has an address of %d bytes, left out", len(e.Loc)))
		return nil
	}
	if len(e.Loc) >= protocolLoc {
		p.note("loc", fmt.Sprintf("has an address longer than the %d bytes that the protocol allows", protocolLoc))
	}
	if p.n == p.limit.MaxEntries {
		p.note("most", fmt.Sprintf("was read up to its first %d entries only", p.n))
		return errEnough
	}
	p.n++
	return p.fn(e)
}

func (p *sitemapParser) cleanLoc(s string) string {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.Join(strings.Fields(s), "")
	}
	if strings.Contains(s, "&amp;") {
		// Escaped twice by the shop's program: no address holds "&amp;" on purpose.
		p.note("twice", "escapes & twice")
		s = strings.ReplaceAll(s, "&amp;", "&")
	}
	return s
}

// fault is one kind of warning with how often it was met.
type fault struct {
	text string
	n    int
}

func (p *sitemapParser) note(code, text string) {
	if p.faults == nil {
		p.faults = map[string]*fault{}
	}
	f := p.faults[code]
	if f == nil {
		f = &fault{text: text}
		p.faults[code] = f
		p.order = append(p.order, code)
	}
	f.n++
}

// warnings renders the faults, one sentence per kind, in the order they were met.
func (p *sitemapParser) warnings() []string {
	var out []string
	for _, code := range p.order {
		f := p.faults[code]
		s := "the sitemap " + f.text
		if f.n > 1 {
			s += fmt.Sprintf(", and %d more like it", f.n-1)
		}
		out = append(out, s)
	}
	return out
}

// countingReader ends after left bytes and remembers that there was more.
type countingReader struct {
	r    io.Reader
	left int64
	read int64
	cut  bool
}

func (c *countingReader) Read(b []byte) (int, error) {
	if c.left == 0 {
		var one [1]byte
		if n, _ := c.r.Read(one[:]); n > 0 {
			c.cut = true
		}
		return 0, io.EOF
	}
	if int64(len(b)) > c.left {
		b = b[:c.left]
	}
	n, err := c.r.Read(b)
	c.left -= int64(n)
	c.read += int64(n)
	return n, err
}

// errReader notes the error that ends the reading, so that it can be told from those
// of the XML parser.
type errReader struct {
	r   io.Reader
	err *error
}

func (e *errReader) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		*e.err = err
	}
	return n, err
}

// newDecoder makes a decoder that reads from br not one byte more than it needs, so
// that after a syntax error another can go on from the same place.
func newDecoder(br *bufio.Reader) *xml.Decoder {
	d := xml.NewDecoder(br)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // done by cleanText
	return d
}
