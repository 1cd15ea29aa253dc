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
	banned := map[string]bool{}
	var before *Resolver
	for {
		f := foldOnce(all, least, banned)
		if len(f.added) == 0 {
			return f, nil
		}
		if before == nil {
			var err error
			if before, err = NewResolver(all); err != nil {
				return nil, err
			}
		}
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
	first, rows int
	uniform     bool
	head        int // number of its prefix row, from 1; 0 when it has none
}

// eachFolder lists host and path of the folders that a source is in, the highest
// first, until yield returns false.
func eachFolder(s Source, yield func(string) bool) {
	path := s.Host + UpperEscapes(s.Path)
	for at := len(s.Host) + 1; at < len(path); at++ {
		if path[at] == '/' && !yield(path[:at+1]) {
			return
		}
	}
}

// foldOnce makes the map with as high folders as there can be.
func foldOnce(all Slice, least int, banned map[string]bool) *folding {
	folders := map[string]*folder{}
	for i, r := range all {
		eachFolder(r.Source, func(k string) bool {
			f, ok := folders[k]
			if !ok {
				f = &folder{first: i, uniform: true}
				folders[k] = f
			}
			f.uniform = f.uniform && sameAnswer(r, all[f.first])
			f.rows++
			return true
		})
	}
	names := make([]string, 0, len(folders))
	for k, f := range folders {
		if f.uniform && f.rows >= least && !banned[k+"*"] {
			names = append(names, k)
		}
	}
	// A folder comes before what is in it.
	slices.Sort(names)
	taken := func(s Source) (n int) { // the number of the folder that a row is in, from 1
		eachFolder(s, func(k string) bool {
			n = folders[k].head
			return n == 0
		})
		return n
	}
	out := &folding{}
	var heads []Rule
	for _, k := range names {
		f := folders[k]
		r := all[f.first]
		if taken(r.Source) > 0 {
			continue
		}
		path := strings.TrimPrefix(k, r.Source.Host)
		if strings.Contains(path, "//") || strings.Contains(path, "/.") || leadsInto(r, path) {
			continue
		}
		r.Source = Source{Host: r.Source.Host, Path: path, Insecure: r.Source.Insecure, Match: Prefix}
		r.Label = ""
		heads = append(heads, r)
		f.head = len(heads)
	}
	if len(heads) == 0 {
		return &folding{kept: all}
	}
	written := make([]bool, len(heads)+1)
	for _, r := range all {
		n := taken(r.Source)
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
