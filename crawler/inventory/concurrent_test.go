package inventory

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

func readZip(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	check(t, err)
	f, err := z.Open(name)
	check(t, err)
	defer f.Close()
	b, err := io.ReadAll(f)
	check(t, err)
	return string(b)
}

// The test binary is also the program that the tests below start and kill.
const (
	childWork = "REPLATFORM_TEST_CHILD" // "visits", "visits-slowly" or "lock"
	childFile = "REPLATFORM_TEST_FILE"
	childFrom = "REPLATFORM_TEST_FROM" // number of the first page
)

func TestMain(m *testing.M) {
	switch os.Getenv(childWork) {
	case "visits", "visits-slowly":
		storeForever(os.Getenv(childFile), os.Getenv(childFrom))
	case "lock":
		lockForever(os.Getenv(childFile))
	default:
		os.Exit(m.Run())
	}
}

// perVisit is how many variants, images and links each visit of the child has: a
// page with fewer was stored in part.
const perVisit = 5

// storeForever stores batches of visits and says after each which were stored.
func storeForever(path, from string) {
	ctx := context.Background()
	p, err := Open(ctx, path, Options{Create: true, BusyTimeout: time.Minute})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	start, _ := strconv.Atoi(from)
	for n := start; ; n += 3 {
		var visits []Visit
		for i := range 3 {
			visits = append(visits, wholeVisit(n+i))
		}
		if err := p.SaveVisits(ctx, catalog.Old, visits); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("stored", n+2)
		if os.Getenv(childWork) == "visits-slowly" { // as a crawl does, which waits for the shop
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func wholeVisit(id int) Visit {
	v := visitOf(id)
	v.Product = &catalog.Product{Name: fmt.Sprint("product ", id)}
	for i := range perVisit {
		v.Product.Variants = append(v.Product.Variants, catalog.Variant{Title: fmt.Sprint(i)})
		v.Product.Images = append(v.Product.Images, fmt.Sprintf("https://shop.example/%d-%d.jpg", id, i))
		key := catalog.Key(fmt.Sprintf("colorme category %d", i))
		v.Found = append(v.Found, Discovery{Key: key, Type: catalog.Category, URL: fmt.Sprintf("https://shop.example/?c=%d", i), Source: "link"})
		v.Links = append(v.Links, key)
	}
	return v
}

func lockForever(path string) {
	p, err := Open(context.Background(), path, Options{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	if _, err := p.AcquireCrawl(context.Background(), catalog.Old); err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("locked")
	time.Sleep(time.Minute)
}

// child starts this binary as another program.
func child(t *testing.T, work, path, from string) (lines *bufio.Scanner, kill func()) {
	t.Helper()
	exe, err := os.Executable()
	check(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childWork+"="+work, childFile+"="+path, childFrom+"="+from)
	out, err := cmd.StdoutPipe()
	check(t, err)
	cmd.Stderr = os.Stderr
	check(t, cmd.Start())
	var once sync.Once
	kill = func() {
		once.Do(func() {
			_ = cmd.Process.Kill() // SIGKILL: no defer, no handler runs
			_ = cmd.Wait()
		})
	}
	t.Cleanup(kill)
	return bufio.NewScanner(out), kill
}

// A crawl that is killed at any moment leaves a whole file with whole pages, and
// every page that it said was stored.
func TestKill(t *testing.T) {
	const kills = 24
	path := filepath.Join(t.TempDir(), "shop.replatform")
	stored := 0
	for i := range kills {
		lines, kill := child(t, "visits", path, strconv.Itoa(stored+1))
		// Every third is killed at its start, when it may be making the file; the
		// others once they have stored something, however slow the machine is.
		atStart := i%3 == 0
		soon := time.Duration(rand.IntN(100)+1) * time.Millisecond
		if atStart {
			time.AfterFunc(soon, kill)
		}
		said := stored
		for lines.Scan() {
			if !atStart && said == stored {
				time.AfterFunc(soon, kill)
			}
			if !strings.HasPrefix(lines.Text(), "stored ") {
				t.Fatalf("the child says: %s", lines.Text())
			}
			n, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "stored "))
			check(t, err)
			said = n
		}
		kill()
		if _, err := os.Stat(path); err != nil {
			continue // killed before it made the file
		}
		// Opening rolls back what was half made: a file killed in its first
		// transaction is empty only after this.
		intact(t, path)
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			continue
		}
		p, err := Open(t.Context(), path, Options{})
		check(t, err)
		highest := 0
		check(t, p.Pages(t.Context(), Filter{Side: catalog.Old, Types: []catalog.PageType{catalog.ProductP}}, func(page Page, product *catalog.Product) error {
			_, _, id := page.Key.Parts()
			n, err := strconv.Atoi(id)
			highest = max(highest, n)
			if page.State != Done || product == nil || len(product.Variants) != perVisit || len(product.Images) != perVisit {
				t.Errorf("kill %d: half a page: %+v %+v", i, page, product)
			}
			return err
		}))
		links := 0
		check(t, p.Links(t.Context(), catalog.Old, func(_, _ catalog.Key) error { links++; return nil }))
		if highest < said || highest%3 != 0 || links != highest*perVisit {
			t.Errorf("kill %d: %d pages and %d links in the file, %d pages were said to be stored", i, highest, links, said)
		}
		check(t, p.Close())
		stored = highest
	}
	if stored < kills {
		t.Errorf("only %d pages stored over %d kills: the test shows nothing", stored, kills)
	}
	t.Logf("%d pages stored over %d kills", stored, kills)
}

// Two programs and several goroutines that write one file at once lose nothing.
func TestTwoPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.replatform")
	p := openProject(t, path)
	lines, kill := child(t, "visits-slowly", path, "1000001")
	var wg sync.WaitGroup
	const each = 15
	for g := range 3 {
		q := p
		if g == 2 {
			q = openProject(t, path)
		}
		wg.Go(func() {
			for i := range each {
				id := g*each + i
				if _, err := q.Discover(t.Context(), catalog.Old, []Discovery{sighting(id)}); err != nil {
					t.Error(err)
				}
				if err := q.SaveVisits(t.Context(), catalog.Old, []Visit{wholeVisit(id)}); err != nil {
					t.Error(err)
				}
				if _, err := q.Counts(t.Context(), catalog.Old); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	said := 0
	for said < 1000015 && lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "stored %d", &said); err != nil {
			t.Fatalf("the child says: %s", lines.Text())
		}
	}
	kill()
	ours, theirs := 0, 0
	for _, l := range pages(t, p, Filter{Types: []catalog.PageType{catalog.ProductP}}) {
		if l.Product == nil || len(l.Product.Variants) != perVisit {
			t.Errorf("half a page: %+v", l.Page)
		}
		if _, _, id := l.Page.Key.Parts(); len(id) == 7 {
			theirs++
		} else {
			ours++
		}
	}
	if ours != 3*each || theirs < said-1000000 {
		t.Errorf("%d pages of ours, want %d; %d of the other program's, want at least %d", ours, 3*each, theirs, said-1000000)
	}
	intact(t, path)
}

func TestAcquireCrawl(t *testing.T) {
	p := newProject(t)
	q := openProject(t, p.Path())
	ctx := t.Context()
	release, err := p.AcquireCrawl(ctx, catalog.Old)
	check(t, err)
	for _, other := range []*Project{p, q} {
		if _, err := other.AcquireCrawl(ctx, catalog.Old); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "another crawl") {
			t.Errorf("a second crawl of the side: %v", err)
		}
	}
	releaseNew, err := q.AcquireCrawl(ctx, catalog.New)
	check(t, err)
	check(t, releaseNew())
	discover(t, q, sighting(1)) // others may write meanwhile
	check(t, release())
	check(t, release()) // twice does no harm
	release, err = q.AcquireCrawl(ctx, catalog.Old)
	check(t, err)
	check(t, release())
	left, err := filepath.Glob(p.Path() + ".*")
	check(t, err)
	equal(t, "lock files left behind", []string(nil), left)

	lines, kill := child(t, "lock", p.Path(), "")
	if !lines.Scan() || lines.Text() != "locked" {
		t.Fatalf("the child says: %s", lines.Text())
	}
	if _, err := p.AcquireCrawl(ctx, catalog.Old); !errors.Is(err, ErrBusy) {
		t.Errorf("while another program crawls: %v", err)
	}
	kill()
	release, err = p.AcquireCrawl(ctx, catalog.Old)
	if err != nil {
		t.Fatalf("after the other program was killed: %v", err)
	}
	check(t, release())
}

// However many want the lock at once, one has it at a time.
func TestAcquireCrawlContended(t *testing.T) {
	p := newProject(t)
	var mu sync.Mutex
	holders, held := 0, 0
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				release, err := p.AcquireCrawl(t.Context(), catalog.Old)
				if errors.Is(err, ErrBusy) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				holders++
				held++
				if holders != 1 {
					t.Errorf("%d hold the lock", holders)
				}
				mu.Unlock()
				time.Sleep(time.Millisecond)
				mu.Lock()
				holders--
				mu.Unlock()
				if err := release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if held == 0 {
		t.Error("nobody got the lock")
	}
}
