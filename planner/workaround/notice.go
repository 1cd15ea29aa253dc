package workaround

// noticeID is the artefact that every move has: a text that can be pasted anywhere.
const noticeID = "notice"

func noticeFolder(j *job) (*folder, error) {
	f := &folder{}
	f.Title = Text{"移転のお知らせ（どこにでも貼れる文）", "Notice of the move (a text to paste anywhere)"}
	f.Mode, f.Strength, f.search = "notice", Link, true
	f.add("notice.html", framed("notice", j.movedLink(htmlText(j.home), false, "")))
	f.what = []Text{{
		"トップページ、全ページ共通の欄、閉店中の案内文など、HTMLを書ける所ならどこにでも貼れる短いお知らせです。半角英数字だけで書かれているので文字化けしません。",
		"A short notice for any place that takes HTML: the home page, a field that all pages share, the text of a closed shop. It is plain ASCII, so nothing can be garbled.",
	}, {
		"新しいお店のトップページへ案内するだけで、商品ごとの案内にはなりません。ほかの方法と一緒に使ってください。",
		"It leads to the new home page and points to no single product. Use it beside the other forms.",
	}}
	f.steps = []Text{{
		"貼る場所（" + j.caps.menu("template").JA + "）の今の内容を控え、`notice.html` の中身を貼って保存します。",
		"Keep a copy of the place where it goes (" + j.caps.menu("template").EN + "), paste `notice.html` and save.",
	}}
	f.test = []Text{{
		"旧店を開き、お知らせが見えること、リンクで新しいお店が開くことを確かめます。",
		"Open the old shop: the notice is seen, and its link opens the new shop.",
	}}
	f.keep = keepTexts()
	f.undo = []Text{{
		"`<!-- replatform notice begin -->` から `<!-- replatform notice end -->` までを消します。",
		"Delete everything from `<!-- replatform notice begin -->` to `<!-- replatform notice end -->`.",
	}}
	f.Limits = []Evidence{{Text{
		"検索エンジンは、旧ページそれぞれの移転先をこの文からは知ることができません",
		"search engines cannot learn from it where each old page went",
	}, googleMove, "2026-06", "H"}}
	f.Tasks = []Task{termsTask()}
	if j.caps.ProductFile != "" && j.caps.BodyText != No && j.in.ProductFile == nil {
		f.Tasks = append(f.Tasks, Task{"product-file", Text{
			"商品CSVを書き出し、`replatform plan --product-file 書き出したCSV` で計画を作り直す（商品説明に載せるリンクのCSVもできます）",
			"export the products and make the plan again with `replatform plan --product-file EXPORT`: it then also makes the file with a link in each product text",
		}})
	}
	return f, nil
}
