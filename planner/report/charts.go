package report

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// chartFiles are Chart.js, its Sankey chart type and their licences; see
// chartjs/README.md.
//
//go:embed chartjs/*.js chartjs/LICENSE.*
var chartFiles embed.FS

// Pictures are drawn by a library inside the page (see chartjs/README.md); what they
// show is handed over as data. Every picture stands beside a table of its figures,
// which is what readers without script and screen readers get. Colours are names of
// the style sheet, so that dark mode and print have their own.

// chart is one picture as templates/charts.js reads it.
type chart struct {
	Kind   string   `json:"kind"` // bars, flow, time
	Alt    string   `json:"alt"`  // what it shows, in words
	Labels []string `json:"labels,omitempty"`
	// Of bars: one series for each kind of part; all have a value for each label.
	// Grouped are those whose series stand beside each other and are shares of 1.
	Series  []series `json:"series,omitempty"`
	Grouped bool     `json:"grouped,omitempty"`
	// Of a flow.
	Nodes []node `json:"nodes,omitempty"`
	Links []link `json:"links,omitempty"`
	// Of a timeline: a span for each label, on the scale of bend.
	Spans [][2]float64 `json:"spans,omitempty"`
	Texts []string     `json:"texts,omitempty"`
	Ticks []tick       `json:"ticks,omitempty"`
}

type series struct {
	Name   string    `json:"name"`
	Colour string    `json:"colour"` // name of a colour in the style sheet
	Values []float64 `json:"values"` // lengths
	Texts  []string  `json:"texts"`  // figures as they are printed
}

// node is one station of a flow.
type node struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Colour string `json:"colour"`
	Column int    `json:"column"`
}

// link is so many pages that go from one node to the next.
type link struct {
	From string  `json:"from"`
	To   string  `json:"to"`
	N    float64 `json:"n"`
	Text string  `json:"text"`
}

type tick struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

// part is one piece of a bar.
type part struct {
	Colour, Name string
	N            float64
	Figure       string // N as it is printed
}

// bar is one row of stacked parts; all bars of a picture have the same parts.
type bar struct {
	Label string
	Parts []part
	Total string // printed with the label
}

// barChart stacks the parts of each bar. whole makes every bar as long as the room,
// else the longest is. Parts that occur in no bar are left out of the legend.
func barChart(bars []bar, whole bool, alt string) *chart {
	if len(bars) == 0 {
		return nil
	}
	c := &chart{Kind: "bars", Alt: alt}
	for _, b := range bars {
		c.Labels = append(c.Labels, b.Label+" "+b.Total)
	}
	for i, p := range bars[0].Parts { // every bar has the same parts in the same order
		if !slices.ContainsFunc(bars, func(b bar) bool { return b.Parts[i].N > 0 }) {
			continue
		}
		s := series{Name: p.Name, Colour: p.Colour}
		for _, b := range bars {
			sum := 0.0
			for _, q := range b.Parts {
				sum += q.N
			}
			n := b.Parts[i].N
			if whole && sum > 0 {
				n /= sum
			}
			s.Values, s.Texts = append(s.Values, n), append(s.Texts, b.Parts[i].Figure)
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// stream is so many pages that go from one node of the first column through one of
// the second to one of the third.
type stream struct {
	From, Via, To string // ids
	N             float64
}

// flowChart draws streams through three columns of nodes.
func (c *composer) flowChart(nodes []node, streams []stream, alt string) *chart {
	if len(streams) == 0 {
		return nil
	}
	out := &chart{Kind: "flow", Alt: alt, Nodes: nodes}
	add := func(from, to string, n float64) {
		i := slices.IndexFunc(out.Links, func(l link) bool { return l.From == from && l.To == to })
		if i < 0 {
			i = len(out.Links)
			out.Links = append(out.Links, link{From: from, To: to})
		}
		out.Links[i].N += n
	}
	for _, s := range streams {
		add(s.From, s.Via, s.N)
		add(s.Via, s.To, s.N)
	}
	for i := range out.Links {
		out.Links[i].Text = c.n(int(out.Links[i].N))
	}
	return out
}

// span is one row of a timeline, in days from the cutover.
type span struct {
	Label, Title string
	From, To     float64
}

// bend widens a scale of days around day 0.
func bend(d float64) float64 { return math.Copysign(math.Sqrt(math.Abs(d)), d) }

// timeChart draws spans on a scale that is wide around day 0. Ticks that would stand
// on each other are left out.
func timeChart(spans []span, ticks []float64, text func(float64) string, alt string) *chart {
	c := &chart{Kind: "time", Alt: alt}
	for _, s := range spans {
		c.Labels, c.Texts = append(c.Labels, s.Label), append(c.Texts, s.Title)
		c.Spans = append(c.Spans, [2]float64{bend(s.From), bend(s.To)})
	}
	for _, t := range ticks {
		c.Ticks = append(c.Ticks, tick{At: bend(t), Text: text(t)})
	}
	return c
}

// charts lists the pictures of a document in the order in which they stand in it.
func (d *document) charts() []*chart {
	var out []*chart
	for _, ch := range d.Chapters {
		for _, b := range ch.Blocks {
			if b.Figure != nil && b.Figure.Chart != nil {
				out = append(out, b.Figure.Chart)
			}
		}
	}
	return out
}

// chartData writes the pictures as JSON that is safe inside a script element.
func (d *document) chartData() ([]byte, error) {
	data, err := json.Marshal(d.charts())
	if err != nil {
		return nil, fmt.Errorf("writing the pictures into the page: %w", err)
	}
	if bytes.ContainsAny(data, "<>&") {
		return nil, fmt.Errorf("writing the pictures into the page: markup was left unescaped")
	}
	return data, nil
}

// chartScripts are the scripts that draw the pictures, in the order in which they
// run, and the licences of those that are not ours.
func chartScripts() (scripts []string, licences string, err error) {
	for _, name := range []string{"chartjs/chart.umd.min.js", "chartjs/chartjs-chart-sankey.min.js"} {
		data, err := chartFiles.ReadFile(name)
		if err != nil {
			return nil, "", fmt.Errorf("reading the chart library: %w", err)
		}
		// The map of the source is not in the page: nobody shall ask for it.
		code, _, _ := strings.Cut(string(data), "//# sourceMappingURL=")
		scripts = append(scripts, code)
	}
	own, err := templateFiles.ReadFile("templates/charts.js")
	if err != nil {
		return nil, "", fmt.Errorf("reading the page's script: %w", err)
	}
	for _, name := range []string{"chart.js", "chartjs-chart-sankey"} {
		text, err := chartFiles.ReadFile("chartjs/LICENSE." + name + ".txt")
		if err != nil {
			return nil, "", fmt.Errorf("reading the licence of %s: %w", name, err)
		}
		licences += name + "\n\n" + string(text) + "\n"
	}
	return append(scripts, string(own)), licences, nil
}
