package inventory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"replatform/crawler/catalog"
)

// Each page is written "key state status target", the answer as "key<-aliases".
func TestAliases(t *testing.T) {
	tests := []struct {
		name  string
		pages string
		want  string
	}{
		{"a redirect", "a alias 301 b, b done 200", "b<-a"},
		{"a canonical", "a alias 200 b, b done 200", "b<-a"},
		{"a target not asked yet", "a alias 200 b, b queued 0", "b<-a"},
		{"a chain", "a alias 200 b, b alias 301 c, c done 200", "c<-a,b"},
		{"a tree", "a alias 301 c, b alias 301 c, c done 200, d alias 200 b", "c<-a,b,d"},
		{"a names b, b redirects to a", "a alias 200 b, b alias 301 a", "a<-b"},
		{"b names a, a redirects to b", "a alias 301 b, b alias 200 a", "b<-a"},
		{"two that name each other", "a alias 200 b, b alias 200 a", "a<-b"},
		{"redirects in a circle", "a alias 301 b, b alias 301 c, c alias 301 a", "a!<-b,c"},
		{"into a circle", "a alias 301 b, b alias 301 c, c alias 200 b", "c<-a,b"},
		{"a live page that leads into a dead circle", "a alias 200 b, b alias 301 c, c alias 301 b", "a b!<-c"},
		{"a live page that names one that is gone", "a alias 200 b, b done 404", "a b"},
		{"a redirect to one that is gone", "a alias 301 b, b done 404", "b<-a"},
		{"through a redirect to one that is gone", "a alias 200 b, b alias 301 c, c failed 0", "a c<-b"},
		{"two live pages before one that is gone", "a alias 200 b, b alias 200 c, c done 410", "b<-a c"},
		{"a live page that names one that must not be asked", "a alias 200 b, b skipped 0", "a b"},
		{"itself", "a alias 200 a", "a"},
		{"a key the shop does not have", "a alias 301 x, b alias 200 a", "a! b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var visits []Visit
			for _, f := range strings.Split(tt.pages, ", ") {
				w := strings.Fields(f)
				v := Visit{Key: catalog.Key("url /" + w[0]), URL: "https://shop.example/" + w[0], State: PageState(w[1])}
				fmt.Sscan(w[2], &v.Status)
				if len(w) > 3 {
					v.AliasOf = catalog.Key("url /" + w[3])
				}
				visits = append(visits, v)
			}
			for range 4 {
				rand.Shuffle(len(visits), func(i, j int) { visits[i], visits[j] = visits[j], visits[i] })
				p := started(t)
				for _, v := range visits {
					save(t, p, v)
				}
				equal(t, "pages", tt.want, show(t, p))
			}
		})
	}
}

// show writes the pages as TestAliases wants them; "!" marks failed ones.
func show(t *testing.T, p *Project) string {
	t.Helper()
	var out []string
	name := func(s string) string { return strings.TrimPrefix(s, "https://shop.example/") }
	n := 0
	for _, l := range pages(t, p, Filter{}) {
		s := name(l.Page.URL)
		if l.Page.State == Failed && l.Page.Status != 0 {
			s += "!"
		}
		var others []string
		for _, sp := range l.Page.Spellings {
			if sp != l.Page.URL {
				others = append(others, name(sp))
			}
		}
		if len(others) > 0 {
			s += "<-" + strings.Join(others, ",")
		}
		if l.Page.State == Alias || l.Page.AliasOf != "" {
			t.Errorf("handed out as an alias: %+v", l.Page)
		}
		out = append(out, s)
		n += len(l.Page.Spellings)
		for _, sp := range l.Page.Spellings {
			page, _, err := p.PageByURL(t.Context(), catalog.Old, sp)
			check(t, err)
			if page.Key != l.Page.Key || page.State != l.Page.State {
				t.Errorf("%s leads to %s (%s) alone and to %s (%s) in the list", sp, page.Key, page.State, l.Page.Key, l.Page.State)
			}
		}
	}
	counts, err := p.Counts(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "counted pages", len(out), counts.Pages)
	equal(t, "counted spellings", n, counts.Spellings)
	all := pages(t, p, Filter{WithAliases: true})
	equal(t, "pages and aliases", counts.Pages+counts.ByState[Alias], len(all))
	return strings.Join(out, " ")
}

func TestAliasTargetUnknown(t *testing.T) {
	p := started(t)
	save(t, p, Visit{Key: "url /a", URL: "https://shop.example/a", State: Alias, Status: 301, AliasOf: "colorme account login",
		RedirectTo: "https://shop.example/login"})
	got := onlyPage(t, p, "colorme account login")
	if got.State != Skipped || got.Rule != RuleAliasTarget || got.URL != "https://shop.example/login" || got.Type != catalog.Account {
		t.Errorf("target: %+v", got)
	}
	list, err := p.Next(t.Context(), catalog.Old, 10, nil)
	check(t, err)
	equal(t, "queue", 0, len(list)) // nothing said that the target may be asked
	discover(t, p, Discovery{Key: "colorme account login", Type: catalog.Account, URL: "https://shop.example/login", Source: "link"})
	list, err = p.Next(t.Context(), catalog.Old, 10, nil)
	check(t, err)
	equal(t, "queue after a link names it", 1, len(list))
}

// A long chain must not cost the square of its length.
func TestAliasLongChain(t *testing.T) {
	const n = 5000
	key := func(i int) catalog.Key { return catalog.Key(fmt.Sprintf("url /%06d", i)) }
	p := started(t)
	var visits []Visit
	for i := range n {
		visits = append(visits, Visit{Key: key(i), URL: fmt.Sprintf("https://shop.example/%06d", i), State: Alias, Status: 301, AliasOf: key(i + 1)})
	}
	slices.Reverse(visits)
	save(t, p, append(visits, Visit{Key: key(n), URL: "https://shop.example/end", State: Done, Status: 200})...)
	got := pages(t, p, Filter{})
	if len(got) != 1 || len(got[0].Page.Spellings) != n+1 {
		t.Errorf("%d pages, the first with %d spellings", len(got), len(got[0].Page.Spellings))
	}
}
