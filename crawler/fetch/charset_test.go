package fetch

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func encodeAs(t testing.TB, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatalf("encoding %q: %v", s, err)
	}
	return b
}

const japanesePage = `<p>有機リネンのエプロン（紺）を入荷しました。㈱みなと商会の定番品①、１点～ご注文いただけます。</p>
<p>髙島さんの器－ﾔﾏﾀﾞ窯の№12。送料は全国一律￥550です。</p>`

func TestDecodeJapanese(t *testing.T) {
	encodings := []struct {
		name, label string
		e           encoding.Encoding
	}{
		{"UTF-8", "utf-8", unicode.UTF8},
		{"Shift_JIS", "Shift_JIS", japanese.ShiftJIS},
		{"EUC-JP", "EUC-JP", japanese.EUCJP},
		{"ISO-2022-JP", "iso-2022-jp", japanese.ISO2022JP},
	}
	declarations := []string{"", "utf-8", "EUC-JP", "Shift_JIS", "ISO-8859-1", "windows-1252", "no-such-charset"}
	for _, enc := range encodings {
		body := encodeAs(t, enc.e, japanesePage)
		for _, d := range declarations {
			meta := []byte(`<meta http-equiv="Content-Type" content="text/html; charset=` + d + `">`)
			for where, in := range map[string]struct {
				header string
				body   []byte
			}{
				"header":  {"text/html; charset=" + d, body},
				"meta":    {"text/html", append(meta, body...)},
				"nothing": {"", body},
			} {
				text, name := Decode(in.body, in.header)
				if name != enc.name {
					t.Errorf("%s declared %q in %s: told as %s", enc.name, d, where, name)
				}
				if !strings.HasSuffix(string(text), japanesePage) {
					t.Errorf("%s declared %q in %s: %s", enc.name, d, where, text)
				}
			}
		}
	}
}

func TestDecode(t *testing.T) {
	utf16le := encodeAs(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "<p>商品</p>")
	tests := []struct {
		name, header, body, text, charset string
	}{
		{"empty", "", "", "", "UTF-8"},
		{"ASCII keeps the header's", "text/html; charset=EUC-JP", "<p>x", "<p>x", "EUC-JP"},
		{"ASCII keeps the meta's", "text/html", "<META CHARSET=Shift_JIS><p>x", "<META CHARSET=Shift_JIS><p>x", "Shift_JIS"},
		{"ASCII alone", "text/html", "<p>x", "<p>x", "UTF-8"},
		{"header before meta", "text/html; charset=x-sjis", `<meta charset="euc-jp">`, `<meta charset="euc-jp">`, "Shift_JIS"},
		{"repeated parameter", "text/html; charset=EUC-JP; charset=EUC-JP", "x", "x", "EUC-JP"},
		{"quoted parameter", `text/html; charset="euc-jp"`, "x", "x", "EUC-JP"},
		{"meta in a comment does not count", "", "<!-- <meta charset=euc-jp> --><p>", "<!-- <meta charset=euc-jp> --><p>", "UTF-8"},
		{"meta after scripts", "", strings.Repeat("<script></script>", 100) + `<meta content="text/html;charset=cp932" http-equiv=content-type>`,
			strings.Repeat("<script></script>", 100) + `<meta content="text/html;charset=cp932" http-equiv=content-type>`, "Shift_JIS"},
		{"xml declaration", "text/xml", "<?xml version='1.0' encoding='EUC-JP'?><a>\xc3\xe3\xcf\xd2</a>", "<?xml version='1.0' encoding='EUC-JP'?><a>茶碗</a>", "EUC-JP"},
		{"UTF-8 mark", "text/html; charset=EUC-JP", "\xef\xbb\xbf商", "商", "UTF-8"},
		{"UTF-16 mark", "", "\xff\xfe" + string(utf16le), "<p>商品</p>", "UTF-16LE"},
		{"UTF-16 without mark", "", string(utf16le), "<p>商品</p>", "UTF-16LE"},
		{"meta cannot be UTF-16", "", "<meta charset=utf-16>é", "<meta charset=utf-16>é", "UTF-8"},
		{"Latin-1 declared over UTF-8", "text/html; charset=ISO-8859-1", "Crème brûlée", "Crème brûlée", "UTF-8"},
		{"UTF-8 declared over Latin-1", "text/html; charset=utf-8", "Cr\xe8me br\xfbl\xe9e, deux pi\xe8ces, \xe0 d\xe9guster tr\xe8s frais", "Crème brûlée, deux pièces, à déguster très frais", "windows-1252"},
		{"Latin-1", "text/html; charset=ISO-8859-1", "Cr\xe8me br\xfbl\xe9e \x80 5", "Crème brûlée € 5", "windows-1252"},
		{"short kanji, good UTF-8 by chance, declared EUC-JP", "text/html; charset=EUC-JP", "<h1>\xc2\xb0</h1>", "<h1>属</h1>", "EUC-JP"},
		{"kanji only, declared Shift_JIS", "text/html; charset=Shift_JIS", "\x92\x83\x94u", "茶盃", "Shift_JIS"},
		{"a cut string inside UTF-8", "text/html; charset=utf-8", "<p>有機リネンの\xe3\x82…を入荷しました</p>", "<p>有機リネンの\uFFFD…を入荷しました</p>", "UTF-8"},
		{"a cut string inside UTF-8, EUC-JP declared", "text/html; charset=EUC-JP", "<p>有機リネンの\xe3\x82…を入荷しました</p>", "<p>有機リネンの\uFFFD…を入荷しました</p>", "UTF-8"},
		{"body cut off inside a character", "text/html; charset=EUC-JP", "\xc3\xe3\xcf\xd2\xa4", "茶碗\uFFFD", "EUC-JP"},
		{"a tag after half a character", "text/html; charset=EUC-JP", "\xc3\xe3\xcf\xd2\xa4<b>", "茶碗\uFFFD<b>", "EUC-JP"},
		{"eucJP-ms, three bytes", "text/html; charset=eucJP-win", "\x8f\xf4\xfb\xc5\xe7\x8f\xf4\xab\xa4\xce\x8f\xf3\xf3", "髙島㈱のⅰ", "EUC-JP"},
		{"CP51932, two bytes", "text/html; charset=euc-jp", "\xfc\xe2\xc5\xe7\xad\xea\xa4\xce\xfc\xf1", "髙島㈱のⅰ", "EUC-JP"},
		{"CP932 NEC and IBM", "text/html; charset=Shift_JIS", "\x87\x8a\xfb\xfc\x93\x87\xee\xef\x81\x60\x81\x7c", "㈱髙島ⅰ～－", "Shift_JIS"},
		{"half-width kana in Shift_JIS", "text/html; charset=Shift_JIS", "\xb4\xcc\xdf\xdb\xdd", "ｴﾌﾟﾛﾝ", "Shift_JIS"},
		{"half-width kana in EUC-JP", "text/html; charset=EUC-JP", "\x8e\xb4\x8e\xcc\x8e\xdf\x8e\xdb\x8e\xdd", "ｴﾌﾟﾛﾝ", "EUC-JP"},
		{"unusable label falls through to meta", "text/html; charset=none", "<meta charset=euc-jp>\xc3\xe3", "<meta charset=euc-jp>茶", "EUC-JP"},
	}
	for _, tt := range tests {
		text, charset := Decode([]byte(tt.body), tt.header)
		if string(text) != tt.text || charset != tt.charset {
			t.Errorf("%s: got %q in %s, want %q in %s", tt.name, text, charset, tt.text, tt.charset)
		}
	}
}

