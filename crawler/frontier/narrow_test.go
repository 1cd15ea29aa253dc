package frontier

import "testing"

func TestNarrower(t *testing.T) {
	const shop = "https://shop.example"
	for _, c := range []struct {
		page, canonical, link string
		want                  bool
	}{
		{"/2-home?q=A", "/2-home", "/2-home?q=A/B", true},
		{"/2-home?q=A", "/2-home", "/2-home?order=x&q=A", true},
		{"/2-home?q=A", "/2-home", "/3-shirts?q=A", false},
		{"/2-home?q=A", "/2-home", "/2-home", false},
		{"/2-home?q=A", "/2-home", "/2-home?page=2", false},
		{"/2-home?q=A", "", "/2-home?q=A/B", false},
		{"/2-home?q=A", "/", "/2-home?q=A/B", false},
		{"/list?c=1&page=2", "/list?c=1", "/list?c=1&page=3", false},
		{"/list?c=1&page=2&sort=a", "/list?c=1", "/list?c=1&page=3&sort=a", true},
		{"/list?c=1", "/list?c=1", "/list?c=2", false},
		{"/list", "/list", "/list?c=2", false},
	} {
		var canonical = parse(t, shop+c.canonical)
		if c.canonical == "" {
			canonical = nil
		}
		if got := Narrower(parse(t, shop+c.page), canonical, parse(t, shop+c.link)); got != c.want {
			t.Errorf("on %s (canonical %q) the link %s: %t, want %t", c.page, c.canonical, c.link, got, c.want)
		}
	}
}
