package sources

// What holds for whole files.
const (
	noteTwice         = "the column %q stands more than once; the first one was read"
	noteNoAddresses   = "this kind of file does not tell the addresses of products"
	noteStatusUnread  = "%s was not read, because what its values mean is not known: hidden products may be among the published ones"
	noteSuffix        = "the address of a product is its url_key with the ending that the shop has set, often .html; say it with --path '/{handle}.html'"
	notePeriodUnknown = "the file does not say of which time its figures are; say it with --period 2025-08-01/2026-10-31"
	noteBeforeUnknown = "the figures of the period compared with were left out, because its days are not known"
	noteTooMany       = "more than %d different addresses: %d rows or requests beyond them were left out"
	noteTooMuch       = "what the file says fills more than %d MiB: %d rows or requests beyond that were left out"
	noteBare          = "what the file says fills more than %d MiB: %d products were taken without their descriptions"
	noteNarrowed      = "the figures were narrowed when they were exported: %s"
	noteSitemapIndex  = "this sitemap names %d other sitemaps and no pages; give those files"
	noteLongTarget    = "%d requests for addresses of more than %d bytes were left out"
	noteMail          = "%d requests with a mail address in them were left out"
	noteShortened     = "%d addresses were shortened by what their parameters say of a person (%s); the %d requests count"
	noteLater         = "%d requests of people on or after %s, the day of the switch, were left out"
	noteNoVisits      = "the log does not say where visitors came from: addresses are taken, visits cannot be counted"
	noteNoPrograms    = "the log does not name programs: people and robots cannot be told apart"
)