// Other languages must not be taken for Japanese, declared or not.
func TestDecodeOtherLanguages(t *testing.T) {
	tests := []struct {
		label    string
		e        encoding.Encoding
		text     string
		guessed  bool // recognised without declaration too
		canonise string
	}{
		{"windows-1252", charmap.Windows1252, "Crème brûlée façon grand-mère, à déguster très fraîche dès l'été. Où trouver nos pièces préférées?", true, "windows-1252"},
		{"windows-1251", charmap.Windows1251, "Льняной фартук ручной работы, доставка по всей стране. Заказ оформляется за один день, оплата при получении.", true, "windows-1251"},
		{"euc-kr", korean.EUCKR, "린넨 앞치마를 새로 들여왔습니다. 주문하신 상품은 이틀 안에 배송됩니다. 자세한 내용은 안내 페이지를 보십시오.", true, "EUC-KR"},
		{"gbk", simplifiedchinese.GBK, "亚麻围裙已经到货，全国包邮。下单后两天内发货，欢迎选购我们的新产品，详情请见说明页面。", false, "GBK"},
		{"iso-8859-2", charmap.ISO8859_2, "Lněná zástěra ruční výroby, doručení do dvou dnů, platba při převzetí. Žluťoučký kůň.", false, "ISO-8859-2"},
	}
	for _, tt := range tests {
		body := encodeAs(t, tt.e, tt.text)
		text, name := Decode(body, "text/html; charset="+tt.label)
		if string(text) != tt.text || name != tt.canonise {
			t.Errorf("%s declared: got %s %q", tt.label, name, text)
		}
		text, name = Decode(body, "text/html")
		if tt.guessed && string(text) != tt.text {
			t.Errorf("%s undeclared: got %s %q", tt.label, name, text)
		}
		switch name {
		case charsetUTF8, charsetSJIS, charset2022JP:
			t.Errorf("%s undeclared: taken for %s", tt.label, name)
		}
	}
}

