package serve

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"replatform/redirects"
)

func rule(t *testing.T, old, target string, status int) redirects.Rule {
	t.Helper()
	s, err := redirects.ParseSource(old)
	if err != nil {
		t.Fatal(err)
	}
	return redirects.Rule{Source: s, Target: target, Status: status}
}

// ask sends a request line byte by byte.
func ask(t *testing.T, addr, host, target string) (status int, location, body string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", target, host)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("Location"), string(b)
}

func TestHandler(t *testing.T) {
	keep := rule(t, "/keep.html", "https://new.example/k?a=1", 301)
	keep.KeepQuery = true
	m := redirects.Slice{
		rule(t, "/?pid=1", "https://new.example/one", 301), rule(t, "https://old.example/?pid=1", "https://new.example/old-one", 301),
		rule(t, `/?q=%A4%ea"\{}`, "https://new.example/odd/%A4$1?x=%E5", 308), rule(t, "//double//x", "https://new.example/d", 301),
		rule(t, "/gone.html", "", 410), keep,
	}
	var log bytes.Buffer
	h, err := NewHandler(m, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	addr := s.Listener.Addr().String()
	tests := []struct {
		host, target string
		status       int
		location     string
	}{
		{"x.example", "/?pid=1", 301, "https://new.example/one"},
		{"old.example:8080", "/?pid=1&utm_source=x", 301, "https://new.example/old-one"},
		{"x.example", `/?q=%a4%EA"\{}`, 308, "https://new.example/odd/%A4$1?x=%E5"},
		{"x.example", "//double//x", 301, "https://new.example/d"},
		{"x.example", "http://x.example/?pid=1", 301, "https://new.example/one"},
		{"x.example", "/gone.html", 410, ""},
		{"x.example", "/keep.html?b=2", 301, "https://new.example/k?a=1&b=2"},
		{"x.example", "/", 404, ""}, {"x.example", "/robots.txt", 404, ""}, {"x.example", "/?pid=2", 404, ""},
		{"x.example", HealthPath, 200, ""},
	}
	for _, tt := range tests {
		if status, location, _ := ask(t, addr, tt.host, tt.target); status != tt.status || location != tt.location {
			t.Errorf("%s%s: %d %s, want %d %s", tt.host, tt.target, status, location, tt.status, tt.location)
		}
	}
	if n := strings.Count(log.String(), "msg=request"); n != len(tests) || strings.Contains(log.String(), "127.0.0.1") {
		t.Errorf("%d lines in the access log, or an IP address:\n%s", n, log.String())
	}
	broken := errors.New("disk gone")
	bad := redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) { yield(redirects.Rule{}, broken) }
	})
	if err := h.Load(redirects.Slice{}); !errors.Is(err, ErrEmpty) || h.Rows() != len(m) {
		t.Errorf("an empty map: %v, %d rows", err, h.Rows())
	}
	if err := h.Load(bad); !errors.Is(err, broken) || h.Rows() != len(m) {
		t.Errorf("a map that cannot be read: %v, %d rows", err, h.Rows())
	}
}

// What Check lets pass is answered from the map, and nothing else is.
func TestCheck(t *testing.T) {
	var m redirects.Slice
	for _, old := range []string{
		"/%", "/%zz", "/a%2", "/%41", "/?x=%zz", `/a\b"<>^|{}` + "`", "/:x", "//x", "/?", "/?a=1?b", "/%00", "/a;b,c", "/商品", HealthPath, HealthPath + "?x=1", "/-/health/",
	} {
		m = append(m, rule(t, old, fmt.Sprintf("https://new.example/%d", len(m)), 301))
	}
	h, err := NewHandler(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	refused := 0
	for _, r := range m {
		_, location, _ := ask(t, s.Listener.Addr().String(), "x.example", r.Source.RequestTarget())
		err := Check(r)
		if answered := location == r.Target; answered != (err == nil) {
			t.Errorf("%s: answered %v, check %v", r.Source, answered, err)
		}
		if err != nil {
			refused++
		}
	}
	if refused != 4 {
		t.Errorf("%d rows are refused", refused)
	}
}

// The file is read again when it changes, and served by Run until it is stopped.
func TestWatchAndRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "map.csv")
	write := func(text string) {
		// In one step: the watcher must not see half a file.
		if err := errors.Join(os.WriteFile(file+".new", []byte(text), 0o600), os.Rename(file+".new", file)); err != nil {
			t.Fatal(err)
		}
	}
	write("old_url,new_url\n/a,https://new.example/1\n")
	first := Stamp(file)
	open := func() (redirects.Map, error) { return redirects.OpenCSV(file) }
	m, err := open()
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHandler(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	loaded, ready, ended := make(chan error, 8), make(chan string, 1), make(chan error, 1)
	go h.Watch(ctx, file, first, 5*time.Millisecond, open, func(_ int, err error) { loaded <- err })
	go func() { ended <- Run(ctx, "127.0.0.1:0", h, func(addr string) { ready <- addr }) }()
	addr := <-ready
	if _, location, _ := ask(t, addr, "x", "/a"); location != "https://new.example/1" {
		t.Errorf("before the change: %s", location)
	}
	write("old_url,new_url\n/a,https://new.example/22\n/b,https://new.example/b\n")
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	if _, location, _ := ask(t, addr, "x", "/a"); location != "https://new.example/22" {
		t.Errorf("after the change: %s", location)
	}
	if _, _, body := ask(t, addr, "x", HealthPath); body != "ok, 2 rows\n" {
		t.Errorf("health: %q", body)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
}
