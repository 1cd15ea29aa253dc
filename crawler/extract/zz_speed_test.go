package extract

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"replatform/crawler/catalog"
)

type zzPage struct {
	u    *url.URL
	body []byte
	h    Hints
}

func zzBench(tb testing.TB) (all []zzPage) {
	files, _ := filepath.Glob("/tmp/speedpages/*.html")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, zzPage{parseURL(tb, "http://127.0.0.1:40000/item/"+filepath.Base(f)), b, Hints{}})
	}
	return
}

func zzShops(tb *testing.T) (all []zzPage) {
	dir := filepath.Join(sharedDir(tb), "shops")
	for _, shop := range []string{"eccube2", "opencart3", "phoenix", "prestashop", "woo"} {
		recorded(tb, filepath.Join(dir, shop+".jsonl.zst"), func(u *url.URL, a answer) {
			h := Hints{}
			if a.Class == "product" {
				h.Type = catalog.ProductP
			}
			all = append(all, zzPage{u, []byte(a.Body), h})
		})
	}
	return
}

func zzPages(tb testing.TB) (all []zzPage) {
	dir := filepath.Join(sharedDir(tb), "pages")
	for _, row := range readTable(tb, filepath.Join(dir, "truth.csv")) {
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row["file"])))
		if err != nil {
			tb.Fatal(err)
		}
		u, err := url.Parse(strings.ReplaceAll(row["url"], " ", "%20"))
		if err != nil || row["url"] == "" {
			u = parseURL(tb, "https://shop.example/page")
		}
		all = append(all, zzPage{u, body, Hints{}})
	}
	return
}

// TestZZGolden prints a hash of every result.
func TestZZGolden(t *testing.T) {
	out := os.Getenv("ZZOUT")
	if out == "" {
		t.Skip()
	}
	f, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, set := range [][]zzPage{zzBench(t), zzPages(t), zzShops(t)} {
		for _, p := range set {
			res, err := Page(p.u, p.body, p.h)
			text, _ := json.Marshal(res)
			h := fnv.New64a()
			h.Write(text)
			links := ScanLinks(p.u, p.body, p.h)
			text, _ = json.Marshal(links)
			g := fnv.New64a()
			g.Write(text)
			fmt.Fprintf(f, "%s %x %x %v\n", p.u, h.Sum64(), g.Sum64(), err)
		}
	}
}

func zzRun(b *testing.B, all []zzPage) {
	b.ReportAllocs()
	cpu := func() float64 {
		var r syscall.Rusage
		syscall.Getrusage(0, &r)
		return float64(r.Utime.Sec+r.Stime.Sec)*1e6 + float64(r.Utime.Usec+r.Stime.Usec)
	}
	before := cpu()
	debug.SetGCPercent(400)
	rd := NewReader()
	for b.Loop() {
		for _, p := range all {
			rd.Page(p.u, p.body, p.h)
		}
	}
	b.ReportMetric((cpu()-before)/float64(b.N*len(all)), "µs/page")
}

func BenchmarkZZBench(b *testing.B) { zzRun(b, zzBench(b)) }
func BenchmarkZZPages(b *testing.B) { zzRun(b, zzPages(b)) }
