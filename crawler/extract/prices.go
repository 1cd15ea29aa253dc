package extract

import (
	"slices"
	"strings"
	"sync"

	"replatform/crawler/catalog"
)

// priceSeen is an amount of money that the page shows.
type priceSeen struct {
	amountAt
	run   int     // index of its run
	at    int32   // element whose text it stands in
	score float64 // how likely it is the price the customer pays
	old   bool    // crossed out or named as no longer asked
	no    bool    // a saving, shipping, points …
	ex    bool    // named as a price without tax
	main  bool    // stands with the name of the product and the button
	card  bool    // stands in one of many alike blocks
	label string  // what stands before it, folded
}

// words around an amount, folded. They are looked for at word boundaries.
var (
	noPriceWords = []string{
		"shipping", "delivery", "postage", "save", "savings", "saving", "you save", "discount", "off", "points", "point", "per month", "monthly", "month",
		"orders over", "order over", "over", "minimum", "subtotal", "sub total", "total", "gift", "earn", "reward", "rewards", "voucher", "coupon", "deposit",
		"installment", "instalment", "installments", "payments of", "spend", "handling", "surcharge", "fee", "weight", "credit", "worth", "trade in", "exchange price", "cash price", "sell price", "we pay",
		"送料", "ポイント", "手数料", "割引", "引き", "月々", "分割", "合計", "小計", "以上", "お得", "クーポン", "還元", "代引", "オフ", "消費税", "運費", "宅配", "免運", "每期", "消費滿", "購物車滿", "運送", "доставка", "скидка", "doprava", "frete", "parcela",
		"versand", "versandkosten", "sie sparen", "ersparnis", "sparen", "rabatt", "gutschein", "grundpreis", "gesamtpreis", "total price", "livraison", "économisez", "vous économisez", "frais de port", "éco participation", "dont ecotaxe", "ecotaxe",
		"dostawa", "oszczędzasz", "rabat", "przesyłka", "wysyłka", "fragt", "spar", "du sparer", "frakt", "moms", "envío", "ahorras", "ahorra", "spedizione", "risparmi", "verzending", "bespaar", "member", "members", "member price", "members price", "vip price", "bronze price", "silver price", "gold price", "platinum price", "diamond price", "会員価格", "会員", "price break",
	}
	oldPriceWords = []string{
		"was", "list price", "list", "rrp", "r r p", "msrp", "retail", "retail price", "regular price", "regular", "reg", "original price", "original", "originally", "old price", "compare at", "instead of", "value", "before",
		"statt", "uvp", "bisher", "alter preis", "unverb preisempf", "ancien prix", "prix conseillé", "au lieu de", "prix public", "cena katalogowa", "stara cena", "poprzednia cena", "w innych sklepach", "cena w innych sklepach", "cena rynkowa",
		"førpris", "før", "vejl pris", "normalpris", "ord pris", "tidigare", "antes", "prezzo di listino", "invece di", "adviesprijs",
		"定価", "希望小売価格", "メーカー希望小売価格", "参考価格", "通常価格", "通常販売価格", "市価", "旧価格", "標準価格", "普通価格", "原價", "原价", "建議售價", "定價", "市場價", "старая цена", "precio anterior", "precio normal", "pôvodná cena", "původní cena", "běžná cena", "bežná cena",
		"other stores", "other shops", "in other shops",
	}
	nowPriceWords = []string{
		"now", "our price", "sale price", "sale", "price", "your price", "special price", "special", "web price", "online price", "only", "just", "today", "club price", "current price", "final price",
		"販売価格", "価格", "特価", "セール価格", "特別価格", "本体価格", "税込価格", "売価", "お値段", "プライス", "preis", "jetzt", "unser preis", "nur", "prix", "notre prix", "cena", "nasza cena", "pris", "vores pris", "nupris", "precio", "prezzo", "prijs", "ahora", "ora", "cena brutto", "特價", "售價", "優惠價", "價格", "цена", "cijena", "preço",
	}
	afterNoPriceWords = []string{"off", "引き", "ポイント", "pt", "以上", "オフ", "還元", "saved", "savings", "shipping", "discount", "per month", "month", "mo", "month with", "monat", "mois", "off retail", "gift card", "gift certificate", "credit", "or more", "minimum"}
)

// maxRelatedHead is the longest heading over other products, in bytes.
const maxRelatedHead = 70

