package workaround

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
)

const (
	// headCodeID is the script for a destination that takes code in the head of all
	// pages and whose templates are not known.
	headCodeID = "head-code"
	// headLinesID are the lines for a platform whose head can be edited page by page.
	headLinesID = "head-lines"
	// handLimit is how many pages an owner can be asked to edit by hand; a figure of
	// ours. The first rows get it.
	handLimit = 200
)

// headCodeFolder is the script that the new shop carries in the head of every page.
// It acts only at addresses of old pages that the new shop does not have itself.
func headCodeFolder(j *job) (*folder, error) {
	g := arrivingGrammar(j.in)
	t := newTable(g, j.os, j.in, tableOptions{hostKept: true, skip: map[string]bool{"home": true, "u/": true}})
	f := &folder{}
	f.Title = Text{"新しいお店の<head>に置く案内（旧URLが「/?…」などの場合）", "Pointers in the head of the new shop (old addresses like /?…)"}
	f.Strength, f.search = Script, true
	f.Refused, f.Covers = t.refused, covers(t.entries, Script)
	c := j.config(f, g, t.entries)
	c.stay = false // the terms of the old platform do not bind the new one
	f.Mode = "inline"
	if c.shards > 0 {
		f.Mode, c.hide = "shards", shopifyHide
	}
	f.add("head.html", framed("head", c.script()))
	f.what = []Text{{
		"独自ドメインを新しいお店に向けると、新しいお店の転送機能が見分けられない旧URL（例: `" + f.example(j) + "`）は新しいお店のトップページや404ページとして開きます。全ページ共通の<head>に小さなスクリプトを置き、旧URLで来た人だけを正しいページへ移します。",
		"Once the domain points at the new shop, old addresses that its redirects cannot tell apart (such as `" + f.example(j) + "`) open its home page or its 404 page. A small script in the head of all pages moves those visitors, and no others, to the right page.",
	}, {
		"新しいお店のページと同じ住所の旧URLには働きません（`not-covered.csv`）。トップページ自身にも働きません。",
		"It does not act at old addresses where the new shop has a page of its own (`not-covered.csv`), nor at the home page itself.",
	}, edgeFirst(j)}
	f.steps = []Text{{
		"独自ドメインを新しいお店に向けるときに行います（先に入れておいても害はありません）。",
		"Do this when the domain is pointed at the new shop (earlier does no harm).",
	}}
	if c.shards > 0 {
		f.steps = append(f.steps, Text{
			"`map` フォルダの中のファイルを、https で公開できる場所にすべてアップロードします。",
			"Upload all files of the folder `map` to a place that is served over https.",
		})
		if j.needsBase(c) {
			f.steps = append(f.steps, Text{
				"`head.html` の中の `" + unsetBase + "` を、アップロードした場所の住所（最後は `/`）に書き換えます。",
				"In `head.html` replace `" + unsetBase + "` by the address of that place (with a slash at the end).",
			})
			f.Tasks = append(f.Tasks, mapBaseTask())
		}
	}
	f.steps = append(f.steps, Text{
		"新しいお店の、全ページの<head>にコードを入れる欄（" + j.caps.menu("head").JA + "）に `head.html` の中身を貼り、できるだけ先に読まれる位置にします。",
		"Paste `head.html` into the new shop's field for code in the head of all pages (" + j.caps.menu("head").EN + "), as early as it can be.",
	})
	f.test = testTexts()
	f.keep = []Text{{
		"ずっと残して構いません。旧URLで来る人がいる限り役に立ちます。",
		"Keep it for good: it helps as long as anyone comes by an old address.",
	}}
	f.undo = []Text{{
		"`<!-- replatform head begin -->` から `<!-- replatform head end -->` までを消して保存します。",
		"Delete everything from `<!-- replatform head begin -->` to `<!-- replatform head end -->` and save.",
	}}
	f.Limits = []Evidence{commonLimits()[0], commonLimits()[1], scriptLimits()[1], {Text{
		"スクリプトを実行しない訪問者や検索エンジンには、新しいお店のトップページ（または404ページ）が見えるだけです",
		"visitors and engines that run no scripts only see the new home page (or the 404 page)",
	}, googleRedirects, "2026-04-14", "H"}}
	f.Tasks = append(f.Tasks, Task{"head-code", Text{
		"移転先に確認：今のプランで全ページの<head>にスクリプトを置けるか、ページの描画より前に読まれるか",
		"ask the destination: does the plan allow a script in the head of all pages, and is it read before the page is painted",
	}})
	f.Tasks = append(f.Tasks, edgeTasks(j)...)
	return f, nil
}

