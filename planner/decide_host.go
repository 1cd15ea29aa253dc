package planner

// The ways that keep the old host: the owner's domain comes along.

// hostQuestions answers for A, B and C what they have in common: whether the old
// host can be taken along at all. done says that the rung is settled by it.
func hostQuestions(s Situation, r *Rung) (done bool) {
	switch {
	case s.Source.Mall:
		r.Reachable, r.Why = No, textMallAddress
	case s.OwnDomain == No:
		r.Reachable, r.Why = No, textNoDomain
	case s.OwnDomain == Yes && s.Movable == No:
		r.Reachable, r.Why = No, textNotMovable
		r.Facts = append(r.Facts, s.Source.Movable)
	case s.inFragment():
		r.Reachable, r.Why = No, textFragment
		r.Facts = append(r.Facts, s.Source.Key)
	default:
		return false
	}
	return true
}

// hostUnknown words a rung that would be open but for what is not known of the
// domain. It says whether that is the case.
func hostUnknown(s Situation, r *Rung) bool {
	switch {
	case s.OwnDomain == Unknown:
		r.Why, r.Ask = textDomainUnknown, askDomain
	case s.Movable != Yes:
		r.Why, r.Ask = textMovableUnknown, askMovable
		if s.Source.Movable.Value != "" && s.Source.Movable.Value != string(Unknown) {
			r.Facts = append(r.Facts, s.Source.Movable)
		}
	default:
		return false
	}
	r.Reachable = Unknown
	return true
}

// newOwnDomain answers for A and B whether the new shop can stand on the domain.
func newOwnDomain(s Situation, r *Rung) (done bool) {
	if s.Destination.OwnDomain.Value != string(No) {
		return false
	}
	r.Reachable, r.Why = No, text("移転先のお店には独自ドメインを付けられないため", "the new shop cannot stand on a domain of its own")
	r.Facts = append(r.Facts, s.Destination.OwnDomain)
	return true
}

func wayA(s Situation) Rung {
	r := Rung{Way: WayA}
	if hostQuestions(s, &r) || newOwnDomain(s, &r) {
		return r
	}
	keep := s.Destination.KeepPaths
	switch {
	case s.SameURLs == No:
		r.Reachable, r.Why = No, text("新しいお店ではページの住所（URL）が変わるため", "the new shop has other addresses than the old one")
		if keep.Value == string(Yes) && s.inQuery() == No {
			r.Facts = append(r.Facts, keep)
			r.Why = text("新しいお店ではページの住所（URL）が変わるため。移転先は商品のパスを自由に決められるので、公開前に旧店と同じパスにすればこの方法が使えます",
				"the new shop has other addresses than the old one; the destination lets the owner choose a product's path, so this way opens if the old paths are set before the new shop opens")
		}
	case s.SameURLs == Unknown && !s.SameFamily && s.inQuery() == Yes:
		r.Reachable, r.Why = No, text("旧URLは「?」の後ろに商品の番号があり、移転先ではその形にできないため", "old addresses hold the product's number behind the question mark, a form that the destination does not have")
		r.Facts = append(r.Facts, s.Source.Key)
	case s.SameURLs == Unknown && !s.SameFamily && keep.Value == string(No):
		r.Reachable, r.Why = No, text("移転先では商品のパスを自由に決められないため", "the destination does not let the owner choose the whole path of a product")
		r.Facts = append(r.Facts, keep)
	case hostUnknown(s, &r):
	case s.SameURLs == Yes:
		r.Reachable, r.Why = Yes, text("住所も道順も変わらないため、転送は要りません", "host and paths stay the same: nothing has to be redirected")
	case s.SameFamily:
		r.Reachable = Unknown
		r.Why = text("同じ仕組みのお店どうしなので、商品番号を引き継げば住所は変わりません", "both shops build their addresses the same way: they stay the same if products keep their numbers")
		r.Ask = text("新しいお店を作る人に確認：商品の番号（ID）を変えずに取り込めるか", "ask whoever builds the new shop: can the products be imported with their old numbers")
	case keep.Value == string(Yes):
		r.Reachable = Unknown
		r.Why = text("移転先は商品のパスを自由に決められるので、旧店と同じパスにすれば転送は要りません", "the destination lets the owner choose a product's path: with the old paths nothing has to be redirected")
		r.Ask = text("新しいお店を作る人に確認：すべての商品・カテゴリに旧店と同じパスを設定できるか", "ask whoever builds the new shop: can every product and category be given its old path")
		r.Facts = append(r.Facts, keep)
	default:
		r.Reachable = Unknown
		r.Why = text("移転先で商品のパスを旧店と同じにできるか分かっていません", "it is not known whether the destination lets a product have its old path")
		r.Ask = text("移転先に確認：商品ページのパス全体を自由に決められるか", "ask the destination: can the whole path of a product page be chosen")
		r.Facts = append(r.Facts, keep)
	}
	return r
}

