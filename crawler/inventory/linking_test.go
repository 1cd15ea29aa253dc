package inventory

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

// The sites that a file names are replaced when it is read again, and those of other
// files stay.
func TestLinking(t *testing.T) {
	p := newProject(t)
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	cup := catalog.MakeKey("colorme", catalog.ProductP, "1")
	save := func(imports ...Import) {
		t.Helper()
		if _, _, err := p.SaveImport(t.Context(), imports, nil); err != nil {
			t.Fatal(err)
		}
	}
	of := func(source, file string, list ...Linking) Import {
		return Import{Name: file, Kind: source, Source: source, At: at, Linking: list}
	}
	blog := Linking{Site: "blog.example.org", Key: cup, Links: 2, Pages: []string{"https://blog.example.org/a?x=1,2"}}
	save(of("ahrefs", "a.csv", blog, Linking{Site: "gone.example.org", Key: cup, Links: 1}))
	save(of("search-console-linking-sites", "links.csv", Linking{Site: "blog.example.org", Links: 120, Targets: 14}))
	// Two sheets of one file, and the same file again.
	save(of("ahrefs", "a.csv", blog), of("ahrefs", "a.csv", Linking{Site: "news.example.net", Key: cup, Links: 1}))

	var got []Linking
	if err := p.Linking(t.Context(), func(l Linking) error {
		got = append(got, l)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []Linking{
		{Source: "search-console-linking-sites", File: "links.csv", Site: "blog.example.org", Links: 120, Targets: 14, Pages: []string{}, ReadAt: at},
		{Source: "ahrefs", File: "a.csv", Site: "blog.example.org", Key: cup, Links: 2, Pages: []string{"https://blog.example.org/a?x=1,2"}, ReadAt: at},
		{Source: "ahrefs", File: "a.csv", Site: "news.example.net", Key: cup, Links: 1, Pages: []string{}, ReadAt: at},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
