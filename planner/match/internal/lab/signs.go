package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/pairing"
	"replatform/planner/match/internal/synth"
)

// Signed makes up moves in the first trades that no model was trained on, at most
// synth.Fields, with what give gives them: pictures or lists of variants. There are n of
// each trade with about size old pages, from the given seed on. Each comes twice: with
// all that the shops say, and, as NAME-bare, with nothing else but names, brands and
// categories, as of shops without numbers whose prices have changed.
func Signed(trades int, seed uint64, n, size int, give func(m *synth.Move, seed uint64) error) ([]*Case, error) {
	var cs []*Case
	for field := range trades {
		for s := seed; s < seed+uint64(n); s++ {
			m := synth.Unseen(field, s, size)
			if err := give(m, s*synth.Fields+uint64(field)); err != nil {
				return nil, err
			}
			c := &Case{Name: fmt.Sprintf("%s-%d", synth.FieldName(field), s), Old: m.Old, New: m.New, Truth: m.Truth}
			bare := func(r *pairing.Record) {
				r.SKU, r.GTIN, r.MPN, r.Price, r.Description, r.Image = "", "", "", "", "", ""
				r.Variants = slices.Clone(r.Variants)
				for i := range r.Variants {
					r.Variants[i].SKU, r.Variants[i].GTIN = "", ""
				}
			}
			cs = append(cs, c, &Case{Name: c.Name + "-bare", Old: each(c.Old, bare), New: each(c.New, bare), Truth: c.Truth})
		}
	}
	return cs, nil
}

// SignFigures are the figures of one case without its signs and with them.
type SignFigures struct {
	Name          string
	Without, With Figures
	Sign          *judge.Sign
}

// MeasureSigns matches a case without what its pictures and lists of variants say, and
// with it.
func MeasureSigns(ctx context.Context, c *Case, b *judge.Brain) (SignFigures, error) {
	f := SignFigures{Name: c.Name}
	for _, unsigned := range []bool{true, false} {
		o, err := judge.Decide(ctx, pairing.List(c.Old), pairing.List(c.New), b, judge.Options{Unsigned: unsigned})
		if err != nil {
			return f, fmt.Errorf("case %s: %w", c.Name, err)
		}
		if unsigned {
			f.Without = Judge(c.Truth, guesses(o), judge.DefaultPrecision)
			continue
		}
		f.With, f.Sign = Judge(c.Truth, guesses(o), judge.DefaultPrecision), o.Pictures
		if f.Sign == nil {
			f.Sign = o.Variants
		}
	}
	return f, nil
}

// each is a copy of rs, changed by fn.
func each(rs []pairing.Record, fn func(*pairing.Record)) []pairing.Record {
	out := slices.Clone(rs)
	for i := range out {
		fn(&out[i])
	}
	return out
}

// Mean is the mean of the figures of the cases with nothing but names, for the suffix
// "-bare", or of the others, for "". Published is the sum.
func Mean(fs []SignFigures, suffix string) SignFigures {
	m := SignFigures{Name: "mean" + suffix}
	n := 0.0
	for _, f := range fs {
		if strings.HasSuffix(f.Name, "-bare") == (suffix == "-bare") {
			n++
			m.Without.add(f.Without)
			m.With.add(f.With)
		}
	}
	m.Without.divide(max(1, n))
	m.With.divide(max(1, n))
	return m
}

func (f *Figures) shares() []*float64 {
	return []*float64{&f.Precision, &f.Recall, &f.F1, &f.Coverage, &f.Abstain, &f.PublishedPrecision, &f.PublishedShare, &f.PublishedAbstain}
}

func (f *Figures) add(g Figures) {
	for i, v := range g.shares() {
		*f.shares()[i] += *v
	}
	f.Published += g.Published
}

// divide leaves Published as it is, which is a sum.
func (f *Figures) divide(n float64) {
	for _, v := range f.shares() {
		*v /= n
	}
}

// SignHeader is the first line of the table that Line makes.
func SignHeader() string {
	return fmt.Sprintf("%-22s %-8s  prec    recall  F1      cov@.99 abstain | publ  prec    share   abstain | certain own   same   other", "case", "signs")
}

// Lines are two lines of the table: without signs and with them. Behind the figures,
// which are those of Header, stands from how many certain pairs it was learnt what they
// are worth, and how much they add to the log-odds, by pairing.SignLevel.
func (p SignFigures) Lines() []string {
	line := func(f Figures, name, how, worth string) string {
		return strings.TrimRight(fmt.Sprintf("%-22s %-8s  %.4f  %.4f  %.4f  %.4f  %.4f  | %4d  %.4f  %.4f  %.4f  | %s", name, how, f.Precision, f.Recall, f.F1, f.Coverage,
			f.Abstain, f.Published, f.PublishedPrecision, f.PublishedShare, f.PublishedAbstain, worth), " ")
	}
	worth := ""
	if w := p.Sign; w != nil {
		worth = fmt.Sprintf("%7d %+.2f %+.2f  %+.2f", w.Certain, w.Weights[pairing.SignOwn], w.Weights[pairing.SignSame], w.Weights[pairing.SignOther])
	}
	return []string{line(p.Without, p.Name, "without", ""), line(p.With, "", "with", worth)}
}
