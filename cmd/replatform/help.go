package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// The help stands in English where a command or a flag is declared. lang/help has it in
// the other languages, by the English text.

// helpTexts reads the help in a language; nil is English.
func helpTexts(code string) (map[string]string, error) {
	if code == "en" {
		return nil, nil
	}
	data, err := languageFiles.ReadFile("lang/help/" + code + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading the help in %q: %w", code, err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		return nil, fmt.Errorf("reading the help in %q: %w", code, err)
	}
	return texts, nil
}

// helpText is an English text of the help in the language.
func (l *language) helpText(english string) string {
	if text, ok := l.help[english]; ok {
		return text
	}
	return english
}

// translate puts the help of a command and all below it into the language.
func (l *language) translate(c *cli.Command) {
	for _, text := range []*string{&c.Usage, &c.ArgsUsage, &c.Description} {
		*text = l.helpText(*text)
	}
	l.translateFlags(c.Flags)
	for _, sub := range c.Subcommands {
		l.translate(sub)
	}
}

func (l *language) translateFlags(flags []cli.Flag) {
	for _, f := range flags {
		usage := usageOf(f)
		*usage = l.helpText(*usage)
		switch f := f.(type) {
		case *cli.BoolFlag:
			f.DisableDefaultText = true // a switch is off until it is named
		case *cli.IntFlag:
			f.DefaultText = l.helpText(f.DefaultText)
		case *cli.DurationFlag:
			f.DefaultText = l.helpText(f.DefaultText)
		}
	}
}

// usageOf is where a flag has its help. Flags of kinds that no command uses yet are a
// defect of the program.
func usageOf(f cli.Flag) *string {
	switch f := f.(type) {
	case *cli.BoolFlag:
		return &f.Usage
	case *cli.DurationFlag:
		return &f.Usage
	case *cli.Float64Flag:
		return &f.Usage
	case *cli.IntFlag:
		return &f.Usage
	case *cli.Int64Flag:
		return &f.Usage
	case *cli.Uint64Flag:
		return &f.Usage
	case *cli.StringFlag:
		return &f.Usage
	case *cli.StringSliceFlag:
		return &f.Usage
	}
	panic(fmt.Sprintf("flags of the kind %T have no help", f))
}

// speakHelp puts what the library itself says in the help into the language. The library
// has it in variables of its own: it is for the process to call, before all else.
func speakHelp(l *language) {
	for _, template := range []*string{&cli.AppHelpTemplate, &cli.CommandHelpTemplate, &cli.SubcommandHelpTemplate} {
		*template = strings.ReplaceAll(*template, `{{template "usageTemplate" .}}`, usageTemplate)
		for _, word := range libraryWords() {
			*template = strings.ReplaceAll(*template, word, l.helpText(word))
		}
	}
	cli.HelpFlag = &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: l.helpText("show help"), DisableDefaultText: true}
	cli.VersionFlag = &cli.BoolFlag{Name: "version", Aliases: []string{"v"}, Usage: l.helpText("print the version"), DisableDefaultText: true}
	flag, before := cli.FlagStringer, l.helpText("(default: ")
	cli.FlagStringer = func(f cli.Flag) string {
		line := flag(f)
		if i := strings.LastIndex(line, "(default: "); i >= 0 {
			line = line[:i] + before + line[i+len("(default: "):]
		}
		return line
	}
}

// usageTemplate stands for the library's, which names arguments for commands that take
// none and is not open to other languages.
const usageTemplate = `{{.HelpName}}{{if .VisibleCommands}} command{{end}}{{if .VisibleFlags}} [command options]{{end}}{{if .ArgsUsage}} {{.ArgsUsage}}{{end}}`

// libraryWords are the words in the library's templates. A longer one stands before
// those that it contains.
func libraryWords() []string {
	return []string{"NAME:", "USAGE:", "VERSION:", "DESCRIPTION:", "GLOBAL OPTIONS:", "COMMANDS:", "OPTIONS:",
		"[global options]", " command", "[command options]", "[arguments...]"}
}

// languageAsked is the language that the command line asks for, before it is read: the
// help is printed without asking any command. "" when it asks for none that there is.
func languageAsked(args []string) string {
	code := ""
	for i, arg := range args {
		name, value, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case arg == "--":
			return code
		case !strings.HasPrefix(arg, "-") || name != "lang":
			continue
		case !joined && i+1 < len(args):
			value = args[i+1]
		}
		if slices.Contains(languages(), value) {
			code = value
		}
	}
	return code
}

// The library's and the flag package's words for a command line that they do not
// understand; they have no values to test for.
var (
	unknownFlag = regexp.MustCompile(`^flag provided but not defined: -(.*)$`)
	lonelyFlag  = regexp.MustCompile(`^flag needs an argument: -(.*)$`)
	badFlag     = regexp.MustCompile(`(?s)^invalid (?:boolean )?value (".*") for (?:flag )?-([^:]*): `)
)

// usageErrorOf is an error of the command line in the language.
func (t *talk) usageErrorOf(err error) error {
	text := err.Error()
	if m := unknownFlag.FindStringSubmatch(text); m != nil {
		return withHint(t.usagef("usage.flag-unknown", m[1]), "hint.flags")
	}
	if m := lonelyFlag.FindStringSubmatch(text); m != nil {
		return withHint(t.usagef("usage.flag-alone", m[1]), "hint.flags")
	}
	if m := badFlag.FindStringSubmatch(text); m != nil {
		return withHint(t.usagef("usage.flag-value", m[2], m[1]), "hint.flags")
	}
	return usageError{err}
}
