package planner

// The ways that live on the old side: the host changes and the old pages point on,
// for as long as they are served.

// onOldSide adds to a rung of the old side what all of them hang on: that the terms
// allow a pointer to another shop, and that the pages are served after the move.
func onOldSide(s Situation, r Rung) Rung {
	if r.Reachable == No {
		return r
	}
	switch {
	case s.Source.Links.Value == string(No):
		r.Reachable, r.Ask = No, Text{}
		r.Why = text("旧店の規約が、ほかのお店への誘導を禁じているため", "the terms of the old platform forbid to lead visitors to another shop")
		r.Facts = append(r.Facts, s.Source.Links)
		return r
	case s.Source.Mall && s.Source.Links.Value != string(Yes):
		r.Reachable = Unknown
		r.Why = text("旧店のモールの規約が、ほかのお店への誘導を認めるか分かっていないため", "it is not known whether the marketplace's terms allow to lead visitors to another shop")
		r.Ask = text("モールの規約で確認：商品ページからほかのお店へリンクしてよいか", "check the marketplace's terms: may product pages link to another shop")
		r.Facts = append(r.Facts, s.Source.Links)
	}
	if s.ContractEnd.IsZero() || s.Cutover.IsZero() || s.ContractEnd.After(s.Cutover) {
		return r
	}
	switch s.Source.After.Value {
	case "readable":
	case "closed":
		r.Reachable, r.Ask = No, Text{}
		r.Why = text("旧契約が移転の日までに終わり、その後はページが表示されないため", "the old contract ends by the day of the move, and its pages with it")
		r.Facts = append(r.Facts, s.Source.After)
	default:
		r.Reachable = Unknown
		r.Why = text("旧契約が移転の日までに終わり、その後もページが表示されるか分かっていないため", "the old contract ends by the day of the move, and it is not known whether its pages stay")
		r.Ask = text("今のカートに文書で確認：解約した後、ページはいつまで表示されるか（または契約を延ばす）", "ask the old platform in writing how long pages stay after the contract, or extend it")
		r.Facts = append(r.Facts, s.Source.After)
	}
	return r
}

func wayD(s Situation) Rung {
	r := Rung{Way: WayD, Facts: []Fact{s.Source.Redirect}}
	switch {
	case s.inFragment():
		r.Reachable, r.Why = No, textFragment
		r.Facts = append(r.Facts, s.Source.Key)
	case s.Source.Redirect.Value == "any" && s.Source.SelfHosted:
		r.Reachable, r.Why = Yes, text("旧店のサーバーを動かし続けるかぎり、ページごとに転送（301）を出せます", "the old server can send 301 for each page for as long as it is kept running")
	case s.Source.Redirect.Value == "any":
		r.Reachable, r.Why = Yes, text("今のカートからページごとに転送（301）を出せます", "the old platform can send 301 for each page")
	case s.Source.Redirect.Value == "own-paths" && s.Source.SelfHosted:
		r.Reachable, r.Why = Unknown, text("お店のソフトの転送は同じお店の中だけですが、自社のサーバーなのでWebサーバーから301を出せるかもしれません",
			"the software redirects within the same shop only, but it stands on the owner's server, whose web server may send 301")
		r.Ask = text("サーバーの管理者に確認：Webサーバー（nginx、Apache、IIS）の設定で、ページごとに他のドメインへ301を出せるか",
			"ask whoever runs the server: can the web server (nginx, Apache, IIS) send 301 to another host, page by page")
	case s.Source.Redirect.Value == "own-paths":
		r.Reachable, r.Why = No, text("今のカートの転送は同じお店の中だけで、ほかのお店へは出せないため", "the old platform redirects within the same shop only, not to another host")
	case s.Source.Redirect.Value == "none":
		r.Reachable, r.Why = No, text("今のカートは、ほかのお店への転送（301）を出せないため", "the old platform cannot send visitors to another host")
	default:
		r.Reachable, r.Why = Unknown, text("今のカートが転送（301）を出せるか分かっていないため", "it is not known whether the old platform can send 301")
		r.Ask = text("今のカートに文書で確認：ページごとの301を他社のドメインへ出せるか", "ask the old platform in writing: can it send 301 to another host, page by page")
	}
	return r
}

