package engine

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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

// A server is a real engine on a loopback port.
type server struct {
	t    testing.TB
	addr string
	pid  int
	conn net.Conn
	in   *bufio.Reader
}

// ask sends one request line byte by byte, as most HTTP clients would not, and
// returns status and Location.
func (s *server) ask(host, target string) Answer {
	s.t.Helper()
	for attempt := 0; ; attempt++ {
		a, again, err := s.try(host, target)
		if err == nil {
			return a
		}
		if s.conn != nil {
			_ = s.conn.Close()
			s.conn = nil
		}
		if !again || attempt > 2 {
			s.t.Fatalf("asking %s for %q: %v", s.addr, target, err)
		}
	}
}

func (s *server) try(host, target string) (a Answer, again bool, err error) {
	if s.conn == nil {
		if s.conn, err = net.DialTimeout("tcp", s.addr, 5*time.Second); err != nil {
			return a, false, err
		}
		s.in = bufio.NewReader(s.conn)
	}
	_ = s.conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := fmt.Fprintf(s.conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, host); err != nil {
		return a, true, err
	}
	resp, err := http.ReadResponse(s.in, nil)
	if err != nil {
		return a, true, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if resp.Close || err != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
	a = Answer{Status: resp.StatusCode, Location: resp.Header.Get("Location")}
	a.Fired = a.Location != "" || a.Status == 410 || a.Status == 451
	if !a.Fired {
		a.Status = 0 // 404 and 400 are both "no rule"
	}
	return a, false, nil
}

// find returns the program of an engine, or skips: from the variable, the places
// given, or the PATH. REPLATFORM_REQUIRE_ENGINES makes a missing one a failure: 1
// for all, or a list of names with commas.
func find(t testing.TB, variable, name string, places ...string) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		return path
	}
	for _, pattern := range places {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	missing(t, variable, name)
	return ""
}

// missing skips the test, or fails it where REPLATFORM_REQUIRE_ENGINES asks for the
// engine.
func missing(t testing.TB, variable, name string) {
	t.Helper()
	if required := os.Getenv("REPLATFORM_REQUIRE_ENGINES"); required == "1" || slices.Contains(strings.Split(required, ","), name) {
		t.Fatalf("%s is required by REPLATFORM_REQUIRE_ENGINES and not found; set %s", name, variable)
	}
	t.Skipf("%s is not installed; set %s to run this test", name, variable)
}

// freePort returns a loopback address that was free a moment ago.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// replaceIn exchanges the port that a written configuration names.
func replaceIn(t testing.TB, file, old, new string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(b, []byte(old), []byte(new)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start runs a program until the test ends and waits until it answers.
func start(t testing.TB, addr, dir, program string, args ...string) *server {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	s := &server{t: t, addr: addr, pid: cmd.Process.Pid}
	t.Cleanup(func() {
		if s.conn != nil {
			_ = s.conn.Close()
		}
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	})
	for deadline := time.Now().Add(120 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-done:
			done <- err
			t.Fatalf("%s ended: %v\n%s", program, err, log.String())
		default:
		}
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = c.Close()
			return s
		}
	}
	t.Fatalf("%s does not listen on %s", program, addr)
	return nil
}

