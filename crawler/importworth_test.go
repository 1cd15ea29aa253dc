package crawler_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
)

// newFileShop is a project of a Color Me shop that is known from files alone.
func newFileShop(t *testing.T) *importShop {
	t.Helper()
	project, err := inventory.Open(t.Context(), t.TempDir()+"/shop.replatform", inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { project.Close() })
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	start := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	if err := crawler.CloseShop(t.Context(), project, start, "colorme", reg); err != nil {
		t.Fatal(err)
	}
	return &importShop{project: project, reg: reg}
}

// given is a file that is imported.
type given struct{ name, data, period, currency string }

func (s *importShop) give(t *testing.T, files ...given) {
	t.Helper()
	for _, f := range files {
		if _, err := s.read(t, f.name, f.data, crawler.ImportOptions{Options: sources.Options{Period: f.period, Currency: f.currency}}); err != nil {
			t.Fatal(err)
		}
	}
}

// worth tells what is known of each page of the shop, "?pid=1 600 clicks", and the files.
func (s *importShop) worth(t *testing.T) []string {
	t.Helper()
	totals, err := s.project.WorthTotals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for key, w := range totals {
		page, _, err := s.project.PageByKey(t.Context(), catalog.Old, key)
		if err != nil {
			t.Fatal(err)
		}
		line := strings.TrimPrefix(page.URL, "https://shop.example/")
		for _, f := range []struct {
			v    float64
			name string
		}{{w.Clicks, "clicks"}, {w.Sessions, "visits"}, {w.Revenue, w.Currency}, {w.LinkingSites, "links"}} {
			if f.v != 0 {
				line += fmt.Sprintf(" %g %s", f.v, f.name)
			}
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// accessLog has a visit a minute to the page, beginning at the first moment
// ("08/Oct/2026:04"), as the server of one host writes it.
func accessLog(page string, from string, n int, visitor string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "203.0.113.%d - - [%s:%02d:00 +0900] \"GET /%s HTTP/1.1\" 200 512 \"https://www.search.example/\" \"Mozilla/5.0 (%s) Firefox/144.0\"\n", i+1, from, i, page, visitor)
	}
	return b.String()
}

const ga4Head = "# Start date: 20261001\n# End date: 20261031\n"

// TestWorthOfSeveralFiles: what counts when files of one source tell of the same days, the
// same addresses, the same visits, or seem to.
func TestWorthOfSeveralFiles(t *testing.T) {
	const p = "2026-08-01/2026-10-31"
	const clicks = "URL,クリック数\nhttps://shop.example/?pid=1,600\n"
	week := func(from, to string, n int) string {
		return accessLog("?pid=1", from, n, "Windows NT 10.0") + accessLog("?pid=1", to, 3, "X11")
	}
	first, second, third := week("01/Oct/2026:05", "08/Oct/2026:03", 6), week("08/Oct/2026:04", "15/Oct/2026:03", 6), week("15/Oct/2026:04", "22/Oct/2026:03", 6)
	morning := accessLog("?pid=1", "08/Oct/2026:04", 5, "Windows NT 10.0")
	evening := morning + accessLog("?pid=1", "08/Oct/2026:19", 4, "Windows NT 10.0")
	coarse := given{name: "landing.csv", data: ga4Head + "Landing page,Sessions,Total revenue\n/,950,0\n"}
	fine := given{name: "landing-query.csv", data: ga4Head + "Landing page + query string,Sessions,Total revenue\n/?pid=1,950,0\n/,50,0\n"}
	for name, tt := range map[string]struct {
		files []given
		want  []string
	}{
		"each figure by itself": {[]given{{"clicks.csv", clicks, p, ""}, {"sales.csv", "URL,売上\nhttps://shop.example/?pid=1,46000\n", p, "JPY"}},
			[]string{"?pid=1 600 clicks 46000 JPY"}},
		"the same name in two folders": {[]given{{"a/ページ.csv", "URL,クリック数\nhttps://shop.example/?pid=1,100\n", p, ""}, {"b/ページ.csv", "URL,クリック数\nhttps://shop.example/?pid=2,50\n", p, ""}},
			[]string{"?pid=1 100 clicks", "?pid=2 50 clicks"}},
		"one page in two files of the same days": {[]given{{"a.csv", clicks + "https://shop.example/?pid=2,5\n", p, ""}, {"b.csv", "URL,クリック数\nhttps://shop.example/?pid=1,610\n", p, ""}},
			[]string{"?pid=1 610 clicks", "?pid=2 5 clicks"}},
		"a newer export at the same place": {[]given{{"a.csv", clicks + "https://shop.example/?pid=2,5\n", p, ""}, {"a.csv", "URL,クリック数\nhttps://shop.example/?pid=1,610\n", p, ""}},
			[]string{"?pid=1 610 clicks"}},
		"the same content under another name": {[]given{{"a.csv", clicks, p, ""}, {"b.csv", clicks, p, ""}},
			[]string{"?pid=1 600 clicks"}},
		"a wrong period, then the right one": {[]given{{"a.csv", clicks, "2025-08-01/2025-10-31", ""}, {"a.csv", clicks, p, ""}},
			[]string{"?pid=1 600 clicks"}},
		"a page that only the shorter of two periods has": {[]given{{"a.csv", clicks, p, ""}, {"b.csv", "URL,クリック数\nhttps://shop.example/?pid=1,90\nhttps://shop.example/?pid=2,7\n", "2026-10-01/2026-10-31", ""}},
			[]string{"?pid=1 600 clicks", "?pid=2 7 clicks"}},
		"logs rotated in the morning":                          {[]given{{"access.log.3", first, "", ""}, {"access.log.2", second, "", ""}, {"access.log.1", third, "", ""}}, []string{"?pid=1 27 visits"}},
		"logs of two ports":                                    {[]given{{"ssl_access_log", accessLog("?pid=1", "08/Oct/2026:04", 16, "X11"), "", ""}, {"access_log", accessLog("?pid=1", "08/Oct/2026:05", 3, "Windows NT 10.0"), "", ""}}, []string{"?pid=1 19 visits"}},
		"a log that has grown":                                 {[]given{{"access.log", morning, "", ""}, {"access.log", evening, "", ""}}, []string{"?pid=1 9 visits"}},
		"a log that has grown, newest first":                   {[]given{{"new/access.log", evening, "", ""}, {"old/access.log", morning, "", ""}}, []string{"?pid=1 9 visits"}},
		"a log and one that holds it":                          {[]given{{"all.log", first + second + third, "", ""}, {"access.log.2", second, "", ""}}, []string{"?pid=1 27 visits"}},
		"revenue of one month only":                            {[]given{{"aug.csv", "URL,セッション,売上\nhttps://shop.example/?pid=1,100,0\n", "2026-08-01/2026-08-31", "JPY"}, {"sep.csv", "URL,セッション,売上\nhttps://shop.example/?pid=1,60,45000\n", "2026-09-01/2026-09-30", "JPY"}}, []string{"?pid=1 160 visits 45000 JPY"}},
		"links beside a dated table":                           {[]given{{"lk.csv", "URL,被リンクサイト数\nhttps://shop.example/?pid=1,12\n", "", ""}, {"clicks.csv", clicks, p, ""}}, []string{"?pid=1 600 clicks 12 links"}},
		"a report with queries replaces one without":           {[]given{coarse, fine}, []string{" 50 visits", "?pid=1 950 visits"}},
		"a report without queries takes nothing from one with": {[]given{fine, coarse}, []string{" 50 visits", "?pid=1 950 visits"}},
		"a report without queries of a longer time": {[]given{fine, {"year.csv", "# Start date: 20260101\n# End date: 20261231\nLanding page,Sessions,Total revenue\n/,9500,0\n/p/about,40,0\n", "", ""}},
			[]string{" 50 visits", "?pid=1 950 visits", "p/about 40 visits"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFileShop(t)
			s.give(t, tt.files...)
			if diff := cmp.Diff(tt.want, s.worth(t)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			s.give(t, tt.files...) // again: the same
			if diff := cmp.Diff(tt.want, s.worth(t)); diff != "" {
				t.Errorf("again: -want +got:\n%s", diff)
			}
		})
	}
}

// A log in an archive is the same as the log itself.
func TestWorthOfPackedLog(t *testing.T) {
	log := accessLog("?pid=1", "08/Oct/2026:04", 5, "X11")
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("logs/access_log")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(log)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s := newFileShop(t)
	s.give(t, given{name: "access_log", data: log}, given{name: "logs.zip", data: packed.String()})
	if diff := cmp.Diff([]string{"?pid=1 5 visits"}, s.worth(t)); diff != "" {
		t.Error(diff)
	}
	list, err := s.project.Imports(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != "logs.zip" || list[0].Part != "logs/access_log" {
		t.Errorf("imports %+v, %v", list, err)
	}
}

// The first report without queries is told of, and what counts is told.
func TestImportHidesPages(t *testing.T) {
	s := newFileShop(t)
	done, err := s.read(t, "landing.csv", ga4Head+"Landing page,Sessions,Total revenue\n/,950,0\n", crawler.ImportOptions{})
	if err != nil || !done.HidesPages {
		t.Errorf("HidesPages %t, %v", done.HidesPages, err)
	}
	done, err = s.read(t, "query.csv", ga4Head+"Landing page + query string,Sessions,Total revenue\n/?pid=1,950,0\n", crawler.ImportOptions{})
	if err != nil || done.HidesPages {
		t.Errorf("with queries: HidesPages %t, %v", done.HidesPages, err)
	}
	want := []crawler.Overlap{{Source: "ga4", Period: "2026-10-01/2026-10-31", Stored: "2026-10-01/2026-10-31", Name: "landing.csv"}}
	if diff := cmp.Diff(want, done.Overlaps); diff != "" {
		t.Error(diff)
	}
}

// A file is taken back with its figures and the pages that only it had named; what other
// files say stays.
func TestForget(t *testing.T) {
	s := newFileShop(t)
	s.give(t, given{"a.csv", "URL,クリック数\nhttps://shop.example/?pid=1,10\nhttps://shop.example/?pid=2,20\n", "2026-10-01/2026-10-31", ""},
		given{"b.csv", "URL,クリック数\nhttps://shop.example/?pid=2,30\nhttps://shop.example/?pid=3,40\n", "2026-10-01/2026-10-31", ""},
		given{name: "list.txt", data: "https://shop.example/?pid=3\nhttps://shop.example/?pid=4\n"})
	if diff := cmp.Diff([]string{"?pid=1 10 clicks", "?pid=2 30 clicks", "?pid=3 40 clicks"}, s.worth(t)); diff != "" {
		t.Error(diff)
	}
	if _, err := s.project.Forget(t.Context(), 2, 9); !errors.Is(err, inventory.ErrNoImport) {
		t.Errorf("a number that is none: %v", err)
	}
	done, err := s.project.Forget(t.Context(), 2)
	if err != nil || done.Removed != 0 || len(done.Imports) != 1 || done.Imports[0].Name != "b.csv" {
		t.Errorf("%+v, %v", done, err)
	}
	if diff := cmp.Diff([]string{"?pid=1 10 clicks", "?pid=2 20 clicks"}, s.worth(t)); diff != "" {
		t.Error(diff)
	}
	if done, err = s.project.Forget(t.Context(), 3, 1); err != nil || done.Removed != 4 {
		t.Errorf("%+v, %v", done, err)
	}
	if got := s.pages(t); len(got) != 1 { // the home page
		t.Errorf("left: %v", got)
	}
	// Nothing of it is remembered where it should not be.
	s.give(t, given{"a.csv", "URL,クリック数\nhttps://shop.example/?pid=1,10\n", "2026-10-01/2026-10-31", ""})
	if diff := cmp.Diff([]string{"?pid=1 10 clicks"}, s.worth(t)); diff != "" {
		t.Error(diff)
	}
}

// Once a plan has the day of the switch, figures of later days are no worth of the old
// shop, whatever their source, and name no pages of it.
func TestImportAfterSwitch(t *testing.T) {
	s := newFileShop(t)
	if err := s.project.SavePlan(t.Context(), map[string]string{"cutover": "2026-10-08"}, nil); err != nil {
		t.Fatal(err)
	}
	const row = "Top pages,Clicks,Impressions,CTR,Position\nhttps://shop.example/?pid=1,1,1,1%,1\n"
	late, early := accessLog("products/new-cup", "08/Oct/2026:09", 4, "X11"), accessLog("?pid=1", "07/Oct/2026:09", 2, "X11")
	for name, tt := range map[string]struct {
		data, period string
		want         error
	}{
		"analytics":             {ga4Head + "Landing page,Sessions,Total revenue\n/products/new-cup,70,0\n", "", crawler.ErrAfterSwitch},
		"a table":               {"URL,clicks\n/products/new-cup,70\n", "2026-10-08", crawler.ErrAfterSwitch},
		"search, across":        {row, "2026-09-30/2026-12-20", crawler.ErrAfterSwitch},
		"search, to the day":    {row, "2026-10-01/2026-10-08", crawler.ErrAfterSwitch},
		"a log":                 {late, "", crawler.ErrAfterSwitch},
		"search, before":        {row, "2026-10-01/2026-10-07", nil},
		"a log across the day":  {early + late, "", nil},
		"links have no days":    {"URL,被リンクサイト数\nhttps://shop.example/?pid=1,12\n", "2026-11-01", nil},
		"addresses have no day": {"URL\nhttps://shop.example/?pid=1\n", "", nil},
	} {
		if _, err := s.read(t, name, tt.data, crawler.ImportOptions{Options: sources.Options{Period: tt.period}}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if diff := cmp.Diff([]string{"?pid=1 1 clicks 2 visits 12 links"}, s.worth(t)); diff != "" {
		t.Error(diff)
	}
	if got := s.pages(t); len(got) != 2 {
		t.Errorf("pages %v", got)
	}
}
