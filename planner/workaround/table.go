package workaround

import (
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"

	"replatform/crawler/catalog"
)

// entry is one page that has a counterpart.
type entry struct {
	key  string
	to   target
	rows []int // all rows that spell this page, in input order
}

// table is the redirect map by key.
type table struct {
	grammar grammar
	origins origins
	entries []entry        // in the order of the rows
	byKey   map[string]int // key → index of entries
	alone   []string       // keys of known pages without counterpart, in the order of the rows
	refused []Refusal
}

// refusals are the reasons in words.
var refusals = map[string]Text{
	"bad-target":   {"移転先のURLがhttp(s)の正しいURLではありません", "the new address is not a proper http(s) address"},
	"other-origin": {"移転先が、許可された新しいお店の住所ではありません", "the new address is not on one of the allowed hosts"},
	"no-key":       {"旧URLの形から、テンプレートがどのページかを見分けられません", "the old address has no form by which the template can tell the page"},
	"conflict":     {"同じ旧ページに、別の移転先がすでに決まっています", "the same old page already has another target"},
	"self":         {"移転先が旧URLと同じ場所です", "the new address is the old one"},
	"live":         {"新しいお店が同じ住所に自分のページを持っています", "the new shop has a page of its own at this address"},
	"chain":        {"移転先が、それ自体さらに移転する旧ページです", "the new address is itself an old page that is moved on"},
	"by-hand":      {"1ページずつ手で貼る方法なので、対応表の先頭のページだけにします", "it is done by hand, page by page, so only the first pages of the map get it"},
	"no-file":      {"この形の住所は、ファイルだけの場所ではページにできません", "a host that serves files only has no page for an address of this form"},
	"no-template":  {"この種類のページのテンプレートが分かっていません", "no template is known for this kind of page"},
	"not-product":  {"商品ページではないため、商品説明には載せられません", "it is no product, so no product text can carry it"},
	"not-in-file":  {"商品ファイルにこの商品がありません", "the product file does not hold this product"},
}

func refuse(row int, code string) Refusal {
	return Refusal{Row: row, Code: code, Reason: refusals[code]}
}

// tableOptions say for what a table is made.
type tableOptions struct {
	byID     bool            // the template knows the product's own id, whatever its address
	hostKept bool            // the new shop answers the old host: a row to its own address would be a loop
	skip     map[string]bool // keys that must not be carried
}

// newTable sorts the rows.
func newTable(g grammar, os origins, in Input, o tableOptions) table {
	t := table{grammar: g, origins: os, byKey: map[string]int{}}
	lone := map[string]bool{}
	for i, r := range in.Rows {
		key := g.key(r.OldURL)
		if o.byID && r.Type == catalog.ProductP && g.tagOf(key) != "p" && g.productID.MatchString(r.OldID) {
			key = "p" + r.OldID
		}
		if !safeKey(key) {
			if r.NewURL != "" {
				t.refused = append(t.refused, refuse(i, "no-key"))
			}
			continue
		}
		if r.NewURL == "" {
			if !lone[key] {
				lone[key] = true
				t.alone = append(t.alone, key)
			}
			continue
		}
		to, code := os.parse(r.NewURL)
		if code == "" && (o.skip[key] || o.hostKept && samePlace(r.OldURL, to.rest)) {
			code = "self"
		}
		if code == "" && o.hostKept && liveAt(in.Live, r.OldURL) {
			code = "live"
		}
		if code != "" {
			t.refused = append(t.refused, refuse(i, code))
			continue
		}
		t.add(key, to, i)
	}
	t.dropChains(in.Rows)
	t.alone = slices.DeleteFunc(t.alone, func(k string) bool { _, ok := t.byKey[k]; return ok })
	if g.knows("cart") {
		t.addExtra("cart", in.NewCart)
	}
	return t
}

// liveAt says that an old address without a query is that of a page of the new shop;
// the home page is told from old addresses by their query.
func liveAt(live func(string) bool, old string) bool {
	u, err := url.Parse(old)
	return err == nil && live != nil && u.RawQuery == "" && live(u.EscapedPath())
}

