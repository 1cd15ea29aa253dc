package engine

import (
	"fmt"
	"strings"

	"replatform/redirects"
)

//go:generate go run ./internal/document

// Unwritten is a platform or service that redirects, but for which no format is
// written here.
type Unwritten struct {
	Name, Why redirects.Text
	Evidence  Evidence
}

// NotWritten lists them with the reason.
func NotWritten() []Unwritten {
	return []Unwritten{
		{text("Wix", "Wix"), text("redirects are made in the dashboard or by the API (500 a call); the header of a CSV import is unknown. A redirect beats the page at its address.", "リダイレクトは管理画面または API（一回 500 件まで）で登録します。CSV の列名は不明です。リダイレクトが同じURLのページより優先されます。"), Evidence{"https://dev.wix.com/docs/api-reference/business-management/seo/redirects/redirect-v1/introduction", "2026", "high"}},
		{text("SEOPress PRO", "SEOPress PRO"), text("the import has nine columns without a header; what stands in six of them is unknown.", "取り込みは見出しのない九列ですが、うち六列の内容が不明です。"), Evidence{"a public table of the formats of redirect plugins", "read 2026-11", "medium"}},
		{text("Adobe Commerce / Magento 2", "Adobe Commerce / Magento 2"), text("there is no bulk import of URL rewrites in the core; rows are by path, the query plays no part. Redirect in the web server in front (nginx, Apache).", "標準機能に URL リライトの一括取り込みはありません。照合はパスだけで、クエリは見ません。前段のウェブサーバー（nginx、Apache）で転送してください。"), Evidence{"https://github.com/magento/magento2 (router of the module UrlRewrite)", "read 2026-11", "high"}},
		{text("Cloudflare Single Redirects", "Cloudflare シングルリダイレクト"), text("10 to 300 rules: for patterns, not for a list.", "10～300 ルールまでで、一覧表には向きません。"), Evidence{"https://developers.cloudflare.com/rules/url-forwarding/", "undated, read 2026-11", "medium"}},
		{text("futureshop", "futureshop"), text("an .htaccess in the FTP area works for the pages there; pages of the cart system need a meta refresh. Whether / with a query reaches .htaccess is not proven: try one row of the format htaccess first.", "FTP 領域の .htaccess はその領域のページに効きます。カートシステムが出すページには meta refresh が必要です。クエリ付きの / が .htaccess に届くかは確認されていません。まず htaccess 形式の一行で試してください。"), Evidence{"https://prythmworks.tokyo/futureshop/", "read 2026-11", "medium"}},
		{text("ec-cube.co (EC-CUBE in the cloud)", "ec-cube.co（クラウド版 EC-CUBE）"), text("there is no .htaccess; only code in app/Customize of the plan standard, or a plugin, can redirect. EC-CUBE on a server of your own takes the formats htaccess, apache and nginx.", ".htaccess はありません。転送できるのは standard プランの app/Customize のコードかプラグインだけです。自社サーバーの EC-CUBE では htaccess・apache・nginx の形式を使えます。"), Evidence{"https://doc4.ec-cube.net/", "2025-04", "medium"}},
		{text("Fastly Compute with a KV store", "Fastly Compute と KV ストア"), text("the store is open to Compute code only, not to VCL, and how many items it takes is unknown. The VCL table is written.", "ストアを使えるのは Compute のコードだけで、VCL からは使えません。件数の上限は不明です。VCL テーブルは書き出せます。"), Evidence{"https://docs.fastly.com/documentation/guides/concepts/edge-state/data-stores", "2025-10-09", "high"}},
		{text("AWS Application Load Balancer, Azure Front Door, Google Cloud URL maps", "AWS ALB・Azure Front Door・Google Cloud URL マップ"), text("about 100 rules, or 1 MB in all: for patterns, not for a list.", "約 100 ルール、または全体で 1 MB までで、一覧表には向きません。"), Evidence{"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html", "2026-08-14", "high"}},
	}
}

// Document writes what is known of all engines as Markdown, in "ja" or "en". It is
// the text of ENGINES.md, so that the page cannot be out of date.
func Document(lang string) string {
	var b strings.Builder
	in := func(en, ja string) string { return text(en, ja).In(lang) }
	other := in("[日本語](ENGINES.ja.md)", "[English](ENGINES.md)")
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n\n", in("Redirect engines", "リダイレクトの形式"), other,
		in("This page is written from the code by `go generate ./redirects/engine`. Every statement is one that the program acts on: rows that an engine would not honour are refused before the export. “unknown” is meant: nothing was found, and the program does not guess.",
			"このページは `go generate ./redirects/engine` がコードから書き出したものです。ここにある内容はすべてプログラムの動作に使われ、効かない行は書き出す前に除かれます。「不明」は資料が見つからなかったことを表し、推測はしません。"))
	engines := New(Options{})
	for i, e := range engines {
		columns := e.Capabilities().Short()
		if i == 0 {
			var heads, rule []string
			for _, c := range columns {
				heads, rule = append(heads, c.Name.In(lang)), append(rule, "---")
			}
			fmt.Fprintf(&b, "| %s | %s |\n| --- | %s |\n", in("format", "形式"), strings.Join(heads, " | "), strings.Join(rule, " | "))
		}
		cells := []string{"[`" + e.ID() + "`](#" + e.ID() + ")"}
		for _, c := range columns {
			cells = append(cells, cell(c.Value.In(lang)))
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	for _, e := range engines {
		c := e.Capabilities()
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| %s | %s | %s |\n| --- | --- | --- |\n", e.ID(), c.Name.In(lang), in("statement", "項目"), in("value", "値"), in("source, date, confidence", "出典・日付・確度"))
		for _, row := range c.Table() {
			source := ""
			if row.Evidence.Source != "" {
				source = fmt.Sprintf("%s, %s, %s", row.Evidence.Source, row.Evidence.Date, row.Evidence.Confidence)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(row.Name.In(lang)), cell(row.Value.In(lang)), cell(source))
		}
	}
	fmt.Fprintf(&b, "\n## %s\n\n| %s | %s | %s |\n| --- | --- | --- |\n", in("Not written", "書き出さないもの"), in("platform", "サービス"), in("reason", "理由"), in("source, date, confidence", "出典・日付・確度"))
	for _, u := range NotWritten() {
		fmt.Fprintf(&b, "| %s | %s | %s, %s, %s |\n", cell(u.Name.In(lang)), cell(u.Why.In(lang)), cell(u.Evidence.Source), u.Evidence.Date, u.Evidence.Confidence)
	}
	return b.String()
}

// cell escapes text for a table of Markdown.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(s) }
