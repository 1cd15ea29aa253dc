package platform

import (
	"net/url"
	"testing"
)

// Parameters of tracking and sessions go, all else stays byte for byte.
func TestWithoutNoise(t *testing.T) {
	reg, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := reg.Get("colorme")
	if !ok {
		t.Fatal("no colorme")
	}
	for in, want := range map[string]string{
		"https://shop.example/?pid=1&utm_source=mail&gclid=x":   "https://shop.example/?pid=1",
		"https://shop.example/?utm_campaign=a":                  "https://shop.example/",
		"https://shop.example/?mode=srh&keyword=%A5%B3&b=1&b=2": "https://shop.example/?mode=srh&keyword=%A5%B3&b=1&b=2",
		"https://shop.example/a?&pid=1&":                        "https://shop.example/a?&pid=1&",
		"https://shop.example/a":                                "https://shop.example/a",
		"https://shop.example/a?fbclid=1#part":                  "https://shop.example/a#part",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.WithoutNoise(u).String(); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
		if u.String() != in {
			t.Errorf("%s itself was changed to %s", in, u)
		}
	}
}
