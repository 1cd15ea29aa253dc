package crawler_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // to look at a project file from outside

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// childVariable makes the test binary crawl the hostile shop and nothing else: the
// address of the shop, of its TLS half, and the project file, separated by blanks.
const childVariable = "REPLATFORM_TEST_CRAWL"

// killedAlike is Config.MaxAlike here: small, so that many crawls fit into the time.
const killedAlike = 60

// TestKilledChild is the program that TestKilledInHostileShop kills.
func TestKilledChild(t *testing.T) {
	args := strings.Fields(os.Getenv(childVariable))
	if len(args) != 3 {
		t.Skip("runs only as a child of TestKilledInHostileShop")
	}
	cfg := hostileConfig(t, &hostile{}, 4)
	cfg.MaxAlike = killedAlike
	cfg.Fetch.ConnectTo = map[string]string{hostileHost: args[0], hostileHost + ":443": args[1]}
	project, err := inventory.Open(t.Context(), args[2], inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	start, err := crawler.Probe(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old); err != nil || sum.Stopped != "" {
		t.Fatal(sum, err)
	}
}

// TestKilledInHostileShop kills the crawl of the hostile shop, as kill -9 does, at
// random moments. The project file is whole after each kill, and in the end holds the
// same inventory as that of a crawl that nobody disturbed. REPLATFORM_KILLS sets how
// often.
func TestKilledInHostileShop(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a crawl many times")
	}
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("REPLATFORM_KILLS")); err == nil {
		kills = n
	}
	h := newHostile(t)
	child := func(project string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledChild$", "-test.count=1")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s", childVariable, h.Listener.Addr(), h.tls.Listener.Addr(), project))
		return cmd
	}
	finish := func(project string) string {
		if out, err := child(project).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return dump(t, project)
	}
	began := time.Now()
	want := finish(filepath.Join(t.TempDir(), "calm.replatform"))
	whole := time.Since(began)

	killed, early := 0, 0
	project := filepath.Join(t.TempDir(), "killed.replatform")
	for killed < kills {
		cmd := child(project)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(whole / 4))))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if cmd.Wait() == nil { // it was done before: begin anew
			if got := dump(t, project); got != want {
				t.Fatalf("after %d kills (-undisturbed +killed):\n%.4000s", killed, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			}
			project = filepath.Join(t.TempDir(), fmt.Sprintf("killed-%d.replatform", killed))
			continue
		}
		killed++
		if !isWhole(t, project) {
			early++
		}
	}
	got := finish(project)
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("after %d kills (-undisturbed +killed):\n%.4000s", killed, diff)
	}
	t.Logf("%d kills (%d before there was a file), each left a whole project; %d lines of inventory and findings", killed, early, strings.Count(got, "\n"))
}

// isWhole checks the file with SQLite itself, on a copy, as the next program to open it
// would find it. It is false when there is no file yet.
func isWhole(t *testing.T, path string) bool {
	t.Helper()
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil {
			if suffix == "" {
				return false
			}
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, "copy"+suffix), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "copy"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var answer string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
		t.Fatalf("integrity_check: %q, %v", answer, err)
	}
	return true
}

// dump is the inventory and the findings of a project as text.
func dump(t *testing.T, path string) string {
	t.Helper()
	project, err := inventory.Open(t.Context(), path, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	var b bytes.Buffer
	if err := project.WriteCSV(t.Context(), &b, inventory.Filter{Side: catalog.Old}, inventory.CSVOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, f := range findings(t, project) {
		message := f.Message
		if f.Code == "fetch-failed" { // names ports of this run
			message = ""
		}
		fmt.Fprintf(&b, "%s | %s | %s | %d\n", f.Code, f.URL, message, f.Count)
	}
	return b.String()
}
