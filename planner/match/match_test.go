package match

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

// smallOld and smallNew are a little shop of invented tea things before and after a
// move, with one of each trap.
func smallOld() []Item {
	p := func(url, title, sku, price, category string) Item {
		return Item{URL: "https://old.shop.invalid/?pid=" + url, Type: catalog.ProductP, Title: title, SKU: sku, Price: price, Currency: "JPY", Category: category}
	}
	return []Item{
		{URL: "https://old.shop.invalid/", Type: catalog.Home, Title: "茶のみどり屋"},
		p("1", "【送料無料】深蒸し煎茶 みどり 100g", "SN-001", "1200", "煎茶"),
		p("2", "深蒸し煎茶 みどり 200g", "SN-002", "2200", "煎茶"),
		p("3", "上煎茶 やまかぜ 100g", "SN-003", "1500", "煎茶"),
		p("4", "ほうじ茶 くらしの番茶 200g", "HJ-010", "800", "ほうじ茶"),
		p("5", "ほうじ茶 炭火焙煎 150g", "HJ-011", "950", "ほうじ茶"),
		p("6", "玄米茶 こめの香 200g", "GM-020", "750", "玄米茶"),
		p("7", "急須 常滑焼 朱泥", "KY-100", "5500", "茶器"),
		p("8", "湯呑み 藍染付 大", "YN-201", "1800", "茶器"),
		p("9", "湯呑み 藍染付 小", "YN-202", "1500", "茶器"),
		p("10", "茶筒 桜皮 ブラウン", "CT-301-BR", "4200", "茶器"),
		p("11", "茶筒 桜皮 ブラック", "CT-301-BK", "4200", "茶器"),
		p("12", "南部鉄瓶 あられ 1.2L", "TB-400", "22000", "茶器"),
		p("13", "紅茶 わたらせ ティーバッグ 20個入り", "BT-500", "980", "紅茶"),
		{URL: "https://old.shop.invalid/?mode=cate&cbid=1", Type: catalog.Category, Title: "煎茶"},
		{URL: "https://old.shop.invalid/?mode=cate&cbid=2", Type: catalog.Category, Title: "茶器"},
		{URL: "https://old.shop.invalid/?mode=privacy", Type: catalog.Page, Title: "プライバシーポリシー"},
		{URL: "https://old.shop.invalid/?mode=sk", Type: catalog.Page, Title: "特定商取引法に基づく表記"},
		{URL: "https://old.shop.invalid/?mode=cart", Type: catalog.Cart, Title: "カート"},
	}
}

func smallNew() []Item {
	p := func(handle, title, sku, price, category string) Item {
		return Item{URL: "https://new.shop.invalid/products/" + handle, Type: catalog.ProductP, Title: title, SKU: sku, Price: price, Currency: "JPY", Category: category, Brand: "みどり屋"}
	}
	return []Item{
		{URL: "https://new.shop.invalid/", Type: catalog.Home, Title: "MIDORIYA"},
		p("midori-200", "深蒸し煎茶　みどり　２００ｇ", "SN-002", "2200", "日本茶"),
		p("midori-100", "深蒸し煎茶 みどり 100グラム", "SN-001", "1200", "日本茶"),
		p("yamakaze", "上煎茶 やまかぜ 100g", "", "1500", "日本茶"),
		p("bancha", "ほうじ茶 くらしの番茶 200g", "HJ010", "880", "日本茶"),
		p("sumibi", "炭火焙煎ほうじ茶 150g", "HJ-011", "950", "日本茶"),
		p("genmai", "玄米茶 こめの香 200g", "GM-020", "750", "日本茶"),
		p("kyusu", "常滑焼急須 朱泥", "KY-100", "5500", "うつわ"),
		p("yunomi-l", "湯のみ 藍染付 （大）", "YN-201", "1800", "うつわ"),
		p("chazutsu", "茶筒 桜皮", "CT-301", "4200", "うつわ"),
		p("suiban", "水盤 青磁", "TB-400", "9800", "うつわ"), // the code of the kettle, which is gone
		p("tin", "ブリキ缶 角型", "BK-900", "600", "うつわ"),
		{URL: "https://new.shop.invalid/collections/tea", Type: catalog.Category, Title: "日本茶"},
		{URL: "https://new.shop.invalid/collections/ware", Type: catalog.Category, Title: "うつわ"},
		{URL: "https://new.shop.invalid/policies/privacy-policy", Type: catalog.Page, Title: "個人情報保護方針"},
		{URL: "https://new.shop.invalid/policies/legal-notice", Type: catalog.Page, Title: "特定商取引法に基づく表示"},
		{URL: "https://new.shop.invalid/cart", Type: catalog.Cart, Title: "カート"},
	}
}

