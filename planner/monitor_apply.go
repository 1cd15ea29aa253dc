package planner

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// MonitorApplied says what ApplyMonitor brought into the project.
type MonitorApplied struct {
	Spellings int `json:"spellings"` // of pages that have a redirect under another one
	Pages     int `json:"pages"`     // of the old shop that nothing had named before
	Worth     int `json:"worth"`     // pages of which the project now holds that people still come
}

// ApplyMonitor brings into the project what the next plan needs to hold rows for what
// people missed:
//
//   - spellings that the plan's engine would not know, so that they get rows of their own;
//   - pages that are built like the old shop's and were not known, as pages that are gone
//     and still visited: the matching looks for a target, and a person is asked where it
//     finds none;
//   - how often people came to these and to pages without a redirect, as visits from
//     logs in the period of the log: a request that ended in nothing is one visit.
//
// What only robots asked is left alone, and no decision is made in the place of a person:
// what the matching is not sure of goes to review as before. The same logs may be applied
// again.
func ApplyMonitor(ctx context.Context, project *inventory.Project, r *MonitorReport) (MonitorApplied, error) {
	var done MonitorApplied
	var found []inventory.Discovery
	var worth []inventory.Worth
	source := sources.AccessLog.Source()
	for _, row := range r.Rows {
		people := row.Absent.People + row.Shown.People
		if people == 0 {
			continue
		}
		d := inventory.Discovery{Key: row.Key, Type: row.Type, URL: row.OldURL, Source: source}
		switch {
		case row.Class == MissNotInForce && row.Reason == ReasonSpelling:
			done.Spellings += len(row.asked)
		case row.Class == MissUnknownOld:
			// What it answers is known: nobody serves the old shop at its addresses any more.
			d.NoFetch, d.Status = true, http.StatusNotFound
		case row.Class == MissUnmapped:
			d.URL = ""
		default:
			continue
		}
		if d.URL != "" {
			for _, spelling := range row.asked {
				d.Spelling = spelling
				found = append(found, d)
			}
		}
		if row.Class != MissNotInForce {
			done.Worth++
			worth = append(worth, inventory.Worth{Key: row.Key, Source: source, Period: r.Period, URL: row.OldURL, Sessions: float64(people)})
		}
	}
	if len(found) == 0 && len(worth) == 0 {
		return done, nil
	}
	var read []inventory.Import // named apart from the log itself, which import may have read
	for _, f := range r.Files {
		for _, t := range f.Tables {
			if t.Again != "" {
				continue
			}
			read = append(read, inventory.Import{Name: f.Name + " (404)", Kind: string(t.Kind), Source: source, Period: r.Period,
				Part: t.Part, Rows: t.Rows, Refused: t.RefusedCount, Addresses: len(worth), At: time.Now().UTC()})
		}
	}
	var err error
	if len(read) > 0 {
		read[0].Worth = worth // of all of them together
	}
	if done.Pages, _, err = project.SaveImport(ctx, read, found); err != nil {
		return done, fmt.Errorf("storing what people missed: %w", err)
	}
	return done, nil
}
