package main

import (
	"replatform/redirects"
)

// shownOfKind is how many findings of one kind are printed; --json has them all.
const shownOfKind = 5

// noted are the findings of an audit in rows that are not refused, in the order of the
// rows.
func noted(audit *redirects.AuditResult) []redirects.Finding {
	all := []redirects.Finding{}
	for _, f := range audit.Findings {
		if f.Severity != redirects.SeverityError {
			all = append(all, f)
		}
	}
	return all
}

// noted prints what a person should look at, and what was mended or is not needed.
func (t *talk) noted(audit *redirects.AuditResult) {
	warnings, remarks := audit.Count(redirects.SeverityWarn), audit.Count(redirects.SeverityInfo)
	if warnings+remarks == 0 {
		return
	}
	t.result("redirects.noted", warnings, remarks)
	shown, first, codes := map[string]int{}, map[string]int{}, []string{}
	for _, f := range noted(audit) {
		if shown[f.Code]++; shown[f.Code] == 1 {
			first[f.Code], codes = f.Line, append(codes, f.Code)
		}
		if shown[f.Code] > shownOfKind {
			continue
		}
		t.result("redirects.refused", f.Line, clean(f.Source), clean(f.Text().In(t.lang.code)))
		if next := f.NextBest.In(t.lang.code); next != "" {
			t.result("redirects.next", next)
		}
	}
	for _, code := range codes {
		if more := audit.Counts[code] - shownOfKind; more > 0 {
			t.result("redirects.more", more, first[code])
		}
	}
}
