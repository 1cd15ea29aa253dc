package extract

import (
	"net/url"
	"strings"
)

// chooseMain picks, among the products that one syntax tells of, the one that
// the page is about; nil when none stands out.
func (m *merger) chooseMain(all []*draft) *draft {
	var best *draft
	var bestScore float64
	open := 0 // products that nothing calls others
	scores := make([]float64, len(all))
	for i, d := range all {
		scores[i] = m.mainScore(d)
		if !d.related {
			open++
			if i == 0 {
				scores[i] += 0.3
			}
		}
		if best == nil || scores[i] > bestScore {
			best, bestScore = d, scores[i]
		}
	}
	if best == nil {
		return nil
	}
	name := fold(best.p.Name)
	second := -100.0 // of those that are other products
	for i, d := range all {
		if fold(d.p.Name) != name {
			second = max(second, scores[i])
		}
	}
	switch {
	case best.related && bestScore < 2:
		return nil
	case bestScore >= 2.5:
	case open == 1 && bestScore >= -0.5:
	case open > 1 && bestScore >= 1 && bestScore > second+1:
	default:
		return nil
	}
	m.join(best, all)
	return best
}

// join completes the chosen product from others that are the same: a page may
// open the same product in two places, each with half of it, or list every
// variant as a product.
func (m *merger) join(best *draft, all []*draft) {
	name := fold(best.p.Name)
	for _, d := range all {
		if d == best || d.related {
			continue
		}
		same := name != "" && fold(d.p.Name) == name ||
			d.p.Name == "" && (d.entity == nil || d.entity.node == nil || m.view == nil || m.placed(d) >= 0)
		if !same {
			continue
		}
		a, b := &best.p, &d.p
		fill := func(to *string, from string) {
			if *to == "" {
				*to = from
			}
		}
		fill(&a.Name, b.Name)
		fill(&a.SKU, b.SKU)
		fill(&a.MPN, b.MPN)
		fill(&a.GTIN, b.GTIN)
		fill(&a.Brand, b.Brand)
		fill(&a.Description, b.Description)
		if a.Price.Amount == "" || b.Price.Amount != "" && d.p.Name != "" && amountLess(b.Price.Amount, a.Price.Amount) {
			if a.Price.Amount != "" && best.high == "" {
				best.high = a.Price.Amount
			}
			a.Price, a.ListPrice = b.Price, b.ListPrice
		}
		a.Availability = better(a.Availability, b.Availability)
		if len(a.Images) == 0 {
			a.Images = b.Images
		}
		if len(a.Variants) == 0 {
			a.Variants = b.Variants
		}
	}
}

// mainScore says how much speaks for d being the product of the page.
func (m *merger) mainScore(d *draft) float64 {
	score := 0.0
	if d.related {
		score -= 6
	}
	if len(d.names) > 1 {
		like := m.ctx.likeness(fold(d.p.Name))
		for _, n := range d.names[1:] {
			if l := m.ctx.likeness(fold(n)); l > like+1 {
				d.p.Name, like = n, l
			}
		}
	}
	if name := fold(d.p.Name); name != "" {
		score += m.ctx.likeness(name)
		if m.shop.has(d.p.Name) {
			score -= 4
		}
	}
	if d.url != "" {
		if abs, ok := m.r.resolve(d.url); ok {
			if au, err := url.Parse(abs); err == nil {
				canonical, _ := url.Parse(m.res.Canonical)
				switch {
				case sameURL(au, m.u) || m.res.Canonical != "" && sameURL(au, canonical):
					score += 3
				case au.Path != "" && au.Path != "/" && !strings.Contains(d.url, "#"):
					score--
				}
			}
		}
	}
	if d.offers > 0 || d.p.Price.Amount != "" {
		score += 0.5
	}
	if d.entity != nil && d.entity.node != nil && m.view != nil {
		score += m.placed(d)
	}
	return score
}

// placed judges where in the page a marked-up product stands.
func (m *merger) placed(d *draft) float64 {
	i, ok := m.view.index[d.entity.node]
	if !ok {
		return 0
	}
	n := &m.view.nodes[i]
	score := 0.0
	if n.all&inRelated != 0 {
		score -= 3
	}
	if n.all&(inCart|inChrome) != 0 {
		score -= 2
	}
	if n.own&inLink != 0 || n.all&inLink != 0 {
		score -= 2
	}
	h1 := 0
	for j := i; j <= n.end; j++ {
		if m.view.nodes[j].n.Data == "h1" {
			h1++
		}
	}
	if h1 > 0 {
		score += 2
	}
	// Sister elements of the same making are a list.
	if p := n.parent; p >= 0 && h1 == 0 {
		sisters, steps := 0, 0
		for c := m.view.nodes[p].n.FirstChild; c != nil && sisters < 2 && steps < 200; c = c.NextSibling {
			steps++
			if c.Data == n.n.Data && (hasAttr(c, "itemscope") || hasAttr(c, "typeof")) {
				sisters++
			}
		}
		if sisters > 1 {
			score -= 2
		}
	}
	return score
}
