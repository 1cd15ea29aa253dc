package sources

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"

	"replatform/crawler/catalog"
	"replatform/crawler/feeds"
)

// merchantSpace is the namespace of the fields of a merchant feed
// (https://support.google.com/merchants/answer/7052112).
const merchantSpace = "http://base.google.com/ns/1.0"

func detectMerchant(text string) string {
	if strings.HasPrefix(strings.TrimLeft(text, "\uFEFF \t\r\n"), "<") && strings.Contains(text, merchantSpace) {
		return "XML with the namespace " + merchantSpace
	}
	return ""
}

func detectSitemap(text string) string {
	if !strings.HasPrefix(strings.TrimLeft(text, "\uFEFF \t\r\n"), "<") {
		return ""
	}
	for _, root := range []string{"<urlset", "<sitemapindex", "<rss", "<feed", "<rdf:RDF"} {
		if strings.Contains(text, root) {
			return "XML that begins with " + root + ">"
		}
	}
	return ""
}

// readSitemap reads the addresses of a sitemap, RSS or Atom. An index names other
// sitemaps: it gives none.
func readSitemap(s *session, in io.Reader) error {
	s.rep.Used = []string{"loc"}
	type found struct{ loc, title string }
	var list []found
	kind, warnings, err := feeds.ParseSitemap(in, feeds.Limits{}, func(e feeds.Entry) error {
		list = append(list, found{e.Loc, e.Title})
		return s.ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("reading the sitemap: %w", err)
	}
	for _, w := range warnings {
		s.rep.Doubts = append(s.rep.Doubts, RowError{0, w, w})
		s.rep.DoubtCount++
	}
	if kind == feeds.KindIndex {
		s.note(noteSitemapIndex, len(list))
		return nil
	}
	for i, e := range list {
		s.rep.Rows++
		u, reason := s.pageAddress(e.loc)
		if reason != "" {
			if err := s.refuse(i+1, reason, short(e.loc)); err != nil {
				return err
			}
			continue
		}
		if a := s.kept.address(i+1, u, ""); a != nil && e.title != "" && a.Record == nil {
			a.Record = s.kept.record(Record{Line: i + 1, URL: a.URL, Published: true, Product: new(catalog.Product), Title: e.title})
		}
	}
	return nil
}

const (
	maxFeedText = 64 << 10 // bytes of one field of an item
	maxNested   = 100      // elements within each other
)

// readMerchant reads a merchant feed as RSS or Atom: an item is one offer.
func readMerchant(s *session, in io.Reader) error {
	s.rep.Used = []string{"g:id", "link", "title", "g:gtin", "g:mpn", "g:brand", "g:price", "g:image_link", "description"}
	room := newAllowance(in)
	dec := xml.NewDecoder(room)
	dec.Strict, dec.Entity, dec.CharsetReader = false, xml.HTMLEntity, charset.NewReaderLabel
	var item map[string]string
	field, depth, line, nested := "", 0, 0, 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if item != nil {
				return fmt.Errorf("%w in the item at line %d", ErrCutOff, line)
			}
			return nil
		}
		if err != nil {
			n, _ := dec.InputPos()
			if strings.Contains(err.Error(), "unexpected EOF") {
				return fmt.Errorf("%w at line %d", ErrCutOff, n)
			}
			return fmt.Errorf("reading XML at line %d: %w", n, err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if nested++; nested > maxNested {
				n, _ := dec.InputPos()
				return fmt.Errorf("reading XML at line %d: elements in more than %d others", n, maxNested)
			}
			name := strings.ToLower(t.Name.Local)
			switch {
			case item == nil && (name == "item" || name == "entry"):
				item, depth = map[string]string{}, 0
				line, _ = dec.InputPos()
			case item != nil && (name == "item" || name == "entry"):
				s.rep.Rows++
				if err := s.refuse(line, "an item that does not end"); err != nil {
					return err
				}
				item, depth = map[string]string{}, 0
				line, _ = dec.InputPos()
			case item != nil:
				if depth++; depth == 1 {
					field = name
					if href := attr(t, "href"); name == "link" && href != "" && item["link"] == "" {
						item["link"] = href
					}
				}
			}
		case xml.CharData:
			if item != nil && depth == 1 && len(item[field])+len(t) <= maxFeedText {
				item[field] += string(t)
			}
		case xml.EndElement:
			nested--
			switch {
			case item != nil && depth > 0:
				depth--
			case item != nil:
				if err := s.offer(line, item); err != nil {
					return err
				}
				item = nil
				room.next()
				if err := s.ctx.Err(); err != nil {
					return fmt.Errorf("reading the file: %w", err)
				}
			}
		}
	}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// offer keeps one item of a merchant feed.
func (s *session) offer(line int, item map[string]string) error {
	s.rep.Rows++
	get := func(name string) string { return strings.TrimSpace(item[name]) }
	r := row{line: line}
	p := &catalog.Product{Name: get("title"), MPN: get("mpn"), GTIN: s.gtin(r, get("gtin")), Brand: get("brand"), Description: plainText(get("description"))}
	if text := get("price"); text != "" {
		number, code, _ := strings.Cut(text, " ")
		if a, ok := amount(number); ok {
			p.Price = catalog.Price{Amount: a}
			if len(code) == 3 {
				p.Price.Currency = code
			}
		} else {
			s.doubt(line, "%q is not a price", short(text))
		}
	}
	if u := s.absolute(get("image_link")); u != "" {
		p.Images = []string{u}
	}
	return s.listed(line, get("link"), get("id"), p)
}
