package demoshop

// world is both shops and what connects them, before any page is drawn.
type world struct {
	o         Options
	goods     []good
	old       []oldProduct
	next      []newProduct
	continues map[int][]int // good → new products
}

func build(o Options) *world {
	w := &world{o: o}
	w.goods = stock(o.Seed, o.Goods)
	w.old = oldCatalogue(o.Seed, w.goods)
	w.next, w.continues = newCatalogue(o.Seed, w.goods)
	groups := make(map[int][]int) // good → groups of its old pages
	for _, p := range w.old {
		groups[p.good.n] = append(groups[p.good.n], p.groups...)
	}
	for i := range w.next {
		p := &w.next[i]
		g := p.good
		if departments[g.dept].newName != "" {
			p.collections = append(p.collections, departments[g.dept].slug)
		}
		if !smallDropped[[2]int{g.dept, g.small}] {
			p.collections = append(p.collections, departments[g.dept].smalls[g.small].slug)
		}
		seen := make(map[int]bool)
		for _, k := range groups[g.n] {
			if groupKept[k] && !seen[k] {
				seen[k] = true
				p.collections = append(p.collections, oldGroups[k].slug)
			}
		}
	}
	return w
}

// collection of the new shop.
type collection struct {
	id     int
	handle string
	title  string
	text   string
}

// collections lists the new shop's collections: departments, then small
// categories, then groups.
func (w *world) collections() []collection {
	var all []collection
	add := func(handle, title, text string) {
		all = append(all, collection{id: 301200000017 + len(all)*32768, handle: handle, title: title, text: text})
	}
	for _, d := range departments {
		if d.newName != "" {
			add(d.slug, d.newName, d.newName+"の一覧です。")
		}
	}
	for i, d := range departments {
		for k, c := range d.smalls {
			if !smallDropped[[2]int{i, k}] {
				add(c.slug, c.other(), "")
			}
		}
	}
	for k, g := range oldGroups {
		if groupKept[k] {
			add(g.slug, g.other(), "")
		}
	}
	return all
}

// fixedPage is a page of text that both shops may have.
type fixedPage struct {
	query    string // old address, "mode=f1"
	oldTitle string
	oldText  string
	newPath  string // "" when it was dropped
	newTitle string
	newText  string
}

var fixedPages = []fixedPage{
	{"mode=f1", "ご利用ガイド", "ご注文から商品のお届けまでの流れ、送料（全国一律６６０円～）についてご案内します。",
		"/pages/guide", "ショッピングガイド", "ご注文の流れと送料（全国一律660円〜）のご案内です。"},
	{"mode=f2", "店主のひとりごと", "つきよ雑貨店の店主です。夜のしずけさに似合うものを集めています。",
		"/pages/about", "つきよ雑貨について", "夜のしずけさに似合う暮らしの道具を集めた店です。"},
	{"mode=f3", "ラッピング・のしのご案内", "ギフト包装は①無料包装、②有料ボックスの二種類です。",
		"/pages/gift-wrapping", "ギフトラッピング", "ギフト包装は無料包装と有料ボックスの2種類です。"},
	{"mode=f4", "よくあるご質問（Ｑ＆Ａ）", "Ｑ．返品はできますか？　Ａ．到着後七日以内にご連絡ください。",
		"/pages/faq", "よくある質問", "返品は到着後7日以内にご連絡ください。"},
	{"mode=f5", "卸販売について", "お取引をご希望の小売店さまへ。㈱つきよ商会がうけたまわります。", "", "", ""},
	{"mode=sk", "特定商取引法に基づく表記", "販売業者：㈱つきよ商会（架空の店です）。",
		"/pages/legal", "特定商取引法に基づく表記", "販売業者：株式会社つきよ商会（架空の店です）。"},
	{"mode=privacy", "プライバシーポリシー", "お客さまの情報の取り扱いについて。",
		"/policies/privacy-policy", "プライバシーポリシー", "お客さまの情報の取り扱いについて。"},
}
