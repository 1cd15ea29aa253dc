package extract

import (
	"math/big"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"replatform/crawler/catalog"
)

// Amount is an amount of money read from text.
type Amount struct {
	Value    string          // plain decimal without grouping, the lower end of a range: "1980", "24.90"
	High     string          // upper end of a range; "" where the text names one amount
	Currency string          // ISO 4217; "" where the text does not say, as with a bare "$"
	Sign     string          // currency sign as written: "¥", "円", "EUR"; "" where there is none
	Tax      catalog.TaxNote // what the text says about tax
}

// amountAt is an amount with its place in the text.
type amountAt struct {
	Amount
	start, end int  // with the sign
	negative   bool // "-$5.00": a discount, not a price
}

// maxAmountText bounds the text that is searched for amounts; a price is short.
const maxAmountText = 4096

// ParseAmount reads the first amount of money of text, or the first bare number
// where no amount carries a currency sign, and whether there was one. Western
// and Japanese spellings are understood: "1,980円", "¥1,980", "1.980,00 €",
// "$24.90", "EUR 12", "１，９８０円", "1 234,56 zł", "1'234.50 CHF", "49,-",
// "12€50", "1万2,800円", and ranges of two amounts ("$10 - $20", "1,000円～2,000円"),
// of which Value is the lower end.
//
// A single separator before exactly three digits is taken for grouping
// ("1.980" is 1980) unless the number begins with 0 or the currency has three
// decimals; before one or two digits it is the decimal separator.
//
// currency is the ISO code the amount is known to be in, "" if unknown; it
// settles how many decimals there can be and fills Amount.Currency where the
// text has no sign.
func ParseAmount(text, currency string) (Amount, bool) {
	found := findAmounts(normText(text), currency)
	best := -1
	for i, a := range found {
		if a.Sign != "" {
			best = i
			break
		}
		if best < 0 {
			best = i
		}
	}
	if best < 0 {
		return Amount{}, false
	}
	a := found[best].Amount
	if a.Currency == "" && signFits(a.Sign, currency) {
		a.Currency = currency
	}
	return a, true
}

// normText brings full-width digits and signs to their ordinary forms.
func normText(s string) string {
	s = cut(s, maxAmountText)
	if isASCII(s) {
		return s
	}
	return norm.NFKC.String(s)
}

// findAmounts lists the amounts in text, which normText has been through, in
// their order. Two amounts joined to a range are one.
func findAmounts(text, currency string) []amountAt {
	found := amountsIn(text, currency)
	noteTax(found, text)
	return found
}

// amountsIn is findAmounts without what the text says about tax.
func amountsIn(text, currency string) []amountAt { return appendAmounts(nil, text, currency) }

// appendAmounts is amountsIn with found for its memory, which must be empty.
func appendAmounts(found []amountAt, text, currency string) []amountAt {
	from := 0 // what lies before belongs to an earlier amount
	for i := 0; i < len(text); {
		c := text[i]
		if c > '9' || c < '.' || c < '0' && (c != '.' || i+1 >= len(text) || !isDigit(text[i+1])) {
			i++
			continue
		}
		a, next, ok := amountAtDigit(text, from, i, currency)
		if ok {
			from = a.end
			if n := len(found); n > 0 && joinRange(&found[n-1], &a, text) {
				i = next
				continue
			}
			found = append(found, a)
		}
		i = next
	}
	return found
}

