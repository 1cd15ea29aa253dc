package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"replatform/crawler/catalog"
)

// queueSize is how many pages that are to be asked are kept in memory; a longer queue is
// read from the file piece by piece. They take some 10 MB.
const queueSize = 1 << 15

// queue is the queue of one shop in memory, as far as it fits there: whatever leaves it is
// what the file says, read and written once for a batch instead of once for a page. It
// takes in what is stored only when that is stored.
type queue struct {
	mu      sync.Mutex
	whole   bool               // it is as in the file; otherwise it is empty
	version int64              // of the file, as far as other programs change it
	length  int                // where the queue is too long: how long it is about
	pages   map[int64]*waiting // by page.id
	next    []*waiting         // what is not held, as Next hands it out; what has left is marked
	held    []*waiting         // what is held, as Held hands it out; what has left is marked
	more    []*waiting         // what is held in addition, in no order
	// order holds priorities that are not in the column of the file, by page.id: what the
	// gate of a crawl decides changes too often. They are kept as one value, see writeOrder.
	order map[int64]int
}

// waiting is a page that is to be asked.
type waiting struct {
	id              int64
	key             catalog.Key
	typ             catalog.PageType
	url             string
	depth, priority int
	status          int
	etag, modified  string
	fresh           bool // never asked: state queued
	left            bool // it is no longer here, or not in this place
}

func (a *waiting) compare(b *waiting) int {
	return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.depth, b.depth), cmp.Compare(a.id, b.id))
}

// compareHeld is the order of Held.
func (a *waiting) compareHeld(b *waiting) int {
	return cmp.Or(cmp.Compare(len(a.url), len(b.url)), cmp.Compare(a.key, b.key))
}

func (a *waiting) isHeld() bool { return a.priority >= HeldPriority }

// queueOf is the queue of side; of a side that no shop has, an empty one.
func (w *writer) queueOf(side catalog.Side) *queue {
	if q := w.queues[side]; q != nil {
		return q
	}
	return new(queue)
}

// empty leaves the queue to the file.
func (q *queue) empty() {
	q.whole, q.length, q.pages, q.next, q.held, q.more = false, 0, nil, nil, nil, nil
}

// forgetOrder drops the priorities that are not in the column.
func (q *queue) forgetOrder() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.order = nil
}

// outdated leaves the queue to the file unless it is of this version.
func (q *queue) outdated(version int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.version != version {
		q.empty()
	}
}

// isLong says that the queue is too long to be kept in memory.
func (q *queue) isLong() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !q.whole && q.length > queueSize/2
}

// put adds w, which must not be there.
func (q *queue) put(w *waiting) {
	q.pages[w.id] = w
	if w.isHeld() {
		q.more = append(q.more, w)
		return
	}
	i, _ := slices.BinarySearchFunc(q.next, w, (*waiting).compare)
	q.next = slices.Insert(q.next, i, w)
}

// drop takes w out.
func (q *queue) drop(w *waiting) {
	w.left = true
	delete(q.pages, w.id)
}

// move gives w another place.
func (q *queue) move(w *waiting, priority, depth int) {
	moved := *w
	moved.priority, moved.depth = priority, depth
	q.drop(w)
	q.put(&moved)
}

// first returns up to n pages for Next; ok is false when the queue is not in memory.
func (q *queue) first(side catalog.Side, n int, inflight map[int64]bool) (pages []Page, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	gone := 0
	for gone < len(q.next) && q.next[gone].left {
		gone++
	}
	q.next = q.next[gone:]
	for _, w := range q.next {
		if len(pages) == n {
			break
		}
		if !w.left && !inflight[w.id] {
			pages = append(pages, w.page(side))
		}
	}
	return pages, q.whole
}

func (a *waiting) page(side catalog.Side) Page {
	return Page{ID: a.id, Side: side, Key: a.key, Type: a.typ, URL: a.url, State: Queued, Depth: a.depth, Priority: a.priority,
		Status: a.status, ETag: a.etag, LastModified: a.modified}
}

// heldBack lists what is held in the order of Held; ok is false when the queue is not in
// memory.
func (q *queue) heldBack(side catalog.Side, priority int) (pages []Page, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := func(w *waiting) bool { return w.left }
	q.held, q.more = slices.DeleteFunc(q.held, left), slices.DeleteFunc(q.more, left)
	if len(q.more) > 0 {
		slices.SortFunc(q.more, (*waiting).compareHeld)
		both := make([]*waiting, 0, len(q.held)+len(q.more))
		i := 0
		for _, w := range q.more {
			for ; i < len(q.held) && q.held[i].compareHeld(w) < 0; i++ {
				both = append(both, q.held[i])
			}
			both = append(both, w)
		}
		q.held, q.more = append(both, q.held[i:]...), nil
	}
	for _, w := range q.held {
		if w.fresh && w.priority == priority {
			pages = append(pages, Page{ID: w.id, Side: side, Key: w.key, Type: w.typ, URL: w.url, State: Queued, Depth: w.depth})
		}
	}
	return pages, q.whole
}

// stored takes in what a batch has stored and says how many pages are here.
func (q *queue) stored(b *batch) (length int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.length += b.tally.Queued
	for _, r := range b.touched {
		r.touched = false
		if !r.due || !r.fed {
			delete(q.order, r.id) // the column has it now
		}
		if !q.whole {
			continue
		}
		w := q.pages[r.id]
		switch {
		case !r.due && w != nil:
			q.drop(w)
		case !r.due:
		case r.again || w == nil && r.visited > 0: // what the file says of it is not known here
			q.empty()
		case w == nil:
			q.put(&waiting{id: r.id, key: r.key, typ: r.typ, url: r.url, depth: r.depth, priority: r.priority, fresh: r.state == Queued})
		default:
			if w.priority != r.priority || w.depth != r.depth {
				q.move(w, r.priority, r.depth)
				w = q.pages[r.id]
			}
			w.typ, w.url, w.fresh = r.typ, r.url, r.state == Queued
			if r.fed {
				w.etag, w.modified, r.fed = "", "", false
			}
		}
	}
	return len(q.pages)
}

