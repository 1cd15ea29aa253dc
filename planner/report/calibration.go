package report

import (
	"replatform/planner"
	"replatform/planner/match"
)

// leastJudged is how many judged pairs the comparison of confidence and truth needs;
// with fewer a single pair moves a bar by more than the eye would forgive.
const leastJudged = 30

// calibration compares the confidence that the matching stated with what people found,
// or says that they have judged too little.
func (c *composer) calibration() []block {
	judged := 0
	for _, s := range c.p.Calibration {
		judged += s.Pairs
	}
	out := []block{heading(c.say("h.calibration"))}
	if judged == 0 {
		return append(out, para(c.say("calibration.none", c.n(leastJudged))))
	}
	if judged < leastJudged {
		return append(out, para(c.say("calibration.few", c.n(judged), c.n(leastJudged))))
	}
	return append(out, para(c.say("calibration.what", c.n(judged))), block{Kind: kindFigure, Figure: c.calibrationFigure(c.p.Calibration)})
}

func (c *composer) calibrationFigure(ranges []planner.Stated) *figure {
	caption := c.say("calibration.caption")
	t := &table{Caption: caption, Head: numeric(cols(c.say("col.confidence"), c.say("col.pairs"), c.say("col.stated"), c.say("col.observed"), c.say("col.interval")), 1)}
	picture := &chart{Kind: "bars", Alt: caption, Grouped: true}
	stated := series{Name: c.say("col.stated"), Colour: "c-phase"}
	observed := series{Name: c.say("col.observed"), Colour: "s-permanent"}
	percent := func(f float64) string { return c.printer.Sprintf("%.0f%%", 100*f) }
	for _, s := range ranges {
		n := float64(s.Pairs)
		low, high := match.Wilson(s.Right, s.Pairs)
		name := c.say("calibration.range", percent(s.Low), percent(s.High))
		picture.Labels = append(picture.Labels, name)
		for x, share := range map[*series]float64{&stated: s.Sum / n, &observed: float64(s.Right) / n} {
			x.Values, x.Texts = append(x.Values, share), append(x.Texts, percent(share))
		}
		t.Rows = append(t.Rows, row{Cells: []cell{head(name), number(c.n(s.Pairs)), number(percent(s.Sum / n)), number(percent(float64(s.Right) / n)),
			number(c.say("calibration.range", percent(low), percent(high)))}})
	}
	picture.Series = []series{stated, observed}
	return &figure{Chart: picture, Table: t}
}
