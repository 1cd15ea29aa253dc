package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A map that is served names the rows that are not, and stays when its file has nothing to
// serve for a while.
func TestServeKeepsTheMap(t *testing.T) {
	file := filepath.Join(t.TempDir(), "map.csv")
	write := func(text string) {
		t.Helper()
		if err := errors.Join(os.WriteFile(file+".new", []byte(text), 0o600), os.Rename(file+".new", file)); err != nil {
			t.Fatal(err)
		}
	}
	write("old_url,new_url\n/a,https://new.example/a\n/%zz,https://new.example/z\n/b,\n")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"replatform", "redirects", "serve", "--lang", "en", "--map", file, "--listen", "127.0.0.1:0"}, io.Discard, w)
		w.Close()
	}()
	var seen bytes.Buffer
	said := bufio.NewScanner(io.TeeReader(r, &seen))
	// until reads what the command says up to a line with these words.
	until := func(words string) string {
		t.Helper()
		for said.Scan() {
			if strings.Contains(said.Text(), words) {
				return said.Text()
			}
		}
		t.Fatalf("never said %q:\n%s", words, &seen)
		return ""
	}
	ready := until("1 rows are served on http://")
	until("rows that are not served: 2")
	until("line 4: /b: a redirect without a target")
	until("line 3: /%zz: a percent sign without two hex digits")
	address := strings.TrimSuffix(ready[strings.Index(ready, "http://"):], "; stop with Ctrl-C")
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	asked := func(path string, status int) {
		t.Helper()
		res, err := client.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
		}
	}
	asked("/a", http.StatusMovedPermanently)
	for _, bad := range []string{"", "old_url,new_url\n\"/a,https://new.example/a\n", "old_url,new_url\n/a,\n"} {
		write(bad)
		until("the file holds no redirects")
		until("the map before it stays: 1 rows are served")
		asked("/a", http.StatusMovedPermanently)
	}
	write("old_url,new_url\n\"/x,https://new.example/x\n/a,https://new.example/a\n/b,https://new.example/b\n")
	until("the map has changed: 2 rows are served")
	until("rows that are not served: 1")
	until("line 2: \"/x,https://new.example/x: the row cannot be read: a quote is opened and not closed")
	asked("/a", http.StatusMovedPermanently)
	asked("/b", http.StatusMovedPermanently)
	interrupt()
	go io.Copy(io.Discard, r)
	if code := <-ended; code != exitDone {
		t.Errorf("exit code %d\n%s", code, &seen)
	}
}
