package demoshop

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/encoding/japanese"
)

// answer asks one address in memory.
func answer(t *testing.T, s *Shop, rawURL string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, rawURL, nil)
	if err != nil {
		t.Fatalf("asking %s: %v", rawURL, err)
	}
	resp, err := Transport(s).RoundTrip(req)
	if err != nil {
		t.Fatalf("asking %s: %v", rawURL, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("reading %s: %v", rawURL, err)
	}
	return resp, body
}

// fromEUC decodes and insists that the bytes are EUC-JP and nothing else.
func fromEUC(t *testing.T, where string, body []byte) string {
	t.Helper()
	text, err := japanese.EUCJP.NewDecoder().Bytes(body)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if bytes.ContainsRune(text, '\uFFFD') {
		t.Fatalf("%s: bytes that are not EUC-JP", where)
	}
	again, err := japanese.EUCJP.NewEncoder().Bytes(text)
	if err != nil || !bytes.Equal(again, body) {
		t.Fatalf("%s: does not survive decoding and encoding (%v)", where, err)
	}
	return string(text)
}

// page asks an address and gives its text in UTF-8 and its links, absolute.
func page(t *testing.T, s *Shop, rawURL string) (status int, text string, links []*url.URL) {
	t.Helper()
	resp, body := answer(t, s, rawURL)
	text = string(body)
	if strings.Contains(strings.ToLower(resp.Header.Get("Content-Type")), "euc-jp") {
		text = fromEUC(t, rawURL, body)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		t.Fatalf("parsing %s: %v", rawURL, err)
	}
	base, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		if u, err := base.Parse(a.AttrOr("href", "")); err == nil && strings.HasPrefix(u.Scheme, "http") {
			links = append(links, u)
		}
	})
	return resp.StatusCode, text, links
}

func byReach(s *Shop, typeName string) map[Reach][]string {
	m := make(map[Reach][]string)
	for _, l := range s.Pages() {
		if string(l.Type) == typeName {
			m[l.Reach] = append(m[l.Reach], l.URL)
		}
	}
	return m
}
