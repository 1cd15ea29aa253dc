package extract

import (
	"net/url"
	"strconv"
	"strings"
)

// ScanLinks reads the links of a page and what it declares in its head, without
// building a document tree. It fills every field of Result but those that need
// one: Type, ProductScore, Reasons, Product and Breadcrumb.
//
// Raw and Text of the links share the memory of one copy of the page.
func ScanLinks(u *url.URL, body []byte, h Hints) *Result {
	s := newScanner(body)
	s.run()
	s.finish(u, h.Charset, nil)
	return s.res
}

// scanner reads one page in a single pass over its tokens.
type scanner struct {
	lexer
	res  *Result
	base string // href of the first base element

	// What the product is read from, where it is asked for.
	record bool
	events []event
	spans  []attrSpan // attributes of the events
	told   []int32    // the numbers of the events after which a tag stands that tells of the page as a whole
	gap    bool       // white space came since the last event with a text
	jsonld []string   // texts of JSON-LD scripts
	code   []string   // texts of the other scripts

	earlier  *earlier   // nil where there is none
	expected int32      // the event of the earlier page that follows what was taken over last
	recalled []recalled // what was taken over, in order
	taken    int32      // events that were taken over
	own      *earlier   // this page, where it becomes the earlier one
	blind    bool       // the earlier page did not help to glance through this one

	marksProduct bool // microdata or RDFa may tell of a product
	marksCode    bool // an itemprop names a number

	inHead     bool // nothing has ended the head so far
	headClosed bool // its end tag was seen
	broken     bool // an element that may not stand in a head has ended it
	inNoscript bool
	inTemplate int
	inSVG      int
	inTitle    bool
	haveTitle  bool
	haveRobots bool
	scriptType string

	title   string // text of the open title element
	anchor  int    // index of the open link in res.Links, plus one
	words   string // first text of the open link
	text    []byte // all its texts, where there are several
	altText string
	form    *formScan

	canonical, late, prev, next, refresh string
}

// event is a token that tells something of what the page shows.
type event struct {
	start, end int32 // of the text, or of the name in a tag
	links      int32 // links that stand before it
	attrs      int32 // where in scanner.spans its attributes begin
	kind       tokenKind
	tag        tag
	gap        bool  // white space stands before the text
	calm       bool  // a start tag before which nothing was open, see scanner.calm
	count      uint8 // of its attributes, or unkept
}

const (
	// maxSpans is how many attributes are kept of a page, and unkept is the count of
	// those that are not.
	maxSpans = 1 << 15
	unkept   = maxAttrs + 1
)

// formScan gathers a form that sends by GET and asks the visitor nothing.
type formScan struct {
	action string
	fields url.Values
	asks   bool
	label  string
}

func newScanner(body []byte) *scanner {
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	return &scanner{lexer: lexer{page: string(body)}, res: &Result{OG: make(map[string]string)}, inHead: true}
}

func (s *scanner) run() {
	for s.lexer.next() {
		calm, links := false, int32(len(s.res.Links))
		switch s.kind {
		case textToken:
			s.onText(s.page[s.start:s.end], s.tag, s.verbatim)
		case startToken:
			calm = s.calm()
			if calm && s.tag == tagBlock && s.earlier != nil && s.recall() {
				continue
			}
			s.onStart(s.tag, &s.lexer)
		case endToken:
			s.onEnd(s.tag)
		}
		if s.record {
			s.note(calm, links)
		}
	}
	s.closeAnchor()
	s.closeForm()
}

// note keeps the token for the reading of the product, with what was true before it.
func (s *scanner) note(calm bool, links int32) {
	if s.kind == startToken {
		if !s.marksProduct {
			s.noteMarkup()
		}
		if s.tag.tellsOfPage() {
			s.told = append(s.told, int32(len(s.events))-1)
		}
	}
	if s.inNoscript || s.inTemplate > 0 || s.inHead {
		return
	}
	switch {
	case s.kind == endToken && s.tag == noTag:
		return
	case s.kind == textToken && (s.verbatim || s.tag != noTag):
		return
	case s.kind == textToken && isBlank(s.page[s.start:s.end]):
		s.gap = true
		return
	}
	if len(s.events) == maxViewNodes {
		s.marksProduct = true // too much for a glance
		return
	}
	s.makeEvents()
	e := event{start: int32(s.start), end: int32(s.end), links: links, attrs: int32(len(s.spans)), kind: s.kind, tag: s.tag, gap: s.gap, calm: calm}
	switch {
	case s.kind == textToken:
		s.gap = false
	case s.kind == endToken:
	case len(s.spans)+len(s.attrs) > maxSpans:
		e.count = unkept
	default:
		s.spans, e.count = append(s.spans, s.attrs...), uint8(len(s.attrs))
	}
	s.events = append(s.events, e)
}

