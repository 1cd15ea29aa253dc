package workaround

import "fmt"

// Facts of this dialect: the theme file layout/theme.liquid holds the <head> of
// every page; the home page is shown for "/" whatever its query, and the platform's
// own redirects fire only where a page would be missing. A page such as "/?pid=1"
// therefore can be caught by a script only.
const (
	shopifyRedirects = "https://help.shopify.com/en/manual/online-store/menus-and-links/url-redirect"
	shopifyAssets    = "https://shopify.dev/docs/api/liquid/filters/asset_url"
)

func shopifyTheme() dialect {
	return dialect{id: "shopify-liquid", destination: shopifyFolder}
}

const (
	// shopifyHide is for how long the page may stay invisible while the map loads.
	shopifyHide = 2500
	// shopifyShards bounds the number of theme files; how many a theme takes was not
	// found, so this is a cautious figure of ours.
	shopifyShards = 64
	// shopifyShardSize is the size of one of them, as long as the bound allows.
	shopifyShardSize = 12 << 10
)

func shopifyFolder(j *job) (*folder, error) {
	g := arrivingGrammar(j.in)
	t := newTable(g, j.os, j.in, tableOptions{hostKept: true, skip: map[string]bool{"home": true, "u/": true}})
	f := &folder{}
	f.Title = Text{"新しいお店のテーマに貼る案内（旧URLが「/?…」などの場合）", "Pointers in the new shop's theme (old addresses like /?…)"}
	f.Strength, f.search = Script, true
	f.Refused, f.Covers = t.refused, covers(t.entries, Script)

	c := loaderConfig{grammar: g, origins: j.os, search: j.search}
	f.Mode = "inline"
	if len(scriptMap(t.entries)) <= inlineLimit {
		c.inline = t.entries
	} else {
		f.Mode = "shards"
		c.hide = shopifyHide
		size, limit, base := shardSize, maxShards, j.base
		if j.base == unsetBase {
			// The theme's own asset folder; its address is printed by the theme.
			size, limit = shopifyShardSize, shopifyShards
			base = "{{ 'replatform-m0.js' | asset_url | split: 'replatform-m0.js' | first }}"
		}
		c.shards = shardCount(t.entries, size, limit)
		c.base = base + "replatform-m"
		for i, text := range shardFiles(t.entries, c.shards) {
			f.add(fmt.Sprintf("map/replatform-m%d.js", i), text)
		}
	}
	f.add("theme-head.liquid", framed("theme head",
		"{% if template.name == 'index' or template.name == '404' %}\n"+c.script()+"{% endif %}\n"))
	shopifyGuide(f, j, c)
	return f, nil
}

// arrivingGrammar reads the old addresses as they will arrive at the new shop.
func arrivingGrammar(in Input) grammar {
	if d, ok := dialectByID(in.Source.TemplateLanguage); ok && d.grammar.rules != nil {
		return d.grammar
	}
	return genericGrammar(in.Rows)
}

