package extract

import (
	"net/url"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/recall"
)

// Reader reads the pages of a shop one after another and keeps in mind what they have in
// common: what stands on each of them in the same bytes, where the references of their
// menus lead, what the names of their classes mean. It reads the same as [Page], at less cost. What it keeps is bounded, see
// maxSharedRef and maxNames; of a link that it remembers it hands out the same Note each
// time. It is not safe for many goroutines at once.
type Reader struct {
	names   names
	shared  sharedRefs
	earlier *earlier

	// Memory that each page uses anew. None of it but links holds texts of a page when the
	// page has been read.
	events   []event
	attrs    []attrSpan
	spans    []attrSpan
	told     []int32
	recalled []recalled
	links    []Link
	calls    []tagCalls
	marks    []mark
	parts    []seg
	line     []byte
	title    []byte
	found    []amountAt
}

// NewReader returns a reader that knows nothing yet.
func NewReader() *Reader { return &Reader{} }

// Page is the function Page. The links of the result hold until the next call.
func (rd *Reader) Page(u *url.URL, body []byte, h Hints) (*Result, error) {
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	if u == nil {
		u = &url.URL{}
	}
	clear(rd.links[:cap(rd.links)])
	return rd.read(u, body, h, true)
}

// maxKept bounds the memory, in elements of each kind, that a reader holds on to after a
// page.
const maxKept = 1 << 14

// maxLinksKept is maxKept for links.
const maxLinksKept = 1 << 11

// keep takes the memory of a scanner and a glance back.
func (rd *Reader) keep(s *scanner, g *glance) {
	rd.events, rd.attrs, rd.spans, rd.told, rd.recalled = kept(s.events), kept(s.attrs), kept(s.spans), kept(s.told), kept(s.recalled)
	if rd.links = nil; cap(s.res.Links) <= maxLinksKept {
		rd.links = s.res.Links[:0]
	}
	if g != nil {
		rd.calls, rd.marks, rd.parts = kept(g.calls), kept(g.marks), kept(g.parts)
		rd.line, rd.title = kept(g.line), kept(g.title)
		clear(g.found[:cap(g.found)])
		rd.found = kept(g.found)
	}
}

func kept[T any](s []T) []T {
	if cap(s) > maxKept {
		return nil
	}
	return s[:0]
}

// glance begins to hold the product p against the page of s.
func (rd *Reader) glance(s *scanner, m *merger, p *catalog.Product, sure bool) *glance {
	return &glance{scanner: s, m: m, p: p, name: fold(p.Name), names: &rd.names, sure: sure,
		calls: rd.calls, marks: rd.marks, parts: rd.parts, line: rd.line, title: rd.title, found: rd.found}
}

// names remembers what names of classes mean.
type names struct {
	flags map[string]flag
	size  int // bytes of the names
}

// maxNames is how many bytes of class names are remembered.
const maxNames = 1 << 18

// flagsOf is nameFlags.
func (n *names) flagsOf(name string) flag {
	f, ok := n.flags[name]
	if ok {
		return f
	}
	f = nameFlags(name)
	if n.flags == nil || n.size > maxNames {
		n.flags, n.size = make(map[string]flag), 0
	}
	if len(name) < maxNames/64 {
		n.flags[strings.Clone(name)] = f
		n.size += len(name)
	}
	return f
}

// sharedRefs remembers where references lead that lead to the same place from every page
// of one origin.
type sharedRefs struct {
	origin string
	memory *recall.Memory[string, ref]
}

const (
	// sharedRefs holds maxSharedRefs references, or twice as many, of at most
	// maxSharedRef bytes: less than 1 MB, and the notes on them.
	maxSharedRefs = 1 << 9
	maxSharedRef  = 300
)

// of returns the memory for the pages of an origin.
func (s *sharedRefs) of(origin string) *recall.Memory[string, ref] {
	if s.memory == nil || s.origin != origin {
		s.origin, s.memory = strings.Clone(origin), recall.New[string, ref](maxSharedRefs)
	}
	return s.memory
}

// isShared says whether a reference leads to the same place from every page of one
// origin, whatever the charset of the page.
func isShared(raw string) bool {
	if len(raw) < 2 || len(raw) > maxSharedRef || !isASCII(raw) {
		return false
	}
	return raw[0] == '/' && raw[1] != '/' && raw[1] != '\\' || strings.HasPrefix(raw, "http://") || strings.HasPrefix(raw, "https://")
}
