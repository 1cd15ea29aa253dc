package fetch_test

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/fetch"
)

func TestValidators(t *testing.T) {
	const date = "Wed, 25 Nov 2026 07:00:00 GMT"
	for _, c := range []struct {
		name, etag, modified string
		want                 fetch.Validators
		sent                 http.Header
	}{
		{name: "none"},
		{"strong", `"a1"`, "", fetch.Validators{ETag: `"a1"`}, http.Header{"If-None-Match": {`"a1"`}}},
		{"weak", ` W/"a1" `, "", fetch.Validators{ETag: `W/"a1"`}, http.Header{"If-None-Match": {`W/"a1"`}}},
		{"of a compressed body", `"a1-gzip"`, "", fetch.Validators{ETag: `"a1-gzip"`}, http.Header{"If-None-Match": {`"a1-gzip", "a1"`}}},
		{"nothing but the mark", `"-gzip"`, "", fetch.Validators{ETag: `"-gzip"`}, http.Header{"If-None-Match": {`"-gzip"`}}},
		{"without quotes", `a1`, "", fetch.Validators{}, nil},
		{"a list", `"a1", "a2"`, "", fetch.Validators{}, nil},
		{"not ASCII", "\"\xe3\x81\x82\"", "", fetch.Validators{}, nil},
		{"a time", "", "Tue, 24 Nov 2026 07:00:00 GMT", fetch.Validators{LastModified: "Tue, 24 Nov 2026 07:00:00 GMT"},
			http.Header{"If-Modified-Since": {"Tue, 24 Nov 2026 07:00:00 GMT"}}},
		{"the time of the request", `"a1"`, date, fetch.Validators{ETag: `"a1"`}, http.Header{"If-None-Match": {`"a1"`}}},
		{"no time", "", "yesterday", fetch.Validators{}, nil},
		{"both", `"a1"`, "Tue, 24 Nov 2026 07:00:00 GMT", fetch.Validators{ETag: `"a1"`, LastModified: "Tue, 24 Nov 2026 07:00:00 GMT"},
			http.Header{"If-None-Match": {`"a1"`}, "If-Modified-Since": {"Tue, 24 Nov 2026 07:00:00 GMT"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := fetch.Response{Header: http.Header{"Date": {date}, "Etag": {c.etag}, "Last-Modified": {c.modified}}}
			got := r.Validators()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("validators (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.sent, got.Header()); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNotModified: an answer 304 has no body, whatever its header says of one.
func TestNotModified(t *testing.T) {
	for _, coding := range []string{"", "gzip", "br", "zstd", "deflate"} {
		t.Run("coding "+coding, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"v1"`)
				if r.Header.Get("If-None-Match") == `"v1"` {
					if coding != "" {
						w.Header().Set("Content-Encoding", coding)
					}
					w.WriteHeader(http.StatusNotModified)
					return
				}
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				defer z.Close()
				fmt.Fprint(z, "<title>page</title>")
			}))
			defer server.Close()
			c, err := fetch.New(fetch.Options{AllowPrivate: true, Timeout: time.Minute, Retries: -1})
			if err != nil {
				t.Fatal(err)
			}
			first, err := c.Get(t.Context(), server.URL)
			if err != nil || string(first.Body) != "<title>page</title>" {
				t.Fatalf("%q, %v", first.Body, err)
			}
			again, err := c.GetWith(t.Context(), server.URL, fetch.GetOptions{Header: first.Validators().Header()})
			if err != nil || again.Status != http.StatusNotModified || len(again.Body) > 0 || again.Truncated {
				t.Errorf("%+v, %v", again, err)
			}
		})
	}
}
