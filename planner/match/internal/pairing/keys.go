package pairing

import (
	"slices"
	"strings"

	"replatform/planner/match/internal/text"
)

// codeKeys collects everything on a page that may be its number: item code,
// maker's number, barcode, variants' codes, picture name, end of the address and
// model numbers in title and description. They share one space, because shops
// print the same number in different places.
func (c *Corpus) codeKeys(it *item, r *Record, title, desc string) []uint64 {
	var keys []uint64
	add := func(s string) {
		if len(keys) < maxKeys+len(it.forms) && mayIdentify(s) {
			keys = append(keys, hash(s))
		}
	}
	add(it.sku)
	add(text.Alnum(text.Fold(r.MPN)))
	add(it.gtin)
	add(it.image)
	add(it.slug)
	keys = append(keys, it.forms...)
	for _, w := range modelNumbers(title) {
		add(w)
	}
	if it.group == products {
		for _, w := range modelNumbers(desc) {
			add(w)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// maxVariants caps how many variants of a product are read.
const maxVariants = 100

// variantKeys are the codes by which a variant can be known.
func variantKeys(vs []Variant) []uint64 {
	var keys []uint64
	for i := range vs[:min(len(vs), maxVariants)] {
		for _, s := range [...]string{text.Alnum(text.Fold(vs[i].SKU)), gtinKey(vs[i].GTIN)} {
			if mayIdentify(s) {
				keys = append(keys, hash(s))
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// isForm tells whether a code is that of one of the item's variants.
func (it *item) isForm(code string) bool {
	if len(it.forms) == 0 || code == "" {
		return false
	}
	_, ok := slices.BinarySearch(it.forms, hash(code))
	return ok
}

// mayIdentify tells whether a code is long enough to be the number of one page:
// four characters, six when it is digits only.
func mayIdentify(s string) bool {
	if len(s) < 4 {
		return false
	}
	if len(s) < 6 && strings.Trim(s, "0123456789") == "" {
		return false
	}
	return true
}

// modelNumbers gives the codes of a folded text, those written with hyphens and
// points joined: "th-50pz850u" gives 50pz850u and th50pz850u.
func modelNumbers(s string) []string {
	var out []string
	ts := text.Tokens(s, 64)
	for i, t := range ts {
		code := t.Kind == text.Code && len(t.Text) >= 5 || t.Kind == text.Num && len(t.Text) >= 6
		if code {
			out = append(out, t.Text)
		}
		if i == 0 || !t.Joined {
			continue
		}
		// Join back to where the run of joined parts began.
		j, joined, digits := i, t.Text, hasDigit(t.Text)
		for j > 0 && (ts[j].Joined) && ts[j-1].Kind != text.CJK && ts[j-1].Kind != text.Qty && len(joined) < 24 {
			j--
			joined = ts[j].Text + joined
			digits = digits || hasDigit(ts[j].Text)
		}
		end := i+1 >= len(ts) || !ts[i+1].Joined
		if end && digits && j < i && len(joined) >= 5 && t.Kind != text.CJK && t.Kind != text.Qty {
			out = append(out, joined)
		}
		if len(out) > 12 {
			break
		}
	}
	return out
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// shape says which runs of letters and digits a code is made of, with their
// lengths: codes of one numbering have one shape or a few.
func shape(s string) uint64 {
	if s == "" {
		return 0
	}
	var b strings.Builder
	last, n := byte(0), byte(0)
	flush := func() {
		if n > 0 {
			b.WriteByte(last)
			b.WriteByte('0' + min(n, 40))
		}
	}
	for i := 0; i < len(s); i++ {
		c := byte('a')
		if s[i] >= '0' && s[i] <= '9' {
			c = '9'
		}
		if c != last {
			flush()
			last, n = c, 0
		}
		n++
	}
	flush()
	return hash(b.String())
}

// head is the beginning of a code's shape: its first two runs of letters and digits,
// with their lengths. 0 means that it cannot be an item code.
func head(s string) uint64 {
	if !mayIdentify(s) || !hasDigit(s) || len(s) > 40 {
		return 0
	}
	h, runs := uint64(1), 0
	for i := 0; i < len(s) && runs < 2; runs++ {
		digits := s[i] >= '0' && s[i] <= '9'
		j := i
		for j < len(s) && (s[j] >= '0' && s[j] <= '9') == digits {
			j++
		}
		h = h*131 + uint64(j-i)*2
		if digits {
			h++
		}
		i = j
	}
	return h
}
