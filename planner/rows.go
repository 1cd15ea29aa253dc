package planner

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// Actions of a row of the redirect map.
const (
	ActionRedirect = "redirect" // to a page of the new shop
	ActionKeep     = "keep"     // the same address goes on
	ActionGone     = "gone"     // 410, or 404 where the engine has no 410
	ActionIgnore   = "ignore"   // never redirected
	ActionAsk      = "ask"      // a person decides
)

// treatment is what happens to one old page.
type treatment struct {
	action string
	status int
	newKey catalog.Key
	newURL string
	match  inventory.Match
	reason Text
}

// Reasons for rows that need no match. The defaults by page type and what must
// never be redirected are those of Google's move guide and of practice
// (https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes).
var (
	reasonHome     = text("トップページは新しいトップページへ", "the home page goes to the new home page")
	reasonHomeOwn  = text("独自ドメインのトップページは新しいお店がそのまま表示します", "on its own domain the home page is served by the new shop")
	reasonHomeStay = text("住所が独自ドメインなら、トップページは新しいお店がそのまま表示します", "if the address is the shop's own domain, its home page is served by the new shop")
	reasonStays    = text("新しいお店でも住所（URL）は変わりません", "the page has the same address in the new shop")
	reasonStaysIf  = text("ドメインを新しいお店に移せれば、住所（URL）は変わりません", "the page keeps its address if the domain can be moved to the new shop")
	reasonSearch   = text("検索結果ページは転送しません", "search results are not redirected")
	reasonCart     = text("カート・注文のページは転送しません（送信が壊れるため）", "cart and checkout are not redirected: a 301 breaks forms that are sent to them")
	reasonAccount  = text("ログイン・会員ページは転送せず、新しいログイン先をお知らせします", "login and account pages are not redirected; customers are told the new address")
	reasonFeed     = text("フィード・サイトマップは新しいファイルに替わります", "feeds and sitemaps are replaced by new files")
	reasonImage    = text("画像の移転先が分からないため確認が必要です", "where the image will be is not known: to be checked")
	reasonDead     = text("旧店ですでに表示できないページです", "this page was gone in the old shop already")
	reasonRescue   = text("旧店ではもう表示されませんが、検索からのクリックや訪問、他サイトからのリンクが残っています。移転先を選んでください", "gone in the old shop, but it still has clicks, visits or links from other sites: choose where it leads")
	reasonNoMatch  = text("新しいお店に対応するページが見つかりません", "no counterpart was found in the new shop")
	reasonReview   = text("候補はありますが確かではないため、人の確認が必要です", "there is a candidate, but not a certain one: a person has to look")
	reasonWrong    = text("抜き取り確認でこの組は誤りとされました。移転先を選んでください", "a checked sample found this pair wrong: choose where the page leads")
	reasonUnasked  = text("巡回がまだこのページまで進んでいません。巡回を続けるか、移転先を選んでください", "the crawl has not come to this page yet: go on with it, or choose where the page leads")
	reasonSilent   = text("旧店からこのページを読めませんでした。移転先を選んでください", "the old shop gave no answer that could be read: choose where the page leads")
	reasonUnpaired = text("対応付けのあとで見つかったページです。もう一度、対応付けをしてください", "found after the shops were matched: match them again")
	reasonSkipped  = text("巡回していないページです", "this page was not asked during the crawl")
	reasonGone     = text("廃番とすることをお店が決めました", "the shop decided that this page is gone")
	reasonPicked   = text("移転先はお店が選びました", "the shop chose where this page leads")
	reasonIgnored  = text("転送しないことをお店が決めました", "the shop decided not to redirect this page")
	reasonMoved    = text("旧店がすでに別のページへ送っています", "the old shop already sends this page elsewhere")
)

// isGone says whether a page of the old shop is gone already.
func isGone(page inventory.Page) bool {
	return page.Status == http.StatusNotFound || page.Status == http.StatusGone
}

