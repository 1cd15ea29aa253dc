package workaround

import (
	"fmt"
	"strings"
)

func makeshopCreatorGuide(f *folder, j *job, used []creatorPage, plans map[string]creatorPlan, c loaderConfig, limitKnown bool) {
	f.search = true
	f.what = []Text{{
		"makeshopには、ページごとにほかのお店へ301転送する機能がありません。クリエイターモードでは<head>を編集できるので、旧ページごとに「0秒のリフレッシュ」と「正規URL（canonical）」を新しいページへ向けます。301を出せない場合に使える、いちばん強い方法です。",
		"makeshop cannot send a 301 from a page to another shop. In the Creator mode <head> can be edited, so every old page gets a refresh of 0 seconds and a canonical link to its counterpart: the strongest form there is where no 301 can be sent.",
	}, {
		"ファイルはすべて半角英数字だけで書かれています。対応表にない商品・ページは移動せず、上に新しいお店のトップページへのリンクが付くだけです。",
		"All files are plain ASCII. Products and pages that are not in the map stay where they are; they only get a link to the new home page at the top.",
	}}
	if p := plans["item"].pattern; p != nil {
		f.what = append(f.what, Text{
			fmt.Sprintf("商品ページは、商品のコード（%s）から新しい住所を組み立てます: `%sコード%s`", codeName(p).JA, p.prefix, p.suffix),
			fmt.Sprintf("Product pages: the new address is written from the product's code (%s): `%sCODE%s`", codeName(p).EN, p.prefix, p.suffix),
		})
	}
	var ja, en []string
	for _, p := range used {
		ja = append(ja, fmt.Sprintf("%s → `%s-head.html` と `%s-body.html`", p.name.JA, p.file, p.file))
		en = append(en, fmt.Sprintf("%s → `%s-head.html` and `%s-body.html`", p.name.EN, p.file, p.file))
	}
	f.steps = []Text{openFirst, {
		"クリエイターモードのデザイン編集（" + j.caps.menu("template").JA + "）を開き、今のデザインの**控えを取ります**。",
		"Open the design editor of the Creator mode (" + j.caps.menu("template").EN + ") and **keep a copy of the design**.",
	}}
	if c.shards > 0 {
		f.steps = append(f.steps, Text{
			"`map` フォルダの中のファイルを、https で公開できる場所にすべてアップロードします。",
			"Upload all files of the folder `map` to a place that is served over https.",
		})
		if j.needsBase(c) {
			f.steps = append(f.steps, Text{
				"`-head.html` の中の `" + unsetBase + "` を、アップロードした場所の住所（最後は `/`）に書き換えます。",
				"In the `-head.html` files replace `" + unsetBase + "` by the address of that place (with a slash at the end).",
			})
			f.Tasks = append(f.Tasks, mapBaseTask())
		}
	}
	f.steps = append(f.steps, Text{
		"次のテンプレートを順に編集します: " + strings.Join(ja, "、"),
		"Edit these templates one after the other: " + strings.Join(en, ", "),
	}, Text{
		"<head> の中の正規URLの行（`<link rel=\"canonical\" href=\"<{$page.canonical_url}>\">`）を消し、同じ場所に `-head.html` の中身を貼ります（正規URLは1ページに1つだけです）。",
		"In <head> delete the line `<link rel=\"canonical\" href=\"<{$page.canonical_url}>\">` and paste `-head.html` in its place (a page has one canonical link only).",
	}, Text{
		"`<{$makeshop.body_top}>` のすぐ下に `-body.html` の中身を貼ります。",
		"Paste `-body.html` right below `<{$makeshop.body_top}>`.",
	}, makeshopOpen())
	f.test = []Text{{
		"下の旧ページを開き、隣の新しいページに移ることを確かめます。",
		"Open the old pages below and see that each leads to the new page beside it.",
	}, {
		"旧ページのソースを表示し（`view-source:` を住所の前に付ける）、<head> の中に refresh と canonical が1つずつあり、同じ新しい住所を指すことを確かめます。",
		"Look at the source of an old page (`view-source:` before the address): <head> holds one refresh and one canonical, both with the same new address.",
	}, {
		"対応表にない商品を開き、移動せずに表示されることを確かめます（上に新しいお店へのリンクが付きます）。",
		"Open a product that is not in the map: it stays (with a link to the new shop at the top).",
	}}
	f.keep = keepTexts()
	f.undo = []Text{{
		"貼った部分（`<!-- replatform makeshop … begin -->` から `end -->` まで）を消し、正規URLの行 `<link rel=\"canonical\" href=\"<{$page.canonical_url}>\">` を元の場所に戻します。",
		"Delete what was pasted (from `<!-- replatform makeshop … begin -->` to `end -->`) and put the line `<link rel=\"canonical\" href=\"<{$page.canonical_url}>\">` back.",
	}, {
		"規約などで自動の移動が禁じられている場合は、`<meta http-equiv=\"refresh\" …>` の部分だけを消せば、正規URLと見えるリンクだけが残ります（案内としては弱くなります）。",
		"If the terms forbid moving visitors on, delete only the `<meta http-equiv=\"refresh\" …>` parts: the canonical link and the visible link stay (a weaker pointer).",
	}}
	f.Limits = commonLimits()
	if len(c.inline) > 0 || c.shards > 0 {
		f.Limits = append(f.Limits, scriptLimits()...)
		f.Limits = append(f.Limits, Evidence{Text{
			"テンプレートに入りきらない商品はスクリプトで案内します。新しいお店の商品URLに旧商品コードを使えば（例: `/products/<システム商品コード>`）、すべての商品を0秒リフレッシュで案内できます",
			"products for which the template has no room are moved on by script; if the new shop uses the old product code in its addresses (`/products/<system code>`) all of them can have the instant refresh",
		}, makeshopTags, "2026", "I"})
	}
	if plans["item"].pattern != nil {
		f.Limits = append(f.Limits, Evidence{Text{
			"コードから住所を組み立てるため、対応表にまだない商品（調査のあとに追加した商品、非公開の商品）も、存在しないかもしれない新しい住所へ移ります。商品を増やしたら作り直してください",
			"since the address is written from the code, products that the map does not know (added later, hidden) are sent to an address that may not exist; make the files again when products are added",
		}, makeshopTags, "2026", "I"})
	}
	f.Limits = append(f.Limits, Evidence{Text{
		"クリエイターモードに切り替える前の旧URL（/shopdetail/…）をmakeshopが今も表示・転送するかは分かっていないため、数に入れていません",
		"whether addresses from before the change to the Creator mode (/shopdetail/…) are still answered is not known, so they are not counted",
	}, "", "", "?"}, makeshopURLsLimit())
	if !limitKnown {
		f.Limits = append(f.Limits, Evidence{Text{
			fmt.Sprintf("テンプレート1ページに入る文字数の上限は分かっていません。ここでは控えめに%d文字までとしました（makeshopの数字ではありません）", creatorBudget),
			fmt.Sprintf("how many characters a template takes is not known; %d are used here, a cautious figure of ours, not makeshop's", creatorBudget),
		}, "", "", "?"})
		f.Tasks = append(f.Tasks, Task{"template-limit", Text{
			"テンプレート1ページの文字数の上限をmakeshopに確認する（分かれば、より多くの商品を0秒リフレッシュで案内できます）",
			"ask makeshop how many characters one template takes (once known, more products can have the instant refresh)",
		}})
	}
	f.Tasks = append(f.Tasks, termsTask(), Task{"edge", Text{
		"（選択肢）自社のドメインに案内係（サーバーやCDN）を置けるなら、refresh の行き先を `https://自社ドメイン/go/<{$page.id}>` の1行にして、対応表を案内係の側に持つこともできます。これはここでは作っていません",
		"(option) if you can run an edge or a server on a domain of your own, the refresh can go to one line, `https://your-domain/go/<{$page.id}>`, and the map lives there; it is not made here",
	}})
	f.basis = []Evidence{
		{Text{"$page.type と $page.id の意味（商品ではシステム商品コード）", "meaning of $page.type and $page.id (the system code on item pages)"}, makeshopTags, "2026", "V"},
		{Text{"テンプレートで使える if・elseif・else と escape", "if, elseif, else and escape in templates"}, makeshopSmarty, "2026", "V"},
		{Text{"許可されていない演算子があるため、== と != だけを使った", "some operators are not allowed, so only == and != are used"}, makeshopLimits, "n.d.", "V"},
		{Text{"<head> 全体と canonical の行がテンプレートにある", "the template holds all of <head> with the canonical line"}, makeshopTemplate, "2023-02-01", "C"},
		makeshopClosedFact(),
		{Text{"0秒リフレッシュと canonical の組み合わせで301に近い結果を得たという実務者の報告（同系列の別サービス）", "a practitioner reports results near those of a 301 with refresh and canonical, on a sister service"}, makeshopNear301, "n.d.", "M"},
	}
}

// makeshopOpen is the step that keeps the old pages readable.
func makeshopOpen() Text {
	return Text{
		"新しいお店を開いたら、旧店は「閉店」にしません。「閉店」ではすべてのページがメンテナンス画面になり、案内が消えます。",
		"Once the new shop is open, do not set the old one to closed (閉店): every page would become the maintenance page, and the pointers would be gone.",
	}
}

func makeshopClosedFact() Evidence {
	return Evidence{Text{"閉店にすると全ページがメンテナンス画面になる", "a closed shop shows the maintenance page on every address"}, makeshopClosed, "n.d.", "V"}
}

func makeshopURLsLimit() Evidence {
	return Evidence{Text{
		"管理画面の「URL一括設定」では転送できません。好きな住所を付けても元の住所が残り、同じページが2つの住所で見えるだけです",
		"the function URL一括設定 redirects nothing: the address of one's choice stands beside the old one, and the page is shown at both",
	}, makeshopURLs, "n.d.", "V"}
}

// codeName says which code a pattern is written from.
func codeName(p *codePattern) Text {
	if p.own {
		return Text{"独自商品コード", "the shop's own code"}
	}
	return Text{"システム商品コード", "the system code"}
}
