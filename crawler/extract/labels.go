package extract

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"replatform/crawler/catalog"
)

// codes are the numbers a page names by a label: "SKU: AB-1", 品番：AB-1.
type codes struct {
	sku, model, mpn, gtin, brand string
	near                         bool // one of the numbers stands with the name of the product
}

type labelField int

const (
	fieldSKU labelField = iota
	fieldLooseSKU
	fieldModel
	fieldMPN
	fieldGTIN
	fieldBrand
)

// codeLabel is a label, lower case, and what it labels.
type codeLabel struct {
	text  string
	field labelField
}

// codeLabels are looked for at the beginning of a text. Longer ones come first
// where one begins with another.
var codeLabels = [...]codeLabel{
	{"manufacturer part number", fieldMPN}, {"manufacturer part no", fieldMPN}, {"manufacturer part", fieldMPN}, {"manufacturer's part", fieldMPN},
	{"manufacturer sku", fieldMPN}, {"manufacturer number", fieldMPN}, {"mfg part", fieldMPN}, {"mfr part", fieldMPN}, {"mfr. part", fieldMPN}, {"mfg. part", fieldMPN}, {"mfr #", fieldMPN}, {"mfg #", fieldMPN}, {"mfr no", fieldMPN}, {"mpn", fieldMPN},
	{"herstellernummer", fieldMPN}, {"hersteller-nr", fieldMPN}, {"hersteller-artikelnummer", fieldMPN}, {"メーカー品番", fieldMPN}, {"メーカー型番", fieldMPN}, {"référence fabricant", fieldMPN}, {"kod producenta", fieldMPN},
	{"gtin", fieldGTIN}, {"upc", fieldGTIN}, {"ean", fieldGTIN}, {"isbn", fieldGTIN}, {"jan", fieldGTIN}, {"barcode", fieldGTIN}, {"bar code", fieldGTIN}, {"バーコード", fieldGTIN}, {"code barre", fieldGTIN}, {"kod ean", fieldGTIN}, {"kod kreskowy", fieldGTIN},
	{"sku", fieldSKU}, {"item number", fieldSKU}, {"item no", fieldSKU}, {"item #", fieldSKU}, {"item#", fieldSKU}, {"item code", fieldSKU}, {"item sku", fieldSKU}, {"item id", fieldLooseSKU}, {"item", fieldLooseSKU},
	{"product code", fieldSKU}, {"product number", fieldSKU}, {"product no", fieldSKU}, {"product #", fieldSKU}, {"product sku", fieldSKU}, {"product ref", fieldSKU}, {"product id", fieldLooseSKU}, {"prod. code", fieldSKU}, {"prod code", fieldSKU},
	{"style number", fieldSKU}, {"style no", fieldSKU}, {"style #", fieldSKU}, {"style code", fieldSKU}, {"style", fieldLooseSKU}, {"stock number", fieldSKU}, {"stock no", fieldSKU}, {"stock code", fieldSKU}, {"stock #", fieldSKU}, {"stock id", fieldSKU},
	{"catalog number", fieldSKU}, {"catalog no", fieldSKU}, {"catalog #", fieldSKU}, {"catalogue number", fieldSKU}, {"catalogue no", fieldSKU}, {"cat. no", fieldSKU}, {"cat no", fieldSKU}, {"cat #", fieldSKU},
	{"part number", fieldSKU}, {"part no", fieldSKU}, {"part #", fieldSKU}, {"part#", fieldSKU}, {"article number", fieldSKU}, {"article no", fieldSKU}, {"order code", fieldSKU}, {"order number", fieldSKU}, {"order no", fieldSKU},
	{"reference", fieldSKU}, {"ref. no", fieldSKU}, {"ref no", fieldSKU}, {"ref", fieldLooseSKU}, {"code", fieldLooseSKU}, {"id", fieldLooseSKU},
	{"référence", fieldSKU}, {"réf", fieldSKU}, {"code article", fieldSKU}, {"code produit", fieldSKU},
	{"artikelnummer", fieldSKU}, {"artikel-nummer", fieldSKU}, {"artikelnr", fieldSKU}, {"artikel-nr", fieldSKU}, {"artikel nr", fieldSKU}, {"art.-nr", fieldSKU}, {"art.nr", fieldSKU}, {"art. nr", fieldSKU}, {"art-nr", fieldSKU}, {"artnr", fieldSKU}, {"bestellnummer", fieldSKU}, {"bestell-nr", fieldSKU}, {"best.-nr", fieldSKU}, {"produktnummer", fieldSKU}, {"produkt-nr", fieldSKU}, {"artikelcode", fieldSKU},
	{"kod produktu", fieldSKU}, {"kod towaru", fieldSKU}, {"nr katalogowy", fieldSKU}, {"numer katalogowy", fieldSKU}, {"symbol", fieldSKU}, {"indeks", fieldSKU}, {"varenummer", fieldSKU}, {"varenr", fieldSKU}, {"vare nr", fieldSKU}, {"art.nummer", fieldSKU}, {"artikelnummer", fieldSKU},
	{"referencia", fieldSKU}, {"código", fieldSKU}, {"codigo", fieldSKU}, {"codice articolo", fieldSKU}, {"codice prodotto", fieldSKU}, {"codice", fieldSKU}, {"riferimento", fieldSKU}, {"cod. art", fieldSKU}, {"cod", fieldLooseSKU}, {"артикул", fieldSKU}, {"код товара", fieldSKU}, {"kód", fieldSKU}, {"kód produktu", fieldSKU}, {"katalogové číslo", fieldSKU}, {"ürün kodu", fieldSKU}, {"cikkszám", fieldSKU},
	{"cod produs", fieldSKU}, {"codul produsului", fieldSKU}, {"šifra", fieldSKU}, {"šifra artikla", fieldSKU}, {"код", fieldLooseSKU}, {"id produto", fieldLooseSKU}, {"código do produto", fieldSKU}, {"referência", fieldSKU}, {"produkta kods", fieldSKU}, {"tootekood", fieldSKU}, {"tuotenumero", fieldSKU}, {"objednací číslo", fieldSKU}, {"קוד מוצר", fieldSKU}, {"상품번호", fieldSKU}, {"商品編號", fieldSKU}, {"商品编号", fieldSKU}, {"型號", fieldModel},
	{"商品番号", fieldSKU}, {"商品コード", fieldSKU}, {"商品no", fieldSKU}, {"商品品番", fieldSKU}, {"独自商品コード", fieldSKU}, {"品番", fieldSKU}, {"品 番", fieldSKU}, {"管理番号", fieldSKU}, {"注文番号", fieldSKU}, {"品コード", fieldSKU}, {"商品id", fieldLooseSKU}, {"货号", fieldSKU},
	{"商品型番", fieldModel}, {"型番", fieldModel}, {"型 番", fieldModel}, {"型式", fieldModel}, {"model number", fieldModel}, {"model no", fieldModel}, {"model #", fieldModel}, {"model", fieldModel}, {"modell", fieldModel}, {"modèle", fieldModel}, {"modello", fieldModel}, {"modelo", fieldModel},
	{"brand", fieldBrand}, {"manufacturer", fieldBrand}, {"marke", fieldBrand}, {"hersteller", fieldBrand}, {"marque", fieldBrand}, {"fabricant", fieldBrand}, {"producent", fieldBrand}, {"marka", fieldBrand}, {"ブランド", fieldBrand}, {"メーカー", fieldBrand}, {"mærke", fieldBrand}, {"märke", fieldBrand}, {"merk", fieldBrand}, {"marca", fieldBrand},
}

