// Package recall keeps what was used last, within a bound: the addresses and pages that
// the menus and lists of a shop name again and again.
package recall

// Memory holds at least the size values that were used last, and at most twice as many.
// It keeps them in two generations: when the young one is full it becomes the old one,
// and what is asked for again moves over. That costs less than keeping an order, and
// forgets the same.
//
// What is put in stays as it is: a key or a value must not be a part of a larger text,
// which would stay with it. A key that is only asked for is not kept. A Memory is not safe for many goroutines at once.
type Memory[K comparable, V any] struct {
	young, old map[K]entry[K, V]
	size       int
	whole      bool
}

// entry holds the key as it was put in.
type entry[K comparable, V any] struct {
	key   K
	value V
}

// New returns an empty memory.
func New[K comparable, V any](size int) *Memory[K, V] {
	return &Memory[K, V]{young: make(map[K]entry[K, V]), size: size, whole: true}
}

// Get returns what was put in for k last; ok is false when that is not remembered.
func (m *Memory[K, V]) Get(k K) (v V, ok bool) {
	e, ok := m.young[k]
	if !ok {
		if e, ok = m.old[k]; ok {
			m.Put(e.key, e.value)
		}
	}
	return e.value, ok
}

// Put remembers v for k.
func (m *Memory[K, V]) Put(k K, v V) {
	if len(m.young) >= m.size {
		m.whole = m.whole && len(m.old) == 0
		m.old, m.young = m.young, make(map[K]entry[K, V], m.size)
	}
	m.young[k] = entry[K, V]{k, v}
}

// Whole says that nothing has been forgotten: what Get does not know was never put in.
func (m *Memory[K, V]) Whole() bool { return m.whole }

// Each hands out all that is remembered, in no order; some of it twice. fn must not use
// the memory.
func (m *Memory[K, V]) Each(fn func(V)) {
	for _, generation := range []map[K]entry[K, V]{m.young, m.old} {
		for _, e := range generation {
			fn(e.value)
		}
	}
}