// relatedHeads begin a block of other products, folded.
var relatedHeads = [...]string{
	"related products", "related items", "related", "you may also like", "you might also like", "you may also", "you might also", "customers who bought", "customers also", "customers who viewed", "people who bought", "people also",
	"recommended", "recommendations", "we recommend", "recently viewed", "similar products", "similar items", "frequently bought", "also bought", "also available", "more from", "other products", "others also", "complete the look", "goes well with", "accessories", "upsell", "bestsellers", "best sellers", "top sellers", "new products", "featured products", "what others", "your recently", "recent items", "pairs well", "don t forget", "dont forget",
	"関連商品", "おすすめ商品", "オススメ商品", "この商品を見た人", "この商品を買った人", "こちらの商品も", "最近チェックした商品", "最近見た商品", "チェックした商品", "その他の商品", "類似商品", "人気商品", "ランキング", "新着商品", "この商品に関連", "あわせて", "一緒に", "その他のおすすめ",
	"ähnliche", "zubehör", "kunden kauften", "kunden die", "passende", "das könnte", "empfehlungen", "zuletzt", "weitere artikel", "produits associés", "vous aimerez", "autres produits", "dans la même catégorie", "les clients", "produits similaires", "accessoires",
	"podobne", "polecane", "polecamy", "produkty powiązane", "inni kupili", "klienci", "ostatnio oglądane", "relaterede", "andre kunder", "andre købte", "lignende", "relaterade", "liknande", "productos relacionados", "también", "prodotti correlati", "gerelateerde",
}

// relatedHead says whether run i is a heading over other products.
func (v *view) relatedHead(i int) bool {
	r := &v.runs[i]
	if len(r.text) > maxRelatedHead || len(r.text) < 6 {
		return false
	}
	n := &v.nodes[r.at]
	if n.all&(inOption|inDesc|inLink) != 0 || n.n.Data == "a" || n.all&inHeading == 0 && !shortBlock(n) {
		return false
	}
	return beginsRelated(fold(r.text))
}

// beginsRelated says whether a folded text begins as headings over other products do.
func beginsRelated(f string) bool {
	for _, w := range relatedHeads {
		if strings.HasPrefix(f, w) {
			return true
		}
	}
	return false
}

func shortBlock(n *info) bool {
	switch n.n.Data {
	case "strong", "b", "td", "th", "p", "div", "span", "legend", "dt", "caption", "font", "center":
		return true
	}
	return false
}

// seePrices lists all amounts that may be prices.
func (v *view) seePrices(currency string) []priceSeen {
	var all []priceSeen
	for i := range v.runs {
		r := &v.runs[i]
		if !hasDigit(r.text) || len(r.text) > maxAmountText {
			continue
		}
		n := &v.nodes[r.at]
		if n.all&(inOption|inCrumbs) != 0 || n.n.Data == "title" || n.n.Data == "textarea" {
			continue
		}
		found := findAmounts(r.text, currency)
		for k, a := range found {
			at := r.elementAt(a.start)
			prevEnd := 0
			if k > 0 {
				prevEnd = found[k-1].end
			}
			nextStart := len(r.text)
			if k+1 < len(found) {
				nextStart = found[k+1].start
			}
			before, after := r.text[prevEnd:a.start], r.text[a.end:nextStart]
			p := priceSeen{amountAt: a, run: i, at: at}
			if a.Sign == "" && !v.namedPrice(at) && !(a.start == 0 && k == 0 && v.labelSaysPrice(i)) {
				continue
			}
			if a.Sign == "" && !bareAmount(r.text[:a.start], after) {
				continue
			}
			p.label = v.labelOf(i, before, k)
			if perUnit(after) {
				p.no = true
			}
			v.classify(&p, fold(cut(after, 60)))
			all = append(all, p)
			if len(all) >= 3000 {
				return all
			}
		}
	}
	return all
}

// perUnit recognises the price of a kilogram or a litre by what follows it:
// "/ 100 ml", "per kg".
func perUnit(after string) bool {
	after = strings.ToLower(strings.TrimLeft(after, " )"))
	rest, slash := strings.CutPrefix(after, "/")
	if !slash {
		for _, w := range [...]string{"per ", "pro ", "je ", "par ", "al ", "za "} {
			if r, ok := strings.CutPrefix(after, w); ok {
				rest, slash = r, true
				break
			}
		}
	}
	if !slash {
		return false
	}
	rest = strings.TrimLeft(strings.TrimLeft(rest, " "), "0123456789.,")
	rest = strings.TrimLeft(rest, " ")
	end := 0
	for end < len(rest) && isASCIILetter(rest[end]) {
		end++
	}
	switch rest[:end] {
	case "kg", "g", "gr", "l", "ltr", "litre", "liter", "ml", "cl", "m", "kilogramm", "meter", "metre", "lb", "oz", "sqm", "kilo":
		return true
	}
	return false
}

