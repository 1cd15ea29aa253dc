package main

import (
	"io"
	"regexp"
	"slices"
	"testing"

	"github.com/urfave/cli/v2"
)

// TestHelp fails when the help of a command or a flag has no text in another language,
// names another value there, or when a text is there that nothing says.
func TestHelp(t *testing.T) {
	en, err := newLanguage("en")
	if err != nil {
		t.Fatal(err)
	}
	ja, err := newLanguage("ja")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{"show help": "--help", "print the version": "--version", "(default: ": "defaults"}
	say := func(text, by string) {
		if text != "" {
			said[text] = by
		}
	}
	for _, word := range libraryWords() {
		say(word, "the library")
	}
	flags := func(of string, list []cli.Flag) {
		for _, f := range list {
			by := of + " --" + f.Names()[0]
			say(*usageOf(f), by)
			switch f := f.(type) {
			case *cli.IntFlag:
				say(f.DefaultText, by)
			case *cli.DurationFlag:
				say(f.DefaultText, by)
			}
		}
	}
	app := newApp(&talk{out: io.Discard, err: io.Discard, lang: en})
	say(app.Usage, "replatform")
	flags("replatform", app.Flags)
	var command func(string, *cli.Command)
	command = func(above string, c *cli.Command) {
		name := above + c.Name
		say(c.Usage, name)
		say(c.ArgsUsage, name)
		say(c.Description, name)
		flags(name, c.Flags)
		for _, sub := range c.Subcommands {
			command(name+" ", sub)
		}
	}
	for _, c := range app.Commands {
		command("", c)
	}

	placeholder := regexp.MustCompile("`[^`]*`")
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	for text, by := range said {
		other, ok := ja.help[text]
		switch {
		case !ok && text != "URL":
			t.Errorf("%s: lang/help/ja.json lacks %q", by, text)
		case !slices.Equal(placeholder.FindAllString(text, -1), placeholder.FindAllString(other, -1)):
			t.Errorf("%s: the value has another name in %q", by, other)
		case ok && !japanese.MatchString(other):
			t.Errorf("%s: %q is not Japanese", by, other)
		}
	}
	for text := range ja.help {
		if _, ok := said[text]; !ok {
			t.Errorf("lang/help/ja.json has %q, which nothing says", text)
		}
	}
}

func TestLanguageAsked(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"crawl", "--help"}, ""},
		{[]string{"--lang", "ja", "crawl", "--help"}, "ja"},
		{[]string{"crawl", "-lang=ja"}, "ja"},
		{[]string{"crawl", "--lang", "fr"}, ""},
		{[]string{"crawl", "--lang"}, ""},
		{[]string{"import", "--", "--lang", "ja"}, ""},
		{[]string{"import", "lang", "ja"}, ""},
	} {
		if got := languageAsked(test.args); got != test.want {
			t.Errorf("%q: %q, want %q", test.args, got, test.want)
		}
	}
}
