package planner

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shared finds the folder with the facts on plans; the test is skipped without it.
func shared(t *testing.T, name string) string {
	t.Helper()
	if dir := os.Getenv("REPLATFORM_SHARED"); dir != "" {
		return filepath.Join(dir, name)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		p := filepath.Join(d, "shared", name)
		if _, err := os.Stat(p); err == nil {
			return p
		}
		if d == filepath.Dir(d) {
			t.Skip("no shared folder with facts on plans (REPLATFORM_SHARED names one)")
		}
	}
}

// TestCatalogueIsComplete holds the catalogue against the list of tasks that a plan
// must have: each id once, nothing else, in its order of phases.
func TestCatalogueIsComplete(t *testing.T) {
	f, err := os.Open(shared(t, "facts/plan-contents.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var want []string
	row := regexp.MustCompile(`^\| ([EPIMBVCWX]\d+x?) \|`)
	for s := bufio.NewScanner(f); s.Scan(); {
		if m := row.FindStringSubmatch(s.Text()); m != nil {
			want = append(want, m[1])
		}
	}
	catalogue, err := TaskCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range catalogue {
		got = append(got, c.ID)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("task ids (-want +got):\n%s", diff)
	}
	if len(got) < 100 {
		t.Errorf("only %d tasks", len(got))
	}
	t.Logf("%d tasks", len(got))
}

func TestCatalogueIsSound(t *testing.T) {
	catalogue, err := TaskCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := Evidences()
	if err != nil {
		t.Fatal(err)
	}
	questions, err := CaseFacts()
	if err != nil {
		t.Fatal(err)
	}
	facts := []string{"ways"}
	for _, q := range questions {
		facts = append(facts, q.Key)
		if q.Ask.JA == "" || q.Ask.EN == "" || q.Whom == "" {
			t.Errorf("fact %s lacks words", q.Key)
		}
	}
	values := func(key string) []string {
		for _, q := range questions {
			if q.Key == key {
				return append([]string{"unknown"}, q.Values...)
			}
		}
		return nil
	}
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	roles := []string{"owner", "staff", "developer", "consultant", "adviser", "old-provider", "new-provider", "processor", "everybody"}
	for _, c := range catalogue {
		for what, s := range map[string]TextData{"title": c.Title, "done": c.Done} {
			if !japanese.MatchString(s.JA) || japanese.MatchString(s.EN) || strings.TrimSpace(s.EN) == "" {
				t.Errorf("%s: %s is not in both languages: %+v", c.ID, what, s)
			}
		}
		if c.Phase < 0 || c.Phase >= Phases || len(c.Who) == 0 || len(c.At)+len(c.Breach) == 0 {
			t.Errorf("%s lacks phase, role or day", c.ID)
		}
		for _, w := range c.Who {
			if !slices.Contains(roles, w) {
				t.Errorf("%s: role %q", c.ID, w)
			}
		}
		if len(c.Evidence) == 0 {
			t.Errorf("%s rests on nothing", c.ID)
		}
		for _, e := range c.Evidence {
			if evidence[e].Statement.JA == "" || evidence[e].Statement.EN == "" {
				t.Errorf("%s rests on %q, which does not exist or lacks words", c.ID, e)
			}
		}
		for _, s := range append(slices.Clone(c.At), c.Breach...) {
			if _, err := ParseOffset(s); err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
		}
		if _, err := c.When.Holds(FactSet{}); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		for _, n := range c.When.Names() {
			if !slices.Contains(facts, n) {
				t.Errorf("%s asks for %q, which is no fact", c.ID, n)
			}
		}
		for _, m := range regexp.MustCompile(`([a-z][a-z.0-9-]*)=([a-z0-9,+-]+)`).FindAllStringSubmatch(string(c.When), -1) {
			for _, v := range strings.Split(m[2], ",") {
				if vs := values(m[1]); m[1] != "ways" && len(vs) > 1 && !slices.Contains(vs, v) {
					t.Errorf("%s: %s can never be %q", c.ID, m[1], v)
				}
			}
		}
	}
}

func TestCondition(t *testing.T) {
	facts := FactSet{"breach": "suspected", "own": "no", "jp": "yes", "ways": "G", "size": "49999", "members": "unknown"}
	tests := []struct {
		c    Condition
		want Answer
	}{
		{"", Yes}, {"breach", Yes}, {"!breach", No}, {"own", No}, {"own=no", Yes}, {"ways=E,F,G,H", Yes}, {"ways=B", No},
		{"members", Unknown}, {"!members", Unknown}, {"members=unknown", Yes}, {"own=unknown", No}, {"never-asked", Unknown},
		{"members & own", No}, {"members | own=no", Yes}, {"members & jp", Unknown}, {"own | members", Unknown},
		{"size<50000", Yes}, {"size<49999", No}, {"(own | jp) & breach", Yes}, {"own | jp & breach", Yes}, {"!(own | jp)", No},
	}
	for _, tt := range tests {
		got, err := tt.c.Holds(facts)
		if err != nil || got != tt.want {
			t.Errorf("%q = %v, %v; want %v", tt.c, got, err, tt.want)
		}
	}
	for _, bad := range []Condition{"&", "a &", "(a", "a)", "a b", "!", "size<x"} {
		if got, err := bad.Holds(facts); err == nil {
			t.Errorf("%q gives %v and no error", bad, got)
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"", "a & b | !c", "(x=1,2)", "size<3", "((", "!!a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Condition(s).Holds(FactSet{"a": "yes"})
		if err == nil && a != Yes && a != No && a != Unknown {
			t.Errorf("%q gives %q", s, a)
		}
	})
}

func TestOffset(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*3600)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, tokyo) }
	clocks := Clocks{Cutover: day(2027, 3, 1), Breach: day(2027, 1, 31), Zone: tokyo}
	tests := []struct {
		s           string
		from, until time.Time
		ok          bool
	}{
		{"T-60", day(2026, 12, 31), time.Time{}, true},
		{"T+0", day(2027, 3, 1), time.Time{}, true},
		{"B+72h", day(2027, 2, 3), time.Time{}, true},
		{"T-2..T-1", day(2027, 2, 27), day(2027, 2, 28), true},
		{"T+30..E+0 monthly", day(2027, 3, 31), time.Time{}, true},
		{"E-30", time.Time{}, time.Time{}, false},
	}
	for _, tt := range tests {
		o, err := ParseOffset(tt.s)
		if err != nil {
			t.Errorf("%q: %v", tt.s, err)
			continue
		}
		from, until, ok := o.On(clocks)
		if !from.Equal(tt.from) || !until.Equal(tt.until) || ok != tt.ok {
			t.Errorf("%q = %v, %v, %v; want %v, %v, %v", tt.s, from, until, ok, tt.from, tt.until, tt.ok)
		}
	}
	for _, bad := range []string{"", "T", "T60", "Q-1", "T-1 Final", "T-1..", "t-1"} {
		if o, err := ParseOffset(bad); err == nil {
			t.Errorf("%q = %+v", bad, o)
		}
	}
}

