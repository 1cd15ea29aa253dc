package report

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/inventory"
	"replatform/planner"
)

func testPseudonyms(t *testing.T, secret string) *Pseudonyms {
	t.Helper()
	s, err := NewPseudonyms([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// filesOf reads a plan folder; the parts of a workbook are files of their own.
func filesOf(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if filepath.Ext(name) != ".xlsx" {
			out[name] = data
			return nil
		}
		book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		for _, f := range book.File {
			r, err := f.Open()
			if err != nil {
				return err
			}
			if out[name+"/"+f.Name], err = io.ReadAll(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// namesOf are the names of a story that no file may hold, with the forms in which an
// address may be written. Titles of one or two words that plans use themselves are left
// out.
func namesOf(p *planner.Plan) []string {
	names := map[string]bool{}
	address := func(raw string) {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" {
			return
		}
		names[u.Host], names[strings.TrimPrefix(u.Host, "www.")] = true, true
		for _, s := range []string{u.Path, u.EscapedPath(), u.RawQuery} {
			if len(s) > 6 {
				names[s] = true
			}
		}
	}
	for _, r := range p.Rows {
		address(r.OldURL)
		address(r.NewURL)
		if r.Type == "product" {
			names[r.OldTitle], names[r.NewTitle] = true, true
		}
	}
	delete(names, "")
	return sortedKeys(names)
}

// TestAnonymous: no host, path, product name, code or person of a project is left in
// any byte of the folder, in no format, and no figure differs from the real plan.
func TestAnonymous(t *testing.T) {
	for i, s := range shownStories() {
		if testing.Short() && i != 1 && !s.hostile {
			continue
		}
		p, _ := s.build(t)
		for i := range p.Rows { // as the matching and people write them
			if r := &p.Rows[i]; r.Method != "" && r.Action == planner.ActionRedirect {
				r.Reason, r.ReasonJA = "model numbers share their stem (TSUKI-4711, TSUKI-47), words differ (Amaterasu, –)", "型番の基本部分が一致（TSUKI-4711、TSUKI-47）"
				r.DecidedBy, r.Note, r.NoteJA = "Hanako Beispiel", "the row cannot be read: "+r.OldURL+", "+r.OldTitle, "読み取れません："+readable(r.OldURL)
			}
		}
		proofs := map[string]inventory.Proof{}
		for _, r := range p.Rows[:3] {
			proofs[r.OldURL] = inventory.Proof{OldURL: r.OldURL, Kind: "live", Status: 301, Location: r.NewURL, Final: r.NewURL, OK: true, CheckedAt: made, ConnectTo: "192.0.2.77:443"}
		}
		o := Options{Proofs: proofs, Anonymous: testPseudonyms(t, "0123456789abcdef"),
			Texts: []OwnText{{Chapter: "summary", Text: planner.Text{EN: "For " + p.Old.Host0() + ", who sell " + p.Rows[1].OldTitle + " at https://" + p.Old.Host0() + "/a-secret/b."}}}}
		dir := t.TempDir()
		if err := Folder(t.Context(), p, dir, "ja", o); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		files := filesOf(t, dir)
		if len(files) < 10 {
			t.Errorf("%s: only %d files", s.name, len(files))
		}
		names := append(namesOf(p), "TSUKI-47", "Amaterasu", "Hanako", "a-secret", "192.0.2.77")
		for name, data := range files {
			if strings.HasPrefix(name, "redirects") || strings.HasPrefix(name, "workaround") {
				t.Errorf("%s: %s is of no use without the addresses", s.name, name)
			}
			text := strings.NewReplacer("old-shop.example", "", "new-shop.example", "").Replace(string(data)) // one story's host is shop.example
			plain, _ := url.PathUnescape(text)
			for _, n := range names {
				if strings.Contains(text, n) || strings.Contains(plain, n) {
					t.Errorf("%s: %s holds %q", s.name, name, n)
				}
			}
		}

		// The figures are those of the real plan, and rows that were equal stay so.
		plans := map[bool]*PlanFile{}
		for _, hidden := range []bool{false, true} {
			q, oq := p, Options{Proofs: proofs}
			if hidden {
				var err error
				if q, oq, err = anonymous(p, o, "en"); err != nil {
					t.Fatal(err)
				}
			}
			f, err := planFile(q, oq)
			if err != nil {
				t.Fatal(err)
			}
			plans[hidden] = f
		}
		real, hidden := plans[false], plans[true]
		if !hidden.Anonymous || real.Anonymous {
			t.Errorf("%s: anonymous is %t and %t", s.name, hidden.Anonymous, real.Anonymous)
		}
		if len(real.Rows) != len(hidden.Rows) {
			t.Fatalf("%s: %d rows became %d", s.name, len(real.Rows), len(hidden.Rows))
		}
		to := map[string]string{}
		back := map[string]string{}
		for i, r := range real.Rows {
			h := hidden.Rows[i]
			for _, pair := range [][2]string{{r.Old, h.Old}, {r.New, h.New}} {
				if have, ok := to[pair[0]]; ok && have != pair[1] {
					t.Errorf("%s: %s became %s and %s", s.name, pair[0], have, pair[1])
				}
				if have, ok := back[pair[1]]; ok && have != pair[0] {
					t.Errorf("%s: %s stands for %s and %s", s.name, pair[1], have, pair[0])
				}
				to[pair[0]], back[pair[1]] = pair[1], pair[0]
			}
			r.Old, r.New, r.Decided = h.Old, h.New, h.Decided
			if diff := cmp.Diff(r, h); diff != "" {
				t.Errorf("%s row %d:\n%s", s.name, i, diff)
			}
		}
		for _, f := range []*PlanFile{real, hidden} {
			f.Rows, f.Files, f.Anonymous, f.Old.Hosts, f.New.Hosts, f.Ladder, f.Questions = nil, nil, false, nil, nil, nil, nil
		}
		lines := func(f *PlanFile) []string {
			data, err := json.MarshalIndent(f, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			return strings.Split(string(data), "\n")
		}
		if diff := cmp.Diff(lines(real), lines(hidden)); diff != "" {
			t.Errorf("%s (-real +anonymous):\n%s", s.name, diff)
		}
	}
}

// TestPseudonyms: the same secret gives the same names, another one others.
func TestPseudonyms(t *testing.T) {
	p, _ := storyNamed(t, "WooCommerce to Shopify").build(t)
	urls := func(secret string) []string {
		q, _, err := anonymous(p, Options{Anonymous: testPseudonyms(t, secret)}, "en")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range q.Rows {
			out = append(out, r.OldURL, r.NewURL, r.OldTitle)
		}
		return out
	}
	a, b, c := urls("0123456789abcdef"), urls("0123456789abcdef"), urls("another secret 1")
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("the same secret gives other names:\n%s", diff)
	}
	same := 0
	for i := range a {
		if a[i] == c[i] && strings.Count(a[i], "/") > 2 && !strings.HasSuffix(a[i], ".example/") {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d addresses are the same with another secret", same)
	}
	if _, err := NewPseudonyms([]byte("short")); err == nil {
		t.Error("a short secret was taken")
	}
	if !slices.Contains(a, "https://old-shop.example/") {
		t.Errorf("the old home page is not recognisable: %q", a[:6])
	}
}

// TestScrubbed: every text of a value is replaced, everything else stays.
func TestScrubbed(t *testing.T) {
	type inner struct{ A string }
	type outer struct {
		S  []string
		M  map[string]inner
		P  *inner
		N  int
		At time.Time
		x  string
	}
	up := strings.ToUpper
	in := outer{S: []string{"a", "b"}, M: map[string]inner{"k": {"v"}}, P: &inner{"p"}, N: 3, At: made, x: "x"}
	want := outer{S: []string{"A", "B"}, M: map[string]inner{"K": {"V"}}, P: &inner{"P"}, N: 3, At: made, x: "x"}
	if diff := cmp.Diff(want, scrubbed(in, up), cmp.AllowUnexported(outer{})); diff != "" {
		t.Error(diff)
	}
	if in.P.A != "p" || in.S[0] != "a" {
		t.Errorf("the original changed: %+v", in)
	}
}

// TestAnonymousKnowsEveryField fails when a plan gets a field that nobody has looked at:
// what holds names of a shop has to be replaced in anonymous.
func TestAnonymousKnowsEveryField(t *testing.T) {
	looked := map[string]string{
		"replaced": "Old New NewBase Rows Decision Refused Findings Questions Files Tasks OpenFacts Artefacts",
		"figures":  "Generated Pages Coverage Priorities FallbackCoverage Worth Clocks Facts FallbackFacts HostOpen WorthSources Outcomes ByStatus Calibration Engine FallbackEngine",
		"unused":   "Situation", // no file is made from it
	}
	known := map[string]bool{}
	for _, names := range looked {
		for _, n := range strings.Fields(names) {
			known[n] = true
		}
	}
	for f := range reflect.TypeFor[planner.Plan]().Fields() {
		if f.IsExported() && !known[f.Name] {
			t.Errorf("does %s hold names of a shop? If so anonymous replaces them; then it is added here", f.Name)
		}
	}
}
