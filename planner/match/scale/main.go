// Command scale measures what matching costs and what it is worth on large made-up
// catalogues:
//
//	go run ./planner/match/scale -n 10000,100000,1000000
//	go run ./planner/match/scale -n 10000,100000 -sklearn
//
// For each size it writes the two lists of a made-up move, runs the program itself on
// them (replatform match --old --new --out) and prints: how many pages there are; how
// dense near-duplicates are, which is what makes matching hard and slow; processor
// seconds, time and the highest memory of the whole run, reading and writing
// included; and how right the answer is. With -sklearn the same lists are searched by
// TF-IDF and cosine with scikit-learn (Debian package python3-sklearn), best one for
// every old page, in the same run, and the ratio is printed. Its answers get their
// threshold from the right answers, which is more than anybody has in practice.
//
// On two shared cores of an AMD EPYC, November 2026 (seed 1):
//
//	    old       new  near-duplicates |  cpu s  peak MB |     F1  cov@0.99
//	  10028      9768            27.6% |    2.4      102 | 0.9660    0.9400   scikit-learn:  2.8 s, F1 0.739, 0.070
//	 100032     89576            38.7% |   27.4      675 | 0.9860    0.9769   scikit-learn: 87.2 s, F1 0.679, 0.049
//	1000026    836443            39.4% |  422.0     3814 | 0.9806    0.9663
package main

import (
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"replatform/planner/match/internal/lab"
	"replatform/planner/match/internal/synth"
)

//go:embed tfidf.py
var tfidf string

func main() {
	sizes := flag.String("n", "10000,100000", "sizes: old pages of each catalogue, with commas between")
	seed := flag.Uint64("seed", 1, "seed of the catalogues")
	sklearn := flag.Bool("sklearn", false, "search the same lists with scikit-learn too")
	keep := flag.String("keep", "", "keep the lists and answers in this folder")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *sizes, *seed, *sklearn, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sizes string, seed uint64, sklearn bool, dir string) error {
	var ns []int
	for _, s := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1 {
			return fmt.Errorf("sizes: %q is no number of pages", s)
		}
		ns = append(ns, n)
	}
	if dir == "" {
		tmp, err := os.MkdirTemp("", "replatform-scale")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	}
	program := filepath.Join(dir, "replatform")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/replatform").CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, out)
	}
	python := ""
	if sklearn {
		python = findSklearn(ctx)
		if python == "" {
			fmt.Println("scikit-learn: skipped, it is not installed (Debian: python3-sklearn)")
		}
	}
	fmt.Println("          old       new  near-duplicates |   cpu s    wall s  peak MB  ms/page |   prec  recall      F1  cov@0.99")
	for _, n := range ns {
		if err := measure(ctx, filepath.Join(dir, strconv.Itoa(n)), program, python, seed, n); err != nil {
			return fmt.Errorf("%d pages: %w", n, err)
		}
	}
	return nil
}

// findSklearn is the Python that has scikit-learn, "" when there is none.
func findSklearn(ctx context.Context) string {
	for _, p := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(ctx, p, "-c", "import sklearn").Run() == nil {
			return p
		}
	}
	return ""
}

func measure(ctx context.Context, dir, program, python string, seed uint64, n int) error {
	c, density, err := makeCase(dir, seed, n)
	if err != nil {
		return err
	}
	olds, news := len(c.Old), len(c.New)
	c.Old, c.New = nil, nil
	debug.FreeOSMemory() // the measured program needs it
	at := func(name string) string { return filepath.Join(dir, name) }
	ours, err := clock(ctx, program, "match", "--quiet", "--old", at("old.csv"), "--new", at("new.csv"), "--out", at("predicted.csv"))
	if err != nil {
		return err
	}
	row := func(name string, u usage, f lab.Figures) {
		fmt.Printf("%-8s %7d %9d %15.1f%% | %7.1f %9.1f %8.0f %8.3f | %6.4f %7.4f %7.4f %9.4f\n", name, olds, news, 100*density,
			u.cpu.Seconds(), u.wall.Seconds(), u.peakMB, u.cpu.Seconds()*1000/float64(olds), f.Precision, f.Recall, f.F1, f.Coverage)
	}
	f, err := judge(c, at("predicted.csv"), 0)
	if err != nil {
		return err
	}
	row("match", ours, f)
	if python == "" {
		return nil
	}
	if err := os.WriteFile(at("tfidf.py"), []byte(tfidf), 0o644); err != nil {
		return err
	}
	theirs, err := clock(ctx, python, at("tfidf.py"), at("old.csv"), at("new.csv"), at("sklearn.csv"))
	if err != nil {
		return err
	}
	g, err := bestThreshold(c, at("sklearn.csv"))
	if err != nil {
		return err
	}
	row("sklearn", theirs, g)
	fmt.Printf("ratio: match needs %.2f of the processor time of scikit-learn; F1 %+.4f, coverage %+.4f\n",
		ours.cpu.Seconds()/theirs.cpu.Seconds(), f.F1-g.F1, f.Coverage-g.Coverage)
	return nil
}

