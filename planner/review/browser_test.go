package review

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/internal/browsertest"
)

// browser is one Chromium with a fresh profile.
type browser struct {
	t   *testing.T
	ctx context.Context
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	ctx := browsertest.Start(t, 4*time.Minute,
		chromedp.WindowSize(1280, 860),
		chromedp.Flag("host-resolver-rules", "MAP *.example ~NOTFOUND")) // nothing leaves this machine
	return &browser{t: t, ctx: ctx}
}

func (b *browser) visit(address string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		b.t.Fatalf("going to %s: %v", address, err)
	}
}

func (b *browser) keys(keys string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.KeyEvent(keys)); err != nil {
		b.t.Fatalf("pressing %q: %v", keys, err)
	}
}

// press is one key as a keyboard sends it: what the page prevents does not become
// text. (KeyEvent sends the text apart from the key.)
func (b *browser) press(key string) {
	b.t.Helper()
	for _, p := range []input.DispatchKeyEventParams{
		{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key},
		{Type: input.DispatchKeyEventTypeKeyUp, Key: key},
	} {
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p); err != nil {
			b.t.Fatalf("pressing %q: %v", key, err)
		}
	}
}

func (b *browser) text(expr string) string {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+expr+")"))
	if err != nil {
		b.t.Fatalf("evaluating %s: %v", expr, err)
	}
	return v
}

// until waits for an expression to become want.
func (b *browser) until(expr, want string) {
	b.t.Helper()
	got := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if got = b.text(expr); got == want {
			return
		}
	}
	b.shot("failure")
	b.t.Fatalf("%s is %q, want %q", expr, got, want)
}

// shot keeps a picture of the page in the folder REPLATFORM_SCREENSHOTS, if it is set.
func (b *browser) shot(name string) {
	dir := os.Getenv("REPLATFORM_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatalf("taking a picture: %v", err)
	}
	check(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// serve runs the review page of p until the test ends and gives its address.
func serve(t *testing.T, p *inventory.Project, opts Options) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	address, ended := make(chan string, 1), make(chan error, 1)
	opts.Ready = func(a string) { address <- a }
	go func() { ended <- Serve(ctx, p, opts) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serving: %v", err)
		}
	})
	select {
	case a := <-address:
		return a
	case err := <-ended:
		ended <- err
		t.Fatalf("serving: %v", err)
		return ""
	}
}

// listen notes every address outside of this machine that the browser asks or tries
// to ask from now on, and every dialog.
func (b *browser) listen() func() string {
	b.t.Helper()
	var mu sync.Mutex
	var seen []string
	err := chromedp.Listen(b.ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err != nil || u.Hostname() != "127.0.0.1" && u.Scheme != "data" {
				seen = append(seen, e.Request.URL)
			}
		case *page.EventJavascriptDialogOpening:
			seen = append(seen, "dialog: "+e.Message)
		}
	})
	check(b.t, err)
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(seen, " ")
	}
}

const escape = "\u001b" // the key

const selected = `document.querySelector('#list li[aria-selected=true] .name')?.textContent`
const openCount = `document.querySelector('#n-open')?.textContent`

