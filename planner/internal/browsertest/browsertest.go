// Package browsertest starts a real Chromium for tests.
package browsertest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"replatform/crawler/render"
)

// Find is the path of the browser. Tests with a browser are left out of short runs;
// without one they are skipped, or fail when REPLATFORM_REQUIRE_ENGINES=1.
func Find(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("tests with a browser are left out of short runs")
	}
	path, err := render.Find()
	switch {
	case err == nil:
		return path
	case os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1":
		t.Fatalf("%v and REPLATFORM_REQUIRE_ENGINES=1", err)
	default:
		t.Skipf("%v (REPLATFORM_CHROMIUM names one)", err)
	}
	return ""
}

// Start starts a browser with a fresh profile and returns the context of its first
// tab, which ends with the test or after limit. Nothing that the browser does by
// itself leaves the machine. Further flags come after those that every test needs.
func Start(t *testing.T, limit time.Duration, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path := Find(t)
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // Chromium refuses its sandbox to root, as whom containers run
		chromedp.NoFirstRun,
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(opts, flags...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits for the end, so that the profile can be removed
	return ctx
}
