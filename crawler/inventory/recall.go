package inventory

import (
	"context"

	"replatform/crawler/catalog"
)

// recallSize is how many pages, and how many addresses, a generation of a recall holds.
// Two generations of both take about 40 MB, and a shop of 30,000 pages is known whole.
const recallSize = 1 << 15

// recall keeps what was used last: at least the size newest values, at most twice as
// many. Its keys and values must not be parts of pages that were read, which would be
// kept whole.
type recall[V any] struct {
	young, old map[string]V
	size       int
	// whole: nothing was left out yet, what is not here is not in the file.
	whole bool
}

func newRecall[V any](size int, whole bool) *recall[V] {
	return &recall[V]{young: make(map[string]V), size: size, whole: whole}
}

func (r *recall[V]) get(k string) (v V, ok bool) {
	if v, ok = r.young[k]; ok {
		return v, true
	}
	if v, ok = r.old[k]; ok {
		r.put(k, v)
	}
	return v, ok
}

func (r *recall[V]) put(k string, v V) {
	if len(r.young) >= r.size {
		r.whole = r.whole && len(r.old) == 0
		r.old, r.young = r.young, make(map[string]V, r.size)
	}
	r.young[k] = v
}

// known is what the writer remembers of the rows of one shop, as of one version of the
// file. The links of a shop's pages repeat each other (menus, footers, neighbours), and
// a repetition then costs no question to the file.
type known struct {
	pages   *recall[*pageRow]
	spelt   *recall[spellingRow]
	version int64
}

// recallSide returns what is known of side. It must be called inside of a transaction.
func (w *writer) recallSide(ctx context.Context, side catalog.Side) (*known, error) {
	var version int64 // changes when another connection commits, not by our own commits
	if _, err := w.row(ctx, `PRAGMA data_version`, nil, &version); err != nil {
		return nil, err
	}
	if k := w.known[side]; k != nil && k.version == version {
		return k, nil
	}
	var some bool
	if _, err := w.row(ctx, `SELECT EXISTS (SELECT 1 FROM page WHERE side = ?1) OR EXISTS (SELECT 1 FROM spelling WHERE side = ?1)`,
		[]any{string(side)}, &some); err != nil {
		return nil, err
	}
	k := &known{pages: newRecall[*pageRow](recallSize, !some), spelt: newRecall[spellingRow](recallSize, !some), version: version}
	w.known[side] = k
	return k, nil
}

// forget drops what the writer remembers of side. Whatever changes rows of page,
// spelling or product otherwise than through a batch calls it.
func (w *writer) forget(side catalog.Side) {
	delete(w.sums, side)
	delete(w.known, side)
}