// readLabels looks for numbers in the runs from first to last, those inside the
// element box first.
func (s *sight) readLabels() codes {
	var found, loose codes
	for pass := range 2 {
		for i := range s.v.runs {
			if i >= s.related {
				break
			}
			r := &s.v.runs[i]
			if len(r.text) > 400 {
				continue
			}
			n := &s.v.nodes[r.at]
			if n.all&(inRelated|inCart|inReview|inChrome|inOption|inCrumbs) != 0 {
				continue
			}
			inBox := s.box >= 0 && s.v.inside(r.at, s.box)
			if inBox != (pass == 0) {
				continue
			}
			s.readRun(i, &found, &loose)
		}
		if pass == 0 {
			found.near = found.sku != "" || loose.sku != "" || found.gtin != "" || found.model != ""
		}
	}
	if found.sku == "" {
		if found.sku = s.bareNumber(); found.sku != "" {
			found.near = true
		}
	}
	s.readMarked(&found)
	if found.sku == "" {
		found.sku = loose.sku
	}
	if found.sku == "" {
		found.sku = s.formCode()
	}
	if found.sku == "" {
		found.sku = s.addressNumber()
	}
	return found
}

// readRun looks for labels at every word of one run.
func (s *sight) readRun(i int, found, loose *codes) {
	text := s.v.runs[i].text
	low := strings.ToLower(text)
	if len(low) != len(text) {
		return // a few letters change their length in lower case; offsets would lie
	}
	prose := len(text) > 120
	letter := false // the character before is part of a word
	for at, r := range low {
		wordHere := letter
		letter = unicode.IsLetter(r) || unicode.IsDigit(r)
		if wordHere || !letter {
			continue
		}
		field, end, own, ok := labelIn(low, at, s.v.runs[i].segs)
		if !ok {
			continue
		}
		rest, strict := afterLabel(text[end:])
		strict = strict || own
		if rest == "" && i+1 < len(s.v.runs) && s.sameRow(i, i+1) {
			rest, strict = s.v.runs[i+1].text, true
			rest, _ = afterLabel(rest)
		}
		// "model" and its like are words of ordinary sentences, 型番 is not.
		if strict || !prose && (field != fieldModel || low[at] >= utf8.RuneSelf) {
			field.take(rest, strict, found, loose)
		}
	}
}