func TestFitTasks(t *testing.T) {
	catalogue, err := TaskCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := Evidences()
	if err != nil {
		t.Fatal(err)
	}
	base := FactSet{"breach": "no", "own": "yes", "src.redirect": "none", "src.head": "body-only", "src.js": "yes", "src.after": "closed", "dst": "shopify", "size": "300"}
	fit := func(main, fallback FactSet) map[string]Task {
		tasks, err := fitTasks(catalogue, evidence, main, fallback, Clocks{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]Task{}
		for _, task := range tasks {
			if _, twice := out[task.ID]; twice {
				t.Errorf("%s is there twice", task.ID)
			}
			if task.Why.JA == "" || task.Why.EN == "" || len(task.Times) == 0 {
				t.Errorf("%s lacks reason or day", task.ID)
			}
			out[task.ID] = task
		}
		return out
	}
	has := func(m map[string]Task, id string) bool { _, ok := m[id]; return ok }

	edge := fit(underWay(base, WayC), underWay(base, WayG))
	if has(edge, "E01") || !has(edge, "V09") || !has(edge, "B17") || has(edge, "P03") {
		t.Error("standard plan on an own domain: no emergency, a rehearsal, DNS, no new domain")
	}
	if edge["B19"].Branch != BranchMain || edge["B20"].Branch != BranchFallback || edge["C13x"].Branch != BranchFallback {
		t.Errorf("branches: B19 %s, B20 %s, C13x %s", edge["B19"].Branch, edge["B20"].Branch, edge["C13x"].Branch)
	}
	if b07 := edge["B07"]; b07.Applies != Unknown || !slices.Equal(b07.Missing, []string{"members"}) {
		t.Errorf("B07 without knowing of members: %s, %v", b07.Applies, b07.Missing)
	}

	leak := map[string]string{"breach": "yes", "own": "no", "jp": "yes", "reportable": "yes", "provider-reports": "no", "members": "no", "eu": "no"}
	hit := FactSet{}
	for k, v := range base {
		hit[k] = v
	}
	for k, v := range leak {
		hit[k] = v
	}
	breach := fit(underWay(hit, WayG), nil)
	if !has(breach, "E01") || !has(breach, "E07") || has(breach, "E10") || has(breach, "V09") || has(breach, "B07") || !has(breach, "P03") {
		t.Error("breach on a subdomain: emergency and report, no GDPR, no rehearsal, no members, an own domain")
	}
	if p02 := breach["P03"]; !p02.First || p02.Times[0].Offset != "B+3" {
		t.Errorf("P03 in a breach: %+v", p02)
	}
	if got := breach["V01"]; got.ID != "" {
		t.Error("no 301 to test on way G")
	}
}
