package report

import (
	"fmt"
	"math"
	"strconv"
)

// minContrast is what a part of a page that is no text needs against the colour beside
// it, as a ratio of luminances (WCAG 2.2, success criterion 1.4.11,
// https://www.w3.org/TR/WCAG22/#non-text-contrast, 2023-10-05).
const minContrast = 3

// Shade is how a brand's colour is used on one background of the plan.
type Shade struct {
	Paper    string  // colour of the background, "#rrggbb"
	Contrast float64 // of the brand's own colour against it
	Used     string  // the brand's colour, or the nearest shade of it that stands out enough
}

// Shades are the brand's colour on light and on dark paper, in this order; empty where
// the brand has no colour of its own.
func (b Brand) Shades() []Shade {
	if !colourForm.MatchString(b.Colour) {
		return nil
	}
	own := parseColour(b.Colour)
	out := make([]Shade, 0, 2)
	for _, s := range []struct{ paper, towards string }{{"#ffffff", "#000000"}, {"#14181c", "#ffffff"}} {
		paper, end := parseColour(s.paper), parseColour(s.towards)
		used := own
		for step := 1; contrast(used, paper) < minContrast && step <= 100; step++ {
			used = mix(own, end, float64(step)/100)
		}
		out = append(out, Shade{Paper: s.paper, Contrast: contrast(own, paper), Used: used.String()})
	}
	return out
}

// colour is red, green and blue from 0 to 255.
type colour [3]float64

// parseColour reads "#rrggbb"; the form has been checked.
func parseColour(s string) colour {
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return colour{}
	}
	return colour{float64(n >> 16), float64(n >> 8 & 0xff), float64(n & 0xff)}
}

func (c colour) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]), int(c[1]), int(c[2]))
}

// mix goes from a to b by the part between 0 and 1, in whole steps of each channel.
func mix(a, b colour, part float64) colour {
	var out colour
	for i := range out {
		out[i] = math.Round(a[i] + (b[i]-a[i])*part)
	}
	return out
}

// contrast is the contrast ratio of two colours, from 1 to 21
// (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
func contrast(a, b colour) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of an sRGB colour, from 0 to 1
// (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
func luminance(c colour) float64 {
	linear := func(v float64) float64 {
		if v /= 255; v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}
