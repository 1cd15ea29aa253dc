package fetch

import (
	"net/http"
	"strings"
	"time"
)

// maxETag is how long an entity tag may be to be kept. RFC 9110 sets no limit; tags in
// use are hashes of some forty characters.
const maxETag = 256

// Validators tell one version of a page from the next, as the server gives them. With
// them a page that was read before is asked for only if it has changed (RFC 9110,
// sections 8.8 and 13, https://www.rfc-editor.org/rfc/rfc9110#section-13).
type Validators struct {
	ETag         string // as sent, quotes and W/ included; "" when there was none that can be sent back
	LastModified string // as sent; "" when there was none that can be sent back
}

// Validators of an answer, as far as they can be trusted and sent back. A time of change
// that is not at least a second before the answer may hide a change in that second
// (RFC 9110, section 8.8.2.2), and pages that are made anew for each request name the
// time of the request: it is left out.
func (r *Response) Validators() Validators {
	var v Validators
	if tag := strings.TrimSpace(r.Header.Get("ETag")); isETag(tag) {
		v.ETag = tag
	}
	changed, err := http.ParseTime(r.Header.Get("Last-Modified"))
	if err != nil {
		return v
	}
	now, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		now = r.FetchedAt
	}
	if now.Sub(changed) >= time.Second {
		v.LastModified = r.Header.Get("Last-Modified")
	}
	return v
}

// Header asks for a page only if its version is another one; nil when v is empty.
func (v Validators) Header() http.Header {
	h := http.Header{}
	if v.ETag != "" {
		h.Set("If-None-Match", v.ETag+plainETag(v.ETag))
	}
	if v.LastModified != "" {
		h.Set("If-Modified-Since", v.LastModified)
	}
	if len(h) == 0 {
		return nil
	}
	return h
}

// plainETag names beside a tag that Apache has marked as that of a compressed body the
// tag of the body itself, as a list goes on. Some versions do not know their own mark
// again and would send the page each time
// (https://bz.apache.org/bugzilla/show_bug.cgi?id=45023).
func plainETag(tag string) string {
	for _, mark := range []string{`-gzip"`, `-br"`} {
		if plain, ok := strings.CutSuffix(tag, mark); ok && !strings.HasSuffix(plain, `"`) { // there is more than the mark
			return ", " + plain + `"`
		}
	}
	return ""
}

// isETag says whether s is an entity tag by the grammar of RFC 9110, section 8.8.3, of
// ASCII characters only.
func isETag(s string) bool {
	s = strings.TrimPrefix(s, "W/")
	if len(s) < 2 || len(s) > maxETag || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	return !strings.ContainsFunc(s[1:len(s)-1], func(r rune) bool { return r <= ' ' || r == '"' || r >= 0x7f })
}