// inJapanese is the Japanese form of a message about a row or a file. The verbs of
// both stand in the same order, or are numbered.
func inJapanese(format string) string {
	switch format {
	case noteTwice:
		return "列 %q が2つ以上あります。最初の列を読みました"
	case noteNoAddresses:
		return "この種類のファイルには商品ページのURLがありません"
	case noteStatusUnread:
		return "%s は値の意味が分からないため読んでいません。非公開の商品が混じっているかもしれません"
	case noteSuffix:
		return "商品のURLは url_key にお店で決めた末尾（多くは .html）を付けたものです。--path '/{handle}.html' のように指定してください"
	case notePeriodUnknown:
		return "いつの数字かがファイルに書かれていません。--period 2025-08-01/2026-10-31 のように指定してください"
	case noteBeforeUnknown:
		return "比較した期間の日付が分からないため、その数字は取り込んでいません"
	case noteTooMany:
		return "URLが %d 種類を超えました。超えた分の %d 行は数えていません"
	case noteTooMuch:
		return "ファイルの内容が %d MiB を超えました。超えた分の %d 行は取り込んでいません"
	case noteLinking:
		return "%d を超えるサイトからリンクされているページでは、リンクの多いサイトの名前だけを残しました"
	case noteBare:
		return "ファイルの内容が %d MiB を超えたため、%d 件の商品は説明文なしで取り込みました"
	case noteNarrowed:
		return "書き出すときに絞り込まれた数字です: %s"
	case noteSitemapIndex:
		return "このサイトマップは他のサイトマップ %d 件の一覧で、ページは載っていません。それぞれのファイルを渡してください"
	case noteLongTarget:
		return "%d 件は %d バイトを超えるURLのアクセスのため、取り込んでいません"
	case noteMail:
		return "メールアドレスを含むアクセス %d 件は取り込んでいません"
	case noteShortened:
		return "%d 種類のURLから、個人に関わるパラメーターの値（%s）を取り除きました。そのアクセス %d 件は数えています"
	case noteLater:
		return "%d 件は切替日（%s）以後の人によるアクセスのため、取り込んでいません"
	case noteNoVisits:
		return "このログには訪問元がありません。URLだけを取り込み、訪問は数えていません"
	case noteNoPrograms:
		return "このログにはブラウザー名がないため、人と自動プログラムを区別できません"
	case "a quotation mark is not closed":
		return "引用符が閉じられていません"
	case "a quotation mark inside a field is not doubled":
		return "値の中の引用符が二重になっていません"
	case longLine:
		return "1行が 4 MiB を超えています"
	case "more fields than a table has":
		return "列が多すぎます"
	case "%d fields, the first line names %d":
		return "値が %d 個ありますが、見出しは %d 個です"
	case "the field %q is longer than %d KiB":
		return "列 %q の値が %d KiB を超えています"
	case "belongs to the product of line %d, which was refused":
		return "読めなかった %d 行目の商品の続きです"
	case "no identity: %s is empty":
		return "%s が空です"
	case "%q stood already at line %d", "the handle %q stood already at line %d":
		return "%q は %d 行目にもあります"
	case "no name":
		return "名前がありません"
	case "whether it is published is neither true nor false but %q":
		return "公開かどうかの値が読めません: %q"
	case "whether it is published is not -1, 0, 1 or 2 but %q":
		return "公開かどうかの値が -1、0、1、2 のどれでもありません: %q"
	case "more than %d variants of %q":
		return "種類が %d を超えています: %q"
	case "商品ID is no number but %q":
		return "商品IDが数字ではありません: %q"
	case "商品ID %s stood already at line %d":
		return "商品ID %s は %d 行目にもあります"
	case "商品名 is empty":
		return "商品名が空です"
	case "掲載設定 is neither 掲載する nor 掲載しない but %q":
		return "掲載設定が「掲載する」「掲載しない」のどちらでもありません: %q"
	case "システム商品コード %s has lost its zeros in front; it was read as %s":
		return "システム商品コード %s は先頭の0が消えています。%s として読みました"
	case "システム商品コード is not %d digits but %q":
		return "システム商品コードが %d 桁の数字ではありません: %q"
	case "システム商品コード %s stood already at line %d":
		return "システム商品コード %s は %d 行目にもあります"
	case "%q is not an address":
		return "%q はURLではありません"
	case "%q is a path, and the shop's address is not known":
		return "%q はパスだけで、お店のURLが分かりません"
	case "an address of more than 8 KiB: %q":
		return "URLが 8 KiB を超えています: %q"
	case "neither a handle nor a title":
		return "ハンドルも商品名もありません"
	case "the identity %q cannot stand in an address":
		return "%q はURLに使えません"
	case "the handle %q cannot stand in an address":
		return "ハンドル %q はURLに使えません"
	case "the first row of %q has no title":
		return "%q の最初の行に商品名がありません"
	case "%q is not a price":
		return "%q は価格として読めません"
	case "%q is not a barcode number":
		return "%q はバーコードの番号ではありません"
	case "%q is less than nothing":
		return "%q は0より小さい数です"
	case "%q is not a number":
		return "%q は数字として読めません"
	case "%q is not a date":
		return "%q は日付として読めません"
	case "more than %d products":
		return "商品が %d を超えています"
	case "more than %d MiB of variants of %q":
		return "種類が合わせて %d MiB を超えています: %q"
	case "more than %d MiB of products with variations":
		return "種類のある商品が合わせて %d MiB を超えています"
	case "more than %d products with variations":
		return "種類のある商品が %d を超えています"
	case "a variation without a parent":
		return "親のない種類です"
	case "neither an ID nor an SKU":
		return "IDもSKUもありません"
	case "the ID is no number but %q":
		return "IDが数字ではありません: %q"
	case "the ID %s stood already at line %d":
		return "ID %s は %d 行目にもあります"
	case "its parent %q is not in the file":
		return "親の %q がファイルにありません"
	case "the linking page %q is not an address":
		return "リンク元のページ %q がURLではありません"
	case "not a row of JSON":
		return "JSONの行として読めません"
	case "an item that does not end":
		return "商品の終わりの印がありません"
	case "not an object of JSON":
		return "JSONとして読めません"
	case "a line of more than %d KiB":
		return "1行が %d KiB を超えています"
	case "a request for something that is no address":
		return "URLとして読めないアクセスです"
	case "not a line of this log":
		return "このログの行として読めません"
	}
	return format
}
