package inventory

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

// leaveToFile makes p work without a queue in memory, as it does where that is too long.
func leaveToFile(t *testing.T, p *Project) {
	t.Helper()
	check(t, p.writer.with(t.Context(), func() error {
		q := p.writer.queueOf(catalog.Old)
		q.mu.Lock()
		defer q.mu.Unlock()
		q.empty()
		q.length = 1 << 30
		_, err := p.writer.row(t.Context(), `PRAGMA data_version`, nil, &q.version)
		return err
	}))
}

// queueState is all that the queue tells.
func queueState(t *testing.T, p *Project, inflight map[int64]bool) []string {
	t.Helper()
	var out []string
	pages, err := p.Next(t.Context(), catalog.Old, 1000, inflight)
	check(t, err)
	for _, page := range pages {
		out = append(out, fmt.Sprintf("next %d %d %s %s %s %d %q", page.Priority, page.Depth, page.Key, page.Type, page.URL, page.Status, page.ETag))
	}
	for _, parked := range []bool{false, true} {
		check(t, p.Held(t.Context(), catalog.Old, parked, func(page Page) error {
			out = append(out, fmt.Sprintf("held %v %d %s %s", parked, page.Depth, page.Key, page.Type))
			return nil
		}))
	}
	return out
}

// TestQueue does the same to a queue in memory and to one in the file alone, and expects
// the same of both, whatever happens: discoveries, visits, the decisions of the gate,
// another program that writes, and a program that is killed.
func TestQueue(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 60
	}
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		path := filepath.Join(t.TempDir(), "memory.replatform")
		memory, file := openProject(t, path), newProject(t)
		both := func(do func(p *Project) error) {
			t.Helper()
			check(t, do(memory))
			leaveToFile(t, file)
			check(t, do(file))
			leaveToFile(t, file)
		}
		start := func(p *Project) error {
			return p.StartCrawl(t.Context(), Shop{Side: catalog.Old, StartURL: "https://shop.example/"})
		}
		both(start)
		some := func(list []Page) (ids []int64) {
			for _, page := range list {
				if rnd.IntN(3) == 0 {
					ids = append(ids, page.ID)
				}
			}
			return ids
		}
		held := func() (list []Page) {
			check(t, memory.Held(t.Context(), catalog.Old, false, func(page Page) error {
				list = append(list, page)
				return nil
			}))
			return list
		}
		for round := range rounds {
			what := rnd.IntN(8)
			switch what {
			case 0, 1, 2:
				var found []Discovery
				for range 1 + rnd.IntN(30) {
					d := sighting(rnd.IntN(400))
					d.Depth, d.Priority = rnd.IntN(4), []int{5, 20, HeldPriority, HeldPriority}[rnd.IntN(4)]
					if rnd.IntN(10) == 0 {
						d.Type = catalog.Other
					}
					d.NoFetch = rnd.IntN(20) == 0
					if rnd.IntN(5) == 0 {
						d.Product = &catalog.Product{Name: "x"}
					}
					found = append(found, d)
				}
				both(func(p *Project) error {
					_, err := p.Discover(t.Context(), catalog.Old, found)
					return err
				})
			case 3, 4:
				next, err := memory.Next(t.Context(), catalog.Old, 1+rnd.IntN(10), nil)
				check(t, err)
				var visits []Visit
				for _, page := range next {
					v := Visit{Key: page.Key, Type: page.Type, URL: page.URL, State: Done, Status: 200, Title: "x", ETag: `"a"`}
					v.State = []PageState{Done, Done, Failed, Queued}[rnd.IntN(4)]
					v.Found = []Discovery{sighting(rnd.IntN(400))}
					visits = append(visits, v)
				}
				both(func(p *Project) error { return p.SaveVisits(t.Context(), catalog.Old, visits) })
			case 5:
				ids, priority := some(held()), []int{ReleasedPriority, ParkedPriority}[rnd.IntN(2)]
				both(func(p *Project) error { return p.SetPriority(t.Context(), catalog.Old, ids, priority) })
			case 6:
				both(func(p *Project) error { return p.Unpark(t.Context(), catalog.Old) })
			case 7: // a second program finds what the first one leaves behind, killed or not
				other := openProject(t, path)
				if rnd.IntN(2) == 0 {
					d := sighting(rnd.IntN(400))
					discover(t, other, d)
					discover(t, file, d)
				} else {
					memory = other
				}
				if rnd.IntN(4) == 0 {
					both(func(p *Project) error {
						if err := p.SaveShop(t.Context(), Shop{Side: catalog.Old, StartURL: "https://shop.example/", State: Ended}); err != nil {
							return err
						}
						return start(p)
					})
				}
			}
			inflight := map[int64]bool{}
			for _, id := range some(held()) {
				inflight[id] = true
			}
			leaveToFile(t, file)
			want := queueState(t, file, inflight)
			if got := queueState(t, memory, inflight); !slices.Equal(got, want) {
				equal(t, fmt.Sprintf("seed %d, round %d, after %d", seed, round, what), want, got)
				return
			}
		}
	}
}

