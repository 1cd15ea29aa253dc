package engine

import (
	"fmt"
	"strings"
	"testing"

	"replatform/redirects"
)

// capturedRows are patterns beside the addresses that are asked before them.
const capturedRows = `
/?pid={id}                              https://new.example/products/{id} captured
/?pid=7                                 https://new.example/seven
/?pid={slug}                            https://new.example/word/{slug}#{slug} captured
/?mode=cate&cbid={id}&csid=0            https://new.example/c/{id}?ref={id}&x=1 captured
/?mode=srh&keyword=%a4%ea%A4%F3&p={id}  https://new.example/euc/{id} captured
/item/{id}.html                         https://new.example/item-{id} captured
/item/{slug}.html                       https://new.example/$1-${slug}-100%25-%2f captured
/item/tea-{id}.html                     https://new.example/tea/{id} captured 308
/item/9.html                            https://new.example/nine
/item/Case.html                         https://new.example/case
/item/                                  https://new.example/items
/%BE%a6/{id}/$x/                        https://new.example/%E5%95%86/{id} captured
/a.b/(c)/+{slug}                        https://new.example/{slug}/{slug} captured 302
https://a.example/item/{id}.html        https://new.example/a/{id} captured
https://a.example/?pid={id}             https://new.example/a?id={id} captured
/                                       https://new.example/home
`

// TestConformanceCaptured asks patterns with numbers and words, also what must not
// fall under them.
func TestConformanceCaptured(t *testing.T) {
	runnable(t, func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		if !e.Capabilities().Captures.Value {
			t.Skip("captured rows are refused, see TestCapturedRefused")
		}
		sel, dir := written(t, e, rowsOf(t, capturedRows))
		for _, r := range sel.Refused {
			t.Errorf("refused: %s", r.Error())
		}
		long, longer := strings.Repeat("9", 3000), strings.Repeat("9", 5000)
		asks := []string{
			"/?pid=1", "/?pid=7", "/?pid=0007", "/?pid=" + long, "/?pid=" + longer, "/?utm_source=x&pid=" + longer, "/item/" + long + ".html", "/?pid=%31", "/?pid=1%32", "/?pid=1.5", "/?pid=1,2", "/?pid=-1", "/?pid=a-b_C", "/?pid=", "/?pid", "/?pid=1&pid=2", "/?pid=x.y&pid=2", "/?pid=%0d%0aX:1",
			"/?pid=//evil.example", "/?pid=1/../2", "/?pid=$1", "/?pid=${id}", "/?pid={id}", "/?pid=\\1", "/?pid=1;x", "/?pid=1?x", "/?xpid=1", "/?pid=1%0a", "/?pid=%EF%BC%91", "/?PID=1",
			"/?pid=1&utm_source=x", "/?utm_source=x&pid=1", "/?utm_source=x&pid=abc",
			"/?mode=cate&cbid=5&csid=0", "/?csid=0&cbid=5&mode=cate", "/?mode=cate&cbid=5&csid=1", "/?mode=cate&cbid=x&csid=0", "/?mode=cate&cbid=5", "/?mode=cate&cbid=5&csid=0&pid=3", "/?mode=Cate&cbid=5&csid=0",
			"/?mode=srh&keyword=%a4%ea%a4%f3&p=1", "/?mode=srh&keyword=%A4%EA%A4%F3&p=2", "/?mode=srh&keyword=%a4%ea%A4%F3&p=3", "/?mode=srh&keyword=%A4%EB%A4%F3&p=2",
			"/item/1.html", "/item/9.html", "/item/09.html", "/item/1.html?x=1", "/item/tea-1.html", "/item/tea-1x.html", "/item/tea_1.html", "/item/Case.html", "/item/case.html", "/item/.html", "/item/1.HTML", "/item/1xhtml", "/item/1.html/", "/item/1/2.html", "/item/%31.html",
			"/item/a%2Fb.html", "/item/a%20b.html", "/item/a.b.html", "/item/..html", "/item/" + strings.Repeat("a", 200) + ".html", "/item/", "/item", "/item/x", "/item/{slug}.html", "/item/$1.html", "/item/1.html%0a", "/item//1.html", "//item/1.html",
			"/%BE%A6/5/$x/", "/%be%a6/5/$x/", "/%BE%a6/5/$x/", "/%BE%A7/5/$x/", "/%BE%A6/5/$y/", "/%BE%A6/5/$x", "/%BE%A6//$x/",
			"/a.b/(c)/+x-1", "/axb/(c)/+x", "/a.b/c/+x", "/a.b/(c)/x", "/a.b/(c)/++x",
			"/", "/?", "/?utm=1", "/robots.txt", "/favicon.ico", "/item/robots.txt",
			"a.example /item/1.html", "a.example /item/9.html", "a.example /item/x.html", "A.EXAMPLE:8080 /item/1.html", "a.example /?pid=7", "a.example /?pid=8&x=1", "a.example /?pid=x", "b.example /item/1.html", "b.example /?pid=8",
		}
		conform(t, e, start(t, dir), sel, "old.example", asks...)
		model, err := e.Model(sel.Map())
		if err != nil {
			t.Fatal(err)
		}
		// What every engine must do, whatever its model says of the rest.
		for target, want := range map[string]string{
			"/?pid=1": "products/1", "/?pid=7": "seven", "/?pid=0007": "products/0007", "/?pid=" + long: "products/" + long, "/?mode=cate&cbid=5&csid=0": "c/5?ref=5&x=1",
			"/item/1.html": "item-1", "/item/9.html": "nine", "/item/a-b_C.html": "$1-$a-b_C-100%25-%2f", "/item/tea-1.html": "tea/1", "/%BE%A6/5/$x/": "%E5%95%86/5", "/a.b/(c)/+x": "x/x",
			"/?pid=//evil.example": "", "/item/a.b.html": "", "/item/a%2Fb.html": "", "/?pid=%0d%0aX:1": "", "/robots.txt": "", "/item/": "items", "/": "home",
		} {
			got := model.Answer(Request{Host: "old.example", Target: target})
			if want != "" {
				want = "https://new.example/" + want
			}
			if got.Location != want {
				t.Errorf("%.60s leads to %.80s, want %.80s", target, got.Location, want)
			}
		}
	})
}

