package pairing

// Theme is what a feature is about, for telling people what weighed.
type Theme uint8

// Themes, in the order in which they are listed.
const (
	Names       Theme = iota // how much the names say the same
	Differences              // words, amounts and options that only one name has
	Codes                    // item codes and model numbers
	Barcode
	Picture
	Price
	Brand
	Category
	Description
	Address
	StandardPage     // standard subject of a page
	Standing         // how the candidate stands among the others, and the page among those that want it
	Siblings         // pages that differ by size or colour only
	Kind             // kind of page, and how much is known of the move
	Options          // lists of variants
	FirstLook        // score of the candidate looked at alone
	ThemeCount   int = iota
)

// ThemeOf tells what a feature, numbered as in FeatureNames, is about.
func ThemeOf(feature int) Theme {
	switch {
	case feature <= fTaught && feature >= fEqual, feature == fCos, feature == fInOld, feature == fInNew, feature == fMatchW, feature == fRareW,
		feature == fSameName, feature == fNameIn, feature == fPrefix, feature == fCovOld, feature == fCovNew, feature == fWordsOld, feature == fWordsNew:
		return Names
	case feature < fSKU && feature != fCodeW:
		return Differences
	case feature >= fSKU && feature <= fFormChange, feature == fCodeW, feature >= fKeys && feature <= fSKUElsewhereNew, feature == gOtherCode, feature == gFamilyCode:
		return Codes
	case feature >= fGTIN && feature <= fGTINFreqNew, feature == fGTINElsewhere:
		return Barcode
	case feature == fImage, feature == fImageFreq:
		return Picture
	case feature >= fPrice && feature <= fPriceShare, feature == gOtherPrice, feature == gFamilyPrice:
		return Price
	case feature == fBrand, feature == fBrandSupport:
		return Brand
	case feature >= fCat && feature <= fCatBack:
		return Category
	case feature >= fDesc && feature <= fDescHasName:
		return Description
	case feature >= fSlug && feature <= fDirBack:
		return Address
	case feature == fSubject:
		return StandardPage
	case feature == fGroup, feature == fToCategory, feature == gSeedShare, feature == gBestMean:
		return Kind
	case feature == fSibsOld, feature == fSibsNew, feature == gSiblings, feature == gAlikeSiblings, feature >= gFamily && feature <= gFamilyOpen:
		return Siblings
	case feature == gP:
		return FirstLook
	}
	return Standing
}
