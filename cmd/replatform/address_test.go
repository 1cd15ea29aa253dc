package main

import (
	"errors"
	"testing"
)

func TestShopAddress(t *testing.T) {
	lang, err := newLanguage("en")
	if err != nil {
		t.Fatal(err)
	}
	talk := &talk{lang: lang}
	for _, tt := range []struct{ typed, want, meant string }{
		{" https://shop.example/ ", "https://shop.example/", ""},
		{"https://shop.example/　", "https://shop.example/", ""},
		{"HTTPS://Shop.example", "HTTPS://Shop.example", ""},
		{"http://192.0.2.1:8080/a", "http://192.0.2.1:8080/a", ""},
		{"http://[2001:db8::1]/", "http://[2001:db8::1]/", ""},
		{"http://staging/", "http://staging/", ""},
		{"http://https.example/", "http://https.example/", ""},
		{"https://http/", "https://http/", ""},
		{"shop.example", "shop.example", ""},
		{"shop.example:8080/sub/", "shop.example:8080/sub/", ""},
		{"localhost:8080", "localhost:8080", ""},
		{"https.example/", "https.example/", ""},
		{"月夜雑貨.example", "月夜雑貨.example", ""},
		{"https://月夜雑貨.example/商品？", "https://月夜雑貨.example/商品？", ""},
		{"ｈｔｔｐｓ：／／ｓｈｏｐ．ｅｘａｍｐｌｅ／", "https://shop.example/", ""},
		{"https：//shop.example/", "https://shop.example/", ""},
		{"http:/shop.example/", "", "http://shop.example/"},
		{"http:///shop.example/", "", "http://shop.example/"},
		{"http;//shop.example/", "", "http://shop.example/"},
		{"https//shop.example/", "", "https://shop.example/"},
		{"https:shop.example/", "", "https://shop.example/"},
		{"https://https://shop.example/", "", "https://shop.example/"},
		{"https://http//shop.example/", "", "http://shop.example/"},
		{"htp://shop.example/", "", "http://shop.example/"},
		{"ttps://shop.example/", "", "https://shop.example/"},
		{"ftp://shop.example/", "", "-"},
		{"", "", "-"},
		{"https://", "", "-"},
		{"me@shop.example", "", "-"},
		{"./shop.csv", "", "-"},
		{`C:\Users\shop.csv`, "", "-"},
		{`https://shop.example\a`, "", "-"},
		{"shop", "", "-"},
	} {
		got, err := talk.shopAddress(tt.typed)
		if got != tt.want || (err == nil) != (tt.meant == "") {
			t.Errorf("%q: %q, %v; want %q", tt.typed, got, err, tt.want)
			continue
		}
		var h hinted
		if errors.As(err, &h) && tt.meant != "-" && (len(h.args) != 1 || h.args[0] != tt.meant) {
			t.Errorf("%q: meant %v, want %q", tt.typed, h.args, tt.meant)
		}
	}
}
