package sources

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// specimen is one kind of file with a row that can be made again and again, taken from
// a sample of the kind.
type specimen struct {
	kind   Kind
	sample string // file of testdata/samples
	text   string // instead of a sample, for the kinds that name no page
	first  string // what the first row begins with; "": as row
	row    string // what the row begins with
	end    string // what it ends with; "": the end of the line
	vary   string // what tells its page, "pid=|1": what stands behind the bar becomes a number
	after  string // what stands between rows
	close  string // what ends the file
	comma  string // of a table; "": it is none
	// partial: of a long file only the beginning is read, with a warning.
	partial bool
	idle    bool // names no page
	sites   bool // names sites that link instead
}

// specimens has one for every kind.
func specimens() []specimen {
	return []specimen{
		{kind: FieldsLog, sample: "cloudfront.log", row: "2026-10-10\t", vary: "pid=|1"},
		{kind: AccessLog, sample: "access-combined.log", row: "203.0", vary: "pid=|1"},
		{kind: SearchConsoleAPI, sample: "search-console-api.json", row: "{\n   \"keys\"", end: "}", vary: "pid=|1", after: ",", close: "]}"},
		{kind: CommonCrawl, sample: "common-crawl.jsonl", row: "{", vary: "pid=|5"},
		{kind: JSONLog, sample: "nginx-json.log", row: "{", vary: "pid=|1"},
		{kind: Wayback, sample: "wayback.txt", row: "example", vary: "pid=|1"},
		{kind: MerchantXML, sample: "merchant-rss.xml", row: "<item>", end: "</item>", vary: "pid=|1", after: "\n", close: "</channel></rss>\n"},
		{kind: Sitemap, sample: "sitemap.xml", row: "<url>", end: "</url>", vary: "pid=|1", after: "\n", close: "</urlset>\n", partial: true},
		{kind: SearchConsolePages, sample: "search-console-en.csv", row: "https", vary: "pid=|1", comma: ","},
		{kind: SearchConsoleDates, text: "Date,Clicks,Impressions,CTR,Position\n2026-10-01,40,900,4%,3\n", row: "2026", vary: "|40", comma: ",", idle: true},
		{kind: SearchConsoleFilters, text: "Filter,Value\nPage,+tea\n", row: "Page", vary: "|tea", comma: ",", idle: true},
		{kind: SearchConsoleLinks, sample: "search-console-links.csv", first: "https", row: "https://shop.example/?pid=2", vary: "pid=|2", comma: ","},
		{kind: SearchConsoleSites, sample: "search-console-linking-sites.csv", row: "blog1.", vary: "blog|1", comma: ",", idle: true, sites: true},
		{kind: SearchConsoleLatest, sample: "search-console-latest-links.csv", row: "https://blog1.", vary: "blog|1", comma: ",", idle: true, sites: true},
		{kind: SearchConsoleIndex, sample: "search-console-indexing.csv", row: "https", vary: "pid=|9", comma: ","},
		{kind: SearchConsoleOther, text: "Top queries,Clicks,Impressions,CTR,Position\ntea,9,90,10%,2\n", row: "tea", vary: "|tea", comma: ",", idle: true},
		{kind: Analytics, sample: "ga4-report-en.csv", first: "/,410", row: "/products", vary: "products/|cup", comma: ","},
		{kind: Bing, sample: "bing.csv", row: "2026", vary: "pid=|1", comma: ","},
		{kind: Ahrefs, sample: "ahrefs.csv", row: "器の話,", vary: "pid=|1", comma: ","},
		{kind: Majestic, sample: "majestic.csv", row: "https", vary: "pid=|2", comma: ","},
		{kind: Semrush, sample: "semrush.csv", row: "12,", vary: "pid=|1", comma: ","},
		{kind: Moz, sample: "moz.csv", row: "blog", vary: "pid=|1", comma: ","},
		{kind: LinksTable, sample: "links-table.csv", row: "https", vary: "pid=|1", comma: ","},
		{kind: ProductOptions, text: "商品ID,登録種別,オプション名１,オプション名２,オプションID,型番,在庫数,適正在庫数,販売価格,会員価格\n101,item,赤,,1,YH-1,3,,1980,\n", row: "101", vary: "|101", comma: ",", idle: true},
		{kind: ScreamingFrog, sample: "screaming-frog.csv", row: `"https`, vary: "pid=|1", comma: ","},
		{kind: Sitebulb, sample: "sitebulb.csv", row: "https", vary: "pid=|1", comma: ";"},
		{kind: MerchantTable, sample: "merchant.tsv", row: "YH-1", vary: "pid=|1", comma: "\t"},
		{kind: WorthTable, sample: "table.csv", row: "https", vary: "pid=|1", comma: ","},
		{kind: ShopifyTemplate, sample: "shopify-2025.csv", row: "青い茶碗", vary: "cup-|1", comma: ","},
		{kind: ShopifyClassic, sample: "shopify-classic.csv", row: "cup-1", vary: "cup-|1", comma: ","},
		{kind: WooCommerce, sample: "woocommerce.csv", row: "14,", vary: "|14", comma: ","},
		{kind: BASE, sample: "base.csv", row: "101,", vary: "|101", comma: ","},
		{kind: Futureshop, sample: "futureshop.csv", row: ",cup", vary: "|cup", comma: ","},
		{kind: ECCube4, sample: "eccube4.csv", row: "12,", vary: "|12", comma: ","},
		{kind: ECCube3, sample: "eccube3.csv", row: "12,", vary: "|12", comma: ","},
		{kind: ECCube2, sample: "eccube2.csv", row: "12,", vary: "|12", comma: ","},
		{kind: PrestaShop, sample: "prestashop.csv", row: "7;", vary: "|7", comma: ";"},
		{kind: Magento, sample: "magento.csv", row: "YH-1,", vary: "YH-|1", comma: ","},
		{kind: ColorMe, sample: "colorme.csv", first: `"158000123"`, row: `"158000124"`, vary: "|158000124", comma: ","},
		{kind: Makeshop, sample: "makeshop.csv", row: "0,,000000000123", vary: "|000000000123", comma: ","},
		{kind: URLList, sample: "list.txt", row: "/?pid", vary: "pid=|1"},
	}
}

