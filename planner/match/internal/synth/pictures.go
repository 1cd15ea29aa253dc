package synth

import (
	"fmt"
	"image"
	"math/rand/v2"

	"replatform/crawler/picture"
	"replatform/crawler/picture/sketch"
)

// photographs say how the pictures of one move fared.
type photographs struct {
	kept    float64    // chance that the new shop shows the picture of the old one
	missing [2]float64 // chance that a page shows what stands for no picture
	marked  [2]bool    // the shop puts its sign on its pictures
	size    [2]int
	quality [2]int // of JPEG; 0: PNG
	mixed   float64
}

// Picture gives the products of a move made by New or Unseen pictures, which are drawn,
// saved as files in the way of each shop and read again. Most pictures were carried
// over, scaled and compressed anew, some with the sign of a shop; others were taken
// anew. Colours have pictures of their own, sizes have not, some pages show what stands
// for no picture, and now and then a page shows the picture of another product.
func (m *Move) Picture(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 0x70696374))
	ph := photographs{
		kept: between(r, 0.3, 0.98), missing: [2]float64{between(r, 0, 0.25), between(r, 0, 0.25)},
		marked: [2]bool{r.IntN(3) == 0, r.IntN(3) == 0}, size: [2]int{96 + r.IntN(64), 64 + r.IntN(64)},
		quality: [2]int{60 + r.IntN(35), 40 + r.IntN(50)}, mixed: between(r, 0, 0.02),
	}
	if r.IntN(4) == 0 {
		ph.quality[r.IntN(2)] = 0
	}
	const base = 160
	type shown struct {
		Good
		shot int
	}
	drawn := map[shown]image.Image{}
	hashes := [2]map[shown]string{{}, {}}
	retaken := map[Good]bool{} // by the new shop
	for s := range m.Goods {
		for i, what := range m.Goods[s] {
			if what.Family == 0 {
				continue
			}
			if r.Float64() < ph.mixed {
				what = m.Goods[s][r.IntN(len(m.Goods[s]))]
			}
			if r.Float64() < ph.missing[s] || what.Family == 0 {
				what = Good{}
			}
			look := shown{Good: what}
			if s == 1 && what.Family > 0 {
				if _, ok := retaken[what]; !ok {
					retaken[what] = r.Float64() >= ph.kept
				}
				if retaken[what] {
					look.shot = 1
				}
			}
			h, ok := hashes[s][look]
			if !ok {
				img := drawn[look]
				if img == nil {
					if img = sketch.Placeholder(base); what.Family > 0 {
						img = sketch.Product(seed<<24+uint64(what.Family), what.Colour, look.shot, base)
					}
					drawn[look] = img
				}
				var err error
				if h, err = ph.file(s, img); err != nil {
					return fmt.Errorf("picturing a move: %w", err)
				}
				hashes[s][look] = h
			}
			records := m.Old
			if s == 1 {
				records = m.New
			}
			records[i].Picture = h
		}
	}
	return nil
}

// file saves a picture in the way of a shop and reads it again.
func (ph *photographs) file(s int, img image.Image) (string, error) {
	if ph.marked[s] {
		img = sketch.Marked(img)
	}
	img = sketch.Scaled(img, ph.size[s])
	format := "jpeg"
	if ph.quality[s] == 0 {
		format = "png"
	}
	data, err := sketch.Encoded(img, format, ph.quality[s])
	if err != nil {
		return "", err
	}
	h, err := picture.Of(data)
	return h.String(), err
}
