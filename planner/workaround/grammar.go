package workaround

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// A grammar reads the key of a page from its address: "p123" for a product. The
// same rules run here, to build the maps, and in the visitor's browser, to look the
// page up; patterns therefore use only what Go and ECMAScript 5 regular expressions
// share.
type grammar struct {
	rules []keyRule
	// params, when not nil, makes a key for every address that no rule fits: the path
	// and these query parameters, sorted. Addresses then need no rules at all.
	params []string
	search *searchRule
	// productID is what OldID of a product row must look like to be a key. It is set
	// where templates know the id of the shown product, see tableOptions.byID.
	productID *regexp.Regexp
}

// keyRule gives the key tag + captured groups joined by "-".
type keyRule struct {
	tag   string
	path  *regexp.Regexp
	query []queryRule
}

// queryRule is a condition on one query parameter. The last of repeated parameters
// counts, as in PHP.
type queryRule struct {
	name     string
	value    *regexp.Regexp // nil: the parameter must be absent
	fallback string         // taken when the parameter is absent and value is set; empty: then the rule does not fit
}

// searchRule recognises a search page with words.
type searchRule struct {
	path    *regexp.Regexp
	query   []queryRule
	words   string // parameter with the words
	charset string // of the percent-encoded words, a label of the WHATWG Encoding Standard
}

func re(s string) *regexp.Regexp { return regexp.MustCompile(s) }

// key returns the key of an address, or "" when the grammar does not know it.
func (g grammar) key(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	q := rawParams(u.RawQuery)
	for _, r := range g.rules {
		if k, ok := r.match(path, q); ok {
			return k
		}
	}
	if g.params == nil {
		return ""
	}
	var kept []string
	for _, name := range g.params {
		if v, ok := q[name]; ok {
			kept = append(kept, name+"="+v)
		}
	}
	if len(kept) == 0 {
		return "u" + path
	}
	return "u" + path + "?" + strings.Join(kept, "&")
}

func (r keyRule) match(path string, q map[string]string) (string, bool) {
	m := r.path.FindStringSubmatch(path)
	if m == nil {
		return "", false
	}
	var parts []string
	if len(m) > 1 && m[1] != "" {
		parts = append(parts, m[1])
	}
	for _, c := range r.query {
		v, have := q[c.name]
		if c.value == nil {
			if have {
				return "", false
			}
			continue
		}
		if !have {
			if c.fallback == "" {
				return "", false
			}
			v = c.fallback
		}
		m := c.value.FindStringSubmatch(v)
		if m == nil {
			return "", false
		}
		if len(m) > 1 && m[1] != "" {
			parts = append(parts, m[1])
		}
	}
	return r.tag + strings.Join(parts, "-"), true
}

// tagOf returns the tag of the rule that gave key: the longest one it begins with.
func (g grammar) tagOf(key string) string {
	best := ""
	for _, r := range g.rules {
		if strings.HasPrefix(key, r.tag) && len(r.tag) > len(best) {
			best = r.tag
		}
	}
	return best
}

// rawParams splits a query without decoding it.
func rawParams(query string) map[string]string {
	q := map[string]string{}
	for _, p := range strings.Split(query, "&") {
		name, v, _ := strings.Cut(p, "=")
		q[name] = v
	}
	return q
}

// genericGrammar takes as key the path and those query parameters that occur in the
// rows; campaign parameters are no part of a page's identity.
func genericGrammar(rows []Row) grammar {
	names := map[string]bool{}
	for _, r := range rows {
		u, err := url.Parse(r.OldURL)
		if err != nil {
			continue
		}
		for n := range rawParams(u.RawQuery) {
			if n != "" && len(n) <= 40 && !campaign.MatchString(n) && safeKey(n) {
				names[n] = true
			}
		}
	}
	params := make([]string, 0, len(names))
	for n := range names {
		params = append(params, n)
	}
	slices.Sort(params)
	return grammar{params: params}
}

// campaign are parameters that say where a visitor came from.
var campaign = re(`^(?:utm_[a-z_]+|gclid|fbclid|yclid|msclkid)$`)

// safeKey says that a key can stand in template and script text as it is.
func safeKey(k string) bool {
	if k == "" || len(k) > 300 {
		return false
	}
	for i := 0; i < len(k); i++ {
		if c := k[i]; c <= ' ' || c > '~' || strings.IndexByte("\"'`\\<>{}$", c) >= 0 {
			return false
		}
	}
	return true
}

// forScript gives the rules in the shape that the loader reads:
// [tag, path pattern, [[name, pattern or null, fallback]…]].
func (g grammar) forScript() []any {
	out := make([]any, 0, len(g.rules))
	for _, r := range g.rules {
		out = append(out, []any{r.tag, r.path.String(), queryForScript(r.query)})
	}
	return out
}

func queryForScript(rules []queryRule) []any {
	out := make([]any, 0, len(rules))
	for _, c := range rules {
		if c.value == nil {
			out = append(out, []any{c.name, nil, ""})
			continue
		}
		out = append(out, []any{c.name, c.value.String(), c.fallback})
	}
	return out
}
