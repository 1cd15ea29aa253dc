// Command train makes the model of package match from cases with known answers:
//
//	go run ./planner/match/train
//
// It reads the folder shared/matching beside the repository (or below
// REPLATFORM_SHARED, or named with -cases): one folder for each case, with old.csv,
// new.csv and truth.csv. To these it adds made-up shop moves. It writes
// planner/match/model.json, and for every case a model that has not seen it, below
// planner/match/internal/lab/testdata/folds, by which tests and the command evaluate
// measure. The same cases give the same files.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"replatform/planner/match/internal/lab"
)

func main() {
	var o options
	flag.StringVar(&o.cases, "cases", "", "folder of cases; found beside the repository when empty")
	flag.StringVar(&o.out, "out", "planner/match", "folder of package match")
	flag.IntVar(&o.invented, "invented", 24, "number of large made-up shop moves to learn from, beside many small ones")
	flag.StringVar(&o.only, "only", "", "train only the models that leave out a case whose name contains this")
	flag.BoolVar(&o.shipped, "shipped", false, "train only the model that is shipped")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

type options struct {
	cases, out, only string
	invented         int
	shipped          bool
}

func run(ctx context.Context, o options) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if o.cases == "" {
		dir, err := lab.FindCases()
		if err != nil {
			return err
		}
		o.cases = dir
	}
	real, err := lab.ReadCases(o.cases)
	if err != nil {
		return err
	}
	loaded, err := lab.Load(ctx, append(real, lab.Mixed(1, o.invented)...))
	if err != nil {
		return err
	}
	folds := filepath.Join(o.out, "internal", "lab", "testdata", "folds")
	if err := os.MkdirAll(folds, 0o755); err != nil {
		return err
	}
	for f, c := range real {
		if o.shipped || o.only != "" && !strings.Contains(c.Name, o.only) {
			continue
		}
		var rest []*lab.Loaded
		for i, l := range loaded {
			if i != f {
				rest = append(rest, l)
			}
		}
		log.Info("training", "without", c.Name)
		b, err := lab.Train(ctx, rest, log)
		if err != nil {
			return err
		}
		b.About = about + " This one has not seen " + c.Name + "."
		if err := lab.WriteBrain(filepath.Join(folds, c.Name+".json.gz"), b); err != nil {
			return err
		}
	}
	if o.only != "" {
		return nil
	}
	log.Info("training", "without", "nothing")
	b, err := lab.Train(ctx, loaded, log)
	if err != nil {
		return err
	}
	b.About = about
	return lab.WriteBrain(filepath.Join(o.out, "model.json"), b)
}

const about = "Model of replatform/planner/match: two sets of gradient-boosted trees over features of a pair of pages, made by go run ./planner/match/train. It holds no texts of the cases it learnt from."
