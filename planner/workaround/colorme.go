package workaround

import (
	"fmt"
	"strings"
)

// Facts of this dialect: every public page has the path "/" and differs in the
// query only; templates are Smarty and begin inside <body>; the frame template
// "index" surrounds every page. The variables $product.id and $product_name are on
// product pages; $smarty.get and $tpl_name were seen in the frame template of a shop
// (https://github.com/steamships/neo-ishimaru, 2026-05).
const (
	colormeAPI    = "https://github.com/pepabo/colormeshop-mcp"
	colormeFrame  = "https://github.com/steamships/neo-ishimaru"
	colormeHead   = "https://github.com/crossbench/kawaichi-nishiki"
	colormePaused = "https://help.shop-pro.jp/hc/ja/articles/1500004052821"
	colormeNo301  = "https://hasegawahiroshi.jp/4934"
	colormePID    = "https://github.com/yasu0311/iorishobo"
)

func colorme() dialect {
	return dialect{id: "colorme-smarty", grammar: colormeGrammar(), source: colormeFolder}
}

func colormeGrammar() grammar {
	root := re(`^/$`)
	num := re(`^(0|[1-9][0-9]{0,11})$`) // no leading zeros: Smarty would compare the numbers
	is := func(v string) queryRule { return queryRule{name: "mode", value: re("^" + v + "$")} }
	return grammar{
		rules: []keyRule{
			{tag: "p", path: root, query: []queryRule{{name: "pid", value: num}}},
			{tag: "c", path: root, query: []queryRule{is("cate"), {name: "cbid", value: num}, {name: "csid", value: num, fallback: "0"}}},
			{tag: "g", path: root, query: []queryRule{is("grp"), {name: "gid", value: num}}},
			{tag: "f", path: root, query: []queryRule{{name: "mode", value: re(`^f([0-9]{1,3})$`)}}},
			{tag: "m:", path: root, query: []queryRule{{name: "mode", value: re(`^(sk|privacy)$`)}}},
			{tag: "cart", path: root, query: []queryRule{is("cart_inn")}},
			{tag: "home", path: root, query: []queryRule{{name: "pid"}, {name: "mode"}}},
		},
		search: &searchRule{path: root, query: []queryRule{is("srh")}, words: "keyword", charset: "euc-jp"},
	}
}

// colormeBudget is our own cautious size where the platform's limit is not given.
const colormeBudget = 30000

func colormeFolder(j *job) (*folder, error) {
	t := newTable(colormeGrammar(), j.os, j.in, tableOptions{})
	f := &folder{}
	f.Title = Text{"カラーミーショップのテンプレートに貼る案内", "Pointers for Color Me Shop templates"}
	f.Strength = j.scripted()
	f.Refused = t.refused
	f.Covers = covers(t.entries, f.Strength)
	room, _ := j.budget(colormeBudget)

	frame := framed("colorme index", colormeChain(j, t))
	if len(frame) <= room {
		f.Mode = "chain"
		f.add("index.html", frame)
		f.add("product.html", framed("colorme product", colormeProductChain(j, t)))
		colormeGuide(f, j, loaderConfig{})
		return f, nil
	}
	c := j.config(f, t.grammar, t.entries)
	f.Mode = "inline"
	if c.shards > 0 {
		f.Mode = "shards"
	}
	f.add("index.html", framed("colorme index", j.movedLink(htmlText(j.home), false, "")+c.script()))
	f.add("product.html", framed("colorme product",
		j.movedLink(htmlText(j.home), false, j.search.form("<{$product_name|escape}>", findItJA))+
			"<span id=\"replatform-key\" data-key=\"p<{$product.id}>\"></span>\n"+c.script()))
	colormeGuide(f, j, c)
	return f, nil
}

// colormeChain is the frame snippet in which the shop's server finds the target.
// Values of the query are only compared, never printed.
func colormeChain(j *job, t table) string {
	const mode = "$smarty.get.mode"
	var products, cats, groups []branch
	rest := []branch{}
	for _, e := range t.entries {
		set := colormeAssign(j, e)
		switch tag := t.grammar.tagOf(e.key); tag {
		case "p":
			products = append(products, branch{equals("$smarty.get.pid", e.key[1:]), set})
		case "c":
			big, small, _ := strings.Cut(e.key[1:], "-")
			cats = append(cats, branch{equals("$smarty.get.cbid", big) + " && " + equals("$smarty.get.csid", small), set})
			if small == "0" {
				cats = append(cats, branch{equals("$smarty.get.cbid", big) + " && " + equals("$smarty.get.csid", ""), set})
			}
		case "g":
			groups = append(groups, branch{equals("$smarty.get.gid", e.key[1:]), set})
		case "f":
			rest = append(rest, branch{equals(mode, e.key), set})
		case "m:":
			rest = append(rest, branch{equals(mode, e.key[2:]), set})
		case "cart":
			rest = append(rest, branch{equals(mode, "cart_inn"), set})
		case "home":
			// Only where the frame says so itself: were $smarty.get missing, a condition
			// on an empty query would send every page to the new home page.
			rest = append(rest, branch{equals("$tpl_name", "top"), set})
		}
	}
	sections := []branch{{`$smarty.get.pid != ""`, "\n" + smartyChain(products, "")}}
	if len(cats) > 0 {
		sections = append(sections, branch{equals(mode, "cate"), "\n" + smartyChain(cats, "")})
	}
	if len(groups) > 0 {
		sections = append(sections, branch{equals(mode, "grp"), "\n" + smartyChain(groups, "")})
	}
	sections = append(sections, rest...)
	return "<{assign var=\"replatform_to\" value=\"\"}>\n" + smartyChain(sections, "") + colormeNotice(j, t.grammar)
}