func shopifyGuide(f *folder, j *job, c loaderConfig) {
	f.what = []Text{{
		"独自ドメインを新しいお店に向けると、旧URL（例: `" + f.example(j) + "`）は新しいお店のトップページか404ページとして開きます。新しいお店の転送機能は「?」より後ろで決まる旧URLや、ページが存在する住所には効きません。そこでテーマの<head>に小さなスクリプトを置き、旧URLで来た人を正しい商品ページへ移します。",
		"Once your domain points at the new shop, an old address such as `" + f.example(j) + "` opens the new home page or the 404 page. The new shop's own redirects do not act on addresses that differ only behind the question mark, nor where a page exists. A small script in the theme's <head> moves those visitors on to the right product.",
	}, {
		"トップページと404ページだけで動き、旧URLの形をしていない訪問には何もしません。画面がちらつかないよう、ページが描かれる前に移動します（対応表を読み込む間は最長" + fmt.Sprintf("%.1f", float64(shopifyHide)/1000) + "秒、画面を白いままにします）。",
		"It runs on the home page and the 404 page only and does nothing for visits that do not look like an old address. Visitors are moved before the page is painted, so nothing flashes (while a map file loads the page stays blank, at most " + fmt.Sprintf("%.1f", float64(shopifyHide)/1000) + " seconds).",
	}, edgeFirst(j)}
	f.steps = []Text{{
		"独自ドメインを新しいお店に向けるときに行います（先に入れておいても害はありません）。",
		"Do this when the domain is pointed at the new shop (earlier does no harm).",
	}, {
		"テーマを複製して控えを作ります（" + j.caps.menu("template").JA + "）。",
		"Duplicate the theme as a copy to go back to (" + j.caps.menu("template").EN + ").",
	}}
	if c.shards > 0 {
		if j.base == unsetBase {
			f.steps = append(f.steps, Text{
				"`map` フォルダの中のファイルをすべて、テーマの assets にアップロードします。",
				"Upload all files of the folder `map` to the theme's assets.",
			})
			f.Tasks = append(f.Tasks, Task{"assets", Text{
				"テーマの assets に置けるファイル数を確認し、`replatform-m1.js` の住所（版番号なし）をブラウザで開いて読めるか試す。読めなければ別の https の場所に置き、その場所を指定して作り直す",
				"check how many files the theme's assets take, and open the address of `replatform-m1.js` without a version in a browser; if it cannot be read, put the files elsewhere (https) and make the folder again with that address",
			}})
		} else {
			f.steps = append(f.steps, Text{
				"`map` フォルダの中のファイルをすべて " + markdownLink(j.base) + " にアップロードします。",
				"Upload all files of the folder `map` to " + markdownLink(j.base) + ".",
			})
		}
	}
	f.steps = append(f.steps, Text{
		"テーマのコード編集で `layout/theme.liquid` を開き、`<head>` のすぐ下に `theme-head.liquid` の中身を貼って保存します。",
		"Open `layout/theme.liquid` in the theme's code editor, paste `theme-head.liquid` right below `<head>` and save.",
	})
	f.Tasks = append(f.Tasks, edgeTasks(j)...)
	f.test = testTexts()
	f.keep = []Text{{
		"ずっと残して構いません。旧URLで来る人がいる限り役に立ちます。テーマを変えたら貼り直してください。",
		"Keep it for good: it helps as long as anyone comes by an old address. Paste it again when the theme is changed.",
	}}
	f.undo = []Text{{
		"`layout/theme.liquid` から `<!-- replatform theme head begin -->` から `end -->` までを消します。",
		"Delete everything from `<!-- replatform theme head begin -->` to `end -->` in `layout/theme.liquid`.",
	}}
	f.Limits = []Evidence{
		commonLimits()[0], commonLimits()[1],
		{Text{
			"トップページには正規URL（トップページ自身）がすでにあるため、スクリプトは正規URLを変えません。検索エンジンへの合図はスクリプトによる移動だけです",
			"the home page has a canonical link of its own, which a script must not change; the move by script is the only signal to search engines",
		}, googleJS, "2026-07-08", "H"},
	}
	f.Limits = append(f.Limits, scriptLimits()[1], Evidence{Text{
		"スクリプトを実行しない訪問者や検索エンジンには、新しいお店のトップページ（または404ページ）が見えるだけです",
		"visitors and engines that run no scripts only see the new home page (or the 404 page)",
	}, googleRedirects, "2026-04-14", "H"})
	f.basis = []Evidence{
		{Text{"転送はページが見つからない住所でだけ働く", "redirects act only where a page would be missing"}, shopifyRedirects, "n.d.", "V"},
		{Text{"assets のファイルの住所は asset_url で得られる", "asset_url gives the address of a theme file"}, shopifyAssets, "n.d.", "V"},
	}
}
