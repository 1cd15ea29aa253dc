package workaround

import (
	"path"
	"strings"
	"testing"

	"replatform/crawler/catalog"
)

// TestLanguageOfVisitors: a shop in another language than Japanese gets English texts
// alone, a Japanese one and one whose language is not known get both.
func TestLanguageOfVisitors(t *testing.T) {
	in := Input{NewHome: newShop, Rows: []Row{{OldURL: "https://old.example/a", OldID: "a", Type: catalog.ProductP, NewURL: newShop + "/a"}}}
	const encoded = "&#26032;" // 新
	for _, tt := range []struct {
		lang     string
		japanese bool
	}{{"", true}, {"ja", true}, {"JA-jp", true}, {"en-GB", false}, {"de", false}, {"jam", false}} {
		in.Language = tt.lang
		files := memory{}
		if _, err := Generate(t.Context(), in, files); err != nil {
			t.Fatal(err)
		}
		for name, word := range map[string]string{"notice/notice.html": encoded, "link-texts/link-texts.csv": "移転"} {
			if got := strings.Contains(string(files[name]), word); got != tt.japanese {
				t.Errorf("%q: Japanese in %s: %v", tt.lang, path.Base(name), got)
			}
			if !strings.Contains(string(files[name]), "moved to our new shop") {
				t.Errorf("%q: no English in %s", tt.lang, name)
			}
		}
	}
}