// amountAtDigit reads the number that begins at i, and the signs around it, none
// of them before from. next is where the search goes on, always behind i.
func amountAtDigit(text string, from, i int, currency string) (a amountAt, next int, ok bool) {
	start, before, code := signBefore(text[from:i])
	digitsEnd, whole, fraction := scanNumber(text, i, currency, start >= 0)
	next = digitsEnd
	for next < len(text) && isDigit(text[next]) {
		next++
	}
	a.start, a.end = i, digitsEnd
	if start >= 0 {
		a.start, a.Sign, a.Currency = from+start, before, code
	} else if i > 0 && (isASCIILetter(text[i-1]) || text[i-1] == '#' || text[i-1] == '_') {
		return a, next, false // PS4, #12
	}
	rest := text[digitsEnd:]
	if fraction == "" {
		rest = skipDashes(rest)
	}
	if w, f, n := manYen(whole, rest); n > 0 {
		whole, fraction = w, f
		digitsEnd = len(text) - len(rest) + n
		rest = text[digitsEnd:]
		a.end, next = digitsEnd, max(next, digitsEnd)
	}
	if end, after, code := signAfter(rest); end >= 0 && (a.Sign == "" || (a.Currency == "" && code != "")) {
		signEnd := len(text) - len(rest) + end
		// "12€50": the sign stands in the decimal place.
		if fraction == "" && a.Sign == "" && after == "€" && twoDigits(text[signEnd:]) {
			fraction = text[signEnd : signEnd+2]
			signEnd += 2
		}
		// In "$5 $3" the second sign belongs to the second amount.
		if a.Sign == "" || !followedByDigit(text[signEnd:]) {
			if a.Sign == "" {
				a.Sign = after
			}
			a.Currency = code
			a.end = signEnd
			next = max(next, signEnd)
		}
	}
	if a.Sign == "" && rest != "" && (rest[0] == '%' || strings.HasPrefix(rest, " %") || isASCIILetter(rest[0])) {
		return a, next, false // 20%, 10ml
	}
	if a.Currency != "" {
		currency = a.Currency
	}
	a.Value = plainDecimal(whole, fraction, currency)
	head := strings.TrimRight(text[from:a.start], " ")
	if strings.HasSuffix(head, "-") || strings.HasSuffix(head, "−") || strings.HasSuffix(head, "▲") {
		head = strings.TrimRight(head, "-−▲")
		r := strings.TrimRight(head, " ")
		a.negative = r == "" || !isDigit(r[len(r)-1]) && (len(r) != len(head) || strings.HasSuffix(r, "("))
	}
	return a, next, a.Value != ""
}

// scanNumber consumes digits and separators from i and returns the whole and the
// fractional part. signed says that a currency sign stands before.
func scanNumber(text string, i int, currency string, signed bool) (end int, whole, fraction string) {
	var groupMemory [4]string
	var sepMemory [4]byte
	groups, seps := groupMemory[:0], sepMemory[:0] // digits between separators; those, one less
	if text[i] == '.' {
		groups, seps = append(groups, "0"), append(seps, '.')
		i++
	}
	j := i
	for {
		k := j
		for k < len(text) && isDigit(text[k]) {
			k++
		}
		groups = append(groups, text[j:k])
		sep, width := separator(text[k:], len(groups), seps, len(text[j:k]), signed)
		if width == 0 {
			end = k
			break
		}
		seps = append(seps, sep)
		j = k + width
	}
	if len(groups) > 12 {
		return end, "", ""
	}
	last := len(seps) - 1
	decimal := false
	switch {
	case last < 0:
	case seps[last] == '_': // a separator that only stands before decimals
		decimal = true
	case seps[last] != '.' && seps[last] != ',': // blank, apostrophe
	case last > 0 && strings.IndexByte(string(seps[:last]), seps[last]) >= 0: // 1.234.567
		decimal = false
	default:
		n := len(groups[last+1])
		decimal = n != 3 || groups[0] == "0" || last > 0 && n != 3
		if n == 3 && last > 0 && seps[last] != seps[0] {
			decimal = minorDigits(currency) == 3
		}
		if n == 3 && last == 0 && seps[0] == '.' && minorDigits(currency) == 3 {
			decimal = true
		}
	}
	if decimal {
		return end, strings.Join(groups[:last+1], ""), groups[last+1]
	}
	return end, strings.Join(groups, ""), ""
}

