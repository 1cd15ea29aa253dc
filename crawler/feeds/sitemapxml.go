package feeds

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// xmlState is where in the document the parser is. Elements are told by their local
// names, in lower case: shops get namespaces wrong, and the protocol's names are
// distinct without them.
type xmlState struct {
	p     *sitemapParser
	stack []string
	text  strings.Builder
	entry Entry
	kind  string // element of the open entry: url, sitemap, item, entry; "" between entries
	guid  string // of an RSS item, in case it has no link
}

// entryElements are the elements that hold one entry each.
var entryElements = map[string]bool{"url": true, "sitemap": true, "item": true, "entry": true}

func (p *sitemapParser) parseXML(br *bufio.Reader) error {
	s := &xmlState{p: p}
	d := newDecoder(br)
	faults := 0
	for {
		tok, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return s.end()
		case p.readErr != nil && errors.Is(err, p.readErr):
			return errors.Join(s.end(), fmt.Errorf("reading sitemap: %w", p.readErr))
		case err != nil:
			if _, err := br.Peek(1); err != nil {
				p.note("end", "ends in the middle")
				return s.end()
			}
			p.note("syntax", "has a syntax error: "+xmlProblem(err))
			if faults++; faults > maxFaults {
				p.note("faults", "has too many syntax errors and was not read to the end")
				return s.end()
			}
			s.text.Reset()
			d = newDecoder(br)
			continue
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			err = s.start(tok)
		case xml.EndElement:
			err = s.close(strings.ToLower(tok.Name.Local))
		case xml.CharData:
			if s.kind != "" && s.text.Len() <= maxLoc {
				s.text.Write(tok)
			}
		}
		if err != nil {
			return err
		}
	}
}

func xmlProblem(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Msg // its line number begins anew with each decoder
	}
	return strings.TrimPrefix(err.Error(), "xml: ")
}

func (s *xmlState) start(e xml.StartElement) error {
	name := strings.ToLower(e.Name.Local)
	if len(s.stack) == 0 && s.p.kind == "" {
		switch name {
		case "urlset":
			s.p.kind = KindURLSet
		case "sitemapindex":
			s.p.kind = KindIndex
		case "rss", "rdf":
			s.p.kind = KindRSS
		case "feed":
			s.p.kind = KindAtom
		default:
			return fmt.Errorf("%w: its root element is %q", ErrNotSitemap, name)
		}
	}
	if len(s.stack) < maxDepth {
		s.stack = append(s.stack, name)
	}
	s.text.Reset()
	if entryElements[name] && s.container(name) {
		if err := s.finish(); err != nil {
			return err
		}
		s.kind = name
		if about := attr(e, "about"); about != "" {
			s.guid = about
		}
		return nil
	}
	if s.kind == "" {
		return nil
	}
	switch name {
	case "link":
		s.link(e)
	case "enclosure", "content", "thumbnail":
		// Enclosures and Media RSS. "content" is also Atom's text, which has no url.
		if u := attr(e, "url"); u != "" && (strings.HasPrefix(attr(e, "type"), "image") || attr(e, "medium") == "image" || name == "thumbnail") {
			s.entry.Images = append(s.entry.Images, strings.TrimSpace(u))
		}
	case "guid":
		if strings.EqualFold(attr(e, "isPermaLink"), "false") {
			s.stack[len(s.stack)-1] = "guid-no-link"
		}
	}
	return nil
}

// container says whether name is one of the entries of this kind of document.
func (s *xmlState) container(name string) bool {
	switch s.p.kind {
	case KindRSS:
		return name == "item"
	case KindAtom:
		return name == "entry"
	}
	return name == "url" || name == "sitemap"
}

// link reads <link href> of Atom and <xhtml:link rel="alternate" hreflang> of
// sitemaps.
func (s *xmlState) link(e xml.StartElement) {
	href := strings.TrimSpace(attr(e, "href"))
	if href == "" {
		return
	}
	rel, lang := strings.ToLower(attr(e, "rel")), attr(e, "hreflang")
	switch {
	case s.kind == "entry" && (rel == "" || rel == "alternate") && s.entry.Loc == "":
		s.entry.Loc = href
	case s.kind == "entry" && rel == "enclosure" && strings.HasPrefix(attr(e, "type"), "image"):
		s.entry.Images = append(s.entry.Images, href)
	case s.kind == "url" && rel == "alternate" && lang != "":
		s.entry.Alternates = append(s.entry.Alternates, Alternate{Lang: lang, URL: href})
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value
		}
	}
	return ""
}

// close ends the innermost open element of that name. An end tag that fits none is
// passed over.
func (s *xmlState) close(name string) error {
	at := len(s.stack) - 1
	for at >= 0 && s.stack[at] != name && !(name == "guid" && s.stack[at] == "guid-no-link") {
		at--
	}
	if at < 0 {
		return nil
	}
	name = s.stack[at]
	parent := ""
	if at > 0 {
		parent = s.stack[at-1]
	}
	s.stack = s.stack[:at]
	text := strings.TrimSpace(s.text.String())
	s.text.Reset()
	if s.kind == "" {
		return nil
	}
	if name == s.kind {
		return s.finish()
	}
	if text == "" {
		return nil
	}
	sitemap := s.kind == "url" || s.kind == "sitemap"
	switch {
	case name == "loc" && parent == "image":
		s.entry.Images = append(s.entry.Images, text)
	case name == "loc" && sitemap && parent == s.kind:
		s.entry.Loc = text
	case name == "lastmod" && sitemap, name == "pubdate", name == "updated", name == "date" && s.entry.LastMod == "":
		s.entry.LastMod = text
	case sitemap:
	case name == "link" && parent == "item":
		s.entry.Loc = text
	case name == "guid":
		s.guid = text
	case name == "title" && parent == s.kind:
		s.entry.Title = text
	case name == "image_link", name == "additional_image_link": // Google Merchant Center
		s.entry.Images = append(s.entry.Images, text)
	}
	return nil
}

// finish hands the open entry on, if there is one.
func (s *xmlState) finish() error {
	if s.kind == "" {
		return nil
	}
	switch s.kind {
	case "url":
		s.p.pages++
	case "sitemap":
		s.p.sitemaps++
	}
	e := s.entry
	if e.Loc == "" && strings.HasPrefix(s.guid, "http") {
		e.Loc = s.guid
	}
	s.entry, s.kind, s.guid = Entry{}, "", ""
	return s.p.emit(e)
}

// end closes the document.
func (s *xmlState) end() error {
	if s.p.kind == "" {
		return fmt.Errorf("%w: it has no root element", ErrNotSitemap)
	}
	if s.kind != "" || len(s.stack) > 0 {
		if s.p.faults["end"] == nil {
			s.p.note("end", "ends in the middle")
		}
		// Loc is set at the end of its element, so it is whole if it is there.
		if s.entry.Loc != "" {
			if err := s.finish(); err != nil {
				return err
			}
		}
	}
	// The children tell better than the root what the entries are.
	switch {
	case s.p.kind == KindURLSet && s.p.pages == 0 && s.p.sitemaps > 0:
		s.p.note("root", "calls itself a list of pages and lists sitemaps")
		s.p.kind = KindIndex
	case s.p.kind == KindIndex && s.p.sitemaps == 0 && s.p.pages > 0:
		s.p.note("root", "calls itself an index and lists pages")
		s.p.kind = KindURLSet
	}
	return nil
}
