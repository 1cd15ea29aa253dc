package planner

import (
	"slices"

	"replatform/planner/workaround"
)

// Text is a sentence in both languages of the program.
type Text = workaround.Text

// Answer is the answer to a question of fact. Unknown is a legal answer.
type Answer = workaround.Answer

const (
	Yes     = workaround.Yes
	No      = workaround.No
	Unknown = workaround.Unknown
)

// Fact is one statement about a platform with what it rests on.
type Fact struct {
	Value      string `json:"value"`
	Source     string `json:"source,omitempty"` // URL
	Date       string `json:"date,omitempty"`
	Confidence string `json:"confidence"`
}

// SourceFacts are what the decision asks of the platform that is left.
type SourceFacts struct {
	Redirect      Fact // any, own-paths, none, unknown: can it send 301 to another host
	SubdomainMove Fact // yes, no, unknown: can it send 301 from its subdomain to the owner's domain
	Head          Fact // per-page, site-wide, body-only, none, unknown
	Script        Fact // yes, no, unknown
	Body          Fact // yes, no, unknown: can product texts be edited
	Pause         Fact // yes, no, unknown: readable without orders
	After         Fact // readable, closed, unknown: pages after the contract
	Key           Fact // path, query, home-query, fragment: where the product's number stands
}

// DestinationFacts are what the decision asks of the platform that is moved to.
type DestinationFacts struct {
	Redirect Fact // path+query, path, none, unknown
	Limit    int  // rows its redirect feature takes; 0 unknown
	Engine   string
}

// Situation is the case to decide.
type Situation struct {
	Source      SourceFacts
	Destination DestinationFacts
	OwnDomain   Answer // does the shop answer on a domain of its own
	Movable     Answer // can the owner point that domain elsewhere
	EdgeAllowed Answer // may something stand in front of the new shop
	Haste       bool   // a breach: no time for two steps
	Rows        int    // redirects needed
	QueryRows   int    // of these, rows whose key stands in the query
	SameURLs    bool   // every old path exists unchanged in the new shop
}

// Way is a rung of the ladder, by which the pointer reaches the visitor.
type Way string

const (
	WayA  Way = "A"  // same host, same paths
	WayB  Way = "B"  // same host, redirects of the new platform
	WayC  Way = "C"  // same host, an edge in front answers old addresses
	WayB2 Way = "B2" // subdomain to own domain first, then B or C
	WayD  Way = "D"  // 301 on the old side
	WayE  Way = "E"  // instant refresh and canonical in the old templates
	WayF  Way = "F"  // canonical only
	WayG  Way = "G"  // script
	WayH  Way = "H"  // notice and link
	WayI  Way = "I"  // nothing on the old side
)

// Rung is one way with whether it can be reached in this case, and why.
type Rung struct {
	Way       Way    `json:"way"`
	Name      Text   `json:"name"`
	Reachable Answer `json:"reachable"`
	Why       Text   `json:"why"`
	Ask       Text   `json:"ask,omitzero"` // for Unknown: what must be found out, and from whom
	Keeps     Text   `json:"keeps"`        // what search engines are known to do with it
	Facts     []Fact `json:"facts,omitempty"`
}

// Decision is the ladder and the rung that was chosen.
type Decision struct {
	Way      Way    `json:"way"`
	Ladder   []Rung `json:"ladder"`
	Fallback Way    `json:"fallback,omitempty"` // the way that holds if the unknowns of Way turn out badly
}

// Rung returns the chosen rung, or that of any way.
func (d Decision) Rung(w Way) Rung {
	i := slices.IndexFunc(d.Ladder, func(r Rung) bool { return r.Way == w })
	if i < 0 {
		return Rung{Way: w}
	}
	return d.Ladder[i]
}

// Decide walks the ladder from the top and takes the first rung that can be
// reached. A rung that hangs on an unknown is taken too, since finding out is cheap
// and the way above is worth it; Fallback is then the first rung that is certain.
// The order of the rungs follows how soon search engines notice each kind of
// pointer (https://developers.google.com/search/docs/crawling-indexing/301-redirects).
func Decide(s Situation) Decision {
	d := Decision{Ladder: ladder(s)}
	for _, r := range d.Ladder {
		switch {
		case r.Reachable == Yes && d.Way == "":
			d.Way = r.Way
			return d
		case r.Reachable == Unknown && d.Way == "":
			d.Way = r.Way
		case r.Reachable == Yes:
			d.Fallback = r.Way
			return d
		}
	}
	return d
}

func ladder(s Situation) []Rung {
	rungs := []Rung{wayA(s), wayB(s), wayC(s), wayB2(s), wayD(s), wayE(s), wayF(s), wayG(s), wayH(s), wayI()}
	for i := range rungs {
		rungs[i].Name, rungs[i].Keeps = wayNames[rungs[i].Way], wayKeeps[rungs[i].Way]
	}
	return rungs
}

