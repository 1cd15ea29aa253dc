package inventory

import (
	"context"

	"replatform/crawler/catalog"
	"replatform/crawler/recall"
)

// recallSize is how many pages, and how many addresses, are remembered at the least.
// Twice as many, which is the most, take about 10 MB.
const recallSize = 1 << 13

// known is what the writer remembers of the rows of one shop, as of one version of the
// file. The links of a shop's pages repeat each other (menus, footers, neighbours), and
// a repetition then costs no question to the file.
type known struct {
	pages   *recall.Memory[catalog.Key, *pageRow]
	spelt   *recall.Memory[string, *spellingRow]
	began   bool   // it was begun before anything was stored of the shop
	stored  filter // keys and addresses that were remembered once; only where began
	version int64
}

// page returns a remembered page. When there is none, sure says that the file has none
// either.
func (k *known) page(key catalog.Key) (r *pageRow, ok, sure bool) {
	r, ok = k.pages.Get(key)
	return r, ok, !ok && k.began && (k.pages.Whole() || k.stored.never(string(key)))
}

func (k *known) putPage(r *pageRow) {
	k.pages.Put(r.key, r)
	if k.began {
		k.stored.add(string(r.key))
	}
}

// spelling is page for addresses.
func (k *known) spelling(url string) (s *spellingRow, ok, sure bool) {
	s, ok = k.spelt.Get(url)
	return s, ok, !ok && k.began && (k.spelt.Whole() || k.stored.never(url))
}

func (k *known) putSpelling(s *spellingRow) {
	k.spelt.Put(s.url, s)
	if k.began {
		k.stored.add(s.url)
	}
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
	if err := w.settle(ctx, side); err != nil {
		return nil, err
	}
	w.queueOf(side).outdated(version)
	w.lose(side)
	var some bool
	if _, err := w.row(ctx, `SELECT EXISTS (SELECT 1 FROM page WHERE side = ?1) OR EXISTS (SELECT 1 FROM spelling WHERE side = ?1)`,
		[]any{string(side)}, &some); err != nil {
		return nil, err
	}
	k := &known{pages: recall.New[catalog.Key, *pageRow](recallSize), spelt: recall.New[string, *spellingRow](recallSize), began: !some, version: version}
	w.known[side] = k
	return k, nil
}

// forget drops what the writer remembers of side. Whatever changes rows of page,
// spelling or product otherwise than through a batch calls it.
func (w *writer) forget(side catalog.Side) {
	delete(w.sums, side)
	delete(w.known, side)
	w.queueOf(side).outdated(0)
	w.lose(side)
}
