package pairing

import "replatform/crawler/picture"

// maxShared is how many pages of one shop may show a picture that says something of
// them, such as the sizes of one shirt. What more pages show is a sign that there is no
// picture, a logo or a banner.
const maxShared = 10

// pictures are the hashes of both shops.
type pictures struct {
	hash  [2][]picture.Hash
	pages [2][]int32 // how many pages of the same shop show the picture, the page itself included
}

// add notes the picture of page i of n of a shop.
func (p *pictures) add(s side, i, n int, r *Record) {
	h, ok := picture.Parse(r.Picture)
	if !ok || groupOf(r.Type) != products {
		return
	}
	if p.hash[s] == nil {
		p.hash[s] = make([]picture.Hash, n)
	}
	p.hash[s][i] = h
}

// counted is p with its pages counted; nil when one shop has no pictures.
func (p *pictures) counted() *pictures {
	if p.hash[oldSide] == nil || p.hash[newSide] == nil {
		return nil
	}
	for s := range p.hash {
		p.pages[s] = countPictures(p.hash[s])
	}
	return p
}

// maxAlike caps how many different hashes with a part in common are compared with each
// other. Parts that more have are those of pictures that show next to nothing.
const maxAlike = 64

// countPictures says for each page how many pages show the same picture.
func countPictures(hashes []picture.Hash) []int32 {
	pages := make(map[picture.Hash]int32)
	parts := make(map[uint32][]picture.Hash)
	for _, h := range hashes {
		if !h.Known() {
			continue
		}
		if pages[h]++; pages[h] > 1 {
			continue
		}
		h.Near(func(part uint32) {
			if list := parts[part]; len(list) <= maxAlike {
				parts[part] = append(list, h)
			}
		})
	}
	total := make(map[picture.Hash]int32, len(pages))
	for h, n := range pages {
		met := make(map[picture.Hash]bool)
		h.Near(func(part uint32) {
			list := parts[part]
			if len(list) > maxAlike {
				return
			}
			for _, other := range list {
				if other != h && !met[other] && picture.Same(h, other) {
					met[other] = true
					n += pages[other]
				}
			}
		})
		total[h] = n
	}
	out := make([]int32, len(hashes))
	for i, h := range hashes {
		out[i] = total[h]
	}
	return out
}

// Pictures says how the pictures of the old item i and the new item j stand to each
// other, and how many pages of the shop that has more of them show the picture.
func (m *Matching) Pictures(i int, j int32) (level SignLevel, pages int) {
	p := m.Corpus.pictures
	if p == nil {
		return SignUnknown, 0
	}
	a, b := p.hash[oldSide][i], p.hash[newSide][j]
	if _, ok := picture.Distance(a, b); !ok {
		return SignUnknown, 0
	}
	n := max(p.pages[oldSide][i], p.pages[newSide][j])
	switch {
	case n > maxShared:
		return SignUnknown, int(n)
	case !picture.Same(a, b):
		return SignOther, int(n)
	case n > 1:
		return SignSame, int(n)
	}
	return SignOwn, int(n)
}

// HasPictures tells whether both shops have hashes of pictures.
func (m *Matching) HasPictures() bool { return m.Corpus.pictures != nil }
