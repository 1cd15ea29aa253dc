package report

import (
	"replatform/planner"
	"replatform/planner/match"
)

// leastJudged is how many judged pairs the comparison of confidence and truth needs;
// with fewer a single pair moves a bar by more than the eye would forgive.
const leastJudged = 30

// calibration compares the confidence that the matching stated with what people found,
// or says that they have judged too little. What a random sample found is said in any case,
// since it speaks for all rows like those.
func (c *composer) calibration() []block {
	var all planner.Stated
	for _, s := range c.p.Calibration {
		all.Pairs += s.Pairs
		all.Sampled += s.Sampled
		all.SampledRight += s.SampledRight
	}
	out := []block{heading(c.say("h.calibration"))}
	if all.Pairs == 0 {
		return append(out, para(c.say("calibration.none", c.n(leastJudged))))
	}
	few := all.Pairs < leastJudged
	key := "calibration.what"
	counts := []any{c.n(all.Pairs), c.n(all.Pairs - all.Sampled), c.n(all.Sampled)}
	if few {
		key, counts = "calibration.few", append(counts, c.n(leastJudged))
	}
	out = append(out, para(c.say(key, counts...)))
	if all.Sampled > 0 {
		low, high := match.Wilson(all.SampledRight, all.Sampled)
		out = append(out, para(c.say("calibration.sample", c.n(all.Sampled), c.n(all.SampledRight), c.wholePercent(low), c.wholePercent(high))))
	}
	if few {
		return out
	}
	return append(out, block{Kind: kindFigure, Figure: c.calibrationFigure(c.p.Calibration)})
}

// wholePercent is a share from 0 to 1 in whole percent, a share of nothing too.
func (c *composer) wholePercent(f float64) string { return c.printer.Sprintf("%.0f%%", 100*f) }

func (c *composer) calibrationFigure(ranges []planner.Stated) *figure {
	caption := c.say("calibration.caption")
	t := &table{Caption: caption, Head: numeric(cols(c.say("col.confidence"), c.say("col.pairs"), c.say("col.sampled"), c.say("col.stated"), c.say("col.observed"), c.say("col.interval")), 1)}
	picture := &chart{Kind: "bars", Alt: caption, Grouped: true}
	stated := series{Name: c.say("col.stated"), Colour: "c-phase"}
	observed := series{Name: c.say("col.observed"), Colour: "s-permanent"}
	for _, s := range ranges {
		n := float64(s.Pairs)
		low, high := match.Wilson(s.Right, s.Pairs)
		name := c.say("calibration.range", c.wholePercent(s.Low), c.wholePercent(s.High))
		picture.Labels = append(picture.Labels, name)
		for x, share := range map[*series]float64{&stated: s.Sum / n, &observed: float64(s.Right) / n} {
			x.Values, x.Texts = append(x.Values, share), append(x.Texts, c.wholePercent(share))
		}
		t.Rows = append(t.Rows, row{Cells: []cell{head(name), number(c.n(s.Pairs)), number(c.n(s.Sampled)), number(c.wholePercent(s.Sum / n)), number(c.wholePercent(float64(s.Right) / n)),
			number(c.say("calibration.range", c.wholePercent(low), c.wholePercent(high)))}})
	}
	picture.Series = []series{stated, observed}
	return &figure{Chart: picture, Table: t}
}
