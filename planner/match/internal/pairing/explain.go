package pairing

import (
	"strings"

	"replatform/planner/match/internal/text"
)

// Explanation says in plain values what speaks for and against a pair.
type Explanation struct {
	SameGTIN, OtherGTIN bool
	SKU                 float32 // as codeRelation says, -1 unknown
	OnPages             int     // how many pages have the equal code or barcode, both shops together
	Name                float64
	SameName            bool
	PriceOld, PriceNew  float64 // 0 when they cannot be compared
	Brand               int     // 1 equal, 0 differ, -1 unknown
	BrandOld, BrandNew  string
	SamePicture         bool      // of the file names
	Look                SignLevel // of the pictures
	LookPages           int       // pages of one shop that show the picture
	Variants            SignLevel
	VariantCount        int // of the old page
	SameAddress         bool
	Description         float64  // -1 unknown
	CategorySupport     float64  // -1 unknown
	ClashOld, ClashNew  string   // two words that contradict each other
	LeftOld, LeftNew    []string // words without partner that nothing else explains
	Options             bool     // LeftOld holds nothing but what tells siblings apart
	Subject             string   // standard subject that both pages have
	Category            bool     // the new page is a category
}

// Explain looks at the pair of the old item i and the new item j.
func (m *Matching) Explain(i int, j int32) Explanation {
	c := m.Corpus
	o, n := &c.sides[oldSide][i], &c.sides[newSide][j]
	own := c.learnt.partner[i] == j
	a := c.align(o, n, own)
	var e Explanation
	e.SameGTIN = o.gtin != "" && o.gtin == n.gtin || n.isForm(o.gtin) || o.isForm(n.gtin)
	e.OtherGTIN = !e.SameGTIN && o.gtin != "" && n.gtin != ""
	e.SKU = -1
	if n.isForm(o.sku) || o.isForm(n.sku) {
		e.SKU = 1
	} else if o.sku != "" && n.sku != "" {
		e.SKU = codeRelation(o.sku, n.sku)
	}
	switch {
	case e.SameGTIN:
		e.OnPages = c.pagesWith(o.gtin)
	case e.SKU == 1:
		e.OnPages = c.pagesWith(o.sku)
	}
	cos, _, _ := c.grams.cosine(o.grams, n.grams)
	covered := (share(a.oldW-a.openOldW, a.oldW) + share(a.newW-a.openNewW, a.newW)) / 2
	e.Name = float64(max(cos, covered))
	e.SameName = a.openOldW < 0.02 && a.openNewW < 0.02 && a.matchW > 0
	if o.price > 0 && n.price > 0 && (o.money == n.money || o.money < 0 || n.money < 0) {
		e.PriceOld, e.PriceNew = o.price, n.price
	}
	e.Brand = -1
	if o.brand >= 0 && n.brand >= 0 {
		e.Brand = 0
		if o.brand == n.brand {
			e.Brand = 1
		}
		e.BrandOld, e.BrandNew = c.brands.words[o.brand], c.brands.words[n.brand]
	}
	e.SamePicture = mayIdentify(o.image) && o.image == n.image
	e.Look, e.LookPages = m.Pictures(i, j)
	e.Variants, e.VariantCount = m.Variants(i, j)
	e.SameAddress = mayIdentify(o.slug) && o.slug == n.slug
	e.Description = -1
	if len(o.desc) > 0 && len(n.desc) > 0 {
		d, _, _ := c.descs.cosine(o.desc, n.desc)
		e.Description = float64(d)
	}
	e.CategorySupport = float64(c.learnt.cats.support(o.cat, n.cat, own))
	if a.clashOldID >= 0 {
		e.ClashOld, e.ClashNew = c.show(a.clashOldID), c.show(a.clashNew)
	}
	e.LeftOld, e.Options = c.open(a.restOld[:a.restOldN], n, oldSide)
	e.LeftNew, _ = c.open(a.restNew[:a.restNewN], o, newSide)
	if o.subject != 0 && o.subject == n.subject {
		e.Subject = text.SubjectName(o.subject)
	}
	e.Category = n.category
	return e
}

func (c *Corpus) pagesWith(code string) int {
	h := hash(code)
	return int(c.keyCount[oldSide][h] + c.keyCount[newSide][h])
}

// open keeps the words that no field of the other page explains and that are not
// mere decoration, as they are shown to people. options is set when there are some
// and all of them are amounts or words that tell siblings apart.
func (c *Corpus) open(ids []int32, other *item, s side) (shown []string, options bool) {
	options = true
	for _, id := range ids {
		if c.lex.keep[s][id] < 0.35 || hasField(other, c.lex.canon[id]) {
			continue
		}
		shown = append(shown, c.show(id))
		if c.lex.kinds[id] != text.Qty && c.lex.vary[id] < 0.2 {
			options = false
		}
	}
	return shown, options && len(shown) > 0
}

// show writes a word for people: amounts without the mark of their canonical form.
func (c *Corpus) show(id int32) string {
	w := c.lex.words[id]
	if dim, _, ok := text.Amount(w); ok {
		num := w[strings.IndexByte(w, ' ')+1:]
		switch dim {
		case "pcs", "size":
			return num
		}
		return num + dim
	}
	return w
}
