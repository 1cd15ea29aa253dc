package demoshop

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// ColorMeColumns are the headers of Color Me's product file in their order, from a
// real file of 2026-06-21 (https://github.com/yasu0311/iorishobo).
func ColorMeColumns() []string {
	cols := []string{
		"商品ID", "大カテゴリー", "小カテゴリー", "型番", "商品名", "商品画像URL", "フィーチャーフォン向けショップ用商品画像作成",
	}
	for _, d := range "１２３４５６７８９" {
		cols = append(cols, "その他画像"+string(d)+"URL")
	}
	return append(cols,
		"販売価格", "会員価格", "定価", "原価", "在庫数", "在庫管理", "最小購入数量", "最大購入数量",
		"販売開始日付", "販売開始時間", "販売終了日付", "販売終了時間", "単位", "重量", "売切れ時の表示設定", "適正在庫数",
		"表示順", "簡易説明", "商品説明", "フィーチャーフォン向けショップ用商品説明", "スマートフォンショップ用商品説明",
		"トラックバック受付設定", "Newマーク付加設定", "Newマーク画像選択", "広告用カテゴリーID", "広告用タグ１", "広告用タグ２",
		"広告用タグ３", "広告用商品説明", "ブランド", "JAN/ISBN(GTIN)", "製品番号(MPN)", "状態", "性別", "色", "サイズ",
		"タイトル", "キーワード", "ページ概要", "個別送料", "掲載設定", "軽減税率設定", "ギフト設定の無効化", "オプション表示形式",
	)
}

// OldCSV is the product file of the old shop as its owner downloads it: 60 columns,
// CP932, every field quoted, CRLF between rows, line breaks and HTML inside the
// description. Hidden products are in it.
func OldCSV(o Options) []byte {
	w := build(o)
	var b strings.Builder
	cols := ColorMeColumns()
	quoted(&b, cols)
	root := o.scheme() + "://" + oldImgHost
	for i := range w.old {
		p := &w.old[i]
		d := departments[p.good.dept]
		v := map[string]string{
			"商品ID": strconv.Itoa(p.pid), "型番": p.model, "商品名": p.name,
			"商品画像URL": fmt.Sprintf("%s/PA01999/123/product/%d.jpg", root, p.pid), "フィーチャーフォン向けショップ用商品画像作成": "作成しない",
			"その他画像１URL": fmt.Sprintf("%s/PA01999/123/product/%d_o1.jpg", root, p.pid),
			"販売価格":      strconv.Itoa(p.net), "在庫管理": "在庫管理しない", "売切れ時の表示設定": "表示する", "表示順": strconv.Itoa(i + 1),
			"簡易説明": p.simple, "商品説明": p.expl, "ブランド": makers[p.good.maker].ja,
			"JAN/ISBN(GTIN)": p.jan, "掲載設定": "掲載する",
		}
		if p.inCategory || p.hidden {
			v["大カテゴリー"], v["小カテゴリー"] = d.name, d.smalls[p.good.small].ja
		}
		if stock := p.total(); stock >= 0 {
			v["在庫管理"], v["在庫数"] = "在庫管理する", strconv.Itoa(stock)
		}
		if p.campaign {
			v["定価"] = strconv.Itoa(p.good.net)
		}
		if p.colour >= 0 {
			v["色"] = colours[p.colour].ja
		}
		if p.hidden {
			v["掲載設定"] = "掲載しない"
		}
		row := make([]string, len(cols))
		for k, c := range cols {
			row[k] = v[c]
		}
		quoted(&b, row)
	}
	out, _ := encoding.ReplaceUnsupported(japanese.ShiftJIS.NewEncoder()).Bytes([]byte(b.String()))
	return out
}

// quoted writes one row with every field in quotes.
func quoted(b *strings.Builder, row []string) {
	for i, f := range row {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strings.ReplaceAll(f, `"`, `""`) + `"`)
	}
	b.WriteString("\r\n")
}

