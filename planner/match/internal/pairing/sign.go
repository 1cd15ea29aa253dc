package pairing

import "cmp"

// SignLevel says how the pictures of two pages, or their lists of variants, stand to
// each other.
type SignLevel uint8

// Levels of SignLevel.
const (
	SignUnknown SignLevel = iota // one of the pages shows nothing of the kind, or nothing that tells pages apart
	SignOther                    // they differ
	SignSame                     // a picture that more pages of one shop show; variants of the same names, in the same order
	SignOwn                      // a picture that no other page of either shop shows; variants of which some have another name in the new shop
	SignLevels  int       = iota
)

// rank orders levels by how much they speak for a pair.
func (l SignLevel) rank() int {
	return [SignLevels]int{SignOther: -1, SignUnknown: 0, SignSame: 1, SignOwn: 2}[l]
}

// Compare orders levels: those that speak more for a pair are greater.
func (l SignLevel) Compare(o SignLevel) int { return cmp.Compare(l.rank(), o.rank()) }