// noteDiscounts finds prices beside a percentage that leads from one to another:
// of "220 -50%" and "110" the first is no longer asked.
func (v *view) noteDiscounts(all []priceSeen) {
	for i := range all {
		p := &all[i]
		if p.no || p.Value == "" {
			continue
		}
		for r := max(0, p.run-2); r < min(len(v.runs), p.run+3); r++ {
			percent := percentIn(v.runs[r].text)
			if percent < 3 {
				continue
			}
			want := amountFloat(p.Value) * (100 - percent) / 100
			for j := max(0, i-6); j < min(len(all), i+7); j++ {
				q := &all[j]
				if q.no || q.run < p.run-4 || q.run > p.run+4 || q.old {
					continue
				}
				got := amountFloat(q.Value)
				if got < amountFloat(p.Value) && got > want-amountFloat(p.Value)*0.012 && got < want+amountFloat(p.Value)*0.012 {
					if !p.old {
						p.old = true
						p.score -= 3
					}
					q.score++
					break
				}
			}
			break
		}
	}
}

// percentIn is the percentage that a short text names, 0 where there is none.
func percentIn(text string) float64 {
	if len(text) > 60 {
		return 0
	}
	i := strings.IndexByte(text, '%')
	if i < 0 {
		return 0
	}
	end := i
	for end > 0 && text[end-1] == ' ' {
		end--
	}
	start := end
	for start > 0 && (isDigit(text[start-1]) || text[start-1] == '.' || text[start-1] == ',') {
		start--
	}
	n := amountFloat(strings.ReplaceAll(text[start:end], ",", "."))
	if n >= 100 {
		return 0
	}
	return n
}

// bareAmount says whether a number without a currency sign stands alone enough to
// be a price: nothing before it but a label, nothing behind it but a note on tax.
func bareAmount(before, after string) bool {
	if len(before) > 30 || len(after) > 30 {
		return false
	}
	after = strings.TrimSpace(after)
	return after == "" || taxIn(after) != catalog.TaxUnknown || strings.HasPrefix(after, "-")
}

func hasDigit(s string) bool {
	for i := 0; i < len(s); i++ {
		if isDigit(s[i]) {
			return true
		}
	}
	return false
}

// namedPrice says whether the element, or one close around it, is named price.
func (v *view) namedPrice(at int32) bool {
	for k := 0; k < 4 && at >= 0; k++ {
		if v.nodes[at].own&markPrice != 0 {
			return true
		}
		at = v.nodes[at].parent
	}
	return false
}

// labelSaysPrice says whether the run before is a label such as "Price:".
func (v *view) labelSaysPrice(i int) bool {
	if i == 0 || len(v.runs[i-1].text) > 40 {
		return false
	}
	return hasWord(fold(v.runs[i-1].text), nowPriceWords)
}

// labelOf is the text that labels the k-th amount of run i: what stands before
// it, or, at the start of a run, the short run before.
func (v *view) labelOf(i int, before string, k int) string {
	label := fold(lastWords(before, 60))
	if label != "" || k > 0 || i == 0 {
		return label
	}
	prev := v.runs[i-1]
	if len(prev.text) > 60 || hasDigit(prev.text) {
		return ""
	}
	// A label belongs to the same row, list or block.
	a := v.commonAncestor(v.runs[i].at, prev.at)
	if a < 0 || v.nodes[a].end-a > 60 {
		return ""
	}
	return fold(prev.text)
}

// lastWords keeps the end of s, from a word boundary.
func lastWords(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = s[len(s)-limit:]
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[i:]
	}
	for s != "" && s[0]&0xc0 == 0x80 {
		s = s[1:]
	}
	return s
}