func wayB(s Situation) Rung {
	d := s.Destination
	r := Rung{Way: WayB, Facts: []Fact{d.Redirect}}
	if d.Limit > 0 {
		r.Facts = append(r.Facts, d.LimitFact)
	}
	if hostQuestions(s, &r) || newOwnDomain(s, &r) {
		return r
	}
	switch {
	case d.Redirect.Value == "none":
		r.Reachable, r.Why = No, text("移転先に、旧URLを受けて転送する機能がないため", "the destination has no redirects of its own")
	case d.Limit > 0 && s.Rows > d.Limit:
		r.Reachable, r.Why = No, text("移転先の転送機能の上限を超えるため", "there are more rows than the destination's redirects take")
	case d.Redirect.Value == "path" && s.inQuery() == Yes:
		r.Reachable = No
		r.Why = text("商品の番号がURLの「?」より後ろにあり、移転先の転送機能はそこを見られないため",
			"the product's number stands behind the question mark, which the destination's redirects do not see")
		r.Facts = append(r.Facts, s.Source.Key)
	case s.reserved() && d.Redirect.Value != "unknown":
		r.Reachable = No
		r.Why = text("旧URLの先頭部分は移転先が自分のために使うもので、そこには転送を設定できないため",
			"old paths begin with a part that the destination keeps for itself and does not redirect")
	case d.Redirect.Value == "path" && s.inQuery() == Unknown:
		r.Reachable, r.Why = Unknown, text("旧URLの「?」の後ろに商品の番号があるか分かっていないため", "it is not known whether old addresses hold the product's number behind the question mark")
		r.Ask = text("旧店を巡回すれば分かります：replatform crawl 旧店のURL", "a crawl of the old shop tells: replatform crawl OLD-SHOP")
		r.Probe = "replatform crawl OLD-SHOP"
		r.Facts = append(r.Facts, s.Source.Key)
	case d.Redirect.Value != "path" && d.Redirect.Value != "path+query":
		r.Reachable, r.Why = Unknown, text("移転先の転送機能が旧URLの形に対応するか分かっていないため", "it is not known whether the destination's redirects fit the old addresses")
		r.Ask = text("移転先に確認：旧URLの転送機能があるか、転送元に「?」以降を含められるか、件数の上限",
			"ask the destination: are there redirects for old addresses, may a source hold a query string, and how many rows are allowed")
	case hostUnknown(s, &r):
	case d.OwnDomain.Value != string(Yes) && d.OwnDomain.Value != "":
		r.Reachable, r.Why = Unknown, text("移転先のお店に独自ドメインを付けられるか分かっていないため", "it is not known whether the new shop can stand on a domain of its own")
		r.Ask = text("移転先に確認：手持ちの独自ドメインを使えるか", "ask the destination: can the shop's own domain be used")
		r.Facts = append(r.Facts, d.OwnDomain)
	default:
		r.Reachable, r.Why = Yes, text("移転先の転送機能が旧URLの形すべてに対応します", "the destination's own redirects fit every old address")
	}
	return r
}

