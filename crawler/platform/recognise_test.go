package platform

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// sharedDir finds the folder of saved pages that stands beside the repository; the
// test is skipped where there is none.
func sharedDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("REPLATFORM_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "shared", "pages", "truth.csv")); err == nil {
			return filepath.Join(dir, "shared")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("no folder shared/pages beside the repository")
		}
		dir = parent
	}
}

// truthIDs gives the words of the truth list as ids of platforms. A word that is
// missing here is a platform of which no file exists: any certain answer is wrong.
var truthIDs = map[string]string{
	"magento1": "magento1", "prestashop": "prestashop", "oscommerce": "oscommerce",
	"eccube": "eccube", "ocnk": "ocnk", "our-eccube2": "eccube2", "our-opencart3": "opencart",
	"our-phoenix": "oscommerce", "our-prestashop": "prestashop", "our-woo": "woocommerce",
	"3dcart": "shift4shop", "demandware": "salesforce-b2c", "shoper": "shoper",
}

// otherTruth corrects the list where it knows less than the page: it calls two
// generations of one name the same.
var otherTruth = map[string]string{"eccube/jp-mintmall.html": "eccube2"}

// TestRecogniseSavedPages prints how often each platform was taken for what. No
// answer that is called certain may be wrong; words of the list that name a guess, a
// relative or a system without a file allow no certain answer at all.
func TestRecogniseSavedPages(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "pages")
	f, err := os.Open(filepath.Join(dir, "truth.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	reg := builtInRegistry(t)
	table := confusion{}
	for _, row := range rows[1:] {
		name, word := row[col["file"]], row[col["platform"]]
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		o := Observation{Header: http.Header{}, Body: body}
		if u, err := url.Parse(row[col["url"]]); err == nil {
			o.URL = u
		}
		want := truthIDs[word]
		if id, ok := otherTruth[name]; ok {
			want = id
		}
		got, confidence := best(reg.Recognise(o))
		table.add(word, got, confidence)
		if confidence == Certain && got != want {
			t.Errorf("%s (%s): certainly %s", name, word, got)
		}
		if want != "" && (got != want || confidence == Guess) {
			t.Logf("%s (%s): %s %s", name, word, got, confidence)
		}
	}
	t.Log("\n" + table.String())
	if n := table.right(); n < 35 {
		t.Errorf("%d pages were named rightly and at least likely, 35 are expected", n)
	}
}

func best(list []Candidate) (string, Confidence) {
	if len(list) == 0 {
		return "-", ""
	}
	return list[0].Platform.ID, list[0].Confidence
}

// confusion counts answers by truth and answer.
type confusion map[string]map[string]int

func (c confusion) add(truth, got string, confidence Confidence) {
	if c[truth] == nil {
		c[truth] = map[string]int{}
	}
	c[truth][strings.TrimSpace(got+" "+string(confidence))]++
}

// right counts pages whose platform has a file and was named, at least likely.
func (c confusion) right() int {
	n := 0
	for word, answers := range c {
		for answer, count := range answers {
			id, confidence, _ := strings.Cut(answer, " ")
			if (id == truthIDs[word] || word == "eccube" && id == "eccube2") && confidence != string(Guess) {
				n += count
			}
		}
	}
	return n
}

func (c confusion) String() string {
	var b strings.Builder
	for _, truth := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&b, "%-28s", truth)
		for _, got := range slices.Sorted(maps.Keys(c[truth])) {
			fmt.Fprintf(&b, "  %s ×%d", got, c[truth][got])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestRecogniseRecordedShops: the home page of each recorded shop, with its headers,
// names the platform for certain.
func TestRecogniseRecordedShops(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "shops")
	reg := builtInRegistry(t)
	for name, want := range map[string]string{
		"opencart3": "opencart", "woo": "woocommerce", "phoenix": "oscommerce", "eccube2": "eccube2", "prestashop": "prestashop",
	} {
		list := reg.Recognise(recordedHome(t, filepath.Join(dir, name+".jsonl.zst")))
		got, confidence := best(list)
		if got != want || confidence != Certain {
			t.Errorf("%s: %s %s, want %s certain", name, got, confidence, want)
		}
		for _, c := range list {
			t.Logf("%s: %s %.0f %s %q", name, c.Platform.ID, c.Score, c.Confidence, c.Evidence)
		}
	}
}

func recordedHome(t *testing.T, file string) Observation {
	t.Helper()
	for a := range recordedAnswers(t, file) {
		if a.Class == "home" {
			return Observation{URL: &url.URL{Scheme: "http", Host: "shop.example", Path: "/"}, Header: a.Headers, Body: []byte(a.Body)}
		}
	}
	t.Fatalf("%s has no home page", file)
	return Observation{}
}

// recordedAnswer is one line of a recorded shop.
type recordedAnswer struct {
	URL     string      `json:"url"`
	Class   string      `json:"class"`
	Headers http.Header `json:"headers"`
	Body    string      `json:"body"`
}

// recordedAnswers reads a recording line by line.
func recordedAnswers(t *testing.T, file string) iter.Seq[recordedAnswer] {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Skipf("recording: %v", err)
	}
	return func(yield func(recordedAnswer) bool) {
		defer f.Close()
		z, err := zstd.NewReader(f, zstd.WithDecoderMaxWindow(1<<27))
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		d := json.NewDecoder(bufio.NewReaderSize(z, 1<<20))
		for {
			var a recordedAnswer
			err := d.Decode(&a)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatalf("reading %s: %v", file, err)
			}
			if !yield(a) {
				return
			}
		}
	}
}

