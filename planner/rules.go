package planner

import (
	"iter"
	"slices"
	"strings"

	"replatform/crawler/inventory"
	"replatform/redirects"
)

// Rules are the rows of a plan that an engine can carry. Sources are without host:
// an engine answers the old names and nothing else. Line is the number of the row in
// redirect-map.csv, the header being line 1.
func Rules(rows []inventory.PlanRow) redirects.Slice {
	var out redirects.Slice
	for i, r := range rows {
		if r.Action != ActionRedirect && r.Action != ActionGone {
			continue
		}
		src, err := redirects.ParseSource(r.OldURL)
		if err != nil {
			continue // a spelling that no server can be asked for; the audit of the row says so
		}
		src.Host = ""
		out = append(out, redirects.Rule{Line: i + 2, Source: src, Target: r.NewURL, Status: r.Status, Label: r.OldTitle})
	}
	return out
}

// RowHosts are the hosts of the old shop, as redirects.ParseTarget writes them: those of
// the rows and those that the shop is known by, each with and without "www.", since an
// engine answers both. The rules of a plan answer all of them.
func RowHosts(rows []inventory.PlanRow, known []string) []string {
	var out []string
	add := func(h string) {
		for _, h := range []string{h, strings.TrimPrefix(h, "www."), "www." + strings.TrimPrefix(h, "www.")} {
			if !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	for _, h := range known {
		if src, err := redirects.ParseSource("https://" + h + "/"); err == nil {
			add(src.Host)
		}
	}
	last := ""
	for _, r := range rows {
		if src, err := redirects.ParseSource(r.OldURL); err == nil && src.Host != "" && src.Host != last {
			last = src.Host
			add(src.Host)
		}
	}
	return out
}

// WithHosts gives the rules of a plan, those that Rules made of its rows, the hosts of
// their old addresses again: for engines that name a host in every row, and for asking.
func WithHosts(m redirects.Map, rows []inventory.PlanRow) redirects.Map { return hostRules{m, rows} }

type hostRules struct {
	redirects.Map
	rows []inventory.PlanRow
}

// Rules implements redirects.Map.
func (h hostRules) Rules() iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		for r, err := range h.Map.Rules() {
			if i := r.Line - 2; err == nil && r.Source.Host == "" && i >= 0 && i < len(h.rows) {
				if src, parseErr := redirects.ParseSource(h.rows[i].OldURL); parseErr == nil {
					r.Source.Host = src.Host
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// RuleHosts are the names, without port, of the old addresses that Rules makes rules of,
// in order: of the rows that an engine carries or, where none does, of all.
func RuleHosts(rows []inventory.PlanRow) []string {
	var all, carried []string
	for _, r := range Rules(rows) {
		row := rows[r.Line-2]
		src, err := redirects.ParseSource(row.OldURL)
		if err != nil {
			continue
		}
		h := src.Hostname()
		if !slices.Contains(all, h) {
			all = append(all, h)
		}
		if row.Strength == StrengthPermanent && !slices.Contains(carried, h) {
			carried = append(carried, h)
		}
	}
	if len(carried) > 0 {
		return carried
	}
	return all
}
