package engine

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

// The files of a Worker name the hosts of the rows and, where rows name none, those of
// the old shop; a placeholder stands only where nobody knows.
func TestWorkerNamesTheOldHosts(t *testing.T) {
	row := func(old string) redirects.Rule {
		s, err := redirects.ParseSource(old)
		if err != nil {
			t.Fatal(err)
		}
		return redirects.Rule{Line: 2, Source: s, Target: "https://new.example/a", Status: 301}
	}
	for name, tc := range map[string]struct {
		rows   []redirects.Rule
		o      Options
		routes []string // host and zone
		host   string
	}{
		"the shop's": {
			[]redirects.Rule{row("/?pid=1")}, Options{Hosts: []string{"www.chaya.co.jp:443", "shop.chaya.co.jp", "www.chaya.co.jp", "no host\"]"}},
			[]string{"chaya.co.jp/* chaya.co.jp", "www.chaya.co.jp/* chaya.co.jp", "shop.chaya.co.jp/* chaya.co.jp"}, "www.chaya.co.jp",
		},
		"the rows'": {
			[]redirects.Rule{row("https://old.example/?pid=1")}, Options{Hosts: []string{"www.chaya.co.jp"}},
			[]string{"old.example/* old.example", "www.old.example/* old.example"}, "old.example",
		},
		"both": {
			[]redirects.Rule{row("https://sub.old.example/?pid=1"), row("/?pid=2")}, Options{Host: "old.example"},
			[]string{"sub.old.example/* old.example", "old.example/* old.example", "www.old.example/* old.example"}, "sub.old.example",
		},
		"unknown": {[]redirects.Rule{row("/?pid=1")}, Options{}, []string{"OLD.HOST/* OLD.HOST"}, "OLD.HOST"},
	} {
		for _, id := range []string{"cloudflare-worker", "cloudflare-worker-kv"} {
			t.Run(name+" "+id, func(t *testing.T) {
				e, _ := Get(id, tc.o)
				files := MemSink{}
				if err := e.Write(t.Context(), files, redirects.Slice(tc.rows)); err != nil {
					t.Fatal(err)
				}
				var routes []string
				for _, m := range regexp.MustCompile(`(?m)^  \{ pattern = "(.*)", zone_name = "(.*)" \},$`).FindAllStringSubmatch(string(files["wrangler.toml"]), -1) {
					routes = append(routes, m[1]+" "+m[2])
				}
				if diff := cmp.Diff(tc.routes, routes); diff != "" {
					t.Errorf("routes (-want +got):\n%s", diff)
				}
				if !strings.Contains(string(files["workerd-test.capnp"]), "-H 'Host: "+tc.host+"'") {
					t.Errorf("the test does not ask %s", tc.host)
				}
				if known := tc.host != unknownHost; known == strings.Contains(string(files["wrangler.toml"]), unknownHost) {
					t.Errorf("the placeholder: %s", files["wrangler.toml"])
				}
			})
		}
	}
}
