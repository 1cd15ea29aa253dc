package redirects

import (
	"hash/maphash"
	"slices"
	"sort"
	"strings"
)

// maxGuard bounds how many parameter names a row without parameters is guarded
// against. Beyond it the row answers only its own exact address.
const maxGuard = 24

// Groups are the sets of parameter names that tell the pages of a map apart, for
// example {pid} and {cbid, csid, mode}. An engine that looks requests up by these
// names alone still answers when a visitor arrives with further parameters or with
// another order.
type Groups struct {
	sets   [][]string // most names first, then alphabetical
	rank   map[string]int
	seed   maphash.Seed
	guards map[uint64]uint32 // hash of path -> index in unions
	unions [][]string        // sorted; nil stands for "too many names"
}

// CollectGroups walks a map and keeps its limit most frequent sets of names. Rows
// that cannot be identified by parameters (Source.Identifying) play no part.
func CollectGroups(m Map, limit int) (*Groups, error) {
	g := &Groups{rank: make(map[string]int), seed: maphash.MakeSeed(), guards: make(map[uint64]uint32)}
	rows := make(map[string]int)
	unions := map[string]uint32{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		names, _, ok := r.Source.Identifying()
		if !ok {
			continue
		}
		if r.Source.Match == Exact { // a captured row is no row of a table
			rows[strings.Join(names, "&")]++
		}
		h := g.hash(r.Source.Path)
		if old, seen := g.guards[h]; seen {
			names = union(g.unions[old], names)
		}
		id := strings.Join(names, "&")
		if names == nil {
			id = "too many"
		}
		n, ok := unions[id]
		if !ok {
			n = uint32(len(g.unions))
			unions[id] = n
			g.unions = append(g.unions, names)
		}
		g.guards[h] = n
	}
	ids := make([]string, 0, len(rows))
	for id := range rows {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool {
		if rows[ids[i]] != rows[ids[j]] {
			return rows[ids[i]] > rows[ids[j]]
		}
		return ids[i] < ids[j]
	})
	if len(ids) > limit {
		ids = ids[:limit]
	}
	sort.Slice(ids, func(i, j int) bool {
		if a, b := strings.Count(ids[i], "&"), strings.Count(ids[j], "&"); a != b {
			return a > b
		}
		return ids[i] < ids[j]
	})
	for i, id := range ids {
		g.rank[id] = i
		g.sets = append(g.sets, strings.Split(id, "&"))
	}
	return g, nil
}

// union merges two sorted sets; nil when one of them is nil or the result has more
// than maxGuard names.
func union(a, b []string) []string {
	if a == nil {
		return nil
	}
	all := append(slices.Clone(a), b...)
	sort.Strings(all)
	all = slices.Compact(all)
	if len(all) > maxGuard {
		return nil
	}
	return all
}

func (g *Groups) hash(path string) uint64 {
	return maphash.String(g.seed, UpperEscapes(path))
}

// Sets returns the sets in the order in which they have to be tried: most names
// first, then alphabetical. The slices must not be changed.
func (g *Groups) Sets() [][]string { return g.sets }

// Rank returns the place of a set in Sets; ok is false for a set that is not kept.
func (g *Groups) Rank(names []string) (rank int, ok bool) {
	rank, ok = g.rank[strings.Join(names, "&")]
	return rank, ok
}

// Guard returns the sorted names of parameters that tell other rows of the path
// apart, captured ones included. A row without parameters must not answer a request which holds one of
// them: "/" is no answer to "/?pid=99". ok is false when there are more names than
// an engine can be asked to look at.
func (g *Groups) Guard(path string) (names []string, ok bool) {
	n, seen := g.guards[g.hash(path)]
	if !seen {
		return nil, true
	}
	return g.unions[n], g.unions[n] != nil
}
