package review

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed lang/*.json
var langFiles embed.FS

func languages() []string { return []string{"ja", "en"} }

// words is what the page and the sheet say in one language. Values stand in them as
// {0}, {1}, so that the script can put them in too.
type words struct {
	code  string
	texts map[string]string
}

func newWords(lang string) (*words, error) {
	data, err := langFiles.ReadFile("lang/" + lang + ".json")
	if err != nil {
		return nil, fmt.Errorf("there are no review texts in the language %q", lang)
	}
	w := &words{code: lang}
	if err := json.Unmarshal(data, &w.texts); err != nil {
		return nil, fmt.Errorf("reading the review texts for %q: %w", lang, err)
	}
	return w, nil
}

// t is a text without values, the key itself where there is none.
func (w *words) t(key string) string {
	if s, ok := w.texts[key]; ok {
		return s
	}
	return key
}

// with is a text with its values.
func (w *words) with(key string, args ...string) string {
	s := w.t(key)
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, fmt.Sprintf("{%d}", i), a)
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
