package review

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWords fails when a text is missing in either language, takes different values,
// or is used in the page, the script or the code and does not exist.
func TestWords(t *testing.T) {
	ja, err := newWords("ja")
	check(t, err)
	en, err := newWords("en")
	check(t, err)
	values := regexp.MustCompile(`\{\d\}`)
	for key, text := range en.texts {
		other, ok := ja.texts[key]
		if !ok {
			t.Errorf("%q has no Japanese text", key)
			continue
		}
		a, b := values.FindAllString(text, -1), values.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%q takes %v in English and %v in Japanese", key, a, b)
		}
	}
	for key := range ja.texts {
		if _, ok := en.texts[key]; !ok {
			t.Errorf("%q has no English text", key)
		}
	}
	used := 0
	use := func(key string) {
		used++
		_, ok := en.texts[key]
		if strings.HasSuffix(key, ".") { // the rest is put behind it
			for have := range en.texts {
				ok = ok || strings.HasPrefix(have, key)
			}
		}
		if !ok {
			t.Errorf("%q is used and does not exist", key)
		}
	}
	for name, pattern := range map[string]string{
		"web/page.html": `\{\{t "([^"]+)"`,
		"web/app.js":    `\bt\("([^"]+)"|, "((?:act|help|undo|groups)[a-z.-]*)"\]`,
	} {
		data, err := webFiles.ReadFile(name)
		check(t, err)
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(data), -1) {
			use(strings.Join(m[1:], ""))
		}
	}
	for _, err := range []error{errUnknownRow, errUnknownPage, errBadVerdict, errNothing, errChanged} {
		use(err.(refusal).reason)
	}
	if used < 60 {
		t.Errorf("only %d uses were found; are the patterns still right?", used)
	}
}
