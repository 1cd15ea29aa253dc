package workaround

// What Google says about each form. Bing and others are not covered by these pages.
const (
	googleRedirects = "https://developers.google.com/search/docs/crawling-indexing/301-redirects"
	googleMove      = "https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes"
	googleCanonical = "https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls"
	googleJS        = "https://developers.google.com/search/docs/crawling-indexing/javascript/javascript-seo-basics"
	googleHead      = "https://developers.google.com/search/docs/crawling-indexing/valid-page-metadata"
	googleCross     = "https://developers.google.com/search/blog/2009/12/handling-legitimate-cross-domain"
	googleNotice    = "https://support.google.com/webmasters/answer/9370220"
)

func searchEvidence() []Evidence {
	return []Evidence{
		{Text{
			"Googleが恒久的な転送として読む順: 301・308、<head>内の0秒リフレッシュ、JavaScript（描画後にだけ見える）、見えるリンク（認められないこともある）",
			"what Google reads as a permanent redirect, best first: 301 and 308, refresh of 0 seconds in <head>, JavaScript (seen only after rendering), a visible link (may not be recognised)",
		}, googleRedirects, "2026-04-14", "H"},
		{Text{
			"正規URL（canonical）は<head>の中にあるときだけ読まれる。HTMLを変えられずJavaScriptだけ使える場合、追加された正規URLは描画後に読まれるが、すでにある正規URLをJavaScriptで書き換えてはならない",
			"a canonical link counts only in <head>; where only JavaScript can be used an added one is read after rendering, but JavaScript must never change one that is in the HTML",
		}, googleJS, "2026-07-08", "H"},
		{Text{
			"転送を出せないサーバーを離れる場合のために、別ドメインを指す正規URLが認められている。ただし「ヒント」であり、トップページへ一律に向けるのは誤り",
			"cross-domain canonical links exist for the case that a site must leave a server that cannot redirect; they are a hint, and pointing all of them to the home page is a mistake",
		}, googleCross, "2009-12-15", "H"},
	}
}

// limits that every client-side form has.
func commonLimits() []Evidence {
	return []Evidence{
		{Text{
			"301転送ではありません。検索エンジンが移転に気づくのは301より遅く、気づかないこともあります",
			"this is no 301: search engines notice it later, or not at all",
		}, googleRedirects, "2026-04-14", "H"},
		{Text{
			"301を使わない移転で検索流入がどれだけ回復するかを測った調査は見つかっていません。数字の約束はできません",
			"no study was found that measures how much search traffic comes back after a move without 301; no figure can be promised",
		}, "", "", "?"},
		{Text{
			"旧店の契約が終わると、この案内も消えます",
			"it ends with the contract of the old shop",
		}, "", "", "I"},
	}
}

func scriptLimits() []Evidence {
	return []Evidence{
		{Text{
			"スクリプトを実行しない訪問者や検索エンジンは、自動では移動しません（見えるリンクだけが残ります）",
			"visitors and engines that run no scripts are not moved on by themselves: only the visible link is left to them",
		}, googleRedirects, "2026-04-14", "H"},
		{Text{
			"アクセス解析では、流入元が検索サイトではなく旧店として記録されることがあります（utm などの広告パラメータは引き継ぎます）",
			"web analytics may show the old shop, not the search engine, as where visitors came from (campaign parameters such as utm are carried along)",
		}, "", "", "I"},
	}
}

// keepTexts say how long pointers must stay.
func keepTexts() []Text {
	return []Text{{
		"Googleは転送を「できるだけ長く、少なくとも1年」残すよう勧めています（<" + googleMove + ">、2026-06〜08の版）。アドレス変更の通知が効くのは180日間です（<" + googleNotice + ">）。**旧店の契約は、切替日から最低180日、できれば1年以上残してください。**",
		"Google advises to keep redirects as long as possible, at least one year (<" + googleMove + ">, versions of 2026-06 to 2026-08); a change of address notice lasts 180 days (<" + googleNotice + ">). **Keep the old contract for at least 180 days after the move, better one year or more.**",
	}, {
		"その間、旧店のページを robots.txt で閉じたり noindex を付けたりしないでください。案内が読まれなくなります。",
		"Meanwhile do not block the old pages in robots.txt and do not set noindex on them: the pointers would never be read.",
	}}
}

// menuUnknown is said where the path through the platform's menus is not known.
var menuUnknown = Text{
	"メニュー名は管理画面でご確認ください",
	"look up the menu's name in the admin",
}

func termsTask() Task {
	return Task{"terms", Text{
		"旧店の利用規約で、他のお店へのリンクや転送が禁じられていないか確認する",
		"check the terms of the old platform: are links or redirects to another shop forbidden?",
	}}
}

func mapBaseTask() Task {
	return Task{"map-base", Text{
		"`map` フォルダを置く https の場所を決め、断片の中の `" + unsetBase + "` をその場所の住所に書き換える（または場所を指定して作り直す）",
		"decide where (https) the folder `map` will live and write its address into the snippet in place of `" + unsetBase + "` (or make the folder again with the address given)",
	}}
}