// starters run the real engine over a folder that Write filled. Engines that are
// not here have no program to run on this machine.
func starters() map[string]func(t testing.TB, dir string) *server {
	return map[string]func(t testing.TB, dir string) *server{
		"nginx": func(t testing.TB, dir string) *server {
			program := find(t, "REPLATFORM_NGINX", "nginx", "/usr/sbin/nginx")
			addr := freePort(t)
			replaceIn(t, filepath.Join(dir, "nginx-test.conf"), "127.0.0.1:18080", addr)
			return start(t, addr, dir, program, "-p", dir+"/", "-c", filepath.Join(dir, "nginx-test.conf"))
		},
		"haproxy": func(t testing.TB, dir string) *server {
			program := find(t, "REPLATFORM_HAPROXY", "haproxy", "/usr/sbin/haproxy")
			addr := freePort(t)
			replaceIn(t, filepath.Join(dir, "haproxy-test.cfg"), "127.0.0.1:18082", addr)
			return start(t, addr, dir, program, "-db", "-f", "haproxy-test.cfg")
		},
		"apache": func(t testing.TB, dir string) *server {
			program := find(t, "REPLATFORM_APACHE", "apache2", "/usr/sbin/apache2")
			convert := find(t, "REPLATFORM_HTXT2DBM", "httxt2dbm", "/usr/sbin/httxt2dbm")
			out, err := exec.Command(convert, "-f", "DB", "-i", filepath.Join(dir, "replatform", "map.txt"), "-o", filepath.Join(dir, "replatform", "map.db")).CombinedOutput()
			if err != nil {
				t.Fatalf("httxt2dbm: %v\n%s", err, out)
			}
			addr := freePort(t)
			config := filepath.Join(dir, "apache-test.conf")
			replaceIn(t, config, "127.0.0.1:18083", addr)
			if modules := os.Getenv("REPLATFORM_APACHE_MODULES"); modules != "" {
				replaceIn(t, config, "/usr/lib/apache2/modules", modules)
			}
			return start(t, addr, dir, program, "-DFOREGROUND", "-d", dir, "-f", config)
		},
		"lighttpd": func(t testing.TB, dir string) *server {
			program := find(t, "REPLATFORM_LIGHTTPD", "lighttpd", "/usr/sbin/lighttpd")
			addr := freePort(t)
			_, port, _ := net.SplitHostPort(addr)
			replaceIn(t, filepath.Join(dir, "lighttpd-test.conf"), "18085", port)
			return start(t, addr, dir, program, "-D", "-f", "lighttpd-test.conf")
		},
		"varnish": func(t testing.TB, dir string) *server {
			program := find(t, "REPLATFORM_VARNISH", "varnishd", "/usr/sbin/varnishd")
			addr := freePort(t)
			// It reads its files as another user, who cannot enter the folders of tests.
			work, err := os.MkdirTemp("", "vn")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(work) })
			if err := errors.Join(os.Chmod(work, 0o755), os.CopyFS(work, os.DirFS(dir))); err != nil {
				t.Fatal(err)
			}
			return start(t, addr, work, program, "-F", "-n", filepath.Join(work, "run"), "-f", filepath.Join(work, "varnish-test.vcl"), "-p", "vcl_path="+work, "-a", addr, "-T", "none", "-S", "none")
		},
		"htaccess": func(t testing.TB, dir string) *server {
			program := find(t, "REPLATFORM_APACHE", "apache2", "/usr/sbin/apache2")
			addr := freePort(t)
			root := filepath.Join(dir, "root")
			if err := os.Mkdir(root, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(dir, ".htaccess"), filepath.Join(root, ".htaccess")); err != nil {
				t.Fatal(err)
			}
			modules := cmp.Or(os.Getenv("REPLATFORM_APACHE_MODULES"), "/usr/lib/apache2/modules")
			config := strings.NewReplacer("MODULES", modules, "ADDR", addr, "ROOT", root).Replace(htaccessServer)
			if err := os.WriteFile(filepath.Join(dir, "test.conf"), []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			return start(t, addr, dir, program, "-DFOREGROUND", "-d", dir, "-f", filepath.Join(dir, "test.conf"))
		},
		"caddy": func(t testing.TB, dir string) *server {
			program := find(t, "REPLATFORM_CADDY", "caddy", "/usr/bin/caddy")
			addr := freePort(t)
			_, port, _ := net.SplitHostPort(addr)
			replaceIn(t, filepath.Join(dir, "Caddyfile-test"), ":18084", ":"+port)
			t.Setenv("HOME", dir) // it would write its state into the user's folders
			t.Setenv("XDG_CONFIG_HOME", dir)
			t.Setenv("XDG_DATA_HOME", dir)
			return start(t, addr, dir, program, "run", "--adapter", "caddyfile", "--config", "Caddyfile-test")
		},
		"cloudflare-worker":    startWorkerd,
		"cloudflare-worker-kv": startWorkerd,
		"deno": func(t testing.TB, dir string) *server {
			cache, _ := os.UserCacheDir()
			program := find(t, "REPLATFORM_DENO", "deno", filepath.Join(cache, "replatform", "node_modules", "@deno", "*", "deno"))
			addr := freePort(t)
			_, port, _ := net.SplitHostPort(addr)
			t.Setenv("DENO_DIR", dir)
			t.Setenv("DENO_NO_UPDATE_CHECK", "1")
			t.Setenv("ELSE", "404")
			return start(t, addr, dir, program, "serve", "--allow-env=ELSE", "--allow-net", "--host", "127.0.0.1", "--port", port, "main.js")
		},
		// The service has no runtime to run here; its function runs in workerd.
		"cloudfront": func(t testing.TB, dir string) *server {
			program := findWorkerd(t)
			addr := freePort(t)
			function, err := os.ReadFile(filepath.Join(dir, "function.js"))
			if err != nil {
				t.Fatal(err)
			}
			for name, content := range map[string]string{
				"function.js": string(function) + "export { handler };\n", "cloudfront-stub.js": cloudfrontStub, "main.js": cloudfrontMain,
				"test.capnp": strings.Replace(cloudfrontConfig, "ADDR", addr, 1),
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			return start(t, addr, dir, program, "serve", filepath.Join(dir, "test.capnp"))
		},
	}
}