// makeEvents makes room for events where there is none.
func (s *scanner) makeEvents() {
	if cap(s.events) == 0 {
		s.events = make([]event, 0, min(len(s.page)/24, maxViewNodes))
	}
}

// attributes of one tag: the value of the first with a name, "" where there is
// none.
type attributes interface{ get(key string) string }

// onText takes a text as it stands in the page. in is the element that it is the
// whole content of, where that element holds no tags.
func (s *scanner) onText(raw string, in tag, verbatim bool) {
	switch {
	case in == tagScript:
		s.onScript(raw)
		return
	case s.inTitle:
		s.title = raw
		return
	case in != noTag && (verbatim || in == tagTitle), s.inTemplate > 0:
		return
	}
	if s.anchor == 0 && !s.inHead || isBlank(raw) {
		return
	}
	text := textValue(raw, verbatim)
	if s.anchor > 0 {
		switch {
		case s.words == "":
			s.words = text
		case len(s.text) == 0:
			s.text = append(append(append(s.text, s.words...), ' '), text...)
		case len(s.text) < maxLinkText*4:
			s.text = append(append(s.text, ' '), text...)
		}
	}
	if s.inHead && !s.inNoscript && strings.TrimSpace(text) != "" {
		s.endHead()
	}
}

func (s *scanner) onScript(raw string) {
	if !s.record || s.inNoscript {
		return
	}
	text := newlines(replaceNUL(raw))
	if strings.Contains(s.scriptType, "ld+json") {
		s.jsonld = append(s.jsonld, text)
	} else {
		s.code = append(s.code, text)
	}
}

func isBlank(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isTagSpace(s[i]) {
			return false
		}
	}
	return true
}

func (s *scanner) endHead() {
	s.inHead = false
	s.broken = !s.headClosed
}

func (s *scanner) onStart(t tag, a attributes) {
	if s.inHead && !s.inNoscript && s.inTemplate == 0 {
		if t == tagBody {
			s.inHead = false
		} else if !mayStandInHead(t) {
			s.endHead()
		}
	}
	switch t {
	case noTag, tagBlock, tagHeading:
		return
	case tagBody:
		s.broken = false
	case tagTemplate:
		s.inTemplate++
	case tagSVG:
		s.inSVG++
	case tagScript:
		if s.record {
			s.scriptType = strings.ToLower(a.get("type"))
		}
	}
	if s.inTemplate > 0 {
		return
	}
	switch t {
	case tagHTML:
		if s.res.Lang == "" {
			s.res.Lang = langTag(a)
		}
	case tagTitle:
		if !s.haveTitle && s.inSVG == 0 {
			s.closeAnchor()
			s.inTitle = true
			s.title = ""
		}
	case tagNoscript:
		s.inNoscript = true
	case tagBase:
		if s.base == "" {
			s.base = a.get("href")
		}
	case tagMeta:
		s.onMeta(a)
	case tagLink:
		s.onLink(a)
	case tagA:
		s.closeAnchor()
		if href := a.get("href"); href != "" {
			s.addLink(Link{Raw: href, Rel: relTokens(a.get("rel")), Kind: "a"})
			s.anchor = len(s.res.Links)
			s.altText = a.get("title")
		}
	case tagArea:
		if href := a.get("href"); href != "" {
			s.addLink(Link{Raw: href, Rel: relTokens(a.get("rel")), Kind: "area", Text: cut(squeeze(a.get("alt")), maxLinkText)})
		}
	case tagIframe, tagFrame:
		if src := a.get("src"); src != "" {
			s.addLink(Link{Raw: src, Kind: "iframe"})
		}
	case tagImg:
		if s.anchor > 0 {
			if alt := a.get("alt"); alt != "" {
				s.altText = alt
			}
		}
	case tagForm:
		s.closeForm()
		if m := a.get("method"); m == "" || strings.EqualFold(strings.TrimSpace(m), "get") {
			s.form = &formScan{action: a.get("action"), fields: make(url.Values)}
		}
	case tagInput, tagSelect, tagTextarea, tagButton:
		s.onField(t, a)
	}
}

