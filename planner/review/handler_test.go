package review

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

const testHost = "127.0.0.1:45678"

func newTestHandler(t testing.TB, n int) (*handler, *inventory.Project) {
	t.Helper()
	p := newProject(t)
	fill(t, p, n)
	h, err := newHandler(t.Context(), p, testHost, Options{Lang: "en", By: "tester"})
	check(t, err)
	return h, p
}

// call asks the handler as the page does; change may spoil the request.
func call(t testing.TB, h *handler, method, path, body string, change ...func(*http.Request)) *http.Response {
	t.Helper()
	var r *http.Request
	if body == "" {
		r = httptest.NewRequest(method, "http://"+testHost+path, nil)
	} else {
		r = httptest.NewRequest(method, "http://"+testHost+path, strings.NewReader(body))
	}
	r.AddCookie(&http.Cookie{Name: h.guard.cookieName(), Value: h.guard.pass})
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(keyHeader, h.guard.key)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func decode[T any](t testing.TB, r *http.Response) T {
	t.Helper()
	var v T
	data, err := io.ReadAll(r.Body)
	check(t, err)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", r.StatusCode, data)
	}
	check(t, json.Unmarshal(data, &v))
	return v
}

const oneWord = `{"words":[{"old":"colorme product 1","verdict":"gone","new":""}]}`

