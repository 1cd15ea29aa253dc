package redirects

import (
	"context"
	"slices"
	"strings"
)

// folding is a map with prefix rows in the place of whole folders.
type folding struct {
	kept    Slice
	added   Slice
	dropped []Drop
}

// foldPrefixes puts one prefix row in the place of all rows of a folder when they
// all go to one place in one way. It proves the result: every row of the map, and
// every other known address, gets the answer that it had.
func foldPrefixes(ctx context.Context, all Slice, o CompactOptions) (*folding, error) {
	least := o.MinPrefix
	if least <= 0 {
		least = 3
	}
	before, err := NewResolver(all)
	if err != nil {
		return nil, err
	}
	banned := map[string]bool{}
	for {
		f := foldOnce(all, least, banned)
		after, err := NewResolver(f.kept)
		if err != nil {
			return nil, err
		}
		wrong, n, known := 0, 0, len(banned)
		same := func(s Source) error {
			if n++; n%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			was, had := before.Resolve(s.Host, s.RequestTarget())
			now, has := after.Resolve(s.Host, s.RequestTarget())
			if had == has && (!had || sameAnswer(was, now)) {
				return nil
			}
			wrong++
			for _, r := range f.added {
				if under(s, r.Source) {
					banned[r.Source.Key()] = true
				}
			}
			return nil
		}
		for _, r := range all {
			if err := same(r.Source); err != nil {
				return nil, err
			}
		}
		if o.Others != nil {
			for s := range o.Others {
				if err := same(s); err != nil {
					return nil, err
				}
			}
		}
		if wrong == 0 {
			return f, nil
		}
		if len(banned) == known {
			// No folder is to blame by itself, so none is taken.
			return &folding{kept: all}, nil
		}
	}
}

// under tells whether an address is in the folder of a prefix row.
func under(s, prefix Source) bool {
	if prefix.Host != "" && s.Host != prefix.Host {
		return false
	}
	folder := strings.TrimRight(UpperEscapes(prefix.Path), "/")
	path := UpperEscapes(s.Path)
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// folder is what foldOnce knows of one folder of one host.
type folder struct {
	rows    []int
	uniform bool
}

// foldOnce makes the map with as high folders as there can be.
func foldOnce(all Slice, least int, banned map[string]bool) *folding {
	folders := map[string]*folder{}
	for i, r := range all {
		path := UpperEscapes(r.Source.Path)
		for at := range len(path) {
			if at == 0 || path[at] != '/' {
				continue
			}
			k := r.Source.Host + path[:at+1]
			f, ok := folders[k]
			if !ok {
				f = &folder{uniform: true}
				folders[k] = f
			}
			f.uniform = f.uniform && sameAnswer(r, all[firstOf(f.rows, i)])
			f.rows = append(f.rows, i)
		}
	}
	names := make([]string, 0, len(folders))
	for k, f := range folders {
		if f.uniform && len(f.rows) >= least && !banned[k+"*"] {
			names = append(names, k)
		}
	}
	// A folder comes before what is in it.
	slices.Sort(names)
	taken := make([]int, len(all)) // number of the folder, from 1
	out := &folding{}
	var heads []Rule
	for _, k := range names {
		f := folders[k]
		if taken[f.rows[0]] > 0 {
			continue
		}
		r := all[f.rows[0]]
		path := strings.TrimPrefix(k, r.Source.Host)
		if strings.Contains(path, "//") || strings.Contains(path, "/.") || leadsInto(r, path) {
			continue
		}
		r.Source = Source{Host: r.Source.Host, Path: path, Match: Prefix}
		r.Label = ""
		heads = append(heads, r)
		for _, i := range f.rows {
			taken[i] = len(heads)
		}
	}
	written := make([]bool, len(heads)+1)
	for i, r := range all {
		n := taken[i]
		if n == 0 {
			out.kept = append(out.kept, r)
			continue
		}
		head := heads[n-1]
		if !written[n] {
			written[n] = true
			out.kept = append(out.kept, head)
			out.added = append(out.added, head)
		}
		out.dropped = append(out.dropped, Drop{Line: r.Line, Source: r.Source.String(), By: head.Line})
	}
	return out
}

// firstOf is the first of rows, or the row itself when there is none yet.
func firstOf(rows []int, i int) int {
	if len(rows) == 0 {
		return i
	}
	return rows[0]
}

// leadsInto tells whether the target of a rule may lie in the very folder: the
// prefix row would then catch its own target.
func leadsInto(r Rule, path string) bool {
	t, err := ParseSource(r.Target)
	if r.Gone() || err != nil {
		return false
	}
	s := Source{Host: t.Host, Path: t.Path}
	return (r.Source.Host == "" || r.Source.Host == t.Host) && under(s, Source{Path: path})
}
