package extract

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// parseTree builds the document tree. A page that is nested too deeply, as by
// thousands of unclosed font elements, is tried again without the elements that
// only format.
func parseTree(body []byte) (*html.Node, error) {
	root, err := html.Parse(bytes.NewReader(body))
	if err == nil {
		return root, nil
	}
	if root, err = html.Parse(bytes.NewReader(dropFormatting(body))); err == nil {
		return root, nil
	}
	return nil, ErrNesting
}

func dropFormatting(body []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(body))
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.Bytes()
		case html.StartTagToken, html.EndTagToken:
			raw := z.Raw()
			name, _ := z.TagName()
			switch string(name) {
			case "font", "b", "i", "u", "s", "em", "strong", "small", "big", "center", "tt", "nobr", "span":
				out.WriteByte(' ')
			default:
				out.Write(raw)
			}
		default:
			out.Write(z.Raw())
		}
	}
}

func attr(n *html.Node, key string) string {
	v, _ := lookupAttr(n, key)
	return v
}

func lookupAttr(n *html.Node, key string) (string, bool) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val, true
		}
	}
	return "", false
}

func hasAttr(n *html.Node, key string) bool {
	_, ok := lookupAttr(n, key)
	return ok
}

func firstAttr(n *html.Node, keys ...string) string {
	for _, k := range keys {
		if v := strings.TrimSpace(attr(n, k)); v != "" {
			return v
		}
	}
	return ""
}

// imageAttr is the address of a picture; lazily loaded ones hide it in a data
// attribute behind a placeholder.
func imageAttr(n *html.Node) string {
	src := strings.TrimSpace(attr(n, "src"))
	if src != "" && !strings.HasPrefix(src, "data:") && !placeholderImage(src) {
		return src
	}
	if lazy := firstAttr(n, "data-src", "data-original", "data-lazy-src", "data-lazy", "data-large_image", "data-zoom-image", "data-image"); lazy != "" {
		return lazy
	}
	if set := firstAttr(n, "srcset", "data-srcset"); set != "" {
		if f := strings.Fields(set); len(f) > 0 {
			return strings.TrimSuffix(f[0], ",")
		}
	}
	if strings.HasPrefix(src, "data:") {
		return ""
	}
	return src
}

// placeholderImage recognises pictures that stand for a missing or pending one.
func placeholderImage(src string) bool {
	name := strings.ToLower(src)
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i]
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	for _, w := range [...]string{"placeholder", "spacer", "blank.", "pixel.", "loading", "loader", "transparent", "noimage", "no_image", "no-image", "nophoto", "no-photo", "nowprinting", "1x1", "dummy."} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// contains says whether n is a or stands inside it.
func contains(a, n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == a {
			return true
		}
	}
	return false
}

// nodeText is the text of an element on one line, without scripts and styles.
func nodeText(n *html.Node) string {
	var b strings.Builder
	appendText(n, &b, 20000, false)
	return squeeze(b.String())
}

// blockText is the text of an element with line breaks between its blocks.
func blockText(n *html.Node, limit int) string {
	var b strings.Builder
	appendText(n, &b, limit*2, true)
	return lines(b.String(), limit)
}

// joinLines makes the line breaks of the source, which a browser does not show,
// into blanks.
var joinLines = strings.NewReplacer("\n", " ", "\r", " ")

func appendText(n *html.Node, b *strings.Builder, limit int, breaks bool) {
	if b.Len() > limit {
		return
	}
	switch n.Type {
	case html.TextNode:
		if breaks {
			b.WriteString(joinLines.Replace(n.Data))
		} else {
			b.WriteString(n.Data)
		}
		return
	case html.ElementNode:
		if skipText(n) || unseen(n) {
			return
		}
	}
	block := n.Type == html.ElementNode && isBlock(n.Data)
	gap := byte(' ')
	if breaks {
		gap = '\n'
	}
	if block {
		b.WriteByte(gap)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		appendText(c, b, limit, breaks)
	}
	if block {
		b.WriteByte(gap)
	}
}

// skipText names elements whose text no visitor reads.
func skipText(n *html.Node) bool {
	switch n.Data {
	case "script", "style", "noscript", "template", "iframe", "object", "svg", "head":
		return true
	}
	return false
}

// unseen recognises text that is only read aloud, or not at all.
func unseen(n *html.Node) bool {
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "hidden":
			return true
		case "class":
			for w := range strings.FieldsSeq(a.Val) {
				switch w {
				case "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "u-hidden-visually", "offscreen", "clipped":
					return true
				}
			}
		}
	}
	return false
}

func isBlock(tag string) bool {
	switch tag {
	case "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "dd", "details", "div", "dl", "dt", "fieldset",
		"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
		"main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td", "textarea",
		"tfoot", "th", "thead", "tr", "ul":
		return true
	}
	return false
}
