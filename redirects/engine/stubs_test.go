package engine

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStubsOnAFileServer unpacks the archive on a server of files: each accepted row has
// its page, rows with a query are refused with the carrier that can tell them apart, and
// neither they nor a row for the front page beside them puts a page at the front.
func TestStubsOnAFileServer(t *testing.T) {
	m := rowsOf(t, `
/?pid=1                 https://new.example/products/1
/?pid=2                 https://new.example/products/2
/list.html?id=5         https://new.example/collections/5
/                       https://new.example/
/about.html             https://new.example/pages/about?a=1&b=2
/guide/                 https://new.example/pages/guide
/%E8%8C%B6/index.html   https://new.example/collections/tea
`)
	e, _ := Get("static-stubs", Options{})
	sel, err := Select(t.Context(), e, m)
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]string{}
	for _, r := range sel.Refused {
		refused[r.Source] = r.Code
		if r.Code == "query" && (!strings.Contains(r.NextBest.EN, "stub-host") || !strings.Contains(r.NextBest.JA, "stub-host")) {
			t.Errorf("%s: the next best carrier is %+v", r.Source, r.NextBest)
		}
	}
	if diff := cmp.Diff(map[string]string{"/?pid=1": "query", "/?pid=2": "query", "/list.html?id=5": "query", "/": "swallows-queries"}, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	files := MemSink{}
	if err := e.Write(t.Context(), files, sel.Map()); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(files["stubs.zip"]), int64(len(files["stubs.zip"])))
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(http.FileServerFS(archive))
	defer site.Close()
	for target, want := range map[string]string{
		"/about.html": "https://new.example/pages/about?a=1&amp;b=2", "/guide/": "https://new.example/pages/guide", "/%E8%8C%B6/": "https://new.example/collections/tea",
		"/list.html?id=5": "", "/list.html": "", "/index.html?pid=1": "",
	} {
		resp, err := http.Get(site.URL + target)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		found := want != "" && resp.StatusCode == 200 && strings.Contains(string(body), `<link rel="canonical" href="`+want+`">`) && strings.Contains(string(body), `content="0; url=`+want+`"`)
		if want != "" && !found || want == "" && strings.Contains(string(body), "new.example") {
			t.Errorf("%s: answered %d %s", target, resp.StatusCode, body)
		}
	}
}
