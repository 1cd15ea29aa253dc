package inventory

import (
	"context"
	"database/sql"

	"replatform/crawler/catalog"
)

// node is a page as far as the resolution of aliases is concerned.
type node struct {
	id      int64
	key     catalog.Key
	state   PageState
	status  int
	aliasOf catalog.Key
	final   bool // resolved already: stands for itself
}

// live: the page itself answered with content.
func (n node) live() bool { return n.status >= 200 && n.status < 300 }

// dead: nobody who is sent here finds anything.
func (n node) dead() bool {
	return n.state == Failed || n.state == Skipped || n.status >= 400 ||
		n.state == Alias && !n.live()
}

// resolve follows the aliases from start and says for each page on the way which
// page stands for it. Shops declare chains (A names B, B redirects to C), loops (A
// names B as canonical, B redirects to A) and targets that are gone. The answer
// hangs only on what is stored, not on the order in which it came:
//
//   - the end of the chain stands for all of it;
//   - a loop is stood for by its live member with the smallest key, or by the
//     smallest key when none is live;
//   - a chain that ends at a key the shop does not have is stood for by its last
//     page;
//   - but when the end is dead, the last live page of the chain stands for what
//     leads to it: a page that can be read is never hidden behind one that cannot.
func resolve(start node, next func(catalog.Key) (node, bool, error)) (path, reps []node, err error) {
	path = []node{start}
	at := map[catalog.Key]int{start.key: 0}
	end := start
	for end.state == Alias && !end.final {
		n, ok, err := next(end.aliasOf)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			break
		}
		if i, seen := at[n.key]; seen {
			end = bestOf(path[i:])
			break
		}
		at[n.key] = len(path)
		path = append(path, n)
		end = n
	}
	reps = make([]node, len(path))
	rep := end
	for i := len(path) - 1; i >= 0; i-- {
		if rep.dead() && path[i].state == Alias && path[i].live() {
			rep = path[i]
		}
		reps[i] = rep
	}
	return path, reps, nil
}

func bestOf(loop []node) node {
	best := loop[0]
	for _, n := range loop[1:] {
		if n.live() == best.live() && n.key < best.key || n.live() && !best.live() {
			best = n
		}
	}
	return best
}

// aliases is the alias graph of one side, resolved.
type aliases struct {
	rep     map[int64]node       // alias page → the page that stands for it, which may be itself
	byKey   map[catalog.Key]node // the same by key
	members map[int64][]int64    // page → the aliases it stands for, itself not among them
}

// readAliases reads and resolves the aliases of side.
func readAliases(ctx context.Context, tx *sql.Tx, side catalog.Side) (*aliases, error) {
	nodes := map[catalog.Key]node{}
	var starts []node
	err := each(ctx, tx, `
		SELECT a.id, a.key, a.status, a.alias_of, t.id, t.state, t.status
		FROM page a LEFT JOIN page t ON t.side = a.side AND t.key = a.alias_of
		WHERE a.side = ? AND a.state = 'alias' ORDER BY a.key`, []any{string(side)}, func(rows *sql.Rows) error {
		a := node{state: Alias}
		var id, status sql.NullInt64
		var state sql.NullString
		if err := rows.Scan(&a.id, &a.key, &a.status, &a.aliasOf, &id, &state, &status); err != nil {
			return err
		}
		nodes[a.key] = a
		starts = append(starts, a)
		if id.Valid && PageState(state.String) != Alias {
			nodes[a.aliasOf] = node{id: id.Int64, key: a.aliasOf, state: PageState(state.String), status: int(status.Int64)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &aliases{rep: map[int64]node{}, byKey: map[catalog.Key]node{}, members: map[int64][]int64{}}
	next := func(k catalog.Key) (node, bool, error) {
		if r, ok := out.byKey[k]; ok {
			r.final = true // keeps a chain of n pages from costing n² steps
			return r, true, nil
		}
		n, ok := nodes[k]
		return n, ok, nil
	}
	for _, a := range starts {
		if _, ok := out.byKey[a.key]; ok {
			continue
		}
		path, reps, err := resolve(a, next)
		if err != nil {
			return nil, err
		}
		for i, n := range path {
			if n.state == Alias && !n.final {
				out.rep[n.id], out.byKey[n.key] = reps[i], reps[i]
			}
		}
	}
	for _, a := range starts {
		if r := out.rep[a.id]; r.id != a.id {
			out.members[r.id] = append(out.members[r.id], a.id)
		}
	}
	return out, nil
}

// key is the key of the page that stands for k.
func (a *aliases) key(k catalog.Key) catalog.Key {
	if r, ok := a.byKey[k]; ok {
		return r.key
	}
	return k
}

// settled is the state in which a page is shown that was stored as an alias but
// stands for itself.
func settled(status int) PageState {
	if (node{status: status}).live() {
		return Done
	}
	return Failed // a circle of redirects
}
