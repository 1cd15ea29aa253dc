package workaround

import (
	"net/http"
	"strings"
	"testing"

	"replatform/planner/internal/browsertest"
)

// ServeHTTP makes the generated files a place on the web: names are paths.
func (m memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, ok := m[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/javascript")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(data)
}

// noTrap sees that the old page leaves no entry in the history: Back on the new page
// leads to the page before the old one.
func noTrap(t *testing.T, b *browsertest.Browser, r Row) {
	t.Helper()
	b.Visit(startPage)
	if !b.Arrive(startPage) {
		t.Fatal("the start page does not open")
	}
	b.Click(r.OldURL)
	if !b.Arrive(r.NewURL) {
		t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
	}
	b.Back()
	if !b.Arrive(startPage) {
		t.Errorf("Back leads to %s, want the page before the old one", b.Location())
	}
}
