package inventory

import (
	"strings"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

func TestPictures(t *testing.T) {
	p := started(t)
	ctx := t.Context()
	show := func(id int, images ...string) {
		v := visitOf(id)
		v.Product = &catalog.Product{Name: "x", Images: images}
		save(t, p, v)
	}
	show(1, "https://img.example/b.jpg", "https://img.example/second.jpg")
	show(2, "https://img.example/b.jpg")
	show(3, "https://img.example/a.jpg")
	show(4)
	show(5, "data:image/png;base64,AAAA")
	gone := visitOf(6)
	gone.Status, gone.Product = 404, &catalog.Product{Name: "x", Images: []string{"https://img.example/gone.jpg"}}
	save(t, p, gone)

	ask := func() []string {
		t.Helper()
		urls, err := p.PicturesToAsk(ctx, catalog.Old)
		check(t, err)
		return urls
	}
	equal(t, "to ask", []string{"https://img.example/a.jpg", "https://img.example/b.jpg"}, ask())
	if urls, err := p.PicturesToAsk(ctx, catalog.New); err != nil || len(urls) > 0 {
		t.Errorf("new shop: %v, %v", urls, err)
	}
	at := time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	check(t, p.SavePictures(ctx, []Picture{{URL: "https://img.example/a.jpg", Problem: "not-found", AskedAt: at}}))
	equal(t, "still to ask", []string{"https://img.example/b.jpg"}, ask())
	check(t, p.SavePictures(ctx, []Picture{
		{URL: "https://img.example/b.jpg", Hash: "00ff", AskedAt: at}, {URL: "https://img.example/a.jpg", Hash: "11ee", AskedAt: at}}))
	equal(t, "asked", []string(nil), ask())
	hashes, err := p.PictureHashes(ctx)
	check(t, err)
	equal(t, "hashes", map[string]string{"https://img.example/a.jpg": "11ee", "https://img.example/b.jpg": "00ff"}, hashes)

	// They belong to addresses: a product that is read anew keeps them.
	show(3, "https://img.example/a.jpg")
	var b strings.Builder
	check(t, p.WriteJSON(ctx, &b, Filter{Side: catalog.Old, Keys: []catalog.Key{product(3)}}))
	if !strings.Contains(b.String(), `"image_hash":"11ee"`) {
		t.Errorf("not in the inventory: %s", b.String())
	}
	check(t, p.ForgetPictures(ctx, catalog.New))
	equal(t, "after the new shop's were forgotten", []string(nil), ask())
	check(t, p.ForgetPictures(ctx, catalog.Old))
	equal(t, "after they were forgotten", []string{"https://img.example/a.jpg", "https://img.example/b.jpg"}, ask())
}
