package extract

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// ScanLinks reads the links of a page and what it declares in its head, without
// building a document tree. It fills every field of Result but those that need
// one: Type, ProductScore, Reasons, Product and Breadcrumb.
func ScanLinks(u *url.URL, body []byte, h Hints) *Result {
	res, _ := scan(u, body, h)
	return res
}

// scan is ScanLinks, and the resolver by which other references of the page can
// be resolved.
func scan(u *url.URL, body []byte, h Hints) (*Result, resolver) {
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	s := &scanner{res: &Result{OG: make(map[string]string)}, inHead: true}
	s.run(body)
	return s.res, s.finish(u, h.Charset)
}

// scanner walks the tokens of one page.
type scanner struct {
	res  *Result
	base string // href of the first base element

	inHead     bool // nothing has ended the head so far
	headClosed bool // its end tag was seen
	broken     bool // an element that may not stand in a head has ended it
	inNoscript bool
	inTemplate int
	inSVG      int
	inTitle    bool
	haveTitle  bool
	haveRobots bool

	anchor  int // index of the open link in res.Links, plus one
	text    strings.Builder
	altText string
	form    *formScan

	canonical, late, prev, next, refresh string
}

// formScan gathers a form that sends by GET and asks the visitor nothing.
type formScan struct {
	action string
	fields url.Values
	asks   bool
	label  string
}

func (s *scanner) run(body []byte) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(maxBody)
	for {
		switch z.Next() {
		case html.ErrorToken:
			s.closeAnchor()
			s.closeForm()
			return
		case html.TextToken:
			s.onText(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := string(name)
			var attrs attributes
			for more {
				var k, v []byte
				k, v, more = z.TagAttr()
				if len(attrs) < 64 {
					attrs = append(attrs, html.Attribute{Key: string(k), Val: string(v)})
				}
			}
			if tag == "noscript" {
				// Without scripts its content is ordinary markup, links included.
				z.NextIsNotRawText()
			}
			s.onStart(tag, attrs)
		case html.EndTagToken:
			name, _ := z.TagName()
			s.onEnd(string(name))
		}
	}
}

// attributes of one tag, as written.
type attributes []html.Attribute

func (a attributes) get(key string) string {
	for _, x := range a {
		if x.Key == key {
			return x.Val
		}
	}
	return ""
}

func (s *scanner) onText(text []byte) {
	switch {
	case s.inTitle:
		if s.text.Len() < maxTitle*4 {
			s.text.Write(text)
		}
		return
	case s.anchor > 0 && s.text.Len() < maxLinkText*4:
		s.text.Write(text)
		s.text.WriteByte(' ')
	}
	if s.inHead && !s.inNoscript && s.inTemplate == 0 && len(bytes.TrimSpace(text)) > 0 {
		s.endHead()
	}
}

// isHeadTag lists what may stand in a head without ending it (HTML, "the in head insertion
// mode").
func isHeadTag(tag string) bool {
	switch tag {
	case "html", "head", "base", "basefont", "bgsound", "link", "meta", "noframes", "script", "style", "template", "title", "noscript":
		return true
	}
	return false
}

func (s *scanner) endHead() {
	s.inHead = false
	s.broken = !s.headClosed
}