// labelIndex holds the labels by their first byte.
var labelIndex = sync.OnceValue(func() *[256][]codeLabel {
	var index [256][]codeLabel
	for _, l := range codeLabels {
		index[l.text[0]] = append(index[l.text[0]], l)
	}
	return &index
})

// fieldSet is a set of fields, one bit each.
type fieldSet uint8

// labelHeads holds, for the first bytes of every label, which fields they may name.
type labelHeads struct {
	pairs  [1 << 16]fieldSet // by two bytes
	number [1 << 16]uint16   // of the pair in thirds, plus one
	thirds [][256]fieldSet   // by the byte behind the pair
}

var labelStarts = sync.OnceValue(func() *labelHeads {
	h := &labelHeads{}
	for _, l := range codeLabels {
		pair, bit := int(l.text[0])<<8|int(l.text[1]), fieldSet(1)<<l.field
		h.pairs[pair] |= bit
		if h.number[pair] == 0 {
			h.thirds = append(h.thirds, [256]fieldSet{})
			h.number[pair] = uint16(len(h.thirds))
		}
		third := &h.thirds[h.number[pair]-1]
		if len(l.text) > 2 {
			third[l.text[2]] |= bit
			continue
		}
		for c := range third {
			third[c] |= bit
		}
	}
	return h
})

// at says which fields a label may name that begins with the ASCII bytes a and b, in
// small letters, and goes on with c.
func (h *labelHeads) at(a, b, c byte) fieldSet {
	pair := int(a)<<8 | int(b)
	if h.pairs[pair] == 0 {
		return 0
	}
	if c >= utf8.RuneSelf || b >= utf8.RuneSelf {
		return h.pairs[pair] // it may be a capital letter
	}
	return h.thirds[h.number[pair]-1][lowerByte(c)]
}

