package sources

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"

	"replatform/crawler/catalog"
)

// source is what the fields of a product name as their origin.
const source = "csv"

// amount reads a price: "1980", "1,980", "¥1,980", "１９８０円", "24.90", "24,90",
// "1.980,00". It gives a plain decimal, and false for anything else. Without other
// marks a comma before exactly three digits groups, a point is a decimal point. What
// spreadsheets keep of 19.9 × 3, "59.699999999999996", is rounded to six places.
func amount(s string) (string, bool) {
	if s = strings.TrimSpace(s); len(s) <= 12 && digits(s) { // most figures: nothing to take apart
		return withoutZeros(s), true
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '¥', '円', '$', '€', '£', ' ', '\'', '\u00a0', '\u202f':
			return -1
		}
		return r
	}, norm.NFKC.String(s))
	whole, cents, mark := s, "", strings.LastIndexAny(s, ".,")
	if mark >= 0 {
		sep := s[mark]
		other := byte('.' + ',' - int(sep))
		tail := s[mark+1:]
		switch {
		case strings.IndexByte(s, other) >= 0: // both: the last one divides
			whole, cents = s[:mark], tail
		case strings.Count(s, string(sep)) > 1, sep == ',' && len(tail) == 3:
			// grouping only
		default:
			whole, cents = s[:mark], tail
		}
	}
	for i, group := range strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' }) {
		if !digits(group) || i > 0 && len(group) != 3 {
			return "", false
		}
	}
	whole = strings.ReplaceAll(strings.ReplaceAll(whole, ".", ""), ",", "")
	if !digits(whole) || cents != "" && !digits(cents) || len(whole) > 12 || len(cents) > 20 {
		return "", false
	}
	if len(cents) > 6 {
		v, err := strconv.ParseFloat(whole+"."+cents, 64)
		if err != nil {
			return "", false
		}
		whole, cents, _ = strings.Cut(strconv.FormatFloat(v, 'f', 6, 64), ".")
		if cents = strings.TrimRight(cents, "0"); len(whole) > 12 {
			return "", false
		}
	}
	whole = withoutZeros(whole)
	if strings.Trim(cents, "0") == "" {
		return whole, true
	}
	return whole + "." + cents, true
}

// figure reads a number as spreadsheets and reports write it: what amount takes, with a
// power of ten ("1.5E+3") and a sign in front or, as accounts have it, in brackets or
// with a triangle: "-500", "(500)", "▲500".
func figure(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if plain, ok := amount(s); ok { // most
		v, err := strconv.ParseFloat(plain, 64)
		return v, err == nil
	}
	s = strings.TrimSpace(norm.NFKC.String(s))
	sign := 1.0
	if inside, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(inside, ")") {
		s, sign = strings.TrimSuffix(inside, ")"), -1
	} else {
		for _, minus := range []string{"-", "\u2212", "△", "▲"} { // also "¥-500"
			if before, after, ok := strings.Cut(s, minus); ok && strings.Trim(before, " ¥$€£") == "" {
				s, sign = after, -1
				break
			}
		}
	}
	mantissa, power := s, 0
	if at := strings.IndexAny(s, "eE"); at > 0 {
		n, err := strconv.Atoi(s[at+1:])
		if err != nil || n < -20 || n > 12 {
			return 0, false
		}
		mantissa, power = s[:at], n
	}
	plain, ok := amount(mantissa)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(plain+"e"+strconv.Itoa(power), 64)
	if err != nil || math.Abs(v) >= 1e12 {
		return 0, false
	}
	return sign * v, true
}

// withoutZeros takes the zeros in front of a whole number away.
func withoutZeros(whole string) string {
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		return "0"
	}
	return whole
}

// price reads the field into an amount and doubts what is none.
func (s *session) price(r row, f field, currency string) catalog.Price {
	text := r.get(f)
	if text == "" {
		return catalog.Price{}
	}
	a, ok := amount(text)
	if !ok {
		s.doubt(r.line, "%q is not a price", short(text))
		return catalog.Price{}
	}
	return catalog.Price{Amount: a, Currency: currency}
}

// gtin reads a barcode and doubts one whose check digit is wrong.
func (s *session) gtin(r row, text string) string {
	if text == "" {
		return ""
	}
	text = strings.TrimPrefix(text, "'") // how spreadsheets are told not to see a number
	g, ok := catalog.NormaliseGTIN(text)
	if !ok {
		s.doubt(r.line, "%q is not a barcode number", short(text))
		return ""
	}
	return g
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// maxText bounds a description after its tags are gone.
const maxText = 20000

// plainText takes the tags out of HTML; line-breaking elements become line breaks,
// and runs of blanks one blank.
func plainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return squeeze(s)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	skip := 0
	for b.Len() < 4*maxText {
		switch z.Next() {
		case html.ErrorToken:
			return squeeze(b.String())
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Script, atom.Style:
				switch t.Type {
				case html.StartTagToken:
					skip++
				case html.EndTagToken:
					skip = max(skip-1, 0)
				}
			case atom.Br, atom.P, atom.Div, atom.Li, atom.Tr, atom.H1, atom.H2, atom.H3, atom.H4, atom.Dt, atom.Dd, atom.Table:
				b.WriteByte('\n')
			case atom.Td, atom.Th:
				b.WriteByte(' ')
			}
		}
	}
	return squeeze(b.String())
}

func squeeze(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	s = strings.Join(out, "\n")
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	return s
}

// fill notes for every field of the product that has a value that the file gave it.
func fill(p *catalog.Product) *catalog.Product {
	for _, f := range [...]struct {
		name   string
		filled bool
	}{
		{"name", p.Name != ""}, {"sku", p.SKU != ""}, {"mpn", p.MPN != ""}, {"gtin", p.GTIN != ""}, {"brand", p.Brand != ""},
		{"price", p.Price.Amount != ""}, {"list_price", p.ListPrice.Amount != ""}, {"availability", p.Availability != ""},
		{"image", len(p.Images) > 0}, {"description", p.Description != ""}, {"breadcrumb", len(p.Breadcrumb) > 0}, {"variants", len(p.Variants) > 0},
	} {
		if f.filled {
			p.Set(f.name, source)
		}
	}
	return p
}

// trail makes a breadcrumb of the names of a category path.
func trail(names ...string) []catalog.Crumb {
	var out []catalog.Crumb
	for _, n := range names {
		if n != "" {
			out = append(out, catalog.Crumb{Name: n})
		}
	}
	return out
}

// joinPath writes a category path.
func joinPath(crumbs []catalog.Crumb) string {
	var names []string
	for _, c := range crumbs {
		names = append(names, c.Name)
	}
	return strings.Join(names, " > ")
}

// truth reads a yes or no; ok is false for anything else.
func truth(s string) (yes, ok bool) {
	switch strings.ToLower(s) {
	case "true", "yes", "1":
		return true, true
	case "false", "no", "0":
		return false, true
	}
	return false, false
}
