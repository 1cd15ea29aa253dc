package fetch

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

func FuzzReadBody(f *testing.F) {
	page := bytes.Repeat([]byte("<p>text</p>"), 50)
	for _, coding := range []string{"gzip", "br", "zstd", "deflate"} {
		f.Add(compress(f, coding, page), coding, "text/html")
	}
	f.Add(compress(f, "raw-deflate", page), "deflate, identity", "application/octet-stream")
	f.Add(compress(f, "gzip", compress(f, "br", page)), "br, gzip", "")
	f.Fuzz(func(t *testing.T, body []byte, coding, contentType string) {
		const limit = 4096
		resp := &http.Response{
			Header:        http.Header{"Content-Encoding": {coding}, "Content-Type": {contentType}},
			Body:          io.NopCloser(bytes.NewReader(body)),
			ContentLength: int64(len(body)),
		}
		out, truncated, skipped, err := readBody(resp, limit, false, nil)
		if len(out) > limit {
			t.Errorf("%d bytes", len(out))
		}
		if skipped && !truncated || err != nil && out != nil {
			t.Errorf("truncated %v, skipped %v, %d bytes, %v", truncated, skipped, len(out), err)
		}
	})
}
