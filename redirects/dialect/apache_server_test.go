package dialect

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"replatform/redirects"
)

// htaccess is a file of every kind of rule that is taken over, in whole or in part.
const htaccess = `
Redirect 301 /old https://new.example/new
Redirect 301 /dir/ https://new.example/dir2/
Redirect 301 /q https://new.example/q?a=1
Redirect 301 /p.html https://new.example/p
Redirect gone /m
Redirect 302 "/d e" https://new.example/de
Redirect 301 /old/under https://new.example/never
RedirectMatch 301 ^/rm\.html$ https://new.example/rm
RedirectMatch 301 ^/rmq\.html$ https://new.example/rmq?x=1
RedirectMatch gone ^/rg\.html$
RewriteEngine On
RewriteCond %{QUERY_STRING} ^pid=6$
RewriteRule ^index\.php$ https://new.example/p6 [R=301,L]
RewriteCond %{QUERY_STRING} ^pid=9$
RewriteRule ^index\.php$ https://new.example/p9? [R=301,L]
RewriteCond %{QUERY_STRING} (^|&)pid=7(&|$)
RewriteRule ^index\.php$ https://new.example/p7 [R=301,L]
RewriteCond %{QUERY_STRING} ^$
RewriteRule ^none$ https://new.example/none [R=301,L]
RewriteRule ^e\.html$ https://new.example/e [R=301,L]
RewriteRule ^e1\.html$ https://new.example/e1? [R=301,L]
RewriteRule ^e2\.html$ https://new.example/e2 [R=301,L,QSD]
RewriteRule ^e3\.html$ https://new.example/e3?a=1 [R=301,L]
RewriteRule ^e4\.html$ https://new.example/e4?a=1 [R=301,L,QSA]
RewriteRule ^e5\.html$ https://new.example/e5? [R=301,L,QSA]
RewriteRule ^e6\.html$ https://new.example/e6?a=1 [R=301,L,QSA,QSD]
RewriteRule ^e7\.html$ https://new.example/e7#x [R=301,L]
RewriteRule ^e8\.html$ https://new.example/a\%20b [R=301,L]
RewriteRule ^e9\.html$ https://new.example/a\%20b [R=301,L,NE]
RewriteRule ^ea\.html$ https://new.example/ea [R=301,NC,L]
RewriteRule ^eb\.html$ https://new.example/eb
RewriteRule ^ec\.html$ - [G]
RewriteRule ^ed\.html$ https://new.example/%E3%81%82 [R=301,NE,L]
RewriteRule ^shop(?:/|$) https://new.example/shop [R=301,L]
`

