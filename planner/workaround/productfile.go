package workaround

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// layout is the product file of one platform.
type layout struct {
	id      string
	columns int // in a file without a header line
	idName  string
	idAt    int            // column of the product's number, from 0
	key     string         // form of that number: what a whole one looks like
	main    []layoutColumn // get the notice always
	filled  []layoutColumn // get it only where they have text: an empty one may mean "use the other"
	limits  []Evidence     // what is known of the platform's upload
	api     Text           // how a developer does the same over the platform's API
	basis   []Evidence     // of api
}

type layoutColumn struct {
	name string
	at   int // from 0
}

// layouts are the product files whose columns are known: Color Me from a real export
// of 60 columns (https://github.com/yasu0311/iorishobo, 2026-06-21), makeshop from a
// public client for the bulk update of 79 columns (2021-06), whose beginning the
// vendor's manual confirms (http://www.makeshop.jp/manual/brand_csv_new.html).
func layouts() []layout {
	return []layout{
		{
			id: "colorme", columns: 60, idName: "商品ID", idAt: 0, key: `^[0-9]{1,12}$`,
			main:   []layoutColumn{{"商品説明", 34}},
			filled: []layoutColumn{{"スマートフォンショップ用商品説明", 36}},
			limits: []Evidence{{Text{
				"商品説明に文字数の上限は示されていません（カラーミーショップのAPIの説明）",
				"no length limit is stated for product texts (description of Color Me Shop's API)",
			}, "https://github.com/pepabo/colormeshop-mcp", "2026-04-24", "V"}},
			api: Text{
				"（開発者がいる場合の別の方法）CSVの代わりにカラーミーショップのAPI（`https://api.shop-pro.jp/v1/`、OAuth 2、権限 `read_products` と `write_products`）でも入れられます。商品を50件ずつ読み（`products.json`、`limit` と `offset`）、今の `expl` と `smartphone_expl` を保存してから、`products-with-links.csv` に入っている案内を `expl` の先頭に（`smartphone_expl` は空でないときだけ）加え、その項目だけを送って更新します（送らない項目が変わらないことを、まず1商品で確かめます）。1分あたりの回数の上限は分かっていないので、間を空けて送ります。",
				"(For a developer, instead of the file) Color Me Shop's API does the same (`https://api.shop-pro.jp/v1/`, OAuth 2, scopes `read_products` and `write_products`): read the products 50 at a time (`products.json`, `limit` and `offset`), keep today's `expl` and `smartphone_expl`, put the notice that stands in `products-with-links.csv` at the beginning of `expl` (of `smartphone_expl` only where it is not empty) and send that field alone (see on one product first that what is not sent stays as it is). How many requests a minute are allowed is not known, so send them slowly.",
			},
			basis: []Evidence{
				{Text{"APIで商品説明（expl・smartphone_expl）を読み書きできる", "the API reads and writes the product texts expl and smartphone_expl"}, "https://github.com/pepabo/colormeshop-mcp", "2026-04-24", "V"},
				{Text{"商品の読み出しは1回に50件まで", "at most 50 products are read at a time"}, "https://github.com/ryhrm-gz/colormeshop-js", "2024-09-23", "V"},
			},
		},
		{
			id: "makeshop", columns: 79, idName: "システム商品コード", idAt: 2, key: `^[0-9]{12}$`,
			main:   []layoutColumn{{"PC用メイン商品説明文", 45}},
			filled: []layoutColumn{{"スマホ商品説明1", 69}},
			limits: []Evidence{{Text{
				"列の数が合わない行は受け付けられません。Excelは長い番号を壊し、16行目より後で末尾の列を落とすことがあります（makeshopの説明）",
				"a row with another number of columns is refused; Excel damages long numbers and can drop trailing columns after row 16 (makeshop's help)",
			}, "https://ms-manual.makeshop.jp/csvfaq/", "n.d.", "V"}},
			api: Text{
				"（開発者がいる場合の別の方法）makeshopのAPI（GraphQL、`https://app-api.makeshop.jp/v1/graphql`、商品の読み出しは `searchProduct`）でも商品説明を書き換えられるという報告があります。更新に使う呼び出しの名前は、APIの説明書で確認してください。今の説明文を保存してから、`products-with-links.csv` に入っている案内を先頭に加えます。",
				"(For a developer, instead of the file) makeshop's API (GraphQL, `https://app-api.makeshop.jp/v1/graphql`, products are read by `searchProduct`) is reported to write product texts too; look the name of the call up in its reference. Keep today's texts first, then put the notice that stands in `products-with-links.csv` at the beginning.",
			},
			basis: []Evidence{
				{Text{"makeshopのAPIの窓口と、商品を読み出す呼び出し", "the address of makeshop's API and the call that reads products"}, "https://developers.makeshop.jp/api/graphql/index.html", "2026-08", "P"},
			},
		},
	}
}