func (s *scanner) onEnd(t tag) {
	switch t {
	case tagTemplate:
		if s.inTemplate > 0 {
			s.inTemplate--
		}
	case tagSVG:
		if s.inSVG > 0 {
			s.inSVG--
		}
	case tagTitle:
		if s.inTitle {
			s.inTitle = false
			s.haveTitle = true
			s.res.Title = strings.Clone(cut(squeeze(textValue(s.title, false)), maxTitle))
		}
	case tagNoscript:
		s.inNoscript = false
	case tagHead:
		// Head elements between </head> and <body> still go into the head.
		s.headClosed = true
		s.broken = false
	case tagA:
		s.closeAnchor()
	case tagForm:
		s.closeForm()
	}
}

func (s *scanner) addLink(l Link) {
	if s.res.Links == nil {
		s.res.Links = make([]Link, 0, min(16+len(s.page)/400, 1000))
	}
	if len(s.res.Links) < maxLinks {
		s.res.Links = append(s.res.Links, l)
	}
}

func (s *scanner) closeAnchor() {
	if s.anchor == 0 {
		return
	}
	l := &s.res.Links[s.anchor-1]
	words := s.words
	if len(s.text) > 0 {
		words = string(s.text)
	}
	if l.Text = cut(squeeze(trimSpaces(words)), maxLinkText); l.Text == "" {
		l.Text = cut(squeeze(s.altText), maxLinkText)
	}
	s.anchor, s.words, s.text = 0, "", s.text[:0]
}

// trimSpaces takes ordinary white space off the ends, so that squeeze need not copy.
func trimSpaces(s string) string {
	for s != "" && isTagSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isTagSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func (s *scanner) onField(t tag, a attributes) {
	if s.form == nil {
		return
	}
	typ := strings.ToLower(a.get("type"))
	switch {
	case t == tagInput && typ == "hidden":
		if name := a.get("name"); name != "" && len(s.form.fields) < 32 {
			s.form.fields.Add(name, a.get("value"))
		}
	case t == tagButton, t == tagInput && (typ == "submit" || typ == "button" || typ == "image" || typ == "reset"):
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
			s.res.Lang = strings.Clone(strings.TrimSpace(content))
		}
	}
	switch name {
	case "description":
		if s.res.Description == "" {
			s.res.Description = strings.Clone(cut(squeeze(content), maxDescription))
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
			s.res.OG[strings.Clone(key)] = strings.Clone(cut(squeeze(content), maxDescription))
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
				s.res.OG["image_src"] = strings.Clone(strings.TrimSpace(href))
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

// finish resolves what was gathered; only now is the base known for sure. shared may be
// nil.
func (s *scanner) finish(u *url.URL, charset string, shared *sharedRefs) *refs {
	base := resolver{base: u, charset: charset}
	if s.base != "" {
		if abs, ok := base.resolve(s.base); ok {
			if b, err := url.Parse(abs); err == nil {
				base.base = b
			}
		}
	}
	r := newRefs(base, shared)
	res := s.res
	if s.canonical == "" && s.late != "" {
		s.canonical = s.late
		res.CanonicalIgnored = true
	}
	res.Canonical, _ = r.resolve(s.canonical)
	res.Prev, _ = r.resolve(s.prev)
	res.Next, _ = r.resolve(s.next)
	if s.own != nil {
		s.own.origin = r.origin
	}
	kept := res.Links[:0]
	for i := range res.Links {
		l := &res.Links[i]
		if l.Note == nil || s.earlier.origin != r.origin {
			v := r.get(l.Raw)
			if !v.ok {
				continue
			}
			l.URL, l.Note = v.url, v.note
		}
		if s.own != nil && l.Note != nil {
			s.own.links[i].URL, s.own.links[i].Note = l.URL, l.Note
		}
		if len(kept) < i {
			kept = append(kept, *l)
			continue
		}
		kept = res.Links[:i+1]
	}
	if res.Links = kept; len(kept) == 0 {
		res.Links = nil
	}
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
	if rel == "" {
		return ""
	}
	return cut(strings.Join(strings.Fields(strings.ToLower(rel)), " "), 100)
}

func langTag(a attributes) string {
	l := a.get("lang")
	if l == "" {
		l = a.get("xml:lang")
	}
	return strings.Clone(cut(strings.TrimSpace(l), 35))
}
