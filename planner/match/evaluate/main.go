// Command evaluate prints how well package match does on cases with known answers:
//
//	go run ./planner/match/evaluate
//
// Each case is matched with a model that has seen all other cases but not this one.
// The table gives, for every case and page type: precision, recall and F1 of all
// pairs; the largest recall that some confidence reaches at a precision of 0.99; the
// share of pages without counterpart that were left alone; and, of the pairs that
// would be used without review, how many there are, their precision, and the share
// of pages without counterpart that they leave alone. Below it stands for each case
// how often pairs of a confidence were right.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/lab"
	"replatform/planner/match/internal/synth"
)

func main() {
	cases := flag.String("cases", "", "folder of cases; found beside the repository when empty")
	folds := flag.String("folds", "planner/match/internal/lab/testdata/folds", "folder of the models that leave out one case each")
	model := flag.String("model", "", "measure this one model, such as planner/match/model.json, on cases that it has not seen")
	predictions := flag.String("predictions", "", "folder to write old_url,new_url,confidence files to")
	only := flag.String("only", "", "only cases whose name contains this")
	invented := flag.Int("invented", 0, "also measure on this many large made-up moves that no model has seen, and on small ones")
	unseen := flag.Int("unseen", 0, "measure the shipped model on this many made-up moves in each of the trades that it was not trained on, instead")
	calibration := flag.Bool("calibration", false, "write planner/match/CALIBRATION.md: how far the confidence can be taken at its word")
	pictures := flag.Int("pictures", 0, "measure the shipped model on this many made-up moves in each of these trades without what their pictures say and with it, instead")
	variants := flag.Int("variants", 0, "the same with lists of variants, of which the new shop calls many by other names")
	labels := flag.Int("labels", 0, "tell the answers of this many old pages, drawn at random, and measure on the others")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, options{*cases, *folds, *model, *predictions, *only, *invented, *labels, *unseen, *pictures, *variants, *calibration}); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

type options struct {
	cases, folds, model, predictions, only string
	invented, labels                       int
	unseen, pictures, variants             int
	calibration                            bool
}

// brain is the file of the model that may judge a case: the one that leaves it out, or,
// for a case that no model was trained on, the one that is shipped.
func (o options) brain(name string) string {
	if o.model != "" {
		return o.model
	}
	path := filepath.Join(o.folds, name+".json.gz")
	if _, err := os.Stat(path); err != nil {
		return filepath.Join("planner", "match", "model.json")
	}
	return path
}

// shipped reads the model that Match decides with, unless another was named.
func (o options) shipped() (*judge.Brain, error) {
	if o.model == "" {
		o.model = filepath.Join("planner", "match", "model.json")
	}
	return lab.ReadBrain(o.model)
}

// writeSigns measures what pictures or lists of variants bring, on n moves of each trade.
func writeSigns(ctx context.Context, o options, n int, give func(*synth.Move, uint64) error) error {
	b, err := o.shipped()
	if err != nil {
		return err
	}
	const firstSeed = 500
	cs, err := lab.Signed(synth.Fields, firstSeed, n, 700, give)
	if err != nil {
		return err
	}
	fmt.Println(lab.SignHeader())
	var all []lab.SignFigures
	for _, c := range cs {
		if !strings.Contains(c.Name, o.only) {
			continue
		}
		f, err := lab.MeasureSigns(ctx, c, b)
		if err != nil {
			return err
		}
		all = append(all, f)
		for _, line := range f.Lines() {
			fmt.Println(line)
		}
	}
	for _, suffix := range []string{"", "-bare"} {
		for _, line := range lab.Mean(all, suffix).Lines() {
			fmt.Println(line)
		}
	}
	return nil
}

// writeUnseen measures the shipped model on trades that it was not trained on.
func writeUnseen(ctx context.Context, o options) error {
	b, err := o.shipped()
	if err != nil {
		return err
	}
	fmt.Println(lab.Header())
	for field := range synth.Fields {
		for seed := range o.unseen {
			m := synth.Unseen(field, uint64(seed), 1500)
			c := &lab.Case{Name: fmt.Sprintf("%s-%d", synth.FieldName(field), seed), Old: m.Old, New: m.New, Truth: m.Truth}
			gs, err := lab.Guesses(ctx, c, b)
			if err != nil {
				return err
			}
			fmt.Println(lab.Lines(c, gs)[0])
		}
	}
	return nil
}

func run(ctx context.Context, o options) error {
	switch {
	case o.unseen > 0:
		return writeUnseen(ctx, o)
	case o.pictures > 0:
		return writeSigns(ctx, o, o.pictures, (*synth.Move).Picture)
	case o.variants > 0:
		return writeSigns(ctx, o, o.variants, (*synth.Move).ListVariants)
	}
	dir := o.cases
	if dir == "" {
		var err error
		if dir, err = lab.FindCases(); err != nil {
			return err
		}
	}
	cs, err := lab.ReadCases(dir)
	if err != nil {
		return err
	}
	if o.calibration {
		const words = 300 // of a person, on each case
		return writeCalibration(ctx, filepath.Join("planner", "match", "CALIBRATION.md"), cs, o.brain, words)
	}
	last := cs[len(cs)-1].Name
	const firstUnseen = 100000 // seeds that train never uses
	if o.invented > 0 {
		cs = append(cs, lab.Mixed(firstUnseen, o.invented)...)
	}
	fmt.Println(lab.Header())
	var tables []string
	var f1, coverage float64
	shops := 0
	for _, c := range cs {
		if o.only != "" && !strings.Contains(c.Name, o.only) {
			continue
		}
		name := c.Name
		if strings.HasPrefix(name, "invented") {
			name = last
		}
		b, err := lab.ReadBrain(o.brain(name))
		if err != nil {
			return err
		}
		if slices.Contains(b.TrainedOn, c.Name) {
			fmt.Printf("%s: the model has seen its answers\n", c.Name)
		}
		start := time.Now()
		known, rest := lab.Label(c, o.labels, 1)
		guesses, err := lab.Guesses(ctx, c, b, known...)
		if err != nil {
			return err
		}
		c, guesses = rest(guesses)
		took := time.Since(start)
		if strings.HasPrefix(c.Name, "shop-") {
			f := lab.Judge(c.Truth, guesses, 0.99)
			f1, coverage, shops = f1+f.F1, coverage+f.Coverage, shops+1
		}
		for _, line := range lab.Lines(c, guesses) {
			fmt.Println(line)
		}
		tables = append(tables, fmt.Sprintf("%s (%v)\n%s", c.Name, took.Round(time.Millisecond), lab.Bins(lab.Judge(c.Truth, guesses, 0.99))))
		if o.predictions != "" {
			if err := lab.WritePredictions(filepath.Join(o.predictions, c.Name+".csv"), c, guesses); err != nil {
				return err
			}
		}
	}
	if shops > 0 {
		fmt.Printf("mean of %d shops: F1 %.4f, cov@0.99 %.4f\n", shops, f1/float64(shops), coverage/float64(shops))
	}
	fmt.Println("\nhow often pairs of a confidence were right")
	for _, t := range tables {
		fmt.Println(t)
	}
	return nil
}
