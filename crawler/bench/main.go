// Command bench measures what a crawl costs: replatform, writing its inventory,
// against other crawlers on one generated shop, each in its own process.
//
//	go run . -pages 20000 -rounds 3
//	go run . -pages 1500 -rounds 1          # a quick look
//	go run . -pages 1500 -profile cpu.out   # where replatform's time goes
//
// The crawlers take turns. Counted are user and system time of the crawler's
// process alone, so that the numbers hold on a busy computer too; pages a second
// do not. The module is apart so that replatform does not depend on its peers.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	pages, rounds, concurrency int
	crawlers                   []string
	profile, replatform        string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 { // the roles that the command starts itself in
		switch args[0] {
		case "serve":
			return serve(ctx, args[1:])
		case "colly":
			return collyCrawl(args[1:])
		case "fetch", "scan", "goquery":
			return bareCrawl(args[0], args[1:])
		}
	}
	var o options
	var crawlers string
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.IntVar(&o.pages, "pages", 20000, "products of the shop")
	fs.IntVar(&o.rounds, "rounds", 3, "how often each crawler crawls it")
	fs.IntVar(&o.concurrency, "concurrency", 8, "requests under way at once")
	fs.StringVar(&crawlers, "crawlers", "replatform,colly", "which take part: replatform, colly, wget2, muffet, and the bare fetch, scan and goquery; those that are not installed are left out")
	fs.StringVar(&o.replatform, "replatform", "", "built replatform command; built from the source around this module when empty")
	fs.StringVar(&o.profile, "profile", "", "write a CPU profile of replatform's crawl to this file and measure nothing else")
	if err := fs.Parse(args); err != nil {
		return err
	}
	o.crawlers = strings.Split(crawlers, ",")
	return compare(ctx, o)
}

// sample is one crawl.
type sample struct {
	cpu, wall time.Duration
	pages     int // pages that the server has sent
	memory    int64
}

func (s sample) perThousand() float64 { return s.cpu.Seconds() * 1000 / float64(max(s.pages, 1)) }

func compare(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "replatform-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if o.profile != "" {
		return profileCrawl(ctx, self, o, dir)
	}
	base, end, err := startShop(ctx, self, o.pages)
	if err != nil {
		return err
	}
	defer end()
	if o.replatform == "" && slices.Contains(o.crawlers, "replatform") {
		if o.replatform, err = buildReplatform(ctx, dir); err != nil {
			return err
		}
	}
	var names []string
	commands := make(map[string]func(round int) *exec.Cmd)
	for _, name := range o.crawlers {
		command := crawlCommand(ctx, name, self, base, dir, o)
		if command == nil {
			fmt.Printf("%s is not installed, left out\n", name)
			continue
		}
		names, commands[name] = append(names, name), command
	}
	samples := make(map[string][]sample)
	for round := range o.rounds {
		for _, name := range names {
			s, err := measure(commands[name](round), base)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			samples[name] = append(samples[name], s)
			fmt.Printf("round %d  %-10s %6d pages  %7.2f CPU s  %7.2f s  %7.0f pages/s  %.3f CPU s per 1,000 pages  %4d MB\n",
				round+1, name, s.pages, s.cpu.Seconds(), s.wall.Seconds(), float64(s.pages)/s.wall.Seconds(), s.perThousand(), s.memory>>20)
		}
	}
	fmt.Println()
	own := median(samples["replatform"])
	for _, name := range names {
		m := median(samples[name])
		line := fmt.Sprintf("median   %-10s %.3f CPU s per 1,000 pages", name, m)
		if name != "replatform" && own > 0 {
			line += fmt.Sprintf("   replatform reads %.1f times the pages per CPU second", m/own)
		}
		fmt.Println(line)
	}
	return nil
}

func median(all []sample) float64 {
	if len(all) == 0 {
		return 0
	}
	var costs []float64
	for _, s := range all {
		costs = append(costs, s.perThousand())
	}
	slices.Sort(costs)
	return costs[len(costs)/2]
}

// crawlCommand returns what starts the named crawler; nil when it is not installed.
func crawlCommand(ctx context.Context, name, self, base, dir string, o options) func(int) *exec.Cmd {
	n := strconv.Itoa(o.concurrency)
	var path string
	var args []string
	switch name {
	case "replatform":
		return func(round int) *exec.Cmd {
			project := filepath.Join(dir, fmt.Sprintf("shop-%d.replatform", round))
			return exec.CommandContext(ctx, o.replatform, "--quiet", "--lang", "en", "--project", project, "crawl",
				"--allow-private", "--rate", "0", "--concurrency", n, base)
		}
	case "colly", "scan", "goquery":
		path, args = self, []string{name, "-concurrency", n, base}
	case "fetch":
		path, args = self, []string{name, "-concurrency", n, "-pages", strconv.Itoa(o.pages), base}
	case "wget2":
		path = "wget2"
		args = []string{"--recursive", "--level=0", "--quiet", "--delete-after", "--directory-prefix=" + dir, "--max-threads=" + n, "--robots=off", "--compression=none", base}
	case "muffet":
		path = "muffet"
		args = []string{"--buffer-size=65536", "--max-connections=" + n, "--timeout=60", base}
	}
	path, err := exec.LookPath(path)
	if err != nil {
		return nil
	}
	return func(int) *exec.Cmd { return exec.CommandContext(ctx, path, args...) }
}

// measure runs a crawl to its end.
func measure(cmd *exec.Cmd, base string) (sample, error) {
	if _, err := served(base); err != nil {
		return sample{}, err
	}
	var said strings.Builder
	cmd.Stderr = &said
	begin := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(begin)}
	if cmd.ProcessState != nil {
		s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		s.memory = peakMemory(cmd.ProcessState)
	}
	if n, countErr := served(base); countErr != nil {
		return s, countErr
	} else if s.pages = n; n == 0 && err == nil {
		err = fmt.Errorf("it asked nothing")
	}
	if code := cmd.ProcessState.ExitCode(); code == 1 && filepath.Base(cmd.Path) == "muffet" || code == 3 || code == 8 {
		err = nil // done, with findings
	}
	if err != nil {
		return s, fmt.Errorf("%w\n%s", err, said.String())
	}
	return s, nil
}

// served returns how many pages the shop has sent since it was last asked.
func served(base string) (int, error) {
	resp, err := http.Get(base + countPath)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(body))
}

// startShop starts the shop in a process of its own.
func startShop(ctx context.Context, self string, pages int) (base string, end func(), err error) {
	cmd := exec.CommandContext(ctx, self, "serve", "-pages", strconv.Itoa(pages))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	end = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if _, err := fmt.Fscanln(out, &base); err != nil {
		end()
		return "", nil, fmt.Errorf("starting the shop: %w", err)
	}
	return base, end, nil
}

// buildReplatform builds the command from the source that lies around this module.
func buildReplatform(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "replatform")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/replatform")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building replatform (run the benchmark in its own folder): %w\n%s", err, out)
	}
	return binary, nil
}
