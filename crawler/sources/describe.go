package sources

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// gives says in words what is taken from files of a role.
func (r role) gives(lang string) string {
	words := map[role]Note{
		roleWorth:     {"addresses and what they are worth", "URLとその価値"},
		roleAddresses: {"addresses", "URL"},
		roleGoods:     {"products and their addresses", "商品とそのURL"},
		roleList:      {"addresses", "URL"},
		roleBeside:    {"the period and the sum, for the pages in the same archive", "同じ書庫にあるページの期間と合計"},
		roleSites:     {"sites that link to the shop", "お店にリンクしているサイト"},
		roleNothing:   {"nothing; it is recognised and left alone", "なし（認識だけします）"},
	}
	return words[r].In(lang)
}

// WriteFormats writes what is recognised as a page in Markdown, in "ja" or "en": each
// kind with the columns that tell it, those that are read if they are there, what is
// taken from it, and where its shape is described.
func WriteFormats(w io.Writer, lang string) error {
	b := bufio.NewWriter(w)
	say := func(ja, en string) string {
		if lang == "ja" {
			return ja
		}
		return en
	}
	fmt.Fprintf(b, "# %s\n\n", say("読めるファイル", "Files that are read"))
	for _, line := range []string{
		say("ファイルは見出しの名前で認識します。列の順番は問いません。UTF-8（BOMあり・なし）、UTF-16、Shift_JIS（CP932）、EUC-JP、ISO-2022-JP を見分け、区切りはコンマ、セミコロン、タブのどれでも読みます。",
			"Files are recognised by the names of their columns; the order makes no difference. UTF-8 with or without a byte order mark, UTF-16, Shift_JIS (CP932), EUC-JP and ISO-2022-JP are told apart; fields may be separated by comma, semicolon or tab."),
		say("gzip、zip（中の複数のファイル）、XLSX（シートごと）は、ダウンロードしたまま渡せます。", "Files compressed with gzip, zip archives with several files and XLSX workbooks (each sheet) are taken as they were downloaded."),
		say("認識が違うときは `replatform import --as 種類 ファイル` で指定します。", "Where the recognition is wrong, name the kind: `replatform import --as KIND FILE`."),
		say("アクセスログは 200 と 30x で答えた GET だけを数え、IPアドレスは読み取りの時点で捨てます。訪問（sessions）は、お店の中のページから来たのではない、人のブラウザーからの要求の数です。",
			"Of access logs only GET requests that answered 200 or 30x count, and addresses of visitors are dropped while reading. Visits (sessions) are requests of people's browsers that no page of the shop led to."),
		say("ログのURLから、名前・住所・電話番号・メール・生年月日・パスワード・トークン・セッションなど、個人に関わる名前のパラメーター（name、tel、address、birthday、password、token、customer_name など）を取り除きます。アクセスは数えます。お店がそのパラメーターでページを見分けているとき（商品検索の name など）は残します。ほかの場所にメールアドレスを含むアクセスは取り込みません。",
			"Parameters whose names say that they hold what is known of a person (name, tel, address, birthday, password, token, session, customer_name and the like) are left out of addresses in logs; the request counts. They stay where the shop tells its pages apart by them, as a search for products by name. Requests with a mail address elsewhere in the query are left out."),
	} {
		fmt.Fprintf(b, "%s\n\n", line)
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n|---|---|---|---|---|---|\n", say("種類", "kind"), say("何のファイルか", "what it is"),
		say("見分ける列", "columns that tell it"), say("あれば読む列", "read if there"), say("取り込むもの", "what is taken"), say("形の出典", "where the shape is from"))
	for _, f := range formats() {
		var needed, further []string
		for _, c := range f.columns {
			names := make([]string, len(c.names))
			for i, n := range c.names {
				names[i] = "`" + n + "`"
			}
			text := strings.Join(names, say("・", " / "))
			if c.required {
				needed = append(needed, text)
			} else {
				further = append(further, text)
			}
		}
		for _, n := range f.numbered {
			further = append(further, say("番号つきの列: ", "numbered: ")+string(n.field))
		}
		if f.detect != nil {
			needed = []string{say("内容の形で見分ける", "by the shape of its content")}
		}
		further = slices.Compact(further)
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n", string(f.kind), cellText(f.kind.In(lang)), cellText(strings.Join(needed, ", ")), cellText(strings.Join(further, ", ")),
			f.role.gives(lang), cellText(f.cite))
	}
	fmt.Fprintf(b, "\n## %s\n\n", say("列の名前が分からないファイル", "Files of which the columns are not known"))
	for _, u := range unknownShapes() {
		fmt.Fprintf(b, "- %s\n", say(u.ja, u.en))
	}
	fmt.Fprintf(b, "\n%s\n", say("これらは、表計算ソフトで見出しを書き換えれば読めます。お店のページのURLの列を `URL` に、数字の列を `clicks`・`impressions`・`sessions`・`revenue`・`linking_sites` にします。被リンクは、お店のページの列を `Target URL`、リンク元のページの列を `Source URL` にします。URLだけを1行に1つ書いた一覧でも構いません。",
		"They are read once their names are changed in a spreadsheet: the column with the addresses of the shop's pages to `URL`, columns with figures to `clicks`, `impressions`, `sessions`, `revenue` or `linking_sites`. For links from elsewhere call the column with the shop's page `Target URL` and the one with the linking page `Source URL`. A list with one address a line will do as well."))
	return b.Flush()
}

func cellText(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
