package extract

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScanLinks(t *testing.T) {
	body := `<!doctype html><html lang="ja-JP"><head>
<base href="/shop/">
<title> 春の
 茶碗 </title>
<meta name="description" content="うつわ &amp; 道具">
<META NAME="Robots" CONTENT="NOINDEX,Follow">
<meta http-equiv="refresh" content="3; URL='/moved?x=1#top'">
<meta property="og:title" content="茶碗"><meta property="og:title" content="second">
<link rel="canonical" href=" cup.html ">
<link rel="next" href="?page=3"><link rel="prev" href="?page=1">
<link rel="alternate" hreflang="en" href="/en/cup"><link rel="alternate" type="application/rss+xml" href="/feed">
<link rel="alternate stylesheet" href="/high-contrast.css">
<noscript><meta http-equiv="refresh" content="0;url=/noscript"><img src="/px.gif"></noscript>
</head><body>
<svg><title>icon</title></svg>
<a href="item?id=1&amp;c=赤#details" rel="NOFOLLOW  noopener">赤 <b>茶碗</b></a>
<a href="logo.html"><img src="x.png" alt="印"></a>
<a name="nohref">here</a><a href="#top">top</a><a href="javascript:void(0)">js</a><a href="mailto:a@example.com">mail</a><a href="tel:+81">tel</a>
<map><area href="area.html" alt="地図"></map>
<iframe src="//frame.example/x"></iframe>
<template><a href="never.html">{{name}}</a></template>
<form action="list.cgi?old=1" method="get"><input type="hidden" name="cat" value="7"><input type="submit" value="一覧"></form>
<form action="search.cgi"><input type="text" name="q"></form>
<form action="cart.cgi" method="post"><input type="submit"></form>
<a href="unclosed.html">one<a href="second.html">two
</body></html>`
	got := ScanLinks(parseURL(t, "https://utsuwa.example/a/b?c=d"), []byte(body), Hints{Charset: "euc-jp"})
	want := &Result{
		Title: "春の 茶碗", Description: "うつわ & 道具", Lang: "ja-JP", Robots: "noindex,follow",
		Canonical:  "https://utsuwa.example/shop/cup.html",
		RefreshURL: "https://utsuwa.example/moved?x=1", RefreshAfter: 3,
		Prev: "https://utsuwa.example/shop/?page=1", Next: "https://utsuwa.example/shop/?page=3",
		OG: map[string]string{"og:title": "茶碗"},
		Links: []Link{
			{URL: "https://utsuwa.example/shop/cup.html", Raw: " cup.html ", Rel: "canonical", Kind: "canonical"},
			{URL: "https://utsuwa.example/shop/?page=3", Raw: "?page=3", Rel: "next", Kind: "next"},
			{URL: "https://utsuwa.example/shop/?page=1", Raw: "?page=1", Rel: "prev", Kind: "prev"},
			{URL: "https://utsuwa.example/en/cup", Raw: "/en/cup", Rel: "alternate", Kind: "alternate", Hreflang: "en"},
			{URL: "https://utsuwa.example/feed", Raw: "/feed", Rel: "alternate", Kind: "alternate", Type: "application/rss+xml"},
			{URL: "https://utsuwa.example/shop/item?id=1&c=%C0%D6", Raw: "item?id=1&c=赤#details", Rel: "nofollow noopener", Kind: "a", Text: "赤 茶碗"},
			{URL: "https://utsuwa.example/shop/logo.html", Raw: "logo.html", Kind: "a", Text: "印"},
			{URL: "https://utsuwa.example/shop/area.html", Raw: "area.html", Kind: "area", Text: "地図"},
			{URL: "https://frame.example/x", Raw: "//frame.example/x", Kind: "iframe"},
			{URL: "https://utsuwa.example/shop/list.cgi?cat=7", Raw: "list.cgi?cat=7", Kind: "form", Text: "一覧"},
			{URL: "https://utsuwa.example/shop/unclosed.html", Raw: "unclosed.html", Kind: "a", Text: "one"},
			{URL: "https://utsuwa.example/shop/second.html", Raw: "second.html", Kind: "a", Text: "two"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCanonicalPlaces(t *testing.T) {
	const u = "https://shop.example/p"
	tests := []struct {
		name, body, want string
		ignored          bool
	}{
		{"head", `<head><link rel=canonical href=/a></head><body>`, "https://shop.example/a", false},
		{"first of two", `<head><link rel=canonical href=/a><link rel=canonical href=/b></head>`, "https://shop.example/a", false},
		{"body", `<head></head><body><link rel=canonical href=/a>`, "", false},
		{"behind an image in the head", `<head><img src=x><link rel=canonical href=/a></head><body>`, "https://shop.example/a", true},
		{"behind text in the head", `<head>oops<link rel=canonical href=/a></head><body>`, "https://shop.example/a", true},
		{"between head and body", `<head></head><link rel=canonical href=/a><body>`, "https://shop.example/a", false},
		{"in the body behind a broken head", `<head><div></div></head><body><link rel=canonical href=/a>`, "", false},
		{"behind a tracking pixel in noscript", `<head><noscript><img src=x></noscript><link rel=canonical href=/a></head>`, "https://shop.example/a", false},
		{"relative, base later", `<head><link rel=canonical href=a><base href="https://other.example/x/"></head>`, "https://other.example/x/a", false},
		{"empty", `<head><link rel=canonical href=" "></head>`, "", false},
		{"no head tags", `<title>x</title><link rel=canonical href=/a><p>text`, "https://shop.example/a", false},
	}
	for _, tt := range tests {
		res := ScanLinks(parseURL(t, u), []byte(tt.body), Hints{})
		if res.Canonical != tt.want || res.CanonicalIgnored != tt.ignored {
			t.Errorf("%s: %q (ignored %v), want %q (ignored %v)", tt.name, res.Canonical, res.CanonicalIgnored, tt.want, tt.ignored)
		}
	}
}

func TestParseRefresh(t *testing.T) {
	tests := []struct {
		content string
		seconds int
		target  string
		ok      bool
	}{
		{"0;url=/a", 0, "/a", true}, {"0; URL = /a", 0, "/a", true}, {`5;url="/a b"`, 5, "/a b", true}, {"1.5, /a", 1, "/a", true},
		{"0;/a", 0, "/a", true}, {"30", 0, "", false}, {"", 0, "", false}, {"x;url=/a", 0, "", false}, {"-1;url=/a", 0, "", false},
	}
	for _, tt := range tests {
		seconds, target, ok := parseRefresh(tt.content)
		if ok != tt.ok || ok && (seconds != tt.seconds || target != tt.target) {
			t.Errorf("parseRefresh(%q) = %d, %q, %v", tt.content, seconds, target, ok)
		}
	}
}
