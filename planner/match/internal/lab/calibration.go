package lab

import (
	"fmt"
	"io"
	"strings"

	"replatform/planner/match/internal/judge"
)

// Stated is how often pairs of some confidence were right.
type Stated struct {
	Low, High float64
	N, Right  int
	Sum       float64 // of the confidences
}

// Calibration is a reliability diagram as numbers.
type Calibration []Stated

// calibrationEdges are tenths below, finer above: nearly all pairs stand there.
var calibrationEdges = []float64{0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0001}

// NewCalibration has no pairs yet.
func NewCalibration() Calibration {
	var c Calibration
	for b := 1; b < len(calibrationEdges); b++ {
		c = append(c, Stated{Low: calibrationEdges[b-1], High: calibrationEdges[b]})
	}
	return c
}

// Add counts the pairs of a case.
func (c Calibration) Add(truth []int32, gs []Guess) {
	for i, g := range gs {
		if g.New < 0 {
			continue
		}
		for b := range c {
			if g.Confidence >= c[b].Low && g.Confidence < c[b].High {
				c[b].N++
				c[b].Sum += g.Confidence
				if g.New == truth[i] {
					c[b].Right++
				}
			}
		}
	}
}

// Error is the expected calibration error: by how much the confidence misses the
// observed share, weighted by the number of pairs (Naeini, Cooper, Hauskrecht,
// "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015).
func (c Calibration) Error() float64 {
	var off float64
	n := 0
	for _, s := range c {
		if s.N == 0 {
			continue
		}
		d := s.Sum - float64(s.Right)
		off += max(d, -d)
		n += s.N
	}
	if n == 0 {
		return 0
	}
	return off / float64(n)
}

// Write writes a chart and a table as Markdown. The chart is drawn by Mermaid
// (https://mermaid.js.org/syntax/xyChart.html), which code hosts show in place.
func (c Calibration) Write(w io.Writer, title string) error {
	var names, stated, observed, rows []string
	for _, s := range c {
		if s.N == 0 {
			continue
		}
		name := fmt.Sprintf("%.2f–%.2f", s.Low, min(s.High, 1))
		mean, share := s.Sum/float64(s.N), ratio(s.Right, s.N)
		low, high := judge.Wilson(s.Right, s.N)
		names = append(names, fmt.Sprintf("%q", name))
		stated, observed = append(stated, fmt.Sprintf("%.3f", mean)), append(observed, fmt.Sprintf("%.3f", share))
		rows = append(rows, fmt.Sprintf("| %s | %d | %.3f | %.3f | %.3f–%.3f |", name, s.N, mean, share, low, high))
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintf(w, "\n## %s\n\nNo pairs.\n", title)
		return err
	}
	_, err := fmt.Fprintf(w, `
## %s

Expected calibration error: %.3f.

`+"```mermaid"+`
xychart-beta
  title "bars: observed share of right pairs; line: stated confidence"
  x-axis [%s]
  y-axis "share" 0 --> 1
  bar [%s]
  line [%s]
`+"```"+`

| confidence | pairs | stated on average | observed | 95 %% interval of the observed (Wilson) |
|---|---:|---:|---:|---|
%s
`, title, c.Error(), strings.Join(names, ", "), strings.Join(observed, ", "), strings.Join(stated, ", "), strings.Join(rows, "\n"))
	return err
}
