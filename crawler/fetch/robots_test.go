package fetch

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/temoto/robotstxt"
)

func TestRobotsAllowed(t *testing.T) {
	tests := []struct {
		name, file, agent, path string
		want                    bool
		rule                    string
	}{
		{"empty file", "", "replatform", "/x", true, ""},
		{"simple", "User-agent: *\nDisallow: /cart/\n", "replatform", "/cart/1", false, "Disallow: /cart/"},
		{"no match", "User-agent: *\nDisallow: /cart/\n", "replatform", "/cart", true, ""},
		{"empty disallow", "User-agent: *\nDisallow:\n", "replatform", "/x", true, ""},
		{"own group", "User-agent: *\nDisallow: /\nUser-agent: RePlatform\nDisallow: /a", "replatform/0.1 (+x)", "/b", true, ""},
		{"own group, version in file", "User-agent: replatform/1.0\nDisallow: /", "replatform", "/b", false, "Disallow: /"},
		{"a longer name is another", "User-agent: replatformer\nDisallow: /", "replatform", "/b", true, ""},
		{"a shorter name is another", "User-agent: re\nDisallow: /", "replatform", "/b", true, ""},
		{"star is not added to the own group", "User-agent: *\nDisallow: /b\nUser-agent: replatform\nDisallow: /a", "replatform", "/b", true, ""},
		{"groups are joined", "User-agent: replatform\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: replatform\nDisallow: /b", "replatform", "/b", false, "Disallow: /b"},
		{"several agents", "User-agent: x\nUser-agent: replatform\nDisallow: /a", "replatform", "/a", false, "Disallow: /a"},
		{"an agent twice", "User-agent: replatform\nUser-agent: replatform\nDisallow: /a", "replatform", "/a", false, "Disallow: /a"},
		{"rules before any agent", "Disallow: /\nUser-agent: *\nDisallow: /a", "replatform", "/b", true, ""},
		{"sitemap does not end the agents", "User-agent: replatform\nSitemap: https://shop.example/s.xml\nUser-agent: x\nDisallow: /a", "replatform", "/a", false, "Disallow: /a"},
		{"sitemap does not end the rules", "User-agent: replatform\nDisallow: /a\nSitemap: x\nDisallow: /b", "replatform", "/b", false, "Disallow: /b"},
		{"unknown records do not end the agents", "User-agent: replatform\nNoindex: /\nUser-agent: x\nDisallow: /a", "replatform", "/a", false, "Disallow: /a"},
		{"blank lines mean nothing", "User-agent: replatform\n\n\nDisallow: /a", "replatform", "/a", false, "Disallow: /a"},
		{"longest wins", "User-agent: *\nDisallow: /a\nAllow: /a/b", "replatform", "/a/b/c", true, "Allow: /a/b"},
		{"longest wins, other order", "User-agent: *\nAllow: /a\nDisallow: /a/b", "replatform", "/a/b/c", false, "Disallow: /a/b"},
		{"allow wins a tie", "User-agent: *\nDisallow: /page\nAllow: /page", "replatform", "/page", true, "Allow: /page"},
		{"allow wins a tie, other order", "User-agent: *\nAllow: /page\nDisallow: /page", "replatform", "/page", true, "Allow: /page"},
		{"tie with wildcard", "User-agent: *\nDisallow: /*.ph\nAllow: /page", "replatform", "/page.ph", true, "Allow: /page"},
		{"wildcard", "User-agent: *\nDisallow: /*.gif$", "replatform", "/a/b.gif", false, "Disallow: /*.gif$"},
		{"anchor fails", "User-agent: *\nDisallow: /*.gif$", "replatform", "/a/b.gif?x", true, ""},
		{"anchor takes the last place", "User-agent: *\nDisallow: /*.gif$", "replatform", "/a.gif/b.gif", false, "Disallow: /*.gif$"},
		{"anchor, no wildcard", "User-agent: *\nDisallow: /a$", "replatform", "/a", false, "Disallow: /a$"},
		{"anchor, no wildcard, longer", "User-agent: *\nDisallow: /a$", "replatform", "/ab", true, ""},
		{"overlapping parts", "User-agent: *\nDisallow: /*ab*ba$", "replatform", "/aba", true, ""},
		{"wildcard first", "User-agent: *\nDisallow: *.pdf", "replatform", "/x.pdf", false, "Disallow: *.pdf"},
		{"no slash never matches", "User-agent: *\nDisallow: cart", "replatform", "/cart", true, ""},
		{"query", "User-agent: *\nDisallow: /*?mode=cart", "replatform", "/?mode=cart&x=1", false, "Disallow: /*?mode=cart"},
		{"raw Japanese in the file", "User-agent: *\nDisallow: /商品/", "replatform", "/%E5%95%86%E5%93%81/1", false, "Disallow: /商品/"},
		{"raw Japanese in the address", "User-agent: *\nDisallow: /%e5%95%86", "replatform", "/商品", false, "Disallow: /%e5%95%86"},
		{"hex case", "User-agent: *\nDisallow: /%e5%95%86", "replatform", "/%E5%95%86", false, "Disallow: /%e5%95%86"},
		{"unreserved escaped in the file", "User-agent: *\nDisallow: /%7Euser/%61", "replatform", "/~user/a", false, "Disallow: /%7Euser/%61"},
		{"unreserved escaped in the address", "User-agent: *\nDisallow: /cart", "replatform", "/c%61rt", false, "Disallow: /cart"},
		{"reserved stays escaped", "User-agent: *\nDisallow: /a%2Fb", "replatform", "/a/b", true, ""},
		{"reserved escaped alike", "User-agent: *\nDisallow: /a%2fb", "replatform", "/a%2Fb", false, "Disallow: /a%2fb"},
		{"literal star", "User-agent: *\nDisallow: /file-with-a-%2A.html", "replatform", "/file-with-a-*.html", false, "Disallow: /file-with-a-%2A.html"},
		{"literal star is no wildcard", "User-agent: *\nDisallow: /file-with-a-%2A.html", "replatform", "/file-with-a-b.html", true, ""},
		{"literal dollar", "User-agent: *\nDisallow: /foo-%24", "replatform", "/foo-$", false, "Disallow: /foo-%24"},
		{"dollar inside", "User-agent: *\nDisallow: /a$b", "replatform", "/a$bc", false, "Disallow: /a$b"},
		{"blank in the file", "User-agent: *\nDisallow: /a b", "replatform", "/a%20b", false, "Disallow: /a b"},
		{"stray percent", "User-agent: *\nDisallow: /100%", "replatform", "/100%/x", false, "Disallow: /100%"},
		{"byte order mark", "\xef\xbb\xbfUser-agent: *\nDisallow: /", "replatform", "/x", false, "Disallow: /"},
		{"CR only", "User-agent: *\rDisallow: /a\r", "replatform", "/a", false, "Disallow: /a"},
		{"CRLF", "User-agent: *\r\nDisallow: /a\r\n", "replatform", "/a", false, "Disallow: /a"},
		{"comments", "User-agent: * # all\nDisallow: /a # b\n", "replatform", "/a", false, "Disallow: /a"},
		{"case and blanks of keys", "USER-AGENT : *\n  disallow\t:/a", "replatform", "/a", false, "Disallow: /a"},
		{"typos are not guessed", "User-agent: *\nDisalow: /a\nDisallow /b", "replatform", "/a", true, ""},
		{"robots.txt itself", "User-agent: *\nDisallow: /", "replatform", "/robots.txt", true, ""},
		{"a web page in its place", "<!doctype html><html><p>User-agent: x</p>", "replatform", "/", true, ""},
		{"empty path is the root", "User-agent: *\nDisallow: /$", "replatform", "", false, "Disallow: /$"},
		{"beyond the limit", "User-agent: *\nDisallow: /a\n#" + strings.Repeat("x", MaxRobots) + "\nDisallow: /b", "replatform", "/b", true, ""},
	}
	for _, tt := range tests {
		got, rule := ParseRobots([]byte(tt.file)).Allowed(tt.agent, tt.path)
		if got != tt.want || rule != tt.rule {
			t.Errorf("%s: Allowed(%q) = %v %q, want %v %q", tt.name, tt.path, got, rule, tt.want, tt.rule)
		}
	}
	if ok, _ := (*Robots)(nil).Allowed("replatform", "/"); !ok {
		t.Error("nil rules must allow")
	}
}