// As many tables as one map can have: nginx gives up a request for which it has to look
// at too many of them.
func TestConformanceManyTables(t *testing.T) {
	var rows strings.Builder
	for i := range 40 {
		fmt.Fprintf(&rows, "https://a.example/g%d?a%d=1 https://new.example/ag%d\n/g%d?a%d=1 https://new.example/g%d\n/g%d https://new.example/path%d\n", i, i, i, i, i, i, i, i)
	}
	for i := range 10 {
		fmt.Fprintf(&rows, "/c?p%d={id} https://new.example/p%d/{id} captured\n", i, i)
	}
	rows.WriteString("https://a.example/f/ https://new.example/af prefix\n/f/ https://new.example/f prefix\n/f/guarded.html https://new.example/guarded\n/f/guarded.html?a0=1 https://new.example/guarded0\n/raw?x=1&x=2 https://new.example/raw\n/path https://new.example/path")
	runnable(t, func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		if !e.Capabilities().Captures.Value {
			t.Skip("captured rows are refused")
		}
		sel, dir := written(t, e, rowsOf(t, rows.String()))
		captured := 0
		for _, r := range sel.Refused {
			if r.Code == "too-many-captured" {
				captured++
			}
		}
		if captured != 10-redirects.MaxCapturedSets {
			t.Errorf("%d captured rows refused", captured)
		}
		conform(t, e, start(t, dir), sel, "b.example", "/f/x", "/f/guarded.html", "/f/guarded.html?a0=2", "a.example /f/x", "a.example /none", "/c?p7=5", "/c?p0=5", "/c?p9=5", "a.example /c?p7=5", "/g39?a39=2", "/g39?x=1", "/g0")
	})
}
