package text

import "strings"

// subjects are the standard pages of a shop and the words by which Japanese and
// English shops call them; one subject a line. A word of two parts joined by "+"
// needs both. Sources: the menus that Japanese shop platforms set up by default
// (特定商取引法に基づく表記, お支払い・配送, プライバシーポリシー) and the policy pages of
// Shopify (refund, privacy, terms of service, shipping, legal notice, contact
// information), https://help.shopify.com/en/manual/checkout-settings/refund-privacy-tos
// (read 2026-11).
const subjects = `
legal 特定商取引 特商法 legal+notice imprint impressum 通信販売法
privacy プライバシ 個人情報 privacy gdpr データ保護
shipping 配送 送料 発送 お届け 支払 決済 shipping delivery payment postage
returns 返品 交換 返金 キャンセル refund return exchange cancel
terms 利用規約 ご利用規約 会員規約 terms+service terms+conditions terms+use agb
contact 問い合わせ 問合せ 問合わせ お問合 contact inquiry enquiry
about 会社概要 会社案内 当店について 私たちについて 運営会社 店長紹介 企業情報 about our+story company who+we+are
faq よくある q&a faq frequently+asked ヘルプ
guide ご利用ガイド 利用案内 お買い物ガイド 買い物ガイド ショッピングガイド ご注文方法 注文方法 shopping+guide how+to+order
first 初めて はじめて first+time
wrapping ラッピング ギフト包装 熨斗 のし gift+wrap wrapping
giftcard ギフトカード ギフト券 商品券 gift+card gift+voucher vouchers
reviews お客様の声 レビュ 口コミ reviews testimonials
blog ブログ スタッフ日記 コラム 読み物 blog journal
news お知らせ ニュース 新着情報 news announcements
stores 店舗案内 店舗一覧 実店舗 店舗情報 アクセス our+stores store+locator stores showroom
size サイズの測り方 サイズガイド サイズ表 サイズについて size+guide sizing size+chart
care お手入れ 手入れ ケア方法 care+guide care+instructions
points ポイント制度 ポイントプログラム ポイントについて points rewards loyalty
members 会員登録 会員特典 会員サビス membership
wholesale 卸売 卸のお客 法人 業販 大口注文 wholesale trade+account business+customers b2b
careers 採用 求人 スタッフ募集 careers jobs vacancies
newsletter メルマガ メルマガジン メールマガジン ニュースレター newsletter
affiliate アフィリエイト affiliate
holiday 年末年始 休業 営業日 営業カレンダー holiday+hours
sitemap サイトマップ sitemap
security セキュリティ security
accessibility アクセシビリティ accessibility
app アプリ mobile+app our+app
sdgs sdgs 環境への取り組み サステナビリティ sustainability environment
press プレス メディア掲載 press media+coverage
cookies クッキ cookie
warranty 保証 warranty guarantee
`

type subjectWord struct {
	subject int16
	parts   []string
}

var (
	subjectNames = []string{""}
	subjectWords = buildSubjects()
)

func buildSubjects() []subjectWord {
	var out []subjectWord
	for line := range strings.Lines(subjects) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		subjectNames = append(subjectNames, words[0])
		n := int16(len(subjectNames) - 1)
		for _, w := range words[1:] {
			sw := subjectWord{subject: n}
			for _, p := range strings.Split(w, "+") {
				sw.parts = append(sw.parts, Fold(p))
			}
			out = append(out, sw)
		}
	}
	return out
}

// Subject returns the number of the standard subject of a page, from its folded
// title and, failing that, from the words of its address. 0 means none. Where
// several fit, the one with the longest word wins.
func Subject(title, address string) int16 {
	if s := subjectOf(title); s != 0 {
		return s
	}
	return subjectOf(Fold(address))
}

// SubjectName returns the English key of a subject: "privacy", "shipping".
func SubjectName(n int16) string {
	if n < 0 || int(n) >= len(subjectNames) {
		return ""
	}
	return subjectNames[n]
}

func subjectOf(s string) int16 {
	if s == "" || len(s) > 200 {
		return 0
	}
	best, length := int16(0), 0
	for _, w := range subjectWords {
		n := 0
		for _, p := range w.parts {
			if !containsWord(s, p) {
				n = 0
				break
			}
			n += len(p)
		}
		if n > length {
			best, length = w.subject, n
		}
	}
	return best
}

// containsWord looks for w in s; letters must stand at the edge of a word in front.
func containsWord(s, w string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		i += from
		if w[0] >= 0x80 || i == 0 || !(s[i-1] >= 'a' && s[i-1] <= 'z') {
			return true
		}
		from = i + 1
	}
}