func (s *scanner) onStart(tag string, a attributes) {
	if s.inHead && !s.inNoscript && s.inTemplate == 0 {
		if tag == "body" {
			s.inHead = false
		} else if !isHeadTag(tag) {
			s.endHead()
		}
	}
	if tag == "body" {
		s.broken = false
	}
	switch tag {
	case "template":
		s.inTemplate++
		return
	case "svg":
		s.inSVG++
	}
	if s.inTemplate > 0 {
		return
	}
	switch tag {
	case "html":
		if s.res.Lang == "" {
			s.res.Lang = langTag(a)
		}
	case "title":
		if !s.haveTitle && s.inSVG == 0 {
			s.closeAnchor()
			s.inTitle = true
			s.text.Reset()
		}
	case "noscript":
		s.inNoscript = true
	case "base":
		if s.base == "" {
			s.base = a.get("href")
		}
	case "meta":
		s.onMeta(a)
	case "link":
		s.onLink(a)
	case "a":
		s.closeAnchor()
		if href := a.get("href"); href != "" {
			s.addLink(Link{Raw: href, Rel: relTokens(a.get("rel")), Kind: "a"})
			s.anchor = len(s.res.Links)
			s.text.Reset()
			s.altText = a.get("title")
		}
	case "area":
		if href := a.get("href"); href != "" {
			s.addLink(Link{Raw: href, Rel: relTokens(a.get("rel")), Kind: "area", Text: cut(squeeze(a.get("alt")), maxLinkText)})
		}
	case "iframe", "frame":
		if src := a.get("src"); src != "" {
			s.addLink(Link{Raw: src, Kind: "iframe"})
		}
	case "img":
		if s.anchor > 0 && a.get("alt") != "" {
			s.altText = a.get("alt")
		}
	case "form":
		s.closeForm()
		if m := a.get("method"); m == "" || strings.EqualFold(strings.TrimSpace(m), "get") {
			s.form = &formScan{action: a.get("action"), fields: make(url.Values)}
		}
	case "input", "select", "textarea", "button":
		s.onField(tag, a)
	}
}

func (s *scanner) onEnd(tag string) {
	switch tag {
	case "template":
		if s.inTemplate > 0 {
			s.inTemplate--
		}
	case "svg":
		if s.inSVG > 0 {
			s.inSVG--
		}
	case "title":
		if s.inTitle {
			s.inTitle = false
			s.haveTitle = true
			s.res.Title = cut(squeeze(s.text.String()), maxTitle)
			s.text.Reset()
		}
	case "noscript":
		s.inNoscript = false
	case "head":
		// Head elements between </head> and <body> still go into the head.
		s.headClosed = true
		s.broken = false
	case "a":
		s.closeAnchor()
	case "form":
		s.closeForm()
	}
}

func (s *scanner) addLink(l Link) {
	if len(s.res.Links) < maxLinks {
		s.res.Links = append(s.res.Links, l)
	}
}

func (s *scanner) closeAnchor() {
	if s.anchor == 0 {
		return
	}
	l := &s.res.Links[s.anchor-1]
	if l.Text = cut(squeeze(s.text.String()), maxLinkText); l.Text == "" {
		l.Text = cut(squeeze(s.altText), maxLinkText)
	}
	s.anchor = 0
	s.text.Reset()
}

func (s *scanner) onField(tag string, a attributes) {
	if s.form == nil {
		return
	}
	typ := strings.ToLower(a.get("type"))
	switch {
	case tag == "input" && typ == "hidden":
		if name := a.get("name"); name != "" && len(s.form.fields) < 32 {
			s.form.fields.Add(name, a.get("value"))
		}
	case tag == "button", tag == "input" && (typ == "submit" || typ == "button" || typ == "image" || typ == "reset"):
		if s.form.label == "" {
			s.form.label = a.get("value")
		}
	default:
		s.form.asks = true
	}
}

// closeForm makes a link of a form that a press of its button turns into a plain
// GET. A form that asks for something is a search or a choice, not a link.
func (s *scanner) closeForm() {
	f := s.form
	s.form = nil
	if f == nil || f.asks || f.action == "" {
		return
	}
	action, _, _ := strings.Cut(f.action, "#")
	if len(f.fields) > 0 {
		// The fields replace the query of the address (HTML, "mutate action URL").
		action, _, _ = strings.Cut(action, "?")
		action += "?" + f.fields.Encode()
	}
	s.addLink(Link{Raw: action, Kind: "form", Text: cut(squeeze(f.label), maxLinkText)})
}

func (s *scanner) onMeta(a attributes) {
	content := a.get("content")
	name := strings.ToLower(strings.TrimSpace(a.get("name")))
	if s.inNoscript {
		return
	}
	switch strings.ToLower(strings.TrimSpace(a.get("http-equiv"))) {
	case "refresh":
		if s.refresh == "" {
			s.refresh = content
		}
	case "content-language":
		if s.res.Lang == "" {
			s.res.Lang = strings.TrimSpace(content)
		}
	}
	switch name {
	case "description":
		if s.res.Description == "" {
			s.res.Description = cut(squeeze(content), maxDescription)
		}
	case "robots":
		if r := strings.ToLower(squeeze(content)); r != "" && len(r) < 300 {
			if s.haveRobots {
				s.res.Robots += ", "
			}
			s.res.Robots += r
			s.haveRobots = true
		}
	}
	for _, key := range [...]string{a.get("property"), name} {
		key = strings.ToLower(strings.TrimSpace(key))
		if !strings.HasPrefix(key, "og:") && !strings.HasPrefix(key, "product:") && !strings.HasPrefix(key, "twitter:") {
			continue
		}
		if _, ok := s.res.OG[key]; !ok && strings.TrimSpace(content) != "" && len(s.res.OG) < 100 && len(key) < 64 {
			s.res.OG[key] = cut(squeeze(content), maxDescription)
		}
	}
}

