package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"os"
	"slices"
	"strings"
	"testing"

	"replatform/crawler/picture"
	"replatform/crawler/picture/sketch"
)

func encoded(t testing.TB, img image.Image, format string, quality int) []byte {
	t.Helper()
	data, err := sketch.Encoded(img, format, quality)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func hashOf(t testing.TB, data []byte) picture.Hash {
	t.Helper()
	h, err := picture.Of(data)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func distance(t testing.TB, a, b picture.Hash) int {
	t.Helper()
	n, ok := picture.Distance(a, b)
	if !ok {
		t.Fatalf("%v and %v cannot be compared", a, b)
	}
	return n
}

// spread says where distances lie.
func spread(ds []int) string {
	slices.Sort(ds)
	at := func(share float64) int { return ds[int(share*float64(len(ds)-1))] }
	return fmt.Sprintf("%5d  %3d %3d %3d %3d %3d", len(ds), ds[0], at(0.05), at(0.5), at(0.95), ds[len(ds)-1])
}

// TestCopies measures in how many bits hashes differ: of copies of one picture, of one
// product in two colours, of one product photographed twice, of two products.
func TestCopies(t *testing.T) {
	n := uint64(100)
	if testing.Short() {
		n = 20
	}
	ds := map[string][]int{}
	var firsts []picture.Hash
	for p := range n {
		img := sketch.Product(p, int(p%10), 0, 200)
		first := hashOf(t, encoded(t, img, "jpeg", 88))
		add := func(what string, data []byte) { ds[what] = append(ds[what], distance(t, first, hashOf(t, data))) }
		add("1 compressed anew", encoded(t, img, "jpeg", 50))
		add("2 scaled down", encoded(t, sketch.Scaled(img, 90), "jpeg", 75))
		add("3 scaled up", encoded(t, sketch.Scaled(img, 320), "jpeg", 80))
		add("4 as PNG", encoded(t, img, "png", 0))
		add("5 as GIF", encoded(t, img, "gif", 0))
		add("6 marked, scaled", encoded(t, sketch.Scaled(sketch.Marked(img), 140), "jpeg", 70))
		add("7 other colour", encoded(t, sketch.Product(p, int(p%10)+1+int(p/10%9), 0, 200), "jpeg", 88))
		add("8 other photograph", encoded(t, sketch.Product(p, int(p%10), 1, 200), "jpeg", 88))
		for _, other := range firsts {
			ds["9 other product"] = append(ds["9 other product"], distance(t, first, other))
		}
		firsts = append(firsts, first)
	}
	const most = picture.SameBits * picture.Bits / 100
	var b strings.Builder
	fmt.Fprintf(&b, "\nbits of %d that differ; same picture up to %d\n%-20s  pairs  min  5%% 50%% 95%% max  taken for the same\n", picture.Bits, most, "")
	kinds := make([]string, 0, len(ds))
	for k := range ds {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		same := 0
		for _, d := range ds[k] {
			if d <= most {
				same++
			}
		}
		share := float64(same) / float64(len(ds[k]))
		fmt.Fprintf(&b, "%-20s  %s  %.4f\n", k, spread(ds[k]), share)
		switch {
		case k[0] <= '6' && share < 0.95:
			t.Errorf("%s: only %.3f are recognised", k, share)
		case k[0] == '7' && share > 0.15, k[0] >= '8' && share > 0.01:
			t.Errorf("%s: %.3f are taken for the same", k, share)
		}
	}
	t.Log(b.String())
}

// TestWebP reads product 7 of package sketch as cwebp (libwebp) wrote it: with loss, without
// loss, and with transparency.
func TestWebP(t *testing.T) {
	want := hashOf(t, encoded(t, sketch.Product(7, 7, 0, 160), "png", 0))
	for _, name := range []string{"lossy.webp", "lossless.webp", "alpha.webp"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := hashOf(t, data); !picture.Same(want, got) {
			t.Errorf("%s: %v is %d bits from %v", name, got, distance(t, want, got), want)
		}
	}
}

func TestTransparentIsWhite(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	onWhite := image.NewRGBA(img.Bounds())
	for i := range 64 * 64 {
		x, y := i%64, i/64
		c := color.RGBA{255, 255, 255, 255}
		if x > 20 && y > 30 {
			c = color.RGBA{200, 30, 30, 255}
			img.Set(x, y, c)
		}
		onWhite.SetRGBA(x, y, c)
	}
	a, b := hashOf(t, encoded(t, img, "png", 0)), hashOf(t, encoded(t, onWhite, "png", 0))
	if a != b {
		t.Errorf("%v, on white %v", a, b)
	}
}

// declared is a PNG that claims to be as large as said and holds nothing.
func declared(w, h uint32) []byte {
	var small bytes.Buffer
	data, err := sketch.Encoded(image.NewGray(image.Rect(0, 0, 1, 1)), "png", 0)
	if err != nil {
		panic(err)
	}
	small.Write(data[:16])
	_ = binary.Write(&small, binary.BigEndian, [2]uint32{w, h})
	small.Write(data[24:29])
	_ = binary.Write(&small, binary.BigEndian, crc(small.Bytes()[12:]))
	small.Write(data[33:])
	return small.Bytes()
}

func crc(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

func TestRefused(t *testing.T) {
	whole := encoded(t, sketch.Product(1, 0, 0, 64), "jpeg", 80)
	for _, test := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, picture.ErrFormat},
		{"a web page", []byte("<!doctype html><title>404</title>"), picture.ErrFormat},
		{"SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), picture.ErrFormat},
		{"a spacer", encoded(t, image.NewGray(image.Rect(0, 0, 1, 1)), "gif", 0), picture.ErrTooSmall},
		{"cut off", whole[:len(whole)/3], picture.ErrDamaged},
		{"a bomb", declared(1<<15, 1<<15), picture.ErrTooLarge},
		{"a bomb that is narrow", declared(1<<24, 17), picture.ErrTooLarge},
		{"as large as may be, and empty", declared(4096, 4096), picture.ErrDamaged},
		{"too many bytes", make([]byte, picture.MaxBytes+1), picture.ErrTooLarge},
	} {
		if h, err := picture.Of(test.data); !errors.Is(err, test.want) || h.Known() {
			t.Errorf("%s: %v, %v, want %v", test.name, h, err, test.want)
		}
	}
}

func TestFlatPicturesAreSteady(t *testing.T) {
	flat := func(c color.RGBA) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, 80, 80))
		for i := range 80 * 80 {
			img.SetRGBA(i%80, i/80, c)
		}
		return img
	}
	white := hashOf(t, encoded(t, flat(color.RGBA{255, 255, 255, 255}), "jpeg", 30))
	if pale := hashOf(t, encoded(t, flat(color.RGBA{250, 251, 250, 255}), "jpeg", 30)); !picture.Same(white, pale) {
		t.Errorf("white %v, nearly white %v", white, pale)
	}
	if red := hashOf(t, encoded(t, flat(color.RGBA{220, 20, 20, 255}), "jpeg", 30)); picture.Same(white, red) {
		t.Errorf("white %v, red %v", white, red)
	}
}

