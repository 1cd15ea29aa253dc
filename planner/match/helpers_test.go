package match

import "replatform/planner/match/internal/pairing"

func itemOf(r *pairing.Record) Item {
	it := Item{
		URL: r.URL, Type: r.Type, Title: r.Title, SKU: r.SKU, MPN: r.MPN, GTIN: r.GTIN, Price: r.Price, Currency: r.Currency,
		Brand: r.Brand, Category: r.Category, Image: r.Image, Description: r.Description,
	}
	for _, v := range r.Variants {
		it.Variants = append(it.Variants, VariantItem{SKU: v.SKU, GTIN: v.GTIN, Title: v.Title})
	}
	return it
}
