package planner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/feeds"
	"replatform/crawler/inventory"
	"replatform/planner/workaround"
)

// announceProject has one page of each kind on the old side and the new.
func announceProject(t *testing.T) *inventory.Project {
	t.Helper()
	project := verifyProject(t, 1, 0, "www.old.example")
	key := func(n int) catalog.Key { return catalog.MakeKey("colorme", catalog.ProductP, fmt.Sprint(n)) }
	page := func(path string, kind catalog.PageType, status int, robots string) inventory.Visit {
		return inventory.Visit{Key: catalog.Key("shopify " + path), Type: kind, URL: "https://staging.example" + path, State: inventory.Done, Status: status, Robots: robots}
	}
	for _, step := range []error{
		project.StartCrawl(t.Context(), inventory.Shop{Side: catalog.New, StartURL: "https://staging.example/"}),
		project.SaveVisits(t.Context(), catalog.New, []inventory.Visit{
			page("/", catalog.Home, 200, ""), page("/products/cup", catalog.ProductP, 200, ""), page("/products/茶碗?a=1&b=2", catalog.ProductP, 200, ""),
			page("/hidden", catalog.Page, 200, "noindex"), page("/cart", catalog.Cart, 200, ""), page("/lost", catalog.Page, 404, ""),
		}),
		project.AddWorth(t.Context(), []inventory.Worth{{Key: key(2), Source: "backlinks", LinkingSites: 3}, {Key: key(3), Source: "backlinks", LinkingSites: 5, Clicks: 7}, {Key: key(4), Source: "backlinks", LinkingSites: 9}}),
		project.SavePlan(t.Context(), map[string]string{"new_base": "https://new.example"}, []inventory.PlanRow{
			{OldURL: "https://www.old.example/?pid=1", NewURL: "https://new.example/products/cup", OldKey: key(1), Action: ActionRedirect, Status: 301},
			{OldURL: "https://www.old.example/?pid=1&utm_source=mail", NewURL: "https://new.example/products/cup", OldKey: key(1), Action: ActionRedirect, Status: 301},
			{OldURL: "https://www.old.example/?pid=2", NewURL: "https://new.example/products/cup", OldKey: key(2), Action: ActionRedirect, Status: 301},
			{OldURL: "http://old.example/?pid=3", OldKey: key(3), Action: ActionGone, Status: 410},
			{OldURL: "https://www.old.example/?pid=4", OldKey: key(4), Action: ActionAsk},
			{OldURL: "https://www.old.example/?mode=cart", OldKey: "colorme cart", Action: ActionIgnore},
			{OldURL: "https://www.old.example/", OldKey: "colorme home", Action: ActionKeep},
			{OldURL: "https://www.old.example/" + strings.Repeat("a", 2048), OldKey: key(9), Action: ActionGone, Status: 410},
		}),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	read := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	_, _, err := project.SaveImport(t.Context(), []inventory.Import{
		{Name: "=backlinks.csv", Kind: "ahrefs", Source: "ahrefs", At: read, Linking: []inventory.Linking{
			{Site: "blog.example.org", Key: key(2), Links: 2, Pages: []string{"https://blog.example.org/a?x=\"<b>", "https://blog.example.org/b"}},
			{Site: "blog.example.org", Key: key(3), Links: 5}, {Site: "blog.example.org", Key: key(4), Links: 9},
			{Site: "forum.example.com", Key: key(2), Links: 1, Pages: []string{"https://forum.example.com/t"}},
			{Site: "home.example.net", Key: "colorme home", Links: 40},
		}},
		{Name: "links.csv", Kind: "search-console-linking-sites", Source: "search-console-linking-sites", At: read.AddDate(0, 0, 1), Linking: []inventory.Linking{
			{Site: "blog.example.org", Links: 120, Targets: 14}, {Site: "=cmd.example", Links: 3, Targets: 2}, {Site: "home.example.net", Links: 50},
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestAnnounce(t *testing.T) {
	project := announceProject(t)
	const k = "invented-key-0001"
	got, err := Announce(t.Context(), project, AnnounceOptions{Key: k, KeyLocations: []string{"https://new.example/products/" + k + ".txt"}})
	if err != nil {
		t.Fatal(err)
	}
	want := Announcement{
		Key: k,
		Hosts: []AnnouncedHost{
			{Host: "new.example", New: []string{"https://new.example/", "https://new.example/products/cup", "https://new.example/products/%E8%8C%B6%E7%A2%97?a=1&b=2"}, KeyLocation: "https://new.example/products/" + k + ".txt", scheme: "https"},
			{Host: "old.example", Gone: []string{"http://old.example/?pid=3"}, KeyLocation: "http://old.example/" + k + ".txt", scheme: "http"},
			{Host: "www.old.example", Moved: []string{"https://www.old.example/?pid=2", "https://www.old.example/?pid=1"}, New: []string{"https://www.old.example/"}, KeyLocation: "https://www.old.example/" + k + ".txt", scheme: "https"},
		},
		Linked: []LinkedPage{{OldURL: "http://old.example/?pid=3", LinkingSites: 5, Clicks: 7}, {OldURL: "https://www.old.example/?pid=2", NewURL: "https://new.example/products/cup", LinkingSites: 3}},
		Linking: []workaround.LinkingSite{
			{Site: "blog.example.org", Links: 120, Targets: 14, Pages: []workaround.LinkedPage{
				{OldURL: "http://old.example/?pid=3", Links: 5},
				{OldURL: "https://www.old.example/?pid=2", NewURL: "https://new.example/products/cup", Links: 2, From: []string{"https://blog.example.org/a?x=\"<b>", "https://blog.example.org/b"}},
			}, Sources: []string{"search-console-linking-sites", "ahrefs"}, Files: []string{"links.csv", "=backlinks.csv"}, Read: "2026-11-21"},
			{Site: "forum.example.com", Links: 1, Pages: []workaround.LinkedPage{
				{OldURL: "https://www.old.example/?pid=2", NewURL: "https://new.example/products/cup", Links: 1, From: []string{"https://forum.example.com/t"}},
			}, Sources: []string{"ahrefs"}, Files: []string{"=backlinks.csv"}, Read: "2026-11-20"},
			{Site: "=cmd.example", Links: 3, Targets: 2, Sources: []string{"search-console-linking-sites"}, Files: []string{"links.csv"}, Read: "2026-11-21"},
		},
		Unfit: 1,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(AnnouncedHost{})); diff != "" {
		t.Errorf("announcement (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"https://new.example/products/cup", "https://new.example/products/%E8%8C%B6%E7%A2%97?a=1&b=2"}, got.Hosts[0].Submitted()); diff != "" {
		t.Errorf("below the folder of the key file (-want +got):\n%s", diff)
	}

	again, err := Announce(t.Context(), project, AnnounceOptions{})
	if err != nil || again.Key != k {
		t.Errorf("the key is kept: %q, %v", again.Key, err)
	}
	for _, o := range []AnnounceOptions{{Key: "short"}, {Key: "no spaces allowed"}, {KeyLocations: []string{"https://elsewhere.example/k.txt"}}, {KeyLocations: []string{"k.txt"}}} {
		if _, err := Announce(t.Context(), project, o); !errors.Is(err, ErrIndexNowKey) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	made, err := Announce(t.Context(), announceProject(t), AnnounceOptions{})
	if err != nil || !indexNowKey.MatchString(made.Key) || made.Key == k {
		t.Errorf("a key is made: %q, %v", made.Key, err)
	}
	empty, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "empty.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if _, err := Announce(t.Context(), empty, AnnounceOptions{}); !errors.Is(err, ErrNoPlan) {
		t.Errorf("without a plan: %v", err)
	}
}

func TestAnnounceWrite(t *testing.T) {
	a, err := Announce(t.Context(), announceProject(t), AnnounceOptions{Key: "invented-key-0001"})
	if err != nil {
		t.Fatal(err)
	}
	// More than one sitemap and more than one submission.
	for i := range 60_000 {
		a.Hosts[0].New = append(a.Hosts[0].New, fmt.Sprintf("https://new.example/products/%d", i))
	}
	dir := t.TempDir()
	files, err := a.Write(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []AnnouncedFile{
		{"new.example/sitemap-new-1.xml", 50_000}, {"new.example/sitemap-new-2.xml", 10_003}, {"new.example/sitemap-new.xml", 60_003},
		{"new.example/invented-key-0001.txt", 0}, {"new.example/indexnow-1.json", 10_000}, {"new.example/indexnow-2.json", 10_000}, {"new.example/indexnow-3.json", 10_000},
		{"new.example/indexnow-4.json", 10_000}, {"new.example/indexnow-5.json", 10_000}, {"new.example/indexnow-6.json", 10_000}, {"new.example/indexnow-7.json", 3},
		{"old.example/invented-key-0001.txt", 0}, {"old.example/indexnow-1.json", 1},
		{"www.old.example/sitemap-old.xml", 2}, {"www.old.example/sitemap-new.xml", 1}, {"www.old.example/invented-key-0001.txt", 0}, {"www.old.example/indexnow-1.json", 3},
		{"links-to-change.csv", 2}, {"linking-sites.csv", 3}, {"letter-to-linking-site.ja.txt", 0}, {"letter-to-linking-site.en.txt", 0},
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Fatalf("files (-want +got):\n%s", diff)
	}
	read := func(name string) []byte {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, wantKind := range map[string]string{"new.example/sitemap-new.xml": feeds.KindIndex, "new.example/sitemap-new-1.xml": feeds.KindURLSet, "www.old.example/sitemap-old.xml": feeds.KindURLSet} {
		n := 0
		kind, warnings, err := feeds.ParseSitemap(bytes.NewReader(read(name)), feeds.Limits{}, func(feeds.Entry) error { n++; return nil })
		if kind != wantKind || len(warnings) > 0 || err != nil {
			t.Errorf("%s: %s, %v, %v", name, kind, warnings, err)
		}
		if name == "new.example/sitemap-new.xml" && n != 2 {
			t.Errorf("the index has %d entries", n)
		}
	}
	if !bytes.Contains(read("new.example/sitemap-new-1.xml"), []byte("<loc>https://new.example/products/%E8%8C%B6%E7%A2%97?a=1&amp;b=2</loc>")) {
		t.Error("the ampersand is not escaped")
	}
	const golden = "testdata/linking-sites.csv"
	if *update {
		if err := os.WriteFile(golden, read("linking-sites.csv"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wantSites, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(wantSites), string(read("linking-sites.csv"))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
	for _, lang := range []string{"en", "ja"} {
		text := string(read("README." + lang + ".md"))
		for _, part := range []string{"new.example/indexnow-7.json", "https://www.old.example/invented-key-0001.txt", "links-to-change.csv", "linking-sites.csv", "letter-to-linking-site." + lang + ".txt", "60003", "2,048"} {
			if !strings.Contains(text, part) {
				t.Errorf("README.%s.md does not name %q", lang, part)
			}
		}
		if strings.Contains(text, "<no value>") || strings.Contains(text, "\n\n\n") {
			t.Errorf("README.%s.md:\n%s", lang, text)
		}
	}
	// A smaller announcement leaves nothing of the larger one behind, and what others
	// put into the folder alone.
	other := filepath.Join(dir, "new.example", "notes.txt")
	if err := os.WriteFile(other, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	a.Hosts[0].New, a.Linked = a.Hosts[0].New[:5], nil
	if _, err := a.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "new.example", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if diff := cmp.Diff([]string{"indexnow-1.json", "invented-key-0001.txt", "notes.txt", "sitemap-new.xml"}, left); diff != "" {
		t.Errorf("files left (-want +got):\n%s", diff)
	}
}

func TestSitemapFilesBytes(t *testing.T) {
	var urls []string
	for i := range 100 {
		urls = append(urls, fmt.Sprintf("https://new.example/%03d?a&b", i))
	}
	files, counts := sitemapFiles(urls, 1000, 1000)
	total := 0
	for i, f := range files {
		if len(f) > 1000 {
			t.Errorf("file %d has %d bytes", i, len(f))
		}
		n := 0
		if _, _, err := feeds.ParseSitemap(bytes.NewReader(f), feeds.Limits{}, func(e feeds.Entry) error {
			if e.Loc != urls[total+n] {
				t.Errorf("%q, want %q", e.Loc, urls[total+n])
			}
			n++
			return nil
		}); err != nil || n != counts[i] {
			t.Errorf("file %d: %d addresses, counted %d, %v", i, n, counts[i], err)
		}
		total += n
	}
	if total != 100 || len(files) < 5 {
		t.Errorf("%d addresses in %d files", total, len(files))
	}
}

func TestAnnounceSend(t *testing.T) {
	a := Announcement{Key: "invented-key-0001", Hosts: []AnnouncedHost{
		{Host: "new.example", New: []string{"https://new.example/a", "https://new.example/b"}, KeyLocation: "https://new.example/invented-key-0001.txt"},
		{Host: "old.example", Moved: []string{"https://old.example/a"}, Gone: []string{"https://old.example/b"}, KeyLocation: "https://old.example/invented-key-0001.txt"},
	}}
	answers := []int{200, 202}
	var got []indexNowPayload
	engine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s %v %v", r.Method, r.Header, err)
		}
		var p indexNowPayload
		if err := json.Unmarshal(data, &p); err != nil {
			t.Error(err)
		}
		got = append(got, p)
		w.WriteHeader(answers[len(got)-1])
	}))
	defer engine.Close()
	client := &http.Client{Timeout: time.Minute}
	var sent []Submission
	note := func(s Submission) { sent = append(sent, s) }
	if err := a.Send(t.Context(), client, engine.URL+"/indexnow", note); err != nil {
		t.Fatal(err)
	}
	want := []indexNowPayload{
		{"new.example", a.Key, "https://new.example/invented-key-0001.txt", []string{"https://new.example/a", "https://new.example/b"}},
		{"old.example", a.Key, "https://old.example/invented-key-0001.txt", []string{"https://old.example/a", "https://old.example/b"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Submission{{"new.example", 2, 200}, {"old.example", 2, 202}}, sent); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	got, sent, answers = nil, nil, []int{429}
	if err := a.Send(t.Context(), client, engine.URL, note); !errors.Is(err, ErrNotTaken) || !strings.Contains(err.Error(), "429") || len(got) != 1 || len(sent) != 0 {
		t.Errorf("refused: %v after %d submissions", err, len(got))
	}
}
