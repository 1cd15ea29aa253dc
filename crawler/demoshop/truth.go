package demoshop

import "strconv"

// Kind says what happened to a page in the move.
type Kind string

const (
	KindHome            Kind = "home"
	KindProduct         Kind = "product"          // the same goods, one page each
	KindMerged          Kind = "merged"           // one colour of a product that now holds all colours
	KindCampaign        Kind = "campaign"         // a copy made for a campaign
	KindSplit           Kind = "split"            // one product for each size now; the target is the first
	KindSuccessor       Kind = "successor"        // the next model; a person should confirm
	KindGone            Kind = "gone"             // discontinued, no counterpart
	KindHidden          Kind = "hidden"           // in the product file only, answers 404
	KindMembers         Kind = "members"          // for members only, not carried over
	KindDraft           Kind = "draft"            // its product is not published yet
	KindCategory        Kind = "category"         // has a collection
	KindCategoryDropped Kind = "category-dropped" // has none
	KindPage            Kind = "page"             // a fixed page with a counterpart
	KindPageDropped     Kind = "page-dropped"     // without
)

// Pair is one old page and the page of the new shop that continues it.
type Pair struct {
	OldURL string // canonical spelling, absolute
	NewURL string // absolute; "" when there is no counterpart
	Kind   Kind
}

// Truth tells which page of New continues which page of Old: home, then products in
// the order of their numbers, categories, groups, fixed pages. Scheme of the options
// is that of both shops, Host that of the old one; the new one has its invented host.
func Truth(o Options) []Pair {
	w := build(o)
	oldRoot := o.scheme() + "://" + o.host(oldHost)
	newRoot := o.scheme() + "://" + newHost
	pairs := []Pair{{oldRoot + "/", newRoot + "/", KindHome}}
	for i := range w.old {
		p := &w.old[i]
		pair := Pair{OldURL: oldRoot + "/?pid=" + strconv.Itoa(p.pid)}
		pair.Kind = kindOf(p)
		if next := w.continues[p.good.n]; len(next) > 0 && pair.Kind != KindDraft {
			pair.NewURL = newRoot + w.next[next[0]].path()
		}
		pairs = append(pairs, pair)
	}
	category := func(query, handle string) {
		pair := Pair{oldRoot + "/?" + query, newRoot + "/collections/" + handle, KindCategory}
		if handle == "" {
			pair.NewURL, pair.Kind = "", KindCategoryDropped
		}
		pairs = append(pairs, pair)
	}
	for i, d := range departments {
		handle := d.slug
		if d.newName == "" {
			handle = ""
		}
		category(cateQuery(i, 0), handle)
		for k, c := range d.smalls {
			handle := c.slug
			if smallDropped[[2]int{i, k}] {
				handle = ""
			}
			category(cateQuery(i, k+1), handle)
		}
	}
	for k, g := range oldGroups {
		handle := g.slug
		if !groupKept[k] {
			handle = ""
		}
		category("mode=grp&gid="+strconv.Itoa(gid(k)), handle)
	}
	for _, f := range fixedPages {
		pair := Pair{OldURL: oldRoot + "/?" + f.query, Kind: KindPageDropped}
		if f.newPath != "" {
			pair.NewURL, pair.Kind = newRoot+f.newPath, KindPage
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

func kindOf(p *oldProduct) Kind {
	switch p.good.fate {
	case discontinued:
		return KindGone
	case succeeded:
		return KindSuccessor
	case hidden:
		return KindHidden
	case membersOnly:
		return KindMembers
	case drafted:
		return KindDraft
	}
	switch {
	case p.campaign:
		return KindCampaign
	case p.good.pages == colourPages:
		return KindMerged
	case p.good.pages == splitBySize:
		return KindSplit
	}
	return KindProduct
}

// cateQuery is the query of a category; csid 0 is the department itself.
func cateQuery(dept, csid int) string {
	return "mode=cate&cbid=" + strconv.Itoa(cbid(dept)) + "&csid=" + strconv.Itoa(csid)
}
