package synth

import (
	"html"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// title writes the name of a page as one of the two shops would.
func (g *generator) title(p *product, label []string, old bool) string {
	s := &g.s
	ws := slices.Clone(p.name)
	if old && p.short != nil && g.chance(s.short) {
		ws = slices.Clone(p.short)
	}
	if !old && len(ws) > 3 && g.chance(0.06*s.edit) {
		k := g.r.IntN(len(ws) - 1)
		ws = slices.Delete(ws, k, k+1)
	}
	if len(ws) > 2 && g.chance(0.08*s.edit) {
		a, b := g.r.IntN(len(ws)), g.r.IntN(len(ws))
		ws[a], ws[b] = ws[b], ws[a]
	}
	t := g.attach(strings.Join(ws, " "), label, old)
	if g.chance(0.2 * s.edit) {
		t = g.swapWords(t, 1)
	}
	switch g.r.IntN(5) {
	case 0, 1:
		t = p.brand + " " + t
	case 2:
		if g.chance(0.4) {
			t += " " + map[bool]string{true: pick(g, []string{"｜", " "}), false: pick(g, []string{"by ", "/ ", "- "})}[s.d.ja] + p.brand
		}
	}
	t = g.letters(t, old)
	promo := s.promoNew
	if old {
		promo = s.promoOld
	}
	if g.chance(promo) {
		gap := " "
		if s.d.ja && g.chance(0.7) {
			gap = ""
		}
		t = pick(g, g.head) + gap + t
	}
	if g.chance(promo * 0.5) {
		t += " " + pick(g, g.tail)
	}
	if old {
		t += s.nameOld
	} else {
		t += s.nameNew
	}
	if g.chance(0.04 * s.edit) {
		t = html.EscapeString(t)
	}
	return t
}

// attach writes the options behind the name, in the way of the shop.
func (g *generator) attach(t string, label []string, old bool) string {
	if len(label) == 0 {
		return t
	}
	l := strings.Join(label, " ")
	if old {
		return t + " " + l
	}
	switch (g.s.optionStyle + map[bool]int{true: g.r.IntN(3), false: 0}[g.chance(0.3)]) % 4 {
	case 0:
		return t + " " + l
	case 1:
		return t + " / " + strings.Join(label, " / ")
	case 2:
		if g.s.d.ja {
			return t + " （" + l + "）"
		}
		return t + " (" + l + ")"
	}
	if g.s.d.ja {
		return t + " 【" + l + "】"
	}
	return t + " - " + l
}

// swapWords replaces up to n words by others of the same meaning.
func (g *generator) swapWords(t string, n int) string {
	list := enSwaps
	if g.s.d.ja {
		list = jaSwaps
	}
	for _, k := range g.r.Perm(len(list)) {
		if n == 0 {
			break
		}
		a, b := list[k][0], list[k][1]
		if !g.s.d.ja {
			a, b = " "+a+" ", " "+b+" "
		}
		if padded := " " + t + " "; strings.Contains(padded, a) {
			t = strings.TrimSpace(strings.Replace(padded, a, b, 1))
			n--
		}
	}
	return t
}

// letters changes how the title is written without changing what it says.
func (g *generator) letters(t string, old bool) string {
	e := g.s.edit
	if g.chance(0.03 * e) {
		t = g.typo(t)
	}
	if !g.s.d.ja {
		if g.chance(0.06 * e) {
			t = strings.ToUpper(t)
		} else if g.chance(0.06 * e) {
			t = strings.ToLower(t)
		}
		return t
	}
	if g.chance(0.08 * e) {
		t = width.Widen.String(t)
	}
	if g.chance(0.05 * e) {
		t = width.Narrow.String(t)
	}
	if g.chance(0.05 * e) {
		t = strings.ReplaceAll(t, "ー", "")
	}
	if g.chance(0.06 * e) {
		t = kana(t, g.r.IntN(2) == 0)
	}
	if g.chance(0.08 * e) {
		t = strings.NewReplacer("kg", "キロ", "100g", "100グラム", "500g", "500グラム", "個入り", "ヶ入", "枚組", "枚セット", "cm", "センチ").Replace(t)
	}
	if old && g.chance(0.06*e) {
		t = strings.ReplaceAll(t, " ", pick(g, []string{"", "・", "_", "　"}))
	}
	if g.chance(0.04 * e) {
		t = norm.NFD.String(t)
	}
	return t
}

func (g *generator) typo(t string) string {
	rs := []rune(t)
	if len(rs) < 6 {
		return t
	}
	k := 1 + g.r.IntN(len(rs)-3)
	switch g.r.IntN(3) {
	case 0:
		rs = slices.Delete(rs, k, k+1)
	case 1:
		rs[k], rs[k+1] = rs[k+1], rs[k]
	case 2:
		rs = slices.Insert(rs, k, rs[k])
	}
	return string(rs)
}

// kana writes hiragana as katakana or the other way round, for one word.
func kana(t string, toKatakana bool) string {
	ws := strings.Split(t, " ")
	for i, w := range ws {
		if strings.ContainsFunc(w, func(r rune) bool { return r >= 0x3041 && r <= 0x30fa }) {
			ws[i] = strings.Map(func(r rune) rune {
				switch {
				case toKatakana && r >= 0x3041 && r <= 0x3096:
					return r + 0x60
				case !toKatakana && r >= 0x30a1 && r <= 0x30f6:
					return r - 0x60
				}
				return r
			}, w)
			break
		}
	}
	return strings.Join(ws, " ")
}
