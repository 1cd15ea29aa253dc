package workaround

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"

	"replatform/crawler/catalog"
)

var update = flag.Bool("update", false, "write the golden folders anew")

// goldenCases are small moves whose whole output can be read in testdata/golden.
func goldenCases(t *testing.T) map[string]Input {
	made := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	colorme := colormeInput(3)
	colorme.Rows = append(colorme.Rows,
		Row{OldURL: oldColorme + "/?pid=300", OldID: "300", Type: catalog.ProductP, OldTitle: "廃番の湯のみ"},
		Row{OldURL: oldColorme + "/?pid=301", OldID: "301", Type: catalog.ProductP, NewURL: "https://elsewhere.example/x"},
		Row{OldURL: oldColorme + "/?mode=members", Type: catalog.Account, NewURL: newShop + "/account"},
	)
	colorme.ProductFile = cp932(t, productLine(60, indexed(colormeColumns()))+"\r\n"+
		productLine(60, map[int]string{0: colorme.Rows[7].OldID, 4: "煎茶ギフト①", 34: "香り高い\r\n煎茶です。"})+"\r\n"+
		productLine(60, map[int]string{0: "300", 4: "廃番の湯のみ", 34: "売り切れました。"})+"\r\n")

	large := colormeInput(0)
	large.Source.TemplateLimit, large.MapBase, large.NewCart = 20000, "", ""
	for i := range 220 {
		id := fmt.Sprint(5000 + i)
		large.Rows = append(large.Rows, Row{OldURL: oldColorme + "/?pid=" + id, OldID: id, Type: catalog.ProductP, NewURL: fmt.Sprintf("%s/products/cup-%03d", newShop, i)})
	}

	creator := creatorInput(creatorRows(3, func(i int, _ string) string {
		return []string{"/products/star-lamp", "/products/moon", "/products/cloud"}[i]
	}))
	pattern := creatorInput(creatorRows(4, func(i int, code string) string {
		return []string{"/products/" + code, "/products/" + code, "/products/other", ""}[i]
	}))
	basic := creatorInput([]Row{
		{OldURL: oldBasic + "/shopdetail/000000002763/", OldID: "000000002763", Type: catalog.ProductP, NewURL: newShop + "/products/star", NewTitle: `星の[器](javascript:alert(1)) <b>`},
		{OldURL: oldBasic + "/shopbrand/ct12/", Type: catalog.Category, NewURL: newShop + "/collections/stars"},
	})
	basic.Source = Capabilities{TemplateLanguage: "makeshop-basic", BodyText: Yes}
	theme := themeInput(2)
	generic := Input{
		Rows: []Row{
			{OldURL: "https://old.example/index.php?route=product/product&product_id=42", Type: catalog.ProductP, NewURL: newShop + "/products/a"},
			{OldURL: "https://old.example/about.html", Type: catalog.Page, NewURL: newShop + "/pages/about"},
		},
		Linking: []LinkingSite{
			{Site: "blog.example.org", Links: 12, Targets: 4, Pages: []LinkedPage{
				{OldURL: "https://old.example/about.html", NewURL: newShop + "/pages/about", Links: 2, From: []string{"https://blog.example.org/a", "https://blog.example.org/?q=\"b\",c"}},
			}, Sources: []string{"ahrefs", "search-console-linking-sites"}, Files: []string{"backlinks.csv", "links.csv"}, Read: "2026-11-01"},
			{Site: "=cmd|' /C calc'!A0", Targets: 1, Sources: []string{"search-console-linking-sites"}, Files: []string{"@links\n.csv"}, Read: "2026-11-01"},
		},
		NewHome: newShop, Generated: made,
	}
	return map[string]Input{
		"colorme-small": colorme, "colorme-large": large, "makeshop-creator": creator, "makeshop-creator-pattern": pattern,
		"makeshop-basic": basic, "shopify-theme": theme, "unknown-platform": generic,
	}
}

// TestGolden compares every file with the folders in testdata/golden; -update writes
// them. Files in another charset than UTF-8 are kept as they are.
func TestGolden(t *testing.T) {
	for name, in := range goldenCases(t) {
		t.Run(name, func(t *testing.T) {
			files := memory{}
			all, err := Generate(t.Context(), in, files)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, name, files)
			checkArtefacts(t, in, all, files)
		})
	}
}