// usage is what a program took.
type usage struct {
	cpu, wall time.Duration
	peakMB    float64 // 0 where the system does not tell
}

func clock(ctx context.Context, name string, args ...string) (usage, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return usage{}, fmt.Errorf("running %s: %w\n%s", name, err, out)
	}
	s := cmd.ProcessState
	return usage{s.UserTime() + s.SystemTime(), time.Since(start), peakMB(s)}, nil
}

// makeCase writes the lists of a made-up move and gives the case without what is in
// the lists, and the share of new products that have a near-duplicate.
func makeCase(dir string, seed uint64, n int) (*lab.Case, float64, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, 0, err
	}
	m := synth.Large(seed, n)
	c := &lab.Case{Name: strconv.Itoa(n), Old: m.Old, New: m.New, Truth: m.Truth}
	if err := c.Write(dir); err != nil {
		return nil, 0, err
	}
	return c, m.NearDuplicates(), nil
}

// judge reads answers and compares them with the right ones. Answers below least are
// taken as none.
func judge(c *lab.Case, path string, least float64) (lab.Figures, error) {
	gs, err := guesses(c, path)
	if err != nil {
		return lab.Figures{}, err
	}
	return lab.Judge(c.Truth, above(gs, least), 0.99), nil
}

func above(gs []lab.Guess, least float64) []lab.Guess {
	out := make([]lab.Guess, len(gs))
	for i, g := range gs {
		if out[i] = g; g.Confidence < least {
			out[i] = lab.Guess{New: -1}
		}
	}
	return out
}

// bestThreshold gives the figures at the threshold where F1 is highest.
func bestThreshold(c *lab.Case, path string) (lab.Figures, error) {
	gs, err := guesses(c, path)
	if err != nil {
		return lab.Figures{}, err
	}
	whole := lab.Judge(c.Truth, gs, 0.99)
	best := whole
	for least := 0.05; least < 1; least += 0.05 {
		if f := lab.Judge(c.Truth, above(gs, least), 0.99); f.F1 > best.F1 {
			best = f
		}
	}
	best.Coverage = whole.Coverage
	return best, nil
}

// guesses reads old_url,new_url,confidence. Addresses are looked up in the lists,
// which the case no longer holds.
func guesses(c *lab.Case, path string) ([]lab.Guess, error) {
	dir := filepath.Dir(path)
	olds, err := addresses(filepath.Join(dir, "old.csv"))
	if err != nil {
		return nil, err
	}
	news, err := addresses(filepath.Join(dir, "new.csv"))
	if err != nil {
		return nil, err
	}
	gs := make([]lab.Guess, len(c.Truth))
	for i := range gs {
		gs[i].New = -1
	}
	return gs, eachLine(path, func(rec []string) error {
		i, ok := olds[rec[0]]
		if !ok {
			return fmt.Errorf("%s: unknown address %q", path, rec[0])
		}
		if rec[1] == "" {
			return nil
		}
		j, ok := news[rec[1]]
		if !ok {
			return fmt.Errorf("%s: unknown address %q", path, rec[1])
		}
		p, err := strconv.ParseFloat(rec[2], 64)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		gs[i] = lab.Guess{New: j, Confidence: p}
		return nil
	})
}

func addresses(path string) (map[string]int32, error) {
	m := make(map[string]int32)
	return m, eachLine(path, func(rec []string) error {
		m[strings.Clone(rec[0])] = int32(len(m))
		return nil
	})
}

// eachLine hands out the lines of a CSV file behind its header.
func eachLine(path string, each func(rec []string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		if err := each(rec); err != nil {
			return err
		}
	}
}
