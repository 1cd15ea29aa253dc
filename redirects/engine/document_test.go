package engine

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The pages are what the code says today.
func TestDocumentIsCurrent(t *testing.T) {
	for lang, name := range map[string]string{"en": "ENGINES.md", "ja": "ENGINES.ja.md"} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(page), Document(lang)); diff != "" {
			t.Errorf("%s is not current; run go generate ./redirects/engine (-page +code):\n%s", name, diff)
		}
	}
}

func TestNotWrittenHasWords(t *testing.T) {
	for _, u := range NotWritten() {
		if u.Name.JA == "" || u.Why.EN == "" || u.Why.JA == "" || u.Evidence.Source == "" || u.Evidence.Date == "" || u.Evidence.Confidence == "" {
			t.Errorf("%+v lacks words", u)
		}
	}
}
