package workaround

import (
	"fmt"
	"slices"
	"strings"

	"replatform/crawler/catalog"
)

// Facts of these dialects: in the Creator mode the owner's template holds the whole
// <head> with its canonical line; $page.id is the system code of an item, the code
// of a category, and the tail of the address of free pages and news. The mode and
// its tags are described in the vendor's tag reference. In the Basic mode it is not
// known which fields take scripts.
const (
	makeshopTags     = "https://reference.makeshop.jp/creator-mode/"
	makeshopSmarty   = "https://github.com/gmomakeshop/agent-skills"
	makeshopTemplate = "https://github.com/EisukeSenaha/makeshop-complete-template-extention"
	makeshopLimits   = "https://www.support.makeshop.jp/design/?p=12231"
	makeshopClosed   = "https://manual.makeshop.jp/hc/ja/articles/33404320599961"
	makeshopURLs     = "http://ms-manual.makeshop.jp/originalurl/"
	makeshopNear301  = "https://16deza.com/301alt-meta-refresh-rel-canonical/"
)

func makeshopCreator() dialect {
	shown := makeshopGrammar(true, false)
	return dialect{id: "makeshop-smarty", head: true, grammar: makeshopGrammar(true, true), shown: &shown, source: makeshopCreatorFolder}
}

func makeshopBasic() dialect {
	shown := makeshopGrammar(false, true)
	return dialect{id: "makeshop-basic", grammar: makeshopGrammar(true, true), shown: &shown, source: makeshopBasicFolder}
}

// makeshopGrammar knows the addresses of one mode or of both. Whether a shop that
// changed to the Creator mode still answers its Basic addresses is not known, so a
// page that is written in one mode's templates is not counted for the other's
// addresses.
func makeshopGrammar(creator, basic bool) grammar {
	code := re(`^([0-9]{12})$`)
	name := re(`^([0-9A-Za-z_%.-]{1,100})$`)
	g := grammar{productID: re(`^[0-9]{12}$`)}
	if creator {
		g.rules = append(g.rules,
			keyRule{tag: "p", path: re(`^/view/item/([0-9]{12})/?$`)},
			keyRule{tag: "c", path: re(`^/view/category/([0-9A-Za-z_%.-]{1,100})/?$`)},
			keyRule{tag: "cart", path: re(`^/view/cart/?$`)},
			keyRule{tag: "u", path: re(`^(/view/[!-~]{1,200}?)/?$`)},
		)
	}
	if basic {
		g.rules = append(g.rules,
			keyRule{tag: "p", path: re(`^/shopdetail/([0-9]{12})(?:/.*)?$`)},
			keyRule{tag: "p", path: re(`^/shop/shopdetail\.html$`), query: []queryRule{{name: "brandcode", value: code}}},
			keyRule{tag: "p", path: re(`^/smartphone/detail\.html$`), query: []queryRule{{name: "id", value: code}}},
			keyRule{tag: "c", path: re(`^/shopbrand/([0-9A-Za-z_%.-]{1,100})(?:/.*)?$`)},
			keyRule{tag: "c", path: re(`^/smartphone/list\.html$`), query: []queryRule{{name: "category_code", value: name}}},
			keyRule{tag: "f", path: re(`^/html/page([0-9]{1,6})\.html$`)},
			keyRule{tag: "f", path: re(`^/smartphone/page([0-9]{1,6})\.html$`)},
			keyRule{tag: "u", path: re(`^(/html/[!-~]{1,200})$`)},
		)
		g.search = &searchRule{path: re(`^/smartphone/list\.html$`), query: []queryRule{{name: "search_key", value: re(`.`)}},
			words: "search_key", charset: "euc-jp"}
	}
	g.rules = append(g.rules, keyRule{tag: "home", path: re(`^/$`)})
	return g
}

// creatorPage is one template of the Creator mode.
type creatorPage struct {
	file     string // name of the snippet without extension
	pageType string // value of $page.type; "" where the tag reference names none
	byID     bool   // pages are told apart by $page.id
	name     Text   // of the template, for the instructions
}

