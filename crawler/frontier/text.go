package frontier

import "replatform/crawler/platform"

// Explain says in a sentence why an address was not asked, in the language "ja" or
// "en". Rules that other rooms have coined come back as they are.
func Explain(rule, lang string) string {
	t, ok := sentences[rule]
	if !ok {
		return rule
	}
	return t.In(lang)
}

var sentences = map[string]platform.Text{
	platform.RuleAddToCart: {JA: "開くと商品がカートに入るリンクのため", EN: "the link puts a product into the cart"},
	platform.RuleCart:      {JA: "カートと購入手続きのページのため", EN: "cart and checkout"},
	platform.RuleAccount:   {JA: "ログインや会員のページのため", EN: "login and member pages"},
	platform.RuleLogout:    {JA: "ログアウトするリンクのため", EN: "the link logs out"},
	platform.RuleWishlist:  {JA: "お気に入りを変えるリンクのため", EN: "the link changes the wish list"},
	platform.RuleCompare:   {JA: "商品比較を変えるリンクのため", EN: "the link changes the comparison list"},
	platform.RuleCurrency:  {JA: "表示通貨を切り替えるリンクのため", EN: "the link switches the currency"},
	platform.RuleLanguage:  {JA: "表示言語を切り替えるリンクのため", EN: "the link switches the language"},
	platform.RuleDisplay:   {JA: "スマートフォン表示とPC表示を切り替えるリンクのため", EN: "the link switches between smartphone and PC view"},
	platform.RuleWrite:     {JA: "レビューや問い合わせなどの書き込みのページのため", EN: "a form for reviews, questions or recommendations"},
	platform.RuleOut:       {JA: "クリックを数えて外部へ送るリンクのため", EN: "the link counts a click and leads away"},
	platform.RuleSearch:    {JA: "検索結果のページのため（組み合わせに限りがありません）", EN: "a search result; there is no end of them"},
	platform.RuleFacet:     {JA: "一覧の絞り込みのため（組み合わせに限りがありません）", EN: "a filtered part of a listing; there is no end of them"},
	platform.RuleSort:      {JA: "一覧の並べ替え・表示切替のため", EN: "a listing in another order or view"},
	platform.RuleFeed:      {JA: "更新情報（RSS）のため", EN: "a feed of news"},
	platform.RuleImage:     {JA: "画像のため", EN: "a picture"},
	platform.RuleFile:      {JA: "文書などのファイルのため", EN: "a document or other file"},
	platform.RuleAsset:     {JA: "ページの部品（スタイルやスクリプト）のため", EN: "a part of pages, such as a style sheet or script"},
	platform.RuleAPI:       {JA: "プログラム用の窓口のため", EN: "an interface for programs"},
	platform.RuleAdmin:     {JA: "管理画面のため", EN: "the shop's administration"},
	platform.RulePrint:     {JA: "印刷用など、同じページの別表示のため", EN: "the same page in another form, for example for printing"},
	platform.RuleLength:    {JA: "住所が長すぎるため（罠の疑い）", EN: "the address is too long; probably a trap"},
	platform.RuleDepth:     {JA: "階層が深すぎるため（罠の疑い）", EN: "the path is too deep; probably a trap"},
	platform.RuleRepeat:    {JA: "同じ階層が繰り返されているため（罠の疑い）", EN: "the path repeats itself; probably a trap"},
	platform.RuleCalendar:  {JA: "終わりのないカレンダーのため", EN: "a calendar without end"},
	platform.RulePager:     {JA: "一覧のページ番号が大きすぎるため（罠の疑い）", EN: "the page number of a listing is too large; probably a trap"},
	platform.RuleFilters:   {JA: "絞り込みの条件が多すぎるため（罠の疑い）", EN: "too many parameters at once; probably a trap"},
	"trap-alike":           {JA: "同じ形の住所が多すぎ、新しい商品につながらなかったため", EN: "too many addresses built alike that led to no product"},
	"view":                 {JA: "絞り込んだ一覧をさらに絞り込むリンクのため", EN: "a further filter of a filtered page"},
	platform.RuleScheme:    {JA: "ウェブの住所ではないため", EN: "not a web address"},
}