// ProductFileLayouts lists the ids that Capabilities.ProductFile may have.
func ProductFileLayouts() []string {
	var ids []string
	for _, l := range layouts() {
		ids = append(ids, l.id)
	}
	return ids
}

func layoutByID(id string) (layout, error) {
	for _, l := range layouts() {
		if l.id == id {
			return l, nil
		}
	}
	return layout{}, fmt.Errorf("layout %q is not known: %w", id, ErrProductFile)
}

// FileReport says what became of the records of a product file.
type FileReport struct {
	Charset  string // of the file: utf-8, shift_jis (meaning CP932), euc-jp
	Records  int    // products in the file
	Changed  int    // records with at least one changed field
	Same     int    // records that had the right notice already
	Unknown  int    // records whose product is not in the map
	Problems []LineProblem
	Products []string // numbers of the products whose record now carries a notice, in file order
}

// LineProblem is a record that was left as it is.
type LineProblem struct {
	Line int    // from 1
	Code string // stable word: columns, bad-id, broken-quotes, broken-marks
	Text Text
}

var lineProblems = map[string]Text{
	"columns":       {"列の数が合いません（Excelで保存し直すと崩れることがあります）", "the number of columns does not fit (Excel can damage such files)"},
	"bad-id":        {"商品番号の形が正しくありません（Excelが桁を変えた可能性があります）", "the product's number has not the right form (Excel may have changed its digits)"},
	"broken-quotes": {"引用符（\"）の使い方が正しくありません", "quotes stand where none may be"},
	"broken-marks":  {"以前の案内の目印が壊れています。商品説明の「replatform:」の部分を手で消してください", "the marks of an earlier notice are damaged; delete the part with \"replatform:\" in the text by hand"},
}

// The notice in a product text. The marks are found again whatever else the text
// holds; a platform that drops comments leaves the paragraph with its class.
const (
	markBegin     = "<!--replatform:begin-->"
	markBeginBare = "<!--replatform:begin bare-->" // the field had no quotes before
	markEnd       = "<!--replatform:end-->"
	markOpen      = "<!--replatform:"
	classOpen     = `<p class="replatform-moved">`
	classClose    = `</p>`
)

// AddNotices puts a notice with a link at the beginning of the description of each
// product for which target gives an address, and replaces or removes the notice of
// an earlier run. target gets the platform's number of a product; it returns the new
// absolute address, "" for a product that must carry no notice, and false for one
// that is not in the map, whose record is not touched.
//
// in is an export of the shop, byte for byte, with or without a header line. In the
// result only the description columns of changed records differ: quotes, line ends
// and every other byte stay. A second run changes nothing, and [RemoveNotices] gives
// back the bytes of in. Records that cannot be read are left as they are and named
// in the report. The error is [ErrProductFile] when the file as a whole does not fit
// the layout.
func AddNotices(layoutID string, in []byte, target func(id string) (address string, known bool)) ([]byte, FileReport, error) {
	return rewrite(layoutID, in, func(id string) (string, bool) {
		a, known := target(id)
		if !known {
			return "", false
		}
		if a == "" {
			return "", true
		}
		return noticeText(a), true
	})
}

// RemoveNotices takes every notice out of a file that [AddNotices] made, or of a
// fresh export of a shop whose texts carry them.
func RemoveNotices(layoutID string, in []byte) ([]byte, FileReport, error) {
	return rewrite(layoutID, in, func(string) (string, bool) { return "", true })
}

