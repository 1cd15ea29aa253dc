package sources

// unknownShape is an export of a program that is read otherwise, of which no source tells
// the columns: it is named, so that nobody looks for the fault in the file.
type unknownShape struct{ en, ja string }

// unknownShapes are written on the page of formats.
func unknownShapes() []unknownShape {
	return []unknownShape{
		{"Search Console, compared with another period, in Japanese", "Search Console の検索パフォーマンス（期間の比較、日本語）"},
		{"Search Console, links (top linked pages, top linking sites, latest links), in Japanese", "Search Console のリンク（上位のリンクされているページ、上位のリンク元サイト、最新のリンク、日本語）"},
		{"Search Console, examples of the page indexing report, in Japanese", "Search Console のページのインデックス登録の例（日本語）"},
		{"Search Console in languages other than English, Japanese and (pages only) German", "英語・日本語・ドイツ語（ページのみ）以外の Search Console"},
		{"Google Analytics 4 in languages other than English and Japanese; the revenue in Japanese", "英語・日本語以外の Googleアナリティクス4。日本語では売上の列"},
		{"Bing Webmaster Tools, backlinks", "Bing Webmaster ツールのバックリンク"},
		{"Semrush, today's list of backlinks", "Semrush の現在の被リンク一覧"},
		{"WooCommerce in languages other than English and Japanese", "英語・日本語以外の WooCommerce"},
		{"futureshop, the older goods.csv", "futureshop の旧形式 goods.csv"},
		{"BASE, files for registering products without 商品ID, and Color Me without its line of names (項目名: 表示する): they do not tell which column is what, or which page a row is", "商品ID のない BASE の登録用CSV、項目名のないカラーミーの商品CSV（どの列が何か、どのページかが分かりません）"},
	}
}