// GoneBefore says that a row leaves its page alone because the old shop itself had no
// such page any more.
func GoneBefore(r inventory.PlanRow) bool {
	return r.Action == ActionIgnore && r.Reason == reasonDead.EN
}

// Visited says whether files tell that people still come to an address, or that other
// sites lead there: such a page is rescued even when it is gone in the old shop, since
// nobody else will answer for it
// (https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes).
func Visited(w inventory.Worth) bool {
	return w.Clicks > 0 || w.Sessions > 0 || w.Revenue > 0 || w.LinkingSites > 0
}

// treat decides what happens to page: what a person decided or, where nobody has, what
// its type, its state and its pair say. hostKept says that the old host will be answered
// by the new shop or something in front of it; rescued that the page is gone but still
// worth a target, see Visited.
func treat(page inventory.Page, m inventory.Match, hasMatch, hostKept, rescued bool, newHome string, urlOf func(catalog.Key) string) treatment {
	if t, ok := decided(m, urlOf); ok {
		return t
	}
	switch page.Type {
	case catalog.Home:
		if hostKept {
			return treatment{action: ActionKeep, newURL: newHome, reason: reasonHomeOwn}
		}
		return treatment{action: ActionRedirect, status: http.StatusMovedPermanently, newURL: newHome, reason: reasonHome}
	case catalog.Search:
		return treatment{action: ActionIgnore, reason: reasonSearch}
	case catalog.Cart:
		return treatment{action: ActionIgnore, reason: reasonCart}
	case catalog.Account:
		return treatment{action: ActionIgnore, reason: reasonAccount}
	case catalog.Feed:
		return treatment{action: ActionIgnore, reason: reasonFeed}
	case catalog.Image:
		return treatment{action: ActionAsk, reason: reasonImage}
	}
	switch {
	case isGone(page) && !rescued:
		return treatment{action: ActionIgnore, reason: reasonDead}
	case m.Decision == inventory.Reject:
		return treatment{action: ActionAsk, match: m, reason: reasonNoMatch}
	case isGone(page) && (!hasMatch || m.New == "" || m.NeedsReview):
		return treatment{action: ActionAsk, newKey: m.New, newURL: urlOf(m.New), match: m, reason: reasonRescue}
	case page.State == inventory.Skipped && !hasMatch:
		return treatment{action: ActionAsk, reason: reasonSkipped}
	case page.Status >= 300 && page.Status < 400 && !hasMatch:
		return treatment{action: ActionIgnore, reason: reasonMoved}
	case page.State == inventory.Queued && !hasMatch:
		return treatment{action: ActionAsk, reason: reasonUnasked}
	case (page.State == inventory.Failed || page.Status >= 400) && !hasMatch:
		return treatment{action: ActionAsk, reason: reasonSilent}
	case !hasMatch: // that nothing was found does not follow from not having looked
		return treatment{action: ActionAsk, reason: reasonUnpaired}
	case m.New == "":
		if m.NeedsReview || page.Type != catalog.ProductP {
			return treatment{action: ActionAsk, match: m, reason: reasonNoMatch}
		}
		return treatment{action: ActionGone, status: http.StatusGone, match: m, reason: reasonNoMatch}
	case m.FoundWrong:
		return treatment{action: ActionAsk, match: m, reason: reasonWrong}
	case m.NeedsReview:
		return treatment{action: ActionAsk, newKey: m.New, newURL: urlOf(m.New), match: m, reason: reasonReview}
	}
	return redirected(m, m.New, text(m.ReasonJA, m.Reason), urlOf)
}

// ReasonOf says why a pair is proposed or, where a checked sample found it wrong and
// nobody has decided since, that it is wrong.
func ReasonOf(m inventory.Match) Text {
	if m.FoundWrong && m.Decision == "" {
		return reasonWrong
	}
	if m.ReasonJA == "" {
		return text(m.Reason, m.Reason)
	}
	return text(m.ReasonJA, m.Reason)
}