// edgeFirst says what beats a script in the new shop's own pages.
func edgeFirst(j *job) Text {
	if j.in.EdgeInFront {
		return Text{
			"301転送ではないので、検索エンジンには弱い手段です。**この計画では手前の案内係（`front-` で始まるフォルダー）が301で答えるため、ふだんは要りません。** 案内係を置けないと分かったとき、または止まったときの備えです。",
			"It is no 301 and therefore weak for search engines. **In this plan the edge in front (the folder that begins with `front-`) answers with a 301, so this is not needed as a rule**: it is the second net for the case that nothing may stand in front after all, or that the edge stops.",
		}
	}
	return Text{
		"301転送ではないので、検索エンジンには弱い手段です。旧URLを301で受けられる案内係（CDNなど）を手前に置けるなら、そちらを使ってください。",
		"It is no 301 and therefore weak for search engines. Where an edge (CDN) in front can answer old addresses with a 301, use that instead.",
	}
}

// edgeTasks asks for an edge where the plan has none.
func edgeTasks(j *job) []Task {
	if j.in.EdgeInFront {
		return nil
	}
	return []Task{{"edge", Text{
		"独自ドメインの手前に、旧URLを301で受けられる案内係（CDNやサーバー）を置けないか、新しいお店のカートとドメインの管理会社に確認する",
		"ask the new platform and the registrar whether an edge (CDN or server) that answers old addresses with a 301 may stand in front of the domain",
	}}}
}

// headLinesFolder lists, page by page, the two lines for the head: for a platform
// that lets it be edited for each page and whose template language is not known.
func headLinesFolder(j *job) (*folder, error) {
	g := genericGrammar(j.in.Rows)
	t := newTable(g, j.os, j.in, tableOptions{})
	f := &folder{}
	f.Title = Text{"ページごとの<head>に貼る2行", "Two lines for the head of each page"}
	f.Mode, f.Strength, f.search = "by-hand", InstantRefresh, true
	if j.in.NoForward {
		f.Strength = Canonical
	}
	f.Refused = t.refused
	kept := t.entries[:min(len(t.entries), handLimit)]
	for _, e := range t.entries[len(kept):] {
		for _, r := range e.rows {
			f.Refused = append(f.Refused, refuse(r, "by-hand"))
		}
	}
	f.Covers = covers(kept, f.Strength)
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	// Writing into memory cannot fail.
	_ = w.Write([]string{"old_url", "old_title", "lines_for_head", "new_url"})
	for _, e := range kept {
		r := j.in.Rows[slices.Min(e.rows)]
		_ = w.Write([]string{cell(r.OldURL), cell(r.OldTitle), headLines(htmlText(j.os.full(e.to)), j.in.NoForward), cell(j.os.full(e.to))})
	}
	w.Flush()
	f.files = append(f.files, file{"head-lines.csv", b.Bytes()})
	f.what = []Text{{
		fmt.Sprintf("旧ページの<head>をページごとに編集できる場合に、ページごとに貼る行の一覧です（`lines_for_head` の列）。対応表の先頭から最大 %d ページ分です（手作業の限りとして当方が決めた数です）。", handLimit),
		fmt.Sprintf("For a platform whose head can be edited page by page: the lines to paste into each page (column `lines_for_head`), for at most the first %d pages (a figure of ours, since it is done by hand).", handLimit),
	}}
	f.steps = []Text{openFirst, {
		"1ページずつ、管理画面のそのページの<head>の欄（" + j.caps.menu("head").JA + "）に `lines_for_head` の中身を貼ります。すでに正規URL（canonical）の行があれば消します（1ページに1つだけです）。",
		"Page by page, paste `lines_for_head` into the page's head field (" + j.caps.menu("head").EN + "). Delete a canonical line that is there already (a page has one only).",
	}, {
		"売上・検索の多いページから始めます。残りは `script-box` があればそちらで案内します。",
		"Begin with the pages that bring most sales and searches; `script-box`, where it exists, serves the rest.",
	}}
	f.test = []Text{{
		"貼った旧ページを開き、新しいページへ移ることを確かめます。ソースを表示し、refresh と canonical が<head>の中に1つずつあることを見ます。",
		"Open the old page: it leads to the new one. In its source there is one refresh and one canonical, both inside <head>.",
	}}
	f.keep = keepTexts()
	f.undo = []Text{{"貼った行を消し、消した正規URLの行を戻します。", "Delete the lines, and put the canonical line back that was there before."}}
	f.Limits = commonLimits()
	f.Tasks = []Task{termsTask(), {"head-field", Text{
		"旧店のカートで、ページごとの<head>に書ける欄がどこにあるかを確認する",
		"find out where in the old platform the head of a single page can be edited",
	}}}
	return f, nil
}

// headLines are the lines for one page; href is escaped HTML.
func headLines(href string, stay bool) string {
	canonical := `<link rel="canonical" href="` + href + `">`
	if stay {
		return canonical
	}
	return `<meta http-equiv="refresh" content="0; url=` + href + `">` + canonical
}
