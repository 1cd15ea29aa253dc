package extract

import "strings"

// lulls are the stretches of a page in which a glance found nothing to weigh: their texts
// hold no number, no label and no word of a list, and none of their tags changes how what
// follows is read. Where a later page has the same bytes its glance passes over them.
type lulls struct {
	lacks fieldSet // the fields whose labels were looked for
	sure  bool     // words of lists were not looked for

	// By event. ends is, where a run of text ends, the last event up to which nothing is
	// to be weighed; breaks is the last event up to it that ends a run.
	ends, breaks []int32
	runs         []int32  // of text before it
	prev         []string // the last of them
	inLink       []bool
}

// lullNotes gathers lulls while a page is glanced through.
type lullNotes struct {
	*lulls
	weighed int   // what was to be weighed so far
	from    int32 // the first event of the open lull
	count   int   // weighed, when the open lull began
	closed  int32 // the last event of it so far
}

// lull is what is known of the page that was read earlier; nil where it does not hold for
// what this glance looks for.
func (g *glance) lull() *lulls {
	if g.earlier == nil || g.earlier.lulls == nil || g.earlier.lulls.lacks != g.lacks || g.earlier.lulls.sure != g.sure {
		return nil
	}
	return g.earlier.lulls
}

// newLulls begins to gather the lulls of a page of n events.
func newLulls(n int, g *glance) *lullNotes {
	return &lullNotes{lulls: &lulls{lacks: g.lacks, sure: g.sure, ends: make([]int32, n), breaks: make([]int32, n), runs: make([]int32, n), prev: make([]string, n), inLink: make([]bool, n)}, from: -1}
}

// at notes that event i is looked at. breaks says that it has ended a run.
func (n *lullNotes) at(i int, breaks bool, g *glance) {
	n.breaks[i] = -1
	if i > 0 {
		n.breaks[i] = n.breaks[i-1]
	}
	if !breaks {
		return
	}
	n.breaks[i] = int32(i)
	n.inLink[i], n.runs[i] = g.inLink, g.runs
	n.prev[i] = strings.Clone(g.prev) // not to keep what it is a part of
	if n.from >= 0 && n.count == n.weighed {
		n.closed = int32(i)
		return
	}
	n.close()
	n.from, n.count, n.closed = int32(i), n.weighed, int32(i)
}

// close ends the open lull.
func (n *lullNotes) close() {
	if n.from < 0 {
		return
	}
	for i := n.from; i <= n.closed; i++ {
		n.ends[i] = n.closed
	}
	n.from = -1
}

// minLull is the fewest events that are passed over at once.
const minLull = 6

// passOver returns the event up to which nothing is to be weighed from event i on, which
// has ended a run; i where it must be looked at.
func (g *glance) passOver(i int) int {
	for g.part < len(g.recalled) && int(g.recalled[g.part].at+g.recalled[g.part].n) <= i {
		g.part++
	}
	if g.part == len(g.recalled) {
		return i
	}
	part := &g.recalled[g.part]
	if i < int(part.at) || g.inTitle || g.skip > 0 || g.label || g.heading && !g.confirmed {
		return i
	}
	l := g.known
	shift := int(part.at - part.from)
	from := int32(i - shift)
	to := min(l.ends[from], l.breaks[part.from+part.n-1])
	if to-from < minLull || g.inLink != l.inLink[from] {
		return i
	}
	if l.runs[to] > l.runs[from] {
		g.prev = l.prev[to]
	}
	g.inLink = l.inLink[to]
	return int(to) + shift
}

// weighs says whether a tag changes how a glance reads what follows.
func (t tag) weighs() bool {
	const those = 1<<tagSelect | 1<<tagSVG | 1<<tagStruck | 1<<tagHeading | 1<<tagBody
	return uint64(those)>>t&1 != 0
}

// learn keeps what a glance has found of the page that is to be the earlier one.
func (rd *Reader) learn(g *glance) {
	if g.notes == nil {
		g.blind = g.known == nil
		return
	}
	g.notes.close()
	g.own.lulls = g.notes.lulls
}