// separator recognises what may stand between two groups of digits at the start
// of s, and how many bytes it takes. groups is how many groups came before,
// lastLen the length of the latest.
func separator(s string, groups int, seps []byte, lastLen int, signed bool) (sep byte, width int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch c := s[0]; c {
	case '.', ',':
		if isDigit(s[1]) {
			if c == '.' && strings.Count(s[1:min(len(s), 12)], ".") > 0 && lastLen <= 2 && dateLike(s) {
				return 0, 0
			}
			return c, 1
		}
		if s[1] == ' ' && twoDigits(s[2:]) { // "10, 83": split over elements
			if end, _, _ := signAfter(s[4:]); end >= 0 || signed {
				return '_', 2
			}
		}
	case '\'':
		if threeDigits(s[1:]) {
			return '\'', 1
		}
	case ' ':
		if lastLen <= 3 && threeDigits(s[1:]) && (groups == 1 || seps[len(seps)-1] == ' ') {
			return ' ', 1
		}
		if s[1] == ',' && twoDigits(s[2:]) {
			return '_', 2
		}
	default:
		if strings.HasPrefix(s, "’") && threeDigits(s[len("’"):]) {
			return '\'', len("’")
		}
	}
	return 0, 0
}

// dateLike tells ".11.2015" behind a day from the rest of a number.
func dateLike(s string) bool {
	return len(s) >= 8 && s[0] == '.' && twoDigitsThen(s[1:], '.') && isDigit(s[4]) && isDigit(s[5]) && isDigit(s[6]) && isDigit(s[7])
}

func twoDigitsThen(s string, c byte) bool {
	return len(s) >= 3 && isDigit(s[0]) && isDigit(s[1]) && s[2] == c
}

func twoDigits(s string) bool   { return exactDigits(s, 2) }
func threeDigits(s string) bool { return exactDigits(s, 3) }

