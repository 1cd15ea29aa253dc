package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"
)

// Pictures are drawn as SVG by hand: no script, no network, their words can be
// searched, and they print. Colours are classes of the style sheet, so that dark
// mode and print have their own. Every picture stands beside a table of its figures.

// svgWidth is the width of every picture in its own units.
const svgWidth = 720

// canvas collects the elements of one picture.
type canvas struct {
	b      strings.Builder
	height float64
}

func (c *canvas) rect(class, title string, x, y, w, h float64) {
	fmt.Fprintf(&c.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`,
		html.EscapeString(class), px(x), px(y), px(w), px(h), html.EscapeString(title))
}

func (c *canvas) text(class, s string, x, y float64) {
	fmt.Fprintf(&c.b, `<text class="%s" x="%s" y="%s">%s</text>`, html.EscapeString(class), px(x), px(y), html.EscapeString(s))
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(&c.b, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, html.EscapeString(class), px(x1), px(y1), px(x2), px(y2))
}

// ribbon is a band of height h from (x1, y1) to (x2, y2), both at its upper edge.
func (c *canvas) ribbon(class, title string, x1, y1, x2, y2, h float64) {
	m := (x1 + x2) / 2
	fmt.Fprintf(&c.b, `<path class="%s" d="M%s %sC%s %s %s %s %s %sL%s %sC%s %s %s %s %s %sZ"><title>%s</title></path>`, html.EscapeString(class),
		px(x1), px(y1), px(m), px(y1), px(m), px(y2), px(x2), px(y2), px(x2), px(y2+h), px(m), px(y2+h), px(m), px(y1+h), px(x1), px(y1+h), html.EscapeString(title))
}

func px(f float64) string {
	return strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%.1f", f), "0"), ".")
}

// done closes the picture; alt says in words what it shows.
func (c *canvas) done(alt string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %s" role="img" aria-label="%s">%s</svg>`, svgWidth, px(c.height), html.EscapeString(alt), c.b.String())) //nolint:gosec // every text is escaped above
}

// part is one piece of a bar.
type part struct {
	Class, Name string
	N           float64
	Figure      string // N as it is printed
}

// bar is one row of stacked parts; all bars of a picture have the same parts.
type bar struct {
	Label string
	Parts []part
	Total string // printed at the end
}

const (
	barLabel  = 178.0
	barRoom   = 440.0
	barHeight = 20.0
	barStep   = 32.0
	legendRow = 22.0
)

// stackedBars draws bars with a legend. whole makes every bar as long as the room,
// else the longest is.
func stackedBars(bars []bar, whole bool, alt string) template.HTML {
	var c canvas
	y := c.legend(bars)
	longest := 0.0
	sum := func(b bar) float64 {
		s := 0.0
		for _, p := range b.Parts {
			s += p.N
		}
		return s
	}
	for _, b := range bars {
		longest = math.Max(longest, sum(b))
	}
	for _, b := range bars {
		c.text("label", b.Label, 0, y+barHeight-5)
		scale := longest
		if whole {
			scale = sum(b)
		}
		x := barLabel
		for _, p := range b.Parts {
			if p.N <= 0 || scale <= 0 {
				continue
			}
			w := math.Max(p.N/scale*barRoom, 2)
			c.rect("fill "+p.Class, b.Label+": "+p.Name+" "+p.Figure, x, y, w, barHeight)
			x += w
		}
		c.text("figure", b.Total, x+8, y+barHeight-5)
		y += barStep
	}
	c.height = y
	return c.done(alt)
}

// legend writes the names of the parts that occur and returns where the rest begins.
func (c *canvas) legend(bars []bar) float64 {
	x, y := 0.0, 4.0
	if len(bars) == 0 {
		return y
	}
	for i, p := range bars[0].Parts { // every bar has the same parts in the same order
		if !slices.ContainsFunc(bars, func(b bar) bool { return b.Parts[i].N > 0 }) {
			continue
		}
		w := 30 + textWidth(p.Name)
		if x > 0 && x+w > svgWidth {
			x, y = 0, y+legendRow
		}
		c.rect("fill "+p.Class, p.Name, x, y, 12, 12)
		c.text("label", p.Name, x+18, y+11)
		x += w
	}
	return y + legendRow + 6
}

// textWidth guesses the width of a label: a Japanese character is about as wide as
// two Latin ones.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		if r < 0x2e80 {
			w += 7.2
		} else {
			w += 13.2
		}
	}
	return w
}

// stream is so many pages that go from one node of a column to one of the next.
type stream struct {
	From, Via, To string // ids
	N             float64
}

// node is one station of a flow.
type node struct {
	ID, Label, Class, Figure string
}