// What is read of a file of Apache's is asked beside Apache itself: each address is
// answered alike, or it is one that the refused list names.
func TestApacheMeansTheSame(t *testing.T) {
	var rules redirects.Slice
	var named []string // "Old target" of what is not taken over
	for r, err := range Read(strings.NewReader(htaccess), Apache, Options{}) {
		var bad *redirects.RowError
		switch {
		case errors.As(err, &bad):
			named = append(named, bad.Old)
		case err != nil:
			t.Fatal(err)
		default:
			rules = append(rules, r)
		}
	}
	if want := []string{"/old/*", "/dir/*", "/q/*", "/d e/*", "/old/under", "/ea.html", `^ed\.html$`}; !slices.Equal(named, want) {
		t.Errorf("not taken over: %q, want %q", named, want)
	}
	audit, err := redirects.Audit(t.Context(), rules, redirects.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(audit.Refused) > 0 {
		t.Errorf("the audit refuses %v", audit.Refused)
	}
	resolver, err := redirects.NewResolver(audit.Accepted)
	if err != nil {
		t.Fatal(err)
	}
	answer := func(target string) string {
		r, ok := resolver.Resolve("old.example", target)
		if !ok {
			return "none"
		}
		location := r.Target
		if _, query, _ := strings.Cut(target, "?"); r.KeepQuery {
			location = redirects.WithQuery(location, query)
		}
		return strings.TrimSpace(fmt.Sprint(r.Status, " ", location))
	}
	apache := startApache(t, htaccess)
	for _, target := range []string{
		"/old", "/old/", "/old/sub", "/old/sub?x=1", "/old?x=1", "/oldx", "/OLD", "/dir", "/dir/", "/dir/a?y=2", "/q", "/q?b=1",
		"/p.html", "/p.html?u=1", "/m", "/m/", "/m/x", "/m/x/y.html?z", "/mx", "/d%20e", "/rm.html?x=2", "/rmq.html?y=1", "/rg.html", "/rg.html/x",
		"/index.php?pid=6", "/index.php?pid=6&a=1", "/index.php?pid=9", "/index.php?pid=7", "/index.php?a=1&pid=7", "/index.php",
		"/none", "/none?a=1", "/e.html", "/e.html?utm=1", "/e1.html?u=1", "/e2.html?u=1", "/e3.html?u=1", "/e4.html?u=1", "/e4.html", "/e5.html?u=1", "/e6.html?u=1",
		"/e7.html?u=1", "/e8.html", "/e9.html", "/ea.html?u=1", "/eb.html?u=1", "/ec.html", "/shop", "/shop/", "/shop/a/b?c=1", "/shops", "/nothing",
	} {
		if got, want := answer(target), apache(target); got != want {
			t.Errorf("%s: read as %s, Apache says %s", target, got, want)
		}
	}
	// What is named is answered by Apache and by no row.
	for target, want := range map[string]string{
		"/old/a/b.html": "301 https://new.example/new/a/b.html", "/dir/x.html": "301 https://new.example/dir2/x.html", "/q/s": "301 https://new.example/q?a=1/s",
		"/EA.html": "301 https://new.example/ea", "/ed.html": "301 https://new.example/%E312",
	} {
		if got := apache(target); got != want {
			t.Errorf("%s: Apache says %s, want %s", target, got, want)
		}
		if got := answer(target); got != "none" {
			t.Errorf("%s: is said not to be taken over, and read as %s", target, got)
		}
	}
	// Of two that fit the first in the file wins.
	if got := apache("/old/under"); got != "301 https://new.example/new/under" || answer("/old/under") != got {
		t.Errorf("/old/under: Apache says %s, read as %s", got, answer("/old/under"))
	}
}

// startApache serves a folder with this .htaccess and returns a function that asks it for
// a target: "status location", or "none" where no rule answers. Without the program the
// test is skipped, or fails where REPLATFORM_REQUIRE_ENGINES asks for it.
func startApache(t *testing.T, htaccess string) func(target string) string {
	t.Helper()
	program := cmp.Or(os.Getenv("REPLATFORM_APACHE"), "/usr/sbin/apache2")
	if _, err := exec.LookPath(program); err != nil {
		if required := os.Getenv("REPLATFORM_REQUIRE_ENGINES"); required == "1" || slices.Contains(strings.Split(required, ","), "apache2") {
			t.Fatalf("apache2 is required by REPLATFORM_REQUIRE_ENGINES and not found; set REPLATFORM_APACHE")
		}
		t.Skip("apache2 is not installed; set REPLATFORM_APACHE to run this test")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	modules := cmp.Or(os.Getenv("REPLATFORM_APACHE_MODULES"), "/usr/lib/apache2/modules")
	var config strings.Builder
	for _, name := range []string{"mpm_event", "authz_core", "alias", "rewrite"} {
		fmt.Fprintf(&config, "LoadModule %s_module \"%s/mod_%s.so\"\n", name, modules, name)
	}
	fmt.Fprintf(&config, "ServerName localhost\nListen %s\nPidFile test.pid\nMutex file:. default\nErrorLog /dev/stderr\nDocumentRoot %q\n", addr, root)
	fmt.Fprintf(&config, "<Directory %q>\nAllowOverride All\nOptions FollowSymLinks\nRequire all granted\n</Directory>\n", root)
	err = errors.Join(os.Mkdir(root, 0o755), os.WriteFile(filepath.Join(root, ".htaccess"), []byte(htaccess), 0o644), os.WriteFile(filepath.Join(dir, "test.conf"), []byte(config.String()), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "-DFOREGROUND", "-d", dir, "-f", filepath.Join(dir, "test.conf"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	})
	for deadline := time.Now().Add(120 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = c.Close()
			break
		}
		select {
		case err := <-done:
			done <- err
			t.Fatalf("apache2 ended: %v\n%s", err, log.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("apache2 does not listen on %s", addr)
		}
	}
	return func(target string) string {
		t.Helper()
		conn, err := net.DialTimeout("tcp", addr, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: old.example\r\nConnection: close\r\n\r\n", target)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		resp.Body.Close()
		if location := resp.Header.Get("Location"); location != "" {
			return fmt.Sprint(resp.StatusCode, " ", location)
		}
		if resp.StatusCode == http.StatusGone {
			return "410"
		}
		return "none"
	}
}
