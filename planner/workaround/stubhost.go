package workaround

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
)

// StubInput is what a stub host is made from: the old shop as files, for a host that
// serves files and cannot redirect, such as a storage bucket.
type StubInput struct {
	Input
	// Pages are the pages of rows without a query, by file name ("index.html",
	// "shop/about.html"), each with its canonical link and refresh.
	Pages map[string][]byte
	// PageRows are the rows that Pages carry, as indexes of Rows.
	PageRows []int
}

// StubHost writes the folder "stub-host": below site/ the pages of the old addresses,
// ready to be published under the old name. A file host knows no query strings, so
// rows that differ in the query get one page for their path whose script looks the
// query up; a row whose path can be no page is refused, and people who come by it see
// 404.html, where the host shows such a file. Errors are those of [Generate].
func StubHost(in StubInput, sink Sink) (Artefact, error) {
	j, err := newJob(in.Input)
	if err != nil {
		return Artefact{}, err
	}
	f := &folder{}
	f.ID, f.Side = "stub-host", OldSide
	f.Title = Text{"旧店の住所に置く案内ページ（ファイルだけを置ける場所用）", "The old shop as stub pages, for a host that serves files only"}
	f.Mode, f.Strength, f.search = "files", InstantRefresh, true
	g := genericGrammar(in.Rows)
	t := newTable(g, j.os, in.Input, tableOptions{})
	f.Refused = t.refused
	// Files whose path is that of rows with a query too: a script serves them all.
	mixed := map[string]bool{}
	for _, e := range t.entries {
		if u, err := url.Parse(in.Rows[slices.Min(e.rows)].OldURL); err == nil && u.RawQuery != "" {
			mixed[stubPage(u.EscapedPath())] = true
		}
	}
	carried := map[int]bool{}
	for _, r := range in.PageRows {
		u, err := url.Parse(in.Rows[r].OldURL)
		if err != nil || mixed[stubPage(u.EscapedPath())] {
			continue
		}
		carried[r] = true
		f.Covers = append(f.Covers, Cover{Row: r, Strength: InstantRefresh})
	}
	byPath := map[string][]entry{} // file → entries that its script serves
	var people []entry             // served by 404.html only
	for _, e := range t.entries {
		first := slices.Min(e.rows)
		if carried[first] {
			continue
		}
		name := ""
		if u, err := url.Parse(in.Rows[first].OldURL); err == nil {
			name = stubPage(u.EscapedPath())
		}
		if name == "" || !mixed[name] {
			people = append(people, e)
			for _, r := range e.rows {
				f.Refused = append(f.Refused, refuse(r, "no-file"))
			}
			continue
		}
		byPath[name] = append(byPath[name], e)
		f.Covers = append(f.Covers, covers([]entry{e}, Script)...)
	}
	j.base = "/replatform-map/" // on the same host
	files := maps.Clone(in.Pages)
	if files == nil {
		files = map[string][]byte{}
	}
	for _, name := range slices.Sorted(maps.Keys(byPath)) {
		files[name] = j.stubScript(f, g, byPath[name], strings.TrimSuffix(name, ".html"))
	}
	files["404.html"] = j.stubScript(f, g, people, "404")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f.files = append(f.files, file{path.Join("site", name), files[name]})
	}
	stubGuide(f, len(carried), len(people))
	return f.finish(in.Input, sink)
}

// stubPage is the file that a host shows for a path, empty where there is none:
// hosts show index.html for a folder, and files that end in .html as pages.
func stubPage(escaped string) string {
	p, err := url.PathUnescape(escaped)
	if err != nil || strings.ContainsAny(p, "\\:*?\"<>|") || strings.Contains(p, "//") || strings.Contains(p, "..") {
		return ""
	}
	for _, r := range p {
		if r < ' ' || r == 0x7f {
			return ""
		}
	}
	p = strings.TrimPrefix(p, "/")
	switch {
	case p == "" || strings.HasSuffix(p, "/"):
		return p + "index.html"
	case strings.HasSuffix(p, ".html"), strings.HasSuffix(p, ".htm"):
		return p
	}
	return ""
}

// stubScript is a page with the notice and the script that looks the address up.
func (j *job) stubScript(f *folder, g grammar, entries []entry, name string) []byte {
	c := loaderConfig{grammar: g, origins: j.os}
	if len(scriptMap(entries)) <= inlineLimit {
		c.inline = entries
	} else {
		c.shards = shardCount(entries, shardSize, maxShards)
		dir := strings.ReplaceAll(keepWord(name), "/", "-")
		c.base = j.base + dir + "/m"
		for i, text := range shardFiles(entries, c.shards) {
			f.files = append(f.files, file{fmt.Sprintf("site%s%s/m%d.js", j.base, dir, i), []byte(text)})
		}
	}
	return []byte("<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Moved</title>\n" +
		c.script() + j.movedLink(htmlText(j.home), false, ""))
}

