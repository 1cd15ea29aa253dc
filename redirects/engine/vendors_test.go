package engine

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

// matchers run what the vendors of hosting services publish of their own matching over
// a folder that Write filled. Nothing leaves the machine, and no service is asked.
func matchers() map[string]func(t testing.TB, dir string) *server {
	return map[string]func(t testing.TB, dir string) *server{
		"cloudflare-pages": startWrangler,
		"netlify":          vendor("netlify", "@netlify/redirects"),
		"vercel-json":      vendor("vercel", "@vercel/routing-utils"),
		"firebase":         vendor("firebase", "superstatic"),
	}
}

// pluginMatchers run the WordPress plugin Redirection, of which no package registry has
// a copy: they are there where REPLATFORM_REDIRECTION names a folder with the plugin and
// REPLATFORM_WORDPRESS one with WordPress (Debian's package: /usr/share/wordpress).
func pluginMatchers() map[string]func(t testing.TB, dir string) *server {
	plugin, wordpress := os.Getenv("REPLATFORM_REDIRECTION"), os.Getenv("REPLATFORM_WORDPRESS")
	if plugin == "" || wordpress == "" {
		return nil
	}
	begin := func(t testing.TB, dir string) *server {
		php := find(t, "REPLATFORM_PHP", "php")
		script, err := filepath.Abs(filepath.Join("testdata", "vendors", "redirection.php"))
		if err != nil {
			t.Fatal(err)
		}
		addr := freePort(t)
		_, port, _ := net.SplitHostPort(addr)
		return start(t, addr, dir, php, script, wordpress, plugin, port)
	}
	return map[string]func(t testing.TB, dir string) *server{"redirection-csv": begin, "redirection-json": begin}
}

// everyRunner has the servers and the matchers.
func everyRunner() map[string]func(t testing.TB, dir string) *server {
	all := starters()
	maps.Copy(all, vendors())
	return all
}

// vendors has the matchers, with the plugin where it is.
func vendors() map[string]func(t testing.TB, dir string) *server {
	all := matchers()
	maps.Copy(all, pluginMatchers())
	return all
}

// enginesFolder is where .ci/run installs what comes from npm.
func enginesFolder(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cache, "replatform")
}

func findDeno(t testing.TB) string {
	t.Helper()
	return find(t, "REPLATFORM_DENO", "deno", filepath.Join(enginesFolder(t), "node_modules", "@deno", "*", "deno"))
}

// vendor starts testdata/vendors/NAME.js, which answers by a package of the vendor.
func vendor(name, pack string) func(t testing.TB, dir string) *server {
	return func(t testing.TB, dir string) *server {
		deno := findDeno(t)
		folder := os.Getenv("REPLATFORM_MATCHERS")
		if folder == "" {
			folder = filepath.Join(enginesFolder(t), "matchers")
		}
		if _, err := os.Stat(filepath.Join(folder, "node_modules", filepath.FromSlash(pack))); err != nil {
			missing(t, "REPLATFORM_MATCHERS", pack)
		}
		script, err := filepath.Abs(filepath.Join("testdata", "vendors", name+".js"))
		if err != nil {
			t.Fatal(err)
		}
		addr := freePort(t)
		_, port, _ := net.SplitHostPort(addr)
		return start(t, addr, dir, "env", append(denoRun(t, deno), script, folder, port)...)
	}
}

// denoRun are the arguments of env for a program on Deno, which keeps what it compiled
// beside the engines.
func denoRun(t testing.TB, deno string, variables ...string) []string {
	t.Helper()
	return append(variables, "DENO_DIR="+filepath.Join(enginesFolder(t), "deno-cache"), "DENO_NO_UPDATE_CHECK=1", deno, "run", "--no-prompt", "--allow-all", "--node-modules-dir=manual")
}

// startWrangler serves the folder as static assets with Cloudflare's own tool, which
// runs its parser and its asset worker on workerd. It runs on Deno, which the tests
// have, where the system's Node is too old for it.
func startWrangler(t testing.TB, dir string) *server {
	deno := findDeno(t)
	program := find(t, "REPLATFORM_WRANGLER", "wrangler", filepath.Join(enginesFolder(t), "node_modules", "wrangler", "wrangler-dist", "cli.js"))
	addr := freePort(t)
	_, port, _ := net.SplitHostPort(addr)
	home := t.TempDir()
	run := denoRun(t, deno, "HOME="+home, "XDG_CONFIG_HOME="+home, "CI=1", "WRANGLER_SEND_METRICS=false", "WRANGLER_SEND_ERROR_REPORTS=false",
		"WRANGLER_HIDE_BANNER=true", "WRANGLER_LOG_PATH="+home, "CLOUDFLARE_CF_FETCH_ENABLED=false", "NO_COLOR=1")
	return start(t, addr, home, "env", append(run, program,
		"dev", "--assets", dir, "--ip", "127.0.0.1", "--port", port, "--compatibility-date", "2026-09-01", "--log-level", "error")...)
}

