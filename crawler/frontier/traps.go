package frontier

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"replatform/crawler/platform"
)

// Bounds beyond which an address is taken for part of a space without end. They are
// wide: a real page must not fall under them.
const (
	maxLength   = 2048 // characters of an address; the sitemap protocol allows fewer than 2,048 (https://www.sitemaps.org/protocol.html)
	maxDepth    = 12   // segments of a path
	maxParams   = 6    // parameters of an address that no grammar knows
	maxPage     = 1000 // page number of a listing
	maxOffset   = 100000
	firstYear   = 1995 // of a calendar
	lastYear    = 2100
	maxRepeats  = 2 // how often a run of segments may stand one behind the other
	longestRun  = 4 // segments in such a run
	dateMinimum = 4 // digits of a year
)

// trap says under which rule an address falls, or "".
func trap(u *url.URL, id platform.Identity) string {
	if len(id.URL) > maxLength {
		return platform.RuleLength
	}
	if id.PageNo > maxPage {
		return platform.RulePager
	}
	if id.Known {
		return ""
	}
	path := platform.NormalPath(u)
	segments := strings.Split(strings.Trim(path, "/"), "/")
	params := platform.SplitQuery(u.RawQuery)
	switch {
	case len(segments) > maxDepth:
		return platform.RuleDepth
	case repeats(segments):
		return platform.RuleRepeat
	case calendarPath(segments) || calendarQuery(params):
		return platform.RuleCalendar
	case len(params) > maxParams:
		return platform.RuleFilters
	case farPage(segments, params):
		return platform.RulePager
	}
	return ""
}

// repeats finds a run of segments that stands again directly behind itself: the mark
// of relative links that a page without a slash at the end makes longer each time
// (/a/b/a/b). A single segment may come twice (/2026/2026 is no loop), not thrice.
func repeats(segments []string) bool {
	for size := 1; size <= longestRun; size++ {
		allowed := 1
		if size == 1 {
			allowed = maxRepeats
		}
		for start := 0; start+size <= len(segments); start++ {
			run := segments[start : start+size]
			count := 1
			for next := start + size; next+size <= len(segments) && slices.Equal(segments[next:next+size], run); next += size {
				count++
			}
			if count > allowed {
				return true
			}
		}
	}
	return false
}

// calendarPath finds a calendar's page of a year that no shop has news of:
// /calendar/2731/04/. Four digits elsewhere may be the number of anything.
func calendarPath(segments []string) bool {
	for i := 0; i+1 < len(segments); i++ {
		switch strings.ToLower(segments[i]) {
		case "calendar", "cal", "events", "event", "schedule", "archive", "archives":
		default:
			continue
		}
		year := segments[i+1]
		if len(year) >= dateMinimum && farYear(digits(year[:dateMinimum])) {
			return true
		}
	}
	return false
}

// calendarQuery finds the links of a calendar: a year and a month as parameters and
// nothing else that could name a page, or a date far away.
func calendarQuery(params []platform.Param) bool {
	var year, month, other bool
	for _, p := range params {
		switch strings.ToLower(p.Name) {
		case "year", "y", "yy", "yyyy", "cal_year":
			n := digits(p.Value)
			if len(p.Value) == dateMinimum && farYear(n) {
				return true
			}
			year = len(p.Value) == dateMinimum && n > 0
		case "month", "m", "mm", "mon", "cal_month":
			n := digits(p.Value)
			month = n >= 1 && n <= 12
		case "day", "d", "dd", "week":
		case "date", "ym", "yyyymm", "cal", "calendar", "from_date", "to_date":
			if len(p.Value) >= dateMinimum {
				if n := digits(p.Value[:dateMinimum]); n > 0 && farYear(n) {
					return true
				}
			}
			other = true
		default:
			other = true
		}
	}
	return year && month && !other
}

func farYear(n int) bool { return n >= 0 && (n < firstYear || n > lastYear) }

// farPage finds page numbers that no listing reaches.
func farPage(segments []string, params []platform.Param) bool {
	for i := 0; i+1 < len(segments); i++ {
		if segments[i] == "page" && digits(segments[i+1]) > maxPage {
			return true
		}
	}
	for _, p := range params {
		switch strings.ToLower(p.Name) {
		case "page", "p", "pg", "paged", "pageno", "page_no", "pagenum", "pagenumber", "currentpage":
			// A long number under "p" is the number of an article, not a page of a list.
			if n := digits(p.Value); n > maxPage && (strings.HasPrefix(strings.ToLower(p.Name), "page") || p.Name == "pg") {
				return true
			}
		case "start", "offset", "startrow", "from":
			if digits(p.Value) > maxOffset {
				return true
			}
		}
	}
	return false
}

// digits reads a number of up to nine digits; -1 when s is anything else.
func digits(s string) int {
	if s == "" || len(s) > 9 {
		return -1
	}
	n, err := strconv.Atoi(s)
	if err != nil || s[0] == '+' || s[0] == '-' {
		return -1
	}
	return n
}
