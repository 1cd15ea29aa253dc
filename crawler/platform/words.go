package platform

// statementWords are what a statement says and how an unknown one is found out.
var statementWords = map[string]struct{ label, ask Text }{
	"leaving.redirect": {
		Text{JA: "ほかのお店への301転送", EN: "301 to another host"},
		Text{JA: "サポートに文書で：ページごとの301を他社のドメインへ出せるか", EN: "ask its support in writing: can it send 301 to another host, page by page"},
	},
	"leaving.subdomain_move": {
		Text{JA: "サブドメインから独自ドメインへの301", EN: "301 from its subdomain to the own domain"},
		Text{JA: "独自ドメインの店で実測：replatform platforms probe --subdomain サブドメインのURL 店のURL", EN: "measure on a shop with an own domain: replatform platforms probe --subdomain SUBDOMAIN-ADDRESS SHOP-ADDRESS"},
	},
	"leaving.head": {
		Text{JA: "<head>の編集", EN: "writing the head"},
		Text{JA: "管理画面（テンプレート・デザイン編集）で確認、またはサポートに：<head>をページごとに編集できるか", EN: "look in the admin (templates, design), or ask its support: can the head be edited page by page"},
	},
	"leaving.script": {
		Text{JA: "スクリプトの設置", EN: "placing scripts"},
		Text{JA: "管理画面で確認、またはサポートに：JavaScriptを置けるか", EN: "look in the admin, or ask its support: can JavaScript be placed"},
	},
	"leaving.body": {
		Text{JA: "商品説明の編集（リンク）", EN: "links in product texts"},
		Text{JA: "商品を1件編集して確認：説明文にリンクを載せられるか", EN: "edit one product and see: does its text take a link"},
	},
	"leaving.bulk_text": {
		Text{JA: "商品説明の一括編集", EN: "product texts in bulk"},
		Text{JA: "管理画面で確認：商品CSVの書き出しと取り込みがあるか", EN: "look in the admin: can products be exported and imported as CSV"},
	},
	"leaving.outbound_links": {
		Text{JA: "他店への誘導を規約が許すか", EN: "terms allow links to another shop"},
		Text{JA: "利用規約で確認、またはサポートに文書で：他店へのリンクを載せてよいか", EN: "check the terms, or ask its support in writing: are links to another shop allowed"},
	},
	"leaving.pause": {
		Text{JA: "閲覧のみの休止状態", EN: "paused state: readable, no orders"},
		Text{JA: "サポートに：ページを見せたまま注文だけを止められるか", EN: "ask its support: can orders be stopped while pages stay readable"},
	},
	"leaving.after": {
		Text{JA: "解約後のページ", EN: "pages after the contract"},
		Text{JA: "サポートに文書で：解約後、ページと画像はいつまで表示されるか", EN: "ask its support in writing: how long do pages and pictures stay after the contract"},
	},
	"leaving.key": {
		Text{JA: "URLの中の商品番号の位置", EN: "place of the product's number in the address"},
		Text{JA: "商品ページのURLを見れば分かります", EN: "the address of any product page tells"},
	},
	"leaving.template_size": {
		Text{JA: "テンプレートの文字数上限", EN: "size of a template"},
		Text{JA: "管理画面のテンプレート編集で確認", EN: "look in the admin where templates are edited"},
	},
	"leaving.template_language": {
		Text{JA: "テンプレートの言語", EN: "template language"},
		Text{JA: "管理画面のテンプレート編集で確認", EN: "look in the admin where templates are edited"},
	},
	"arriving.own_domain": {
		Text{JA: "独自ドメインの利用", EN: "own domain"},
		Text{JA: "申し込み前に確認：手持ちの独自ドメインを使えるか、どのプランからか", EN: "ask before signing up: can the shop's own domain be used, and from which plan"},
	},
	"arriving.redirect": {
		Text{JA: "旧URLを受ける転送機能", EN: "redirects for old addresses"},
		Text{JA: "申し込み前に確認：旧URLの301転送を設定できるか、「?」以降も見るか", EN: "ask before signing up: can old addresses be redirected with 301, and is the query seen"},
	},
	"arriving.limit": {
		Text{JA: "転送の件数上限", EN: "number of redirects"},
		Text{JA: "申し込み前に確認：転送は何件まで設定できるか", EN: "ask before signing up: how many redirects are allowed"},
	},
	"arriving.source_limit": {
		Text{JA: "転送元の長さの上限", EN: "length of a redirect's source"},
		Text{JA: "長いURLを1件設定して確かめる", EN: "set one redirect with a long address and see"},
	},
	"arriving.precedence": {
		Text{JA: "ページと転送が重なるとき優先されるもの", EN: "which wins: page or redirect"},
		Text{JA: "既存のページのパスに転送を1件設定して確かめる", EN: "set one redirect on the path of a live page and see"},
	},
	"arriving.reserved": {
		Text{JA: "転送できないパス", EN: "paths that cannot be redirected"},
		Text{JA: "申し込み前に確認：転送元にできないパスはあるか", EN: "ask before signing up: are there paths that cannot be redirected"},
	},
	"arriving.assigned": {
		Text{JA: "商品URLを決める人", EN: "who chooses a product's address"},
		Text{JA: "商品を1件登録して確かめる：URLの末尾を自分で決められるか", EN: "register one product and see: can its part of the address be chosen"},
	},
	"arriving.keep_paths": {
		Text{JA: "旧パスをそのまま使えるか", EN: "old paths can be kept"},
		Text{JA: "商品を1件登録して確かめる：パス全体を自由に決められるか", EN: "register one product and see: can its whole path be chosen"},
	},
	"arriving.external": {
		Text{JA: "他ホストへの転送", EN: "redirects to another host"},
		Text{JA: "転送を1件設定して確かめる：転送先に他のドメインを書けるか", EN: "set one redirect and see: may its target be on another host"},
	},
	"domain.suffixes": {
		Text{JA: "サービスのホスト名", EN: "host names that it gives"},
		Text{JA: "管理画面のショップURLで確認", EN: "the shop's address in the admin tells"},
	},
	"domain.own": {
		Text{JA: "独自ドメイン", EN: "domain of the shop's own"},
		Text{JA: "サポートに：独自ドメインを使えるか", EN: "ask its support: can an own domain be used"},
	},
	"domain.apex": {
		Text{JA: "wwwなしのドメイン", EN: "domain without www"},
		Text{JA: "サポートに：wwwなどの付かないドメインを使えるか", EN: "ask its support: can the bare domain be used"},
	},
	"domain.movable": {
		Text{JA: "ドメインを他社へ向けられるか", EN: "the domain can be pointed elsewhere"},
		Text{JA: "ドメインの管理会社に：登録者は自社か、ネームサーバーを変えられるか、移管コードを受け取れるか", EN: "ask the registrar: is the shop the registrant, can name servers be changed, can the transfer code be had"},
	},
}

