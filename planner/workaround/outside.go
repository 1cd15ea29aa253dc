package workaround

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// outsideID is what can be done outside of the old shop: the only thing left where
// nothing can be put into it, and worth doing in every move.
const outsideID = "outside"

// mostLinked is how many pages the list of pages to write about holds; a figure of
// ours, since each means a letter by hand.
const mostLinked = 100

func outsideFolder(j *job) (*folder, error) {
	f := &folder{}
	f.Title = Text{"旧店の外でできること（リンク元への依頼、プロフィール、広告、メール）", "Outside of the old shop: linking sites, profiles, ads, mail"}
	f.Mode, f.Strength, f.search = "outside", NoStrength, true
	shop := j.in.ShopName
	if shop == (Text{}) {
		shop = unnamedShop()
	}
	rows := linkedMost(j.in.Rows)
	if len(rows) > 0 {
		f.files = append(f.files, file{"pages-linked-most.csv", linkedRows(j.in.Rows, rows)})
	}
	sites := j.in.Linking[:min(len(j.in.Linking), mostSites)]
	if len(sites) > 0 {
		f.files = append(f.files, file{"linking-sites.csv", LinkingSitesCSV(sites)})
	}
	old, fresh := "", ""
	if len(rows) > 0 {
		r := j.in.Rows[rows[0]]
		old, fresh = r.OldURL, r.NewURL
	}
	for _, l := range letters(shop, old, fresh) {
		f.files = append(f.files, file{l.Name, l.Data})
	}
	f.add("texts.ja.txt", plainText(`【プロフィール・SNSの固定投稿】
`+shop.JA+`は新しいお店に移転しました。今後はこちらをご利用ください： `+j.home+`

【メールの署名】
※お店が移転しました： `+j.home+`

【同梱物・店頭の貼り紙】
お店のホームページが変わりました。ブックマークの変更をお願いします。
`+j.home+`
`))
	f.add("texts.en.txt", plainText(`[Profile, pinned post]
`+shop.EN+` has moved. Please find us here from now on: `+j.home+`

[Mail footer]
We have moved: `+j.home+`

[Leaflet, sign in the shop]
Our website has a new address. Please change your bookmark.
`+j.home+`
`))
	outsideGuide(f, j, len(rows), len(sites))
	return f, nil
}

// linkedMost lists the rows with a target whose old pages most sites link to, the
// most first.
func linkedMost(rows []Row) []int {
	var out []int
	for i, r := range rows {
		if r.LinkingSites > 0 && r.NewURL != "" {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(rows[b].LinkingSites, rows[a].LinkingSites) })
	return out[:min(len(out), mostLinked)]
}

func linkedRows(rows []Row, picked []int) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	// Writing into memory cannot fail.
	_ = w.Write([]string{"linking_sites", "old_url", "new_url", "old_title", "new_title"})
	for _, i := range picked {
		r := rows[i]
		_ = w.Write([]string{strconv.FormatFloat(r.LinkingSites, 'f', -1, 64), cell(r.OldURL), cell(r.NewURL), cell(r.OldTitle), cell(r.NewTitle)})
	}
	w.Flush()
	return b.Bytes()
}

// plainText drops control characters of crawled text but for line ends.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
}

