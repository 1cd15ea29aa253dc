package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"replatform/crawler/demoshop"
	"replatform/planner/domain/domaintest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"replatform": main})
}

// TestScripts runs every command as a person types it. The scripts see the addresses
// of servers that run beside them: $OLD and $NEW are the --connect-to values of the
// demo shops, $SWITCHED and $SWITCHED_BARE, without "www.", are those of the old one after
// the move, the others misbehave each in its own way.
func TestScripts(t *testing.T) {
	names := nameServers(t)
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"judge": judgeSheet},
		Setup: func(env *testscript.Env) error {
			options := demoshop.Options{Scheme: "http", Goods: 40}
			old, fresh := demoshop.Old(options), demoshop.New(options)
			shops := httptest.NewServer(demoshop.Mux(old, fresh))
			env.Defer(shops.Close)
			addr := shops.Listener.Addr().String()
			connect := func(s *demoshop.Shop) string { return s.Hosts()[0] + "=" + addr }
			env.Setenv("OLD_URL", old.StartURL())
			env.Setenv("NEW_URL", fresh.StartURL())
			env.Setenv("OLD", connect(old))
			env.Setenv("NEW", connect(fresh))
			moved := httptest.NewServer(switched(env.WorkDir, fresh.Hosts()[0], addr))
			env.Defer(moved.Close)
			env.Setenv("SWITCHED", old.Hosts()[0]+"="+moved.URL)
			env.Setenv("SWITCHED_BARE", strings.TrimPrefix(old.Hosts()[0], "www.")+"="+moved.URL)
			engine := httptest.NewServer(http.HandlerFunc(indexNow))
			env.Defer(engine.Close)
			env.Setenv("INDEXNOW", engine.URL)
			env.Setenv("LANG", "en_GB.UTF-8")
			for name, addr := range names {
				env.Setenv(name, addr)
			}
			for _, servers := range []map[string]http.Handler{misbehaving(), particular()} {
				for name, handler := range servers {
					s := httptest.NewServer(handler)
					env.Defer(s.Close)
					env.Setenv(name, s.URL)
				}
			}
			env.Setenv("STAGING_OWNER", strings.Replace(env.Getenv("STAGING"), "://", "://owner:hush-7741@", 1))
			redirector := httptest.NewServer(http.HandlerFunc(redirectTwo))
			env.Defer(redirector.Close)
			env.Setenv("REDIRECTOR", redirector.URL)
			env.Setenv("REDIRECTOR_ADDR", redirector.Listener.Addr().String())
			closed, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Setenv("CLOSED", "http://"+closed.Addr().String()+"/")
			if err := closed.Close(); err != nil {
				return err
			}
			files, err := importFiles(options)
			if err != nil {
				return err
			}
			url, certificate := trusting(env)
			env.Setenv("TRUSTING", url)
			files["trusting.pem"] = certificate
			files["products-2025.csv"] = demoshop.NewCSV(options, demoshop.Template2025)
			files["products-classic.csv"] = demoshop.NewCSV(options, demoshop.Classic)
			for name, data := range files {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), data, 0o644); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// nameServers are DNS servers with one domain: before its switch, after it, and after
// a switch that lost the mail. The first also has the domain of the built-in old shop.
func nameServers(t *testing.T) map[string]string {
	const zone = `
chaya.example.      3600  IN SOA ns1.dns.example. host.chaya.example. 1 7200 900 1209600 900
chaya.example.      3600  IN NS  ns1.dns.example.
chaya.example.      86400 IN A   192.0.2.10
chaya.example.      3600  IN MX  10 mx.post.example.
chaya.example.      3600  IN TXT "v=spf1 include:post.example ~all"
www.chaya.example.  3600  IN CNAME shops.cart.example.
`
	const shop = `
tsukiyo-zakka.example.      3600 IN SOA   ns1.dns.example. host.tsukiyo-zakka.example. 1 7200 900 1209600 900
tsukiyo-zakka.example.      3600 IN NS    ns1.dns.example.
tsukiyo-zakka.example.      3600 IN A     192.0.2.60
tsukiyo-zakka.example.      3600 IN MX    10 mx.post.example.
www.tsukiyo-zakka.example.  3600 IN CNAME shops.cart.example.
`
	switched := strings.NewReplacer("192.0.2.10", "198.51.100.7", "86400 IN A", "300 IN A").Replace(zone)
	return map[string]string{
		"DNS_BEFORE": domaintest.Serve(t, zone, shop).Addr,
		"DNS_AFTER":  domaintest.Serve(t, switched).Addr,
		"DNS_LOST":   domaintest.Serve(t, strings.ReplaceAll(switched, "MX  10 mx.post", "MX  10 mail.new")).Addr,
	}
}

// redirectTwo is a server with two redirects.
func redirectTwo(w http.ResponseWriter, r *http.Request) {
	to := map[string]string{"/a.html": "https://new.example/a", "/?pid=1": "https://new.example/p"}[r.RequestURI]
	if to == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusMovedPermanently)
}