func exactDigits(s string, n int) bool {
	if len(s) < n || len(s) > n && isDigit(s[n]) {
		return false
	}
	for i := range n {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func followedByDigit(s string) bool {
	s = strings.TrimLeft(s, " ")
	return s != "" && isDigit(s[0])
}

// skipDashes drops the dashes that stand for "no decimals": "49,-", "49.–".
func skipDashes(s string) string {
	if s == "" || s[0] != ',' && s[0] != '.' {
		return s
	}
	t := strings.TrimLeft(s[1:], "-–—")
	if len(t) == len(s)-1 {
		return s
	}
	return t
}

// manYen reads the ten-thousands of "1万2,800円" or "3万円"; n is how much of rest
// that took.
func manYen(whole, rest string) (w, f string, n int) {
	const man = "万"
	if !strings.HasPrefix(rest, man) || len(whole) > 8 {
		return "", "", 0
	}
	v, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return "", "", 0
	}
	v *= 10000
	n = len(man)
	j := n
	var low strings.Builder
	for j < len(rest) && low.Len() < 5 && (isDigit(rest[j]) || rest[j] == ',') {
		if rest[j] != ',' {
			low.WriteByte(rest[j])
		}
		j++
	}
	if add, err := strconv.ParseInt(low.String(), 10, 64); err == nil && add < 10000 {
		v += add
		n = j
	}
	return strconv.FormatInt(v, 10), "", n
}

// joinRange makes one amount of two that a dash or a word like it joins.
func joinRange(a, b *amountAt, text string) bool {
	if a.High != "" || b.negative && a.Sign == "" {
		return false
	}
	between := strings.Trim(text[a.end:b.start], " \n\t")
	if len(between) > len("- to -") {
		return false
	}
	switch strings.ToLower(between) {
	case "-", "–", "—", "−", "~", "〜", "to", "à", "bis", "から", "…", "...", "- to -", "til", "do", "tot":
	default:
		return false
	}
	if a.Sign == "" && b.Sign == "" {
		return false
	}
	if a.Sign != "" && b.Sign == "" && strings.TrimSpace(text[a.end:b.start]) == "-" && !strings.Contains(b.Value, ".") && strings.Contains(a.Value, ".") {
		return false // "$24.90 - 12 pieces"
	}
	if a.Sign == "" {
		a.Sign, a.Currency = b.Sign, b.Currency
	}
	if a.Currency == "" {
		a.Currency = b.Currency
	}
	lo, hi := a.Value, b.Value
	if amountLess(hi, lo) {
		lo, hi = hi, lo
	}
	a.Value = lo
	if amountLess(lo, hi) {
		a.High = hi
	}
	a.end = b.end
	return true
}

// taxWords are the ways a price says whether tax is in it, lower case.
var taxWords = [...]struct {
	word string
	note catalog.TaxNote
}{
	{"税込", catalog.TaxIncluded}, {"内税", catalog.TaxIncluded}, {"税抜", catalog.TaxExcluded},
	{"税別", catalog.TaxExcluded}, {"外税", catalog.TaxExcluded}, {"+税", catalog.TaxExcluded},
	{"本体価格", catalog.TaxExcluded},
	{"incl. tax", catalog.TaxIncluded}, {"inc. tax", catalog.TaxIncluded}, {"inc tax", catalog.TaxIncluded},
	{"incl tax", catalog.TaxIncluded}, {"including tax", catalog.TaxIncluded}, {"tax incl", catalog.TaxIncluded},
	{"inc vat", catalog.TaxIncluded}, {"inc. vat", catalog.TaxIncluded}, {"incl. vat", catalog.TaxIncluded},
	{"incl vat", catalog.TaxIncluded}, {"including vat", catalog.TaxIncluded}, {"vat incl", catalog.TaxIncluded},
	{"inkl. mwst", catalog.TaxIncluded}, {"inkl. ust", catalog.TaxIncluded}, {"inkl. moms", catalog.TaxIncluded},
	{"incl. mwst", catalog.TaxIncluded}, {"incl. btw", catalog.TaxIncluded}, {"iva incl", catalog.TaxIncluded},
	{"inkl. gesetzl", catalog.TaxIncluded}, {"ttc", catalog.TaxIncluded}, {"brutto", catalog.TaxIncluded},
	{"ex tax", catalog.TaxExcluded}, {"ex. tax", catalog.TaxExcluded}, {"excl. tax", catalog.TaxExcluded},
	{"excl tax", catalog.TaxExcluded}, {"excluding tax", catalog.TaxExcluded}, {"tax excl", catalog.TaxExcluded},
	{"ex vat", catalog.TaxExcluded}, {"ex. vat", catalog.TaxExcluded}, {"exc vat", catalog.TaxExcluded},
	{"exc. vat", catalog.TaxExcluded}, {"excl. vat", catalog.TaxExcluded}, {"excl vat", catalog.TaxExcluded},
	{"excluding vat", catalog.TaxExcluded}, {"+ vat", catalog.TaxExcluded}, {"+vat", catalog.TaxExcluded},
	{"zzgl. mwst", catalog.TaxExcluded}, {"zzgl. ust", catalog.TaxExcluded}, {"exkl. moms", catalog.TaxExcluded},
	{"bez dph", catalog.TaxExcluded}, {"s dph", catalog.TaxIncluded}, {"vč. dph", catalog.TaxIncluded}, {"včetně dph", catalog.TaxIncluded},
	{"brez ddv", catalog.TaxExcluded}, {"z ddv", catalog.TaxIncluded}, {"bez pdv", catalog.TaxExcluded}, {"s pdv", catalog.TaxIncluded},
	{"z vat", catalog.TaxIncluded}, {"bez vat", catalog.TaxExcluded}, {"fără tva", catalog.TaxExcluded}, {"tva inclus", catalog.TaxIncluded},
	{"sin iva", catalog.TaxExcluded}, {"con iva", catalog.TaxIncluded}, {"sem iva", catalog.TaxExcluded}, {"com iva", catalog.TaxIncluded}, {"iva esclusa", catalog.TaxExcluded}, {"iva inclusa", catalog.TaxIncluded},
	{"без ндс", catalog.TaxExcluded}, {"с ндс", catalog.TaxIncluded}, {"未稅", catalog.TaxExcluded}, {"含稅", catalog.TaxIncluded},
	{"ekskl. moms", catalog.TaxExcluded}, {"excl. btw", catalog.TaxExcluded}, {"netto", catalog.TaxExcluded}, {"hors taxe", catalog.TaxExcluded},
}

// taxStarts holds the words of taxWords by their first byte, in their order.
var taxStarts = sync.OnceValue(func() *[256][]int {
	var starts [256][]int
	for k, w := range taxWords {
		starts[w.word[0]] = append(starts[w.word[0]], k)
	}
	return &starts
})

// taxIn returns the first note about tax in text.
func taxIn(text string) catalog.TaxNote {
	if len(text) < 3 {
		return catalog.TaxUnknown
	}
	starts := taxStarts()
	text = strings.ToLower(text)
	for i := 0; i < len(text); i++ {
		for _, k := range starts[text[i]] {
			w := &taxWords[k]
			if !strings.HasPrefix(text[i:], w.word) {
				continue
			}
			if isASCIILetter(w.word[0]) && (!wordStart(text, i) || !wordEnd(text, i+len(w.word)) && len(w.word) < 6) {
				continue
			}
			return w.note
		}
	}
	return catalog.TaxUnknown
}

// noteTax gives every amount the note that belongs to it. Where the text begins
// with a note, notes precede their amounts ("税込 1,980円 税抜 1,800円"); otherwise
// they follow, unless a colon ties one to the next amount ("$98 Ex Tax: $80").
func noteTax(found []amountAt, text string) {
	if len(found) == 0 {
		return
	}
	before := text[:found[0].start]
	leading := taxIn(before)
	for i := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1].start
		}
		gap := text[found[i].end:end]
		bound := i+1 < len(found) && strings.HasSuffix(strings.TrimRight(gap, " "), ":")
		switch own := taxIn(before); {
		case own != catalog.TaxUnknown:
			found[i].Tax = own
		case leading == catalog.TaxUnknown && !bound:
			found[i].Tax = taxIn(gap)
		}
		before = ""
		if leading != catalog.TaxUnknown || bound {
			before = gap
		}
	}
}