// useless says that a file of the kind, given alone, is refused.
func (s specimen) useless() bool { return s.idle && !s.sites }

// cut takes a specimen apart: what stands in front of the rows, and the row with the
// number as "\x00".
func (s specimen) cut(t *testing.T) (head, row string) {
	t.Helper()
	text := s.text
	if s.sample != "" {
		data, err := os.ReadFile(filepath.Join(samples, s.sample))
		if err != nil {
			t.Fatal(err)
		}
		text = string(data)
	}
	first := s.first
	if first == "" {
		first = s.row
	}
	end := s.end
	if end == "" {
		end = "\n"
	}
	// Rows begin lines, but for those of JSON and XML.
	find := func(what string) int {
		if s.end != "" {
			return strings.Index(text, what)
		}
		if strings.HasPrefix(text, what) {
			return 0
		}
		if i := strings.Index(text, "\n"+what); i >= 0 {
			return i + 1
		}
		return -1
	}
	from, at := find(first), find(s.row)
	if from < 0 || at < 0 {
		t.Fatalf("%s: no row begins with %q", s.sample, s.row)
	}
	head, row = text[:from], text[at:]
	row = row[:strings.Index(row, end)+len(end)]
	prefix, old, _ := strings.Cut(s.vary, "|")
	if row = strings.ReplaceAll(row, prefix+old, prefix+"\x00"); !strings.Contains(row, "\x00") {
		t.Fatalf("%s: %q does not stand in the row", s.sample, s.vary)
	}
	return head, row
}

// file makes a file of the rows; each is the text of a number, or a whole row when it
// is longer than one.
func (s specimen) file(t *testing.T, rows ...string) string {
	t.Helper()
	head, row := s.cut(t)
	var b strings.Builder
	b.WriteString(head)
	for i, text := range rows {
		if i > 0 {
			b.WriteString(s.after)
		}
		if strings.HasPrefix(text, wholeRow) {
			b.WriteString(text[len(wholeRow):])
		} else {
			b.WriteString(strings.ReplaceAll(row, "\x00", text))
		}
	}
	b.WriteString(s.close)
	return b.String()
}

// wholeRow marks a text as one that takes the place of a row.
const wholeRow = "\x01row\x01"

// with is the row with a number.
func (s specimen) with(t *testing.T, number string) string {
	t.Helper()
	_, row := s.cut(t)
	return strings.ReplaceAll(row, "\x00", number)
}

// numbers are those of the rows of a small file.
var numbers = []string{"000000001001", "000000001002", "000000001003"}

// line is the line on which the row with the number n, counted from 1, begins.
func (s specimen) line(t *testing.T, n int) int {
	t.Helper()
	head, row := s.cut(t)
	if s.kind == SearchConsoleAPI || s.kind == Sitemap { // rows have no lines there
		return n
	}
	return 1 + strings.Count(head, "\n") + (n-1)*strings.Count(row+s.after, "\n")
}

