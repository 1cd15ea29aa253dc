package extract

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// sign is one way to write a currency. Code is empty where the sign alone does
// not say which currency it is.
type sign struct {
	text string
	code string
}

// signs lists what stands before or after an amount of money, longer spellings
// before their own endings, so that the first match is the right one.
var signs = [...]sign{
	{"US$", "USD"}, {"US $", "USD"}, {"USD$", "USD"}, {"CA$", "CAD"}, {"CAD$", "CAD"}, {"C$", "CAD"},
	{"AU$", "AUD"}, {"AUD$", "AUD"}, {"A$", "AUD"}, {"NZ$", "NZD"}, {"NZD$", "NZD"}, {"HK$", "HKD"},
	{"NT$", "TWD"}, {"SG$", "SGD"}, {"S$", "SGD"}, {"MX$", "MXN"}, {"R$", "BRL"}, {"$", ""},
	{"円", "JPY"}, {"圓", "TWD"}, {"¥", ""}, {"元", ""}, {"€", "EUR"}, {"euros", "EUR"}, {"euro", "EUR"},
	{"£", "GBP"}, {"zł", "PLN"}, {"zl", "PLN"}, {"Kč", "CZK"}, {"Ft", "HUF"}, {"lei", "RON"}, {"лв.", "BGN"}, {"лв", "BGN"},
	{"SFr.", "CHF"}, {"Fr.", "CHF"}, {"kr.", ""}, {"kr", ""}, {"Kr.", ""}, {"Kr", ""},
	{"₩", "KRW"}, {"원", "KRW"}, {"₽", "RUB"}, {"руб.", "RUB"}, {"руб", "RUB"}, {"₴", "UAH"}, {"грн", "UAH"},
	{"₹", "INR"}, {"Rs.", "INR"}, {"Rs", "INR"}, {"฿", "THB"}, {"₫", "VND"}, {"₺", "TRY"}, {"TL", "TRY"},
	{"₱", "PHP"}, {"RM", "MYR"}, {"Rp", "IDR"}, {"₪", "ILS"},
}

// signIndex holds the signs, in the order of signs, by a byte of theirs.
type signIndex [256][]sign

var signsByLast = sync.OnceValue(func() *signIndex {
	var x signIndex
	for _, g := range signs {
		last := g.text[len(g.text)-1]
		x[last] = append(x[last], g)
	}
	return &x
})

var signsByFirst = sync.OnceValue(func() *signIndex {
	var x signIndex
	for _, g := range signs {
		x[g.text[0]] = append(x[g.text[0]], g)
	}
	return &x
})

// isoCodes are the ISO 4217 codes that shops print beside amounts.
const isoCodes = " AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HRK HUF IDR ILS INR ISK JOD JPY KRW KWD MAD MXN MYR NGN NOK NZD OMR PEN PHP PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD VND ZAR "

// knownCode returns the upper-case ISO 4217 code in s, "" where s is none.
func knownCode(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 3 || !isASCIILetter(s[0]) || !strings.Contains(isoCodes, " "+s+" ") {
		return ""
	}
	return s
}

// currencyOf reads a currency as structured data gives it: a code, or, against
// the rules, a sign.
func currencyOf(s string) string {
	s = strings.TrimSpace(s)
	if c := knownCode(s); c != "" {
		return c
	}
	for _, g := range signs {
		if g.text == s {
			return g.code
		}
	}
	return ""
}

// signBefore finds a currency sign at the end of s, blanks aside, and returns
// where it begins; -1 when there is none.
func signBefore(s string) (start int, text, code string) {
	t := s
	for t != "" {
		if c := t[len(t)-1]; c == ' ' || c == ':' {
			t = t[:len(t)-1]
		} else if strings.HasSuffix(t, "\u00a0") {
			t = t[:len(t)-len("\u00a0")]
		} else {
			break
		}
	}
	if len(s)-len(t) > 3 {
		return -1, "", ""
	}
	if t == "" {
		return -1, "", ""
	}
	if n := len(t); n >= 3 && isUpper(t[n-3:]) && knownCode(t[n-3:]) != "" && wordStart(t, n-3) {
		return n - 3, t[n-3:], t[n-3:]
	}
	for _, g := range signsByLast()[t[len(t)-1]] {
		if !strings.HasSuffix(t, g.text) {
			continue
		}
		start := len(t) - len(g.text)
		if isASCIILetter(g.text[0]) && !wordStart(t, start) {
			continue
		}
		if g.text[0] >= utf8.RuneSelf && unicode.IsLetter(firstRune(g.text)) && !isSignRune(firstRune(g.text)) && !wordStart(t, start) {
			continue
		}
		return start, g.text, g.code
	}
	return -1, "", ""
}

