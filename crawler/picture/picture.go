package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // read by image.Decode
	_ "image/jpeg" // read by image.Decode
	_ "image/png"  // read by image.Decode

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // read by image.Decode
)

// MaxBytes is how large a picture file may be to be worth asking for. Shops show
// pictures of some hundred kilobytes.
const MaxBytes = 8 << 20

// maxPixels is how many pixels a picture may have to be decoded: 4096 by 4096. A
// progressive JPEG of that size takes about 250 MB while it is decoded.
const maxPixels = 1 << 24

// minSide is the least width and height of a picture that shows something: smaller ones
// are spacers and counters.
const minSide = 16

// Errors of Of that a caller can tell apart.
var (
	// ErrFormat: the bytes are no JPEG, PNG, GIF or WebP.
	ErrFormat = errors.New("no picture of a known format")
	// ErrTooLarge: the file or the picture in it is larger than what is decoded.
	ErrTooLarge = errors.New("the picture is too large")
	// ErrTooSmall: the picture is a spacer.
	ErrTooSmall = errors.New("the picture is too small")
	// ErrDamaged: the picture cannot be decoded.
	ErrDamaged = errors.New("the picture is damaged")
)

// Of is the hash of the picture that data, the content of a file, holds. Of a moving
// picture it is that of the first frame.
func Of(data []byte) (h Hash, err error) {
	if len(data) > MaxBytes {
		return Hash{}, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	// Decoders have panicked on crafted files before (https://pkg.go.dev/vuln/GO-2026-5061,
	// mended in the version used here).
	defer func() {
		if r := recover(); r != nil {
			h, err = Hash{}, fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case errors.Is(err, image.ErrFormat):
		return Hash{}, ErrFormat
	case err != nil:
		return Hash{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	case c.Width < minSide || c.Height < minSide:
		return Hash{}, fmt.Errorf("%w: %d by %d", ErrTooSmall, c.Width, c.Height)
	case c.Width > maxPixels/c.Height:
		return Hash{}, fmt.Errorf("%w: %d by %d pixels", ErrTooLarge, c.Width, c.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Hash{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return OfImage(img), nil
}

// margin is how much of each side is ground and not looked at for colour.
const margin = 6

// side is the width and height to which a picture is scaled before it is looked at.
const side = 32

// OfImage is the hash of a picture that is decoded. What is transparent is white, as
// the page of a shop mostly is.
func OfImage(img image.Image) Hash {
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	if b := img.Bounds(); !b.Empty() {
		draw.BiLinear.Scale(small, small.Bounds(), img, b, draw.Over, nil)
	}
	var light [side][side]float64
	var quarters [4][3]float64 // mean brightness and colour
	for y := range side {
		for x := range side {
			c := small.RGBAAt(x, y)
			l, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			light[y][x] = float64(l)
			if x < margin || x >= side-margin || y < margin || y >= side-margin {
				continue
			}
			q := &quarters[y/(side/2)*2+x/(side/2)]
			for i, v := range [...]uint8{l, cb, cr} {
				q[i] += float64(v) / ((side/2 - margin) * (side/2 - margin))
			}
		}
	}
	h := Hash{bits: Bits, words: [2]uint64{structure(&light), 0}}
	for _, q := range quarters {
		for i, mean := range q {
			for _, step := range steps[i] {
				h.words[1] <<= 1
				if mean > step {
					h.words[1]++
				}
			}
		}
	}
	return h
}

// steps are the values that the mean brightness, blue and red (Y'CbCr, 0 to 255) of a
// quarter are compared with: one bit each, so that what differs little differs in few
// bits. Those of colour keep away from 128, which is grey.
var steps = [3][]float64{
	{48, 88, 120, 148, 172, 194, 214, 234},
	{100, 118, 138, 156},
	{100, 118, 138, 156},
}