// classify judges an amount by itself: its sign, its label, the names of the
// elements around it. Place and company are judged later, see rate.
func (v *view) classify(p *priceSeen, after string) {
	if p.Sign != "" {
		p.score += 2
	}
	if p.negative {
		p.no = true
	}
	// The nearest label word wins: "Was 20, now", "you save".
	switch lastLabel(p.label) {
	case labelNo:
		p.no = true
	case labelOld:
		p.old = true
		p.score--
	case labelNow:
		p.score += 1.5
	}
	if hasPrefixWord(after, afterNoPriceWords) {
		p.no = true
	}
	if p.Tax == catalog.TaxExcluded {
		p.ex = true
	}
	price, sale, old := false, false, false
	at := p.at
	for k := 0; k < 5 && at >= 0; k++ {
		own := v.nodes[at].own
		if own&markPrice != 0 {
			price = true
		}
		if own&markExTax != 0 && k < 3 {
			p.ex = true
		}
		if own&markNoPrice != 0 && k < 3 && !sale && !old {
			p.no = p.no || own&markPrice == 0 || k == 0
		}
		near := own&markPrice != 0 || k < 2
		if own&markSale != 0 && near && !old {
			sale = true
		}
		if own&markOld != 0 && near && !sale {
			old = true
		}
		if own&markTier != 0 && k < 4 {
			p.score -= 0.5
		}
		at = v.nodes[at].parent
	}
	if v.nodes[p.at].all&inStruck != 0 {
		old = true
	}
	if price {
		p.score += 2.5
	}
	if sale {
		p.score += 1.5
	}
	if old {
		p.old = true
		p.score -= 3
	}
	if p.no {
		p.score -= 8
	}
	if p.ex {
		p.score -= 1.5
	}
	if p.Value == "" || positive(p.Value) == "" {
		p.no = true
		p.score -= 8
	}
}

type labelKind int

const (
	labelNone labelKind = iota
	labelNo
	labelOld
	labelNow
)

// lastLabel tells what kind of word stands nearest to the end of a label. A
// longer word that ends at the same place counts more than a shorter one.
func lastLabel(label string) labelKind {
	if label == "" {
		return labelNone
	}
	if isASCII(label) {
		return lastASCIILabel(label)
	}
	best, length, kind := -1, 0, labelNone
	try := func(words []string, k labelKind) {
		for _, w := range words {
			i := strings.LastIndex(label, w)
			if i < 0 || !containsWords(label[i:], w) || i > 0 && label[i-1] != ' ' && w[0] < 0x80 {
				continue
			}
			end := i + len(w)
			if end > best || end == best && len(w) > length {
				best, length, kind = end, len(w), k
			}
		}
	}
	try(nowPriceWords, labelNow)
	try(oldPriceWords, labelOld)
	try(noPriceWords, labelNo)
	return kind
}

// priceWord is one of the words around an amount.
type priceWord struct {
	text string
	kind labelKind
}

// priceWordsByEnd holds the words that are ASCII by the last word of theirs, longer
// ones first, and of equals the kind that lastLabel tries first.
var priceWordsByEnd = sync.OnceValue(func() map[string][]priceWord {
	byEnd := make(map[string][]priceWord)
	for _, l := range [...]struct {
		words []string
		kind  labelKind
	}{{nowPriceWords, labelNow}, {oldPriceWords, labelOld}, {noPriceWords, labelNo}} {
		for _, w := range l.words {
			if isASCII(w) {
				last := w[strings.LastIndexByte(w, ' ')+1:]
				byEnd[last] = append(byEnd[last], priceWord{w, l.kind})
			}
		}
	}
	for _, words := range byEnd {
		slices.SortStableFunc(words, func(a, b priceWord) int { return len(b.text) - len(a.text) })
	}
	return byEnd
})

// lastASCIILabel is lastLabel for labels that are ASCII, as folded texts are that
// need no other letters.
func lastASCIILabel(label string) labelKind {
	byEnd := priceWordsByEnd()
	for rest := label; rest != ""; {
		i := strings.LastIndexByte(rest, ' ')
		for _, w := range byEnd[rest[i+1:]] {
			if before, ok := strings.CutSuffix(rest, w.text); ok && (before == "" || before[len(before)-1] == ' ') {
				return w.kind
			}
		}
		rest = rest[:max(i, 0)]
	}
	return labelNone
}

func hasPrefixWord(folded string, words []string) bool {
	for _, w := range words {
		if !strings.HasPrefix(folded, w) {
			continue
		}
		if len(folded) == len(w) || folded[len(w)] == ' ' || w[0] >= 0x80 {
			return true
		}
	}
	return false
}
