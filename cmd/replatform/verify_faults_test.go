package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects/verify"
)

// faultRow is an old address of the test, how nginx answers it, and what verify has to
// say of that: nothing for the healthy ones.
type faultRow struct {
	old    string // path on old.example
	target string // of the map: path on new.example, or the status 200 or 410
	answer string // in the configuration of nginx
	want   []verify.Problem
}

func faultRows() []faultRow {
	to := func(target string) string { return "return 301 http://new.example" + target + ";" }
	return []faultRow{
		{"/cup.html", "/tea/cup", to("/tea/cup"), nil},
		{"/pot.html", "/tea/pot", "return 308 http://new.example/tea/pot;", nil},
		{"/plain.html", "/tea/plain", to("/tea/plain"), nil}, // names no canonical address
		{"/paper.pdf", "/tea/paper.pdf", to("/tea/paper.pdf"), nil},
		{"/front.html", "/", to("/"), nil},
		{"/closed.html", "410", "return 410;", nil},
		{"/stays.html", "200", "return 200 '<!doctype html><title>About us</title><p>we are here';", nil},

		{"/temporary.html", "/tea/cup", "return 302 http://new.example/tea/cup;", []verify.Problem{verify.Temporary}},
		{"/chain.html", "/tea/cup", "return 301 http://old.example/cup.html;", []verify.Problem{verify.Chain}},
		{"/onward.html", "/tea/renamed", to("/tea/renamed"), []verify.Problem{verify.Chain}},
		{"/circle.html", "/tea/cup", "return 301 /circle-2.html;", []verify.Problem{verify.Loop}},
		{"/self.html", "/tea/cup", "return 301 /self.html;", []verify.Problem{verify.Loop}},
		{"/wrong.html", "/tea/cup", to("/tea/pot"), []verify.Problem{verify.WrongTarget}},
		{"/to-front.html", "/tea/cup", to("/"), []verify.Problem{verify.WrongTarget}},
		{"/forgotten.html", "/tea/cup", "return 404;", []verify.Problem{verify.NotFound}},
		{"/crashes.html", "/tea/cup", "return 500;", []verify.Problem{verify.ServerError}},
		{"/no-redirect.html", "/tea/cup", "return 200 'still here';", []verify.Problem{verify.NotRedirected}},
		{"/silent.html", "/tea/cup", "proxy_pass http://SILENT;", []verify.Problem{verify.Timeout}},
		{"/not-gone.html", "410", "return 404;", []verify.Problem{verify.GoneExpected}},
		{"/moved-away.html", "200", to("/tea/cup"), []verify.Problem{verify.UnexpectedRedirect}},

		{"/t-absent.html", "/tea/absent", to("/tea/absent"), []verify.Problem{verify.FinalNotFound}},
		{"/t-crashes.html", "/tea/crashes", to("/tea/crashes"), []verify.Problem{verify.FinalServerError}},
		{"/t-silent.html", "/tea/silent", to("/tea/silent"), []verify.Problem{verify.FinalTimeout}},
		{"/t-soft.html", "/tea/sold-out", to("/tea/sold-out"), []verify.Problem{verify.SoftNotFound}},
		{"/t-meta.html", "/tea/meta", to("/tea/meta"), []verify.Problem{verify.NoIndex}},
		{"/t-header.html", "/tea/header", to("/tea/header"), []verify.Problem{verify.NoIndex}},
		{"/t-robots.html", "/private/bowl", to("/private/bowl"), []verify.Problem{verify.RobotsBlocked}},
		{"/t-canonical.html", "/tea/red-cup", to("/tea/red-cup"), []verify.Problem{verify.CanonicalElsewhere}},
		{"/t-link.html", "/tea/link", to("/tea/link"), []verify.Problem{verify.CanonicalElsewhere}},
		{"/t-unlisted.html", "/tea/unlisted", to("/tea/unlisted"), []verify.Problem{verify.NotInSitemap}},
		{"/t-two.html", "/tea/meta", "return 302 http://new.example/tea/meta;", []verify.Problem{verify.NoIndex, verify.Temporary}},
	}
}