// keepWord keeps of a name what can stand in every address and file system.
func keepWord(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (isAlnum(byte(r)) || r == '/' || r == '-' || r == '_') {
			return r
		}
		return '_'
	}, s)
}

func stubGuide(f *folder, pages, people int) {
	f.what = []Text{{
		"旧店の住所（独自ドメイン）を、ファイルだけを置ける場所（S3、GitHub Pages など）に向けて、旧URLごとに新しいページへ案内するための一式です。`site` フォルダの中身がそのまま公開する内容です。",
		"Everything for pointing the old name (an own domain) at a host that serves files only (S3, GitHub Pages and the like), so that each old address leads to its new page. What is in the folder `site` is what gets published.",
	}, {
		fmt.Sprintf("「?」のない旧URL（%d 件）は、0秒のリフレッシュと正規URLを持つページになります。「?」より後ろで決まる旧URL（例: `/?pid=123`）は、ファイルだけの場所では見分けられないため、そのパスのページに置いたスクリプトが見分けます（検索エンジンには弱い手段です）。", pages),
		fmt.Sprintf("Old addresses without a question mark (%d) become pages with a refresh of 0 seconds and a canonical link. Addresses that differ behind the question mark (such as `/?pid=123`) cannot be told apart by a file host: a script on the page of that path does it, which is weak for search engines.", pages),
	}}
	if people > 0 {
		f.what = append(f.what, Text{
			fmt.Sprintf("ページとして置けない形の旧URL（%d 件）は数に入れていません（`not-covered.csv`）。場所が `404.html` を表示するなら、人だけは新しいページへ移れます。", people),
			fmt.Sprintf("Old addresses that cannot be files (%d) are not counted (`not-covered.csv`); where the host shows `404.html`, people at least are moved on.", people),
		})
	}
	f.steps = []Text{openFirst, {
		"`site` の中身を、公開するフォルダーの一番上にアップロードします。`index.html` をフォルダーの入口として表示する設定にし、見つからないときのページに `404.html` を選びます。",
		"Upload what is in `site` to the top of the published folder. Let `index.html` be shown for a folder, and choose `404.html` for pages that are not found.",
	}, {
		"その場所に旧店の名前（ドメイン）と証明書を付け、`replatform domain` の手順書に従ってDNSを切り替えます。",
		"Give that place the old shop's name and a certificate, and switch DNS by the runbook of `replatform domain`.",
	}}
	f.test = []Text{testTexts()[0], {
		"移った先で「戻る」を押し、旧ページの前に見ていたページへ戻れることを確かめます。",
		"Press Back on the new page: you come to the page you saw before the old one.",
	}, {
		"「?」の後ろで決まる旧URLは、最後に `#replatform-stay` を付けて開くと移動せず、案内のページを見られます。",
		"Add `#replatform-stay` to an old address that is told behind the question mark to stay on the stub page and look at it.",
	}, {
		"存在しない商品番号（例: `/?pid=999999999`）を開き、移動せずに新しいお店へのリンクが出ることを確かめます。",
		"Open a product number that does not exist (such as `/?pid=999999999`): the page stays and shows a link to the new shop.",
	}}
	f.keep = []Text{{
		"旧URLで来る人がいる限り残します。Googleは転送を「できるだけ長く、少なくとも1年」残すよう勧めています（<" + googleMove + ">、2026-06〜08の版）。",
		"Keep it as long as anyone comes by an old address; Google advises as long as possible, at least one year (<" + googleMove + ">, versions of 2026-06 to 2026-08).",
	}}
	f.undo = []Text{{
		"DNSを元に戻し、アップロードしたファイルを消します。",
		"Point DNS back and delete the uploaded files.",
	}}
	f.Limits = append([]Evidence{{Text{
		"301転送ではありません。301を返せる場所（Cloudflare、Netlify、nginx など）に向けられるなら、そちらを使ってください",
		"this is no 301: use a host that can send one (Cloudflare, Netlify, nginx) where you can",
	}, googleRedirects, "2026-04-14", "H"}, {Text{
		"「?」の後ろで決まる旧URLでは、スクリプトを実行しない訪問者や検索エンジンには、新しいお店のトップページへのリンクが見えるだけです",
		"at old addresses that are told behind the question mark, visitors and engines that run no scripts only see a link to the new home page",
	}, googleRedirects, "2026-04-14", "H"}}, scriptLimits()[1])
	f.Tasks = []Task{{"host-rules", Text{
		"置く場所の決まりを確認する：独自ドメインと証明書を付けられるか、ファイル数と容量の上限、フォルダーの入口と404のページを選べるか",
		"look up the rules of the host: own domain and certificate, limits on files and size, whether the pages for folders and for 404 can be chosen",
	}}}
}