// and is the weaker of two answers: no beats unknown beats yes.
func and(answers ...Answer) Answer {
	out := Yes
	for _, a := range answers {
		switch a {
		case No:
			return No
		case Yes:
		default:
			out = Unknown
		}
	}
	return out
}

func wayA(s Situation) Rung {
	r := Rung{Way: WayA}
	same := No
	if s.SameURLs {
		same = Yes
	}
	r.Reachable = and(s.OwnDomain, s.Movable, same)
	switch {
	case s.OwnDomain == No:
		r.Why = textNoDomain
	case !s.SameURLs:
		r.Why = text("新しいお店ではページの住所（URL）が変わるため", "the new shop has other addresses than the old one")
	case s.Movable == No:
		r.Why = textNotMovable
	case r.Reachable == Unknown:
		r.Why, r.Ask = textMovableUnknown, askMovable
	default:
		r.Why = text("住所も道順も変わらないため、転送は要りません", "host and paths stay the same: nothing has to be redirected")
	}
	return r
}

func wayB(s Situation) Rung {
	r := Rung{Way: WayB, Facts: []Fact{s.Destination.Redirect}}
	fits := Unknown
	switch s.Destination.Redirect.Value {
	case "path+query":
		fits = Yes
	case "path":
		fits = Yes
		if s.QueryRows > 0 {
			fits = No
		}
	case "none":
		fits = No
	}
	tooMany := s.Destination.Limit > 0 && s.Rows > s.Destination.Limit
	if tooMany {
		fits = No
	}
	r.Reachable = and(s.OwnDomain, s.Movable, fits)
	switch {
	case s.OwnDomain == No:
		r.Why = textNoDomain
	case s.Movable == No:
		r.Why = textNotMovable
	case s.Destination.Redirect.Value == "none":
		r.Why = text("移転先に転送（リダイレクト）の機能がないため", "the destination has no redirects of its own")
	case tooMany:
		r.Why = text("移転先の転送機能の上限を超えるため", "there are more rows than the destination's redirects take")
	case fits == No:
		r.Why = text("商品の番号がURLの「?」より後ろにあり、移転先の転送機能はそこを見られないため",
			"the product's number stands behind the question mark, which the destination's redirects do not see")

	case fits == Unknown:
		r.Why = text("移転先の転送機能が旧URLの形に対応するか分かっていないため", "it is not known whether the destination's redirects fit the old addresses")
		r.Ask = text("移転先に確認：転送元に「?」以降を含められるか、件数の上限", "ask the destination: may a source hold a query string, and how many rows are allowed")
	case r.Reachable == Unknown:
		r.Why, r.Ask = textMovableUnknown, askMovable
	default:
		r.Why = text("移転先の転送機能が旧URLの形すべてに対応します", "the destination's own redirects fit every old address")
	}
	return r
}

func wayC(s Situation) Rung {
	r := Rung{Way: WayC}
	r.Reachable = and(s.OwnDomain, s.Movable, s.EdgeAllowed)
	switch {
	case s.OwnDomain == No:
		r.Why = textNoDomain
	case s.Movable == No:
		r.Why = textNotMovable
	case s.EdgeAllowed == No:
		r.Why = text("移転先の手前に案内係（CDNやサーバー）を置けないため", "nothing may stand in front of the new shop")
	case r.Reachable == Unknown && s.Movable != Yes:
		r.Why, r.Ask = text(
			"独自ドメインの向き先を変えられれば、手前の案内係がすべての旧URLに正しく答えられます",
			"if the domain can be pointed elsewhere, an edge in front can answer every old address"),

			askMovable
	case r.Reachable == Unknown:
		r.Why = text(
			"移転先の手前に案内係を置けるかが分かれば使えます",
			"usable once it is known that something may stand in front of the new shop")

		r.Ask = text("移転先に確認：独自ドメインの手前に Cloudflare などを置けるか", "ask the destination: may a service such as Cloudflare stand in front of the domain")
	default:
		r.Why = text("独自ドメインの手前に置いた案内係が、旧URLだけに答え、ほかは新しいお店へ通します",
			"an edge in front of the domain answers old addresses and passes everything else to the new shop")

	}
	return r
}

func wayB2(s Situation) Rung {
	r := Rung{Way: WayB2, Facts: []Fact{s.Source.SubdomainMove}}
	switch {
	case s.OwnDomain == Yes:
		r.Reachable, r.Why = No, text("すでに独自ドメインで営業しているため不要です", "the shop already has a domain of its own")
	case s.Haste:
		r.Reachable, r.Why = No, text("二段階の移転は時間がかかるため、急ぐ場合には使えません", "two steps take more time than there is")
	case s.Source.SubdomainMove.Value == string(Yes) || s.Source.SubdomainMove.Value == string(Unknown):
		r.Reachable = Unknown
		r.Why = text("今のカートに「サブドメインから独自ドメインへの転送」があれば、先に独自ドメインへ移ってから引っ越せます",
			"if the old platform redirects its subdomain to an own domain, the shop can move to that domain first")

		r.Ask = text("今のカートに確認・実測：その転送は「?」以降を保つか、ドメインの向き先を変えた後も続くか",
			"measure on the old platform: does that redirect keep the query, and does it outlive the change of DNS")

	default:
		r.Reachable, r.Why = No, text("今のカートに、サブドメインから独自ドメインへの転送がないため", "the old platform does not redirect its subdomain")
	}
	return r
}

