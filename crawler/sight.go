package crawler

import (
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"replatform/crawler/extract"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/recall"
)

// sightSize is how many addresses a crawl keeps in mind, at the least; twice as many,
// the most, take some 15 MB.
const sightSize = 1 << 13

// sights is what the crawl knows of the addresses that it has met lately. Most links of
// a shop repeat others: who has read one need not read it again, nor tell the project
// again.
type sights struct {
	mu     sync.Mutex
	memory *recall.Memory[string, *sight]
}

// sight is an address that a page names, as far as it does not hang on the page.
type sight struct {
	address string
	u       *url.URL // nil when it is no absolute address; never changed
	ours    bool     // it belongs to the shop
	id      platform.Identity
	link    inventory.Discovery // what a link to it tells the project, but for the depth
	// stored is one more than the smallest depth at which the project has stored a link
	// to it in this run; 0: none yet.
	stored atomic.Int64
}

// sight reads an absolute address.
func (c *crawl) sight(address string) *sight {
	c.sights.mu.Lock()
	s, ok := c.sights.memory.Get(address)
	c.sights.mu.Unlock()
	if ok {
		return s
	}
	address = strings.Clone(address) // not to keep the page that it stands on
	s = &sight{address: address, u: addressOf(address)}
	if s.u != nil && c.keys.SameShop(s.u) {
		s.ours, s.id = true, c.identify(s.u)
		s.link = c.discovery(s.u, s.id, "link", 0)
	}
	c.sights.mu.Lock()
	defer c.sights.mu.Unlock()
	if other, ok := c.sights.memory.Get(address); ok { // another fetcher was faster
		return other
	}
	c.sights.memory.Put(address, s)
	return s
}

// sightOf is the sight of a link's address, which its reader remembers where it can.
func (c *crawl) sightOf(link *extract.Link) *sight {
	if link.Note == nil {
		return c.sight(link.URL)
	}
	s, ok := link.Note.Value.(*sight)
	if !ok {
		s = c.sight(link.URL)
		link.Note.Value = s
	}
	return s
}

// told says that the project needs no further word of a link to s at this depth.
func (s *sight) told(depth int) bool {
	stored := s.stored.Load()
	return stored > 0 && stored <= int64(depth)+1
}

// note remembers that the project has stored a link to s at this depth. Only one
// goroutine calls it.
func (s *sight) note(depth int) {
	if !s.told(depth) {
		s.stored.Store(int64(depth) + 1)
	}
}

// addressOf reads an absolute address; nil when it is none.
func addressOf(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}