// Every way in but the right one is shut, and nothing is stored.
func TestRefused(t *testing.T) {
	h, p := newTestHandler(t, 3)
	noCookie := func(r *http.Request) { r.Header.Del("Cookie") }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	tests := []struct {
		name, method, path, body string
		change                   []func(*http.Request)
		want                     int
	}{
		{"page without cookie", "GET", home, "", []func(*http.Request){noCookie}, 403},
		{"script without cookie", "GET", home + "app.js", "", []func(*http.Request){noCookie}, 403},
		{"rows without cookie", "GET", home + "rows", "", []func(*http.Request){noCookie}, 403},
		{"wrong cookie", "GET", home, "", []func(*http.Request){noCookie, header("Cookie", h.guard.cookieName()+"=WRONG")}, 403},
		{"the token as cookie", "GET", home, "", []func(*http.Request){noCookie, header("Cookie", h.guard.cookieName()+"="+h.guard.token)}, 403},
		{"wrong token", "GET", home + "?token=WRONG", "", []func(*http.Request){noCookie}, 403},
		{"empty token", "GET", home + "?token=", "", []func(*http.Request){noCookie}, 403},
		{"right token on another path", "GET", home + "rows?token=" + h.guard.token, "", []func(*http.Request){noCookie}, 403},
		{"foreign host", "GET", home, "", []func(*http.Request){host("evil.example:45678")}, 421},
		{"foreign host with the token", "GET", home + "?token=" + h.guard.token, "", []func(*http.Request){host("evil.example")}, 421},
		{"other port", "GET", home, "", []func(*http.Request){host("127.0.0.1:80")}, 421},
		{"no host", "GET", home, "", []func(*http.Request){host("")}, 421},
		{"foreign host posts", "POST", home + "decide", oneWord, []func(*http.Request){host("evil.example:45678")}, 421},
		{"decide by GET", "GET", home + "decide", "", nil, 405},
		{"page by POST", "POST", home, oneWord, nil, 405},
		{"rows by DELETE", "DELETE", home + "rows", "", nil, 405},
		{"other path", "GET", home + "../etc/passwd", "", nil, 404},
		{"root", "GET", "/", "", nil, 404},
		{"without key", "POST", home + "decide", oneWord, []func(*http.Request){header(keyHeader, "")}, 403},
		{"wrong key", "POST", home + "decide", oneWord, []func(*http.Request){header(keyHeader, h.guard.pass)}, 403},
		{"cross-site", "POST", home + "decide", oneWord, []func(*http.Request){header("Sec-Fetch-Site", "cross-site")}, 403},
		{"same site, another port", "POST", home + "decide", oneWord, []func(*http.Request){header("Sec-Fetch-Site", "same-site")}, 403},
		{"a form", "POST", home + "decide", oneWord, []func(*http.Request){header("Content-Type", "application/x-www-form-urlencoded")}, 415},
		{"a text", "POST", home + "decide", oneWord, []func(*http.Request){header("Content-Type", "text/plain")}, 415},
		{"too long", "POST", home + "decide", `{"words":[` + strings.Repeat(" ", maxBody) + `]}`, nil, 413},
		{"too long, length unknown", "POST", home + "decide", `{"words":[` + strings.Repeat(" ", maxBody) + `]}`,
			[]func(*http.Request){func(r *http.Request) { r.ContentLength = -1 }}, 413},
		{"no JSON", "POST", home + "decide", `words`, nil, 400},
		{"other JSON", "POST", home + "decide", `{"word":1}`, nil, 400},
		{"unknown row", "POST", home + "decide", `{"words":[{"old":"colorme product 9","verdict":"gone"}]}`, nil, 422},
		{"unknown page", "POST", home + "decide", `{"words":[{"old":"colorme product 1","verdict":"pick","new":"shopify product x"}]}`, nil, 422},
		{"unknown word", "POST", home + "decide", `{"words":[{"old":"colorme product 1","verdict":"maybe"}]}`, nil, 422},
		{"one of two is wrong", "POST", home + "decide", `{"words":[{"old":"colorme product 1","verdict":"gone"},{"old":"colorme product 2","verdict":"pick"}]}`, nil, 422},
		{"proposal has changed", "POST", home + "decide", `{"words":[{"old":"colorme product 1","verdict":"accept","new":"shopify product yunomi-2"}]}`, nil, 409},
		{"unknown group", "POST", home + "decide-group", `{"group":"n0","verdict":"accept","rows":2}`, nil, 422},
		{"note on an open row", "POST", home + "note", `{"old":"colorme product 1","note":"x"}`, nil, 422},
		{"note on an unknown row", "POST", home + "note", `{"old":"colorme product 9","note":"x"}`, nil, 422},
		{"long note", "POST", home + "note", `{"old":"colorme product 1","note":"` + strings.Repeat("a", maxNote+1) + `"}`, nil, 400},
		{"nothing to undo", "POST", home + "undo", `{}`, nil, 409},
		{"long query", "GET", home + "search?q=" + strings.Repeat("a", maxQuery+1), "", nil, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := call(t, h, tt.method, tt.path, tt.body, tt.change...)
			if r.StatusCode != tt.want && !(tt.want == 404 && r.StatusCode == http.StatusTemporaryRedirect) {
				data, _ := io.ReadAll(r.Body)
				t.Errorf("status %d, want %d: %s", r.StatusCode, tt.want, data)
			}
			if r.Header.Get("Content-Security-Policy") == "" || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers: %v", r.Header)
			}
		})
	}
	equalValues(t, "decisions", map[catalog.Key]string{}, saved(t, p))
}