// plainDecimal writes an amount the way catalog.Price wants it: no leading
// zeros, no empty or superfluous decimals.
func plainDecimal(whole, fraction, currency string) string {
	if len(whole) > 15 || len(fraction) > 12 || whole == "" && fraction == "" {
		return ""
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	digits := minorDigits(currency)
	for len(fraction) > digits && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if fraction == "" {
		return whole
	}
	for len(fraction) < digits {
		fraction += "0"
	}
	return whole + "." + fraction
}

// machineAmount reads an amount from structured data, where a dot is the decimal
// separator and nothing groups. Shops that print their display format there are
// understood as ParseAmount does. The result is "" for zero, negative and
// unreadable amounts: no shop gives away its goods, it only left the field empty.
func machineAmount(s, currency string) string {
	s = strings.TrimSpace(s)
	whole, fraction, dot := strings.Cut(s, ".")
	if whole != "" && allDigits(whole) && (!dot || allDigits(fraction)) {
		return positive(plainDecimal(whole, fraction, currency))
	}
	if len(s) < 32 && strings.ContainsAny(s, "eE") {
		if f, ok := new(big.Float).SetString(s); ok && f.Sign() > 0 {
			if v, _ := f.Float64(); v < 1e12 {
				w, fr, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
				return positive(plainDecimal(w, fr, currency))
			}
		}
	}
	if strings.HasPrefix(s, "-") {
		return ""
	}
	a, ok := ParseAmount(s, currency)
	if !ok {
		return ""
	}
	return positive(a.Value)
}

func positive(amount string) string {
	if strings.Trim(amount, "0.") == "" {
		return ""
	}
	return amount
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// amountLess compares two plain decimals.
func amountLess(a, b string) bool { return amountFloat(a) < amountFloat(b) }

// amountEqual compares two plain decimals by value.
func amountEqual(a, b string) bool {
	return a != "" && b != "" && amountFloat(a) == amountFloat(b)
}

func amountFloat(s string) float64 {
	if f, ok := shortDecimal(s); ok {
		return f
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return f
}

// shortDecimal reads digits with or without a point among them, so few that the quotient
// of two whole numbers is as exact as can be. ok is false for all else.
func shortDecimal(s string) (f float64, ok bool) {
	if len(s) == 0 || len(s) > 12 {
		return 0, false
	}
	digits, scale, point := int64(0), int64(1), false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			digits = digits*10 + int64(c-'0')
			if point {
				scale *= 10
			}
		case c == '.' && !point && i > 0 && i+1 < len(s):
			point = true
		default:
			return 0, false
		}
	}
	return float64(digits) / float64(scale), true
}
