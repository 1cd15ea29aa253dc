package frontier

import "testing"

func TestFamilyOf(t *testing.T) {
	for _, c := range []struct {
		url  string
		want Family
	}{
		{"/", Family{Name: "/*", Path: "/*"}},
		{"/red-shirt", Family{Name: "/*", Path: "/*"}},
		{"/goods/red-shirt", Family{Name: "/goods/*", Path: "/goods/*"}},
		{"/goods/red-shirt-2", Family{Name: "/goods/#", Path: "/goods/#"}},
		{"/goods/shoes/red", Family{Name: "/goods/*/*", Path: "/goods/*/*"}},
		{"/?id=5", Family{Name: "/?id", Path: "/", Params: 1}},
		{"/item.php?id=5", Family{Name: "/item.php?id", Path: "/item.php", Params: 1}},
		{"/item.php?id=6&page=3", Family{Name: "/item.php?id page", Path: "/item.php", Params: 1, Pager: true}},
		{"/list.php?f[2]=1&f[3]=2&c=4", Family{Name: "/list.php?c&f", Path: "/list.php", Params: 2}},
		{"/list.php?attr17=1", Family{Name: "/list.php?attr0", Path: "/list.php", Params: 1}},
		{"/events/2026/05/12", Family{Name: "/events/#/#/#", Path: "/events/#/#/#", Dates: true}},
	} {
		if got := FamilyOf(parse(t, "https://shop.example"+c.url)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.url, got, c.want)
		}
	}
}
