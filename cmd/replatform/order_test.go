package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlagsFirst(t *testing.T) {
	lang, err := newLanguage("en")
	if err != nil {
		t.Fatal(err)
	}
	app := newApp(&talk{lang: lang})
	for typed, want := range map[string]string{
		"replatform crawl URL --rate 1":                    "replatform crawl --rate 1 URL",
		"replatform crawl --rate 1 URL":                    "replatform crawl --rate 1 URL",
		"replatform crawl URL --rate=1 --allow-private":    "replatform crawl --rate=1 --allow-private URL",
		"replatform --lang ja crawl URL --project p":       "replatform --lang ja crawl --project p URL",
		"replatform crawl URL --project p":                 "replatform crawl --project p URL",
		"replatform redirects export -o d --format nginx":  "replatform redirects export -o d --format nginx",
		"replatform demo demo":                             "replatform demo demo",
		"replatform demo crawl --quiet":                    "replatform demo --quiet crawl",
		"replatform crawl URL -- --rate":                   "replatform crawl URL -- --rate",
		"replatform target products.csv --base https://x/": "replatform target --base https://x/ products.csv",
		"replatform": "replatform",
	} {
		got := strings.Join(flagsFirst(app, strings.Fields(typed)), " ")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", typed, diff)
		}
	}
}