func TestDecodeQuery(t *testing.T) {
	tests := []struct{ raw, hint, text, charset string }{
		{"", "", "", "UTF-8"},
		{"apron+linen", "", "apron linen", "UTF-8"},
		{"100%", "", "100%", "UTF-8"},
		{"%zz%4", "EUC-JP", "%zz%4", "UTF-8"},
		{"%A5%EA%A5%CD%A5%F3", "", "リネン", "EUC-JP"},
		{"%83%8A%83l%83%93", "", "リネン", "Shift_JIS"},
		{"%83%5C%81%5B%83%58", "", "ソース", "Shift_JIS"},
		{"%E3%83%AA%E3%83%8D%E3%83%B3", "", "リネン", "UTF-8"},
		{"%1B%24B%25j%25M%25s%1B%28B", "", "リネン", "ISO-2022-JP"},
		{"リネン", "", "リネン", "UTF-8"},
		{"%C3%E3%CF%D2", "", "茶碗", "EUC-JP"},
		{"%92%83%98o", "", "茶椀", "Shift_JIS"},
		{"%AD%EA%A4%DF%A4%CA%A4%C8", "", "㈱みなと", "EUC-JP"},
		{"%C2%B0", "EUC-JP", "属", "EUC-JP"},
		{"%C2%B0", "", "°", "UTF-8"},
		{"caf%C3%A9", "", "café", "UTF-8"},
		{"%B4%CC%DF%DB%DD", "Shift_JIS", "ｴﾌﾟﾛﾝ", "Shift_JIS"},
		{"%E3%83%AA%E3%83%8D%E3%83%B3", "EUC-JP", "リネン", "UTF-8"},
		{"%A5%EA%A5", "", "リ\uFFFD", "EUC-JP"},
	}
	for _, tt := range tests {
		text, charset := DecodeQueryIn(tt.raw, tt.hint)
		if text != tt.text || charset != tt.charset {
			t.Errorf("DecodeQueryIn(%q, %q) = %q, %s, want %q, %s", tt.raw, tt.hint, text, charset, tt.text, tt.charset)
		}
	}
}

func TestEncodeQuery(t *testing.T) {
	tests := []struct{ text, charset, want string }{
		{"リネン エプロン", "EUC-JP", "%A5%EA%A5%CD%A5%F3+%A5%A8%A5%D7%A5%ED%A5%F3"},
		{"ソース", "cp932", "%83%5C%81%5B%83X"},
		{"a-b_c.d*~/?&=+%", "utf-8", "a-b_c.d*%7E%2F%3F%26%3D%2B%25"},
		{"〜−①㈱髙", "Shift_JIS", "%81%60%81%7C%87%40%87%8A%EE%E0"},
		{"〜−①㈱髙", "EUC-JP", "%A1%C1%A1%DD%AD%A1%AD%EA%FC%E2"},
		{"ｴﾌﾟﾛﾝ", "EUC-JP", "%8E%B4%8E%CC%8E%DF%8E%DB%8E%DD"},
		{"あ", "ISO-2022-JP", "%1B%24B%24%22%1B%28B"},
	}
	for _, tt := range tests {
		got, err := EncodeQuery(tt.text, tt.charset)
		if err != nil || got != tt.want {
			t.Errorf("EncodeQuery(%q, %s) = %q, %v, want %q", tt.text, tt.charset, got, err, tt.want)
		}
	}
	for _, bad := range [][2]string{{"😀", "EUC-JP"}, {"한", "Shift_JIS"}, {"a", "no-such"}} {
		if got, err := EncodeQuery(bad[0], bad[1]); err == nil {
			t.Errorf("EncodeQuery(%q, %s) = %q, want an error", bad[0], bad[1], got)
		}
	}
}

// sharedDir finds the folder of test data that is kept beside the repository.
func sharedDir(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("REPLATFORM_SHARED")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
			if st, err := os.Stat(filepath.Join(dir, "shared")); err == nil && st.IsDir() {
				root = filepath.Join(dir, "shared")
				break
			}
		}
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); root == "" || err != nil {
		t.Skipf("the shared test data (%s) is not here", name)
	}
	return dir
}