const (
	flowHeight = 320.0
	flowGap    = 14.0
	flowNode   = 14.0
)

// flow draws streams through three columns of nodes; band gives the class of a
// stream by its middle node.
func flow(columns [3][]node, streams []stream, alt string) template.HTML {
	var c canvas
	total := 0.0
	for _, s := range streams {
		total += s.N
	}
	if total == 0 {
		return ""
	}
	most := 0
	for _, col := range columns {
		most = max(most, len(col))
	}
	// The least height of a node keeps the labels of small ones apart.
	const least = 7.0
	scale := flowHeight / total
	xs := [3]float64{0, (svgWidth - flowNode) / 2, svgWidth - flowNode}
	type place struct{ y, in, out float64 }
	at := [3]map[string]*place{{}, {}, {}}
	value := func(col int, id string) float64 {
		n := 0.0
		for _, s := range streams {
			if [3]string{s.From, s.Via, s.To}[col] == id {
				n += s.N
			}
		}
		return n
	}
	for col := range columns {
		y := 4.0
		for _, n := range columns[col] {
			h := math.Max(value(col, n.ID)*scale, least)
			at[col][n.ID] = &place{y: y, in: y, out: y}
			y += h + flowGap
		}
		c.height = math.Max(c.height, y)
	}
	class := map[string]string{}
	label := map[string]string{}
	for _, col := range columns {
		for _, n := range col {
			label[n.ID] = n.Label
		}
	}
	for _, n := range columns[1] {
		class[n.ID] = n.Class
	}
	draw := func(col int, from, to, via string, n float64) {
		a, b := at[col][from], at[col+1][to]
		if a == nil || b == nil {
			return
		}
		h := math.Max(n*scale, 1)
		c.ribbon("ribbon "+class[via], fmt.Sprintf("%s → %s: %.0f", label[from], label[to], n), xs[col]+flowNode, a.out, xs[col+1], b.in, h)
		a.out += h
		b.in += h
	}
	merge := func(key func(stream) [2]string) []stream {
		sum := map[[2]string]float64{}
		var order [][2]string
		for _, s := range streams {
			k := key(s)
			if _, ok := sum[k]; !ok {
				order = append(order, k)
			}
			sum[k] += s.N
		}
		var out []stream
		for _, k := range order {
			out = append(out, stream{From: k[0], To: k[1], N: sum[k]})
		}
		return out
	}
	for _, s := range merge(func(s stream) [2]string { return [2]string{s.From, s.Via} }) {
		draw(0, s.From, s.To, s.To, s.N)
	}
	for _, s := range merge(func(s stream) [2]string { return [2]string{s.Via, s.To} }) {
		draw(1, s.From, s.To, s.From, s.N)
	}
	for col := range columns {
		for _, n := range columns[col] {
			h := math.Max(value(col, n.ID)*scale, least)
			p := at[col][n.ID]
			c.rect("fill "+n.Class, n.Label+" "+n.Figure, xs[col], p.y, flowNode, h)
			x, anchor := xs[col]+flowNode+6, "halo"
			if col == 2 {
				x, anchor = xs[col]-6, "halo end"
			}
			c.text(anchor, n.Label+" "+n.Figure, x, p.y+math.Min(h/2+5, 16))
		}
	}
	return c.done(alt)
}

// span is one row of a timeline, in days from the cutover.
type span struct {
	Label, Title string
	From, To     float64
}

// timeline draws spans on a scale that is wide around day 0.
func timeline(spans []span, ticks []float64, tick func(float64) string, alt string) template.HTML {
	var c canvas
	low, high := ticks[0], ticks[len(ticks)-1]
	for _, s := range spans {
		low, high = math.Min(low, s.From), math.Max(high, s.To)
	}
	bend := func(d float64) float64 { return math.Copysign(math.Sqrt(math.Abs(d)), d) }
	x := func(d float64) float64 {
		return barLabel + (bend(d)-bend(low))/(bend(high)-bend(low))*(svgWidth-barLabel-28)
	}
	const top = 24.0
	bottom := top + float64(len(spans))*26 + 6
	lastX := -100.0
	for _, t := range ticks {
		if x(t)-lastX < 40 && t != 0 {
			continue
		}
		lastX = x(t)
		line := "grid"
		if t == 0 {
			line = "grid zero"
		}
		c.line(line, x(t), top, x(t), bottom)
		c.text("figure mid", tick(t), x(t), top-8)
	}
	for i, s := range spans {
		y := top + 6 + float64(i)*26
		c.text("label", s.Label, 0, y+13)
		c.rect("fill phase", s.Title, x(s.From), y, math.Max(x(s.To)-x(s.From), 5), 16)
	}
	c.height = bottom + 4
	return c.done(alt)
}
