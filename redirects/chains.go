package redirects

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
)

// findNext notes for each kept row which row answers its target.
func (a *auditor) findNext(row int32, r Rule, err error) error {
	if err != nil || a.isDropped(row) || r.Gone() {
		return nil
	}
	target, err := ParseTarget(r.Target)
	if err != nil {
		return nil
	}
	if c, ok, _ := r.Capture(); ok {
		target = c.Fill(target, "0")
	}
	t, err := ParseSource(target)
	if err != nil {
		return nil
	}
	t.Fragment = ""
	if hit, ok := a.answering(t); ok {
		a.next[row] = hit
	}
	return nil
}

// answering finds the row that would answer an address, in the order in which a
// Resolver does: rows for its host before those for any host.
func (a *auditor) answering(t Source) (int32, bool) {
	hit, ok := a.answeringOn(t)
	if !ok && t.Host != a.o.Host && slices.Contains(a.o.Hosts, t.Host) {
		t.Host = a.o.Host // where the rows without a host are
		hit, ok = a.answeringOn(t)
	}
	return hit, ok
}

// answeringOn is answering by the rows that are on the host of the address alone.
func (a *auditor) answeringOn(t Source) (int32, bool) {
	lookup := func(s Source) (int32, bool) {
		e, ok := a.index[a.hash(s.Identity())]
		return e.row, ok
	}
	if hit, ok := lookup(t); ok {
		return hit, true
	}
	if t.HasQuery {
		first := firstValues(UpperEscapes(t.Query))
		for _, names := range a.groups.Sets() {
			if key, ok := groupKey(names, first); ok {
				s := t
				s.QueryAs = QuerySet
				s.Query = strings.TrimPrefix(key, "=")
				if hit, ok := lookup(s); ok {
					return hit, true
				}
			}
		}
		if guard, ok := a.groups.Guard(t.Path); ok && !holdsAny(first, guard) {
			if hit, ok := lookup(Source{Host: t.Host, Path: t.Path}); ok {
				return hit, true
			}
		}
	}
	if len(a.captured) > 0 {
		path, first := UpperEscapes(t.Path), firstValues(UpperEscapes(t.Query))
		for _, c := range a.captured {
			if _, ok := c.part(path, first); ok && c.host == t.Host {
				return c.rule, true
			}
		}
	}
	for p := t.Host + normalise(t.Path); len(a.prefixes) > 0; {
		if hit, ok := a.prefixes[strings.TrimRight(p, "/")]; ok {
			return hit, true
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return 0, false
}

// flatten follows the chains that findNext noted.
func (a *auditor) flatten(ctx context.Context, m Map) error {
	involved := make(map[int32]Rule, 2*len(a.next))
	for from, to := range a.next {
		involved[from], involved[to] = Rule{}, Rule{}
	}
	err := a.walk(ctx, m, func(row int32, r Rule, err error) error {
		if _, ok := involved[row]; ok {
			involved[row] = r
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows := make([]int32, 0, len(a.next))
	for row := range a.next {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	self := make(map[int32]bool)
	for _, row := range rows {
		if a.next[row] == row {
			self[row] = true
			a.report(row, involved[row], CodeSelf)
		}
	}
	for _, row := range rows {
		// A row that points at itself is refused, so its address stays a page.
		if self[a.next[row]] {
			delete(a.next, row)
		}
	}
	for _, row := range rows {
		if _, ok := a.next[row]; !ok {
			continue
		}
		a.follow(row, involved)
	}
	return nil
}

// follow walks one chain to its end and decides on its first row.
func (a *auditor) follow(start int32, rules map[int32]Rule) {
	r := rules[start]
	seen := map[int32]bool{start: true}
	path := []string{r.Source.String()}
	before, at := start, start
	for {
		hop, more := a.next[at]
		if !more {
			break
		}
		nextRule := rules[hop]
		path = append(path, nextRule.Source.String())
		switch {
		case seen[hop], len(path) > maxChain, r.Source.Match == Captured: // where that ends differs from address to address
			a.report(start, r, CodeLoop, clip(strings.Join(path, " → ")))
			return
		case nextRule.Gone():
			a.report(start, r, CodeChainGone)
			return
		case !nextRule.Permanent():
			a.report(start, r, CodeChainTemporary)
			return
		}
		seen[hop] = true
		before, at = at, hop
	}
	target, err := ParseTarget(rules[at].Target)
	if err != nil {
		return
	}
	further := false
	if rules[at].Source.Match == Captured {
		target, further = a.filled(rules[at], rules[before].Target, target)
	}
	if further || a.toItself(r.Source, target) {
		a.report(start, r, CodeLoop, clip(strings.Join(append(path, target), " → ")))
		return
	}
	a.patch[start] = target
	a.report(start, r, CodeChain, target)
}

// filled is where a captured row sends an address, and whether another row would send
// the visitor on from there.
func (a *auditor) filled(r Rule, address, target string) (to string, further bool) {
	c, _, _ := r.Capture()
	s, err := ParseSource(address)
	if err != nil {
		return target, false
	}
	r.Source.Host = s.Host
	part, _ := r.Captured(s)
	to = c.Fill(target, part)
	if s, err = ParseSource(to); err == nil {
		s.Fragment = ""
		_, further = a.answering(s)
	}
	return to, further
}

// accepted walks the map once more, without what was refused and with targets as
// they are sent.
func (a *auditor) accepted(m Map) Map {
	return MapFunc(func() iter.Seq2[Rule, error] {
		return func(yield func(Rule, error) bool) {
			row := int32(-1)
			for r, err := range m.Rules() {
				row++
				var bad *RowError
				if errors.As(err, &bad) || a.isDropped(row) {
					continue
				}
				if err != nil {
					yield(r, err)
					return
				}
				if r.Gone() {
					r.Target = ""
				} else if flat, ok := a.patch[row]; ok {
					r.Target = flat
				} else if target, err := ParseTarget(r.Target); err == nil {
					r.Target = target
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	})
}