var creatorPages = []creatorPage{
	{"item", "item", true, Text{"商品詳細", "item"}},
	{"category", "category", true, Text{"商品カテゴリー", "category"}},
	{"news-detail", "news-detail", true, Text{"お知らせ詳細", "news-detail"}},
	{"free-page", "", true, Text{"フリーページ", "free page"}},
	{"guide", "guide", false, Text{"利用案内", "guide"}},
	{"company", "company", false, Text{"会社概要", "company"}},
	{"contract", "contract", false, Text{"特定商取引法", "contract"}},
	{"policy", "policy", false, Text{"プライバシーポリシー", "policy"}},
	{"top", "top", false, Text{"トップページ", "top"}},
}

// creatorPageOf says in which template a page is shown and what $page.id is there.
func creatorPageOf(g grammar, e entry, in Input) (file, id string) {
	switch g.tagOf(e.key) {
	case "p":
		return "item", e.key[1:]
	case "c":
		return "category", e.key[1:]
	case "home":
		return "top", ""
	case "u":
		path := e.key[1:]
		if i := slices.IndexFunc(creatorPages, func(p creatorPage) bool { return !p.byID && path == "/view/"+p.file }); i >= 0 {
			return creatorPages[i].file, ""
		}
		if len(e.rows) == 0 {
			return "", ""
		}
		row := in.Rows[e.rows[0]]
		tail := path[strings.LastIndexByte(path, '/')+1:]
		if row.OldID != "" && creatorTail.MatchString(row.OldID) {
			tail = row.OldID
		}
		if !creatorTail.MatchString(tail) {
			return "", ""
		}
		switch row.Type {
		case catalog.Article:
			return "news-detail", tail
		case catalog.Page:
			return "free-page", tail
		}
	}
	return "", ""
}

var creatorTail = re(`^[0-9A-Za-z_.-]{1,100}$`)

// creatorBudget is our own cautious size for one template: the platform's limit is
// not known.
const creatorBudget = 60000

// ownCanonical is the line of the vendor's templates that the snippet replaces.
const ownCanonical = "<link rel=\"canonical\" href=\"<{$page.canonical_url}>\">\n"

func makeshopCreatorFolder(j *job) (*folder, error) {
	g := makeshopGrammar(true, false)
	t := newTable(g, j.os, j.in, tableOptions{byID: true})
	f := &folder{}
	f.Title = Text{"makeshop クリエイターモードの<head>に貼る案内", "Pointers for <head> in makeshop's Creator mode"}
	f.Refused = t.refused
	f.Strength = InstantRefresh
	byScript := Script // of pages that the script serves
	if j.in.NoForward {
		f.Strength, byScript = Canonical, Link
	}
	f.Mode = "chain"
	room, known := j.budget(creatorBudget)

	pages := map[string][]pageEntry{}
	for _, e := range t.entries {
		file, id := creatorPageOf(g, e, j.in)
		if file == "" {
			for _, r := range e.rows {
				f.Refused = append(f.Refused, refuse(r, "no-template"))
			}
			continue
		}
		pages[file] = append(pages[file], pageEntry{entry: e, id: id})
	}
	var used []creatorPage
	var late []entry // by script, since the template has no room
	plans := map[string]creatorPlan{}
	for _, p := range creatorPages {
		if len(pages[p.file]) == 0 {
			continue
		}
		used = append(used, p)
		plan := planCreatorPage(j, t, p, pages[p.file], room)
		plans[p.file] = plan
		late = append(late, plan.late...)
		f.Covers = append(f.Covers, covers(plan.now, f.Strength)...)
		switch {
		case plan.pattern != nil:
			f.Mode = "pattern"
		case len(plan.late) > 0 && f.Mode == "chain":
			f.Mode = "mixed"
		}
	}
	var c loaderConfig
	if len(late) > 0 {
		c = j.config(f, g, late)
		f.Covers = append(f.Covers, covers(late, byScript)...)
	}
	for _, p := range used {
		script := ""
		if len(plans[p.file].late) > 0 {
			script = c.script()
		}
		head, body := creatorSnippets(j, p, plans[p.file], script)
		f.add(p.file+"-head.html", framed("makeshop "+p.file+" head", head))
		f.add(p.file+"-body.html", framed("makeshop "+p.file+" body", body))
	}
	makeshopCreatorGuide(f, j, used, plans, c, known)
	return f, nil
}

// pageEntry is an entry with its $page.id.
type pageEntry struct {
	entry
	id string
}

