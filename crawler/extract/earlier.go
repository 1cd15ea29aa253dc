package extract

import (
	"slices"
	"sort"
	"strings"
)

// earlier is a page that a reader has read before. Most of what a page of a shop holds,
// its menus, its footer, the frame around its texts, stands on the page before in the
// same bytes. Where that is so, the tokens of that page and the links are taken over and
// need not be read again: from the same state the same bytes give the same tokens.
type earlier struct {
	page   string
	events []event
	spans  []attrSpan
	links  []Link // none holds on to the page; with URL and Note where these hold for every page of origin
	origin string

	// calm and loud are, by event, the last one up to it before which nothing was open,
	// see scanner.calm, and the first one from it on that tells of the page as a whole.
	calm, loud []int32
	// starts are the events where a part may begin that is taken over, by the first
	// bytes from their tag on; next is, by event, the next of them with the same bytes.
	starts map[string]int32
	next   []int32

	lulls  *lulls // nil where the page was not glanced through to its end
	misses int    // pages in turn for which it was of little use
}

const (
	// seedLen is by how many bytes the place in the earlier page is found.
	seedLen = 24
	// minRecall is the fewest bytes that are worth to be taken over.
	minRecall = 72
	// maxAlike is how many places that begin alike are looked at.
	maxAlike = 16
	// maxMisses is after how many pages in turn for which the earlier page is of little
	// use another takes its place.
	maxMisses = 8
	// maxEarlier is the longest page that is kept, in bytes.
	maxEarlier = 1 << 20
)

// recalled is a part of the events that was taken over: n of them from the one numbered
// at on, which are those of the earlier page from the one numbered from on.
type recalled struct{ at, n, from int32 }

// calm says that nothing is open that the tokens to come could belong to, and that they
// belong to no part of the page with rules of its own.
func (s *scanner) calm() bool {
	return s.anchor == 0 && !s.inHead && s.form == nil && !s.inTitle && !s.inNoscript && s.inTemplate == 0 && s.inSVG == 0
}

// recall takes over what the earlier page has in common with this one from the start tag
// on that was just read, which stands where calm is true. It returns false where that is
// nothing, or too little.
func (s *scanner) recall() bool {
	old := s.earlier
	pos := s.start - 1
	if pos+minRecall > len(s.page) {
		return false
	}
	seed := s.page[pos : pos+seedLen]
	at := s.expected // what followed last time is what most likely follows now
	if at >= int32(len(old.events)) || !strings.HasPrefix(old.page[old.events[at].start-1:], seed) || old.next[at] == 0 {
		first, ok := old.starts[seed]
		if !ok {
			return false
		}
		for n := 0; first < s.expected && n < maxAlike && old.next[first] > 0; n++ {
			first = old.next[first]
		}
		at = first
	}
	from := &old.events[at]
	if from.gap != s.gap {
		return false
	}
	start := int(from.start) - 1
	limit := len(old.page)
	if l := old.loud[at]; int(l) < len(old.events) {
		limit = int(old.events[l].start) + 1
	}
	common := commonPrefix(old.page[start:limit], s.page[pos:])
	if common < minRecall {
		return false
	}
	// The last token of which the two first bytes are the same: what stands before it
	// has ended here as it has ended there.
	end := int32(start + common)
	rest := old.events[at:]
	k := sort.Search(len(rest), func(i int) bool { return rest[i].start >= end }) - 1
	to := old.calm[int(at)+k]
	if to <= at || len(s.events)+int(to-at) > maxViewNodes {
		return false
	}
	last := &old.events[to]
	links, spans := old.links[from.links:last.links], old.spans[from.attrs:last.attrs]
	if len(s.res.Links)+len(links) > maxLinks || len(s.spans)+len(spans) > maxSpans {
		return false
	}
	shift, linkShift, attrShift := int32(pos-start), int32(len(s.res.Links))-from.links, int32(len(s.spans))-from.attrs
	s.recalled = append(s.recalled, recalled{at: int32(len(s.events)), n: to - at, from: at})
	s.makeEvents()
	for i := at; i < to; i++ {
		e := old.events[i]
		e.start += shift
		e.end += shift
		e.links += linkShift
		e.attrs += attrShift
		s.events = append(s.events, e)
	}
	for _, a := range spans {
		s.spans = append(s.spans, attrSpan{a.key + shift, a.keyEnd + shift, a.val + shift, a.valEnd + shift})
	}
	for i := range links {
		s.addLink(links[i])
	}
	s.gap = last.gap
	s.pos = int(last.start) - 1 + int(shift)
	s.inRaw = noTag
	s.expected, s.taken = to, s.taken+to-at
	return true
}

