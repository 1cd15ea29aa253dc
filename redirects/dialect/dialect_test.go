package dialect

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
	"replatform/redirects/engine"
)

// lines shows what is read: rules as "source target status flags", refusals as
// "!line cause".
func lines(t *testing.T, kind Kind, text string) []string {
	t.Helper()
	var out []string
	for r, err := range Read(strings.NewReader(text), kind, Options{Base: "https://new.example"}) {
		var bad *redirects.RowError
		switch {
		case errors.As(err, &bad):
			out = append(out, fmt.Sprintf("!%d %v", bad.Line, bad.Err))
		case err != nil:
			out = append(out, "error "+err.Error())
		default:
			s := fmt.Sprintf("%s %s %d", r.Source, r.Target, r.Status)
			if r.KeepQuery {
				s += " keep"
			}
			if r.Source.QueryAs == redirects.QueryIgnore {
				s += " ignore"
			}
			out = append(out, s)
		}
	}
	return out
}

func TestRead(t *testing.T) {
	tests := []struct {
		kind Kind
		text string
		want []string
	}{
		{Nginx, `
# a map of the kind that every shop has
map $request_uri $new {
    default "";
    /?pid=1 https://new.example/a;
    "/old page.html" /b;
    "/say\"hi\"" https://new.example/hi;
    ~^/item-(\d+)$ https://new.example/i/$1;
    ~^/fixed\.html$ https://new.example/fixed;
    include more.map;
}
map $http_user_agent $bot { default 0; "~Bot" 1; }
server {
    server_name old.example;
    location = /guide.html { return 301 https://new.example/guide; }
    location /shop/ { return 301 https://new.example/shop; }
    location /sh { return 301 https://new.example/sh; }
    location = /gone.html { return 410; }
    location = /ok { return 200 ok; }
    location / { return 301 https://new.example$request_uri; }
    rewrite ^/about\.html$ https://new.example/about permanent;
    rewrite ^/about2\.html$ /about2? redirect;
    rewrite ^/c/(.*)$ /d/$1 permanent;
    rewrite ^/inner$ /other last;
    if ($request_uri = "/?mode=f1") { return 301 https://new.example/f1; }
    if ($host = www.old.example) { return 301 https://old.example; }
    return 301 https://new.example/;
}`, []string{
			"/?pid=1 https://new.example/a 301", "/old%20page.html https://new.example/b 301", `/say"hi" https://new.example/hi 301`,
			"!8 a pattern, not a fixed address", "/fixed.html https://new.example/fixed 301",
			"/guide.html https://new.example/guide 301 ignore", "/shop/* https://new.example/shop 301", "!17 a pattern, not a fixed address",
			"/gone.html  410 ignore", "!20 the target is put together from variables",
			"/about.html https://new.example/about 301 keep ignore", "/about2.html https://new.example/about2 302 ignore",
			"!23 a pattern, not a fixed address", "/?mode=f1 https://new.example/f1 301",
			"!26 a condition that is not a fixed host or query", "!27 sends every address to one place",
		}},
		{Apache, `
RewriteEngine On
RewriteCond %{QUERY_STRING} ^pid=1$
RewriteRule ^$ https://new.example/a? [R=301,L]
RewriteCond %{HTTP_HOST} ^www\.old\.example$ [NC]
RewriteCond %{QUERY_STRING} (^|&)mode=cate(&|$)
RewriteCond %{QUERY_STRING} (^|&)cbid=7(&|$)
RewriteRule ^index\.php$ "https://new.example/c" [R=301,NE,QSD,L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule ^(.*)$ index.php [L]
RewriteCond %{HTTPS} off
RewriteRule ^(.*)$ https://%{HTTP_HOST}/$1 [R=301,L]
RewriteRule ^old/(\d+)$ https://new.example/$1 [R=301,L]
RewriteRule ^plain\.html$ /plain [R=301,QSA]
RewriteRule ^closed$ - [G]
Redirect 301 /r.html https://new.example/r
Redirect gone /g.html
RedirectPermanent /p.html https://new.example/p
Redirect /t.html https://new.example/t
Redirect 301 /?pid=2 https://new.example/never
Redirect 301 / https://new.example/
RedirectMatch 301 ^/m\.html$ https://new.example/m
RedirectMatch 301 ^/n/(.*) https://new.example/$1
ErrorDocument 404 /404.html
`, []string{
			"/?pid=1 https://new.example/a 301", "www.old.example/index.php?mode=cate&cbid=7 https://new.example/c 301",
			"!12 a condition that is not a fixed host or query", "!13 a pattern, not a fixed address",
			"/plain.html https://new.example/plain 301 keep", "/closed  410",
			"/r.html https://new.example/r 301 keep ignore", "/g.html  410 ignore", "/p.html https://new.example/p 301 keep ignore",
			"/t.html https://new.example/t 302 keep ignore", "!20 this directive never sees a query, so the rule never answered",
			"!21 sends every address to one place", "/m.html https://new.example/m 301 keep ignore", "!23 a pattern, not a fixed address",
		}},
		{Apache, `
RewriteBase /shop/
RewriteRule ^a\.html$ new.html [R=301]
RewriteRule ^b\.html$ /b? [R=301]
RewriteBase /
RewriteRule ^c\.html$ /c [R=301]
Redirect 301 /%E8%B2%A8 /goods
Redirect 301 /tea /leaf
Redirect 301 /tea/green /green
Redirect gone /closed
Redirect 301 /cart.php /cart
RewriteCond %{QUERY_STRING} ^id=a$ [NC]
RewriteRule ^p$ /a? [R=301]
RewriteRule ^proxied$ https://inner.example/ [P]
RewriteRule ^forbidden$ https://inner.example/ [F]
`, []string{
			"/shop/a.html https://new.example/shop/new.html 301 keep", "/shop/b.html https://new.example/b 301", "/c.html https://new.example/c 301 keep",
			"!7 this directive compares the decoded path, so the rule with a percent sign never answered",
			"/tea https://new.example/leaf 301 keep ignore", "/tea/ https://new.example/leaf/ 301 keep ignore", "/tea/{slug} https://new.example/leaf/{slug} 301 keep",
			"!8 Redirect also answers all addresses below /tea and carries the rest of the path over; a row stands for one more part of letters, digits, _ and -, none for deeper addresses or those with a dot",
			"!9 line 8 answers this address before it", "/closed  410 ignore", "/closed*  410",
			"/cart.php https://new.example/cart 301 keep ignore", "/cart.php/ https://new.example/cart/ 301 keep ignore", "/cart.php/{slug} https://new.example/cart/{slug} 301 keep",
			"!11 Redirect also answers all addresses below /cart.php and carries the rest of the path over; a row stands for one more part of letters, digits, _ and -, none for deeper addresses or those with a dot",
			"/p?id=a https://new.example/a 301",
			"!13 the rule also answers the address in every other letter case (NC); the row stands for the one that is written",
		}},
		{Underscore, "# comment\n/a https://new.example/a 301!\n/b /b\n/ pid=1 https://new.example/p\n/s/* https://new.example/s 301\n/t/* https://new.example/:splat 301\n/x /y 200\n/i/:id https://new.example/i\n/de /de 302 Country=de\n/g /g 410\n/only\n", []string{
			"/a https://new.example/a 301", "/b https://new.example/b 301", "/?pid=1 https://new.example/p 301", "/s/* https://new.example/s 301",
			"!6 a pattern, not a fixed address", "!8 a pattern, not a fixed address", "!9 a condition that is not a fixed host or query", "/g  410", "!11 no target",
		}},
		{Pairs, "/?pid=1 301 https://new.example/a\n3:/b 301|https://new.example/b\nold.example/c https://new.example/c\n/d 410\nx y\n/e 200 https://new.example/\n/k 301+ https://new.example/k\n", []string{
			"/?pid=1 https://new.example/a 301", "/b https://new.example/b 301", "old.example/c https://new.example/c 301", "/d  410",
			"!5 not an http(s) URL", `!6 status "200" is no redirect`, "/k https://new.example/k 301 keep",
		}},
		{Squarespace, "/old -> https://new.example/a 301\n/b -> /b 302\n/blog/[name] -> /news/[name] 301\n/c /c\n", []string{
			"/old https://new.example/a 301", "/b https://new.example/b 302", "!3 a pattern, not a fixed address", "!4 not of the form /old -> /new 301",
		}},
		{Redirection, `{"redirects":[{"url":"/a?x=1","action_code":301,"action_type":"url","action_data":{"url":"/a"},"match_type":"url","enabled":true},
{"url":"/b","action_code":410,"action_data":[],"match_type":"url"},{"url":"^/c","regex":true},{"url":"/d","match_type":"login"},{"url":"/e","enabled":false},
{"url":"/f","action_code":308,"action_data":{"url":"https://new.example/f"},"match_data":{"source":{"flag_query":"pass"}}}]}`, []string{
			"/a?x=1 https://new.example/a 301", "/b  410", "!3 a pattern, not a fixed address", "!4 a condition that is not a fixed host or query", "/f https://new.example/f 308 keep",
		}},
		{IIS, "<rewriteMaps><rewriteMap name=\"r\"><add key=\"/?pid=1&amp;x=2\" value=\"https://new.example/a\"/>\n<add key=\"/g\" value=\"410\"/></rewriteMap></rewriteMaps><x><add key=\"/no\" value=\"/no\"/></x>", []string{
			"/?pid=1&x=2 https://new.example/a 301", "/g  410",
		}},
		{Vercel, `{"redirects":[{"source":"/a.html","destination":"/a","permanent":true},{"source":"/b","destination":"https://new.example/b","permanent":false},
{"source":"/","has":[{"type":"query","key":"pid","value":"^10\\.5$"},{"type":"host","value":"old.example"}],"destination":"/p","statusCode":301},{"source":"/c/:path*","destination":"/d/:path*"},
{"source":"/e","has":[{"type":"cookie","key":"x","value":"^1$"}],"destination":"/e"},{"source":"/f","has":[{"type":"query","key":"q","value":"a|b"}],"destination":"/f"},{"source":"/g","destination":"/g"},
{"source":"/h","missing":[{"type":"query","key":"pid"}],"destination":"/h","statusCode":302},{"source":"/i","missing":[{"type":"header","key":"x"}],"destination":"/i"},{"source":"/j","destination":"/j","statusCode":200}]}`, []string{
			"/a.html https://new.example/a 308", "/b https://new.example/b 302", "old.example/?pid=10.5 https://new.example/p 301", "!4 a pattern, not a fixed address",
			"!5 a condition that is not a fixed host or query", "!6 a condition that is not a fixed host or query", "/g https://new.example/g 308",
			"/h https://new.example/h 302", "!9 a condition that is not a fixed host or query", `!10 status "200" is no redirect`,
		}},
		{Firebase, `{"hosting":{"public":"out","redirects":[{"source":"/a","destination":"/b"},{"source":"/c","destination":"https://new.example/c","type":302},{"source":"/d/**","destination":"/e"},{"regex":"^/f","destination":"/g"}]}}`, []string{
			"/a https://new.example/b 301", "/c https://new.example/c 302", "!3 a pattern, not a fixed address", "!4 a pattern, not a fixed address",
		}},
		{Firebase, `{"hosting":[{"target":"a","redirects":[{"source":"/a","destination":"/b"}]},{"target":"b"}]}`, []string{"/a https://new.example/b 301"}},
		{Firebase, `{"hosting":7}`, []string{"error reading redirects of firebase.json: json: cannot unmarshal number into Go value of type dialect.hostingFile"}},
		{CSV, "Origin,Target,Type,Format\n/a,/a,301,plain\n^/b,/b,301,regex\n/g,,410,plain\n", []string{
			"/a https://new.example/a 301", `!3 a pattern ("regex"), not a fixed address`, "/g  410",
		}},
		{CSV, "Domain,Old Path,Manual URL/Path,Dynamic Target Type,Dynamic Target ID\nold.example,/a,/a,,\n", []string{"old.example/a https://new.example/a 301"}},
		{CSV, "old.example/a,https://new.example/a,301,FALSE,FALSE,FALSE,FALSE\n", []string{"old.example/a https://new.example/a 301"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, lines(t, tt.kind, tt.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.kind, diff)
		}
	}
}

// A row that cannot be taken over says what it has in place of its two addresses, so
// that a person finds and corrects it.
func TestRefusedRowsAreNamed(t *testing.T) {
	for _, tt := range []struct {
		kind Kind
		text string
		want [][2]string
	}{
		{Nginx, `map $request_uri $new { ~^/item-(\d+)$ https://new.example/i/$1; }
server {
    location /sh { return 301 https://new.example/sh; }
    location ~ ^/s/(.*) { return 301 https://new.example/$1; }
    rewrite ^/c/(.*)$ /d/$1 permanent;
    if ($host = www.old.example) { return 301 https://old.example; }
    return 301 https://new.example/;
    location /y { return 410; }
}`, [][2]string{
			{`~^/item-(\d+)$`, "https://new.example/i/$1"}, {"location /sh", "https://new.example/sh"}, {"location ~ ^/s/(.*)", "https://new.example/$1"},
			{"^/c/(.*)$", "/d/$1"}, {"if ($host = www.old.example)", "https://old.example"}, {"server", "https://new.example/"}, {"location /y", ""},
		}},
		{Apache, "RewriteRule ^old/(\\d+)$ https://new.example/$1 [R=301,L]\nRedirect 301 / https://new.example/\nRedirect gone /?pid=1\nRedirectMatch ^/n/(.*) https://new.example/$1\nRedirect 301\n", [][2]string{
			{`^old/(\d+)$`, "https://new.example/$1"}, {"/", "https://new.example/"}, {"/?pid=1", ""}, {"^/n/(.*)", "https://new.example/$1"}, {"301", ""},
		}},
		{Underscore, "/i/:id b=c https://new.example/i 301\n/only\n", [][2]string{{"/i/:id", "https://new.example/i"}, {"/only", ""}}},
		{Pairs, "x y\n/e 200 https://new.example/\n", [][2]string{{"x", "y"}, {"/e", "https://new.example/"}}},
		{Squarespace, "/blog/[name] -> /news/[name] 301\n", [][2]string{{"/blog/[name]", "/news/[name]"}}},
		{Redirection, `{"redirects":[{"url":"^/c","regex":true,"action_data":{"url":"/d"}}]}`, [][2]string{{"^/c", "/d"}}},
		{IIS, `<rewriteMap><add key="x" value="/y"/></rewriteMap>`, [][2]string{{"x", "/y"}}},
		{Vercel, `{"redirects":[{"source":"/c/:path*","destination":"/d/:path*"}]}`, [][2]string{{"/c/:path*", "/d/:path*"}}},
		{Firebase, `{"hosting":{"redirects":[{"regex":"^/f","destination":"/g"}]}}`, [][2]string{{"^/f", "/g"}}},
		{JSONLines, "{\"old_url\":\"x\",\"new_url\":\"/y\"}\n{\n", [][2]string{{"x", "/y"}, {"{", ""}}},
		{CSV, "Origin,Target,Type,Format\n^/b,/b,301,regex\n", [][2]string{{"^/b", "/b"}}},
	} {
		var got [][2]string
		for _, err := range Read(strings.NewReader(tt.text), tt.kind, Options{}) {
			var bad *redirects.RowError
			if errors.As(err, &bad) {
				got = append(got, [2]string{bad.Old, bad.New})
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.kind, diff)
		}
	}
}

// What an engine writes is read back as the rules it was written from.
func TestReadsWhatIsWritten(t *testing.T) {
	rows := [][2]string{
		{"/?pid=101", "https://new.example/products/tea"}, {"/?pid=102", "https://new.example/products/tea-$5"},
		{"/?mode=cate&cbid=7", "https://new.example/collections/leaves?ref=old"}, {"/?mode=srh&keyword=%C3%E3", "https://new.example/collections/tea"},
		{"/guide.html", "https://new.example/pages/guide"}, {"/b%20c.html", "https://new.example/b"}, {"/closed.html", ""},
	}
	var m redirects.Slice
	for i, row := range rows {
		s, err := redirects.ParseSource(row[0])
		if err != nil {
			t.Fatal(err)
		}
		r := redirects.Rule{Line: i + 1, Source: s, Target: row[1], Status: 301}
		if row[1] == "" {
			r.Status = 410
		}
		m = append(m, r)
	}
	for id, kind := range map[string]Kind{
		"nginx": Nginx, "htaccess": Apache, "haproxy": Pairs, "apache": Pairs, "lighttpd": Pairs, "netlify": Underscore, "cloudflare-pages": Underscore,
		"squarespace": Squarespace, "iis": IIS, "json-lines": JSONLines, "csv": CSV, "redirection-csv": CSV, "redirection-json": Redirection, "vercel-json": Vercel, "firebase": Firebase, "shopify": CSV, "matrixify": CSV, "yoast": CSV, "rank-math": CSV,
	} {
		t.Run(id, func(t *testing.T) {
			e, _ := engine.Get(id, engine.Options{})
			sel, err := engine.Select(t.Context(), e, m)
			if err != nil {
				t.Fatal(err)
			}
			files := engine.MemSink{}
			if err := e.Write(t.Context(), files, sel.Map()); err != nil {
				t.Fatal(err)
			}
			want, got := map[string]string{}, map[string]string{}
			for r := range sel.Map().Rules() {
				want[r.Source.Identity()] = fmt.Sprint(r.Status, r.Target)
			}
			for name, content := range files {
				if base := filepath.Base(name); base == "web.config" || strings.HasSuffix(base, ".lua") || strings.HasSuffix(base, ".cfg") || kind != Apache && strings.HasSuffix(base, ".conf") {
					continue
				}
				for r, err := range Read(strings.NewReader(string(content)), kind, Options{}) {
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					s := r.Source
					if s.QueryAs == redirects.QueryIgnore && !s.HasQuery || s.QueryAs == redirects.QueryOrdered {
						s.QueryAs = redirects.QuerySet
					}
					got[s.Identity()] = fmt.Sprint(r.Status, r.Target)
				}
			}
			if len(want) == 0 {
				t.Fatal("nothing was written")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-written +read):\n%s", diff)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, text string
		want       Kind
	}{
		{"_redirects", "/a /b\n", Underscore}, {".htaccess", "x", Apache}, {"a.csv", "x", CSV}, {"a.jsonl", "x", JSONLines},
		{"old.conf", "# x\nserver {\n", Nginx}, {"a.map", `"/a" "https://n.example/";`, Nginx}, {"vhost.conf", "RewriteEngine On\n", Apache},
		{"map.txt", "/?pid=1 https://n.example/\n", Pairs}, {"m.txt", "/a -> /b 301\n", Squarespace}, {"web.config", "<?xml?><rewriteMaps><rewriteMap>", IIS},
		{"r.json", `{"plugin":{},"redirects":[]}`, Redirection},
		{"vercel.json", `{"redirects":[{"source":"/a","destination":"/b"}]}`, Vercel}, {"firebase.json", `{"hosting":{"redirects":[]}}`, Firebase},
		{"v.json", `{"redirects":[{"source":"/a","destination":"/b"}]}`, Vercel}, {"f.json", `{"hosting":{"redirects":[{"source":"/a"}]}}`, Firebase},
		{"other.json", `{"redirects":[]}`, ""}, {"list.txt", "/a,/b\n", CSV}, {"diary.txt", "dear diary\n", ""}, {"empty", "", ""},
	} {
		path := filepath.Join(dir, tt.name)
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Detect(path)
		if got != tt.want || (err != nil) != (tt.want == "") || err != nil && !errors.Is(err, ErrUnknownKind) {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "_redirects"), "pdf", Options{}); !errors.Is(err, ErrUnknownKind) {
		t.Errorf("unknown kind: %v", err)
	}
}

// No file makes a reader panic or run without end, and what is read can be read as
// a rule.
func FuzzRead(f *testing.F) {
	f.Add(`map $request_uri $x { "/a\"" 'b'; ~^/x$ "301 https://n/"; } if ($uri = /a) { return 301 /b; }`)
	f.Add("RewriteCond %{QUERY_STRING} \"(?:^|&)a=(?i:x)\"\nRewriteRule ^a$ \"/b\" [R,NE]\nRedirect gone\nRedirectMatch ^/x$ /y")
	f.Add("RewriteBase x\nRewriteRule ^ %1 [R,NC,QSL]\nRedirect 301 /a/ /b\nRedirect 301 /a/b c\nRedirect gone /a.b/%")
	f.Add("/a b=c /d 301! Country=x\n/a -> /b 301\n1:/k 301|v\n${ {${")
	f.Add(`{"redirects":[{"url":"/a","action_data":{"url":1}}]}`)
	f.Add(`{"redirects":[{"source":"/a","destination":"/b","has":[{"type":"query","key":"x","value":"^1$"},{"type":"host","value":"a.example"}]}]}`)
	f.Add(`{"hosting":[{"redirects":[{"source":"/a","destination":"/b","type":302}]},{}]}`)
	f.Add(`<rewriteMap><add key="/a" value="410"/>`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range Kinds() {
			for r, err := range Read(strings.NewReader(text), kind, Options{Base: "https://n.example"}) {
				if err == nil && !strings.HasPrefix(r.Source.Path, "/") {
					t.Fatalf("%s: %q gives the source %+v", kind, text, r.Source)
				}
			}
		}
		detect("x", text)
	})
}
