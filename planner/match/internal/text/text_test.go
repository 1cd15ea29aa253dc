package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFoldMakesSpellingsEqual(t *testing.T) {
	for _, group := range [][]string{
		{"ブルーベリージャム", "ﾌﾞﾙｰﾍﾞﾘｰｼﾞｬﾑ", "ぶるーべりーじゃむ", "ブルーベリ―ジャム", "ブルベリジャム", "ブルーベリーシ\u3099ャム"},
		{"ＡＢ－１２　ｋｇ", "AB-12 kg", "ab-12  KG"},
		{"㎏", "kg", "KG"},
		{"齋藤櫻庵", "斎藤桜庵"},
		{"Café crème", "CAFE CREME", "Cafe\u0301 cre\u0300me"},
		{"Tom &amp; Ann", "Tom &amp;amp; Ann", "tom & ann"},
		{"Big<br />sale", "big sale", "<b>Big</b> sale"},
		{"5✕5", "5×5"},
		{"Acme® tape™", "acme tape"},
	} {
		for _, s := range group[1:] {
			if got, want := Fold(s), Fold(group[0]); got != want {
				t.Errorf("Fold(%q) = %q, but Fold(%q) = %q", s, got, group[0], want)
			}
		}
	}
}

func TestFoldKeepsDifferencesApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"かき", "がき"}, {"ハト", "パト"}, {"a < b", "a b"}, {"10個", "12個"}, {"白", "黒"}, {"コート-黒", "コート黒"},
	} {
		if Fold(pair[0]) == Fold(pair[1]) {
			t.Errorf("Fold makes %q and %q equal: %q", pair[0], pair[1], Fold(pair[0]))
		}
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"ゆず茶 500ml", []string{"ユズ茶", "#ml 500"}},
		{"ゆず茶 ５００ミリリットル", []string{"ユズ茶", "#ml 500"}},
		{"tea 0.5 l", []string{"tea", "#ml 500"}},
		{"米 5kg", []string{"米", "#g 5000"}},
		{"米 5キロ", []string{"米", "#g 5000"}},
		{"石鹸3個入り", []string{"石鹸", "#pcs 3"}},
		{"soap 3 pcs", []string{"soap", "#pcs 3"}},
		{"drive 0.5 TB 512gb", []string{"drive", "#mb 524288", "#mb 524288"}},
		{`screen 15.6" wide`, []string{"screen", "#mm 396.2", "wide"}},
		{"pump qx-402b", []string{"pump", "qx", "402b"}},
		{"paper 8,000 sheets", []string{"paper", "#pcs 8000"}},
		{"part 00451", []string{"part", "00451"}},
		{"1,5 l", []string{"#ml 1500"}},
		{"size 5 m", []string{"size", "#mm 5000"}},
		{"label 52.5x29.7 mm", []string{"label", "52.5", "#mm 29.7"}},
		{"label 52.5×29.7mm", []string{"label", "52.5", "#mm 29.7"}},
		{"lamp x10", []string{"lamp", "x10"}},
		{"3m5 bolt", []string{"3m5", "bolt"}},
		{"", nil},
	} {
		var got []string
		for _, tok := range Tokens(Fold(c.in), 20) {
			got = append(got, tok.Text)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("Tokens(%q): (-want +got)\n%s", c.in, d)
		}
	}
}

func TestTokensKeepTheirLimit(t *testing.T) {
	if n := len(Tokens(strings.Repeat("a ", 1000), 7)); n != 7 {
		t.Errorf("%d tokens, want 7", n)
	}
}

func TestTokensKnowBrackets(t *testing.T) {
	ts := Tokens("a (b c) d", 10)
	var got []int
	for _, x := range ts {
		got = append(got, x.Bracket)
	}
	if d := cmp.Diff([]int{0, 1, 1, 0}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestSubject(t *testing.T) {
	for _, c := range []struct{ title, address, want string }{
		{"特定商取引法に基づく表記", "", "legal"},
		{"プライバシーポリシー", "", "privacy"},
		{"個人情報の取扱い", "", "privacy"},
		{"Privacy notice", "", "privacy"},
		{"返品・交換について", "", "returns"},
		{"Refund policy", "", "returns"},
		{"お支払い・配送", "", "shipping"},
		{"Shipping & Delivery", "", "shipping"},
		{"Page 7", "faq", "faq"},
		{"Our shipyards", "", ""},
		{"Blue cotton scarf", "", ""},
		{"", "", ""},
	} {
		if got := SubjectName(Subject(Fold(c.title), c.address)); got != c.want {
			t.Errorf("Subject(%q, %q) = %q, want %q", c.title, c.address, got, c.want)
		}
	}
}

func TestSynonymsLeadToOneWord(t *testing.T) {
	m := Synonyms()
	for from, to := range m {
		if next, ok := m[to]; ok && next != to {
			t.Errorf("%q leads to %q, which leads on to %q", from, to, next)
		}
		if from != Fold(from) || to != Fold(to) {
			t.Errorf("%q or %q is not folded", from, to)
		}
	}
	if m[Fold("白")] != Fold("ホワイト") || m["white"] != Fold("ホワイト") {
		t.Error("white is not known in its three spellings")
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"【送料無料】ﾊﾞﾆﾗ 500ｇ×2", "15.6\" & <b>", "&#x110000;&amp;", "a\xff\xfeb", "１,２.３,,..", "()[]【】", "ー-〜~"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		if !utf8.ValidString(folded) {
			t.Fatalf("Fold(%q) is not UTF-8: %q", s, folded)
		}
		for _, x := range Tokens(folded, 48) {
			if x.Text == "" {
				t.Fatalf("empty token of %q", s)
			}
			if x.Kind == Qty {
				if _, v, ok := Amount(x.Text); !ok || v <= 0 {
					t.Fatalf("amount %q of %q cannot be read", x.Text, s)
				}
			}
		}
		Subject(folded, s)
		if len(s) < 200 {
			NewOriginal(s).Surface("word")
			Romaji(Fold(s))
		}
	})
}

func TestSurface(t *testing.T) {
	for _, c := range []struct{ original, word, want string }{
		{"【送料無料】リュック ネイビー L", Fold("ネイビー"), "ネイビー"},
		{"【送料無料】リュック ネイビー L", Fold("リュック"), "リュック"},
		{"りゅっく ﾈｲﾋﾞｰ", Fold("ネイビー"), "ﾈｲﾋﾞｰ"},
		{"Blue SHIRT xl", "shirt", "SHIRT"},
		{"Blue shirt", "dress", "dress"},
		{"", "dress", "dress"},
		{"a\xff\xfe", "b", "b"},
		{"Fish &amp; Chips <b>Large</b>", "chips", "Chips"},
		{"ｶﾞｰﾃﾞﾝ スコップ", Fold("ガーデン"), "ｶﾞｰﾃﾞﾝ"},
		{"コ〜ヒ〜 豆", Fold("コーヒー"), "コ〜ヒ"},
	} {
		if got := NewOriginal(c.original).Surface(c.word); got != c.want {
			t.Errorf("Surface(%q, %q) = %q, want %q", c.original, c.word, got, c.want)
		}
	}
}