func startWorkerd(t testing.TB, dir string) *server {
	program := findWorkerd(t)
	addr := freePort(t)
	replaceIn(t, filepath.Join(dir, "workerd-test.capnp"), "127.0.0.1:18081", addr)
	return start(t, addr, dir, program, "serve", filepath.Join(dir, "workerd-test.capnp"))
}

func findWorkerd(t testing.TB) string {
	t.Helper()
	cache, _ := os.UserCacheDir()
	return find(t, "REPLATFORM_WORKERD", "workerd",
		filepath.Join(cache, "replatform", "node_modules", "@cloudflare", "workerd-*", "bin", "workerd"),
		filepath.Join(cache, "node_modules", "@cloudflare", "workerd-*", "bin", "workerd"))
}

const (
	cloudfrontStub = `import store from "kvs.json";
const rows = new Map(store.data.map((row) => [row.key, row.value]));
export default { kvs: () => ({ get: async (key) => { if (!rows.has(key)) throw new Error("KeyNotFound"); return rows.get(key); } }) };
`
	cloudfrontMain = `import { handler } from "function.js";
export default {
  async fetch(request) {
    const rest = request.url.slice(request.url.indexOf("/", 8));
    const mark = rest.indexOf("?");
    const answer = await handler({ request: {
      uri: mark < 0 ? rest : rest.slice(0, mark),
      rawQueryString: () => (mark < 0 ? undefined : rest.slice(mark + 1)),
      headers: { host: { value: request.headers.get("host") } },
    } });
    if (!answer.statusCode) return new Response("", { status: 404 });
    const headers = answer.headers ? { location: answer.headers.location.value } : {};
    return new Response(null, { status: answer.statusCode, headers });
  },
};
`
	cloudfrontConfig = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .test)],
  sockets = [(name = "http", address = "ADDR", http = (), service = "main")]
);
const test :Workerd.Worker = (
  modules = [
    (name = "main.js", esModule = embed "main.js"),
    (name = "function.js", esModule = embed "function.js"),
    (name = "cloudfront", esModule = embed "cloudfront-stub.js"),
    (name = "kvs.json", json = embed "kvs.json")
  ],
  compatibilityDate = "2026-09-01"
);
`
)

// htaccessServer serves one folder with an .htaccess and nothing else.
const htaccessServer = `
LoadModule mpm_event_module "MODULES/mod_mpm_event.so"
LoadModule authz_core_module "MODULES/mod_authz_core.so"
LoadModule rewrite_module "MODULES/mod_rewrite.so"
ServerName localhost
Listen ADDR
PidFile test.pid
Mutex file:. default
ErrorLog /dev/stderr
DocumentRoot "ROOT"
<Directory "ROOT">
    AllowOverride All
    Options FollowSymLinks
    Require all granted
