package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// Errors of ImportResults and ImportFile that a caller can act on.
var (
	// ErrAfterSwitch: the figures of a file are of days on or after the cutover of the
	// plan, some or all. They would count as worth of the old shop, and new pages for old ones.
	ErrAfterSwitch = errors.New("the figures are of days after the switch")
	// ErrNoPeriod: the file does not say of which days its figures are, without which
	// they cannot be compared.
	ErrNoPeriod = errors.New("the period of the figures is not known")
	// ErrNotResults: the file says nothing of web search by page.
	ErrNotResults = errors.New("no table of Search Console's pages for web search")
)

// resultSource is the kind of file that ImportResults takes.
const resultSource = "search-console"

// ImportedResults tells what came of one file.
type ImportedResults struct {
	sources.Reading
	Periods []PeriodResults // the earliest first
}

// PeriodResults are the sums of one period of a file.
type PeriodResults struct {
	Period      string  `json:"period"`
	Addresses   int     `json:"addresses"`
	Clicks      float64 `json:"clicks"`
	Impressions float64 `json:"impressions"`
}

// ImportResults reads a file of the time after the switch: the pages of a Search Console
// export, of the property of either shop. It is stored apart from the worth of the old
// shop, and adds no page to it. Where the file compares two periods both are stored.
//
// Errors: inventory.ErrNoShop, ErrNoPeriod, ErrNotResults, and those of
// sources.ReadFile; then nothing is stored.
func ImportResults(ctx context.Context, name string, f sources.File, o sources.Options, project *inventory.Project) (ImportedResults, error) {
	var out ImportedResults
	shop, err := project.Shop(ctx, catalog.Old)
	if err != nil {
		return out, err
	}
	if o.BaseURL, err = url.Parse(shop.StartURL); err != nil {
		return out, fmt.Errorf("reading the address of the old shop: %w", err)
	}
	var results []inventory.Result
	periods := map[string]*PeriodResults{}
	out.Reading, err = sources.ReadFile(ctx, name, f, o, func(a sources.Address) error {
		if a.Source != resultSource || a.Record != nil {
			return nil
		}
		if _, _, ok := inventory.PeriodDays(a.Period); !ok {
			return ErrNoPeriod
		}
		results = append(results, inventory.Result{URL: a.URL, Source: a.Source, Period: a.Period, Clicks: a.Figures.Clicks, Impressions: a.Figures.Impressions})
		if periods[a.Period] == nil {
			periods[a.Period] = &PeriodResults{Period: a.Period}
		}
		p := periods[a.Period]
		p.Addresses++
		p.Clicks += a.Figures.Clicks
		p.Impressions += a.Figures.Impressions
		return nil
	})
	if err != nil {
		return out, err
	}
	if len(results) == 0 {
		return out, fmt.Errorf("%w in %s", ErrNotResults, out.Name)
	}
	for _, p := range periods {
		out.Periods = append(out.Periods, *p)
	}
	slices.SortFunc(out.Periods, func(a, b PeriodResults) int { return cmp.Compare(a.Period, b.Period) })
	log, err := (&importing{}).log(name, out.Reading)
	if err != nil {
		return out, err
	}
	log = slices.DeleteFunc(log, func(i inventory.Import) bool { return i.Source != resultSource })
	return out, project.SaveResults(ctx, log, results)
}

// switchDay is the day of the cutover of the plan, "2026-10-01"; "" not known.
func switchDay(ctx context.Context, project *inventory.Project) (string, error) {
	meta, err := project.PlanMeta(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the day of the switch: %w", err)
	}
	return meta["cutover"], nil
}

// beforeSwitch refuses figures that are of days on or after the cutover of the plan, be it
// in part: they would count as worth of the old shop. Links have no days. Of logs such
// requests have been left out already (see sources.Options.Until).
func beforeSwitch(cutover string, r sources.Reading) error {
	if cutover == "" {
		return nil
	}
	for _, t := range r.Tables {
		if t.Log != nil && t.Log.Later > 0 && t.Log.People == 0 {
			return fmt.Errorf("%w (%s)", ErrAfterSwitch, cutover)
		}
		_, last, ok := inventory.PeriodDays(t.Period)
		dated := t.Totals
		dated.LinkingSites = 0
		if ok && dated != (sources.Figures{}) && last.Format(time.DateOnly) >= cutover {
			return fmt.Errorf("%w (%s): %s", ErrAfterSwitch, cutover, t.Period)
		}
	}
	return nil
}
