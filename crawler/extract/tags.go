package extract

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

// longestTag is the length of the longest name that tagOf knows.
const longestTag = len("blockquote")

// tagOf knows a name in any letter case.
func tagOf(name string) tag {
	if len(name) > longestTag {
		return noTag
	}
	var lower [longestTag]byte
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	switch string(lower[:len(name)]) {
	case "a":
		return tagA
	case "area":
		return tagArea
	case "base":
		return tagBase
	case "basefont":
		return tagBasefont
	case "bgsound":
		return tagBgsound
	case "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
		"figure", "footer", "header", "hr", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
		"tbody", "td", "tfoot", "th", "thead", "tr", "ul":
		return tagBlock
	case "body":
		return tagBody
	case "button":
		return tagButton
	case "del", "s", "strike":
		return tagStruck
	case "form":
		return tagForm
	case "frame":
		return tagFrame
	case "h1", "h2", "h3", "h4", "h5", "h6":
		return tagHeading
	case "head":
		return tagHead
	case "html":
		return tagHTML
	case "iframe":
		return tagIframe
	case "img":
		return tagImg
	case "input":
		return tagInput
	case "link":
		return tagLink
	case "meta":
		return tagMeta
	case "noembed":
		return tagNoembed
	case "noframes":
		return tagNoframes
	case "noscript":
		return tagNoscript
	case "option":
		return tagOption
	case "plaintext":
		return tagPlaintext
	case "script":
		return tagScript
	case "select":
		return tagSelect
	case "style":
		return tagStyle
	case "svg":
		return tagSVG
	case "template":
		return tagTemplate
	case "textarea":
		return tagTextarea
	case "title":
		return tagTitle
	case "xmp":
		return tagXmp
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