// noticeText is the paragraph for one product, in characters that every Japanese
// charset has.
func noticeText(address string) string {
	return classOpen + "【移転のお知らせ】この商品のページは新しいお店に移りました。<a href=\"" + html.EscapeString(address) +
		"\">新しい商品ページはこちら (This product has moved to our new shop)</a>" + classClose
}

// rewrite edits the description fields. notice gives the paragraph of a product, ""
// for none, and false for a product that is left alone.
func rewrite(layoutID string, in []byte, notice func(id string) (string, bool)) ([]byte, FileReport, error) {
	l, err := layoutByID(layoutID)
	if err != nil {
		return nil, FileReport{}, err
	}
	recs := readRecords(in)
	f, err := l.open(in, recs)
	if err != nil {
		return nil, FileReport{}, err
	}
	rep := FileReport{Charset: f.charset}
	var edits []edit
	for i, r := range recs {
		if i == 0 && f.header || len(r.fields) == 1 && r.fields[0].start == r.fields[0].end {
			continue
		}
		rep.Records++
		changed, code := f.record(in, r, notice, &rep)
		if code != "" {
			rep.Problems = append(rep.Problems, LineProblem{Line: r.line, Code: code, Text: lineProblems[code]})
			continue
		}
		if len(changed) > 0 {
			rep.Changed++
			edits = append(edits, changed...)
		}
	}
	return apply(in, edits), rep, nil
}

// openFile is a product file whose columns were found.
type openFile struct {
	header  bool
	charset string
	enc     encoding.Encoding // nil for UTF-8
	width   int
	id      int
	main    []int
	filled  []int
	valid   func(string) bool
}

// open finds charset, header and columns.
func (l layout) open(in []byte, recs []record) (openFile, error) {
	if len(recs) == 0 {
		return openFile{}, fmt.Errorf("the file is empty: %w", ErrProductFile)
	}
	pattern := re(l.key)
	f := openFile{valid: pattern.MatchString}
	f.charset, f.enc = charsetOf(in, recs[0], l)
	names := decodeFields(in, recs[0], f.enc)
	find := func(c layoutColumn) int {
		return slices.IndexFunc(names, func(n string) bool { return sameName(n, c.name) })
	}
	f.header = find(layoutColumn{name: l.idName}) >= 0
	f.width = len(recs[0].fields)
	if !f.header {
		if f.width != l.columns {
			return openFile{}, fmt.Errorf("the file has no header line and %d columns instead of %d: %w", f.width, l.columns, ErrProductFile)
		}
		f.id = l.idAt
		for _, c := range l.main {
			f.main = append(f.main, c.at)
		}
		for _, c := range l.filled {
			f.filled = append(f.filled, c.at)
		}
		return f, nil
	}
	f.id = find(layoutColumn{name: l.idName})
	for _, c := range l.main {
		i := find(c)
		if i < 0 {
			return openFile{}, fmt.Errorf("column %q is missing: %w", c.name, ErrProductFile)
		}
		f.main = append(f.main, i)
	}
	for _, c := range l.filled {
		if i := find(c); i >= 0 {
			f.filled = append(f.filled, i)
		}
	}
	return f, nil
}

// charsetOf takes the charset in which the header line reads as expected, else UTF-8
// where the bytes are valid, else CP932, which the platforms' exports have.
func charsetOf(in []byte, head record, l layout) (string, encoding.Encoding) {
	candidates := []struct {
		name string
		enc  encoding.Encoding
	}{{"utf-8", nil}, {"shift_jis", japanese.ShiftJIS}, {"euc-jp", japanese.EUCJP}}
	for _, c := range candidates {
		if slices.ContainsFunc(decodeFields(in, head, c.enc), func(n string) bool { return sameName(n, l.idName) }) {
			return c.name, c.enc
		}
	}
	if utf8.Valid(in) && slices.ContainsFunc(in, func(b byte) bool { return b >= 0x80 }) {
		return "utf-8", nil
	}
	return "shift_jis", japanese.ShiftJIS
}