</Directory>
`

// written selects and writes a map for an engine into a new folder.
func written(t testing.TB, e Engine, m redirects.Map) (*Selection, string) {
	t.Helper()
	sel, err := Select(context.Background(), e, m)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// Worker processes of nginx run under another user and need to get in.
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := e.Write(context.Background(), DirSink(dir), sel.Map()); err != nil {
		t.Fatal(err)
	}
	return sel, dir
}

// row makes a rule of "source target [status] [words]", as the tests write them.
func row(t testing.TB, line int, text string) redirects.Rule {
	t.Helper()
	f := strings.Fields(text)
	s, err := redirects.ParseSource(f[0])
	if err != nil {
		t.Fatal(err)
	}
	r := redirects.Rule{Line: line, Source: s, Status: 301}
	for _, word := range f[1:] {
		switch word {
		case "410", "451", "308", "302":
			_, _ = fmt.Sscan(word, &r.Status)
		case "keep":
			r.KeepQuery = true
		case "prefix":
			r.Source.Match = redirects.Prefix
		case "captured":
			r.Source.Match = redirects.Captured
		case "exact":
			r.Source.QueryAs = redirects.QueryExact
		case "ignore":
			r.Source.QueryAs = redirects.QueryIgnore
		default:
			if r.Target, err = redirects.ParseTarget(word); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

func rowsOf(t testing.TB, text string) redirects.Slice {
	t.Helper()
	var m redirects.Slice
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			m = append(m, row(t, i+1, line))
		}
	}
	return m
}

// bigMap is half products by ?pid= and half categories by three parameters.
func bigMap(n int) redirects.Slice {
	m := make(redirects.Slice, 0, n)
	for i := range n {
		r := redirects.Rule{Line: i + 1, Status: 301}
		if i%2 == 0 {
			r.Source = redirects.Source{Path: "/", Query: fmt.Sprintf("pid=%d", 1000+i), HasQuery: true}
			r.Target = fmt.Sprintf("https://new.example/products/item-%d", i)
		} else {
			r.Source = redirects.Source{Path: "/", Query: fmt.Sprintf("mode=cate&cbid=%d&csid=0", 1000+i), HasQuery: true}
			r.Target = fmt.Sprintf("https://new.example/collections/c-%d?ref=old&x=1", i)
		}
		m = append(m, r)
	}
	return m
}

// oddRows are the addresses that trip engines and clients.
const oddRows = `
/?mode=srh&keyword=%A4%EA%A4%F3%A4%B4          https://new.example/odd/euc-upper
/?mode=srh&keyword=%a4%df%a4%ab%a4%f3          https://new.example/odd/euc-lower
/?mode=srh&keyword=%83%5C%81%5B%83%58          https://new.example/odd/sjis-upper
/?mode=srh&keyword=%83%5c%81%5b%83%60          https://new.example/odd/sjis-lower
/?mode=srh&keyword=\back\slash                 https://new.example/odd/backslash
/?q=a+b                                        https://new.example/odd/plus
/?q=a%20b                                      https://new.example/odd/blank
/?q=a%2Bb                                      https://new.example/odd/escaped-plus
/?price=$100                                   https://new.example/odd/dollar
/?title="quoted"                               https://new.example/odd/quote
/?json={a}                                     https://new.example/odd/braces
/?a=1;b=2                                      https://new.example/odd/semicolon
/item.cgi?flag                                 https://new.example/odd/flag
/bare.html?                                    https://new.example/odd/bare
/trail.html?x=1&                               https://new.example/odd/trailing-ampersand
//double//slash.html                           https://new.example/odd/double-slash
/dot/../up.html                                https://new.example/odd/dots
/path%2Fslash.html                             https://new.example/odd/escaped-slash
/%E5%95%86%E5%93%81/a.html                     https://new.example/odd/utf8-path
/%BE%A6%C9%CA/a.html                           https://new.example/odd/euc-path
/?t=hash                                       https://new.example/odd/hash#part
/?t=dollar                                     https://new.example/odd/$1/x
/?t=percent                                    https://new.example/odd/100%25
/?t=braces                                     https://new.example/odd/{id}
/?t=utf8                                       https://new.example/odd/%E5%95%86%E5%93%81
/?gone=1                                       410
/gone.html                                     410
`
