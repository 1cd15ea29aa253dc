package extract

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

// frameParts are what stands around a product on every page of a shop, with all that may
// change how the tokens behind it are read.
var frameParts = [...]string{
	`<div class="menu"><ul><li><a href="/list/1">茶碗</a></li><li><a href="/list/2">皿 &amp; 鉢</a></li><li><a href="/list/3">Cups</a></li></ul></div>`,
	`<header class="site"><a href="/"><img src="/logo.png" alt="うつわ堂"></a><p>ようこそ、うつわの店へ。どうぞごゆっくり。</p></header>`,
	`<footer class="site"><p>うつわ堂</p><p>Everything here is invented, down to the last bowl.</p><a href="/about">店について</a></footer>`,
	`<table class="details"><tr><th>色</th><td>藍</td></tr><tr><th>幅</th><td>12 cm</td></tr><tr><th>重さ</th><td>2400 g</td></tr></table>`,
	`<div class="review"><p>毎日つかっています。とてもよい茶碗です。また買います。</p></div>`,
	`<div class="review"><p>We use it every day and would take it again and again.</p><p>Well made.</p></div>`,
	`<div class="open"><a href="/open">`, `</a></div>`, `<div class="form"><form action="/go"><input type="hidden" name="a" value="1">`, `<p>text text text text text text text</p></form></div>`,
	`<div class="note"><noscript><p><a href="/plain">plain plain plain plain plain</a></p><base href="/nowhere/"></noscript><p>behind the noscript, a text</p></div>`,
	`<div class="hidden"><template><p><a href="/never">never never never never</a></p><script>x = 1</script></template><p>behind the template</p></div>`,
	`<div class="picture"><svg><title>x</title><a href="/in-svg">y</a></svg><p>behind the picture, a text</p><p>and one more</p></div>`,
	`<div class="choice"><p>choose one of these</p><select><option>1,000円</option><option>one</option></select><p>behind the choice</p></div>`,
	`<div class="code"><p>before the script</p><script>var shop = {name: "藍の茶碗"};</script><p>behind the script, a text</p></div>`,
	`<div class="head"><h2>おすすめの品々をごらんください</h2><p>behind the heading, a text</p></div>`,
	`<div class="comment"><p>before</p><!-- <a href="/x"> --><p>behind the comment, a text of some length</p></div>`,
	`<div class="broken"><p title="a>b">a title with a tag's end</p><p =x y=z>odd attributes</p></p></nobr></div>`,
	`<div class="raw"><textarea><p>not markup</p></textarea><iframe src="/frame"><p>nor this</p></iframe><p>behind them</p></div>`,
	`<link rel="next" href="?page=3">`, `<base href="/elsewhere/">`, `<meta name="robots" content="noindex">`, "\n", "<b>", "</b>", "<p>", "12", "<!-- ", " -->", "<textarea>", "</textarea>",
}

// sequence builds pages that have a frame in common: the picks of the first page, and for
// each further page changes to them, two bytes each.
func sequence(picks, changes []byte) []string {
	all := len(frameParts) + len(quickParts)
	part := func(p byte) string {
		if i := int(p) % all; i < len(frameParts) {
			return frameParts[i]
		} else {
			return quickParts[i-len(frameParts)]
		}
	}
	picks = picks[:min(len(picks), 30)]
	var pages []string
	for n := range 5 {
		var parts []string
		for _, p := range picks {
			parts = append(parts, part(p))
		}
		if n > 0 {
			for range min(n, 3) {
				if len(changes) < 2 || len(parts) == 0 {
					break
				}
				at := int(changes[0]) % len(parts)
				switch p := part(changes[1]); changes[0] >> 6 {
				case 0:
					parts[at] = p
				case 1:
					parts = append(parts[:at+1], append([]string{p}, parts[at+1:]...)...)
				case 2:
					parts = append(parts[:at], parts[at+1:]...)
				default:
					cut := len(parts[at]) * int(changes[1]) / 256 // in the middle of it all
					parts[at] = parts[at][:cut] + p + parts[at][cut:]
				}
				changes = changes[2:]
			}
		}
		half := len(parts) / 2
		pages = append(pages, strings.NewReplacer("PRICE", strings.Join(parts[:half/2], ""), "AFTER", strings.Join(parts[half/2:half], ""), "END", strings.Join(parts[half:], "")).Replace(quickPage))
	}
	return pages
}

