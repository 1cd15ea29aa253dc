package workaround

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"replatform/crawler/catalog"
)

// memory is a sink that keeps the files.
type memory map[string][]byte

func (m memory) WriteFile(name string, data []byte) error {
	if name == "" || strings.HasPrefix(name, "/") || strings.Contains(name, "..") || strings.Contains(name, `\`) {
		return fmt.Errorf("unsafe name %q", name)
	}
	if _, ok := m[name]; ok {
		return fmt.Errorf("%s is written twice", name)
	}
	m[name] = data
	return nil
}

// render evaluates the part of Smarty that snippets use, written for tests apart
// from the generator: if, elseif, else with ==, != and &&, assign, and printing with
// the modifier escape.
func render(t *testing.T, src string, vars map[string]string) string {
	t.Helper()
	local := map[string]string{}
	value := func(s string) string {
		s = strings.TrimSpace(s)
		if strings.HasPrefix(s, `"`) {
			if strings.ContainsAny(s, "$`") {
				t.Fatalf("a variable inside a string: %s", s)
			}
			return strings.Trim(s, `"`)
		}
		name, modifier, has := strings.Cut(s, "|")
		if !strings.HasPrefix(name, "$") {
			t.Fatalf("cannot read the value %q", s)
		}
		v, ok := local[name[1:]]
		if !ok {
			v = vars[name[1:]]
		}
		if has {
			if modifier != "escape" {
				t.Fatalf("unknown modifier %q", modifier)
			}
			v = html.EscapeString(v)
		}
		return v
	}
	holds := func(cond string) bool {
		for _, c := range strings.Split(cond, "&&") {
			if l, r, ok := strings.Cut(c, "=="); ok {
				if value(l) != value(r) {
					return false
				}
			} else if l, r, ok := strings.Cut(c, "!="); ok {
				if value(l) == value(r) {
					return false
				}
			} else {
				t.Fatalf("cannot read the condition %q", cond)
			}
		}
		return true
	}
	type frame struct{ outer, done, live bool }
	stack := []frame{{live: true}}
	var out strings.Builder
	for src != "" {
		text, rest, found := strings.Cut(src, "<{")
		top := &stack[len(stack)-1]
		if top.live {
			out.WriteString(text)
		}
		if !found {
			break
		}
		tag, after, ok := strings.Cut(rest, "}>")
		if !ok {
			t.Fatalf("a tag without end: %.40s", rest)
		}
		src = after
		word, arg, _ := strings.Cut(tag, " ")
		switch {
		case word == "if":
			f := frame{outer: top.live}
			f.live = f.outer && holds(arg)
			f.done = f.live
			stack = append(stack, f)
		case word == "elseif":
			top.live = top.outer && !top.done && holds(arg)
			top.done = top.done || top.live
		case word == "else":
			top.live = top.outer && !top.done
			top.done = true
		case word == "/if":
			stack = stack[:len(stack)-1]
			if len(stack) == 0 {
				t.Fatal("<{/if}> without <{if}>")
			}
		case word == "assign":
			if top.live {
				var name, v string
				if n, err := fmt.Sscanf(arg, "var=%q value=%q", &name, &v); n != 2 || err != nil {
					t.Fatalf("cannot read assign %q: %v", arg, err)
				}
				local[name] = v
			}
		case strings.HasPrefix(tag, "$"):
			if top.live {
				out.WriteString(value(tag))
			}
		default:
			t.Fatalf("unknown tag <{%s}>", tag)
		}
	}
	if len(stack) != 1 {
		t.Fatal("<{if}> without <{/if}>")
	}
	return out.String()
}

// colormeReplica is a shop in the manner of Color Me: EUC-JP, all pages on "/", the
// owner's templates inside <body>.
type colormeReplica struct {
	t     *testing.T
	names map[string]string // product number → name

	mu             sync.Mutex
	index, product string // snippets in the two templates
	headCanonical  string // of every page; "" none
}

func (s *colormeReplica) paste(index, product string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index, s.product = index, product
}

