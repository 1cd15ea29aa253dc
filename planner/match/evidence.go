package match

import (
	"fmt"
	"math"
	"strings"
)

// Evidence is one thing that speaks for or against a pair. Code is a stable
// word; Value, Old and New hold what it is about, as the table in [Reason] says.
type Evidence struct {
	Code  string  `json:"code"`
	Value float64 `json:"value,omitempty"`
	Old   string  `json:"old,omitempty"`
	New   string  `json:"new,omitempty"`
}

// Codes of evidence.
const (
	SameGTIN        = "gtin"             // equal barcodes
	SameSKU         = "sku"              // equal item codes
	SimilarSKU      = "sku-form"         // item codes equal but for their form: Old, New
	StemSKU         = "sku-stem"         // one item code is the beginning of the other: Old, New
	CodeReused      = "code-reused"      // the code stands on Value pages
	DifferentSKU    = "sku-differs"      // item codes differ: Old, New
	NameSimilarity  = "name"             // Value 0..1
	SameName        = "same-name"        // equal after folding and decoration
	PriceEqual      = "price"            // equal prices
	PriceTax        = "price-tax"        // prices differ by a tax rate: Value is the ratio new/old
	PriceRatio      = "price-ratio"      // prices differ: Value is the ratio new/old
	SameBrand       = "brand"            // equal brands: Old
	OtherBrand      = "brand-differs"    // Old, New
	SameImage       = "image"            // equal picture file names
	SamePicture     = "picture"          // the pictures look the same
	SharedPicture   = "picture-shared"   // the same, and Value pages of one shop show it
	OtherPicture    = "picture-differs"  // the pictures look different
	SameVariants    = "variants"         // Value variants, the same in the same order: Old, New
	OtherVariants   = "variants-differ"  // Old, New
	RenamedVariants = "variants-renamed" // Value variants in the same order, some under other names: Old, New
	SameDescription = "description"      // Value 0..1
	SameAddress     = "address"          // equal last parts of the addresses
	CategoryFits    = "category"         // the categories share products: Old, New
	OptionDiffers   = "option"           // options or amounts that disagree: Old, New
	WordsDiffer     = "words"            // words that only one of the names has: Old, New
	MergedVariant   = "merged"           // Value old pages lead to the same new page
	SharedProducts  = "products"         // Value 0..1 of the products agree
	SameSubject     = "subject"          // a standard page: Old is its subject
	OtherGTIN       = "gtin-differs"     // barcodes differ
	StartPage       = "home"             // both are the start page
	ParentCategory  = "parent"           // the category above
	RunnerUpNear    = "runner-up"        // another page comes near: Value is its confidence
	NothingNear     = "nothing"          // no page comes near
	PersonSaid      = "person"           // a person said so
)

type phrase struct{ en, ja string }

// phrases hold one sentence part for each code. %v verbs stand for what the code
// says: percentages and counts are made by format.
var phrases = map[string]phrase{
	SameGTIN:        {"same barcode", "JANコード一致"},
	SameSKU:         {"same model number", "型番一致"},
	SimilarSKU:      {"same model number in another form (%[2]s, %[3]s)", "型番の表記違い（%[2]s、%[3]s）"},
	StemSKU:         {"model numbers share their stem (%[2]s, %[3]s)", "型番の基本部分が一致（%[2]s、%[3]s）"},
	CodeReused:      {"but the code stands on %[1]s pages", "ただし同じ型番が%[1]sページにある"},
	DifferentSKU:    {"model numbers differ (%[2]s, %[3]s)", "型番が異なる（%[2]s、%[3]s）"},
	NameSimilarity:  {"name %[1]s", "商品名の類似度%[1]s"},
	SameName:        {"same name", "名称一致"},
	PriceEqual:      {"price equal", "価格一致"},
	PriceTax:        {"price differs by tax", "価格差は消費税分"},
	PriceRatio:      {"price ×%[1]s", "価格%[1]s倍"},
	SameBrand:       {"same brand", "ブランド一致"},
	OtherBrand:      {"brands differ (%[2]s, %[3]s)", "ブランドが異なる（%[2]s、%[3]s）"},
	SameImage:       {"same picture file", "画像ファイル名一致"},
	SamePicture:     {"same picture", "画像が同じ"},
	SharedPicture:   {"same picture, shown on %[1]s pages", "画像が同じ（%[1]sページで使用）"},
	OtherPicture:    {"pictures differ", "画像が異なる"},
	SameVariants:    {"%[1]s variants in the same order (%[2]s)", "バリエーション%[1]s件が同じ順（%[2]s）"},
	OtherVariants:   {"variants differ (%[2]s; %[3]s)", "バリエーションが異なる（%[2]s／%[3]s）"},
	RenamedVariants: {"%[1]s variants in the same order, renamed (%[2]s – %[3]s)", "バリエーション%[1]s件が同じ順、名称変更あり（%[2]s – %[3]s）"},
	SameDescription: {"description %[1]s", "説明文の類似度%[1]s"},
	SameAddress:     {"same address ending", "URL末尾一致"},
	CategoryFits:    {"category fits", "カテゴリー対応あり"},
	OptionDiffers:   {"options differ (%[2]s, %[3]s)", "仕様が異なる（%[2]s、%[3]s）"},
	WordsDiffer:     {"words differ (%[2]s, %[3]s)", "語の違い（%[2]s、%[3]s）"},
	MergedVariant:   {"%[1]s old pages became one", "旧%[1]sページを1ページに統合"},
	SharedProducts:  {"%[1]s of the products agree", "商品の%[1]sが一致"},
	SameSubject:     {"same subject", "同じ内容のページ"},
	OtherGTIN:       {"barcodes differ", "JANコードが異なる"},
	StartPage:       {"start page", "トップページ"},
	ParentCategory:  {"nearest category above", "上位カテゴリー"},
	RunnerUpNear:    {"another page comes near (%[1]s)", "他にも近い候補あり（%[1]s）"},
	NothingNear:     {"no page comes near", "近いページなし"},
	PersonSaid:      {"decided by a person", "人が決定済み"},
}

// Reason puts evidence into words: "same model number; name 0.93; price equal".
// lang is "ja" or "en"; any other is taken as "en". Evidence with a code that is
// not known is left out.
func Reason(evs []Evidence, lang string) string {
	parts := make([]string, 0, len(evs))
	for _, e := range evs {
		p, ok := phrases[e.Code]
		if !ok {
			continue
		}
		form := p.en
		if lang == "ja" {
			form = p.ja
		}
		if !strings.Contains(form, "%") {
			parts = append(parts, form)
			continue
		}
		parts = append(parts, fill(form, e))
	}
	sep := "; "
	if lang == "ja" {
		sep = "、"
	}
	return strings.Join(parts, sep)
}

func fill(form string, e Evidence) string {
	r := strings.NewReplacer("%[1]s", amount(e), "%[2]s", dash(e.Old), "%[3]s", dash(e.New))
	return r.Replace(form)
}

func amount(e Evidence) string {
	switch e.Code {
	case CodeReused, MergedVariant, SharedPicture, SameVariants, RenamedVariants:
		return fmt.Sprintf("%d", int(e.Value))
	case SharedProducts:
		return fmt.Sprintf("%d%%", int(math.Round(e.Value*100)))
	}
	return fmt.Sprintf("%.2f", e.Value)
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