// signAfter finds a currency sign at the start of s, blanks aside, and returns
// where it ends; -1 when there is none.
func signAfter(s string) (end int, text, code string) {
	t := s
	for t != "" {
		if t[0] == ' ' {
			t = t[1:]
		} else if rest, ok := strings.CutPrefix(t, "\u00a0"); ok {
			t = rest
		} else {
			break
		}
	}
	skipped := len(s) - len(t)
	if skipped > 3 {
		return -1, "", ""
	}
	if t == "" {
		return -1, "", ""
	}
	if len(t) >= 3 && isUpper(t[:3]) && knownCode(t[:3]) != "" && wordEnd(t, 3) {
		return skipped + 3, t[:3], t[:3]
	}
	for _, g := range signsByFirst()[t[0]] {
		if !strings.HasPrefix(t, g.text) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(g.text)
		if unicode.IsLetter(last) && !isSignRune(last) && !wordEnd(t, len(g.text)) {
			continue
		}
		return skipped + len(g.text), g.text, g.code
	}
	return -1, "", ""
}

// isSignRune tells letters that are currency signs by themselves and therefore
// need no word boundary: 1980円税込.
func isSignRune(r rune) bool { return r == '円' || r == '元' || r == '圓' || r == '원' }

func isUpper(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

func wordStart(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return i == 0 || !unicode.IsLetter(r)
}

func wordEnd(s string, i int) bool {
	return i >= len(s) || !unicode.IsLetter(firstRune(s[i:]))
}

// guessCurrency settles a sign that several currencies share, from the language
// of the page and the country in its host name. It returns "" rather than guess:
// a bare $ under .com says nothing.
func guessCurrency(signText, lang, host string) string {
	lang = strings.ToLower(strings.ReplaceAll(lang, "_", "-"))
	primary, region, _ := strings.Cut(lang, "-")
	country := region
	if i := strings.LastIndexByte(host, '.'); i >= 0 && len(host)-i-1 == 2 {
		country = host[i+1:]
	}
	switch signText {
	case "¥":
		if primary == "zh" || country == "cn" {
			return "CNY"
		}
		return "JPY"
	case "元":
		switch {
		case country == "tw" || country == "hant":
			return "TWD"
		case country == "hk":
			return "HKD"
		}
		return "CNY"
	case "$":
		return dollarOf(country)
	case "kr", "kr.", "Kr", "Kr.":
		switch {
		case primary == "da" || country == "dk":
			return "DKK"
		case primary == "sv" || country == "se":
			return "SEK"
		case primary == "nb" || primary == "nn" || primary == "no" || country == "no":
			return "NOK"
		case primary == "is" || country == "is":
			return "ISK"
		}
	}
	return ""
}

// signFits says whether a currency is written with the sign.
func signFits(signText, code string) bool {
	switch signText {
	case "$":
		switch code {
		case "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BRL":
			return true
		}
		return false
	case "¥":
		return code == "JPY" || code == "CNY"
	case "元":
		return code == "CNY" || code == "TWD" || code == "HKD"
	case "kr", "kr.", "Kr", "Kr.":
		return code == "DKK" || code == "SEK" || code == "NOK" || code == "ISK"
	}
	return true
}

func dollarOf(country string) string {
	switch country {
	case "us":
		return "USD"
	case "ca":
		return "CAD"
	case "au":
		return "AUD"
	case "nz":
		return "NZD"
	case "sg":
		return "SGD"
	case "hk":
		return "HKD"
	case "tw":
		return "TWD"
	case "mx":
		return "MXN"
	case "ar":
		return "ARS"
	case "cl":
		return "CLP"
	}
	return ""
}

// minorDigits is how many decimals a currency has (ISO 4217, minor unit).
func minorDigits(code string) int {
	switch code {
	case "JPY", "KRW", "VND", "CLP", "ISK":
		return 0
	case "BHD", "JOD", "KWD", "OMR", "TND":
		return 3
	}
	return 2
}
