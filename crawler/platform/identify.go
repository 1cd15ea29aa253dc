package platform

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
)

// Identity is which page an address is.
//
// Page 2 of a listing is asked, because it names products, but is no category of
// its own: its key is that of page 1 with " p2" behind it, PageNo is 2 and
// FirstPage is the key of page 1, under which the inventory counts it.
//
// A page below a folder or language that the platform allows before its paths has
// " at /folder" in its key: two languages of a product are two pages.
type Identity struct {
	Key  catalog.Key
	Type catalog.PageType
	URL  string // the spelling to ask: absolute, same host; of a page that no pattern knows, the parameters keep their order
	Rule string // when set: never ask, and why; see Rules
	// Known says that a pattern of the platform matched. An identity with a Rule
	// that is not Known is a trap: not worth storing.
	Known     bool
	PageNo    int         // of a paged listing; 0 when the address names none or the first
	FirstPage catalog.Key // key of the listing's first page when PageNo > 1
	Prefix    string      // what stands before the platform's paths: "/mtg", "/en-ca"
}

// Identify tells which page u is. It asks nothing and depends on nothing but u:
// scheme, host, order of parameters, tracking and session parameters, escapes and a
// slash at the end (where the platform does not care) make no difference to the
// key. u must be absolute; its fragment is read only by platforms that keep the
// identity there.
//
// It may be called by many goroutines. Addresses that come again, as the links of a
// menu do, are remembered, so that there is no need to do so outside.
func (p *Platform) Identify(u *url.URL) Identity {
	return p.seen.get(p, u)
}

// identify is Identify without its memory.
func (p *Platform) identify(u *url.URL) Identity {
	path := NormalPath(u)
	params := p.clean(SplitQuery(u.RawQuery))

	if rule := p.never(path, params); rule != "" {
		id := plain(u, path, params)
		id.Rule, id.Type = rule, typeOfRule(rule)
		return id
	}
	if id, ok := p.byPatterns(u, path, params); ok {
		return id
	}
	facet := slices.ContainsFunc(params, func(q Param) bool { return p.facets.has(q) || p.common.facets.has(q) })
	// Another order of the same goods is the page itself: a product that is linked
	// from sorted lists only is still found, and the sorted list is not asked.
	params = slices.DeleteFunc(params, func(q Param) bool { return p.views.has(q) || p.common.sorts.has(q) })
	id := fileIdentity(plain(u, path, params), path)
	switch rule := p.common.never(path, params); {
	case id.Rule != "":
	case rule != "":
		id.Rule, id.Type = rule, typeOfRule(rule)
	case facet:
		id.Rule = RuleFacet
	}
	return id
}

// clean drops the parameters that never change the page.
func (p *Platform) clean(params []Param) []Param {
	return slices.DeleteFunc(params, func(q Param) bool {
		return p.noise.has(q) || isSession(q)
	})
}

// never returns the first rule under which an address must not be asked.
func (p *Platform) never(path string, params []Param) string {
	first, ok := p.neverPaths.rank(path)
	for _, q := range params {
		if rank, has := p.neverParams.rank(q); has && (!ok || rank < first) {
			first, ok = rank, true
		}
	}
	if !ok {
		return ""
	}
	return p.Never[first].Rule
}

// byPatterns tries the patterns on the path, and on what stands behind a prefix.
func (p *Platform) byPatterns(u *url.URL, path string, params []Param) (Identity, bool) {
	if !p.Prefix.First {
		if id, ok := p.byPattern(u, "", path, params); ok {
			return id, true
		}
	}
	if prefix, rest, ok := p.prefix.cut(path); ok {
		if id, ok := p.byPattern(u, prefix, rest, params); ok {
			return id, true
		}
	}
	if p.Prefix.First {
		return p.byPattern(u, "", path, params)
	}
	return Identity{}, false
}

func (p *Platform) byPattern(u *url.URL, prefix, path string, params []Param) (Identity, bool) {
	var values [6]filled
	f := found{values: values[:0]}
	for _, pt := range p.Patterns {
		if prefix != "" && pt.Rooted || !pt.match(&f, path, params, u.Fragment) {
			continue
		}
		if pt.Exact || pt.Type == catalog.Home {
			f.rest = slices.DeleteFunc(f.rest, p.views.has)
			if len(f.rest) > 0 {
				continue
			}
		}
		return p.patternIdentity(u, prefix, path, params, &f), true
	}
	return Identity{}, false
}

