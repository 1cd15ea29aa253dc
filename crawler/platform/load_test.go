package platform

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

func builtInRegistry(t testing.TB) *Registry {
	t.Helper()
	r, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mustHave are the platforms that the program promises to know.
var mustHave = strings.Fields(`
	abantecart aishipr amazon base bcart bigcartel bigcommerce colorme easymyshop eccube eccube-cloud eccube2
	ecforce ecwid etsy evershop futureshop generic godaddy lightspeed litecart magento1 magento2 makeshop
	makeshop-basic makeshop-kr medusa mercari-shops nopcommerce ocnk opencart oscommerce prestashop rakuten
	saleor salesforce-b2c shift4shop shopify shopserve shopware square-online squarespace stores subscstore
	vendure volusion w2 webflow welcart wix woocommerce yahoo-shopping zencart`)

func TestBuiltInPlatforms(t *testing.T) {
	r := builtInRegistry(t)
	var ids []string
	for _, p := range r.All() {
		ids = append(ids, p.ID)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("All is not sorted: %q", ids)
	}
	for _, id := range mustHave {
		if !slices.Contains(ids, id) {
			t.Errorf("no file for %s", id)
		}
	}
	if _, ok := r.Get("nothing"); ok {
		t.Error("Get finds a platform that does not exist")
	}
}

// TestEveryStatementHasEvidence walks all platforms as loaded, inherited facts
// included: whatever says anything names where it is from, when and how sure it is.
func TestEveryStatementHasEvidence(t *testing.T) {
	statements := 0
	var walk func(v reflect.Value, at string)
	walk = func(v reflect.Value, at string) {
		if e, ok := v.Addr().Interface().(interface{ evidence() *Evidence }); ok {
			ev := e.evidence()
			if ev.stated() && !(len(ev.SourceKeys) == 0 && ev.Confidence == Unverified) {
				statements++
				if ev.URL() == "" || ev.Date == "" || !ev.Confidence.valid() || len(ev.Sources) == 0 {
					t.Errorf("%s: source %q, date %q, confidence %q", at, ev.URL(), ev.Date, ev.Confidence)
				}
			}
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || f.Anonymous {
				continue
			}
			switch x := v.Field(i); x.Kind() {
			case reflect.Struct:
				walk(x, at+"."+f.Name)
			case reflect.Slice:
				for j := range x.Len() {
					el := x.Index(j)
					if el.Kind() == reflect.Pointer {
						el = el.Elem()
					}
					if el.Kind() == reflect.Struct && el.CanAddr() {
						walk(el, at+"."+f.Name)
					}
				}
			}
		}
	}
	for _, p := range builtInRegistry(t).All() {
		walk(reflect.ValueOf(p).Elem(), p.ID)
	}
	t.Logf("%d statements", statements)
	if statements < 1000 {
		t.Errorf("only %d statements were visited", statements)
	}
}

// TestFactsOfThePlanner pins the values that decide a plan, as the sources have them.
func TestFactsOfThePlanner(t *testing.T) {
	r := builtInRegistry(t)
	type row struct {
		redirect RedirectOut
		move     YesNo
		head     Head
		script   YesNo
		key      KeyPlace
		in       RedirectIn
		assigned Assigned
	}
	for id, want := range map[string]row{
		"colorme":        {RedirectNone, Yes, HeadBodyOnly, Yes, KeyHomeQuery, InNone, BySystem},
		"makeshop":       {RedirectNone, Unknown, HeadPerPage, Yes, KeyPath, InNone, BySystem},
		"makeshop-basic": {RedirectNone, Unknown, HeadUnknown, Unknown, KeyPath, InNone, BySystem},
		"shopify":        {RedirectAny, Unknown, HeadPerPage, Yes, KeyPath, InPath, ByOwner},
		"woocommerce":    {RedirectAny, Unknown, HeadPerPage, Yes, KeyPath, InPathQuery, ByOwner},
		"eccube2":        {RedirectAny, Unknown, HeadPerPage, Yes, KeyQuery, InPathQuery, BySystem},
		"magento2":       {RedirectAny, Unknown, HeadPerPage, Yes, KeyPath, InPath, ByOwner},
		"rakuten":        {RedirectNone, No, HeadNone, No, KeyPath, InNone, ByOwner},
		"bcart":          {RedirectUnknown, Unknown, HeadUnknown, Unknown, KeyQuery, InUnknown, BySystem},
		"generic":        {RedirectUnknown, Unknown, HeadUnknown, Unknown, KeyUnknown, InUnknown, AssignedUnknown},
	} {
		p, ok := r.Get(id)
		if !ok {
			t.Fatalf("no platform %s", id)
		}
		got := row{p.Leaving.Redirect.Value, p.Leaving.SubdomainMove.Value, p.Leaving.Head.Value, p.Leaving.Script.Value,
			p.Leaving.Key.Value, p.Arriving.Redirect.Value, p.Arriving.Assigned.Value}
		if got != want {
			t.Errorf("%s: %+v, want %+v", id, got, want)
		}
	}
	sh, _ := r.Get("shopify")
	if sh.Arriving.Limit.Value != 100000 || sh.Arriving.SourceLimit.Value != 1024 || sh.Arriving.Precedence.Value != PageWins ||
		sh.Arriving.Engine.Value != "shopify" || !slices.Contains(sh.Arriving.Reserved.Values, "/services") {
		t.Errorf("shopify: %+v", sh.Arriving)
	}
	cm, _ := r.Get("colorme")
	if cm.Leaving.TemplateSize.Value != 65530 || cm.Charset.Value != "EUC-JP" || cm.Leaving.Redirect.Date != "n.d." ||
		cm.Leaving.Redirect.URL() != "https://hasegawahiroshi.jp/4934" || cm.Leaving.Redirect.Confidence != Practitioner {
		t.Errorf("colorme: %+v, %+v", cm.Leaving.TemplateSize, cm.Leaving.Redirect)
	}
}

const tiny = `
id: mini
names: {ja: ミニ, en: Mini}
kind: hosted
sources:
  seen: {url: "https://mini.example/", date: 2026-01-02}
urls:
  - type: product
    path: "/p/{id}"
    key: "{id}"
    ask: "/p/{id}"
    source: seen
    confidence: capture
    yes: {/p/1: "1"}
    no: [/q/1]
`

func load(files map[string]string) (*Registry, error) {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(m)
}

func TestLoadAddsAndReplaces(t *testing.T) {
	r, err := load(map[string]string{
		"mini.yaml": tiny,
		"mine.yml":  strings.ReplaceAll(strings.ReplaceAll(tiny, "id: mini", "id: colorme"), "Mini", "My Color Me"),
		"child.yaml": "id: child\nextends: mini\nnames: {ja: 子, en: Child}\nsources:\n  s: {url: \"https://c.example/\", date: n.d.}\n" +
			"leaving:\n  pause: {value: \"yes\", source: s, confidence: vendor}\n",
		"notes.txt": "not a platform",
	})
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := r.Get("mini"); !ok || p.Leaving.Redirect.Value != RedirectUnknown || p.Leaving.Redirect.Confidence != Unverified || p.Family != "mini" {
		t.Errorf("mini: %+v", p)
	}
	if p, _ := r.Get("colorme"); p.Names.EN != "My Color Me" || len(p.Globals) != 0 {
		t.Errorf("colorme was not replaced as a whole: %+v", p.Names)
	}
	child, _ := r.Get("child")
	if child == nil || len(child.Patterns) != 1 || child.Kind != Hosted || child.Leaving.Pause.Value != Yes || child.Patterns[0].Sources[0].URL != "https://mini.example/" {
		t.Errorf("child: %+v", child)
	}
	if id := child.Identify(exampleURL(t, "/p/7")); id.Key != "child product 7" {
		t.Errorf("child key %q", id.Key)
	}
}

func TestLoadNamesFileAndLine(t *testing.T) {
	line := func(text string) string { // the line on which text stands in tiny
		n := strings.Count(tiny[:strings.Index(tiny, text)], "\n") + 1
		return "mini.yaml:" + strconv.Itoa(n)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown field":      {"kind: hosted", "kind: hosted\ncolour: red", "colour"},
		"unknown kind":       {"kind: hosted", "kind: rented", "mini.yaml:4: kind \"rented\""},
		"no English name":    {", en: Mini", ", en: \"\"", "mini.yaml:3"},
		"id with blanks":     {"id: mini", "id: Mini Shop", "mini.yaml:2"},
		"source unknown":     {"source: seen", "source: heard", "\"heard\" is not in the file's table"},
		"no confidence":      {"    confidence: capture\n", "", "source, date and confidence"},
		"confidence unknown": {"confidence: capture", "confidence: sure", line("- type")},
		"no date":            {", date: 2026-01-02", "", "a date is needed"},
		"no url":             {"url: \"https://mini.example/\", ", "", "url or what is needed"},
		"page type":          {"type: product", "type: thing", "no page type"},
		"no example":         {"    yes: {/p/1: \"1\"}\n", "", line("- type")},
		"no counter-example": {"    no: [/q/1]\n", "", "does not (no)"},
		"placeholder":        {"key: \"{id}\"", "key: \"{nr}\"", "nothing fills {nr}"},
		"brace":              {"path: \"/p/{id}\"", "path: \"/p/{id\"", "brace"},
		"relative path":      {"path: \"/p/{id}\"", "path: \"p/{id}\"", "slash"},
		"regular expression": {"    key:", "    where: {id: \"[\"}\n    key:", "missing closing ]"},
		"two documents":      {"id: mini", "id: mini\n---\nid: mini", "mini.yaml"},
		"not YAML":           {"id: mini", "id: [", "mini.yaml"},
		"rule":               {"    key:", "    never: maybe\n    key:", "\"maybe\" is no rule"},
		"fact value":         {"urls:", "leaving:\n  head: {value: everywhere, source: seen, confidence: vendor}\nurls:", "mini.yaml:8: \"everywhere\""},
		"fact without proof": {"urls:", "leaving:\n  head: {value: none}\nurls:", "mini.yaml:8: a statement needs source"},
		"note in one tongue": {"urls:", "leaving:\n  head: {value: none, source: seen, confidence: vendor, note: {en: x}}\nurls:", "both languages"},
		"marker place":       {"urls:", "recognise:\n  - {where: sky, text: x, weight: 3, source: seen, confidence: vendor}\nurls:", "mini.yaml:8: \"sky\""},
		"marker weight":      {"urls:", "recognise:\n  - {where: body, text: x, weight: 30, source: seen, confidence: vendor}\nurls:", "weight 30"},
		"catch-all param":    {"urls:", "noise:\n  - {params: [\"*\"], source: seen, confidence: vendor}\nurls:", "every parameter"},
		"parent unknown":     {"kind: hosted", "kind: hosted\nextends: nobody", "extends \"nobody\""},
		"hint field":         {"urls:", "hints:\n  - {selectors: {colour: [a]}, source: seen, confidence: vendor}\nurls:", "\"colour\" is no field"},
	} {
		if !strings.Contains(tiny, c.old) {
			t.Fatalf("%s: the text to change is not there", name)
		}
		_, err := load(map[string]string{"mini.yaml": strings.Replace(tiny, c.old, c.new, 1)})
		if err == nil || !errors.Is(err, ErrBadFile) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := load(map[string]string{"a.yaml": tiny, "b.yaml": tiny}); err == nil || !strings.Contains(err.Error(), "is that of a.yaml too") {
		t.Errorf("two files with one id: %v", err)
	}
	if _, err := load(map[string]string{"big.yaml": strings.Repeat("#", maxFile+1)}); err == nil {
		t.Error("a file beyond the bound is read")
	}
}

func TestSelectors(t *testing.T) {
	p, _ := builtInRegistry(t).Get("colorme")
	got := p.Selectors(FieldName)
	if len(got) < 3 || got[0] != ".p-cart-form__name" {
		t.Errorf("Selectors(name) = %q", got)
	}
	if p.Name("ja") != "カラーミーショップ" || p.Name("en") != "Color Me Shop" {
		t.Errorf("names %q, %q", p.Name("ja"), p.Name("en"))
	}
}

// TestDocumentedFile loads the file that the package comment shows.
func TestDocumentedFile(t *testing.T) {
	b, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(b), "//\tid: myshop\n")
	if !ok {
		t.Fatal("the package comment shows no file")
	}
	text, _, _ = strings.Cut(text, "\n//\n")
	text = "id: myshop\n" + strings.ReplaceAll(strings.ReplaceAll(text, "//\t", ""), "//", "")
	r, err := load(map[string]string{"myshop.yaml": text})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := r.Get("myshop")
	if id := p.Identify(exampleURL(t, "/goods/12?ref=top")); id.Key != "myshop product 12" {
		t.Errorf("key %q", id.Key)
	}
}
