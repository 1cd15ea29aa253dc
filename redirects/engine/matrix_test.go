package engine

import (
	"strings"
	"testing"

	"replatform/redirects"
)

// TestMatrix asks every engine that runs here how it takes spellings of an address
// that is in the map, prints engine by spelling, and holds the declared
// capabilities against what the engine did.
func TestMatrix(t *testing.T) {
	m := rowsOf(t, `
/?pid=1                              https://new.example/one
/?mode=cate&cbid=2                   https://new.example/two
/list.html?k=%A4%EA                  https://new.example/euc
/plain.html                          https://new.example/plain
/folder/                             https://new.example/folder
/%E5%95%86.html                      https://new.example/utf8
`)
	type spelling struct {
		name, target, to string
		declared         func(Capabilities) (Fact[bool], bool) // the fact, and whether a redirect means that it is true
	}
	spellings := []spelling{
		{"as in the map", "/?pid=1", "one", nil},
		{"utm added", "/?pid=1&utm_source=x", "one", func(c Capabilities) (Fact[bool], bool) { return c.ExtraParameters, true }},
		{"utm before", "/?utm_source=x&pid=1", "one", func(c Capabilities) (Fact[bool], bool) { return c.ExtraParameters, true }},
		{"order swapped", "/?cbid=2&mode=cate", "two", func(c Capabilities) (Fact[bool], bool) { return c.OrderMatters, false }},
		{"EUC-JP, lower hex", "/list.html?k=%a4%ea", "euc", nil},
		{"UTF-8 path, lower hex", "/%e5%95%86.html", "utf8", nil},
		{"query on a plain path", "/plain.html?utm_source=x", "plain", func(c Capabilities) (Fact[bool], bool) { return c.ExtraParameters, true }},
		{"path in capitals", "/PLAIN.HTML", "plain", func(c Capabilities) (Fact[bool], bool) { return c.CaseSensitive, false }},
		{"slash taken off", "/folder", "folder", func(c Capabilities) (Fact[bool], bool) { return c.TrailingSlash, false }},
		{"front page", "/", "", nil},
		{"front page, utm", "/?utm_source=x", "", nil},
		{"robots.txt", "/robots.txt", "", nil},
	}
	head := []string{"engine"}
	for _, s := range spellings {
		head = append(head, s.name)
	}
	table := []string{strings.Join(head, " | ")}
	vendors := vendors()
	runEach(t, everyRunner(), func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		sel, dir := written(t, e, m)
		refused := map[string]bool{}
		for _, r := range sel.Refused {
			if _, ok := vendors[e.ID()]; !ok {
				t.Errorf("refused: %v", r.Error())
			}
			refused[m[r.Line-1].Target] = true
		}
		model, err := e.Model(sel.Map())
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, dir)
		line := []string{e.ID()}
		for _, sp := range spellings {
			got := s.ask("old.example", sp.target)
			if want := model.Answer(Request{Host: "old.example", Target: sp.target}); got != want {
				t.Errorf("%s: the engine answers %+v, the model %+v", sp.name, got, want)
			}
			if refused["https://new.example/"+sp.to] {
				line = append(line, "refused")
				continue
			}
			rule := redirects.Rule{Status: 301, Target: "https://new.example/" + sp.to}
			rule.KeepQuery = e.Capabilities().Incoming.Value.carries(rule)
			hit := got.Fired && got.Location == answerOf(rule, sp.target).Location
			if got.Fired && !hit {
				t.Errorf("%s: %s leads to %s", sp.name, sp.target, got.Location)
			}
			if sp.declared != nil {
				if fact, meaning := sp.declared(e.Capabilities()); fact.Known && hit != (fact.Value == meaning) {
					t.Errorf("%s: redirected: %t, declared: %t", sp.name, hit, fact.Value)
				}
			}
			line = append(line, map[bool]string{true: "yes", false: "no"}[hit])
		}
		table = append(table, strings.Join(line, " | "))
	})
	t.Log("\n" + strings.Join(table, "\n"))
}
