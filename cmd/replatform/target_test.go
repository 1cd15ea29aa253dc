package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
	"replatform/crawler/inventory"
)

// targetShops are the demo shops on a server whose new shop can be closed, and the slow
// answers of which can be interrupted.
type targetShops struct {
	old, fresh *demoshop.Shop
	addr       string
	closed     atomic.Bool // nothing but the front page and a notice on every other page
	delay      atomic.Int64
}

func newTargetShops(t *testing.T, goods int) *targetShops {
	t.Helper()
	options := demoshop.Options{Scheme: "http", Goods: goods}
	s := &targetShops{old: demoshop.Old(options), fresh: demoshop.New(options)}
	mux := demoshop.Mux(s.old, s.fresh)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fresh := r.Host == s.fresh.Hosts()[0]
		if fresh {
			time.Sleep(time.Duration(s.delay.Load()))
		}
		if fresh && s.closed.Load() && r.URL.Path != "/" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<!doctype html><title>maintenance</title><p>back soon")
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.addr = server.Listener.Addr().String()
	return s
}

// args are the words of a command that reads a shop.
func (s *targetShops) args(command, project string, more ...string) []string {
	shop := s.fresh
	if command == "crawl" {
		shop = s.old
	}
	return append([]string{command, "--project", project, "--rate", "0", "--concurrency", "2", "--lang", "en",
		"--connect-to", shop.Hosts()[0] + "=" + s.addr, shop.StartURL()}, more...)
}

// freshSide is what the project holds of the new shop, and how many pairs it holds.
func freshSide(t *testing.T, project string) (pages []string, pairs int) {
	t.Helper()
	p, err := inventory.Open(t.Context(), project, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	err = p.Pages(t.Context(), inventory.Filter{Side: catalog.New}, func(page inventory.Page, product *catalog.Product) error {
		line := fmt.Sprint(page.Key, " ", page.State, " ", page.Status, " ", page.URL, " ", page.Spellings)
		if product != nil {
			line += fmt.Sprint(" ", product.Name, len(product.Variants))
		}
		pages = append(pages, line)
		return nil
	})
	if err == nil {
		err = p.Matches(t.Context(), func(m inventory.Match) error {
			if m.Class != "" {
				pairs++
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return pages, pairs
}

// commands runs commands that must end with the exit code want, and returns what they say.
func commands(t *testing.T) func(want int, args ...string) string {
	return func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if code := run(t.Context(), append([]string{"replatform"}, args...), &out, &out); code != want {
			t.Fatalf("%s: exit code %d\n%s", args[0], code, &out)
		}
		return out.String()
	}
}

// TestTargetKept: what was read of the new shop stays until a later reading is whole. One
// that finds a notice of maintenance changes nothing; one that is stopped goes on where it
// stood, in a fresh project too.
func TestTargetKept(t *testing.T) {
	s := newTargetShops(t, 12)
	project := filepath.Join(t.TempDir(), "shop.replatform")
	command := commands(t)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wants := func(said, pattern string) {
		t.Helper()
		if !regexp.MustCompile(pattern).MatchString(said) {
			t.Errorf("%q is not said in:\n%s", pattern, said)
		}
	}
	stored := func(said string) (n int) {
		t.Helper()
		m := regexp.MustCompile(`stopped at --max-pages: ([0-9]+) pages stored, .* the same command goes on`).FindStringSubmatch(said)
		if m == nil {
			t.Fatalf("not stopped:\n%s", said)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	command(exitDone, s.args("crawl", project)...)

	// The first reading, in pieces.
	for read := 0; ; {
		said := command(exitDone, s.args("target", project, "--max-pages", "2")...)
		if !strings.Contains(said, "stopped at --max-pages") {
			break
		}
		n := stored(said)
		if n <= read {
			t.Fatalf("%d pages, then %d: the reading did not go on\n%s", read, n, said)
		}
		read = n
	}
	calm := filepath.Join(t.TempDir(), "calm.replatform")
	command(exitDone, s.args("target", calm)...)
	want, _ := freshSide(t, calm)
	got, _ := freshSide(t, project)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("read in pieces (-at once +in pieces):\n%s", diff)
	}
	command(exitDone, "match", "--project", project)
	_, pairs := freshSide(t, project)
	if pairs == 0 {
		t.Fatal("no pairs")
	}
	kept := func(after string) {
		t.Helper()
		pages, n := freshSide(t, project)
		if diff := cmp.Diff(want, pages); diff != "" || n != pairs {
			t.Errorf("after %s: %d pairs of %d, pages (-before +after):\n%s", after, n, pairs, diff)
		}
	}

	s.closed.Store(true)
	said := command(exitFailed, s.args("target", project)...)
	wants(said, "the new shop is empty")
	wants(said, `what an earlier reading found of the new shop \(http.*\) stays as it is`)
	kept("maintenance")
	if said = command(exitDone, "match", "--project", project); strings.Contains(said, "attention") {
		t.Errorf("a reading that has ended is said not to have:\n%s", said)
	}

	s.closed.Store(false)
	said = command(exitDone, s.args("target", project, "--max-pages", "2")...)
	before := stored(said)
	wants(said, "stays as it is")
	kept("a reading that was stopped")
	wants(command(exitDone, "match", "--project", project), "attention: the new shop was not read to its end the last time, .*target http")
	if after := stored(command(exitDone, s.args("target", project, "--max-pages", "2")...)); after <= before {
		t.Errorf("%d pages, then %d: the reading did not go on", before, after)
	}
	kept("a reading that went on")
	if said = command(exitDone, s.args("target", project)...); strings.Contains(said, "stays as it is") {
		t.Errorf("a whole reading says:\n%s", said)
	}
	if got, _ = freshSide(t, project); !cmp.Equal(want, got) {
		t.Errorf("the second reading (-first +second):\n%s", cmp.Diff(want, got))
	}
	if left, err := filepath.Glob(project + "?*"); err != nil || len(left) > 0 {
		t.Errorf("left beside the project: %v, %v", left, err)
	}

	// A file that cannot be used changes nothing either, one that can replaces it all.
	empty := filepath.Join(t.TempDir(), "empty.csv")
	write(empty, "ID,Type,SKU,Name,Published\n13,simple,OLD,Not yet published,-1\n")
	command(exitFailed, "target", "--project", project, "--base", "https://woo.example/", empty)
	if got, _ = freshSide(t, project); !cmp.Equal(want, got) {
		t.Errorf("a file without products (-before +after):\n%s", cmp.Diff(want, got))
	}
	write(empty, "ID,Type,SKU,Name,Published\n13,simple,OLD,Published,1\n")
	command(exitDone, "target", "--project", project, "--base", "https://woo.example/", empty)
	if got, _ = freshSide(t, project); len(got) != 2 {
		t.Errorf("a file of one product: %q", got)
	}
}

// TestKilledTarget kills the second reading of the new shop at random moments. Whenever
// that is, the project holds the whole of a reading.
func TestKilledTarget(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a reading many times")
	}
	s := newTargetShops(t, 20)
	s.delay.Store(int64(5 * time.Millisecond))
	bin := filepath.Join(t.TempDir(), "replatform")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	project := filepath.Join(t.TempDir(), "shop.replatform")
	target := func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, bin, s.args("target", project)...)
	}
	began := time.Now()
	if out, err := target(t.Context()).CombinedOutput(); err != nil {
		t.Fatalf("first reading: %v\n%s", err, out)
	}
	whole := time.Since(began)
	want, _ := freshSide(t, project)
	rnd := newRand(t)
	killed, ended := 0, 0
	for killed < 12 && ended < 100 {
		cmd := target(t.Context())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(whole))))
		_ = cmd.Process.Kill() // it may have ended
		if cmd.Wait() == nil {
			ended++
		} else {
			killed++
		}
		if got, _ := freshSide(t, project); !cmp.Equal(want, got) {
			t.Fatalf("after %d kills (-whole +killed):\n%s", killed, cmp.Diff(want, got))
		}
	}
	if out, err := target(t.Context()).CombinedOutput(); err != nil {
		t.Fatalf("last reading: %v\n%s", err, out)
	}
	if got, _ := freshSide(t, project); !cmp.Equal(want, got) {
		t.Errorf("in the end (-whole +killed):\n%s", cmp.Diff(want, got))
	}
	t.Logf("%d killed, %d ended before", killed, ended)
}

