package recall

import (
	"strings"
	"testing"
	"unsafe"
)

func TestMemory(t *testing.T) {
	m := New[int, int](10)
	for i := range 15 {
		m.Put(i, -i)
		if v, ok := m.Get(0); !ok || v != 0 {
			t.Fatalf("0 is forgotten after %d others, though it was always asked for", i)
		}
	}
	if v, ok := m.Get(14); !ok || v != -14 {
		t.Errorf("the newest is %d, %v", v, ok)
	}
	if !m.Whole() {
		t.Error("something is forgotten too early")
	}
	for i := range 1000 {
		m.Put(i, i)
	}
	if m.Whole() {
		t.Error("nothing seems to be forgotten of 1000")
	}
	n := 0
	m.Each(func(int) { n++ })
	if n < 10 || n > 20 {
		t.Errorf("%d remembered, want 10 to 20", n)
	}
	for i := 990; i < 1000; i++ {
		if v, ok := m.Get(i); !ok || v != i {
			t.Errorf("%d is not among the ten newest", i)
		}
	}
	if _, ok := m.Get(5); ok {
		t.Error("5 is still known")
	}
}

// TestMemoryKeepsTheKeyPutIn: a key that is asked for may be a piece of a large text.
func TestMemoryKeepsTheKeyPutIn(t *testing.T) {
	m := New[string, int](2)
	put := strings.Clone("key")
	m.Put(put, 1)
	m.Put("a", 2)
	m.Put("b", 3) // key is old now
	large := "the key in a large text"
	if _, ok := m.Get(large[4:7]); !ok {
		t.Fatal("key is forgotten")
	}
	for k := range m.young {
		if k == "key" && unsafe.StringData(k) != unsafe.StringData(put) {
			t.Error("the key that was asked for is kept in place of the one put in")
		}
	}
}
