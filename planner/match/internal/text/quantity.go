package text

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unit is a unit of measure: amounts of one dimension can be compared after
// multiplying with factor.
type unit struct {
	dim    string
	factor float64
}

// units are keyed by their folded spelling.
var units = buildUnits()

func buildUnits() map[string]unit {
	m := make(map[string]unit)
	add := func(dim string, factor float64, names string) {
		for _, n := range strings.Fields(names) {
			m[Fold(n)] = unit{dim, factor}
		}
	}
	add("g", 1, "g gr gram grams gramme グラム ㌘")
	add("g", 1000, "kg kgs kilo kilos kilogram kilograms キロ キログラム")
	add("g", 0.001, "mg ミリグラム")
	add("g", 453.592, "lb lbs pound pounds ポンド")
	add("g", 28.3495, "oz ounce ounces オンス")
	add("g", 1e6, "トン")
	add("ml", 1, "ml cc ミリ ミリリットル")
	add("ml", 10, "cl")
	add("ml", 100, "dl デシリットル")
	add("ml", 1000, "l lt ltr litre litres liter liters リットル")
	add("ml", 180.39, "合")
	add("ml", 1800, "升")
	add("mm", 0.001, "μm um micron ミクロン")
	add("mm", 1, "mm ミリメートル")
	add("mm", 10, "cm センチ センチメートル")
	add("mm", 1000, "m mtr metre metres meter meters メートル")
	add("mm", 25.4, "\" in inch inches インチ")
	add("mm", 304.8, "ft feet foot フィート")
	add("mb", 1, "mb")
	add("mb", 1024, "gb")
	add("mb", 1024*1024, "tb")
	add("kb", 1, "kb")
	add("mhz", 1, "mhz")
	add("mhz", 1000, "ghz")
	add("w", 1, "w watt watts ワット")
	add("w", 1000, "kw")
	add("v", 1, "v volt volts ボルト")
	add("va", 1, "va")
	add("va", 1000, "kva")
	add("mah", 1, "mah")
	add("rpm", 1, "rpm")
	add("dpi", 1, "dpi")
	add("mp", 1, "mp megapixel megapixels")
	add("%", 1, "% percent パーセント")
	add("pcs", 1, "pc pcs pce pieces piece pk pack packs sheets sheet sht count ct 個 個入 個入り 個セット コ コ入 コ入り ヶ ヶ入 ヶ入り ケ 入 入り 枚 枚入 枚入り 枚組 枚セット 本 本入 本入り 本組 本セット 袋 袋入 袋入り 袋セット 箱 箱入 箱セット 缶 缶入 缶セット 瓶 杯 束 玉 玉入り 尾 匹 切 切れ 切入 食 食入 食入り 食セット 人前 名様 人用 錠 粒 粒入 包 包入 包入り 巻 巻入 組 セット パック パック入 パック入り ケース 点 点セット 足 足組 着 冊 p パックセット 対 双 丁 株 房 升瓶 膳 客 脚 台 種 種類 種セット set sets")
	add("yr", 1, "year years yr yrs 年")
	add("mo", 1, "month months ヶ月 か月 カ月")
	add("size", 1, "号 インチサイズ 畳 段 才 歳 合炊き 合炊")
	return m
}

// quantityAt reads a number and its unit at the start of ts. It returns the
// amount as one token in canonical form ("#g 500") and how many tokens it took;
// 0 when there is none.
func quantityAt(ts []Token) (Token, int) {
	if ts[0].Kind != Num || len(ts) < 2 {
		return Token{}, 0
	}
	next := ts[1]
	if next.Joined && next.Text != "inch" && next.Text != "pack" && next.Text != "piece" || next.Kind == Num {
		return Token{}, 0
	}
	u, n, ok := unit{}, 0, false
	switch next.Kind {
	case Word:
		// A letter behind a blank is no unit ("size 5 M"), unless it is a word.
		if !next.Glued && utf8.RuneCountInString(next.Text) == 1 && next.Text != "g" && next.Text != "l" && next.Text != "m" && next.Text != "w" {
			return Token{}, 0
		}
		u, ok = units[next.Text]
		n = 2
		if ok && next.Glued && len(ts) > 2 && ts[2].Glued && ts[2].Kind == Num {
			ok = false // the letters go on into a code: 3m5
		}
	case CJK:
		if !next.Glued && next.Text != Fold("個入り") && utf8.RuneCountInString(next.Text) < 2 {
			return Token{}, 0
		}
		u, ok = units[next.Text]
		n = 2
	}
	if !ok {
		return Token{}, 0
	}
	v, err := strconv.ParseFloat(ts[0].Text, 64)
	if err != nil || v <= 0 || v > 1e12 {
		return Token{}, 0
	}
	return Token{Text: "#" + u.dim + " " + round(v*u.factor), Kind: Qty}, n
}

// round prints v with four significant digits: rounded inches and their
// centimetres shall meet.
func round(v float64) string {
	if v == math.Trunc(v) && v < 1e9 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// Amount splits the text of a Qty token into dimension and value.
func Amount(t string) (dim string, value float64, ok bool) {
	rest, found := strings.CutPrefix(t, "#")
	if !found {
		return "", 0, false
	}
	dim, num, found := strings.Cut(rest, " ")
	if !found {
		return "", 0, false
	}
	v, err := strconv.ParseFloat(num, 64)
	return dim, v, err == nil
}

// Number reads the text of a Num token.
func Number(t string) (float64, bool) {
	v, err := strconv.ParseFloat(t, 64)
	return v, err == nil && !math.IsInf(v, 0)
}