// A thousand rows are settled by keyboard alone; the page is loaded anew, and the
// project holds every word.
func TestThousandRowsByKeyboard(t *testing.T) {
	b := newBrowser(t)
	p := newProject(t)
	const n = 1000
	fill(t, p, n)
	b.visit(serve(t, p, Options{Lang: "en", By: "tester"}))
	b.until(openCount, "1,000")
	equalValues(t, "address", home, b.text("location.pathname+location.search"))
	b.shot("first")
	b.keys("?")
	b.until(`document.querySelectorAll('#panel-text tr').length > 10`, "true")
	b.shot("help")
	b.keys(escape + "G")
	b.until(`document.querySelectorAll('#found li').length`, "3")
	b.shot("groups")
	b.keys(escape)
	equalValues(t, "panel", "true", b.text(`document.getElementById('panel').hidden`))

	want := map[catalog.Key]string{}
	began := time.Now()
	// One word after the other on the first 10 rows, with every key.
	b.keys("a") // row 1
	b.keys("r") // row 2
	b.keys("n") // row 3
	b.keys("i") // row 4
	b.keys("2") // row 5: the runner-up is 6
	want[oldKey(1)], want[oldKey(2)], want[oldKey(3)] = "accept "+string(newKey(1)), "reject ", "gone "
	want[oldKey(4)], want[oldKey(5)] = "ignore ", "pick "+string(newKey(6))
	b.until(openCount, "995")
	// Another page by search: number 777 for row 6.
	b.press("/")
	b.until(`document.activeElement.id`, "query")
	b.until(`document.querySelector('#found li')?.firstChild.textContent`, "月影 湯のみ 第6番 350ml") // the nearest
	b.keys("第777番")
	b.until(`document.querySelector('#found li')?.firstChild.textContent`, "月影 湯のみ 第777番")
	b.shot("search")
	b.keys("\r")
	want[oldKey(6)] = "pick " + string(newKey(777))
	b.until(openCount, "994")
	equalValues(t, "saved so far", want, saved(t, p))
	// Undo twice brings row 5 back to the screen.
	b.keys("u")
	b.until(selected, "月影 湯のみ 第6番 500ml")
	b.keys("u")
	b.until(selected, "【送料無料】月影 湯のみ 第5番")
	b.until(openCount, "996")
	delete(want, oldKey(5))
	delete(want, oldKey(6))
	equalValues(t, "after undo", want, saved(t, p))

	// A whole group at once: the rows that differ only by 【送料無料】.
	b.keys("g")
	b.until(`document.querySelector('#banner mark')?.textContent`, "− 【送料無料】")
	b.shot("group")
	b.keys("A")
	b.until(openCount, "796")
	for i := 5; i <= n; i += 5 {
		want[oldKey(i)] = "accept " + string(newKey(i))
	}
	// The rest one by one, as fast as keys can be pressed: r and n for other sizes,
	// a for equal names. The order is that of the worth.
	var press strings.Builder
	for i := 6; i <= n; i++ {
		switch {
		case i%5 == 0:
		case i%5 == 1 && i%2 == 0:
			press.WriteByte('r')
			want[oldKey(i)] = "reject "
		case i%5 == 1:
			press.WriteByte('n')
			want[oldKey(i)] = "gone "
		default:
			press.WriteByte('a')
			want[oldKey(i)] = "accept " + string(newKey(i))
		}
	}
	for keys := press.String(); keys != ""; {
		// As a person would: not before there is a row.
		k := min(len(keys), 20)
		b.until(`document.querySelectorAll('#list li').length >= `+fmt.Sprint(k), "true")
		b.keys(keys[:k])
		keys = keys[k:]
	}
	b.until(openCount, "0")
	t.Logf("%d rows settled in %s", n, time.Since(began).Round(time.Millisecond))
	b.until(`document.querySelector('#detail .empty')?.textContent`, "Nothing is left to review.")
	equalValues(t, "saved", want, saved(t, p))

	if err := chromedp.Do(b.ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	b.until(openCount, "0")
	b.keys("v")
	b.keys("v")
	b.keys("v")
	b.until(`document.querySelector('#views [aria-current=true]').textContent`, "Settled 1,000")
	b.until(selected, "月影 湯のみ 第1番 500ml")
	b.shot("settled")
	// Why, in words: letters typed there are no commands.
	b.press("m")
	b.until(`document.activeElement.id`, "note")
	b.keys("same glaze, r\r")
	b.until(`document.getElementById('toast').textContent`, "note stored")
	notes := map[catalog.Key]string{}
	check(t, p.Matches(t.Context(), func(m inventory.Match) error {
		if m.Note != "" {
			notes[m.Old] = m.Decision + ": " + m.Note
		}
		return nil
	}))
	equalValues(t, "notes", map[catalog.Key]string{oldKey(1): "accept: same glaze, r"}, notes)
	b.keys("j")
	b.until(selected, "月影 湯のみ 第2番")
	if n := b.text(`document.querySelectorAll('#list li').length`); len(n) > 3 {
		t.Errorf("%s rows in the list", n)
	}
	equalValues(t, "after the reload", want, saved(t, p))
}

// Names that try to become markup stay names, and nothing outside is asked.
func TestHostileNames(t *testing.T) {
	b := newBrowser(t)
	p := newProject(t)
	fill(t, p, 12)
	names := []string{
		`<img src=x onerror="document.title='owned'">`,
		`</script><script>document.title='owned'</script>`,
		`"><svg onload="document.title='owned'">`,
		`' onmouseover='document.title="owned"`,
		`{{.Key}}${document.title="owned"}`,
		`<a href="javascript:document.title='owned'">`,
		`<meta http-equiv=refresh content="0;url=https://evil.example/">`,
		`<style>*{display:none}</style><link rel=stylesheet href=https://evil.example/x.css>`,
		strings.Repeat("長", 3000),
	}
	var old, fresh []inventory.Visit
	for i, name := range names {
		pr := catalog.Product{Name: name, SKU: name, Brand: name, Breadcrumb: []catalog.Crumb{{Name: name}}, Images: []string{"https://evil.example/pixel.gif"}}
		old = append(old, productPage(oldKey(i+1), oldURL(i+1), pr))
		pr.Images = []string{"javascript:document.title='owned'"}
		fresh = append(fresh, productPage(newKey(i+1), `javascript:document.title='owned'//`+fmt.Sprint(i), pr))
	}
	check(t, p.SaveVisits(t.Context(), catalog.Old, old))
	check(t, p.SaveVisits(t.Context(), catalog.New, fresh))
	asked := b.listen()
	b.visit(serve(t, p, Options{Lang: "ja", By: "tester"}))
	b.until(openCount, "12")
	title := b.text("document.title")
	for i, name := range names {
		b.until(selected, name)
		b.until(`document.querySelector('tr.name td')?.textContent`, name)
		if i == 0 {
			b.shot("hostile")
		}
		b.press("/")
		b.until(`document.querySelectorAll('#found li').length > 0`, "true")
		b.keys(escape)
		b.keys("a")
	}
	b.until(openCount, fmt.Sprint(12-len(names)))
	b.keys("vvv")
	b.until(`document.querySelector('#views [aria-current=true]').textContent`, "確認済み "+fmt.Sprint(len(names)))
	b.keys("jjjjkk")
	equalValues(t, "title", title, b.text("document.title"))
	equalValues(t, "scripts, frames and pictures from names", "1 0 0",
		b.text(`[document.scripts.length, document.querySelectorAll('iframe,svg,style,meta[http-equiv]').length, document.querySelectorAll('main img').length].join(' ')`))
	equalValues(t, "links that are none", "0", b.text(`[...document.links].filter(a => !/^https?:/.test(a.href)).length`))
	equalValues(t, "asked outside, dialogs", "", asked())
}

// A browser that has not opened the printed address gets nothing, and neither does a
// page of another site.
func TestSecondBrowser(t *testing.T) {
	p := newProject(t)
	fill(t, p, 3)
	entry := serve(t, p, Options{Lang: "en"})
	first := newBrowser(t)
	first.visit(entry)
	first.until(openCount, "3")
	equalValues(t, "cookie in sight of scripts", "", first.text("document.cookie"))
	at, _, _ := strings.Cut(entry, "?")

	second := newBrowser(t)
	for _, address := range []string{at, at + "rows", at + "app.js", at + "?token=", at + "?token=AAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		second.visit(address)
		if text := second.text("document.body.innerText"); !strings.Contains(text, "open the address that replatform has printed") {
			t.Errorf("%s shows %q", address, text)
		}
	}
	// The same browser under another name of the same machine has no cookie either.
	first.visit(strings.Replace(at, "127.0.0.1", "localhost", 1))
	if text := first.text("document.body.innerText"); !strings.Contains(text, "open the address") {
		t.Errorf("under localhost: %q", text)
	}
}

// A word that the server could not store is kept and sent again; one that it refuses
// is said to be refused, and the words beside it are stored.
func TestNotStored(t *testing.T) {
	b := newBrowser(t)
	p := newProject(t)
	fill(t, p, 8)
	server := httptest.NewUnstartedServer(nil)
	h, err := newHandler(t.Context(), p, server.Listener.Addr().String(), Options{Lang: "en"})
	check(t, err)
	var broken atomic.Bool
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && broken.Load() {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	})
	server.Start()
	defer server.Close()
	b.visit(h.entry())
	b.until(openCount, "8")

	broken.Store(true)
	b.keys("nnn")
	b.until(`document.getElementById('problem').hidden`, "false")
	b.shot("not-stored")
	equalValues(t, "rows left on the screen", "5", b.text(`document.querySelectorAll('#list li').length`))
	equalValues(t, "counted as open until stored", "8", b.text(openCount))
	// Meanwhile a new match proposes another page for the next row.
	var matches []inventory.Match
	for i := 1; i <= 8; i++ {
		m := inventory.Match{Old: oldKey(i), New: newKey(i), Class: inventory.Close, Confidence: 0.7, NeedsReview: true}
		if i == 4 {
			m.New = newKey(0)
		}
		matches = append(matches, m)
	}
	check(t, p.SaveMatches(t.Context(), matches))
	check(t, h.deck.reload(t.Context()))
	b.keys("aa")
	if text := b.text(`document.getElementById('problem').textContent`); !strings.HasPrefix(text, "Not saved yet (5)") {
		t.Errorf("problem: %q", text)
	}
	broken.Store(false)
	b.until(openCount, "4")
	b.until(`document.getElementById('problem').hidden`, "true")
	b.until(`document.getElementById('toast').textContent`, "the proposal has changed; look again")
	b.until(selected, "月影 湯のみ 第4番")
	equalValues(t, "saved", map[catalog.Key]string{oldKey(1): "gone ", oldKey(2): "gone ", oldKey(3): "gone ",
		oldKey(5): "accept " + string(newKey(5))}, saved(t, p))
}

// Pictures are loaded only when the user asked for them.
func TestPictures(t *testing.T) {
	p := newProject(t)
	fill(t, p, 2)
	for _, pictures := range []bool{false, true} {
		b := newBrowser(t)
		asked := b.listen()
		b.visit(serve(t, p, Options{Lang: "ja", Pictures: pictures}))
		b.until(openCount, "2")
		b.until(`document.querySelectorAll('#detail img').length`, map[bool]string{false: "0", true: "3"}[pictures])
		if !pictures {
			time.Sleep(200 * time.Millisecond)
			equalValues(t, "asked without --pictures", "", asked())
			continue
		}
		for deadline := time.Now().Add(10 * time.Second); asked() == "" && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		}
		if got := asked(); !strings.HasPrefix(got, "https://img.") {
			t.Errorf("asked %q", got)
		}
		b.shot("pictures")
	}
}
