package sources

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"replatform/crawler/catalog"
)

// parsedAddress reads an address of a list: absolute, or a path; nil when it is none.
func parsedAddress(line string) *url.URL {
	if !strings.HasPrefix(line, "http") && strings.ContainsAny(line, " \t,;\"") {
		return nil
	}
	u, err := url.Parse(strings.TrimSpace(line))
	switch {
	case err != nil:
		return nil
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(line, "/"), isWeb(u):
		return u
	}
	return nil
}

// plainRef takes a reference apart that nothing need be done about to have it as an
// address, which nearly all are: printable ASCII letters, a host in small letters without
// a port, no percent signs, dots or colons in places where they mean something. The host
// is "" for a path. What it gives is what url.Parse and URL.String give; the rest is for
// them to read, at several times the cost.
func plainRef(ref string) (host string, ok bool) {
	rest := ref
	switch {
	case strings.HasPrefix(ref, "https://"):
		rest = ref[len("https://"):]
	case strings.HasPrefix(ref, "http://"):
		rest = ref[len("http://"):]
	case !strings.HasPrefix(ref, "/") || strings.HasPrefix(ref, "//"):
		return "", false
	}
	n := 0
	for n < len(rest) && (rest[n] >= 'a' && rest[n] <= 'z' || rest[n] >= '0' && rest[n] <= '9' || rest[n] == '-' || rest[n] == '.') {
		n++
	}
	if n == 0 && len(rest) < len(ref) {
		return "", false
	}
	host = rest[:n]
	if rest = rest[n:]; rest == "" {
		return host, true
	}
	if rest[0] != '/' && rest[0] != '?' {
		return "", false
	}
	query := false
	for i := range len(rest) {
		switch c := rest[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9', c == '-', c == '_', c == '/':
		case c == '.': // but no part of a path that is "." or ".."
			if !query && rest[i-1] == '/' {
				return "", false
			}
		case c == '?':
			query = true
		case query && (c == '=' || c == '&' || c == '+' || c == '%' || c == '.' || c == '*'):
		default:
			return "", false
		}
	}
	return host, true
}

// isWeb says whether an address is one of the web.
func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// list reads addresses from a column, with what else the file says about them.
type list struct{ s *session }

func listSink(s *session) sink { return &list{s} }

func (f *list) row(r row) error {
	ref := r.get(fURL)
	p := &catalog.Product{
		Name: r.get(fName), SKU: r.get(fSKU), MPN: r.get(fMPN), GTIN: f.s.gtin(r, r.get(fGTIN)), Brand: r.get(fBrand),
		Price: f.listPrice(r), Description: plainText(r.get(fDescription)),
	}
	if u := f.s.absolute(r.get(fImage)); u != "" {
		p.Images = []string{u}
	}
	return f.s.listed(r.line, ref, r.get(fID), p)
}

// listPrice reads "1980" and also "1980 JPY", as product feeds write it
// (https://support.google.com/merchants/answer/7052112).
func (f *list) listPrice(r row) catalog.Price {
	text := r.get(fPrice)
	if number, code, ok := strings.Cut(text, " "); ok && len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		if a, ok := amount(number); ok {
			return catalog.Price{Amount: a, Currency: code}
		}
	}
	return f.s.price(r, fPrice, "")
}

func (f *list) end() error { return nil }

// listed gives one address to the caller.
func (s *session) listed(line int, ref, id string, p *catalog.Product) error {
	if len(ref) > maxAddress {
		return s.refuse(line, "an address of more than 8 KiB: %q", short(ref))
	}
	u, reason := s.made(ref)
	if reason != "" {
		return s.refuse(line, reason, short(ref))
	}
	return s.emit(Record{Line: line, URL: u, ID: id, Published: true, Product: fill(p)})
}

// lines reads a list without a first line of names: one address a line, blank lines
// and lines that begin with # left out.
func (s *session) lines(lines *lineReader) error {
	s.rep.Used = []string{"URL"}
	for {
		if err := s.ctx.Err(); err != nil {
			return fmt.Errorf("reading the file: %w", err)
		}
		line, n, err := lines.next()
		if err != nil {
			if err = s.passBroken(err); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			continue
		}
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		s.rep.Rows++
		if err := s.listed(n, line, "", new(catalog.Product)); err != nil {
			return err
		}
	}
}