// commonPrefix is how many bytes a and b have in common at their start.
func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for step := 256; step >= 8; {
		if i+step <= n && a[i:i+step] == b[i:i+step] {
			i += step
			continue
		}
		step /= 4
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// tellsOfPage says whether a tag says something of the page as a whole, so that it must
// be read where it stands.
func (t tag) tellsOfPage() bool {
	const those = 1<<tagScript | 1<<tagMeta | 1<<tagLink | 1<<tagBase | 1<<tagHTML | 1<<tagHead | 1<<tagBody | 1<<tagTitle |
		1<<tagPlaintext | 1<<tagTemplate | 1<<tagNoscript
	return uint64(those)>>t&1 != 0
}

// newEarlier keeps the page that s has read; nil where it cannot serve. Links must not
// have been resolved yet.
func newEarlier(s *scanner) *earlier {
	if len(s.page) > maxEarlier || len(s.events) > maxKept || len(s.res.Links) > maxKept || s.marksProduct || s.marksCode {
		return nil
	}
	n := len(s.events)
	old := &earlier{page: s.page, events: slices.Clone(s.events), spans: slices.Clone(s.spans), links: make([]Link, len(s.res.Links)),
		calm: make([]int32, n), loud: make([]int32, n), next: make([]int32, n), starts: make(map[string]int32)}
	for i, l := range s.res.Links {
		l.URL, l.Note = "", nil // they may be of another origin
		l.Raw, l.Text, l.Rel, l.Type, l.Hreflang = strings.Clone(l.Raw), strings.Clone(l.Text), strings.Clone(l.Rel), strings.Clone(l.Type), strings.Clone(l.Hreflang)
		old.links[i] = l
	}
	calm := int32(-1)
	for i := range old.events {
		if old.events[i].calm {
			calm = int32(i)
		}
		old.calm[i] = calm
	}
	loud, told := int32(n), s.told
	for i := n - 1; i >= 0; i-- {
		for len(told) > 0 && told[len(told)-1] >= int32(i) {
			loud, told = min(loud, told[len(told)-1]), told[:len(told)-1]
		}
		e := &old.events[i]
		old.loud[i] = loud
		if pos := int(e.start) - 1; e.calm && e.tag == tagBlock && pos+seedLen <= len(old.page) {
			seed := old.page[pos : pos+seedLen]
			old.next[i] = old.starts[seed]
			if old.next[i] == 0 {
				old.next[i] = -1
			}
			old.starts[seed] = int32(i)
		}
	}
	return old
}

// remember lets the page of s take the place of the earlier one, where that is of little
// use.
func (rd *Reader) remember(s *scanner) {
	if rd.earlier != nil && rd.earlier.misses < maxMisses {
		return
	}
	if old := newEarlier(s); old != nil {
		rd.earlier, s.own = old, old
	}
}

// rate notes whether the earlier page was of use for the page of s.
func (rd *Reader) rate(s *scanner) {
	switch {
	case s.earlier == nil || s.own != nil:
	case int(s.taken) < len(s.events)/8 || s.blind:
		rd.earlier.misses++
	default:
		rd.earlier.misses = 0
	}
}
