package engine

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"replatform/redirects/serve"
)

// TestLongServe has wrk ask `redirects serve` and nginx with the same 100,000 rows,
// one after the other, and prints the ratio. The program is in this test's process;
// wrk and both servers share the machine.
func TestLongServe(t *testing.T) {
	long(t)
	wrk := find(t, "REPLATFORM_WRK", "wrk", "/usr/bin/wrk")
	const n = 100_000
	var targets strings.Builder
	for r := range generated(n).Rules() {
		if r.Line%50 == 0 {
			targets.WriteString(r.Source.RequestTarget() + "\n")
		}
	}
	dir := t.TempDir()
	list, script := filepath.Join(dir, "targets"), filepath.Join(dir, "ask.lua")
	lua := fmt.Sprintf(`local targets, n = {}, 0
for line in io.lines(%s) do targets[#targets + 1] = line end
request = function()
  n = n %% #targets + 1
  return wrk.format("GET", targets[n], { ["Host"] = "old.example" })
end
done = function(summary) io.write("failed " .. summary.errors.status .. "\n") end
`, luaQuote(list))
	for name, content := range map[string]string{list: targets.String(), script: lua} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rate := func(addr string) float64 {
		out, err := exec.Command(wrk, "-t2", "-c32", "-d5s", "-s", script, "http://"+addr+"/").CombinedOutput()
		if err != nil {
			t.Fatalf("wrk: %v\n%s", err, out)
		}
		found := regexp.MustCompile(`Requests/sec:\s*([0-9.]+)`).FindSubmatch(out)
		if found == nil || !bytes.Contains(out, []byte("failed 0\n")) {
			t.Fatalf("wrk:\n%s", out)
		}
		f, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	handler, err := serve.NewHandler(generated(n), nil)
	if err != nil {
		t.Fatal(err)
	}
	own := httptest.NewServer(handler)
	defer own.Close()
	e, _ := Get("nginx", Options{})
	_, served := written(t, e, generated(n))
	nginx := starters()["nginx"](t, served)
	nginx.ask("old.example", "/?pid=1000")
	ours, theirs := rate(own.Listener.Addr().String()), rate(nginx.addr)
	t.Logf("%d rows, redirects answered a second: redirects serve %.0f, nginx %.0f (%s); ratio %.2f", n, ours, theirs, rss(nginx), ours/theirs)
}