// misbehaving are servers that a crawl must refuse with a clear error.
func misbehaving() map[string]http.Handler {
	text := func(contentType, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write([]byte(body))
		})
	}
	return map[string]http.Handler{
		"NOT_HTML": text("application/pdf", "%PDF-1.7"),
		"FORBIDS": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				_, _ = w.Write([]byte("User-agent: *\nDisallow: /\n"))
				return
			}
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!doctype html><title>closed</title>"))
		}),
		"MAINTENANCE": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			http.Error(w, "under maintenance", http.StatusForbidden)
		}),
		"EMPTY": text("text/html; charset=utf-8", "<!doctype html><title>opening soon</title><p>nothing here yet"),
		"EMPTY_FEED": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/products.json":
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"products":[]}`))
			case "/":
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("X-ShopId", "1")
				_, _ = w.Write([]byte(`<!doctype html><title>opening soon</title><script>var Shopify = Shopify || {}; Shopify.shop = "x.myshopify.com";</script><script src="https://cdn.shopify.com/x.js"></script>`))
			default:
				http.NotFound(w, r)
			}
		}),
	}
}

// TestKilledCrawl kills a crawl at random moments and starts it again until it is
// done. The inventory must be that of a crawl that nobody disturbed.
func TestKilledCrawl(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a crawl twenty times")
	}
	kills := 20
	if n, err := strconv.Atoi(os.Getenv("REPLATFORM_KILLS")); err == nil {
		kills = n
	}
	var requests atomic.Int64
	options := demoshop.Options{Scheme: "http"}
	old := demoshop.Old(options)
	mux := demoshop.Mux(old)
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		time.Sleep(15 * time.Millisecond)
		mux.ServeHTTP(w, r)
	}))
	defer slow.Close()
	connect := old.Hosts()[0] + "=" + slow.Listener.Addr().String()
	bin := filepath.Join(t.TempDir(), "replatform")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	crawl := func(ctx context.Context, project string) *exec.Cmd {
		return exec.CommandContext(ctx, bin, "crawl", "--project", project, "--rate", "0", "--concurrency", "2", "--connect-to", connect, old.StartURL())
	}
	inventoryOf := func(project string) string {
		out, err := exec.Command(bin, "inventory", "--project", project, "--format", "csv").Output()
		if err != nil {
			t.Fatalf("reading the inventory: %v", err)
		}
		return string(out)
	}

	calm := filepath.Join(t.TempDir(), "calm.replatform")
	began := time.Now()
	if out, err := crawl(t.Context(), calm).CombinedOutput(); err != nil {
		t.Fatalf("undisturbed crawl: %v\n%s", err, out)
	}
	whole := time.Since(began)
	want := inventoryOf(calm)
	needed := requests.Swap(0)

	rnd := newRand(t)
	project := filepath.Join(t.TempDir(), "killed.replatform")
	killed, restarted := 0, 0
	for round := 0; killed < kills; round++ {
		if round == 20*kills {
			t.Fatalf("only %d kills in %d rounds", killed, round)
		}
		cmd := crawl(t.Context(), project)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Between the first instant and a tenth of the time that the whole takes.
		time.Sleep(time.Duration(rnd.Int64N(int64(whole / 10))))
		if err := cmd.Process.Kill(); err != nil { // it was done already
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			// It ended by itself before the kill: begin anew, so that all kills count.
			if err := os.Remove(project); err != nil {
				t.Fatal(err)
			}
			requests.Store(0)
			restarted = killed
			continue
		}
		killed++
		checkWhole(t, project)
	}
	if out, err := crawl(t.Context(), project).CombinedOutput(); err != nil {
		t.Fatalf("resumed crawl: %v\n%s", err, out)
	}
	got := inventoryOf(project)
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("inventory after %d kills (-undisturbed +killed):\n%s", killed, diff)
	}
	t.Logf("%d kills, %d pages in the inventory", killed, strings.Count(got, "\n")-1)
	// Asked again is what was under way or not yet stored, and what each start asks:
	// robots.txt, the start page, an address that does not exist.
	const inFlight, unstored, begins = 2, 64, 3
	runs := int64(killed - restarted)
	again := requests.Load() - needed
	t.Logf("%d requests, %d in one run; %d asked again in %d runs since the project was begun", requests.Load(), needed, again, runs)
	if again > runs*(inFlight+unstored+begins) {
		t.Errorf("%d requests more than needed", again)
	}
}

// TestInterruptedCrawl: Ctrl-C stops cleanly and says how to go on; the same command
// then finishes the crawl.
func TestInterruptedCrawl(t *testing.T) {
	options := demoshop.Options{Scheme: "http", Goods: 60}
	old := demoshop.Old(options)
	mux := demoshop.Mux(old)
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		mux.ServeHTTP(w, r)
	}))
	defer slow.Close()
	project := filepath.Join(t.TempDir(), "shop.replatform")
	args := []string{"replatform", "crawl", old.StartURL(), "--project", project, "--rate", "0", "--concurrency", "2", "--lang", "en",
		"--connect-to", old.Hosts()[0] + "=" + slow.Listener.Addr().String()}
	ctx, interrupt := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer interrupt()
	var out, errs bytes.Buffer
	if code := run(ctx, args, &out, &errs); code != exitFailed {
		t.Fatalf("interrupted: exit code %d\n%s%s", code, &out, &errs)
	}
	if !strings.Contains(out.String(), "the same command goes on") {
		t.Errorf("interrupted crawl said:\n%s%s", &out, &errs)
	}
	out.Reset()
	if code := run(t.Context(), args, &out, &errs); code != exitDone {
		t.Fatalf("resumed: exit code %d\n%s%s", code, &out, &errs)
	}
	var calm bytes.Buffer
	args[4] = filepath.Join(t.TempDir(), "calm.replatform")
	if code := run(t.Context(), args, &calm, &errs); code != exitDone {
		t.Fatalf("undisturbed: exit code %d\n%s", code, &errs)
	}
	if diff := cmp.Diff(calm.String(), out.String()); diff != "" {
		t.Errorf("what the crawls found (-undisturbed +resumed):\n%s", diff)
	}
}