// valueWords are the words of the closed sets.
var valueWords = map[string]Text{
	string(Yes):              {JA: "○", EN: "yes"},
	string(No):               {JA: "×", EN: "no"},
	string(Unknown):          {JA: "不明", EN: "unknown"},
	string(RedirectAny):      {JA: "○ どこへでも", EN: "yes, to any host"},
	string(RedirectOwnPaths): {JA: "× 同じ店の中だけ", EN: "no, own paths only"},
	string(RedirectNone):     {JA: "×", EN: "no"}, // also Head and RedirectIn
	string(HeadPerPage):      {JA: "○ ページごと", EN: "yes, per page"},
	string(HeadSiteWide):     {JA: "△ 全ページ共通", EN: "one text for all pages"},
	string(HeadBodyOnly):     {JA: "× bodyの中だけ", EN: "no, body only"},
	string(AfterReadable):    {JA: "残る", EN: "stay readable"},
	string(AfterClosed):      {JA: "消える", EN: "closed"},
	string(KeyPath):          {JA: "パス", EN: "path"},
	string(KeyQuery):         {JA: "「?」の後", EN: "query"},
	string(KeyHomeQuery):     {JA: "トップの「?」の後", EN: "query of the home page"},
	string(KeyFragment):      {JA: "「#」の後", EN: "behind the #"},
	string(ByOwner):          {JA: "店", EN: "the owner"},
	string(BySystem):         {JA: "システム", EN: "the system"},
	string(PageWins):         {JA: "ページ", EN: "the page"},
	string(RedirectWins):     {JA: "転送", EN: "the redirect"},
}

// trustWords name the kinds of evidence.
var trustWords = map[Trust]Text{
	Vendor:       {JA: "公式", EN: "vendor"},
	Capture:      {JA: "実物", EN: "capture"},
	Practitioner: {JA: "実務者", EN: "practitioner"},
	Inferred:     {JA: "推論", EN: "inferred"},
	Unverified:   {JA: "未確認", EN: "unknown"},
}

// kindWords name how a platform is run.
var kindWords = map[Kind]Text{
	Hosted:      {JA: "ASP・SaaS型", EN: "hosted service"},
	SelfHosted:  {JA: "自社サーバー型", EN: "own server"},
	Marketplace: {JA: "モール", EN: "marketplace"},
}

// In returns the kind in words of the language "ja" or "en".
func (k Kind) In(lang string) string { return kindWords[k].In(lang) }