func (p *Platform) patternIdentity(u *url.URL, prefix, path string, params []Param, f *found) Identity {
	pt := f.pattern
	idText := f.fill(pt.key)
	if prefix != "" {
		idText += " at " + prefix
	}
	id := Identity{
		Key: p.Key(pt.Type, idText), Type: pt.Type, Rule: pt.Never,
		Known: !pt.Drop, Prefix: prefix,
	}
	if f.page > 1 {
		id.PageNo, id.FirstPage = f.page, id.Key
		id.Key += catalog.Key(" p" + strconv.Itoa(f.page))
	}
	if pt.Type != catalog.ProductP && id.Rule == "" && slices.ContainsFunc(f.rest, p.facets.has) {
		id := plain(u, prefix+strings.TrimSuffix(path, "/"), params)
		id.Rule, id.Type = RuleFacet, pt.Type
		return id
	}
	var ask string
	switch {
	case f.page > 1 && pt.AskPage != "":
		ask = f.fill(pt.askPage)
	case pt.Ask != "":
		ask = f.withPage(f.fill(pt.ask))
	default:
		ask = path
		if q := writeQuery(f.ownParams(params)); q != "" {
			ask += "?" + q
		}
	}
	id.URL = join(u, prefix, ask)
	if pt.fragment != nil {
		id.URL += "#" + u.EscapedFragment()
	}
	return id
}

// ownParams returns the parameters that the pattern reads, one of each, without the
// number of a first page.
func (f *found) ownParams(params []Param) []Param {
	var out []Param
	for _, q := range params {
		if !f.pattern.used[q.Name] || q.Name == f.pattern.Pager && f.page < 2 {
			continue
		}
		if l, _ := last(params, q.Name); l == q && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

func (f *found) withPage(ask string) string {
	if f.page < 2 || f.pattern.Pager == "" {
		return ask
	}
	sep := "?"
	if strings.Contains(ask, "?") {
		sep = "&"
	}
	return ask + sep + escape(f.pattern.Pager, false) + "=" + strconv.Itoa(f.page)
}

// plain is the identity of a page that no pattern knows: its path and query in
// normal form.
func plain(u *url.URL, path string, params []Param) Identity {
	if path == "" {
		path = "/"
	}
	if len(params) == 0 {
		return Identity{Key: catalog.Key("url " + path), Type: catalog.Other, URL: join(u, path, "")}
	}
	return Identity{
		Key:  catalog.Key("url " + path + "?" + JoinQuery(params)),
		Type: catalog.Other,
		URL:  join(u, path, "?"+writeQuery(params)),
	}
}

// join writes the address of what stands at path and rest on the host of u: scheme
// and host in lower case, a default port taken off.
func join(u *url.URL, path, rest string) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host + path + rest
}

// isSession says whether a parameter holds a session. Some names are used for
// nothing else; under the others only a value that looks like a random one counts:
// "sid=5" and "sid=winter-sale" may be pages.
func isSession(p Param) bool {
	name := strings.ToLower(p.Name)
	switch name {
	case "phpsessid", "jsessionid", "oscsid", "xtcsid", "ocsessid", "ecsessid", "cfid", "cftoken":
		return true
	case "sid", "s_id", "sess", "session", "session_id", "sessionid", "sessid", "zenid", "ceid":
	default:
		return strings.HasPrefix(name, "aspsessionid")
	}
	if len(p.Value) < 16 {
		return false
	}
	var digit, letter bool
	for i := 0; i < len(p.Value); i++ {
		switch c := p.Value[i]; {
		case '0' <= c && c <= '9':
			digit = true
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			letter = true
		default:
			return false
		}
	}
	return digit && letter
}

func typeOfRule(rule string) catalog.PageType {
	switch rule {
	case RuleAddToCart, RuleCart:
		return catalog.Cart
	case RuleAccount, RuleLogout, RuleWishlist:
		return catalog.Account
	case RuleSearch:
		return catalog.Search
	case RuleFeed:
		return catalog.Feed
	}
	return catalog.Other
}

// fileIdentity types addresses whose ending says that there is no page to read:
// pictures and documents are stored, since links to them have to be redirected too;
// parts of pages are not.
func fileIdentity(id Identity, path string) Identity {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 || dot < strings.LastIndexByte(path, '/') {
		return id
	}
	switch strings.ToLower(path[dot+1:]) {
	case "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "bmp", "ico":
		id.Type, id.Rule, id.Known = catalog.Image, RuleImage, true
		// What stands behind the name is a date against caches or a size.
		id.Key = catalog.Key("url " + path)
		id.URL, _, _ = strings.Cut(id.URL, "?")
	case "pdf", "zip", "doc", "docx", "xls", "xlsx", "csv", "mp4", "mov", "mp3":
		id.Rule, id.Known = RuleFile, true
	case "txt":
		id.Rule = RuleFile // robots.txt and its like
	case "css", "js", "map", "woff", "woff2", "ttf", "eot":
		id.Rule = RuleAsset
	}
	return id
}