// nextLabel returns the next place from at on where a word begins that may be a
// label of one of the fields, or the end of the text. Letters that are not ASCII
// are taken as small ones.
func nextLabel(text string, at int, fields fieldSet) int {
	starts := labelStarts()
	for at < len(text) {
		c := text[at]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(text[at:])
			if wordRune(r) && !wordEndsAt(text, at) {
				low := string(unicode.ToLower(r))
				if len(low) > 1 && starts.pairs[int(low[0])<<8|int(low[1])]&fields != 0 {
					return at
				}
			}
			at += n
			continue
		}
		if at+1 < len(text) && (isASCIILetter(c) || isDigit(c)) {
			third := byte(' ')
			if at+2 < len(text) {
				third = text[at+2]
			}
			if starts.at(lowerByte(c), lowerByte(text[at+1]), third)&fields != 0 && !wordEndsAt(text, at) {
				return at
			}
		}
		at++
	}
	return len(text)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// wordEndsAt says whether a letter or digit stands before place i.
func wordEndsAt(text string, i int) bool {
	if i == 0 {
		return false
	}
	if c := text[i-1]; c < utf8.RuneSelf {
		return isASCIILetter(c) || isDigit(c)
	}
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return wordRune(r)
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// labelAt reports the longest label that begins at offset at, and where it ends.
func labelAt(low string, at int) (labelField, int, bool) {
	s := low[at:]
	best, field := 0, labelField(0)
	for _, l := range labelIndex()[s[0]] {
		if len(l.text) <= best || !strings.HasPrefix(s, l.text) {
			continue
		}
		end := len(l.text)
		if last := l.text[end-1]; isASCIILetter(last) && end < len(s) && (isASCIILetter(s[end]) || isDigit(s[end])) {
			continue
		}
		best, field = end, l.field
	}
	if best == 0 {
		return 0, 0, false
	}
	return field, at + best, true
}

// labelIn is labelAt in a run whose parts begin at segs. A label that is the whole of
// a part is one whatever follows it: <b>SKU</b><i>A1</i>. own says that it is.
func labelIn(low string, at int, segs []seg) (field labelField, end int, own, ok bool) {
	field, end, ok = labelAt(low, at)
	begins, next := at == 0, 0
	for _, s := range segs {
		if s.start <= at {
			begins = begins || s.start == at
			continue
		}
		next = s.start
		break
	}
	if !begins || next == 0 || ok && end != next {
		return field, end, false, ok
	}
	if !ok {
		if field, end, ok = labelAt(low[:next], at); !ok || end != next {
			return 0, 0, false, false
		}
	}
	return field, end, true, true
}

// afterLabel drops what stands between a label and its value, and says whether
// there was a sign that one follows.
func afterLabel(s string) (rest string, colon bool) {
	rest = s
	for {
		t := strings.TrimLeft(rest, " \u00a0")
		for _, w := range [...]string{"コード", "code", "no.", "nr.", "number", "numbers", "num.", "番号", "-13", "-10", "13:", "10:", "(s)", ".", "#", ":", "=", "】", "]", "|", "/", "№", "・", "⇒", "→"} {
			if len(t) >= len(w) && strings.EqualFold(t[:len(w)], w) {
				t = t[len(w):]
				if w == "13:" || w == "10:" || strings.ContainsAny(w, "#:=】].№⇒→") {
					colon = true
				}
				break
			}
		}
		t = afterRemark(t)
		if t == rest {
			return strings.TrimSpace(t), colon
		}
		rest = t
	}
}

// afterRemark drops a short remark in brackets that has no digit: 商品コード(品番).
func afterRemark(s string) string {
	if s == "" || s[0] != '(' {
		return s
	}
	end := strings.IndexByte(s, ')')
	if end < 0 || end > 40 || hasDigit(s[:end]) || !strings.ContainsFunc(s[:end], unicode.IsLetter) {
		return s
	}
	return s[end+1:]
}

// sameRow says whether run j can be the value of the label run i: the cells of a
// table row, the parts of a definition list, neighbours in one small block.
func (s *sight) sameRow(i, j int) bool {
	v := s.v
	a := v.commonAncestor(v.runs[i].at, v.runs[j].at)
	if a < 0 || len(v.runs[j].text) > 120 {
		return false
	}
	switch v.nodes[a].n.Data {
	case "tr", "dl", "li", "p", "span", "label", "h1", "h2", "h3", "h4", "h5", "h6":
		return true
	}
	return v.nodes[a].end-a <= 40
}

// take stores a value for the field if it looks like one.
func (f labelField) take(rest string, strict bool, found, loose *codes) {
	set := func(to *string, v string) {
		if *to == "" {
			*to = v
		}
	}
	switch f {
	case fieldGTIN:
		if g := gtinIn(rest); g != "" {
			set(&found.gtin, g)
		}
	case fieldBrand:
		if strict && len(rest) >= 2 && len(rest) <= 60 && strings.Count(rest, " ") <= 4 {
			set(&found.brand, rest)
		}
	case fieldSKU:
		set(&found.sku, codeValue(rest, strict))
	case fieldLooseSKU:
		if strict {
			set(&loose.sku, codeValue(rest, true))
		}
	case fieldModel:
		set(&found.model, codeValue(rest, strict))
	case fieldMPN:
		set(&found.mpn, codeValue(rest, strict))
	}
}

// codeValue takes the number of an article from the start of s: one word that
// holds a digit, or capitals alone. A short rest with blanks is taken whole.
func codeValue(s string, strict bool) string {
	word := s
	if i := strings.IndexAny(s, " \u00a0|,;()（）<>、。「」"); i >= 0 {
		word = s[:i]
	}
	word = strings.Trim(word, ".:*\"'[]【】")
	if looksLikeCode(word, strict) && (hasDigit(word) || word == strings.TrimSpace(s)) {
		return word
	}
	if strict && len(s) <= 32 && word != s && word != "" && strings.ContainsFunc(s, unicode.IsDigit) && strings.Count(s, " ") <= 2 && isCodeText(s) {
		return s
	}
	return ""
}

func isCodeText(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isASCIILetter(c) && !isDigit(c) && strings.IndexByte(" -_./", c) < 0 {
			return false
		}
	}
	return true
}