// creatorPlan says how the entries of one template are carried.
type creatorPlan struct {
	pattern *codePattern // for entries whose new address can be written from a code
	chain   []pageEntry  // by name, before the pattern
	alone   []string     // $page.id of known pages that must stay as they are; only with a pattern
	now     []entry      // carried by refresh
	late    []entry      // left to the script
}

// planCreatorPage chooses for one template: a pattern where one line fits most of the
// entries, else a chain as long as the template has room, the rest by script.
func planCreatorPage(j *job, t table, p creatorPage, entries []pageEntry, room int) creatorPlan {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.id)
	}
	twins := looseTwins(ids)
	var plan creatorPlan
	if p.file == "item" && j.in.Complete {
		plan.pattern, plan.chain = findPattern(j, entries)
		if plan.pattern != nil {
			for _, k := range t.alone {
				if t.grammar.tagOf(k) == "p" {
					plan.alone = append(plan.alone, k[1:])
				}
			}
		}
	} else {
		plan.chain = entries
	}
	size := func() int {
		head, body := creatorSnippets(j, p, plan, "")
		return len(head) + len(body) + 2*len("<!-- replatform makeshop news-detail head begin -->\n")*2
	}
	if plan.pattern != nil && size() > room {
		plan.pattern, plan.alone, plan.chain = nil, nil, entries // too many exceptions
	}
	fits, all := plan.chain, len(plan.chain)
	for len(fits) > 0 {
		plan.chain = fits
		over := size() - room
		if len(fits) < all {
			over += len(loaderSource) + inlineLimit + budgetMargin // the script for the others
		}
		if over <= 0 {
			break
		}
		// Each step drops at least one entry and about as many as are over the room.
		drop := max(1, min(len(fits), over*len(fits)/max(size(), 1)))
		fits = fits[:len(fits)-drop]
	}
	if len(fits) == 0 {
		plan.chain = nil
	}
	in := map[string]bool{}
	for _, e := range plan.chain {
		in[e.key] = !twins[e.id]
	}
	plan.chain = slices.DeleteFunc(slices.Clone(plan.chain), func(e pageEntry) bool { return twins[e.id] })
	for _, e := range entries {
		switch {
		case in[e.key] || plan.pattern != nil && plan.pattern.fits(j, e):
			plan.now = append(plan.now, e.entry)
		default:
			plan.late = append(plan.late, e.entry)
		}
	}
	return plan
}

// codePattern writes a new address from a code of the product.
type codePattern struct {
	variable string
	own      bool // the code is the shop's own, not the platform's
	prefix   string
	suffix   string
}

func (p codePattern) code(j *job, e pageEntry) string {
	if !p.own {
		return e.id
	}
	for _, r := range e.rows {
		if c := j.in.Rows[r].OwnCode; c != "" {
			return c
		}
	}
	return ""
}

func (p codePattern) fits(j *job, e pageEntry) bool {
	code := p.code(j, e)
	return patternCode.MatchString(code) && j.os.full(e.to) == p.prefix+code+p.suffix
}

// patternCode is a code that may stand in an address as it is.
var patternCode = re(`^[0-9A-Za-z_-]{3,64}$`)

// findPattern looks for the address form that most products share. It gives nil when
// fewer than half of them fit; rest are the entries outside of the pattern.
func findPattern(j *job, entries []pageEntry) (best *codePattern, rest []pageEntry) {
	count := map[codePattern]int{}
	var order []codePattern
	for _, c := range []codePattern{{variable: "$page.id"}, {variable: "$item.original_code", own: true}} {
		for _, e := range entries {
			code := c.code(j, e)
			full := j.os.full(e.to)
			if !patternCode.MatchString(code) || strings.Count(full, code) != 1 {
				continue
			}
			p := c
			p.prefix, p.suffix, _ = strings.Cut(full, code)
			if !insideOrigin(j.os, p.prefix) {
				continue
			}
			if count[p] == 0 {
				order = append(order, p)
			}
			count[p]++
		}
	}
	n := 0
	for _, p := range order {
		if count[p] > n {
			n, best = count[p], &p
		}
	}
	if best == nil || n*2 < len(entries) || n < 2 {
		return nil, entries
	}
	for _, e := range entries {
		if !best.fits(j, e) {
			rest = append(rest, e)
		}
	}
	return best, rest
}

