package extract

import "strings"

// tag is the name of an element, as far as it matters to the lexer and its users.
type tag uint8

const (
	noTag tag = iota // any other
	tagA
	tagArea
	tagBase
	tagBasefont
	tagBgsound
	tagBlock // begins a block of its own, see isBlock
	tagBody
	tagButton
	tagForm
	tagFrame
	tagHead
	tagHeading // h1 to h6
	tagHTML
	tagImg
	tagInput
	tagLink
	tagMeta
	tagNoscript
	tagOption
	tagSelect
	tagStruck // del, s, strike
	tagSVG
	tagTemplate

	// The content of these is text.
	tagIframe
	tagNoembed
	tagNoframes
	tagPlaintext
	tagScript
	tagStyle
	tagTextarea
	tagTitle
	tagXmp

	firstRaw = tagIframe
)

// tagNames are the names of elements whose content is text.
var tagNames = [...]string{
	tagIframe: "iframe", tagNoembed: "noembed", tagNoframes: "noframes", tagPlaintext: "plaintext", tagScript: "script",
	tagStyle: "style", tagTextarea: "textarea", tagTitle: "title", tagXmp: "xmp",
}

// tagsByName are the elements that matter, each in small letters.
var tagsByName = [...]struct {
	tag   tag
	names string
}{
	{tagA, "a"},
	{tagArea, "area"},
	{tagBase, "base"},
	{tagBasefont, "basefont"},
	{tagBgsound, "bgsound"},
	{tagBlock, "address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer header hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul"},
	{tagBody, "body"},
	{tagButton, "button"},
	{tagStruck, "del s strike"},
	{tagForm, "form"},
	{tagFrame, "frame"},
	{tagHeading, "h1 h2 h3 h4 h5 h6"},
	{tagHead, "head"},
	{tagHTML, "html"},
	{tagIframe, "iframe"},
	{tagImg, "img"},
	{tagInput, "input"},
	{tagLink, "link"},
	{tagMeta, "meta"},
	{tagNoembed, "noembed"},
	{tagNoframes, "noframes"},
	{tagNoscript, "noscript"},
	{tagOption, "option"},
	{tagPlaintext, "plaintext"},
	{tagScript, "script"},
	{tagSelect, "select"},
	{tagStyle, "style"},
	{tagSVG, "svg"},
	{tagTemplate, "template"},
	{tagTextarea, "textarea"},
	{tagTitle, "title"},
	{tagXmp, "xmp"},
}

// packedTag is a name of at most eight letters as one number.
type packedTag struct {
	name uint64
	tag  tag
}

// tagTable holds the names of tagsByName that have at most eight letters, each at the
// first free place from its slot on, and longTags the others.
var tagTable, longTags = func() (table [1 << tagBits]packedTag, long map[string]tag) {
	long = make(map[string]tag)
	for _, t := range tagsByName {
		for name := range strings.FieldsSeq(t.names) {
			if len(name) > 8 {
				long[name] = t.tag
				continue
			}
			packed := packName(name)
			at := tagSlot(packed)
			for table[at].name != 0 {
				at = (at + 1) % len(table)
			}
			table[at] = packedTag{packed, t.tag}
		}
	}
	return table, long
}()

const tagBits = 9

func tagSlot(packed uint64) int { return int(packed * 0x9e3779b97f4a7c15 >> (64 - tagBits)) }

// packName packs a name of at most eight bytes, capitals as small letters.
func packName(name string) (packed uint64) {
	for i := 0; i < len(name); i++ {
		packed = packed<<8 | uint64(lowerByte(name[i]))
	}
	return packed
}

// tagOf knows a name in any letter case.
func tagOf(name string) tag {
	if len(name) > 8 {
		if len(name) > len("blockquote") {
			return noTag
		}
		return longTags[strings.ToLower(name)]
	}
	packed := packName(name)
	for at := tagSlot(packed); tagTable[at].name != 0; at = (at + 1) % len(tagTable) {
		if tagTable[at].name == packed {
			return tagTable[at].tag
		}
	}
	return noTag
}

// mayStandInHead lists what may stand in a head without ending it (HTML, "the in
// head insertion mode").
func mayStandInHead(t tag) bool {
	switch t {
	case tagHTML, tagHead, tagBase, tagBasefont, tagBgsound, tagLink, tagMeta, tagNoframes, tagScript, tagStyle, tagTemplate, tagTitle, tagNoscript:
		return true
	}
	return false
}
