package crawler_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// TestImportResults: figures of the time after the switch are stored with their period,
// two of them where the file compares two, and change nothing of the old shop.
func TestImportResults(t *testing.T) {
	s := newImportShop(t)
	before := len(s.pages(t))
	read := func(name, data, period string) (crawler.ImportedResults, error) {
		return crawler.ImportResults(t.Context(), name, bytes.NewReader([]byte(data)), sources.Options{Period: period}, s.project)
	}
	done, err := read("Pages.csv", "Top pages,3/1/27 - 3/28/27 Clicks,3/2/26 - 3/29/26 Clicks\nhttps://new.example/a,20,0\n"+s.products[0]+",3,30\n", "2027-03-01/2027-03-28")
	if err != nil {
		t.Fatal(err)
	}
	var periods []string
	for _, p := range done.Periods {
		periods = append(periods, p.Period)
	}
	if len(periods) != 2 || periods[1] != "2027-03-01/2027-03-28" || done.Periods[1].Addresses != 2 || done.Periods[1].Clicks != 23 || done.Periods[0].Clicks != 30 {
		t.Errorf("periods %+v", done.Periods)
	}
	var clicks []float64
	err = s.project.Results(t.Context(), func(r inventory.Result) error {
		clicks = append(clicks, r.Clicks)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{30, 20, 3}, clicks); diff != "" {
		t.Errorf("stored:\n%s", diff)
	}
	if after := len(s.pages(t)); after != before {
		t.Errorf("the old shop has %d pages, and had %d", after, before)
	}
	totals, err := s.project.WorthTotals(t.Context())
	if err != nil || len(totals) > 0 {
		t.Errorf("old pages are worth %v, %v", totals, err)
	}
	const plain = "Top pages,Clicks,Impressions,CTR,Position\nhttps://new.example/a,20,100,1%,3\n"
	for name, tc := range map[string]struct {
		data, period string
		want         error
	}{
		"no period":     {plain, "", crawler.ErrNoPeriod},
		"only products": {"URL\nhttps://new.example/a\n", "2027-03-01/2027-03-28", crawler.ErrNotResults},
	} {
		if _, err := read(name+".csv", tc.data, tc.period); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}

	// Once a plan has the day of the switch, such a file is not taken for worth.
	if err := s.project.SavePlan(t.Context(), map[string]string{"cutover": "2027-03-01"}, nil); err != nil {
		t.Fatal(err)
	}
	for period, want := range map[string]error{"2027-03-01/2027-03-28": crawler.ErrAfterSwitch, "2027-04-01": crawler.ErrAfterSwitch, "2027-02-01/2027-02-28": nil, "2027-02-15/2027-03-14": crawler.ErrAfterSwitch} {
		o := crawler.ImportOptions{}
		o.Period = period
		if _, err := s.read(t, "Pages.csv", plain, o); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", period, err, want)
		}
	}
	shop, err := s.project.Shop(t.Context(), catalog.Old)
	if err != nil || len(shop.Hosts) == 0 {
		t.Errorf("the old shop is %+v, %v", shop, err)
	}
}
