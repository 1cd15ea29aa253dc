package inventory

import "github.com/cespare/xxhash/v2"

// filterBits is the size of a filter: 4 MB. It is wrong about one text in a thousand when
// it holds a million, and about one in five when it holds ten million.
const filterBits = 1 << 25

// filter knows of most texts that were never put in that they were not, in memory that
// does not grow (a Bloom filter, https://doi.org/10.1145/362686.362692). The zero value is
// empty.
type filter struct{ bits []uint64 }

// places are the three bits of a text, from two halves of one hash
// (https://doi.org/10.1002/rsa.20208).
func places(text string) [3]uint64 {
	h := xxhash.Sum64String(text)
	first, step := h&(1<<32-1), h>>32|1
	return [3]uint64{first % filterBits, (first + step) % filterBits, (first + 2*step) % filterBits}
}

func (f *filter) add(text string) {
	if f.bits == nil {
		f.bits = make([]uint64, filterBits/64)
	}
	for _, at := range places(text) {
		f.bits[at/64] |= 1 << (at % 64)
	}
}

// never says that text was not put in; when it is false it may still be so.
func (f *filter) never(text string) bool {
	if f.bits == nil {
		return true
	}
	for _, at := range places(text) {
		if f.bits[at/64]&(1<<(at%64)) == 0 {
			return true
		}
	}
	return false
}