func TestEnter(t *testing.T) {
	h, _ := newTestHandler(t, 1)
	u, err := url.Parse(h.entry())
	check(t, err)
	r := call(t, h, "GET", u.RequestURI(), "", func(r *http.Request) { r.Header.Del("Cookie") })
	equalValues(t, "status", http.StatusSeeOther, r.StatusCode)
	equalValues(t, "location", home, r.Header.Get("Location"))
	c := r.Cookies()
	if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || c[0].Path != home || c[0].Value == h.guard.token {
		t.Fatalf("cookies: %+v", c)
	}
	r = call(t, h, "GET", home, "", func(r *http.Request) { r.Header.Del("Cookie"); r.AddCookie(c[0]) })
	page, err := io.ReadAll(r.Body)
	check(t, err)
	if r.StatusCode != 200 || !strings.Contains(string(page), h.guard.key) || strings.Contains(string(page), h.guard.token) || strings.Contains(string(page), h.guard.pass) {
		t.Errorf("status %d, page:\n%s", r.StatusCode, page)
	}
	equalValues(t, "policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		r.Header.Get("Content-Security-Policy"))
	localhost := call(t, h, "GET", home, "", func(r *http.Request) { r.Host = "localhost:45678" })
	equalValues(t, "localhost", 200, localhost.StatusCode)
}

func TestDecideAndUndo(t *testing.T) {
	h, p := newTestHandler(t, 20)
	post := func(path, body string) changed { return decode[changed](t, call(t, h, "POST", home+path, body)) }
	first := decode[rowsAnswer](t, call(t, h, "GET", home+"rows?limit=3", ""))
	equalValues(t, "open", 20, first.Total)
	equalValues(t, "the most valuable first", oldKey(1), first.Rows[0].Old.Key)
	equalValues(t, "page", 3, len(first.Rows))

	c := post("decide", `{"words":[
		{"old":"colorme product 1","verdict":"accept","new":"shopify product yunomi-1"},
		{"old":"colorme product 2","verdict":"pick","new":"shopify product yunomi-0"},
		{"old":"colorme product 3","verdict":"reject","new":""},
		{"old":"colorme product 4","verdict":"ignore","new":""}]}`)
	equalValues(t, "counts", counts{Pages: 20, Open: 16, Chosen: 2, Ignored: 1, Rejected: 1, Clicks: 590, Covered: 77, Undo: 4}, c.Counts)
	want := map[catalog.Key]string{oldKey(1): "accept shopify product yunomi-1", oldKey(2): "pick shopify product yunomi-0",
		oldKey(3): "reject ", oldKey(4): "ignore "}
	equalValues(t, "saved", want, saved(t, p))

	groups := decode[struct{ Groups []groupView }](t, call(t, h, "GET", home+"groups", "")).Groups
	var remark groupView
	for _, g := range groups {
		if len(g.Gone) == 1 && g.Gone[0] == "【送料無料】" {
			remark = g
		}
	}
	equalValues(t, "rows with the remark", 4, remark.Open)
	if r := call(t, h, "POST", home+"decide-group", fmt.Sprintf(`{"group":%q,"verdict":"accept","rows":5}`, remark.ID)); r.StatusCode != http.StatusConflict {
		t.Errorf("a group of another size: %d", r.StatusCode)
	}
	c = post("decide-group", fmt.Sprintf(`{"group":%q,"verdict":"accept","rows":4}`, remark.ID))
	equalValues(t, "group", 4, c.Saved)
	equalValues(t, "open", 12, c.Counts.Open)
	equalValues(t, "saved", 8, len(saved(t, p)))

	c = post("undo", `{}`)
	equalValues(t, "undone", 4, c.Saved)
	equalValues(t, "saved", want, saved(t, p))
	post("decide", `{"words":[{"old":"colorme product 1","verdict":"gone","new":""}]}`)
	post("undo", `{}`)
	equalValues(t, "the earlier word is back", want, saved(t, p))
	for range 4 {
		c = post("undo", `{}`)
	}
	equalValues(t, "saved", map[catalog.Key]string{}, saved(t, p))
	equalValues(t, "counts", counts{Pages: 20, Open: 20, Clicks: 590}, c.Counts)
}

func TestSearch(t *testing.T) {
	h, _ := newTestHandler(t, 30)
	find := func(q string) []sideView {
		v := url.Values{"q": {q}, "old": {string(oldKey(7))}}
		return decode[struct{ Found []sideView }](t, call(t, h, "GET", home+"search?"+v.Encode(), "")).Found
	}
	for q, want := range map[string]catalog.Key{"": newKey(7), "第12番": newKey(12), "tk-0013": newKey(13), "YUNOMI-14": newKey(14), "湯ノミ 第9番": newKey(9), "第9番 nonsense": newKey(9)} {
		got := find(q)
		if len(got) == 0 || got[0].Key != want {
			t.Errorf("%q: %v, want %s first", q, got, want)
		}
	}
	if got := find("nonsense"); len(got) != 0 {
		t.Errorf("nonsense found %v", got)
	}
}

// What was decided holds over a new match; it is open again where it lost its ground.
func TestReopened(t *testing.T) {
	h, p := newTestHandler(t, 4)
	call(t, h, "POST", home+"decide", `{"words":[
		{"old":"colorme product 1","verdict":"accept","new":"shopify product yunomi-1"},
		{"old":"colorme product 2","verdict":"reject","new":""},
		{"old":"colorme product 3","verdict":"pick","new":"shopify product yunomi-0"}]}`)
	m := func(old, fresh int) inventory.Match {
		return inventory.Match{Old: oldKey(old), New: newKey(fresh), Class: inventory.Close, NeedsReview: true}
	}
	check(t, p.SaveMatches(t.Context(), []inventory.Match{m(1, 4), m(2, 4), m(3, 4), m(4, 4)}))
	gone := productPage(newKey(0), newURL(0), catalog.Product{Name: "x"})
	gone.Status, gone.FetchedAt = 404, time.Now()
	check(t, p.SaveVisits(t.Context(), catalog.New, []inventory.Visit{gone}))
	check(t, h.deck.reload(t.Context()))
	var open []catalog.Key
	for _, r := range decode[rowsAnswer](t, call(t, h, "GET", home+"rows", "")).Rows {
		open = append(open, r.Old.Key)
	}
	equalValues(t, "open: another proposal for what was rejected, a pick that vanished, never decided",
		[]catalog.Key{oldKey(2), oldKey(3), oldKey(4)}, open)
}

// What comes from a shop becomes a link or a picture only when it is safe to follow.
func TestLinks(t *testing.T) {
	for _, bad := range []string{"javascript:alert(1)", "data:text/html,x", "//x.example/", "https://user:pw@x.example/", "http:///x", "\x00http://x", "ftp://x.example/"} {
		if got := webAddress(bad); got != "" {
			t.Errorf("link %q", got)
		}
	}
	for address, want := range map[string]bool{"https://img.example/1.jpg": true, "http://192.168.1.1/reboot": false, "http://127.0.0.1/": false,
		"http://localhost/": false, "http://[::1]/": false, "http://router.local/": false, "http://intranet/": false, "http://2130706433/": false,
		"http://0x7f.1/": false, "http://169.254.169.254/": false, "http://10.0.0.1./": false, "": false, "https://203.0.113.5/x.png": true} {
		if got := isPublic(address); got != want {
			t.Errorf("isPublic(%q) = %v", address, got)
		}
	}
}

// Ten thousand open rows: no answer is large, none is slow.
func TestTenThousandRows(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a project with 10,000 pairs")
	}
	began := time.Now()
	h, p := newTestHandler(t, 10_000)
	t.Logf("project made in %s", time.Since(began).Round(time.Millisecond))
	began = time.Now()
	check(t, h.deck.reload(t.Context()))
	t.Logf("read in %s", time.Since(began).Round(time.Millisecond))
	timed := func(what string, limit time.Duration, method, path, body string) *http.Response {
		began := time.Now()
		r := call(t, h, method, path, body)
		took := time.Since(began)
		data, err := io.ReadAll(r.Body)
		check(t, err)
		t.Logf("%s: %d, %d bytes in %s", what, r.StatusCode, len(data), took.Round(100*time.Microsecond))
		if r.StatusCode != 200 || took > limit || len(data) > 400_000 {
			t.Errorf("%s: status %d, %d bytes in %s", what, r.StatusCode, len(data), took)
		}
		r.Body = io.NopCloser(strings.NewReader(string(data)))
		return r
	}
	timed("first rows", time.Second, "GET", home+"rows", "")
	timed("last rows", time.Second, "GET", home+"rows?offset=9950", "")
	timed("search", time.Second, "GET", home+"search?q=9876", "")
	timed("nearest", time.Second, "GET", home+"search?q=&old=colorme+product+77", "")
	timed("one word", time.Second, "POST", home+"decide", oneWord)
	list := decode[struct{ Groups []groupView }](t, timed("groups", time.Second, "GET", home+"groups", "")).Groups
	g := list[0]
	timed(fmt.Sprintf("group of %d", g.Open), 5*time.Second, "POST", home+"decide-group", fmt.Sprintf(`{"group":%q,"verdict":"accept","rows":%d}`, g.ID, g.Open))
	timed("undo the group", 5*time.Second, "POST", home+"undo", `{}`)
	equalValues(t, "decisions", 1, len(saved(t, p)))
}