func decodeFields(in []byte, r record, enc encoding.Encoding) []string {
	var out []string
	for _, s := range r.fields {
		raw := s.raw(in)
		if enc != nil {
			// Decoders replace what they cannot read.
			raw, _ = enc.NewDecoder().Bytes(raw)
		}
		out = append(out, strings.ReplaceAll(string(raw), `""`, `"`))
	}
	return out
}

// sameName compares column names; full-width and half-width forms are equal.
func sameName(a, b string) bool {
	return norm.NFKC.String(strings.TrimSpace(a)) == norm.NFKC.String(b)
}

// record gives the edits of one record, or the code of what is wrong with it.
func (f openFile) record(in []byte, r record, notice func(string) (string, bool), rep *FileReport) ([]edit, string) {
	if len(r.fields) != f.width {
		return nil, "columns"
	}
	id := strings.TrimSpace(string(r.fields[f.id].raw(in)))
	if !f.valid(id) {
		return nil, "bad-id"
	}
	text, known := notice(id)
	if !known {
		rep.Unknown++
		return nil, ""
	}
	block, err := f.encode(text)
	if err != nil {
		return nil, "bad-id"
	}
	var edits []edit
	carries := false
	for _, at := range append(slices.Clone(f.main), f.filled...) {
		s := r.fields[at]
		if s.broken {
			return nil, "broken-quotes"
		}
		old, plain, bare, code := takeOut(s, s.raw(in))
		if code != "" {
			return nil, code
		}
		use := block
		if len(plain) == 0 && !slices.Contains(f.main, at) {
			use = nil
		}
		carries = carries || len(use) > 0
		if len(old) == 0 && len(use) == 0 {
			continue
		}
		if next := putIn(use, plain, bare); !bytes.Equal(next, in[s.start:s.end]) {
			edits = append(edits, edit{s.start, s.end, next})
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	if carries {
		rep.Products = append(rep.Products, id)
		if len(edits) == 0 {
			rep.Same++
		}
	}
	return edits, ""
}

// encode gives the bytes of a notice in the file's charset, quotes doubled.
func (f openFile) encode(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	text = strings.ReplaceAll(text, `"`, `""`)
	if f.enc == nil {
		return []byte(text), nil
	}
	b, err := encoding.HTMLEscapeUnsupported(f.enc.NewEncoder()).Bytes([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("writing the notice in %s: %w", f.charset, err)
	}
	return b, nil
}

// takeOut separates the notice of an earlier run from the text around it. bare says
// that the field had no quotes before the notice came.
func takeOut(s span, raw []byte) (old, plain []byte, bare bool, code string) {
	begin := bytes.Index(raw, []byte(markOpen+"begin"))
	end := bytes.Index(raw, []byte(markEnd))
	switch {
	case begin >= 0 && end > begin:
		stop := end + len(markEnd)
		old = raw[begin:stop]
		plain = append(bytes.Clone(raw[:begin]), raw[stop:]...)
		bare = bytes.HasPrefix(old, []byte(markBeginBare)) && !bytes.ContainsAny(plain, "\",\r\n")
	case begin >= 0 || end >= 0:
		return nil, nil, false, "broken-marks"
	default:
		open := []byte(strings.ReplaceAll(classOpen, `"`, `""`))
		at := bytes.Index(raw, open)
		if at < 0 {
			return nil, raw, !s.quoted, ""
		}
		n := bytes.Index(raw[at:], []byte(classClose))
		if n < 0 {
			return nil, nil, false, "broken-marks"
		}
		stop := at + n + len(classClose)
		old = raw[at:stop]
		plain = append(bytes.Clone(raw[:at]), raw[stop:]...)
	}
	if bytes.Contains(plain, []byte(markOpen)) {
		return nil, nil, false, "broken-marks"
	}
	return old, plain, bare, ""
}

// putIn is the whole field with the notice, or without when it is empty.
func putIn(block, plain []byte, bare bool) []byte {
	if len(block) == 0 {
		if bare {
			return plain
		}
		return slices.Concat([]byte{'"'}, plain, []byte{'"'})
	}
	mark := markBegin
	if bare {
		mark = markBeginBare
	}
	return slices.Concat([]byte{'"'}, []byte(mark), block, []byte(markEnd), plain, []byte{'"'})
}