// Generation of Shopify's product file.
type Generation int

const (
	Template2025 Generation = iota // "Title,URL handle,…"
	Classic                        // "Handle,Title,Body (HTML),…"
)

var shopifyColumns = map[Generation]string{
	Template2025: "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode," +
		"Option1 name,Option1 value,Option1 Linked To,Option2 name,Option2 value,Option2 Linked To,Option3 name,Option3 value,Option3 Linked To," +
		"Price,Compare-at price,Cost per item,Charge tax,Tax code,Unit price total measure,Unit price total measure unit,Unit price base measure," +
		"Unit price base measure unit,Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams)," +
		"Weight unit for display,Requires shipping,Fulfillment service,Product image URL,Image position,Image alt text,Variant image URL,Gift card," +
		"SEO title,SEO description,Google Shopping / Google product category",
	Classic: "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value," +
		"Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy," +
		"Variant Fulfillment Service,Variant Price,Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src," +
		"Image Position,Image Alt Text,Gift Card,SEO Title,SEO Description,Google Shopping / Google Product Category,Variant Image," +
		"Variant Weight Unit,Variant Tax Code,Cost per item,Status",
}

// NewCSV is the product file of the new shop, drafts included, in one of the two
// generations of headers: UTF-8, one row for each variant, title only on the first.
func NewCSV(o Options, g Generation) []byte {
	w := build(o)
	cols := strings.Split(shopifyColumns[g], ",")
	var b bytes.Buffer
	plainRow(&b, cols)
	for i := range w.next {
		p := &w.next[i]
		for k, v := range p.variants {
			row := make(map[string]string)
			// The names of the 2025 template, then of the classic form.
			set := func(name, classic, value string) {
				if g == Classic {
					name = classic
				}
				row[name] = value
			}
			set("URL handle", "Handle", p.handle)
			if k == 0 {
				set("Title", "Title", p.title)
				set("Description", "Body (HTML)", p.body)
				set("Vendor", "Vendor", p.vendor)
				set("Type", "Type", p.kind)
				set("Tags", "Tags", strings.Join(p.tags, ", "))
				set("Published on online store", "Published", map[Generation]string{Template2025: "TRUE", Classic: "true"}[g])
				set("Status", "Status", "active")
				if p.draft {
					set("Published on online store", "Published", map[Generation]string{Template2025: "FALSE", Classic: "false"}[g])
					set("Status", "Status", "draft")
				}
				set("Product image URL", "Image Src", o.scheme()+"://"+newHost+"/cdn/shop/files/"+asciiSlug(p.good.model)+".jpg")
				set("Image position", "Image Position", "1")
				for n, opt := range p.options {
					set(fmt.Sprintf("Option%d name", n+1), fmt.Sprintf("Option%d Name", n+1), opt.name)
				}
			}
			for n, value := range v.options {
				set(fmt.Sprintf("Option%d value", n+1), fmt.Sprintf("Option%d Value", n+1), value)
			}
			set("SKU", "Variant SKU", v.sku)
			set("Barcode", "Variant Barcode", v.barcode)
			set("Price", "Variant Price", strconv.Itoa(v.price))
			stock := "0"
			if v.available {
				stock = "5"
			}
			set("Inventory tracker", "Variant Inventory Tracker", "shopify")
			set("Inventory quantity", "Variant Inventory Qty", stock)
			set("Continue selling when out of stock", "Variant Inventory Policy", "deny")
			out := make([]string, len(cols))
			for n, c := range cols {
				out[n] = row[c]
			}
			plainRow(&b, out)
		}
	}
	return b.Bytes()
}

// plainRow writes one row and quotes what needs it.
func plainRow(b *bytes.Buffer, row []string) {
	for i, f := range row {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.ContainsAny(f, ",\"\r\n") {
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
		b.WriteString(f)
	}
	b.WriteByte('\n')
}