// identity is what an address is known by: its URL, or the product's number where the
// file tells no URL.
func identity(a Address) string {
	if a.URL == "" && a.Record != nil {
		return "id:" + a.Record.ID
	}
	return a.URL
}

func identitiesOf(list []Address) []string {
	var out []string
	for _, a := range list {
		out = append(out, identity(a))
	}
	return out
}

// rowsFile is a file of rows made while it is read, as large as one wishes.
type rowsFile struct {
	head, tail string
	row        []byte // with digits where the number stands
	digits     []int  // where
	rows       int64
	number     func(row int64) int64 // of a row, counted from 0
	at         int64
}

// digitsOfNumber is how many digits a number has; makeshop's codes have so many.
const digitsOfNumber = 12

func newRowsFile(t *testing.T, s specimen, size int64, number func(row int64) int64) *rowsFile {
	t.Helper()
	head, row := s.cut(t)
	row += s.after
	f := &rowsFile{head: head, number: number}
	zeros := strings.Repeat("0", digitsOfNumber)
	for i := strings.IndexByte(row, 0); i >= 0; i = strings.IndexByte(row, 0) {
		row = row[:i] + zeros + row[i+1:]
		f.digits = append(f.digits, i)
	}
	f.row, f.tail = []byte(row), s.close
	if s.after != "" { // nothing stands behind the last one
		f.tail = strings.TrimSuffix(row, s.after) + s.close
	}
	f.rows = max(1, (size-int64(len(head)+len(f.tail)))/int64(len(row)))
	return f
}

func (f *rowsFile) size() int64 {
	return int64(len(f.head)) + f.rows*int64(len(f.row)) + int64(len(f.tail))
}

func (f *rowsFile) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	width, body := int64(len(f.row)), int64(len(f.head))
	for n < len(b) {
		at := off + int64(n)
		switch {
		case at < body:
			n += copy(b[n:], f.head[at:])
		case at < body+f.rows*width:
			k, within := (at-body)/width, (at-body)%width
			start := n
			n += copy(b[n:], f.row[within:])
			k = f.number(k)
			for i := digitsOfNumber - 1; i >= 0 && k > 0; i, k = i-1, k/10 {
				for _, d := range f.digits {
					if p := int64(d+i) - within; p >= 0 && start+int(p) < n {
						b[start+int(p)] = '0' + byte(k%10)
					}
				}
			}
		case at < f.size():
			n += copy(b[n:], f.tail[at-body-f.rows*width:])
		default:
			return n, io.EOF
		}
	}
	return n, nil
}

func (f *rowsFile) Read(b []byte) (int, error) {
	n, err := f.ReadAt(b, f.at)
	f.at += int64(n)
	return n, err
}

func (f *rowsFile) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += f.at
	case io.SeekEnd:
		off += f.size()
	}
	f.at = off
	return off, nil
}

// Every kind has a specimen, and two rows of it are two addresses.
func TestSpecimens(t *testing.T) {
	missing := map[Kind]bool{}
	for _, k := range Kinds() {
		missing[k] = true
	}
	for _, s := range specimens() {
		delete(missing, s.kind)
		r, list, err := readBytes(t, "file", []byte(s.file(t, numbers[0], numbers[1])), Options{})
		if s.idle {
			if (err == nil) != s.sites || len(r.Tables) != 1 || r.Tables[0].Kind != s.kind || r.Tables[0].Rows != 2 {
				t.Errorf("%s: %+v, %v", string(s.kind), r, err)
			}
			continue
		}
		if err != nil || len(list) != 2 || r.Tables[0].Kind != s.kind || r.Tables[0].Rows != 2 {
			t.Errorf("%s: %d addresses, %v", string(s.kind), len(list), err)
			continue
		}
		// The file that is made while it is read is the same.
		f := newRowsFile(t, s, 1, func(row int64) int64 { return row })
		f.rows = 3
		made, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		rows := []string{"000000000000", "000000000001", "000000000002"}
		if s.after != "" {
			rows = append(rows, "000000000000")
		}
		if want := s.file(t, rows...); !bytes.Equal(made, []byte(want)) {
			t.Errorf("%s: made %q, want %q", string(s.kind), made, want)
		}
	}
	for k := range missing {
		t.Errorf("no specimen of the kind %s", string(k))
	}
}