func looksLikeCode(w string, strict bool) bool {
	if len(w) < 2 || len(w) > 40 || codeOf(w) == "" {
		return false
	}
	digits, upper, lower, other := 0, 0, 0, 0
	for _, r := range w {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'A' && r <= 'Z':
			upper++
		case r >= 'a' && r <= 'z':
			lower++
		case strings.ContainsRune("-_./+*#~&:", r):
		default:
			other++
		}
	}
	switch {
	case other > 0:
		return false
	case digits > 0:
		return strict || upper+lower > 0 || digits >= 3
	case strict && upper >= 2 && lower == 0:
		return true
	case strict && (strings.ContainsAny(w, "-_") && lower > 0 && upper == 0):
		return true // handles such as wp-pennant
	}
	return false
}

// gtinIn finds a GTIN at the start of s.
func gtinIn(s string) string {
	for _, n := range [...]int{17, 16, 14, 13, 12, 10, 8} {
		if len(s) < n || len(s) > n && isDigit(s[n]) {
			continue
		}
		if g, ok := catalog.NormaliseGTIN(s[:n]); ok {
			return g
		}
	}
	word, _, _ := strings.Cut(s, " ")
	if g, ok := catalog.NormaliseGTIN(strings.Trim(word, ".,;()")); ok {
		return g
	}
	return ""
}
