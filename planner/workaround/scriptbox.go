package workaround

// scriptBoxID is the artefact for platforms of which only is known, or hoped, that
// they take a script somewhere.
const scriptBoxID = "script-box"

// scriptBoxFolder is the script for a platform without a dialect: pages are told
// apart by path and by the query parameters that occur in the rows.
func scriptBoxFolder(j *job) (*folder, error) {
	g := genericGrammar(j.in.Rows)
	t := newTable(g, j.os, j.in, tableOptions{})
	f := &folder{}
	f.Title = Text{"スクリプト欄に貼る案内", "Pointers for a script box"}
	f.Refused, f.Covers = t.refused, covers(t.entries, j.scripted())
	scriptBox(f, j, g, t.entries, "script")
	return f, nil
}

// scriptBox fills a folder with the one snippet "anywhere.html" and its guide.
func scriptBox(f *folder, j *job, g grammar, entries []entry, name string) {
	f.Strength = j.scripted()
	f.search = true
	c := j.config(f, g, entries)
	f.Mode = "inline"
	if c.shards > 0 {
		f.Mode = "shards"
	}
	body := c.script()
	if c.stay {
		body = j.movedLink(htmlText(j.home), false, "") + body // what the script points on
	}
	f.add("anywhere.html", framed(name, body))
	f.what = []Text{{
		"旧ページごとに対応する新しいページへ案内するスクリプトです。全ページに共通の欄（ヘッダー、フッター、タグ設定など）に1回だけ貼ります。対応表にないページはそのまま表示されます。",
		"A script that points every old page to its counterpart. It is pasted once into a field that all pages share (header, footer, tag settings). Pages that are not in the map stay as they are.",
	}, {
		"半角英数字だけで書かれているので、どの文字コードのページでも文字化けしません。",
		"It is plain ASCII, so no charset can garble it.",
	}}
	f.steps = []Text{openFirst}
	if c.shards > 0 {
		f.steps = append(f.steps, Text{
			"`map` フォルダの中のファイルを、https で公開できる場所にすべてアップロードします。",
			"Upload all files of the folder `map` to a place that is served over https.",
		})
		if j.needsBase(c) {
			f.steps = append(f.steps, Text{
				"`anywhere.html` の中の `" + unsetBase + "` を、アップロードした場所の住所（最後は `/`）に書き換えます。",
				"In `anywhere.html` replace `" + unsetBase + "` by the address of that place (with a slash at the end).",
			})
			f.Tasks = append(f.Tasks, mapBaseTask())
		}
	}
	f.steps = append(f.steps, Text{
		"全ページ共通の欄（" + j.caps.menu("script").JA + "）の今の内容を控え、その先頭に `anywhere.html` の中身を貼って保存します。",
		"Keep a copy of the field that all pages share (" + j.caps.menu("script").EN + "), paste `anywhere.html` at its top and save.",
	}, Text{
		"スクリプトを使えない人のために、`notice` フォルダの案内文も店内の目立つ所に貼ります。",
		"For visitors without scripts, paste the text of the folder `notice` in a place that is seen, too.",
	})
	f.test = testTexts()
	f.keep = keepTexts()
	f.undo = []Text{{
		"貼った部分（`<!-- replatform … begin -->` から `end -->` まで）を消して保存します。",
		"Delete what was pasted (from `<!-- replatform … begin -->` to `end -->`) and save.",
	}}
	f.Limits = append(commonLimits(), scriptLimits()...)
	f.Tasks = append(f.Tasks, termsTask())
	if j.caps.Script != Yes {
		f.Tasks = append(f.Tasks, Task{"script", Text{
			"旧店のカートに、全ページ共通の欄へスクリプトを置けるか確認する",
			"ask the old platform whether a script can be placed on all pages",
		}})
	}
}
