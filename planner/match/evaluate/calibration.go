package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"replatform/crawler/atomicfile"
	"replatform/planner/match/internal/lab"
)

const calibrationIntro = `# How far the confidence of a pair can be taken at its word

Made by ` + "`go run ./planner/match/evaluate -calibration`" + `; do not edit by hand. Each case with
known answers was matched by a model that has seen all other cases but not this one.
Of the pairs with a confidence in a range, the table gives how many there are, what
was stated on average, and how many were right. Pairs that are used without review
are those from about 0.95 on, and only in moves where enough pairs are certain; see
package match.
`

// kinds of cases, by the beginning of their names.
var kinds = []struct{ prefix, title string }{
	{"shop-", "Shop moves"},
	{"er-", "Two shops with the same goods (no pair is used without review where few are certain)"},
	{"redirect-", "Redirect lists of sites that are no shops"},
}

// writeCalibration measures the cases by kind, alone and with words of a person.
func writeCalibration(ctx context.Context, path string, cs []*lab.Case, brain func(name string) string, labels int) error {
	var b strings.Builder
	b.WriteString(calibrationIntro)
	for _, k := range kinds {
		plain, taught := lab.NewCalibration(), lab.NewCalibration()
		var names []string
		for _, c := range cs {
			if !strings.HasPrefix(c.Name, k.prefix) {
				continue
			}
			model, err := lab.ReadBrain(brain(c.Name))
			if err != nil {
				return err
			}
			names = append(names, c.Name)
			known, rest := lab.Label(c, labels, 1)
			gs, err := lab.Guesses(ctx, c, model)
			if err != nil {
				return err
			}
			plain.Add(c.Truth, gs)
			if gs, err = lab.Guesses(ctx, c, model, known...); err != nil {
				return err
			}
			left, kept := rest(gs)
			taught.Add(left.Truth, kept)
		}
		if len(names) == 0 {
			continue
		}
		if err := plain.Write(&b, k.title+": "+strings.Join(names, ", ")); err != nil {
			return err
		}
		if err := taught.Write(&b, fmt.Sprintf("The same after %d decisions of a person on each, drawn at random (measured on the other pages)", labels)); err != nil {
			return err
		}
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, b.String())
		return err
	})
}