// TestRecogniseMarkers tells platforms that resemble each other apart by a handful of
// lines each would write.
func TestRecogniseMarkers(t *testing.T) {
	reg := builtInRegistry(t)
	for _, c := range []struct{ name, host, body, want string }{
		{"Color Me Shop", "shop.example", `<head><script>var Colorme = {"page":"top","shop":{"account_id":"PA01234567"}};</script></head><body><a href="./?pid=12345678">`, "colorme"},
		{"Color Me Shop of 2018", "shop.example", `<link href="//img03.shop-pro.jp/PA01234/567/css/3/index.css"><a href="?mode=cate&amp;cbid=1&amp;csid=0">x</a><a href="https://members.shop-pro.jp/?mode=members_regi&amp;shop_id=PA01234567">`, "colorme"},
		{"a site that embeds a Color Me cart", "blog.example", `<script src="https://myshop.shop-pro.jp/?mode=cartjs&amp;pid=5"></script>`, "-"},
		{"makeshop, Creator mode", "shop.example", `<img src="https://gigaplus.makeshop.jp/myshop/logo.png"><a href="/view/item/000000002763">a</a><select data-id="makeshop-item-option1"></select><a href="/view/category/ct9">`, "makeshop"},
		{"makeshop, Basic mode", "shop.example", `<img src="https://gigaplus.makeshop.jp/myshop/logo.png"><a href="/shopdetail/000000002763/">a</a><a href="/shopbrand/ct12/">b</a>`, "makeshop-basic"},
		{"Korean MakeShop", "shop.example", `<script>var MakeshopLogUniqueId = "x";</script><a href="/shop/shopdetail.html?branduid=1234&amp;xcode=001">a</a><a href="/shop/shopbrand.html?xcode=001&amp;type=X">`, "makeshop-kr"},
		{"ShopServe", "shop.example", `<script src="https://cart01.shopserve.jp/-/myshop/cart.js"></script><img src="https://image1.shopserve.jp/a.jpg"><a href="/SHOP/abc-1.html">`, "shopserve"},
		{"Shopify", "shop.example", `<script>window.Shopify = {shop: "x.myshopify.com"};</script><link href="//cdn.shopify.com/s/files/1/theme.css">`, "shopify"},
		{"a picture hot-linked from Shopify", "shop.example", `<img src="https://cdn.shopify.com/s/files/1/a.png">`, "-"},
		{"WordPress without a shop", "blog.example", `<meta name="generator" content="WordPress 6.5"><link href="/wp-content/themes/x/style.css">`, "-"},
	} {
		o := Observation{URL: &url.URL{Scheme: "https", Host: c.host, Path: "/"}, Body: []byte(c.body)}
		got, confidence := best(reg.Recognise(o))
		switch {
		case c.want == "-" && confidence == Certain:
			t.Errorf("%s: certainly %s", c.name, got)
		case c.want != "-" && got != c.want:
			t.Errorf("%s: %s %s, want %s", c.name, got, confidence, c.want)
		}
	}
}

// FuzzRecognise: no page brings the program down, and every candidate has evidence.
func FuzzRecognise(f *testing.F) {
	reg, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("shop.example", `<script>var Colorme={}</script><a href="?pid=1">`)
	f.Add("x.myshopify.com", "<meta name=generator content=\x00\xff>")
	f.Fuzz(func(t *testing.T, host, body string) {
		o := Observation{URL: &url.URL{Scheme: "https", Host: host}, Header: http.Header{"Set-Cookie": {body}}, Body: []byte(body)}
		for _, c := range reg.Recognise(o) {
			if len(c.Evidence) == 0 || len(c.EvidenceIn("ja")) != len(c.Evidence) || c.Score <= 0 {
				t.Fatalf("%s: score %f, evidence %q", c.Platform.ID, c.Score, c.Evidence)
			}
		}
	})
}