// decided is what a person's word makes of a page, whatever its type and state are; false
// where there is none, or one that only says where the page does not lead.
func decided(m inventory.Match, urlOf func(catalog.Key) string) (treatment, bool) {
	why := text(m.ReasonJA, m.Reason)
	switch m.Decision {
	case inventory.Accept:
		if why.EN == "" {
			why = reasonPicked
		}
		return redirected(m, m.New, why, urlOf), true
	case inventory.Pick:
		if why.EN == "" || m.DecidedNew != m.Proposed { // the reason is that of the proposal
			why = reasonPicked
		}
		return redirected(m, m.DecidedNew, why, urlOf), true
	case inventory.Gone:
		return treatment{action: ActionGone, status: http.StatusGone, match: m, reason: reasonGone}, true
	case inventory.Ignore:
		return treatment{action: ActionIgnore, match: m, reason: reasonIgnored}, true
	}
	return treatment{}, false
}

// redirected leads a page to a page of the new shop; a person is asked where the new shop
// no longer has that.
func redirected(m inventory.Match, to catalog.Key, why Text, urlOf func(catalog.Key) string) treatment {
	t := treatment{action: ActionRedirect, status: http.StatusMovedPermanently, newKey: to, newURL: urlOf(to), match: m, reason: why}
	if t.newURL == "" {
		return treatment{action: ActionAsk, match: m, reason: reasonReview}
	}
	return t
}

// sourceSpellings lists the addresses of page for which a redirect is needed: one
// for each different path and query on the shop's hosts, the canonical one first.
// Scheme and "www." make no difference, since an engine answers all of these hosts.
func sourceSpellings(page inventory.Page) []string {
	seen := map[string]bool{}
	var out []string
	add := func(raw string) {
		u, err := url.Parse(raw)
		if err != nil {
			return
		}
		id := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + pathQuery(u)
		if !seen[id] {
			seen[id] = true
			out = append(out, raw)
		}
	}
	add(page.URL)
	rest := slices.Clone(page.Spellings)
	slices.Sort(rest)
	for _, s := range rest {
		add(s)
	}
	return out
}

// stays says whether an old address is the very address of its new page; scheme and
// "www." make no difference, as in sourceSpellings.
func stays(oldURL, newURL string) bool {
	old, err1 := url.Parse(oldURL)
	fresh, err2 := url.Parse(newURL)
	return err1 == nil && err2 == nil && pathQuery(old) == pathQuery(fresh) &&
		strings.TrimPrefix(strings.ToLower(old.Host), "www.") == strings.TrimPrefix(strings.ToLower(fresh.Host), "www.")
}

// pathQuery is the request target of an address, as sent.
func pathQuery(u *url.URL) string {
	p := u.EscapedPath()
	if p == "" {
		p = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		p += "?" + u.RawQuery
	}
	return p
}

// Rebase moves an address of the new shop to the host it will have after the move;
// an empty base leaves it alone. base is absolute, its path is ignored.
func Rebase(raw, base string) (string, error) {
	if base == "" {
		return raw, nil
	}
	b, err := url.Parse(base)
	if err != nil || b.Host == "" {
		return "", fmt.Errorf("the new shop's address %q is not absolute", base)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("reading %q: %w", raw, err)
	}
	u.Scheme, u.Host = b.Scheme, b.Host
	return u.String(), nil
}

// unread are findings about old pages that no crawl has read: those that it has still to
// come to, or, of a shop that no longer answers, those that files name.
func unread(shop inventory.Shop, counts inventory.Counts) []inventory.Finding {
	n := counts.ByState[inventory.Queued]
	switch {
	case n == 0:
		return nil
	case shop.Source == inventory.FromFiles:
		return []inventory.Finding{{Side: catalog.Old, Code: "shop-closed", Count: n}}
	}
	return []inventory.Finding{{Side: catalog.Old, Code: "not-read", Count: n}}
}