// TestDecodeRealWords tells the charset of real product titles and of the words in
// them, encoded each way, without any declaration.
func TestDecodeRealWords(t *testing.T) {
	dir := sharedDir(t, "matching")
	encodings := map[string]encoding.Encoding{charsetEUCJP: japanese.EUCJP, charsetSJIS: japanese.ShiftJIS, charset2022JP: japanese.ISO2022JP, charsetUTF8: unicode.UTF8}
	var titles, words, pages [2]int // right, all
	perCharset := map[string]*[2]int{}
	for _, c := range []string{"shop-ja-food", "shop-ja-apparel", "redirect-docs-ja"} {
		data, err := os.ReadFile(filepath.Join(dir, c, "old.csv"))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i, line := range strings.Split(string(data), "\n") {
			fields := strings.Split(line, ",")
			if len(fields) < 3 || isASCII(fields[2]) {
				continue
			}
			title := windowsFold.Replace(fields[2])
			for name, e := range encodings {
				b, err := e.NewEncoder().Bytes([]byte(title))
				if err != nil {
					continue
				}
				raw, err := EncodeQuery(title, name)
				if err != nil {
					t.Fatal(err)
				}
				titles[1]++
				if got, charset := DecodeQuery(raw); got == title && charset == name {
					titles[0]++
				}
				// A page that holds little more than its title, declared wrongly.
				if i%10 == 0 {
					pages[1]++
					header := "text/html; charset=" + []string{"utf-8", "EUC-JP", "Shift_JIS", "ISO-8859-1", ""}[i/10%5]
					if got, charset := Decode(append([]byte("<title>"), b...), header); string(got) == "<title>"+title && charset == name {
						pages[0]++
					} else if testing.Verbose() && pages[1]-pages[0] < 30 {
						t.Logf("page %q in %s, %s: told as %s", title, name, header, charset)
					}
				}
				if perCharset[name] == nil {
					perCharset[name] = new([2]int)
				}
				for _, w := range strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune(" 　【】（）()/／・「」、。,", r) }) {
					if isASCII(w) || seen[name+w] {
						continue
					}
					seen[name+w] = true
					raw, err := EncodeQuery(w, name)
					if err != nil {
						t.Fatal(err)
					}
					words[1]++
					perCharset[name][1]++
					if got, charset := DecodeQuery(raw); got == w && charset == name {
						words[0]++
						perCharset[name][0]++
					}
				}
			}
		}
	}
	share := func(n [2]int) float64 { return float64(n[0]) / float64(max(n[1], 1)) }
	t.Logf("titles %d of %d right (%.4f), words %d of %d (%.4f), wrongly declared pages %d of %d (%.4f)",
		titles[0], titles[1], share(titles), words[0], words[1], share(words), pages[0], pages[1], share(pages))
	for name, n := range perCharset {
		t.Logf("words in %s: %d of %d (%.4f)", name, n[0], n[1], share(*n))
	}
	if share(titles) < 0.995 || share(words) < 0.98 || share(pages) < 0.99 {
		t.Error("below the mark")
	}
}

// TestDecodeSavedPages: the saved pages are all UTF-8, whatever they declare.
func TestDecodeSavedPages(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedDir(t, "pages"), "*", "*.html"))
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text, name := Decode(b, "")
		want := bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
		if !bytes.Equal(text, bytes.ToValidUTF8(want, []byte("\ufffd"))) {
			t.Errorf("%s: told as %s", filepath.Base(f), name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, e := range []encoding.Encoding{japanese.EUCJP, japanese.ShiftJIS, japanese.ISO2022JP, unicode.UTF8} {
		f.Add(encodeAs(f, e, japanesePage), "text/html; charset=euc-jp")
	}
	f.Add([]byte("\x8f\xf4\xfa\x8f\xf3"), "charset=eucjp-win")
	f.Add([]byte("<meta charset=\xff><!-- <?xml encoding="), "")
	f.Add([]byte("\xb4\xeb\xb5\xee \xb4\xeb"), "text/html; charset=big5")
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		text, name := Decode(body, header)
		if !utf8.Valid(text) {
			t.Errorf("invalid UTF-8 from %s", name)
		}
		if e, again := lookupCharset(name); e == nil || again != name {
			t.Errorf("Decode names a charset that cannot be looked up: %q", name)
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"%A5%EA", "%83%5C", "%E3%83", "%1B%24B%25", "%", "a+b", "%8F%F4%FA"} {
		f.Add(s, "EUC-JP")
	}
	f.Fuzz(func(t *testing.T, raw, charset string) {
		text, name := DecodeQueryIn(raw, charset)
		if !utf8.ValidString(text) {
			t.Errorf("invalid UTF-8 from %q as %s", raw, name)
		}
		enc, err := EncodeQuery(text, charset)
		if err != nil {
			return
		}
		if !isASCII(enc) {
			t.Errorf("EncodeQuery(%q, %s) = %q", text, charset, enc)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, e := range map[string]encoding.Encoding{"utf8": unicode.UTF8, "eucjp": japanese.EUCJP, "sjis": japanese.ShiftJIS} {
		body := bytes.Repeat(encodeAs(b, e, japanesePage), 200)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for range b.N {
				Decode(body, "text/html; charset="+name)
			}
		})
	}
}