func TestMatchSmallShop(t *testing.T) {
	old, new := smallOld(), smallNew()
	r, err := Match(t.Context(), old, new, Options{})
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		New      string
		Class    Class
		Method   string
		Review   bool
		Fallback string
	}
	title := func(j int) string {
		if j < 0 {
			return ""
		}
		return new[j].Title
	}
	want := map[string]answer{
		"茶のみどり屋": {New: "MIDORIYA", Class: Exact, Method: MethodHome},
		"【送料無料】深蒸し煎茶 みどり 100g": {New: "深蒸し煎茶 みどり 100グラム", Class: Exact, Method: MethodSKU},
		"深蒸し煎茶 みどり 200g":       {New: "深蒸し煎茶　みどり　２００ｇ", Class: Exact, Method: MethodSKU},
		"上煎茶 やまかぜ 100g":        {New: "上煎茶 やまかぜ 100g", Class: Exact, Method: MethodName},
		"ほうじ茶 くらしの番茶 200g":     {New: "ほうじ茶 くらしの番茶 200g", Class: Exact, Method: MethodSKU},
		"ほうじ茶 炭火焙煎 150g":       {New: "炭火焙煎ほうじ茶 150g", Class: Exact, Method: MethodSKU},
		"玄米茶 こめの香 200g":        {New: "玄米茶 こめの香 200g", Class: Exact, Method: MethodSKU},
		"急須 常滑焼 朱泥":            {New: "常滑焼急須 朱泥", Class: Exact, Method: MethodSKU},
		"湯呑み 藍染付 大":            {New: "湯のみ 藍染付 （大）", Class: Exact, Method: MethodSKU},
		"湯呑み 藍染付 小":            {Class: None, Method: MethodNone, Fallback: "うつわ"},
		"茶筒 桜皮 ブラウン":           {New: "茶筒 桜皮", Class: Close, Method: MethodSKU},
		"茶筒 桜皮 ブラック":           {New: "茶筒 桜皮", Class: Close, Method: MethodSKU},
		"紅茶 わたらせ ティーバッグ 20個入り": {Class: None, Method: MethodNone},
		"煎茶":           {New: "日本茶", Class: Close, Method: MethodCategory, Review: true},
		"茶器":           {New: "うつわ", Class: Exact, Method: MethodCategory},
		"プライバシーポリシー":   {New: "個人情報保護方針", Class: Exact, Method: MethodSubject},
		"特定商取引法に基づく表記": {New: "特定商取引法に基づく表示", Class: Exact, Method: MethodSubject},
		"カート":          {Class: None, Method: MethodNone},
	}
	for _, p := range r.Pairs {
		name := old[p.Old].Title
		if name == "南部鉄瓶 あられ 1.2L" {
			// Its code stands on another product now. Whatever is thought of it,
			// nobody may be sent there unseen.
			if p.New >= 0 && !p.NeedsReview {
				t.Errorf("%s goes to %s without review", name, title(p.New))
			}
			continue
		}
		got := answer{title(p.New), p.Class, p.Method, p.NeedsReview, title(p.Fallback)}
		if d := cmp.Diff(want[name], got); d != "" {
			t.Errorf("%s: (-want +got)\n%s%s", name, d, Reason(p.Evidence, "en"))
		}
	}
}

func TestMatchIsTheSameOnEveryRun(t *testing.T) {
	old, new, _ := move(11, 300)
	first, err := Match(t.Context(), old, new, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 2, 5} {
		again, err := Match(t.Context(), old, new, Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first, again); d != "" {
			t.Fatalf("with %d workers the answer differs:\n%s", workers, d)
		}
	}
}

func TestMatchIsRightOnMadeUpMoves(t *testing.T) {
	for seed := uint64(500_000); seed < 500_006; seed++ {
		old, new, truth := move(seed, 250)
		r, err := Match(t.Context(), old, new, Options{})
		if err != nil {
			t.Fatal(err)
		}
		published, right := 0, 0
		for i, p := range r.Pairs {
			if p.New >= 0 && !p.NeedsReview {
				published++
				if int32(p.New) == truth[i] {
					right++
				}
			}
		}
		if share := float64(right) / float64(max(published, 1)); share < 0.98 {
			t.Errorf("move %d: of %d pairs without review only %.3f are right", seed, published, share)
		}
	}
}