func (s *scanner) onLink(a attributes) {
	href := a.get("href")
	if strings.TrimSpace(href) == "" || s.inNoscript {
		return
	}
	rel := relTokens(a.get("rel"))
	for tok := range strings.FieldsSeq(rel) {
		kind := tok
		switch tok {
		case "canonical":
			switch {
			case s.canonical != "":
			case s.inHead:
				s.canonical = href
			case s.broken && s.late == "":
				s.late = href
			}
		case "image_src":
			if _, ok := s.res.OG["image_src"]; !ok {
				s.res.OG["image_src"] = strings.TrimSpace(href)
			}
			continue
		case "next":
			if s.next == "" {
				s.next = href
			}
		case "prev", "previous":
			kind = "prev"
			if s.prev == "" {
				s.prev = href
			}
		case "alternate":
			if strings.Contains(rel, "stylesheet") {
				continue
			}
		default:
			continue
		}
		s.addLink(Link{Raw: href, Rel: rel, Kind: kind, Type: strings.ToLower(strings.TrimSpace(a.get("type"))), Hreflang: strings.TrimSpace(a.get("hreflang"))})
	}
}

// finish resolves what was gathered; only now is the base known for sure.
func (s *scanner) finish(u *url.URL, charset string) resolver {
	r := resolver{base: u, charset: charset}
	if s.base != "" {
		if abs, ok := r.resolve(s.base); ok {
			if b, err := url.Parse(abs); err == nil {
				r.base = b
			}
		}
	}
	res := s.res
	if s.canonical == "" && s.late != "" {
		s.canonical = s.late
		res.CanonicalIgnored = true
	}
	res.Canonical, _ = r.resolve(s.canonical)
	res.Prev, _ = r.resolve(s.prev)
	res.Next, _ = r.resolve(s.next)
	kept := res.Links[:0]
	for _, l := range res.Links {
		var ok bool
		if l.URL, ok = r.resolve(l.Raw); ok {
			kept = append(kept, l)
		}
	}
	res.Links = kept
	if seconds, target, ok := parseRefresh(s.refresh); ok {
		if abs, ok := r.resolve(target); ok {
			res.RefreshURL, res.RefreshAfter = abs, seconds
		}
	}
	return r
}

// parseRefresh reads "5; url='/new'" (HTML, "shared declarative refresh steps",
// without its rarer spellings).
func parseRefresh(content string) (seconds int, target string, ok bool) {
	head, rest := content, ""
	if i := strings.IndexAny(content, ";,"); i >= 0 {
		head, rest = content[:i], content[i+1:]
	}
	head = strings.TrimSpace(head)
	whole, _, _ := strings.Cut(head, ".")
	seconds, err := strconv.Atoi(whole)
	if err != nil || seconds < 0 {
		return 0, "", false
	}
	rest = strings.TrimSpace(rest)
	if len(rest) > 3 && strings.EqualFold(rest[:3], "url") {
		if t := strings.TrimSpace(rest[3:]); strings.HasPrefix(t, "=") {
			rest = strings.TrimSpace(t[1:])
		}
	}
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		q := rest[:1]
		rest = rest[1:]
		if i := strings.Index(rest, q); i >= 0 {
			rest = rest[:i]
		}
	}
	return seconds, rest, rest != ""
}

func relTokens(rel string) string {
	return cut(strings.Join(strings.Fields(strings.ToLower(rel)), " "), 100)
}

func langTag(a attributes) string {
	l := a.get("lang")
	if l == "" {
		l = a.get("xml:lang")
	}
	return cut(strings.TrimSpace(l), 35)
}
