package picture

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// Bits is how long the hashes of this package are.
const Bits = 128

// Hash says how a picture looks. The zero Hash is that of no picture. Hashes can be
// compared with ==.
type Hash struct {
	words [2]uint64
	bits  uint8
}

// Parse reads a hash as String writes it, 32 hexadecimal digits, or one of 16 that
// another program made in which alike pictures differ in few bits (pHash, dHash). ok is
// false for anything else.
func Parse(s string) (h Hash, ok bool) {
	if len(s) != 16 && len(s) != 32 {
		return Hash{}, false
	}
	var b [16]byte
	if _, err := hex.Decode(b[:], []byte(s)); err != nil {
		return Hash{}, false
	}
	return Hash{
		words: [2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])},
		bits:  uint8(4 * len(s)),
	}, true
}

// String writes the hash as lower-case hexadecimal digits; "" for the zero Hash.
func (h Hash) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], h.words[0])
	binary.BigEndian.PutUint64(b[8:], h.words[1])
	return hex.EncodeToString(b[:h.bits/8])
}

// Known says that h is the hash of a picture.
func (h Hash) Known() bool { return h.bits > 0 }

// Distance is in how many bits two hashes differ. ok is false when they cannot be
// compared: one is of no picture, or they are of different lengths.
func Distance(a, b Hash) (n int, ok bool) {
	if a.bits == 0 || a.bits != b.bits {
		return 0, false
	}
	return bits.OnesCount64(a.words[0]^b.words[0]) + bits.OnesCount64(a.words[1]^b.words[1]), true
}

// SameBits is the share of the bits, in per cent, in which two hashes of the same
// picture differ at the most. The test TestCopies shows how far copies of a picture and
// pictures of different things lie from it.
const SameBits = 6

// Same says whether two hashes are of the same picture; false when they cannot be
// compared.
func Same(a, b Hash) bool {
	n, ok := Distance(a, b)
	return ok && 100*n <= SameBits*int(a.bits)
}

// Near hands the parts of the hash to fn by which pictures that look alike can be found
// without comparing all with all: hashes that differ in at most 3 bits of their first
// half have at least one part in common.
func (h Hash) Near(fn func(part uint32)) {
	if h.bits == 0 {
		return
	}
	for k := range 4 {
		fn(uint32(k)<<16 | uint32(uint16(h.words[0]>>(16*k))))
	}
}
