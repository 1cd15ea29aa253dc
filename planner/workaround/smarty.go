package workaround

import (
	"fmt"
	"strconv"
	"strings"
)

// Two of the platforms let owners write Smarty with the delimiters <{ and }>. What
// is used of it here is what real templates of both show: if, elseif, else, ==, !=,
// && and printing a variable; and assign, where the dialect knows it.

// branch is one condition of a chain with what it gives.
type branch struct {
	cond string
	text string
}

// smartyChain is if … elseif … [else rest] over the branches, one line each. With no
// branches it is rest alone.
func smartyChain(branches []branch, rest string) string {
	if len(branches) == 0 {
		return rest
	}
	var b strings.Builder
	word := "if"
	for _, x := range branches {
		fmt.Fprintf(&b, "<{%s %s}>%s\n", word, x.cond, x.text)
		word = "elseif"
	}
	if rest != "" {
		b.WriteString("<{else}>\n" + rest)
		if !strings.HasSuffix(rest, "\n") {
			b.WriteString("\n")
		}
	}
	b.WriteString("<{/if}>\n")
	return b.String()
}

// equals is the condition that a variable has a value. The value is a safe key.
func equals(variable, value string) string { return fmt.Sprintf(`%s == "%s"`, variable, value) }

// looseTwins returns the keys that PHP's == would take for an earlier one: two
// numeric strings are compared as numbers, so that "0123" equals "123" and "1e3"
// equals "1000" (https://www.php.net/manual/en/language.operators.comparison.php).
func looseTwins(keys []string) map[string]bool {
	seen := map[float64]bool{}
	twins := map[string]bool{}
	for _, k := range keys {
		f, err := strconv.ParseFloat(k, 64)
		if err != nil || !phpNumeric(k) {
			continue
		}
		if seen[f] {
			twins[k] = true
		}
		seen[f] = true
	}
	return twins
}

// phpNumeric leaves out what Go reads as a number and PHP does not.
func phpNumeric(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.eE+-") == "" && strings.ContainsAny(s[:1], "0123456789.+-")
}

// movedStyle makes the notice readable in any design.
const movedStyle = "margin:0;padding:12px;background:#fff8d6;color:#222;text-align:center;font-size:16px;line-height:1.6"

// Words that visitors read.
const (
	movedPageJA = "このページは新しいお店に移転しました。こちらからお進みください"
	movedPageEN = "This page has moved to our new shop"
	movedShopJA = "新しいお店に移転しました。こちらからお進みください"
	movedShopEN = "We have moved to our new shop"
	findItJA    = "この商品を新しいお店で探す / Find it in the new shop"
)

// movedLink is the notice with a link. href is already escaped HTML or template
// text; exact says that it leads to the counterpart of this very page.
func (j *job) movedLink(href string, exact bool, more string) string {
	ja, en, mark := movedShopJA, movedShopEN, ""
	if exact {
		ja, en, mark = movedPageJA, movedPageEN, ` data-exact="1"`
	}
	words := htmlText(ja) + "<br>" + htmlText(en)
	if j.english() {
		words = htmlText(en)
	}
	return fmt.Sprintf("<div id=\"replatform-moved\" style=\"%s\">\n<a id=\"replatform-link\"%s href=\"%s\" style=\"color:#0645ad\">%s</a>%s\n</div>\n",
		movedStyle, mark, href, words, more)
}

// framed puts marks around a snippet, so that it can be found again and taken out.
func framed(name, body string) string {
	return fmt.Sprintf("<!-- replatform %s begin -->\n%s<!-- replatform %s end -->\n", name, body, name)
}
