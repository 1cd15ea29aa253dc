package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// syntax is how a page marks entities in its elements: microdata or RDFa Lite.
type syntax struct {
	source string
	// opens says whether the element opens an entity, and of which types.
	opens func(n *html.Node) (types []string, ok bool)
	prop  string // attribute that names a property
}

var microdataSyntax = syntax{
	source: "microdata",
	opens: func(n *html.Node) ([]string, bool) {
		if !hasAttr(n, "itemscope") {
			// Many shops forget itemscope; the type says as much.
			if t := attr(n, "itemtype"); t == "" || !strings.Contains(t, "/") {
				return nil, false
			}
		}
		return terms(attr(n, "itemtype")), true
	},
	prop: "itemprop",
}

var rdfaSyntax = syntax{
	source: "rdfa",
	opens: func(n *html.Node) ([]string, bool) {
		t := attr(n, "typeof")
		return terms(t), t != ""
	},
	prop: "property",
}

func terms(s string) []string {
	var all []string
	for t := range strings.FieldsSeq(s) {
		all = append(all, term(t))
	}
	return all
}

// entities returns the entities of the tree that stand at the top, in the order
// of the page. Properties outside of every entity are gathered in loose.
//
// Sources: HTML Living Standard, "Microdata", and W3C RDFa Lite 1.1; both read
// leniently (content on any element, text instead of an address where a link
// holds a name).
func (s syntax) entities(root *html.Node) (top []*entity, loose *entity) {
	loose = &entity{source: s.source, props: make(map[string][]any)}
	w := microWalker{syntax: s, root: root, seen: make(map[*html.Node]bool), budget: 20000}
	w.walk(root, nil, loose, &top)
	return top, loose
}

type microWalker struct {
	syntax
	root   *html.Node
	seen   map[*html.Node]bool // targets of itemref already taken
	byID   map[string]*html.Node
	budget int
}

// walk reads the element n within the entity in, nil outside of any.
func (w *microWalker) walk(n *html.Node, in, loose *entity, top *[]*entity) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || w.budget <= 0 {
			continue
		}
		w.element(c, in, loose, top)
	}
}

func (w *microWalker) element(n *html.Node, in, loose *entity, top *[]*entity) {
	props := strings.Fields(attr(n, w.prop))
	if w.source == "rdfa" && n.Data == "meta" && in == nil {
		props = nil // Open Graph
	}
	if len(props) > 8 {
		props = props[:8]
	}
	types, opens := w.opens(n)
	if !opens {
		if len(props) > 0 {
			target := in
			if target == nil {
				target = loose
			}
			w.budget--
			for _, p := range props {
				p = term(p)
				if v := w.value(n, p); v != "" {
					target.add(p, v)
				}
			}
		}
		w.walk(n, in, loose, top)
		return
	}
	w.budget--
	e := &entity{source: w.source, types: types, node: n, props: make(map[string][]any)}
	if href := firstAttr(n, "itemid", "resource", "href"); href != "" {
		e.id = href
		if n.Data == "a" || n.Data == "link" {
			e.add("url", href)
		}
	}
	if c := attr(n, "content"); c != "" {
		e.add("value", c)
	}
	if n.Data == "img" {
		if src := imageAttr(n); src != "" {
			e.add("url", src)
		}
	}
	if in != nil && len(props) > 0 {
		for _, p := range props {
			in.add(term(p), e)
		}
	} else {
		*top = append(*top, e)
		e.parent = in
	}
	w.walk(n, e, loose, top)
	for id := range strings.FieldsSeq(attr(n, "itemref")) {
		if t := w.byIDs()[id]; t != nil && !w.seen[t] && !contains(t, n) {
			w.seen[t] = true
			w.element(t, e, loose, top)
		}
	}
	if len(e.props) == 0 {
		if s := nodeText(n); s != "" && len(s) < 200 {
			e.add("name", s) // <span itemprop="brand" itemscope>Acme</span>
		}
	}
}

// byIDs maps the ids of the page to their elements, made on first use.
func (w *microWalker) byIDs() map[string]*html.Node {
	if w.byID == nil {
		w.byID = make(map[string]*html.Node)
		var visit func(*html.Node)
		visit = func(n *html.Node) {
			if n.Type == html.ElementNode {
				if id := attr(n, "id"); id != "" && w.byID[id] == nil {
					w.byID[id] = n
				}
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				visit(c)
			}
		}
		visit(w.root)
	}
	return w.byID
}

// value of a property whose element opens no entity.
func (w *microWalker) value(n *html.Node, prop string) string {
	if c, ok := lookupAttr(n, "content"); ok && (strings.TrimSpace(c) != "" || n.Data == "meta") {
		return c
	}
	switch n.Data {
	case "img", "source", "iframe", "embed", "audio", "video":
		return imageAttr(n)
	case "a", "area":
		if urlProp(prop) {
			return attr(n, "href")
		}
	case "link":
		return attr(n, "href")
	case "object":
		return attr(n, "data")
	case "data", "meter", "input":
		return attr(n, "value")
	case "time":
		if t := attr(n, "datetime"); t != "" {
			return t
		}
	}
	if w.source == "rdfa" {
		if r := attr(n, "resource"); r != "" {
			return r
		}
	}
	if prop == "description" || prop == "articleBody" {
		return blockText(n, maxDescription*2)
	}
	return nodeText(n)
}

// urlProp says whether a property holds an address rather than a text.
func urlProp(prop string) bool {
	switch prop {
	case "url", "image", "photo", "item", "availability", "itemCondition", "condition", "logo", "sameAs", "contentUrl",
		"thumbnailUrl", "thumbnail", "mainEntityOfPage", "category", "offerURL", "v:url":
		return true
	}
	return false
}