// head answers for E and F whether the head can be written page by page.
func head(s Situation, r *Rung, yes Text) {
	r.Facts = []Fact{s.Source.Head}
	switch {
	case s.inFragment():
		r.Reachable, r.Why = No, text("商品の違いが「#」の後ろにしかなく、どの商品でも同じページが返るため", "products differ only behind the #: the same page is sent for all of them")
		r.Facts = append(r.Facts, s.Source.Key)
	case s.Source.Head.Value == "per-page":
		r.Reachable, r.Why = Yes, yes
	case s.Source.Head.Value == "body-only":
		r.Reachable, r.Why = No, text("編集できるのは<body>の中だけで、<head>には書けないため", "only the body can be written, not the head")
	case s.Source.Head.Value == "site-wide":
		r.Reachable, r.Why = No, text("<head>に書けるのは全ページ共通の内容だけのため", "the head takes one text for all pages, not one for each")
	case s.Source.Head.Value == "none":
		r.Reachable, r.Why = No, text("<head>を書き換えられないため", "the head cannot be written")
	default:
		r.Reachable, r.Why = Unknown, text("<head>を書き換えられるか分かっていないため", "it is not known whether the head can be edited")
		r.Ask = text("今のカートの管理画面またはサポートで確認：<head>をページごとに編集できるか", "look in the admin or ask support: can the head be edited page by page")
	}
}

func wayE(s Situation) Rung {
	r := Rung{Way: WayE}
	if s.NoForward {
		r.Reachable, r.Why = No, textNoForward
		return r
	}
	head(s, &r, text("テンプレートの<head>にページごとの案内（即時リフレッシュと正規URL）を書けます", "the templates' head can hold an instant refresh and a canonical link for each page"))
	return r
}

func wayF(s Situation) Rung {
	r := Rung{Way: WayF}
	head(s, &r, text("規約で即時リフレッシュが禁じられている場合は、正規URLだけを書けます", "where the terms forbid the refresh, the canonical link alone can be set"))
	return r
}

// wayG is open on the old side where scripts can be placed. For addresses that
// differ behind "#" it is open on the new side too: the page that then stands at the
// old address can read what no server sees.
func wayG(s Situation) Rung {
	r := Rung{Way: WayG, Facts: []Fact{s.Source.Script}}
	if s.NoForward && !s.inFragment() {
		r.Reachable, r.Why, r.Facts = No, textNoForward, nil
		return r
	}
	switch s.Source.Script.Value {
	case string(Yes):
		r.Reachable, r.Why = Yes, text("テンプレートにスクリプトを置けるため、ページごとに新しい商品ページへ送れます", "templates can hold a script, which sends each page to its counterpart")
	case string(No):
		r.Reachable, r.Why = No, text("スクリプトを置けないため", "no script can be placed")
	default:
		r.Reachable, r.Why = Unknown, text("スクリプトを置けるか分かっていないため", "it is not known whether scripts can be placed")
		r.Ask = text("今のカートに確認：テンプレートや「追加スクリプト」欄にJavaScriptを置けるか", "ask the old platform: can JavaScript be placed in templates or a script box")
	}
	r = onOldSide(s, r)
	if !s.inFragment() || r.Reachable == Yes || s.OwnDomain == No || s.Movable == No || s.Source.Mall {
		return r
	}
	r.Facts = append(r.Facts, s.Source.Key)
	if and(s.OwnDomain, s.Movable) == Yes {
		r.Reachable, r.Ask, r.Facts = Yes, Text{}, []Fact{s.Source.Key}
		r.Why = text("独自ドメインを移し、旧URLのページに置いたスクリプトが「#」の後ろを読んで新しい商品ページへ送れます",
			"with the domain moved, a script on the page at the old address reads what stands behind the # and sends visitors on")
		return r
	}
	hostUnknown(s, &r)
	return r
}

func wayH(s Situation) Rung {
	r := Rung{Way: WayH, Facts: []Fact{s.Source.Body}}
	switch s.Source.Body.Value {
	case string(Yes):
		r.Reachable, r.Why = Yes, text("商品説明に、新しい商品ページへのリンクを載せられます", "product texts can carry a link to the new product")
	case string(No):
		r.Reachable, r.Why = No, text("商品説明を書き換えられないため", "product texts cannot be edited")
	default:
		r.Reachable, r.Why = Unknown, text("商品説明にリンクを載せられるか分かっていないため", "it is not known whether product texts can carry links")
		r.Ask = text("今のカートの管理画面と規約で確認：商品説明に他店へのリンクを載せられるか", "look in the admin and the terms: can product texts link to another shop")
	}
	return r
}

func wayI(s Situation) Rung {
	r := Rung{Way: WayI, Reachable: Yes, Why: text(
		"旧店の中では何もできないときは、外側（リンク元・広告・メール・地図）を直します",
		"where nothing can be done inside the old shop, what lies outside it is mended: linking sites, ads, mail, map listing")}
	if s.Source.Mall {
		r.Why = text("旧店の中では何もできないため、モールの外側（同梱物・自社のメールとSNS・広告・地図・リンク元）で新しいお店を知らせます。モールから得た顧客情報の利用は規約が許す範囲に限ります",
			"nothing can be done inside the old shop: make the new one known outside the marketplace (leaflets where allowed, own mail list and social accounts, ads, map listing, linking sites), and use customer data from the marketplace only as its terms allow")
	}
	return r
}
