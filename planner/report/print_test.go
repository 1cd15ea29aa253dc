package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pdfPage is the object of one page in a PDF as Chromium writes it.
var pdfPage = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// pdf prints what the browser shows, with the paper that the page's style asks for.
func (b *browser) pdf() []byte {
	b.t.Helper()
	var out []byte
	yes := true
	do(b, "printing", func() error {
		result, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
		if err == nil {
			out = result.Data
		}
		return err
	})
	return out
}

// TestSummaryIsOnePage prints the chapter "summary" of the stories that have most to
// say: it takes one page of A4, and nothing else stands on it.
func TestSummaryIsOnePage(t *testing.T) {
	b := openBrowser(t)
	b.size(1200, 900)
	long := []string{"subdomain in a breach", "Shopify to BASE", "everything unknown", "eighty thousand products"}
	for _, s := range testStories() {
		if !slices.Contains(long, s.name) {
			continue
		}
		t.Run(strings.ReplaceAll(s.name, " ", "_"), func(t *testing.T) {
			p, _ := s.build(t)
			for _, lang := range Languages() {
				path := filepath.Join(t.TempDir(), lang+".html")
				f, err := os.Create(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := HTML(f, p, lang, "x", Options{LeaveOut: []string{"full-map"}}); err != nil {
					t.Fatal(err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
				b.open(path)
				pages := func(keep ...string) int {
					eval[bool](b, `(() => { for (const e of document.querySelectorAll('header, footer, nav, section')) e.hidden = !`+quoted(keep)+`.includes(e.id); return true })()`)
					pdf := b.pdf()
					if dir := os.Getenv("REPLATFORM_SHOTS"); dir != "" {
						name := strings.ReplaceAll(s.name, " ", "-") + "." + lang + "." + strings.Join(keep, "-") + ".pdf"
						if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o644); err != nil {
							t.Fatal(err)
						}
					}
					return len(pdfPage.FindAll(pdf, -1))
				}
				if n := pages("summary"); n != 1 {
					t.Errorf("%s: the summary takes %d pages", lang, n)
				}
				if s.name != "subdomain in a breach" {
					continue // the style is the same for all
				}
				if n := pages("premises", "summary", "roles"); n != 3 {
					t.Errorf("%s: the summary shares its page: three short chapters with it in the middle take %d pages", lang, n)
				}
			}
		})
	}
}

func quoted(list []string) string { return `["` + strings.Join(list, `","`) + `"]` }