func TestParse(t *testing.T) {
	h := hashOf(t, encoded(t, sketch.Product(3, 0, 0, 64), "png", 0))
	if back, ok := picture.Parse(h.String()); !ok || back != h || len(h.String()) != 32 {
		t.Errorf("%v comes back as %v", h, back)
	}
	short, ok := picture.Parse("00FF00ff00ff00ff")
	if !ok || short.String() != "00ff00ff00ff00ff" {
		t.Errorf("16 digits: %v, %v", short, ok)
	}
	if _, ok := picture.Distance(h, short); ok || picture.Same(h, short) {
		t.Error("hashes of different lengths are compared")
	}
	other, _ := picture.Parse("00ff00ff00ff00fe")
	if n, ok := picture.Distance(short, other); !ok || n != 1 || !picture.Same(short, other) {
		t.Errorf("one bit apart: %d, %v", n, ok)
	}
	for _, bad := range []string{"", "0", "00ff00ff00ff00fg", "00ff00ff00ff00ff0", "00ff00ff00ff00ff00ff00ff"} {
		if h, ok := picture.Parse(bad); ok || h.Known() || h.String() != "" {
			t.Errorf("%q was read as %v", bad, h)
		}
	}
	parts := map[uint32]bool{}
	short.Near(func(p uint32) { parts[p] = true })
	common := 0
	other.Near(func(p uint32) {
		if parts[p] {
			common++
		}
	})
	if len(parts) != 4 || common != 3 {
		t.Errorf("%d parts, %d in common", len(parts), common)
	}
}

// FuzzOf decodes anything: no panic, no hash without a picture, the same answer twice.
func FuzzOf(f *testing.F) {
	img := sketch.Product(1, 0, 0, 32)
	for _, format := range []string{"jpeg", "png", "gif"} {
		f.Add(encoded(f, img, format, 80))
	}
	for _, name := range []string{"lossy.webp", "lossless.webp", "alpha.webp"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(declared(1<<15, 1<<15))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := picture.Of(data)
		if (err == nil) != h.Known() {
			t.Fatalf("%v, %v", h, err)
		}
		if again, _ := picture.Of(data); again != h {
			t.Fatalf("%v and %v", h, again)
		}
		if back, ok := picture.Parse(h.String()); ok != h.Known() || back != h {
			t.Fatalf("%v comes back as %v", h, back)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	data := encoded(b, sketch.Product(1, 0, 0, 800), "jpeg", 85)
	for b.Loop() {
		if _, err := picture.Of(data); err != nil {
			b.Fatal(err)
		}
	}
}