// TestQueueTooLong: a queue that outgrows the memory goes on from the file.
func TestQueueTooLong(t *testing.T) {
	if testing.Short() {
		t.Skip("stores many pages")
	}
	p := started(t)
	var found []Discovery
	for i := range queueSize + 10 {
		d := sighting(i)
		d.Priority = HeldPriority
		found = append(found, d)
	}
	discover(t, p, found[:10]...)
	next, err := p.Next(t.Context(), catalog.Old, 10, nil)
	check(t, err)
	equal(t, "pages to be asked", 0, len(next))
	var ids []int64
	check(t, p.Held(t.Context(), catalog.Old, false, func(page Page) error {
		ids = append(ids, page.ID)
		return nil
	}))
	check(t, p.SetPriority(t.Context(), catalog.Old, ids[:3], ReleasedPriority))
	check(t, p.SetPriority(t.Context(), catalog.Old, ids[3:5], ParkedPriority))
	equal(t, "it is in memory", true, p.writer.queueOf(catalog.Old).whole)
	discover(t, p, found[10:]...)
	equal(t, "it is in memory", false, p.writer.queueOf(catalog.Old).whole)
	next, err = p.Next(t.Context(), catalog.Old, 10, nil)
	check(t, err)
	equal(t, "pages to be asked", 3, len(next))
	held := map[bool]int{}
	for _, parked := range []bool{false, true} {
		check(t, p.Held(t.Context(), catalog.Old, parked, func(Page) error {
			held[parked]++
			return nil
		}))
	}
	equal(t, "held and parked", map[bool]int{false: queueSize + 5, true: 2}, held)
}

// TestQueueSettled: once a crawl has ended, the column of the file has every priority.
func TestQueueSettled(t *testing.T) {
	p := started(t)
	var found []Discovery
	for i := range 9 {
		d := sighting(i)
		d.Priority = HeldPriority
		found = append(found, d)
	}
	discover(t, p, found...)
	ids := func(where string) (ids []int64) {
		check(t, each(t.Context(), p.reader, `SELECT id FROM page WHERE `+where+` ORDER BY id`, nil, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		}))
		return ids
	}
	all := ids("1")
	check(t, p.SetPriority(t.Context(), catalog.Old, all[:3], ReleasedPriority))
	check(t, p.SetPriority(t.Context(), catalog.Old, all[3:5], ParkedPriority))
	check(t, p.EndCrawl(t.Context(), catalog.Old, Stopped, time.Time{}))
	equal(t, "released", all[:3], ids("priority = 25"))
	equal(t, "parked", all[3:5], ids("priority = 2000"))
	equal(t, "held", all[5:], ids("priority = 1000"))
	var left int
	check(t, p.reader.QueryRow(`SELECT count(*) FROM meta WHERE name = ?`, queueOrder(catalog.Old)).Scan(&left))
	equal(t, "priorities beside the column", 0, left)
}

// TestReleasedSince: what is told piece by piece is what is told at once.
func TestReleasedSince(t *testing.T) {
	p := started(t)
	var found []Discovery
	for i := range 40 {
		d := sighting(i)
		d.Priority = HeldPriority
		found = append(found, d)
	}
	discover(t, p, found...)
	var ids []int64
	check(t, p.Held(t.Context(), catalog.Old, false, func(page Page) error {
		ids = append(ids, page.ID)
		return nil
	}))
	if _, _, ok, err := p.ReleasedSince(t.Context(), catalog.Old); ok || err != nil {
		t.Fatal("it goes on from nothing", err)
	}
	all := func() (list []Released) {
		check(t, p.Released(t.Context(), catalog.Old, func(r Released) error {
			list = append(list, r)
			return nil
		}))
		return list
	}
	all()
	check(t, p.SetPriority(t.Context(), catalog.Old, ids[:20], ReleasedPriority))
	var told []Released
	since := func(want, wantDeclared bool) {
		t.Helper()
		list, declared, ok, err := p.ReleasedSince(t.Context(), catalog.Old)
		check(t, err)
		equal(t, "it can be told", want, ok)
		equal(t, "a canonical address is declared", wantDeclared, declared)
		told = append(told, list...)
	}
	next, err := p.Next(t.Context(), catalog.Old, 100, nil)
	check(t, err)
	equal(t, "released", 20, len(next))
	for i, page := range next {
		v := Visit{Key: page.Key, Type: page.Type, URL: page.URL, State: Done, Status: 200, Title: "Title " + page.URL}
		switch i % 4 {
		case 0:
			v.Product = &catalog.Product{Name: "Mug\x00 " + page.URL, SKU: "1", Price: catalog.Price{Amount: "2"}}
		case 1:
			v.State, v.Status = Failed, 404
		case 2:
			v.Type = catalog.Category
		}
		save(t, p, v)
		if i == 9 {
			since(true, false)
		}
	}
	since(true, false)
	slices.SortFunc(told, func(a, b Released) int { return int(a.ID - b.ID) })
	want := all()
	slices.SortFunc(want, func(a, b Released) int { return int(a.ID - b.ID) })
	equal(t, "released pages", want, told)

	save(t, p, Visit{Key: next[0].Key, URL: next[0].URL, State: Done, Status: 200, Canonical: next[0].URL})
	since(false, true) // it was told before as something else
	all()
	d := sighting(1)
	d.Priority = 5
	discover(t, p, d) // it is not among the released any more
	since(false, true)
	all()
	save(t, p, Visit{Key: product(30), URL: productURL(30), State: Done, Status: 200, Canonical: productURL(30)})
	since(true, true)
	since(true, false)
}
