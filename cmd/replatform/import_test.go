package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"replatform/crawler/demoshop"
)

// importFiles are files that the owner of the old demo shop has: what Search Console
// says, addresses in several spellings and one that is hidden by now; backlinks; an
// access log; the product file; the same archive as a download that broke off.
func importFiles(o demoshop.Options) (map[string][]byte, error) {
	var products []string
	hidden := ""
	for _, p := range demoshop.Truth(o) {
		switch p.Kind {
		case demoshop.KindProduct:
			products = append(products, p.OldURL)
		case demoshop.KindHidden:
			hidden = p.OldURL
		}
	}
	if len(products) < 10 || hidden == "" {
		return nil, fmt.Errorf("the demo shop has %d plain products and the hidden one %q", len(products), hidden)
	}
	var pages strings.Builder
	pages.WriteString("上位のページ,クリック数,表示回数,CTR,掲載順位\r\n")
	clicks := 1000
	for i, u := range products {
		spelling := u
		switch i % 3 {
		case 1:
			spelling = strings.Replace(u, "http://www.", "https://", 1) + "&utm_source=mail&gclid=abc"
		case 2:
			spelling += "#reviews"
		}
		fmt.Fprintf(&pages, "%s,%d,%d,5%%,3.1\r\n", spelling, clicks, 20*clicks)
		clicks = clicks * 6 / 10
	}
	fmt.Fprintf(&pages, "%s,90,900,10%%,2\r\nnot an address,5,5,100%%,1\r\nhttps://blog.example/,3,9,33%%,4\r\n", hidden)
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for _, f := range [][2]string{
		{"クエリ.csv", "上位のクエリ,クリック数,表示回数,CTR,掲載順位\r\n茶碗,9,90,10%,2\r\n"}, {"ページ.csv", pages.String()},
		{"平均読み込み時間のチャート.csv", "日付,クリック数,表示回数,CTR,掲載順位\r\n2026-10-01,1500,1,1%,1\r\n2026-10-28,1500,1,1%,1\r\n"},
		{"フィルタ.csv", "フィルタ,値\r\n検索タイプ,ウェブ\r\n"},
	} {
		w, err := z.Create(f[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, f[1]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	links := "Referring page title,Referring page URL,Target URL,Anchor\n" +
		"a,https://a.example/1," + hidden + ",x\nb,https://b.example/1," + hidden + ",x\nb,https://b.example/2," + hidden + ",x\n"
	_, query, _ := strings.Cut(products[0], "/?")
	var log bytes.Buffer
	g := gzip.NewWriter(&log)
	for range 7 {
		fmt.Fprintf(g, "203.0.113.5 - - [10/Oct/2026:13:55:36 +0900] \"GET /?%s HTTP/1.1\" 200 5120 \"https://www.search.example/\" \"Mozilla/5.0 (Windows NT 10.0) Firefox/144.0\"\n", query)
	}
	if err := g.Close(); err != nil {
		return nil, err
	}
	return map[string][]byte{
		"search-console.zip": archive.Bytes(), "broken-off.zip": archive.Bytes()[:archive.Len()/2], "backlinks.csv": []byte(links),
		"access.log.gz": log.Bytes(), "product.csv": demoshop.OldCSV(o),
	}, nil
}

func TestImportFiles(t *testing.T) {
	files, err := importFiles(demoshop.Options{Scheme: "http", Goods: 40})
	if err != nil || len(files) != 5 {
		t.Fatal(len(files), err)
	}
}
