package picture

import "math"

// frequencies are how many of the lowest frequencies are looked at, two bits each.
const frequencies = 32

// clear is which share of the mean strength a frequency must have for its sign to be
// none of chance.
const clear = 0.4

// structure says of each of the lowest frequencies whether it is clearly above or below
// nothing.
func structure(light *[side][side]float64) (bits uint64) {
	var strength [frequencies]float64
	mean := 0.0
	for k, f := range lowest {
		strength[k] = transform(light, f[0], f[1])
		mean += math.Abs(strength[k]) / frequencies
	}
	if mean < flat { // one colour all over: what differs is noise
		return 0
	}
	for _, s := range strength {
		bits <<= 2
		if s > clear*mean {
			bits |= 2
		}
		if s < -clear*mean {
			bits |= 1
		}
	}
	return bits
}

// flat is the mean strength, in steps of brightness, below which a picture shows
// nothing.
const flat = 0.5

// lowest are the frequencies, across and down, that are looked at: those with the
// longest waves, without the one that is the mean brightness.
var lowest = func() (fs [frequencies][2]int) {
	n := 0
	for sum := 1; n < frequencies; sum++ {
		for u := 0; u <= sum && n < frequencies; u++ {
			fs[n] = [2]int{u, sum - u}
			n++
		}
	}
	return fs
}()

// transform is one value of the discrete cosine transform (type II).
func transform(light *[side][side]float64, u, v int) float64 {
	sum := 0.0
	for y := range side {
		row := 0.0
		for x := range side {
			row += light[y][x] * cosines[u][x]
		}
		sum += row * cosines[v][y]
	}
	return sum * 2 / side / side
}

var cosines = func() (t [side][side]float64) {
	for f := range side {
		for x := range side {
			t[f][x] = math.Cos(math.Pi * float64(f) * (2*float64(x) + 1) / (2 * side))
		}
	}
	return t
}()