func TestMatchOfNothing(t *testing.T) {
	for name, c := range map[string]struct{ old, new []Item }{
		"no items":     {},
		"no new items": {old: smallOld()},
		"no old items": {new: smallNew()},
		"empty items":  {old: make([]Item, 3), new: make([]Item, 3)},
	} {
		r, err := Match(t.Context(), c.old, c.new, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(r.Pairs) != len(c.old) {
			t.Errorf("%s: %d pairs for %d old items", name, len(r.Pairs), len(c.old))
		}
		for _, p := range r.Pairs {
			if p.New >= 0 {
				t.Errorf("%s: a pair was made: %+v", name, p)
			}
		}
	}
}

func TestMatchCanBeStopped(t *testing.T) {
	old, new, _ := move(12, 400)
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err := Match(ctx, old, new, Options{Progress: func(stage string, done, total int) {
		if stage == "compare" {
			calls++
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
	if calls == 0 {
		t.Error("progress of comparing was never told")
	}
}

func TestProgressGoesForward(t *testing.T) {
	old, new, _ := move(12, 200)
	last := map[string]int{}
	_, err := Match(t.Context(), old, new, Options{Progress: func(stage string, done, total int) {
		if done < last[stage] || done > total {
			t.Errorf("%s: %d of %d after %d", stage, done, total, last[stage])
		}
		last[stage] = done
	}})
	if err != nil {
		t.Fatal(err)
	}
	if last["compare"] != 2*len(old) {
		t.Errorf("comparing ended at %d of %d", last["compare"], 2*len(old))
	}
}

func TestVariantCodesLeadToTheirProduct(t *testing.T) {
	old, new := smallOld(), smallNew()
	for j := range new {
		if new[j].SKU == "CT-301" {
			new[j].SKU = ""
			new[j].Variants = []VariantItem{{SKU: "CT-301-BR", Title: "ブラウン"}, {SKU: "CT-301-BK", Title: "ブラック"}}
		}
	}
	r, err := Match(t.Context(), old, new, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Pairs {
		if c := old[p.Old].SKU; (c == "CT-301-BR" || c == "CT-301-BK") && (p.New < 0 || new[p.New].Title != "茶筒 桜皮" || p.Method != MethodSKU) {
			t.Errorf("%s: %+v", c, p)
		}
	}
}

func TestGoneCategoryGoesToItsParentForReview(t *testing.T) {
	old, new := smallOld(), smallNew()
	old = append(old, Item{URL: "https://old.shop.invalid/?mode=cate&cbid=9", Type: catalog.Category, Title: "茶さじ", Category: "茶器 > 茶さじ"})
	r, err := Match(t.Context(), old, new, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := r.Pairs[len(r.Pairs)-1]
	if p.New < 0 || new[p.New].Title != "うつわ" || p.Class != Broad || p.Method != MethodParent || !p.NeedsReview {
		t.Errorf("%+v", p)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("【送料無料】煎茶 100g", "SN-001", "1200", "https://o.invalid/?pid=1", "煎茶", "4901234567894")
	f.Add("\xff<b>&amp;", "---", "-1", "::", " > > ", "0")
	f.Add("1x2x3 ＂15.6\"", "0", "1e400", "/%zz", "|", "12345678")
	f.Fuzz(func(t *testing.T, title, sku, price, url, category, gtin string) {
		old := append(smallOld()[:6], Item{URL: url, Title: title, SKU: sku, Price: price, Category: category, GTIN: gtin, Image: url, Description: title})
		new := append(smallNew()[:6], Item{URL: url + "x", Title: sku, SKU: title, Price: price, Brand: category, GTIN: gtin, Image: title,
			Variants: []VariantItem{{SKU: sku, GTIN: gtin, Title: title}}})
		known := []Known{{Old: 1, New: len(new) - 1}, {Old: 2, New: len(title) % len(new), Right: true}, {Old: 3, New: -1, Right: true}}
		r, err := Match(t.Context(), old, new, Options{Workers: 1, Known: known[:len(sku)%4]})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Explain(t.Context(), old, new, Options{Workers: 1}, len(old)-1); err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Pairs {
			if p.New >= len(new) || p.RunnerUp >= len(new) || p.Fallback >= len(new) || !(p.Confidence >= 0 && p.Confidence <= 1) {
				t.Fatalf("%+v", p)
			}
			Reason(p.Evidence, "ja")
		}
	})
}