// readsTheSame reads pages by one reader, three times over, and each by a reader of its own.
func readsTheSame(t *testing.T, u *url.URL, pages []string, h Hints) {
	t.Helper()
	rd := NewReader()
	for round := range 3 {
		for i, page := range pages {
			want, wantErr := Page(u, []byte(page), h)
			got, err := rd.Page(u, []byte(page), h)
			if diff := cmp.Diff(want, got); diff != "" || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Errorf("page %d, round %d: %v, %v (-a new reader +one that has read others):\n%s\n%s", i, round, wantErr, err, diff, page)
			}
		}
	}
}

// FuzzEarlier holds pages that are read with the help of an earlier one against the same
// pages read alone.
func FuzzEarlier(f *testing.F) {
	u, err := url.Parse("https://utsuwa.example/item/1")
	if err != nil {
		f.Fatal(err)
	}
	var all []byte
	for i := range frameParts {
		all = append(all, byte(i))
		f.Add([]byte{0, 1, byte(i), 3, 4, 5, 2}, []byte{2, byte(i), 0x42, byte(i), 0x83, 0, 0xc4, byte(i), 0xc0, 128, 0x41, 40, 0x45, 50})
	}
	f.Add(all[:20], []byte{0, 1, 2, 3, 4, 5, 6, 7, 0x48, 9, 0x8a, 11})
	f.Fuzz(func(t *testing.T, picks, changes []byte) {
		pages := sequence(picks, changes)
		for _, h := range []Hints{{}, {Type: catalog.ProductP}} {
			readsTheSame(t, u, pages, h)
		}
	})
}

// TestEarlierRandom is FuzzEarlier on the same random pages each time: a search
// of seconds would hardly begin with it.
func TestEarlierRandom(t *testing.T) {
	u := parseURL(t, "https://utsuwa.example/item/1")
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 600
	if testing.Short() {
		rounds = 60
	}
	for n := range rounds {
		picks, changes := make([]byte, 2+random.IntN(28)), make([]byte, 20)
		for i := range picks {
			picks[i] = byte(random.IntN([]int{6, len(frameParts), 256}[random.IntN(3)]))
		}
		for i := range changes {
			changes[i] = byte(random.Uint32())
		}
		h := Hints{}
		if n%2 == 0 {
			h.Type = catalog.ProductP
		}
		if readsTheSame(t, u, sequence(picks, changes), h); t.Failed() {
			t.Fatalf("picks %v, changes %v", picks, changes)
		}
	}
}

// TestEarlierOnRealPages reads the recorded pages of shops one after another.
func TestEarlierOnRealPages(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "pages")
	rd := NewReader()
	taken, events := 0, 0
	for _, row := range readTable(t, filepath.Join(dir, "truth.csv")) {
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row["file"])))
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(strings.ReplaceAll(row["url"], " ", "%20"))
		if err != nil || row["url"] == "" {
			u = parseURL(t, "https://shop.example/page")
		}
		for range 2 {
			want, _ := Page(u, body, Hints{})
			got, _ := rd.Page(u, body, Hints{})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-a new reader +one that has read others):\n%s", row["file"], diff)
			}
		}
	}
	for shop := range map[string]bool{"opencart3": true, "woo": true, "phoenix": true, "eccube2": true, "prestashop": true} {
		rd := NewReader()
		recorded(t, filepath.Join(dir, "..", "shops", shop+".jsonl.zst"), func(u *url.URL, a answer) {
			want, _ := Page(u, []byte(a.Body), Hints{})
			got, _ := rd.Page(u, []byte(a.Body), Hints{})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-a new reader +one that has read others):\n%s", u, diff)
			}
			s := newScanner([]byte(a.Body))
			s.record, s.earlier = true, rd.earlier
			s.run()
			taken, events = taken+int(s.taken), events+len(s.events)
		})
	}
	t.Logf("%d of %d tokens of the recorded shops were taken over from an earlier page", taken, events)
	if taken < events/4 {
		t.Error("the pages of a shop have more in common than that")
	}
}