func (s *colormeReplica) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := rawParams(r.URL.RawQuery)
	vars := map[string]string{}
	for k, v := range q {
		plain, err := url.PathUnescape(v)
		if err != nil {
			plain = v
		}
		vars["smarty.get."+k] = plain
	}
	body := "<p>ページ</p>"
	if q["pid"] == "" && q["mode"] == "" {
		vars["tpl_name"] = "top"
	}
	if name, ok := s.names[q["pid"]]; ok {
		vars["product.id"], vars["product_name"] = q["pid"], name
		body = render(s.t, s.product, vars) + "<h2>" + html.EscapeString(name) + "</h2>"
	}
	canonical := ""
	if s.headCanonical != "" {
		canonical = `<link rel="canonical" href="` + s.headCanonical + `">`
	}
	text := `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">` +
		`<html><head><meta http-equiv="content-type" content="text/html; charset=euc-jp" /><title>旧店</title>` + canonical +
		`<script>var Colorme = {"page":"product"};</script></head><body>` +
		render(s.t, s.index, vars) + body + `<p id="end">おわり</p></body></html>`
	raw, err := japanese.EUCJP.NewEncoder().String(text)
	if err != nil {
		s.t.Errorf("the page is no EUC-JP: %v", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=EUC-JP")
	w.Write([]byte(raw))
}

// creatorReplica is a shop in the manner of makeshop's Creator mode.
type creatorReplica struct {
	t          *testing.T
	head, body map[string]string // snippets by $page.type; "" in free pages
	ownCodes   map[string]string // system code → own code
}

func (s *creatorReplica) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, id := "top", ""
	switch p := strings.TrimSuffix(r.URL.Path, "/"); {
	case strings.HasPrefix(p, "/view/item/"):
		kind, id = "item", strings.TrimPrefix(p, "/view/item/")
	case strings.HasPrefix(p, "/view/category/"):
		kind, id = "category", strings.TrimPrefix(p, "/view/category/")
	case strings.HasPrefix(p, "/view/page/"):
		kind, id = "", strings.TrimPrefix(p, "/view/page/")
	case strings.HasPrefix(p, "/view/"):
		kind = strings.TrimPrefix(p, "/view/")
	case p != "":
		http.NotFound(w, r)
		return
	}
	own := "https://" + r.Host + r.URL.EscapedPath()
	vars := map[string]string{"page.type": kind, "page.id": id, "page.canonical_url": own, "item.system_code": id, "item.original_code": s.ownCodes[id]}
	head, ok := s.head[kind]
	if !ok {
		head = ownCanonical
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	fmt.Fprintf(w, "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n<title>旧店</title>\n%s</head>\n<body>\n%s<p>本文</p></body></html>",
		render(s.t, head, vars), render(s.t, s.body[kind], vars))
}

// basicReplica is a shop in the manner of makeshop's Basic mode with its smartphone
// twin: EUC-JP, one snippet at the top of <body>.
type basicReplica struct {
	t       *testing.T
	snippet string
}

func (s *basicReplica) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := japanese.EUCJP.NewEncoder().String("<html><head><title>旧店</title></head><body>" + s.snippet + "<p>商品</p></body></html>")
	if err != nil {
		s.t.Errorf("the page is no EUC-JP: %v", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=EUC-JP")
	w.Write([]byte(raw))
}

// colormeRows invents the map of a shop with n products, some categories, groups and
// pages.
func colormeRows(n int) []Row {
	var rows []Row
	add := func(query string, t catalog.PageType, id, to string) {
		rows = append(rows, Row{OldURL: oldColorme + "/" + query, OldID: id, Type: t, NewURL: to, OldTitle: "旧 " + id, NewTitle: "新 " + id})
	}
	add("", catalog.Home, "", newShop+"/")
	add("?mode=cate&cbid=2520817&csid=0", catalog.Category, "2520817-0", newShop+"/collections/tea")
	add("?mode=cate&cbid=2520817&csid=3", catalog.Category, "2520817-3", newShop+"/collections/green-tea")
	add("?mode=cate&cbid=2520818", catalog.Category, "2520818-0", newShop+"/collections/cups")
	add("?mode=grp&gid=2483504", catalog.Category, "g2483504", newShop+"/collections/gifts")
	add("?mode=f1", catalog.Page, "f1", newShop+"/pages/guide")
	add("?mode=sk", catalog.Page, "sk", newShop+"/policies/legal-notice")
	for i := range n {
		id := fmt.Sprint(100000000 + i*7 + i%3)
		to := fmt.Sprintf("%s/products/%s-%d", newShop, []string{"sencha-gift-box", "yunomi-cup-set-of-two", "%E6%8A%B9%E8%8C%B6"}[i%3], i)
		add("?pid="+id, catalog.ProductP, id, to)
	}
	return rows
}

const (
	oldColorme = "https://tsukimi.old-shop.example"
	oldCreator = "https://kumo.old-shop.example"
	oldBasic   = "https://hoshi.old-shop.example"
	newShop    = "https://new-shop.example"
	mapHost    = "https://maps.example"
	startPage  = "https://start.example/"
)

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Host
}