// wayC does not hang on EdgeAllowed: where nothing may stand in front of the new
// shop, or it cannot take the domain, the new shop has another name and the edge
// answers for the old one alone.
func wayC(s Situation) Rung {
	r := Rung{Way: WayC}
	if hostQuestions(s, &r) {
		return r
	}
	if hostUnknown(s, &r) {
		if s.OwnDomain == Yes {
			r.Why = text("独自ドメインの向き先を変えられれば、手前の案内係がすべての旧URLに正しく答えられます",
				"if the domain can be pointed elsewhere, an edge in front can answer every old address")
		}
		return r
	}
	r.Reachable = Yes
	switch {
	case s.Destination.OwnDomain.Value == string(No):
		r.Why = text("独自ドメインを案内係（CDNやサーバー）に向け、旧URLごとに新しいお店へ301を返せます",
			"the own domain is pointed to an edge that answers every old address with a 301 to the new shop")
		r.Facts = append(r.Facts, s.Destination.OwnDomain)
	case s.EdgeAllowed == No:
		r.Why = text("新しいお店には別の名前（例：shop.）を付け、今までの名前を案内係に向けて301を返せます",
			"the new shop takes another name (for example shop.) and the old name is pointed to an edge that sends the 301")
	case s.EdgeAllowed == Yes:
		r.Why = text("独自ドメインの手前に置いた案内係が、旧URLだけに答え、ほかは新しいお店へ通します",
			"an edge in front of the domain answers old addresses and passes everything else to the new shop")
	default:
		r.Why = text("独自ドメインの手前の案内係が旧URLに答えます。移転先が手前に何も置けない場合は、新しいお店に別の名前を付けます",
			"an edge in front of the domain answers old addresses; if the destination allows nothing in front of it, the new shop takes another name")
	}
	return r
}

func wayB2(s Situation) Rung {
	r := Rung{Way: WayB2, Facts: []Fact{s.Source.SubdomainMove}}
	move := s.Source.SubdomainMove.Value
	switch {
	case s.Source.Mall:
		r.Reachable, r.Why = No, textMallAddress
	case s.OwnDomain == Yes:
		r.Reachable, r.Why = No, text("すでに独自ドメインで営業しているため不要です", "the shop already has a domain of its own")
	case s.Source.Redirect.Value == "any":
		r.Reachable, r.Why = No, text("旧店から直接301を出せるため、二段階にする必要がありません", "the old side can send 301 directly, so two steps gain nothing")
		r.Facts = []Fact{s.Source.Redirect}
	case s.inFragment():
		r.Reachable, r.Why = No, textFragment
		r.Facts = append(r.Facts, s.Source.Key)
	case s.Haste:
		r.Reachable, r.Why = No, text("二段階の移転は時間がかかるため、急ぐ場合には使えません", "two steps take more time than there is")
	case move != string(Yes) && move != string(Unknown):
		r.Reachable, r.Why = No, text("今のカートに、サブドメインから独自ドメインへの転送がないため", "the old platform does not redirect its subdomain")
	case s.Subdomain == "home" || s.Subdomain == "path" && s.inQuery() == Yes:
		r.Reachable, r.Why = No, text("サブドメインからの転送が商品を示す部分を落とすことを実測したため、商品ごとには届きません",
			"measured: the subdomain's redirect drops the part of the address that names the product, so products are not reached")
	case s.SubdomainTemporary:
		r.Reachable, r.Why = No, text("サブドメインからの転送が一時的なもの（302など）であることを実測したため、検索エンジンは移転とみなしません",
			"measured: the subdomain sends a temporary redirect, which search engines do not take as a move")
	case move == string(Yes):
		r.Reachable = Unknown
		r.Why = text("今のカートには「サブドメインから独自ドメインへの転送」があり、先に独自ドメインへ移ってから引っ越せます",
			"the old platform redirects its subdomain to an own domain, so the shop can move to that domain first")
		r.Ask, r.Probe = askSubdomainMove, probeSubdomain
		if s.Subdomain == "path+query" || s.Subdomain == "path" && s.inQuery() == No {
			r.Ask = text("今のカートに文書で確認：その転送は、ドメインの向き先を変えた後も続くか", "ask the old platform in writing: does that redirect go on once the domain points elsewhere")
			r.Probe = ""
		}
	default:
		r.Reachable = Unknown
		r.Why = text("今のカートに「サブドメインから独自ドメインへの転送」があれば、先に独自ドメインへ移ってから引っ越せます",
			"if the old platform redirects its subdomain to an own domain, the shop can move to that domain first")
		r.Ask, r.Probe = askSubdomainMove, probeSubdomain
	}
	return r
}