// faultConfig is a configuration of nginx that is the old and the new shop on one
// address. Addresses that the new shop does not know get a page that says so with 200.
func faultConfig(listen, silent string) string {
	page := func(path, head string) string {
		return fmt.Sprintf("    location = %s { return 200 '<!doctype html><html lang=\"en\"><title>Tea things: %s</title>%s<h1>%s</h1><p>made by hand, sent within the week'; }\n", path, path, head, path)
	}
	self := func(path string) string {
		return page(path, `<link rel="canonical" href="http://new.example`+path+`">`)
	}
	urlset := func(paths ...string) string {
		s := `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`
		for _, p := range paths {
			s += "<url><loc>http://new.example" + p + "</loc></url>"
		}
		return s + "</urlset>"
	}
	xml := func(path, body string) string {
		return fmt.Sprintf("    location = %s { default_type application/xml; return 200 '%s'; }\n", path, body)
	}
	var b strings.Builder
	b.WriteString(`daemon off;
pid nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  default_type "text/html; charset=utf-8";
  client_body_temp_path tmp-body;
  proxy_temp_path tmp-proxy;
  fastcgi_temp_path tmp-fastcgi;
  uwsgi_temp_path tmp-uwsgi;
  scgi_temp_path tmp-scgi;
  proxy_read_timeout 600s;
  server {
    listen LISTEN;
    server_name old.example;
    location = /circle-2.html { return 301 /circle.html; }
`)
	for _, r := range faultRows() {
		fmt.Fprintf(&b, "    location = %s { %s }\n", r.old, r.answer)
	}
	b.WriteString("  }\n  server {\n    listen LISTEN;\n    server_name new.example;\n")
	b.WriteString(self("/") + self("/tea/cup") + self("/tea/pot") + self("/tea/unlisted") + page("/tea/plain", "") + self("/private/bowl"))
	b.WriteString(page("/tea/meta", `<meta name="robots" content="noindex,follow"><link rel="canonical" href="http://new.example/tea/meta">`))
	b.WriteString(page("/tea/red-cup", `<link rel="canonical" href="http://new.example/tea/cup">`))
	b.WriteString(`    location = /tea/header { add_header X-Robots-Tag "noindex, nofollow"; return 200 '<!doctype html><title>Bowls</title><h1>Bowls'; }
    location = /tea/link { add_header Link '<http://new.example/tea/cup>; rel="canonical"'; return 200 '<!doctype html><title>Lids</title><h1>Lids'; }
    location = /tea/paper.pdf { default_type application/pdf; return 200 '%PDF-1.7'; }
    location = /tea/renamed { return 301 http://new.example/tea/cup; }
    location = /tea/absent { return 404; }
    location = /tea/crashes { return 500; }
    location = /tea/silent { proxy_pass http://SILENT; }
    location = /robots.txt { default_type text/plain; return 200 'User-agent: *
Disallow: /private/
Sitemap: http://new.example/sitemap-index.xml
'; }
    location / { return 200 '<!doctype html><title>Tea things</title><h1>We looked everywhere</h1><p>but there is no such page in this shop; please begin again at the front'; }
`)
	b.WriteString(xml("/sitemap-index.xml", `<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://new.example/sitemap-1.xml</loc></sitemap><sitemap><loc>http://new.example/sitemap-2.xml</loc></sitemap></sitemapindex>`))
	b.WriteString(xml("/sitemap-1.xml", urlset("/tea/cup", "/tea/pot", "/tea/plain", "/tea/sold-out", "/tea/meta")))
	b.WriteString(xml("/sitemap-2.xml", urlset("/tea/header", "/private/bowl", "/tea/red-cup", "/tea/link")))
	b.WriteString("  }\n}\n")
	return strings.NewReplacer("LISTEN", listen, "SILENT", silent).Replace(b.String())
}

// silentServer takes connections and never answers.
func silentServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var taken []net.Conn
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			taken = append(taken, c)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		for _, c := range taken {
			_ = c.Close()
		}
	})
	return l.Addr().String()
}

// TestVerifyNamesFaults puts one fault of each kind into a real nginx: verify has to
// name each, and to leave the healthy addresses alone.
func TestVerifyNamesFaults(t *testing.T) {
	nginx := program(t, "REPLATFORM_NGINX", "nginx", "/usr/sbin/nginx")
	dir := t.TempDir()
	addr := freeAddress(t)
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	conf := write("nginx.conf", faultConfig(addr, silentServer(t)))
	start(t, addr, dir, nginx, "-p", dir+"/", "-e", "stderr", "-c", conf)

	heading := "old_url,new_url,status\n"
	all, healthy := heading, heading
	want := map[string][]verify.Problem{}
	sound := 0
	for _, r := range faultRows() {
		line := "https://old.example" + r.old + ","
		switch r.target {
		case "200", "410":
			line += "," + r.target + "\n"
		default:
			line += "http://new.example" + r.target + ",301\n"
		}
		all += line
		if want[r.old] = r.want; r.want == nil {
			healthy += line
			sound++
		}
	}
	ask := func(wantCode int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"replatform", "verify", "--lang", "en", "--rate", "0", "--concurrency", "8", "--timeout", "3s",
			"--connect-to", "old.example=http://" + addr, "--connect-to", "new.example=http://" + addr}, args...)
		if code := run(t.Context(), args, &out, &errs); code != wantCode {
			t.Fatalf("%s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, wantCode, &out, &errs)
		}
		return out.String()
	}
	if out := ask(exitDone, "--map", write("healthy.csv", healthy)); !strings.Contains(out, fmt.Sprintf("%d old addresses asked: %d right, 0 wrong", sound, sound)) {
		t.Errorf("healthy addresses:\n%s", out)
	}
	var doc struct {
		Summary verify.Summary
		Results []verify.Result
	}
	if err := json.Unmarshal([]byte(ask(exitFindings, "--map", write("all.csv", all), "--format", "json")), &doc); err != nil {
		t.Fatal(err)
	}
	got := map[string][]verify.Problem{}
	for _, r := range doc.Results {
		var problems []verify.Problem
		if !r.OK() {
			problems = append([]verify.Problem{r.Problem}, r.Also...)
		}
		got[strings.TrimPrefix(r.OldURL, "https://old.example")] = problems
	}
	sorted := cmp.Transformer("sorted", func(p []verify.Problem) map[verify.Problem]bool {
		set := map[verify.Problem]bool{}
		for _, one := range p {
			set[one] = true
		}
		return set
	})
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("faults (-injected +named):\n%s", diff)
	}
	if doc.Summary.Checked != len(want) || doc.Summary.OK != sound {
		t.Errorf("%d checked, %d right; want %d, %d", doc.Summary.Checked, doc.Summary.OK, len(want), sound)
	}
	t.Logf("%d addresses on nginx: %d healthy and called so, %d faults named", len(want), sound, len(want)-sound)
}