func wayD(s Situation) Rung {
	r := Rung{Way: WayD, Facts: []Fact{s.Source.Redirect}}
	switch s.Source.Redirect.Value {
	case "any":
		r.Reachable, r.Why = Yes, text("今のカートからページごとに転送（301）を出せます", "the old platform can send 301 for each page")
	case "own-paths", "none":
		r.Reachable, r.Why = No, text("今のカートは、ほかのお店への転送（301）を出せないため", "the old platform cannot send visitors to another host")
	default:
		r.Reachable, r.Why = Unknown, text("今のカートが転送（301）を出せるか分かっていないため", "it is not known whether the old platform can send 301")
		r.Ask = text("今のカートに文書で確認：ページごとの301を他社のドメインへ出せるか", "ask the old platform in writing: can it send 301 to another host, page by page")
	}
	return r
}

func wayE(s Situation) Rung {
	r := Rung{Way: WayE, Facts: []Fact{s.Source.Head}}
	switch s.Source.Head.Value {
	case "per-page":
		r.Reachable, r.Why = Yes, text("テンプレートの<head>にページごとの案内（即時リフレッシュと正規URL）を書けます", "the templates' head can hold an instant refresh and a canonical link for each page")
	case "site-wide", "body-only", "none":
		r.Reachable, r.Why = No, text("ページごとに<head>を書き換えられないため", "the head cannot be written page by page")
	default:
		r.Reachable, r.Why = Unknown, text("<head>を書き換えられるか分かっていないため", "it is not known whether the head can be edited")
		r.Ask = text("今のカートの管理画面またはサポートで確認：<head>をページごとに編集できるか", "look in the admin or ask support: can the head be edited page by page")
	}
	return r
}

func wayF(s Situation) Rung {
	r := Rung{Way: WayF, Facts: []Fact{s.Source.Head}, Reachable: No}
	if s.Source.Head.Value == "per-page" {
		r.Reachable = Yes
		r.Why = text("規約で即時リフレッシュが禁じられている場合は、正規URLだけを書けます", "where the terms forbid the refresh, the canonical link alone can be set")
		return r
	}
	r.Why = text("ページごとに<head>を書き換えられないため", "the head cannot be written page by page")
	return r
}

func wayG(s Situation) Rung {
	r := Rung{Way: WayG, Facts: []Fact{s.Source.Script}}
	switch s.Source.Script.Value {
	case string(Yes):
		r.Reachable, r.Why = Yes, text("テンプレートにスクリプトを置けるため、ページごとに新しい商品ページへ送れます", "templates can hold a script, which sends each page to its counterpart")
	case string(No):
		r.Reachable, r.Why = No, text("スクリプトを置けないため", "no script can be placed")
	default:
		r.Reachable, r.Why = Unknown, text("スクリプトを置けるか分かっていないため", "it is not known whether scripts can be placed")
		r.Ask = text("今のカートに確認：テンプレートや「追加スクリプト」欄にJavaScriptを置けるか", "ask the old platform: can JavaScript be placed in templates or a script box")
	}
	return r
}

func wayH(s Situation) Rung {
	r := Rung{Way: WayH, Facts: []Fact{s.Source.Body}}
	switch s.Source.Body.Value {
	case string(Yes):
		r.Reachable, r.Why = Yes, text("商品説明に、新しい商品ページへのリンクを載せられます", "product texts can carry a link to the new product")
	case string(No):
		r.Reachable, r.Why = No, text("商品説明を書き換えられない、または外部リンクが禁じられているため", "product texts cannot be edited, or links outward are forbidden")
	default:
		r.Reachable, r.Why = Unknown, text("商品説明に外部リンクを載せてよいか分かっていないため", "it is not known whether product texts may link outward")
		r.Ask = text("今のカートの規約で確認：商品説明に他店へのリンクを載せてよいか", "check the terms: may product texts link to another shop")
	}
	return r
}

func wayI() Rung {
	return Rung{Way: WayI, Reachable: Yes, Why: text(
		"旧店の中では何もできないため、外側（リンク元・広告・メール・地図）を直します",
		"nothing can be done inside the old shop: mend what lies outside it (linking sites, ads, mail, map listing)")}
}

// text is a sentence in both languages, the Japanese first.
func text(ja, en string) Text { return Text{JA: ja, EN: en} }