// compareGolden compares files with a folder of testdata/golden, or writes it.
func compareGolden(t *testing.T, name string, files memory) {
	t.Helper()
	dir := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for f, data := range files {
			p := filepath.Join(dir, filepath.FromSlash(f))
			if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	seen := 0
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(string(want), string(files[filepath.ToSlash(rel)])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rel, diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen != len(files) {
		t.Errorf("the folder %s holds %d files, %d were made", name, seen, len(files))
	}
}

// checkArtefacts holds what must be true of every result.
func checkArtefacts(t *testing.T, in Input, all []Artefact, files memory) {
	t.Helper()
	total := 0
	for _, a := range all {
		total += len(a.Files)
		for _, f := range a.Files {
			if _, ok := files[f]; !ok {
				t.Errorf("%s names the missing file %s", a.ID, f)
			}
			if !strings.HasPrefix(f, a.ID+"/") {
				t.Errorf("%s is not in the folder of %s", f, a.ID)
			}
		}
		if !slices.IsSorted(a.Files) {
			t.Errorf("the files of %s are not sorted", a.ID)
		}
		for lang, name := range map[string]string{"ja": a.InstructionsJA, "en": a.InstructionsEN} {
			text := string(files[name])
			for _, head := range []Text{headWhat, headSteps, headTest, headKeep, headUndo, headLimits, headTasks, headBasis} {
				if !strings.Contains(text, "## "+head.In(lang)) {
					t.Errorf("%s has no chapter %q", name, head.In(lang))
				}
			}
			if strings.Contains(text, "%!") || strings.Contains(text, "<nil>") {
				t.Errorf("%s has a formatting mistake", name)
			}
		}
		covered := map[int]bool{}
		for _, c := range a.Covers {
			if covered[c.Row] || in.Rows[c.Row].NewURL == "" {
				t.Errorf("%s covers row %d twice or without target", a.ID, c.Row)
			}
			covered[c.Row] = true
		}
		for _, r := range a.Refused {
			if covered[r.Row] {
				t.Errorf("%s covers and refuses row %d", a.ID, r.Row)
			}
			if r.Reason.JA == "" || r.Reason.EN == "" {
				t.Errorf("%s: the code %s has no words", a.ID, r.Code)
			}
			covered[r.Row] = true
		}
		if a.ID != noticeID && a.Side != Outside {
			for i, r := range in.Rows {
				if r.NewURL != "" && !covered[i] {
					t.Errorf("%s says nothing of row %d, %s", a.ID, i, r.OldURL)
				}
			}
		}
		if len(a.Limits) == 0 || a.Strength == "" || a.Mode == "" || a.Title.JA == "" || a.Title.EN == "" {
			t.Errorf("%s is not complete", a.ID)
		}
		for _, l := range a.Limits {
			if l.Statement.JA == "" || l.Statement.EN == "" || confidences[l.Confidence] == (Text{}) || l.Source != "" && l.Date == "" {
				t.Errorf("%s: the limit %q lacks evidence", a.ID, l.Statement.EN)
			}
		}
	}
	if total != len(files) {
		t.Errorf("%d files were written, %d are named", len(files), total)
	}
	for name, data := range files {
		switch filepath.Ext(name) {
		case ".html", ".js", ".liquid":
			checkPasteable(t, name, data)
		}
	}
}

// checkPasteable: a file for a template is ASCII, survives EUC-JP and CP932 byte for
// byte, and has template delimiters only where it means them.
func checkPasteable(t *testing.T, name string, data []byte) {
	t.Helper()
	if i := slices.IndexFunc(data, func(b byte) bool { return b >= 0x80 || b < ' ' && b != '\n' }); i >= 0 {
		t.Errorf("%s has the byte %#x at %d", name, data[i], i)
	}
	for charset, enc := range map[string]interface {
		Bytes([]byte) ([]byte, error)
	}{"EUC-JP": japanese.EUCJP.NewEncoder(), "CP932": japanese.ShiftJIS.NewEncoder()} {
		out, err := enc.Bytes(data)
		if err != nil || !bytes.Equal(out, data) {
			t.Errorf("%s does not survive %s (%v)", name, charset, err)
		}
	}
	text := string(data)
	for _, script := range strings.Split(text, "<script>")[1:] {
		body, _, ok := strings.Cut(script, "</script>")
		if !ok || strings.Contains(body, "<{") || strings.Contains(body, "}>") || strings.Contains(body, "</") || strings.Contains(body, "{%") || strings.Contains(body, "<!--") {
			t.Errorf("%s: the script holds a delimiter", name)
		}
		if n := strings.Count(body, "{{"); n > 0 && filepath.Ext(name) != ".liquid" || n > 1 {
			t.Errorf("%s: the script holds {{ %d times", name, n)
		}
	}
}

func TestGenerateErrors(t *testing.T) {
	good := goldenCases(t)["colorme-small"]
	for _, tt := range []struct {
		name string
		edit func(*Input)
		want error
	}{
		{"no home", func(in *Input) { in.NewHome = "" }, ErrNewHome},
		{"relative home", func(in *Input) { in.NewHome = "/shop" }, ErrNewHome},
		{"other scheme", func(in *Input) { in.NewHome = "javascript://new.example/%0aalert(1)" }, ErrNewHome},
		{"bad origin", func(in *Input) { in.Origins = []string{"blog"} }, ErrNewHome},
		{"cart elsewhere", func(in *Input) { in.NewCart = "https://evil.example/cart" }, ErrNewHome},
		{"search elsewhere", func(in *Input) { in.NewSearch = "https://evil.example/?q={query}" }, ErrNewHome},
		{"map address", func(in *Input) { in.MapBase = "maps" }, ErrNewHome},
		{"map address without https", func(in *Input) { in.MapBase = "http://maps.example/x" }, ErrNewHome},
		{"map address with query", func(in *Input) { in.MapBase = "https://maps.example/?x=" }, ErrNewHome},
		{"product layout", func(in *Input) { in.Source.ProductFile = "x" }, ErrProductFile},
		{"product file", func(in *Input) { in.ProductFile = []byte("a,b\n") }, ErrProductFile},
	} {
		in := good
		tt.edit(&in)
		if _, err := Generate(t.Context(), in, memory{}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	full := errors.New("disk full")
	if _, err := Generate(t.Context(), good, failing{full}); !errors.Is(err, full) {
		t.Errorf("an error of the sink comes back as %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Generate(ctx, good, memory{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
}

type failing struct{ err error }

func (f failing) WriteFile(string, []byte) error { return f.err }

// TestCapabilitiesDecide sees that what is made follows from what the platform can
// do.
func TestCapabilitiesDecide(t *testing.T) {
	for _, tt := range []struct {
		name string
		caps Capabilities
		want []string
	}{
		{"a language without dialect", Capabilities{TemplateLanguage: "Twig", HeadPerPage: Yes}, []string{"head-lines", "script-box", "link-texts", "notice", "outside"}},
		{"nothing known", Capabilities{}, []string{"script-box", "link-texts", "notice", "outside"}},
		{"no scripts", Capabilities{Script: No}, []string{"link-texts", "notice", "outside"}},
		{"templates in the body", Capabilities{TemplateLanguage: "colorme-smarty", BodyTemplate: Yes, Script: Yes}, []string{"colorme-smarty", "link-texts", "notice", "outside"}},
		{"templates but no scripts", Capabilities{TemplateLanguage: "colorme-smarty", BodyTemplate: Yes, Script: No}, []string{"link-texts", "notice", "outside"}},
		{"templates cannot be written", Capabilities{TemplateLanguage: "colorme-smarty", BodyTemplate: No, HeadSiteWide: No, Script: Yes}, []string{"script-box", "link-texts", "notice", "outside"}},
		{"head", Capabilities{TemplateLanguage: "makeshop-smarty", HeadPerPage: Yes, Script: No}, []string{"makeshop-smarty", "link-texts", "notice", "outside"}},
		{"head cannot be written", Capabilities{TemplateLanguage: "makeshop-smarty", HeadPerPage: No, Script: Yes}, []string{"script-box", "link-texts", "notice", "outside"}},
		{"no template form for a source", Capabilities{TemplateLanguage: "shopify-liquid", Script: Yes}, []string{"script-box", "link-texts", "notice", "outside"}},
		{"product texts cannot be changed", Capabilities{Script: Yes, ProductTexts: No}, []string{"script-box", "notice", "outside"}},
		{"product file to be exported first", Capabilities{Script: Yes, BodyText: Yes, ProductFile: "colorme"}, []string{"script-box", "notice", "outside"}},
		{"links are forbidden", Capabilities{TemplateLanguage: "colorme-smarty", Script: Yes, Outbound: No}, []string{"outside"}},
		{"terms are not known", Capabilities{Script: Yes, Outbound: Unknown}, []string{"script-box", "link-texts", "notice", "outside"}},
	} {
		in := Input{Source: tt.caps, NewHome: newShop, Rows: []Row{
			{OldURL: oldColorme + "/?pid=1", Type: catalog.ProductP, NewURL: newShop + "/a"},
			{OldURL: oldCreator + "/view/item/000000000001", Type: catalog.ProductP, NewURL: newShop + "/b"},
		}}
		all, err := Generate(t.Context(), in, memory{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		var got []string
		for _, a := range all {
			got = append(got, a.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestNewSide: what is put into the new shop, which answers under the old host.
func TestNewSide(t *testing.T) {
	for _, tt := range []struct {
		name string
		dest Capabilities
		want []string
	}{
		{"not told", Capabilities{}, nil},
		{"theme", Capabilities{TemplateLanguage: "shopify-liquid", HeadPerPage: Yes, Script: Yes}, []string{"shopify-liquid"}},
		{"head code for all pages", Capabilities{HeadPerPage: No, HeadSiteWide: Yes, Script: Yes}, []string{"head-code"}},
		{"nothing known", Capabilities{HeadPerPage: Unknown, HeadSiteWide: Unknown, Script: Unknown}, []string{"head-code"}},
		{"no scripts", Capabilities{HeadSiteWide: Yes, Script: No}, nil},
		{"no head", Capabilities{HeadPerPage: No, HeadSiteWide: No, Script: Yes}, nil},
	} {
		in := themeInput(3)
		in.Destination, in.SourceClosed = tt.dest, true
		in.Rows = append(in.Rows, Row{OldURL: movedDomain + "/about", Type: catalog.Page, NewURL: movedDomain + "/pages/about"},
			Row{OldURL: movedDomain + "/info", Type: catalog.Page, NewURL: movedDomain + "/pages/info"})
		in.Source.TemplateLanguage = ""
		in.Live = func(path string) bool { return path == "/about" || path == "/" }
		all, err := Generate(t.Context(), in, memory{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range all {
			got = append(got, a.ID)
			if a.Side != NewSide {
				t.Errorf("%s: %s is on side %q", tt.name, a.ID, a.Side)
			}
			codes := map[string]string{}
			for _, r := range a.Refused {
				codes[in.Rows[r.Row].OldURL] = r.Code
			}
			if codes[movedDomain+"/about"] != "live" || codes[movedDomain+"/info"] != "" {
				t.Errorf("%s: refused %v", tt.name, codes)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestNoForward: where the terms forbid to move visitors on, nothing does, and the
// strength says so.
func TestNoForward(t *testing.T) {
	creator := creatorInput(creatorRows(3, func(i int, _ string) string { return fmt.Sprintf("/products/x%d", i) }))
	head := creatorInput(creatorRows(3, func(i int, _ string) string { return fmt.Sprintf("/products/x%d", i) }))
	head.Source = Capabilities{TemplateLanguage: "Twig", HeadPerPage: Yes, Script: Yes}
	for name, tt := range map[string]struct {
		in   Input
		want map[string]Strength
	}{
		"creator":     {creator, map[string]Strength{"makeshop-smarty": Canonical}},
		"color me":    {colormeInput(3), map[string]Strength{"colorme-smarty": Link}},
		"by hand":     {head, map[string]Strength{"head-lines": Canonical, "script-box": Link}},
		"large map":   {colormeInput(3000), map[string]Strength{"colorme-smarty": Link}},
		"destination": {func() Input { in := themeInput(2); in.SourceClosed = true; return in }(), map[string]Strength{"shopify-liquid": Script}},
	} {
		tt.in.NoForward = true
		files := memory{}
		all, err := Generate(t.Context(), tt.in, files)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			want, ok := tt.want[a.ID]
			if !ok {
				continue
			}
			delete(tt.want, a.ID)
			if a.Strength != want || len(a.Covers) == 0 || a.Covers[0].Strength != want {
				t.Errorf("%s: %s has strength %s, covers %v", name, a.ID, a.Strength, a.Covers)
			}
			if a.Side == NewSide {
				continue
			}
			for _, f := range a.Files {
				text := string(files[f])
				if ext := filepath.Ext(f); ext != ".md" && strings.Contains(text, `http-equiv="refresh"`) || strings.Contains(text, "origins: [") && !strings.Contains(text, "stay: true") {
					t.Errorf("%s: %s moves visitors on", name, f)
				}
			}
			if !strings.Contains(string(files[a.InstructionsJA]), noForwardText.JA) {
				t.Errorf("%s: the instructions of %s do not say it", name, a.ID)
			}
		}
		if len(tt.want) > 0 {
			t.Errorf("%s: missing %v", name, tt.want)
		}
	}
}

// TestHostileInput sees that crawled texts and addresses stay harmless in every file.
func TestHostileInput(t *testing.T) {
	evil := []string{
		`https://new-shop.example/"><script>alert(1)</script>`, "https://new-shop.example/<{$x}>{{ y }}{% z %}`$a", "https://evil.example/",
		"javascript:alert(1)", "https://new-shop.example/\r\nrefresh", "https://new-shop.example@evil.example/", "",
	}
	var rows []Row
	for i, to := range evil {
		id := fmt.Sprint(i + 1)
		rows = append(rows,
			Row{OldURL: oldColorme + "/?pid=" + id, OldID: id, Type: catalog.ProductP, NewURL: to, NewTitle: "</title><script>alert(1)</script>\n# heading\n[x](javascript:alert(1))"},
			Row{OldURL: oldColorme + `/?pid=` + id + `"><script>`, OldID: `"><{$x}>`, Type: catalog.ProductP, NewURL: newShop + "/ok"},
			Row{OldURL: "=cmd|' /C calc'!A0", OldID: "=1", Type: catalog.ProductP, NewURL: "@SUM(1)"},
			Row{OldURL: "\x00\xff", OldID: "\x00", Type: "?", NewURL: "\xff"},
		)
	}
	for _, language := range append(Dialects(), "") {
		in := Input{
			Source:  Capabilities{TemplateLanguage: language},
			NewHome: newShop, Rows: rows, ShopName: Text{"<script>alert(1)</script>\n# 見出し", "`<img src=x onerror=alert(1)>`"},
		}
		if language == "shopify-liquid" {
			in.Source, in.Destination = Capabilities{}, in.Source
		}
		files := memory{}
		all, err := Generate(t.Context(), in, files)
		if err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		for _, a := range all {
			for _, c := range a.Covers {
				if to := rows[c.Row].NewURL; !strings.HasPrefix(to, newShop+"/") {
					t.Errorf("%s carries %q", a.ID, to)
				}
			}
		}
		for name, data := range files {
			text := string(data)
			switch filepath.Ext(name) {
			case ".html", ".js", ".liquid":
				checkPasteable(t, name, data)
				if strings.Contains(text, "alert(1)<") || strings.Contains(text, "evil.example") || strings.Contains(text, "$x") {
					t.Errorf("%s holds a hostile text", name)
				}
			case ".md":
				if strings.Contains(text, "<script") || strings.Contains(text, "<img") || strings.Contains(text, "](javascript") || strings.Contains(text, "\n# heading") || strings.Contains(text, "\n# 見出し") {
					t.Errorf("%s holds markup from a crawled text", name)
				}
			case ".csv":
				recs, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, utf8Mark))).ReadAll()
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				for _, r := range recs[1:] {
					for _, c := range r {
						if c != "" && strings.ContainsRune("=+-@", rune(c[0])) {
							t.Errorf("%s has the formula %q", name, c)
						}
					}
				}
			}
		}
	}
}

// TestTemplateLimits keeps every snippet below the platform's limit for a shop of
// 100,000 products.
func TestTemplateLimits(t *testing.T) {
	in := colormeInput(100000)
	for _, used := range []int{0, 20000, 40000, 55000} {
		in.TemplateUsed = used
		files := memory{}
		all, err := Generate(t.Context(), in, files)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"index.html", "product.html"} {
			if n := len(files["colorme-smarty/"+name]); n == 0 || n+used > 65530 {
				t.Errorf("%s has %d characters beside %d of the owner's", name, n, used)
			}
		}
		sizes, most := 0, 0
		for name, data := range files {
			if strings.Contains(name, "/map/") {
				sizes++
				most = max(most, len(data))
			}
		}
		if a := all[0]; len(a.Covers) != len(in.Rows) || a.Mode != "shards" || most > 16<<10 {
			t.Errorf("covers %d of %d rows, mode %s, %d map files, the largest %d bytes", len(a.Covers), len(in.Rows), a.Mode, sizes, most)
		}
	}
}

// TestPatternNeedsCompleteRows: an address is written from a code only when every
// known page is in the rows.
func TestPatternNeedsCompleteRows(t *testing.T) {
	in := creatorInput(creatorRows(20, func(_ int, code string) string { return "/products/" + code }))
	for complete, mode := range map[bool]string{true: "pattern", false: "chain"} {
		in.Complete = complete
		files := memory{}
		all, err := Generate(t.Context(), in, files)
		if err != nil {
			t.Fatal(err)
		}
		head := string(files["makeshop-smarty/item-head.html"])
		if all[0].Mode != mode || strings.Contains(head, "<{$page.id|escape}>") != complete {
			t.Errorf("complete %v: mode %s", complete, all[0].Mode)
		}
	}
}

// TestTable sorts rows into carried, left alone and refused.
func TestTable(t *testing.T) {
	const old = "https://same.example"
	in := Input{Rows: []Row{
		{OldURL: old + "/?pid=1", Type: catalog.ProductP, NewURL: newShop + "/a"},
		{OldURL: old + "/?utm_source=x&pid=1", Type: catalog.ProductP, NewURL: newShop + "/a"},
		{OldURL: old + "/?pid=1&x=1", Type: catalog.ProductP, NewURL: newShop + "/b"},
		{OldURL: old + "/?pid=2", Type: catalog.ProductP},
		{OldURL: old + "/?pid=3", Type: catalog.ProductP},
		{OldURL: old + "/?pid=3&x=1", Type: catalog.ProductP, NewURL: newShop + "/c"},
		{OldURL: old + "/?pid=4", Type: catalog.ProductP, NewURL: old + "/?pid=5"},
		{OldURL: old + "/?pid=5", Type: catalog.ProductP, NewURL: old + "/?pid=4"},
		{OldURL: old + "/?pid=6", Type: catalog.ProductP, NewURL: old + "/?pid=6"},
		{OldURL: old + "/?mode=login", Type: catalog.Account, NewURL: newShop + "/login"},
		{OldURL: old + "/", Type: catalog.Home, NewURL: old + "/"},
	}, NewCart: newShop + "/cart"}
	tab := newTable(colormeGrammar(), origins{newShop, old}, in, tableOptions{hostKept: true, skip: map[string]bool{"home": true}})
	got := map[string]string{}
	for _, e := range tab.entries {
		got[e.key] = fmt.Sprint(e.to.short(), e.rows)
	}
	if diff := cmp.Diff(map[string]string{"p1": "/a[0 1]", "p3": "/c[5]", "cart": "/cart[]"}, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"p2"}, tab.alone); diff != "" {
		t.Errorf("left alone (-want +got):\n%s", diff)
	}
	refused := map[int]string{}
	for _, r := range tab.refused {
		refused[r.Row] = r.Code
	}
	if diff := cmp.Diff(map[int]string{2: "conflict", 6: "chain", 7: "chain", 8: "self", 9: "no-key", 10: "self"}, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}
