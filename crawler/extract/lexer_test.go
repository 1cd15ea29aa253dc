package extract

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// attrList is the attributes of a tag as the reference tokenizer reads them.
type attrList []html.Attribute

func (a attrList) get(key string) string {
	for _, x := range a {
		if x.Key == key {
			return x.Val
		}
	}
	return ""
}

// refTokens calls fn for every text and tag that the tokenizer of x/net/html finds.
func refTokens(body []byte, fn func(kind tokenKind, name, text string, attrs attrList)) {
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			return
		case html.TextToken:
			fn(textToken, "", string(z.Text()), nil)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, more := z.TagName()
			tag := string(name)
			var attrs attrList
			for more {
				var k, v []byte
				if k, v, more = z.TagAttr(); len(attrs) < maxAttrs {
					attrs = append(attrs, html.Attribute{Key: string(k), Val: string(v)})
				}
			}
			if tt == html.EndTagToken {
				fn(endToken, tag, "", nil)
				continue
			}
			if tag == "noscript" {
				z.NextIsNotRawText()
			}
			fn(startToken, tag, "", attrs)
		}
	}
}

// dropNUL evens out what a lexer leaves to its users: they drop both characters.
var dropNUL = strings.NewReplacer("\x00", "", "\ufffd", "")

// lexed and referred write down the tokens of a page, one a line.
func lexed(body []byte) []string {
	var all []string
	l := lexer{page: string(body)}
	for l.next() {
		switch l.kind {
		case textToken:
			all = append(all, fmt.Sprintf("text %q", dropNUL.Replace(textValue(l.page[l.start:l.end], l.verbatim))))
		case startToken:
			line := "start " + asciiLower(replaceNUL(l.page[l.start:l.end]))
			seen := map[string]bool{}
			for _, a := range l.attrs {
				k := asciiLower(replaceNUL(l.page[a.key:a.keyEnd]))
				if !seen[k] {
					line += fmt.Sprintf(" %q=%q", k, attrValue(l.page[a.val:a.valEnd]))
				}
				seen[k] = true
			}
			all = append(all, line)
		case endToken:
			all = append(all, "end "+asciiLower(replaceNUL(l.page[l.start:l.end])))
		}
	}
	return all
}

func referred(body []byte) []string {
	var all []string
	refTokens(body, func(kind tokenKind, name, text string, attrs attrList) {
		switch kind {
		case textToken:
			all = append(all, fmt.Sprintf("text %q", dropNUL.Replace(text)))
		case startToken:
			line := "start " + name
			for _, a := range attrs {
				line += fmt.Sprintf(" %q=%q", a.Key, a.Val)
			}
			all = append(all, line)
		case endToken:
			all = append(all, "end "+name)
		}
	})
	return all
}

// asciiLower lowers A to Z alone, as HTML does.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// scanByReference is ScanLinks over the tokens of x/net/html.
func scanByReference(u *url.URL, body []byte) *Result {
	s := newScanner(nil)
	raw := noTag
	refTokens(body, func(kind tokenKind, name, text string, attrs attrList) {
		in := raw
		raw = noTag
		switch kind {
		case textToken:
			// The scanner undoes references itself.
			s.onText(escapeText(text, in), in, in != noTag && in != tagTitle && in != tagTextarea)
		case startToken:
			if raw = tagOf(name); raw < firstRaw {
				raw = noTag
			}
			s.onStart(tagOf(name), attrs)
		case endToken:
			s.onEnd(tagOf(name))
		}
	})
	s.closeAnchor()
	s.closeForm()
	s.finish(u, "", nil)
	return s.res
}

func escapeText(text string, in tag) string {
	if in != noTag && in != tagTitle && in != tagTextarea {
		return text
	}
	return strings.ReplaceAll(text, "&", "&amp;")
}

