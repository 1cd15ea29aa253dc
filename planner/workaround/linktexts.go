package workaround

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"

	"replatform/crawler/catalog"
)

// linkTextsID is the list of links for product texts, for a platform whose product
// file has no known layout: the owner puts them in by hand or into the file that the
// platform itself takes.
const linkTextsID = "link-texts"

func linkTextsFolder(j *job) (*folder, error) {
	f := &folder{}
	f.Title = Text{"商品説明に載せる案内の文（一覧）", "Texts with a link for each product description (list)"}
	f.Mode, f.Strength, f.search = "list", Link, true
	limit := len(j.in.Rows)
	if j.caps.BodyText != Yes {
		limit = handLimit // nobody knows of a way but by hand
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	// Writing into memory cannot fail.
	_ = w.Write([]string{"old_url", "product_id", "own_code", "old_title", "html_to_put_first", "plain_text", "new_url"})
	for i, r := range j.in.Rows {
		if r.NewURL == "" {
			continue
		}
		code := ""
		to, bad := j.os.parse(r.NewURL)
		switch {
		case r.Type != catalog.ProductP:
			code = "not-product"
		case bad != "":
			code = bad
		case len(f.Covers) >= limit:
			code = "by-hand"
		}
		if code != "" {
			f.Refused = append(f.Refused, refuse(i, code))
			continue
		}
		address := j.os.full(to)
		markup, plain := noticeText(address), "【移転のお知らせ】この商品のページは新しいお店に移りました (This product has moved to our new shop): "
		if j.english() {
			plain = "This product has moved to our new shop: "
			markup = classOpen + plain + `<a href="` + html.EscapeString(address) + `">see it there</a>` + classClose
		}
		_ = w.Write([]string{cell(r.OldURL), cell(r.OldID), cell(r.OwnCode), cell(r.OldTitle), markup, plain + address, cell(address)})
		f.Covers = append(f.Covers, Cover{Row: i, Strength: Link})
	}
	w.Flush()
	f.files = append(f.files, file{"link-texts.csv", b.Bytes()})
	linkTextsGuide(f, j)
	return f, nil
}

func linkTextsGuide(f *folder, j *job) {
	f.what = []Text{{
		"商品ごとに、商品説明の先頭に入れる文の一覧です。HTMLが使える欄には `html_to_put_first` の列を、使えない欄には `plain_text` の列を入れます。スクリプトを使えない人や検索エンジンにも見える案内です。",
		"For each product the text to put at the beginning of its description: the column `html_to_put_first` where the field takes HTML, `plain_text` where it does not. People without scripts and search engines see it too.",
	}, {
		"今のカートの商品CSVの形が分かっていないため、CSVを直接書き換えたものは作っていません。",
		"The form of the old platform's product file is not known, so no rewritten file was made.",
	}}
	f.steps = []Text{openFirst, {
		"一覧の上（クリックや訪問の多い商品）から順に、管理画面の商品の編集画面（" + j.caps.menu("product-text").JA + "）で、商品説明の先頭に入れて保存します。",
		"From the top of the list (the products with most clicks and visits) open each product in the admin (" + j.caps.menu("product-text").EN + "), put the text at the beginning of its description and save.",
	}}
	if j.caps.BodyText == Yes {
		f.steps = append(f.steps, Text{
			"商品が多い場合は、カートの一括編集（CSV）を使えます。まず書き出したファイルをそのまま控え、1商品だけで試し、商品番号（`product_id`）または自社の商品コード（`own_code`）で行を合わせて入れます。Excelは長い番号を壊すことがあります。",
			"For many products use the platform's bulk edit (CSV): keep the export untouched as a copy, try one product first, and match the lines by `product_id` or `own_code`. Excel can damage long numbers.",
		})
	}
	f.test = []Text{{
		"下の旧ページを開き、商品説明の先頭にリンクが見え、隣の新しいページが開くことを確かめます。",
		"Open the old pages below: the link stands at the beginning of the text and opens the new page beside it.",
	}}
	f.keep = keepTexts()
	f.undo = []Text{{
		"商品説明から、入れた文（HTMLの場合は `<p class=\"replatform-moved\">` から `</p>` まで）を消します。一括編集で入れた場合は、控えておいたファイルの商品説明に戻します。",
		"Delete the text from the descriptions (in HTML from `<p class=\"replatform-moved\">` to `</p>`); after a bulk edit, put back the descriptions of the copy.",
	}}
	f.Limits = []Evidence{
		linkOnlyLimit(), productsOnlyLimit(),
	}
	if j.caps.BodyText != Yes {
		f.Limits = append(f.Limits, Evidence{Text{
			fmt.Sprintf("一括で入れる方法が分かっていないため、対応表の先頭から最大 %d 商品分だけです（手作業の限りとして当方が決めた数です）", handLimit),
			fmt.Sprintf("no way to do it in bulk is known, so it holds at most the first %d products (a figure of ours, since it is done by hand)", handLimit),
		}, "", "", "I"})
	}
	f.Tasks = []Task{termsTask(), {"text-html", Text{
		"旧店の商品説明にHTMLのリンクを入れられるか、保存後もそのまま残るかを1商品で確かめる",
		"see on one product whether its description takes an HTML link and keeps it after saving",
	}}}
}

func linkOnlyLimit() Evidence {
	return Evidence{Text{"リンクだけの案内は、Googleに移転と認められないことがあります（最後の手段）", "Google may not recognise a mere link as a move (last resort)"}, googleRedirects, "2026-04-14", "H"}
}

func productsOnlyLimit() Evidence {
	return Evidence{Text{"商品ページだけの案内です。カテゴリーや固定ページには載りません", "it serves product pages only, not categories or fixed pages"}, "", "", "I"}
}
