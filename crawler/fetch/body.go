package fetch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// acceptEncoding is what readBody can undo.
const acceptEncoding = "gzip, br, zstd, deflate"

// maxCodings is how many compressions may lie on each other. One is usual, two have
// been seen behind badly set-up proxies; more is an attack.
const maxCodings = 2

// sniffLen is how much of a body is read to tell what it is: what
// http.DetectContentType looks at.
const sniffLen = 512

// readBody reads and decompresses the body of resp up to limit bytes, counted after
// decompression. skipped says that the body is of no type that was wanted and only
// its first bytes were read. The caller closes the body. buffer may be used for it.
func readBody(resp *http.Response, limit int64, anyType bool, buffer []byte) (body []byte, truncated, skipped bool, err error) {
	// No honest answer is larger packed than unpacked by more than its frame. The
	// bound stops a stream that goes on for ever and unpacks to nothing.
	raw := io.LimitReader(resp.Body, limit+limit/8+64<<10)
	r, closeAll, err := unpack(raw, resp.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, false, false, err
	}
	defer closeAll()
	kind := kindOf(resp.Header.Get("Content-Type"))
	if anyType {
		kind = kindText
	}
	if kind != kindText {
		head, err := appendAll(buffer[:0], io.LimitReader(r, min(sniffLen, limit)))
		if err != nil {
			return nil, false, false, bodyError(err)
		}
		if kind == kindBinary || !worthReading(head) {
			return head, true, true, nil
		}
		body = head
	}
	rest := limit + 1 - int64(len(body))
	if body == nil {
		body = buffer[:0]
		if known := min(resp.ContentLength, limit) + bufferSlack + 1; resp.ContentLength > 0 && resp.Header.Get("Content-Encoding") == "" && int64(cap(body)) < known {
			body = make([]byte, 0, known)
		}
	}
	body, err = appendAll(body, io.LimitReader(r, rest))
	if int64(len(body)) > limit {
		return body[:limit], true, false, nil
	}
	if err != nil {
		return nil, false, false, bodyError(err)
	}
	return body, false, false, nil
}

// bufferSlack spares the growth of a buffer for the read that only finds the end.
const bufferSlack = 512

// appendAll appends what r holds to b. What follows a gzip member and is none is
// padding, and ends it.
func appendAll(b []byte, r io.Reader) ([]byte, error) {
	for {
		if cap(b)-len(b) < bufferSlack {
			b = append(b, make([]byte, max(bufferSlack, cap(b)))...)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) || errors.Is(err, gzip.ErrHeader) && len(b) > 0 {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

// bodyError names damage to the compression as such; what the network did stays as
// it is.
func bodyError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &corrupt), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum),
		errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrChecksum), errors.Is(err, zlib.ErrDictionary),
		errors.Is(err, zstd.ErrMagicMismatch), errors.Is(err, zstd.ErrWindowSizeExceeded),
		strings.HasPrefix(err.Error(), "brotli:"):
		return fmt.Errorf("%w: %w", ErrBadEncoding, err)
	}
	return fmt.Errorf("reading the body: %w", err)
}

// unpack undoes the codings of a Content-Encoding header, the last named first.
func unpack(r io.Reader, header string) (io.Reader, func(), error) {
	var closers []func()
	closeAll := func() {
		for i := len(closers) - 1; i >= 0; i-- {
			closers[i]()
		}
	}
	codings := strings.Split(header, ",")
	n := 0
	for i := len(codings) - 1; i >= 0; i-- {
		coding := strings.ToLower(strings.TrimSpace(codings[i]))
		if coding == "" || coding == "identity" {
			continue
		}
		if n++; n > maxCodings {
			closeAll()
			return nil, nil, fmt.Errorf("%w: %q", ErrBadEncoding, header)
		}
		next, closer, err := unpackOne(r, coding)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		r = next
		if closer != nil {
			closers = append(closers, closer)
		}
	}
	return r, closeAll, nil
}

func unpackOne(r io.Reader, coding string) (io.Reader, func(), error) {
	switch coding {
	case "gzip", "x-gzip":
		br := bufio.NewReader(r)
		// Some servers label plain bodies as gzip, and 304 or error pages have none.
		if head, err := br.Peek(2); err != nil || head[0] != 0x1f || head[1] != 0x8b {
			return br, nil, nil
		}
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, nil, bodyError(err)
		}
		return z, func() { z.Close() }, nil
	case "br":
		return brotli.NewReader(r), nil, nil
	case "zstd":
		// RFC 9659: the window of content coding "zstd" is at most 8 MB.
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, nil, bodyError(err)
		}
		return z, z.Close, nil
	case "deflate":
		// RFC 9110 means the zlib format; some servers send bare DEFLATE data.
		br := bufio.NewReader(r)
		if head, err := br.Peek(2); err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			z, err := zlib.NewReader(br)
			if err != nil {
				return nil, nil, bodyError(err)
			}
			return z, func() { z.Close() }, nil
		}
		z := flate.NewReader(br)
		return z, func() { z.Close() }, nil
	}
	return nil, nil, fmt.Errorf("%w: %q", ErrBadEncoding, coding)
}

// bodyKind says what to do with a body by its declared type.
type bodyKind uint8

const (
	kindText   bodyKind = iota // read it
	kindVague                  // look at the first bytes
	kindBinary                 // pictures, films, fonts, PDF: never worth reading
)

func kindOf(contentType string) bodyKind {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		t, _, _ = strings.Cut(contentType, ";")
		t = strings.ToLower(strings.TrimSpace(t))
	}
	major, minor, _ := strings.Cut(t, "/")
	switch {
	case major == "text",
		major == "application" && (strings.HasSuffix(minor, "xml") || strings.HasSuffix(minor, "json") ||
			strings.HasSuffix(minor, "javascript") || minor == "gzip" || minor == "x-gzip"),
		minor == "svg+xml":
		return kindText
	case major == "image", major == "audio", major == "video", major == "font",
		minor == "pdf", minor == "zip", minor == "x-font-ttf", minor == "vnd.ms-fontobject":
		return kindBinary
	}
	return kindVague
}

// worthReading tells text and gzip, as sitemaps are often sent, from other data.
func worthReading(head []byte) bool {
	t := http.DetectContentType(head)
	return strings.HasPrefix(t, "text/") || t == "application/x-gzip"
}
