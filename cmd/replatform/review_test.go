package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestReviewPage: the command prints the address of the page, serves it to whoever
// has it, and ends with code 0 on Ctrl-C.
func TestReviewPage(t *testing.T) {
	dir := t.TempDir()
	var demo bytes.Buffer
	if code := run(t.Context(), []string{"replatform", "demo", dir, "--quiet"}, &demo, &demo); code != exitDone {
		t.Fatalf("demo: exit code %d\n%s", code, &demo)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	r, w := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"replatform", "review", "--lang", "en", "--project", filepath.Join(dir, "shop.replatform")}, w, &errs)
		w.Close()
	}()
	line := make([]byte, 300)
	n, err := r.Read(line)
	if err != nil {
		t.Fatalf("exit code %d: %v\n%s", <-ended, err, &errs)
	}
	go io.Copy(io.Discard, r)
	address := strings.TrimSpace(string(line[:n]))
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("address %q", address)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	get := func(c *http.Client, address string) (int, string) {
		t.Helper()
		res, err := c.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	if code, body := get(client, address); code != 200 || !strings.Contains(body, "Review of the pairs") {
		t.Errorf("page: %d\n%s", code, body)
	}
	base, _, _ := strings.Cut(address, "?")
	if code, body := get(client, base+"rows?view=none"); code != 200 || !strings.Contains(body, "tsukiyo-zakka.example") {
		t.Errorf("rows: %d\n%s", code, body)
	}
	if code, _ := get(http.DefaultClient, base); code != http.StatusForbidden {
		t.Errorf("without the cookie: %d", code)
	}
	interrupt()
	select {
	case code := <-ended:
		if code != exitDone || !strings.Contains(errs.String(), "every decision is stored") {
			t.Errorf("exit code %d\n%s", code, &errs)
		}
	case <-time.After(20 * time.Second):
		t.Error("the page does not end")
	}
}