// ordered is the priority of page id, for which the file says priority.
func (q *queue) ordered(id int64, priority int) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if o, ok := q.order[id]; ok && (priority >= HeldPriority || o < priority) {
		return o
	}
	return priority
}

// load reads the queue of side into memory unless it is there, or too long. The caller
// has the turn.
func (p *Project) load(ctx context.Context, side catalog.Side) error {
	q := p.writer.queueOf(side)
	var version int64 // changes when another connection commits, not by our own commits
	if _, err := p.writer.row(ctx, `PRAGMA data_version`, nil, &version); err != nil {
		return err
	}
	if q.version == version && (q.whole || q.length > queueSize/2) {
		return nil
	}
	if err := p.writer.inTurn(ctx, func(calm context.Context) error { return p.writer.settle(calm, side) }); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.empty()
	q.version = version
	err := p.reader.QueryRowContext(ctx, `SELECT count(*) FROM page WHERE side = ? AND due = 1`, string(side)).Scan(&q.length)
	if err != nil || q.length > queueSize/2 {
		return err
	}
	pages := make(map[int64]*waiting, q.length)
	var next, more []*waiting
	err = each(ctx, p.reader, queueColumns+` WHERE side = ? AND due = 1`, []any{string(side)}, func(rows *sql.Rows) error {
		w := new(waiting)
		if err := rows.Scan(&w.id, &w.key, &w.typ, &w.url, &w.depth, &w.priority, &w.status, &w.etag, &w.modified, &w.fresh); err != nil {
			return err
		}
		pages[w.id] = w
		if w.isHeld() {
			more = append(more, w)
		} else {
			next = append(next, w)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(next, (*waiting).compare)
	q.whole, q.pages, q.next, q.more = true, pages, next, more
	return nil
}

// requeue gives those pages of the queue that chosen wants another priority; ok is false,
// and nothing done, when the queue is not in memory. The caller has the turn.
func (p *Project) requeue(ctx context.Context, side catalog.Side, priority int, chosen func(*queue) []*waiting) (ok bool, err error) {
	if err := p.load(ctx, side); err != nil {
		return false, err
	}
	q := p.writer.queueOf(side)
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.whole {
		return false, nil
	}
	k := p.writer.known[side]
	var moved []*waiting
	for _, w := range chosen(q) {
		if q.order == nil {
			q.order = make(map[int64]int)
		}
		q.order[w.id] = priority
		if k != nil {
			if r, ok := k.pages.Get(w.key); ok {
				r.priority = priority
			}
		}
		if w.isHeld() && priority >= HeldPriority { // it stays where it is
			w.priority = priority
			continue
		}
		q.drop(w)
		n := *w
		n.left, n.priority = false, priority
		q.pages[n.id] = &n
		moved = append(moved, &n)
	}
	if priority >= HeldPriority {
		q.more = append(q.more, moved...)
	} else {
		q.next = append(slices.DeleteFunc(q.next, func(w *waiting) bool { return w.left }), moved...)
		slices.SortFunc(q.next, (*waiting).compare)
	}
	return true, p.writer.inTurn(ctx, func(calm context.Context) error { return p.writer.writeOrder(calm, side, q.order) })
}

// writeOrder stores the priorities that the column does not have, so that they outlive a
// kill.
func (w *writer) writeOrder(ctx context.Context, side catalog.Side, order map[int64]int) error {
	byPriority := map[int][]int64{}
	for id, priority := range order {
		byPriority[priority] = append(byPriority[priority], id)
	}
	var text strings.Builder
	for i, priority := range slices.Sorted(maps.Keys(byPriority)) {
		if i > 0 {
			text.WriteByte(',')
		}
		slices.Sort(byPriority[priority])
		fmt.Fprintf(&text, `"%d":%s`, priority, idList(byPriority[priority]))
	}
	return w.exec(ctx, `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		queueOrder(side), "{"+text.String()+"}")
}

// settle gives the column the priorities that writeOrder stored. It must be called inside
// of a transaction, before a program uses the column in a statement of its own.
func (w *writer) settle(ctx context.Context, side catalog.Side) error {
	var text string
	ok, err := w.row(ctx, `SELECT value FROM meta WHERE name = ?`, []any{queueOrder(side)}, &text)
	if err != nil || !ok {
		return err
	}
	for priority, ids := range parseJSON[map[int]json.RawMessage](text) {
		err := w.exec(ctx, `
			UPDATE page SET priority = ?1 WHERE side = ?2 AND due = 1 AND (priority >= 1000 OR priority > ?1) AND priority <> ?1
				AND id IN (SELECT value FROM json_each(?3))`, priority, string(side), string(ids))
		if err != nil {
			return err
		}
	}
	w.queueOf(side).forgetOrder()
	return w.exec(ctx, `DELETE FROM meta WHERE name = ?`, queueOrder(side))
}

// spill leaves a queue that has grown too long to the file. The caller has the turn.
func (w *writer) spill(ctx context.Context, side catalog.Side) error {
	q := w.queueOf(side)
	err := w.inTurn(ctx, func(calm context.Context) error { return w.settle(calm, side) })
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	length := len(q.pages)
	q.empty()
	q.length = length
	return nil
}

func queueOrder(side catalog.Side) string { return "queue." + string(side) }