func outsideGuide(f *folder, j *job, linked, sites int) {
	f.count = Text{
		"旧店のページには何も入れない方法です。案内できる旧URL: 0 件。",
		"Nothing is put into the old shop; old addresses carried: 0.",
	}
	if linked > 0 {
		f.count.JA += fmt.Sprintf("リンク元が分かっているページ: %d 件（多い順に最大 %d 件を `pages-linked-most.csv` に）。", linked, mostLinked)
		f.count.EN += fmt.Sprintf(" Pages known to be linked from other sites: %d (at most %d, the most linked first, in `pages-linked-most.csv`).", linked, mostLinked)
	}
	if sites > 0 {
		f.count.JA += fmt.Sprintf("名前の分かっているリンク元サイト: %d 件（全 %d 件、どのページにリンクしているかとあわせて `linking-sites.csv` に）。", sites, len(j.in.Linking))
		f.count.EN += fmt.Sprintf(" Linking sites known by name: %d of %d, with the pages they link to, in `linking-sites.csv`.", sites, len(j.in.Linking))
	}
	f.what = []Text{{
		"リンクしてくれているサイトに書き換えをお願いし、自社の名前でURLを載せている場所をすべて直すための文面と一覧です。転送できる場合でも、Googleはこの作業を勧めています。",
		"Texts and lists for asking linking sites to change their links and for changing every place where the shop itself gives its address. Google asks for this even where redirects stand.",
	}}
	if j.caps.Outbound == No {
		f.what = append(f.what, Text{
			"今のカート（モール）の規約は、ほかのお店への誘導を禁じています。そのため、旧店のページに入れるものは作っていません。**店内の説明文・画像・問い合わせ返信にも新しいお店の案内を書かないでください。** 同梱物やモール経由の顧客へのメールも、規約を確かめてからにします。",
			"The terms of the old platform forbid to lead visitors to another shop, so nothing was made for its pages. **Do not mention the new shop in product texts, pictures or answers there either.** Check the terms before using leaflets or mail to customers who came through the platform.",
		})
	}
	first := Text{
		"Search Consoleの「リンク」または被リンクの一覧から、リンク数の多いサイトと、そのリンク先の旧URLを書き出します（まだなら `replatform import` で読み込むと、次の計画で多い順に並びます）。",
		"Export the sites that link most, with the old addresses they link to, from Search Console's links report or a backlink list (once imported with `replatform import`, the next plan lists the pages in order).",
	}
	if sites > 0 {
		first = Text{
			"`linking-sites.csv` を表計算ソフトで開きます。リンク元サイト、リンクされている旧URLと新URL、リンクの数、出典のファイルと読み込んだ日が並んでいます（空欄は不明）。",
			"Open `linking-sites.csv` in a spreadsheet: the sites, the old addresses they link to with the new ones, the number of links, and the file that says so with the day it was read (empty: unknown).",
		}
	}
	f.steps = []Text{first, {
		"上から順に、`letter-to-linking-site.ja.txt` の2行のURLを入れ替えて送ります。返事と書き換えの有無を記録します。",
		"Going down the list, put the two addresses into `letter-to-linking-site.en.txt` and send it. Note who answered and who changed the link.",
	}, {
		"`texts.ja.txt` の文を使って、SNSのプロフィールと固定投稿、地図の店舗情報、広告の最終URL、商品フィード、メールの署名とメールマガジン、QRコード、名刺・同梱物のURLを直します。",
		"With `texts.en.txt` change profiles and pinned posts, the map listing, the final URLs of ads, product feeds, mail footers and newsletters, QR codes, cards and leaflets.",
	}}
	f.test = []Text{{
		"直した場所から実際に押して、新しいお店の正しいページが開くことを確かめます。",
		"Follow each changed link: it opens the right page of the new shop.",
	}, {
		"1か月後に、旧URLへまだ来ている訪問をアクセス解析で見て、残っているリンク元を探します。",
		"After a month look in web analytics who still comes to old addresses, and from where.",
	}}
	f.keep = []Text{{
		"直したリンクはそのまま残ります。残りのリンク元への依頼は、移転から30日以内に済ませます。",
		"Changed links stay. Write to the rest within 30 days of the move.",
	}}
	f.undo = []Text{{
		"戻すものはありません。",
		"There is nothing to undo.",
	}}
	f.Limits = []Evidence{{Text{
		"お願いしても書き換えてもらえないリンクは残ります。検索エンジンが覚えている旧ページの評価は、これだけでは新しいページに移りません",
		"links that nobody changes stay as they are; what search engines know of the old pages does not move to the new ones by this alone",
	}, googleMove, "2026-06", "H"}}
	f.Tasks = []Task{{"places", Text{
		"旧URLを載せた場所の一覧を作る（SNS、地図、広告、モール、署名、印刷物のQRコード）",
		"list the places that hold old addresses (social accounts, maps, ads, malls, signatures, printed QR codes)",
	}}}
}

// Letter is a text to send, in UTF-8.
type Letter struct {
	Name string // of its file
	Data []byte
}

// Letters are the letters to the owners of linking sites, in Japanese and English. What
// is empty is left to be filled in: the address of the old page, that of the new one.
func Letters(oldURL, newURL string) []Letter {
	return letters(unnamedShop(), oldURL, newURL)
}

// unnamedShop stands where nobody said what the shop is called.
func unnamedShop() Text { return Text{"（お店の名前）", "(name of the shop)"} }

func letters(shop Text, oldURL, newURL string) []Letter {
	old, fresh := cmp.Or(oldURL, "（旧URL）"), cmp.Or(newURL, "（新URL）")
	oldEN, freshEN := cmp.Or(oldURL, "(OLD ADDRESS)"), cmp.Or(newURL, "(NEW ADDRESS)")
	return []Letter{{"letter-to-linking-site.ja.txt", []byte(plainText(`件名：リンク先URL変更のお願い（` + shop.JA + `）

はじめてご連絡いたします。` + shop.JA + `です。
いつも当店のページをご紹介いただき、ありがとうございます。

このたび当店は新しいお店へ移転しました。
お手数ですが、次のリンクを書き換えていただけないでしょうか。

　変更前：` + old + `
　変更後：` + fresh + `

旧ページはいずれ表示されなくなります。ご不明な点はこのメールにご返信ください。
どうぞよろしくお願いいたします。
`))},
		{"letter-to-linking-site.en.txt", []byte(plainText(`Subject: new address for a page you link to (` + shop.EN + `)

Hello,

thank you for linking to us. Our shop has moved, and the page you point to has a
new address. Could you change the link?

  before: ` + oldEN + `
  now:    ` + freshEN + `

The old page will go away in time. Please reply to this mail with any question.

Kind regards
` + shop.EN + `
`))}}
}
