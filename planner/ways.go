package planner

var (
	textNoDomain       = text("独自ドメインではなく、カートのサブドメインで営業しているため", "the shop answers on the platform's subdomain, which cannot be taken along")
	textNotMovable     = text("独自ドメインの向き先を変えられないため", "the domain cannot be pointed elsewhere")
	textMovableUnknown = text("独自ドメインの向き先を自社で変えられるか、まだ分かっていません", "it is not yet known whether the domain can be pointed elsewhere")
	askMovable         = text(
		"ドメインの管理会社に確認：登録者は自社か、ネームサーバーを変えられるか、移管コードを受け取れるか",
		"ask the registrar: is the shop the registrant, can the name servers be changed, can the transfer code be had")

	textDomainUnknown = text("お店が独自ドメインで営業しているか、まだ分かっていません", "it is not yet known whether the shop answers on a domain of its own")
	askDomain         = text(
		"お店のURLを見れば分かります：カートの名前が入ったホスト名（例：○○.カート名.jp）なら独自ドメインではありません",
		"the shop's address tells: a host name that ends in the platform's own name is no domain of the shop")
	textMallAddress = text("住所（URL）がモールのもので、持って行けないため", "the address belongs to the marketplace and cannot be taken along")
	textNoForward   = text("今のカートの規約が、訪問者を自動でほかのお店へ移すことを禁じているとのお答えのため", "you said that the terms of the old platform forbid to move visitors on by themselves")
	textFragment    = text("商品の番号が「#」の後ろにあり、サーバーにも案内係にも届かないため", "the product's number stands behind the #, which never reaches a server or an edge")

	askSubdomainMove = text(
		"実測と確認：独自ドメインを付けたお店（同じカートのほかのお店でもよい）で、その転送がパスと「?」以降を保つかを測り、ドメインの向き先を変えた後も続くかを今のカートに文書で聞く",
		"measure on a shop of the same platform that has its own domain whether that redirect keeps path and query, and ask the platform in writing whether it outlives the change of DNS")
)

// probeSubdomain is the command that measures what a subdomain's redirect keeps.
const probeSubdomain = "replatform platforms probe --subdomain SUBDOMAIN-ADDRESS OWN-DOMAIN-SHOP"

// wayNames and wayKeeps are the words of the ladder. What search engines do is from
// Google's pages on redirects (2026-04-14), site moves and canonical links
// (2026-07-08); that no study of moves without 301 was found is said as such.
var wayNames = map[Way]Text{
	WayA:  text("住所も道順も同じ", "same host, same paths"),
	WayB:  text("同じ住所、新しい道順（移転先の転送機能）", "same host, redirects of the new platform"),
	WayC:  text("手前に案内係（CDN・サーバーで301）", "edge in front, 301 there"),
	WayB2: text("二段階（先に独自ドメインへ）", "two steps: own domain first"),
	WayD:  text("旧店から301", "301 on the old side"),
	WayE:  text("即時の案内板（リフレッシュ＋正規URL）", "instant refresh and canonical"),
	WayF:  text("正規URLのみ", "canonical only"),
	WayG:  text("スクリプトで転送", "script"),
	WayH:  text("貼り紙とリンク", "notice and link"),
	WayI:  text("旧店では手段なし", "nothing on the old side"),
}

var wayKeeps = map[Way]Text{
	WayA: text("検索エンジンから見て何も変わりません。", "Nothing changes for search engines."),
	WayB: text("Googleは301を恒久的な移転と認め、評価を引き継ぎます（Google、2026年4月14日の文書）。", "Google takes a 301 as a permanent move, over which a page's standing is not lost (Google, 14 April 2026)."),
	WayC: text("Googleは301を恒久的な移転と認め、評価を引き継ぎます（Google、2026年4月14日の文書）。", "Google takes a 301 as a permanent move, over which a page's standing is not lost (Google, 14 April 2026)."),
	WayB2: text("独自ドメインへの301が、ドメインの向き先を変えた後も続けば良好です。続くかどうかは要測定です。",
		"Good, if the first 301 outlives the change of DNS; that must be measured."),

	WayD: text("301が出ている間（旧契約の終了まで）は引き継がれます。1年以上の継続をGoogleは勧めています。",
		"Carried over as long as the 301 stands, that is until the old contract ends. Google advises at least one year."),

	WayE: text("Googleは0秒のリフレッシュを恒久的な転送として読みますが、301より気づくのが遅く、保証はありません。",
		"Google reads a refresh of 0 seconds as permanent, later than a 301 and without a promise."),

	WayF: text("別ドメインを指す正規URLは「ヒント」です。採用されるとは限りません。", "A canonical link to another domain is a hint and may be ignored."),
	WayG: text("Googleはページを描画した後にだけ気づきます。描画に失敗すると気づきません。回復を測った調査は見つかっていません。",
		"Google notices it only after rendering the page, and not at all if rendering fails. No study that measures recovery was found."),

	WayH: text("人は新しいお店にたどり着けますが、検索エンジンが移転と認めるとは限りません。", "People find the new shop; search engines may or may not take it for a move."),
	WayI: text("検索からの流入の大半は失われます。", "Most of the traffic from search is lost."),
}