// insideOrigin says that an address that begins with prefix stays on an allowed
// host, whatever code follows.
func insideOrigin(os origins, prefix string) bool {
	return slices.ContainsFunc(os, func(o string) bool { return strings.HasPrefix(prefix, o+"/") })
}

// creatorSnippets are the text for <head> and the text for the top of <body>. The
// head text takes the place of the template's own canonical line. script, when not
// empty, serves the pages that the chain does not name; the template's canonical is
// then left out, since a script may add one but must never change one.
func creatorSnippets(j *job, p creatorPage, plan creatorPlan, script string) (head, body string) {
	refresh := func(href string) string { return headLines(href, j.in.NoForward) }
	var heads, links []branch
	for _, id := range plan.alone {
		heads = append(heads, branch{equals("$page.id", id), strings.TrimSpace(ownCanonical)})
		links = append(links, branch{equals("$page.id", id), htmlText(j.home)})
	}
	for _, e := range plan.chain {
		href := htmlText(j.os.full(e.to))
		if !p.byID {
			return guarded(p, refresh(href)+"\n", ownCanonical), guarded(p, j.movedLink(href, true, ""), "")
		}
		heads = append(heads, branch{equals("$page.id", e.id), refresh(href)})
		links = append(links, branch{equals("$page.id", e.id), href})
	}
	if pt := plan.pattern; pt != nil {
		href := htmlText(pt.prefix) + "<{" + pt.variable + "|escape}>" + htmlText(pt.suffix)
		heads = append(heads, branch{pt.variable + ` != ""`, refresh(href)})
		links = append(links, branch{pt.variable + ` != ""`, href})
	}
	rest := ownCanonical
	if script != "" {
		rest = creatorKey(p) + script
	}
	// One link for all pages keeps the template short: to the counterpart where there
	// is one, else to the new shop.
	href := strings.ReplaceAll(smartyChain(links, htmlText(j.home)), "\n", "")
	return guarded(p, smartyChain(heads, rest), ownCanonical), guarded(p, j.movedLink(href, false, ""), "")
}

// creatorKey tells the script which item or category is shown, whatever address the
// owner chose for it. Other pages are told by their address.
func creatorKey(p creatorPage) string {
	tag := map[string]string{"item": "p", "category": "c"}[p.file]
	if tag == "" {
		return ""
	}
	return fmt.Sprintf("<meta id=\"replatform-key\" name=\"replatform-key\" content=\"%s<{$page.id|escape}>\">\n", tag)
}

// guarded makes a snippet harmless in any other template.
func guarded(p creatorPage, text, other string) string {
	if p.pageType == "" {
		return text
	}
	s := "<{if " + equals("$page.type", p.pageType) + "}>\n" + text
	if other != "" {
		s += "<{else}>\n" + other
	}
	return s + "<{/if}>\n"
}

// makeshopBasicFolder is the script for the Basic mode, to be put into whatever
// field of the design takes it.
func makeshopBasicFolder(j *job) (*folder, error) {
	g := makeshopGrammar(false, true)
	t := newTable(g, j.os, j.in, tableOptions{})
	f := &folder{}
	f.Title = Text{"makeshop ベーシックモードに貼る案内", "Pointers for makeshop's Basic mode"}
	f.Refused, f.Covers = t.refused, covers(t.entries, j.scripted())
	scriptBox(f, j, g, t.entries, "makeshop basic")
	f.Limits = append(f.Limits, Evidence{Text{
		"ベーシックモードのどの欄にスクリプトを書けるかは分かっていません",
		"it is not known which fields of the Basic mode take a script",
	}, "", "", "?"}, makeshopURLsLimit())
	f.steps = append(f.steps, makeshopOpen())
	f.basis = append(f.basis, makeshopClosedFact())
	// The field itself is asked for more exactly than by the common task.
	f.Tasks = slices.DeleteFunc(f.Tasks, func(t Task) bool { return t.ID == "script" })
	f.Tasks = append([]Task{{"script-field", Text{
		"ベーシックモードのデザイン編集で、全ページ共通の欄（ヘッダーやフリースペース）にスクリプトを書けるか確認する。パソコン用とスマートフォン用のデザインは別なので、両方で確認する",
		"find out whether a field common to all pages (header, free space) of the Basic mode takes a script; the PC and the smartphone design are separate, check both",
	}}}, f.Tasks...)
	return f, nil
}