var brokenMarkup = []string{
	"", "<", "</", "</>", "<a", "<a href", "<a href=", "<a href=x", "<a href='x", "text<", "text</", "<!", "<!-", "<!--", "<!-->x", "<!--->x", "<!-- -- -->x", "<!--a--!>x", "<!--a--!b-->x",
	"<!doctype html>x", "<!x>y", "<!>y", "<?php echo '>' ?>x", "</ x>y", "<1>x", "<a/b/c=d/>x", "<a =b=c>x", "<a b = c d= 'e' f =\"g\">x", "<a b=c/>x", "<a b='c'd>x", "<A HREF=X>y</A >z",
	"<script>a</scriptx></script >b", "<script><!-- <script> </script> --></script>b", "<script><!--</script>b", "<script/>a</script>b", "<script>a</script", "<style></style>x", "<title>a&amp;b<i></title>c", "<title>a",
	"<textarea>&lt;</textarea>", "<xmp><a href=x></xmp>y", "<plaintext><a href=x>", "<noscript><a href=x>y</a></noscript>", "<iframe><a href=x></iframe>", "<noembed>&amp;</noembed>", "<noframes><a></noframes>",
	"<a href='?a=1&copy=2&amp;b&notit;&not;&#60;&#x3c&#128;&#0;&#xffffffffff;&fjlig;&NotEqualTilde;&semi;&'>&copy=2&notit;&#5</a>", "<a\x00b c\x00=\x00>\x00</a>", "a\r\nb\rc<a b='\r\n'>", "<a b b=1 B=2>", "<a b=1 b>",
	"<svg><title><a href=x></title></svg>", "<p>a<b>c", "<div><a href=//x>one<a href=y>two</div>", "<base href=/x/><link rel=canonical href=y>",
}

func TestLexerOnBrokenMarkup(t *testing.T) {
	for _, page := range brokenMarkup {
		if diff := cmp.Diff(referred([]byte(page)), lexed([]byte(page))); diff != "" {
			t.Errorf("%q (-reference +lexer):\n%s", page, diff)
		}
	}
}

// FuzzLexer holds the lexer, and what ScanLinks makes of its tokens, against the
// tokenizer of x/net/html.
func FuzzLexer(f *testing.F) {
	for _, page := range brokenMarkup {
		f.Add([]byte(page))
	}
	files, err := filepath.Glob("testdata/*.html")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	u := parseURL(f, "https://shop.example/goods/list.cgi?page=2")
	f.Fuzz(func(t *testing.T, body []byte) {
		for l := (lexer{page: string(body)}); l.next(); {
			if len(l.attrs) == maxAttrs {
				return // the reference does not count those that are repeated
			}
		}
		if diff := cmp.Diff(referred(body), lexed(body)); diff != "" {
			t.Fatalf("tokens (-reference +lexer):\n%s", diff)
		}
		want, got := scanByReference(u, body), ScanLinks(u, body, Hints{})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("result (-reference +scanner):\n%s", diff)
		}
	})
}

// FuzzRefs holds the joining of plain references against the resolver.
func FuzzRefs(f *testing.F) {
	for _, s := range []string{"/a/b?c=d#e", "//x/y", "?a", "a.html", "./a", "../a", "a/./b", "/%2e/x", "/a%zz", "https://shop.example/x/../y", "https://shop.example", "https://shop.example.org/", "http:x", "a:b", "/a:b", "x?y?z", "?", "a?", "/a//b", "mailto:x", " /a ", "/a b", `/a\b`, "?a\\b=|", "/日本", "https://shop.example/", "https://shop.example:443/x"} {
		f.Add("https://shop.example/goods/list.cgi?page=2", s)
	}
	f.Add("http://shop.example:8080", "x")
	f.Add("http://shop.example:8080/%2e/a", "x")
	f.Add("http://shop.example/a/../b;c", "?x")
	f.Add("http://shop.example/a%2Fb/ü", "x")
	f.Add("mailto:x", "/y")
	f.Fuzz(func(t *testing.T, base, raw string) {
		u, err := url.Parse(base)
		if err != nil {
			return
		}
		r := resolver{base: u}
		want, wantOK := r.resolve(raw)
		q := newRefs(r, &sharedRefs{})
		for range 2 { // the second answer comes from memory
			if got, ok := q.resolve(raw); got != want || ok != wantOK {
				t.Errorf("%q on %q: %q, %v, want %q, %v", raw, base, got, ok, want, wantOK)
			}
		}
	})
}
