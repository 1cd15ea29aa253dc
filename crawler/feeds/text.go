package feeds

import (
	"io"
	"math/big"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
)

// What is kept of one item. The bounds are this program's own, well above what shops
// show, so that a hostile feed cannot fill the project file.
const (
	maxDescription = 20_000 // bytes of plain text
	maxName        = 2_000  // bytes, also of a brand, a category, an option
	maxImages      = 250
	maxVariants    = 2_500
	maxCategories  = 250
)

// plain turns a piece of HTML into text: tags become blanks, scripts and styles are
// dropped, entities are resolved, runs of blanks collapse. The result is cut at limit
// bytes.
func plain(s string, limit int) string {
	if !strings.ContainsAny(s, "<&") {
		return cut(strings.Join(strings.Fields(s), " "), limit)
	}
	z := html.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	skip := ""
	for b.Len() < 2*limit {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				b.WriteByte(' ')
			}
			return cut(strings.Join(strings.Fields(b.String()), " "), limit)
		case html.TextToken:
			if skip == "" {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if n := string(name); n == "script" || n == "style" {
				skip = n
			}
			b.WriteByte(' ')
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == skip {
				skip = ""
			}
			b.WriteByte(' ')
		default:
			b.WriteByte(' ')
		}
	}
	return cut(strings.Join(strings.Fields(b.String()), " "), limit)
}

// cut shortens s to at most n bytes between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// absolute resolves an address that a feed gives; "" when it is none.
func absolute(base *url.URL, ref string) string {
	if ref == "" {
		return ""
	}
	u, ok := fetch.Resolve(base, ref)
	if !ok {
		return ""
	}
	return u.String()
}

// decimal returns s if it is a plain decimal number, "" otherwise.
func decimal(s string) string {
	whole, frac, point := strings.Cut(s, ".")
	if !digits(whole) || point && !digits(frac) || len(s) > 32 {
		return ""
	}
	return s
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// fromMinor turns an amount in minor units into a decimal: 1999 with 2 decimals is
// "19.99". It returns "" when either is unusable.
func fromMinor(amount string, decimals int) string {
	if !digits(amount) || len(amount) > 24 || decimals < 0 || decimals > 8 {
		return ""
	}
	amount = strings.TrimLeft(amount, "0")
	if len(amount) <= decimals {
		amount = strings.Repeat("0", decimals+1-len(amount)) + amount
	}
	if decimals == 0 {
		return amount
	}
	return amount[:len(amount)-decimals] + "." + amount[len(amount)-decimals:]
}

// less compares two decimals; an unknown one is less than none.
func less(a, b string) bool {
	x, okA := new(big.Rat).SetString(a)
	y, okB := new(big.Rat).SetString(b)
	return okA && okB && x.Cmp(y) < 0
}

func gtin(s string) string {
	g, ok := catalog.NormaliseGTIN(s)
	if !ok {
		return ""
	}
	return g
}

func appendNew(list []string, s string, limit int) []string {
	if s == "" || len(list) >= limit {
		return list
	}
	for _, v := range list {
		if v == s {
			return list
		}
	}
	return append(list, s)
}

// note records the source of every field of p that is filled.
func note(p *catalog.Product) {
	for field, filled := range map[string]bool{
		"name": p.Name != "", "sku": p.SKU != "", "gtin": p.GTIN != "", "brand": p.Brand != "",
		"price": p.Price.Amount != "", "list_price": p.ListPrice.Amount != "",
		"availability": p.Availability != "", "images": len(p.Images) > 0,
		"description": p.Description != "", "variants": len(p.Variants) > 0,
	} {
		if filled {
			p.Set(field, source)
		}
	}
}

// summarise fills what a product has in common with its variants: the lowest price
// and the struck-through price beside it, whether anything can be bought, and the
// codes where there is only one.
func summarise(p *catalog.Product, variants []catalog.Variant, lists []string) {
	lowest := -1
	for i, v := range variants {
		if v.Price.Amount != "" && (lowest < 0 || less(v.Price.Amount, variants[lowest].Price.Amount)) {
			lowest = i
		}
		switch {
		case v.Availability == catalog.InStock:
			p.Availability = catalog.InStock
		case v.Availability == catalog.OutOfStock && p.Availability == catalog.AvailabilityUnknown:
			p.Availability = catalog.OutOfStock
		}
		if i == 0 {
			p.SKU, p.GTIN = v.SKU, v.GTIN
			continue
		}
		if v.SKU != p.SKU {
			p.SKU = ""
		}
		if v.GTIN != p.GTIN {
			p.GTIN = ""
		}
	}
	if lowest >= 0 {
		p.Price = variants[lowest].Price
		if list := lists[lowest]; less(p.Price.Amount, list) {
			p.ListPrice = catalog.Price{Amount: list, Currency: p.Price.Currency}
		}
	}
}