// dropChains refuses entries whose target is an old page that would move the visitor
// on again: two of them could send a browser back and forth for ever.
func (t *table) dropChains(rows []Row) {
	keep := t.entries[:0:0]
	for _, e := range t.entries {
		full := t.origins.full(e.to)
		if _, again := t.byKey[t.grammar.key(full)]; again && sameHost(rows[e.rows[0]].OldURL, full) {
			for _, r := range e.rows {
				t.refused = append(t.refused, refuse(r, "chain"))
			}
			continue
		}
		keep = append(keep, e)
	}
	t.entries = keep
	clear(t.byKey)
	for i, e := range keep {
		t.byKey[e.key] = i
	}
}

func sameHost(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && strings.EqualFold(u.Host, v.Host)
}

func (t *table) add(key string, to target, row int) {
	if at, ok := t.byKey[key]; ok {
		if t.entries[at].to != to {
			t.refused = append(t.refused, refuse(row, "conflict"))
			return
		}
		t.entries[at].rows = append(t.entries[at].rows, row)
		return
	}
	t.byKey[key] = len(t.entries)
	t.entries = append(t.entries, entry{key: key, to: to, rows: []int{row}})
}

// addExtra carries a page that is no row of the map, such as the cart.
func (t *table) addExtra(key, raw string) {
	if raw == "" {
		return
	}
	if _, ok := t.byKey[key]; ok {
		return
	}
	if to, code := t.origins.parse(raw); code == "" {
		t.byKey[key] = len(t.entries)
		t.entries = append(t.entries, entry{key: key, to: to})
	}
}

func (g grammar) knows(tag string) bool {
	return slices.ContainsFunc(g.rules, func(r keyRule) bool { return r.tag == tag })
}

// samePlace says that path and query of an old address equal rest.
func samePlace(old, rest string) bool {
	u, err := url.Parse(old)
	if err != nil {
		return false
	}
	p := u.EscapedPath()
	if p == "" {
		p = "/"
	}
	if u.RawQuery != "" {
		p += "?" + u.RawQuery
	}
	rest, _, _ = strings.Cut(rest, "#")
	return plainASCII(p) == rest
}

// withTag lists the entries whose key was given by one of the tags.
func (t table) withTag(tags ...string) []entry {
	var out []entry
	for _, e := range t.entries {
		if slices.Contains(tags, t.grammar.tagOf(e.key)) {
			out = append(out, e)
		}
	}
	return out
}

// covers lists the rows of entries with one strength, by row.
func covers(entries []entry, s Strength) []Cover {
	var out []Cover
	for _, e := range entries {
		for _, r := range e.rows {
			out = append(out, Cover{Row: r, Strength: s})
		}
	}
	return out
}

func sortCovers(c []Cover) []Cover {
	slices.SortFunc(c, func(a, b Cover) int { return a.Row - b.Row })
	return c
}

func sortRefusals(r []Refusal) []Refusal {
	slices.SortStableFunc(r, func(a, b Refusal) int { return a.Row - b.Row })
	return r
}

// scriptMap is the map of entries as a JSON object with sorted keys.
func scriptMap(entries []entry) string {
	m := make(map[string]string, len(entries))
	keys := make([]string, 0, len(entries))
	for _, e := range entries {
		m[e.key] = e.to.short()
		keys = append(keys, e.key)
	}
	sort.Strings(keys)
	var b strings.Builder
	b.WriteString("{")
	for i, k := range keys {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "%s:%s", jsString(k), jsString(m[k]))
	}
	b.WriteString("}")
	return b.String()
}

// shardOf is the number of the map file that holds key; the loader computes the
// same.
func shardOf(key string, shards int) int {
	h := 7
	for i := 0; i < len(key); i++ {
		h = (h*31 + int(key[i])) % 1000003
	}
	return h % shards
}

// shardCount gives the number of map files, a power of two and at most limit, so
// that one holds about size bytes.
func shardCount(entries []entry, size, limit int) int {
	total := 0
	for _, e := range entries {
		total += len(e.key) + len(e.to.short()) + 7
	}
	n := 1
	for n*size < total && n*2 <= limit {
		n *= 2
	}
	return n
}

// shardFiles gives the text of each map file; every file exists, so that a page
// that is in none of them does not ask for a missing one.
func shardFiles(entries []entry, shards int) []string {
	parts := make([][]entry, shards)
	for _, e := range entries {
		n := shardOf(e.key, shards)
		parts[n] = append(parts[n], e)
	}
	files := make([]string, shards)
	for i, p := range parts {
		files[i] = "replatformMap(" + scriptMap(p) + ");\n"
	}
	return files
}
