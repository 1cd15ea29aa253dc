package platform

import (
	"hash/maphash"
	"net/url"
	"sync/atomic"
)

const (
	memoryPairs  = 1 << 13
	memoryLength = 300 // bytes of an address that is remembered
)

// memory remembers the identities of addresses that were asked for lately. It is
// bounded: each address shares a pair of places with others, of which the last two are
// remembered. All may use it at once.
type memory struct {
	fragments bool // the fragment tells pages apart
	table     atomic.Pointer[memoryTable]
}

type memoryTable struct {
	seed  maphash.Seed
	pairs [memoryPairs][2]atomic.Pointer[remembered]
}

// remembered is an address, as far as identities hang on it, and what it is.
type remembered struct {
	scheme, host, path, rawPath, query, fragment, rawFragment string
	identity                                                  Identity
}

func (m *memory) get(p *Platform, u *url.URL) Identity {
	if len(u.Path)+len(u.RawPath)+len(u.RawQuery)+len(u.Fragment)+len(u.Host) > memoryLength {
		return p.identify(u)
	}
	fragment, rawFragment := "", ""
	if m.fragments {
		fragment, rawFragment = u.Fragment, u.RawFragment
	}
	t := m.table.Load()
	if t == nil {
		t = &memoryTable{seed: maphash.MakeSeed()}
		if !m.table.CompareAndSwap(nil, t) {
			t = m.table.Load()
		}
	}
	hash := maphash.String(t.seed, u.Path) + 3*maphash.String(t.seed, u.RawQuery) + 5*maphash.String(t.seed, fragment)
	pair := &t.pairs[hash%memoryPairs]
	for i := range pair {
		if r := pair[i].Load(); r != nil && r.path == u.Path && r.query == u.RawQuery && r.host == u.Host && r.scheme == u.Scheme &&
			r.rawPath == u.RawPath && r.fragment == fragment && r.rawFragment == rawFragment {
			return r.identity
		}
	}
	id := p.identify(u)
	// The address may share the memory of a whole page.
	all := u.Scheme + u.Host + u.Path + u.RawPath + u.RawQuery + fragment + rawFragment + id.Prefix
	own := func(s string) string {
		s, all = all[:len(s)], all[len(s):]
		return s
	}
	r := &remembered{
		scheme: own(u.Scheme), host: own(u.Host), path: own(u.Path), rawPath: own(u.RawPath),
		query: own(u.RawQuery), fragment: own(fragment), rawFragment: own(rawFragment),
		identity: id,
	}
	r.identity.Prefix = own(id.Prefix)
	pair[1].Store(pair[0].Load())
	pair[0].Store(r)
	return r.identity
}
