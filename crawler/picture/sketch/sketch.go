// Package sketch makes up pictures of products that do not exist, and what shops do to
// pictures when they move: scaling, compressing anew, marking. Tests and benchmarks use
// them. The same numbers give the same pictures.
package sketch

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"
)

// shape is one part of a product; places and sizes are shares of the picture.
type shape struct {
	x, y, w, h float64
	round      bool
	turn       float64 // radians
	tone       color.RGBA
	dyed       bool    // takes the colour of the variant
	cos, sin   float64 // of turn
}

// colours are those in which one product is sold.
var colours = []color.RGBA{
	{196, 32, 40, 255}, {28, 70, 168, 255}, {24, 24, 26, 255}, {238, 236, 230, 255}, {34, 128, 68, 255},
	{230, 190, 40, 255}, {120, 120, 124, 255}, {226, 140, 170, 255}, {104, 66, 40, 255}, {110, 50, 140, 255},
}

// Colours is how many colours Product knows.
func Colours() int { return len(colours) }

// Product draws the made-up product with this number in one of the colours, size pixels
// wide and high, as a shop would show it: on white, grey or a shaded ground, now and
// then with something beside it. shot 0 is the picture of the maker; others are
// photographs that a shop took itself.
func Product(number uint64, colour, shot, size int) *image.RGBA {
	r := rand.New(rand.NewPCG(number, 0x736b65746368))
	dye := colours[colour%len(colours)]
	tone := func() color.RGBA {
		return color.RGBA{uint8(30 + r.IntN(200)), uint8(30 + r.IntN(200)), uint8(30 + r.IntN(200)), 255}
	}
	ground := [2]color.RGBA{{255, 255, 255, 255}, {255, 255, 255, 255}}
	switch r.IntN(6) {
	case 0:
		ground = [2]color.RGBA{{236, 236, 238, 255}, {250, 250, 250, 255}}
	case 1:
		ground[0], ground[1] = tone(), color.RGBA{240, 238, 234, 255}
	}
	var shapes []shape
	body := shape{x: 0.5, y: 0.52, w: 0.28 + 0.5*r.Float64(), h: 0.28 + 0.5*r.Float64(), round: r.IntN(2) == 0, turn: 0.5 * (r.Float64() - 0.5), dyed: true}
	if r.IntN(2) == 0 {
		body.turn = 0
	}
	shapes = append(shapes, body)
	for range 2 + r.IntN(5) {
		s := shape{x: body.x + body.w*(r.Float64()-0.5), y: body.y + body.h*(r.Float64()-0.5), w: 0.06 + 0.3*r.Float64(), h: 0.06 + 0.3*r.Float64(),
			round: r.IntN(2) == 0, turn: r.Float64() * math.Pi, tone: tone(), dyed: r.IntN(3) == 0}
		shapes = append(shapes, s)
	}
	if shot > 0 { // another ground, another angle, another crop
		q := rand.New(rand.NewPCG(number, uint64(shot)))
		ground[0] = color.RGBA{uint8(120 + q.IntN(130)), uint8(120 + q.IntN(130)), uint8(120 + q.IntN(130)), 255}
		turn, zoom, dx, dy := q.Float64()-0.5, 0.6+0.7*q.Float64(), 0.3*(q.Float64()-0.5), 0.3*(q.Float64()-0.5)
		for i := range shapes {
			s := &shapes[i]
			x, y := (s.x-0.5)*zoom, (s.y-0.5)*zoom
			s.x, s.y = 0.5+dx+x*math.Cos(turn)-y*math.Sin(turn), 0.5+dy+x*math.Sin(turn)+y*math.Cos(turn)
			s.w, s.h, s.turn = s.w*zoom, s.h*zoom, s.turn+turn
		}
	}
	for i := range shapes {
		shapes[i].sin, shapes[i].cos = math.Sincos(shapes[i].turn)
	}
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		fy := (float64(y) + 0.5) / float64(size)
		for x := range size {
			fx := (float64(x) + 0.5) / float64(size)
			c := mix(ground[0], ground[1], fy)
			for i := range shapes {
				if s := &shapes[i]; s.holds(fx, fy) {
					c = s.tone
					if s.dyed {
						c = dye
					}
					c = mix(c, color.RGBA{0, 0, 0, 255}, 0.25*math.Abs(fx-s.x)/max(s.w, 0.01)) // shade
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func (s *shape) holds(x, y float64) bool {
	dx, dy := x-s.x, y-s.y
	u := (dx*s.cos + dy*s.sin) / (s.w / 2)
	v := (dy*s.cos - dx*s.sin) / (s.h / 2)
	if s.round {
		return u*u+v*v <= 1
	}
	return math.Abs(u) <= 1 && math.Abs(v) <= 1
}

func mix(a, b color.RGBA, share float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*min(max(share, 0), 1)) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 255}
}

// Placeholder draws what shops show where a product has no picture.
func Placeholder(size int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			c := color.RGBA{232, 232, 232, 255}
			if y > size*2/5 && y < size*3/5 && x > size/5 && x < size*4/5 && x*12/size%2 == 0 {
				c = color.RGBA{150, 150, 150, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// Scaled is img with another size.
func Scaled(img image.Image, size int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// Marked is img with a pale sign of the shop in a corner.
func Marked(img image.Image) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(b)
	draw.Draw(out, b, img, b.Min, draw.Src)
	w, h := b.Dx(), b.Dy()
	sign := image.Rect(b.Min.X+w*6/10, b.Min.Y+h*88/100, b.Min.X+w*97/100, b.Min.Y+h*96/100)
	for y := sign.Min.Y; y < sign.Max.Y; y++ {
		for x := sign.Min.X; x < sign.Max.X; x++ {
			if (x-sign.Min.X)*16/w%2 == 0 {
				out.SetRGBA(x, y, mix(out.RGBAAt(x, y), color.RGBA{90, 90, 90, 255}, 0.5))
			}
		}
	}
	return out
}

// Encoded is img as a file: "jpeg" with a quality from 1 to 100, "png" or "gif".
func Encoded(img image.Image, format string, quality int) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch format {
	case "jpeg":
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	case "png":
		err = png.Encode(&b, img)
	case "gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = fmt.Errorf("unknown format %q", format)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding a picture: %w", err)
	}
	return b.Bytes(), nil
}
