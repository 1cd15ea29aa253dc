package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"replatform/crawler/demoshop"
	"replatform/planner"
)

// TestDemoOnRealEngines carries the demo's map to a real nginx and to a Worker in
// workerd, each in front of the new shop, and lets verify ask every old address.
func TestDemoOnRealEngines(t *testing.T) {
	options := demoshop.Options{Scheme: "http"}
	old, fresh := demoshop.Old(options), demoshop.New(options)
	shops := httptest.NewServer(demoshop.Mux(old, fresh))
	defer shops.Close()
	shopAddr := shops.Listener.Addr().String()
	dir := t.TempDir()
	project := filepath.Join(dir, "shop.replatform")
	replatform := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"replatform"}, append(args, "--project", project, "--lang", "en")...)
		if code := run(t.Context(), args, &out, &errs); code != exitDone {
			t.Fatalf("%s: exit code %d\n%s%s", strings.Join(args, " "), code, out.String(), errs.String())
		}
		return out.String()
	}
	connect := func(s *demoshop.Shop, addr string) []string {
		var flags []string
		for _, host := range s.Hosts() {
			flags = append(flags, "--connect-to", host+"="+addr)
		}
		return flags
	}
	replatform(append([]string{"crawl", "--rate", "0", old.StartURL()}, connect(old, shopAddr)...)...)
	replatform(append([]string{"target", "--rate", "0", fresh.StartURL()}, connect(fresh, shopAddr)...)...)
	replatform("match")
	replatform("plan", "--domain-movable", "yes", "--edge", "yes", "--out", filepath.Join(dir, "plan"))

	verify := func(t *testing.T, engineAddr string) {
		t.Helper()
		// Behind the engine the new shop stands under its own name and calls that its
		// canonical address, also where the old front page passes through: the engine
		// is what is looked at here, not the pages.
		args := append([]string{"verify", "--rate", "0", "--json", "--check-pages=false"}, connect(fresh, shopAddr)...)
		out := replatform(append(args, connect(old, engineAddr)...)...)
		var sum planner.VerifySummary
		if err := json.Unmarshal([]byte(out), &sum); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		if sum.Asked < 256 || sum.OK != sum.Asked {
			t.Errorf("%d old addresses asked, %d right", sum.Asked, sum.OK)
		}
		t.Logf("%d old addresses asked, %d answered with one permanent redirect to the right page, or 410, or the page itself", sum.Asked, sum.OK)
	}

	t.Run("nginx", func(t *testing.T) {
		nginx := program(t, "REPLATFORM_NGINX", "nginx", "/usr/sbin/nginx")
		out := filepath.Join(dir, "nginx")
		replatform("redirects", "export", "--format", "nginx", "--out", out)
		addr := freeAddress(t)
		edit(t, filepath.Join(out, "nginx-test.conf"), "127.0.0.1:18080", addr, "return 404;", "proxy_pass http://"+shopAddr+"; proxy_set_header Host "+fresh.Hosts()[0]+";")
		start(t, addr, out, nginx, "-p", out+"/", "-c", filepath.Join(out, "nginx-test.conf"))
		verify(t, addr)
	})
	t.Run("workerd", func(t *testing.T) {
		workerd := program(t, "REPLATFORM_WORKERD", "workerd")
		out := filepath.Join(dir, "worker")
		replatform("redirects", "export", "--format", "cloudflare-worker", "--out", out)
		addr := freeAddress(t)
		edit(t, filepath.Join(out, "workerd-test.capnp"), "127.0.0.1:18081", addr,
			`text = "404"`, `text = "origin"`,
			`(name = "main", worker = .redirects)`, `(name = "main", worker = .redirects), (name = "internet", external = (address = "`+shopAddr+`", http = ()))`)
		start(t, addr, out, workerd, "serve", "workerd-test.capnp")
		verify(t, addr)
	})
}

// program finds a program by a variable, the PATH or a place. Without it the test is
// skipped by name; REPLATFORM_REQUIRE_ENGINES=1 makes that a failure.
func program(t *testing.T, variable, name string, places ...string) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		return path
	}
	for _, candidate := range append([]string{name}, places...) {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	if os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1" {
		t.Fatalf("%s is required and not found; set %s", name, variable)
	}
	t.Skipf("%s is not installed; set %s to run this test", name, variable)
	return ""
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// edit replaces texts in a file; each must be there.
func edit(t *testing.T, name string, pairs ...string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s does not hold %q", name, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start runs a server until the test ends and waits until it accepts connections.
func start(t *testing.T, addr, dir, path string, args ...string) {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stderr = dir, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		done := make(chan struct{})
		go func() { _ = cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("%s does not answer on %s:\n%s", path, addr, log.String())
}