func TestRobotsRecords(t *testing.T) {
	r := ParseRobots([]byte("Sitemap: https://shop.example/sitemap.xml\nUser-agent: replatform\nCrawl-delay: 2.5\n" +
		"User-agent: *\nCrawl-delay: 1\nDisallow: /a\nsitemap:\nSITEMAP: /s.xml # relative\n" +
		"User-agent: slow\nCrawl-delay: 1e300\nUser-agent: odd\nCrawl-delay: NaN\nCrawl-delay: -1\nDisallow: /\n"))
	if diff := cmp.Diff([]string{"https://shop.example/sitemap.xml", "/s.xml"}, r.Sitemaps()); diff != "" {
		t.Error(diff)
	}
	for agent, want := range map[string]time.Duration{"replatform/1": 2500 * time.Millisecond, "other": time.Second, "slow": MaxCrawlDelay, "odd": 0} {
		if got := r.CrawlDelay(agent); got != want {
			t.Errorf("CrawlDelay(%s) = %v, want %v", agent, got, want)
		}
	}
	if ok, _ := r.Allowed("replatform", "/a"); ok {
		t.Error("Crawl-delay ended the list of agents")
	}
}

// The second opinion departs from RFC 9309 in known ways, which the generated files
// stay clear of: it lets rules of equal length win by order, matches agents by
// prefix, does not normalise escapes, joins no groups of the same agent that come
// apart, turns wildcard patterns into regular expressions that match anywhere in the
// path and weighs them by the length of the expression, and calls "/" the weakest
// rule whatever else matches.
func TestRobotsAgainstSecondOpinion(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := []string{"cart", "p", "list", "item", "c-1", "x.html", "a_b"}
	path := func() string {
		var b strings.Builder
		for range 1 + rnd.IntN(4) {
			b.WriteString("/" + words[rnd.IntN(len(words))])
		}
		return b.String()
	}
	n := 0
	for range 3000 {
		var file strings.Builder
		for _, agent := range []string{"*", "replatform", "otherbot"} {
			if rnd.IntN(3) == 0 {
				continue
			}
			fmt.Fprintf(&file, "User-agent: %s\n", agent)
			wild := rnd.IntN(4) == 0
			lengths := map[int]bool{}
			for range 1 + rnd.IntN(6) {
				p := path()
				if wild {
					p = "/*" + words[rnd.IntN(len(words))]
				}
				if lengths[len(p)] {
					continue
				}
				lengths[len(p)] = true
				kind := "Disallow"
				if rnd.IntN(2) == 0 {
					kind = "Allow"
				}
				fmt.Fprintf(&file, "%s: %s\n", kind, p)
				if wild {
					break // the relative weight of wildcard patterns is the second opinion's own
				}
			}
			file.WriteByte('\n')
		}
		other, err := robotstxt.FromString(file.String())
		if err != nil {
			t.Fatal(err)
		}
		ours := ParseRobots([]byte(file.String()))
		for range 10 {
			p := path()
			n++
			got, _ := ours.Allowed("replatform", p)
			if want := other.TestAgent(p, "replatform"); got != want {
				t.Fatalf("%s\nAllowed(%s) = %v, the second opinion says %v", file.String(), p, got, want)
			}
		}
	}
	t.Logf("%d answers compared", n)
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /*a$\nAllow: /%e3\nCrawl-delay: 1\nSitemap: x"), "/%E3?a")
	f.Add([]byte("\xef\xbb\xbfuser-agent:re-\rallow:**\ndisallow:$"), "")
	f.Fuzz(func(t *testing.T, file []byte, path string) {
		r := ParseRobots(file)
		ok, rule := r.Allowed(Agent, path)
		if !ok && rule == "" {
			t.Error("refused without a reason")
		}
		if d := r.CrawlDelay(Agent); d < 0 || d > MaxCrawlDelay {
			t.Errorf("delay %v", d)
		}
		r.Sitemaps()
		if c := comparable9309(path); comparable9309(c) != c {
			t.Errorf("%q is not stable", c)
		}
	})
}

func BenchmarkRobotsAllowed(b *testing.B) {
	var file strings.Builder
	file.WriteString("User-agent: *\n")
	for i := range 50 {
		fmt.Fprintf(&file, "Disallow: /*?sort=%d\nDisallow: /private/%d/\n", i, i)
	}
	r := ParseRobots([]byte(file.String()))
	for range b.N {
		r.Allowed(Agent, "/products/detail.php?product_id=12345&category=7")
	}
}