// colormeProductChain is the same for the product template, by $product.id.
func colormeProductChain(j *job, t table) string {
	var products []branch
	for _, e := range t.withTag("p") {
		products = append(products, branch{equals("$product.id", e.key[1:]), colormeAssign(j, e)})
	}
	return "<{assign var=\"replatform_to\" value=\"\"}>\n" + smartyChain(products, "") + colormeNotice(j, grammar{})
}

// colormeAssign gives the path alone while all targets share the new shop's origin.
func colormeAssign(j *job, e entry) string {
	v := e.to.rest
	if len(j.os) > 1 {
		v = j.os.full(e.to)
	}
	return fmt.Sprintf(`<{assign var="replatform_to" value="%s"}>`, htmlText(v))
}

func colormeNotice(j *job, g grammar) string {
	href := "<{$replatform_to}>"
	if len(j.os) == 1 {
		href = htmlText(j.os[0]) + href
	}
	c := loaderConfig{grammar: grammar{search: g.search}, origins: j.os, search: j.search, stay: j.in.NoForward}
	return "<{if $replatform_to != \"\"}>\n" + j.movedLink(href, true, "") + "<{/if}>\n" + c.script()
}

func colormeGuide(f *folder, j *job, c loaderConfig) {
	f.search = true
	f.what = []Text{{
		"カラーミーショップには、商品ページからほかのお店へ301転送する機能がありません。そこで、共通テンプレートに断片を貼り、旧ページごとに対応する新しいページへ案内します。訪問者は自動で新しい商品ページへ移り（戻るボタンも普通に使えます）、スクリプトを使えない人には見えるリンクが残ります。対応表にない商品・ページはそのまま表示されます。",
		"Color Me Shop cannot send a 301 from a product page to another shop. A snippet in the common template points every old page to its counterpart instead: visitors are moved on by themselves (the back button works as usual), those without scripts see a link. Products and pages that are not in the map stay as they are.",
	}, {
		"ファイルはすべて半角英数字だけで書かれているので、EUC-JPのテンプレートに貼っても文字化けしません。",
		"All files are plain ASCII, so pasting them into an EUC-JP template cannot garble anything.",
	}}
	save := Text{
		"テンプレートの編集画面（" + j.caps.menu("template").JA + "）を開き、今の内容を**すべてコピーして手元に保存**します。",
		"Open the template editor (" + j.caps.menu("template").EN + ") and **save a copy of the whole template** first.",
	}
	paste := Text{
		"共通テンプレート（index、全ページの枠）の先頭に `index.html` の中身をすべて貼り付けて保存します。`<{include file = $file_name}>` の行は消さないでください。",
		"Paste all of `index.html` at the very top of the common template (index, the frame of all pages) and save. Keep the line `<{include file = $file_name}>`.",
	}
	phone := Text{
		"スマートフォン用テンプレートが別にある場合は、そちらにも同じように貼ります。",
		"If the shop has separate smartphone templates, paste it there as well.",
	}
	paused := Text{
		"新しいお店を開いたら、旧店は「閉店」ではなく**「休止中」**にします。「閉店」にするとページが表示されず、案内も消えます。",
		"Once the new shop is open, set the old one to **paused (休止中)**, not closed (閉店): a closed shop shows no pages, and with them the pointers are gone.",
	}
	f.steps = []Text{openFirst, save}
	if c.shards > 0 {
		f.steps = append(f.steps, Text{
			"`map` フォルダの中のファイルを、https で公開できる場所にすべてアップロードします。",
			"Upload all files of the folder `map` to a place that is served over https.",
		})
		if j.needsBase(c) {
			f.steps = append(f.steps, Text{
				"`index.html` と `product.html` の中の `" + unsetBase + "` を、アップロードした場所の住所（最後は `/`）に書き換えます。",
				"In `index.html` and `product.html` replace `" + unsetBase + "` by the address of that place (with a slash at the end).",
			})
			f.Tasks = append(f.Tasks, mapBaseTask())
		}
		f.steps = append(f.steps, paste, Text{
			"商品詳細テンプレート（product）の先頭に `product.html` の中身を貼り付けて保存します。スクリプトを使えない人に、新しいお店で同じ商品を探すボタンを出すためです。",
			"Paste `product.html` at the top of the product template, so that visitors without scripts get a button that looks for the same product in the new shop.",
		}, phone, paused, Text{
			"対応表を作り直したら、`map` のアップロードと断片の貼り替えの両方を行います。",
			"When the map is made again, upload `map` and paste the snippets again, both.",
		})
	} else {
		f.steps = append(f.steps, paste, phone)
		if f.Mode == "chain" {
			f.steps = append(f.steps, Text{
				"保存しても案内が出ない場合だけ、index から断片を消し、代わりに商品詳細テンプレート（product）の先頭に `product.html` を貼ります（商品ページだけの案内になります）。",
				"Only if nothing shows: take the snippet out of index again and paste `product.html` at the top of the product template instead (it serves product pages only).",
			})
		} else {
			f.steps = append(f.steps, Text{
				"商品詳細テンプレート（product）の先頭に `product.html` の中身を貼り付けて保存します。",
				"Paste `product.html` at the top of the product template and save.",
			})
		}
		f.steps = append(f.steps, paused)
	}
	f.steps = append(f.steps, Text{
		"（開発者がいる場合の別の方法）テンプレートはカラーミーショップのAPIでも読み書きできます。今の `index` と `product` のHTMLを読んで保存し、先頭に断片を足して送ります。変更の履歴が残り、公開前に確かめるためのプレビューのURL（1時間有効）も得られます。",
		"(For a developer, instead of pasting) Color Me Shop's API reads and writes the templates too: read and keep the HTML of `index` and `product`, put the snippets at the top and send it. A history of changes is kept, and a preview link that is good for one hour shows the result before it is live.",
	})
	f.test = testTexts()
	f.keep = keepTexts()
	f.undo = []Text{{
		"テンプレートから `<!-- replatform colorme … begin -->` から `<!-- replatform colorme … end -->` までを消して保存するか、手元に保存した元の内容を貼り戻します。",
		"Delete everything from `<!-- replatform colorme … begin -->` to `<!-- replatform colorme … end -->` in the templates, or paste the saved copy back.",
	}}
	f.Limits = append(commonLimits(), scriptLimits()...)
	f.Limits = append(f.Limits,
		Evidence{Text{
			"テンプレートは<body>の中から始まるため、<head>に即時リフレッシュや正規URLを書けません。正規URLは、ページに無いときだけスクリプトで追加します",
			"templates begin inside <body>, so neither an instant refresh nor a canonical link can be written into <head>; the script adds a canonical link where the page has none",
		}, colormeHead, "2021-08", "C"},
		Evidence{Text{
			"テンプレート1ページに入るのは65,530文字まで（プラチナ・プレミアムは120,000文字）",
			"one template page takes 65,530 characters (120,000 on the plans Platinum and Premium)",
		}, colormeAPI, "2026-04-24", "V"},
		Evidence{Text{
			"カート・ログイン・会員ページなど、テンプレートの外で表示されるページには効きません",
			"it has no effect on pages that are shown outside the templates, such as checkout, login and account",
		}, colormeAPI, "2026-04-24", "I"},
	)
	f.Tasks = append(f.Tasks, termsTask(), Task{"head-field", Text{
		"管理画面に、<head> に書ける欄が別にないか確認する（あれば、もっと早く移動できる場合があります）",
		"look in the admin whether another field reaches <head> (a script there would act sooner)",
	}})
	f.basis = []Evidence{
		{Text{"商品ページからのURL転送の仕組みはないという実務者の報告", "a practitioner reports that there is no URL forwarding"}, colormeNo301, "n.d.", "P"},
		{Text{"URLのpidは商品CSVの商品IDと同じ番号", "the pid of the address is the product number of the product file"}, colormePID, "2026-08", "C"},
		{Text{"共通テンプレートの中で $smarty.get・$tpl_name・assign が使われている実例", "a working shop's common template uses $smarty.get, $tpl_name and assign"}, colormeFrame, "2026-05", "C"},
		{Text{"index には本文の include を残さなければならない", "the index template must keep the include of the page body"}, colormeAPI, "2026-04-24", "V"},
		{Text{"APIでテンプレートを読み書きでき、変更の履歴と1時間有効なプレビューがある", "the API reads and writes templates, with a history and a preview for one hour"}, colormeAPI, "2026-04-24", "V"},
		{Text{"休止中はページを読めるまま購入だけが止まり、閉店ではページが表示されない", "a paused shop stays readable without orders; a closed one shows no pages"}, colormePaused, "n.d.", "V"},
	}
}

// testTexts is how every script form is tried out.
func testTexts() []Text {
	return []Text{{
		"下の旧ページを開き、隣の新しいページに移ることを確かめます。",
		"Open the old pages below and see that each leads to the new page beside it.",
	}, {
		"旧ページの住所の最後に `#replatform-stay` を付けて開くと、移動せずに旧ページのまま見られます。",
		"Add `#replatform-stay` to an old address to stay on the old page and look at it.",
	}, {
		"移った先で「戻る」を押し、旧ページの前に見ていたページへ戻れることを確かめます。",
		"Press Back on the new page: you come to the page you saw before the old one.",
	}, {
		"対応表にない商品（または存在しない商品番号）を開き、これまでどおり表示されることを確かめます。",
		"Open a product that is not in the map (or a number that does not exist): it looks as before.",
	}}
}