// pathMap makes rows that hosting services take: paths with what stands in real ones,
// the ends with and without a slash, targets with queries, fragments and escapes; and,
// where the engine sees parameters, plain ones.
func pathMap(rnd *rand.Rand, n int, queries bool) redirects.Slice {
	pick := func(words ...string) string { return words[rnd.IntN(len(words))] }
	word := func() string {
		w := pick("item", "Item", "tea", "red-tea", "p_q", "v1.0", "a~b", "x", "shop", "list") + fmt.Sprint(rnd.IntN(200))
		if rnd.IntN(6) == 0 {
			w += pick("%E5%95%86", "%e8%8c%b6", ",1", "=2", ";s", "@3", "!", "'s", "$1", "+x", "(1)", "&c", ".", "..x", "%20", "%2C", "%27")
		}
		return w
	}
	m := make(redirects.Slice, 0, n)
	for i := range n {
		path := ""
		for range 1 + rnd.IntN(3) {
			path += "/" + word()
		}
		path += pick("", "/", ".html", ".php")
		if queries && rnd.IntN(4) == 0 {
			path = pick("/", path) + "?" + pick("pid=", "mode=cate&cbid=", "ID=") + fmt.Sprint(rnd.IntN(n))
		}
		target := fmt.Sprintf("https://new.example/%s/%d", pick("products", "pages"), i)
		if rnd.IntN(6) == 0 {
			target += pick("/%E5%95%86", "?ref=old", "?a=1&b=%A4", "#part", "?a=1#part", "/x:y", "/:z", "/a,b;c=d", "/{x}", "/$1", "/it's", "?q='x'", "/100%25")
		}
		s, err := redirects.ParseSource(path)
		if err != nil {
			continue
		}
		r := redirects.Rule{Line: i + 1, Source: s, Target: target, Status: 301}
		switch rnd.IntN(12) {
		case 0:
			r.Status, r.Target = 410, ""
		case 1:
			r.Status = 302
		case 2:
			r.KeepQuery = !s.HasQuery
		}
		if !s.HasQuery && strings.HasSuffix(path, "/") && rnd.IntN(8) == 0 {
			r.Source.Match = redirects.Prefix
		}
		m = append(m, r)
	}
	return m
}

// slips are addresses near those of a row, as visitors and crawlers send them.
func slips(r redirects.Rule) []string {
	target := r.Source.RequestTarget()
	path, query, has := strings.Cut(target, "?")
	around := []string{
		path + "?utm_source=x&gclid=1", path + "/", strings.TrimSuffix(path, "/"), strings.ToUpper(path), "/" + path, "/x/.." + path, path + "/.", lowerEscapes(path), path + "x",
		strings.Replace(path, "e", "%65", 1), strings.Replace(path, "/", "/./", 1),
	}
	if r.Source.Match == redirects.Prefix {
		inside := strings.TrimSuffix(path, "/")
		around = append(around, inside, inside+"/x", inside+"/x/y.html?z=1", inside+"/.hidden/", inside+"//x", inside+"/%E8%8C%B6/", inside+"/../y", inside+".html", inside+"x/y")
	}
	if has {
		around = append(around, target+"&utm_source=x", path+"?utm_source=x&"+query, path+"?"+strings.ToUpper(query), target+"1", path+"?"+strings.Replace(query, "=", "=%", 1))
	}
	for i, a := range around {
		if !strings.HasPrefix(a, "/") {
			around[i] = "/"
		}
	}
	return around
}

// TestVendorMaps asks each matcher the rows of generated maps of the kind that shops
// have, 10,000 rows in five maps, and slips of a part of them; it answers as the map and
// the model say.
func TestVendorMaps(t *testing.T) {
	parts := 5
	if testing.Short() {
		parts = 1
	}
	runEach(t, vendors(), func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		queries := e.Capabilities().Query.Value != QueryNone
		for part := range uint64(parts) {
			t.Run(fmt.Sprint(part), func(t *testing.T) {
				m := pathMap(rand.New(rand.NewPCG(20261125, part)), 2000, queries)
				audit, err := redirects.Audit(t.Context(), m, redirects.AuditOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if m, err = redirects.Collect(audit.Accepted); err != nil {
					t.Fatal(err)
				}
				sel, dir := written(t, e, m)
				further := []string{"/", "/robots.txt", "/?utm_source=x", "/?", "//"}
				for r, err := range sel.Map().Rules() {
					if err != nil {
						t.Fatal(err)
					}
					if r.Line%20 == 0 || r.Source.Match == redirects.Prefix {
						further = append(further, slips(r)...)
					}
				}
				if 2*sel.Written < len(m) {
					t.Errorf("only %d of %d rows were accepted", sel.Written, len(m))
				}
				conform(t, e, start(t, dir), sel, "old.example", further...)
			})
		}
	})
}

// Cloudflare's file takes 100 lines with a pattern; what is beyond is refused, and none
// of the folders takes the front page.
func TestPagesFolders(t *testing.T) {
	var m redirects.Slice
	for i := range 102 {
		m = append(m, row(t, i+1, fmt.Sprintf("/folder-%d/ https://new.example/%d prefix", i, i)))
	}
	m = append(m, row(t, 103, "/ https://new.example/ prefix"), row(t, 104, "/folder-1 https://new.example/own"))
	e, _ := Get("cloudflare-pages", Options{})
	sel, err := Select(t.Context(), e, m)
	if err != nil {
		t.Fatal(err)
	}
	var refused []string
	for _, r := range sel.Refused {
		refused = append(refused, fmt.Sprint(r.Line, " ", r.Code))
	}
	if diff := cmp.Diff([]string{"101 too-many-rows", "102 too-many-rows", "103 whole-site"}, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	files := MemSink{}
	if err := e.Write(t.Context(), files, sel.Map()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(files["_redirects"])), "\n")
	if len(lines) != 200 || lines[0] != "/folder-0 https://new.example/0 301" || lines[99] != "/folder-1 https://new.example/own 301" || !strings.HasPrefix(lines[100], "/folder-") || !strings.Contains(lines[100], "/* ") {
		t.Errorf("%d lines: %q, %q", len(lines), lines[0], lines[99:101])
	}
}