// TestTargetWholeBeside: a later reading that was whole but could not be taken over, since
// the program was killed or another one wrote, is taken over by the next target and not
// asked for again; once taken over it is not taken twice.
func TestTargetWholeBeside(t *testing.T) {
	s := newTargetShops(t, 12)
	project := filepath.Join(t.TempDir(), "shop.replatform")
	command := commands(t)
	beside := project + ".reading-new"
	leave := func(finished string) {
		t.Helper()
		content, err := os.ReadFile(project)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(beside, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if finished == "" {
			return
		}
		db, err := sql.Open("sqlite", beside)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, step := range []string{
			`UPDATE shop SET finished_at = '` + finished + `' WHERE side = 'new'`,
			`UPDATE product SET name = 'later ' || name WHERE page IN (SELECT id FROM page WHERE side = 'new')`,
		} {
			if _, err := db.Exec(step); err != nil {
				t.Fatal(err)
			}
		}
	}
	later := func() (n int) {
		pages, _ := freshSide(t, project)
		for _, p := range pages {
			n += strings.Count(p, "later ")
		}
		return n
	}
	command(exitDone, s.args("crawl", project)...)
	command(exitDone, s.args("target", project)...)

	leave("2030-01-02T03:04:05Z")
	s.closed.Store(true) // who asks again gets a notice of maintenance
	t.Log(command(exitDone, s.args("target", project)...))
	if later() == 0 {
		t.Error("the whole reading was not taken over")
	}
	if _, err := os.Stat(beside); !os.IsNotExist(err) {
		t.Errorf("what stood beside the project: %v", err)
	}

	leave("") // taken over, and killed before it was removed
	command(exitFailed, s.args("target", project)...)
	s.closed.Store(false)
	leave("")
	command(exitDone, s.args("target", project)...)
	if n := later(); n != 0 {
		t.Errorf("%d products are still those of the reading that was there", n)
	}
}
