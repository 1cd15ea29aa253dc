// Command replatform plans the move of an online shop: it crawls the old shop,
// takes stock of its addresses, pairs them with the new shop and writes a migration
// plan with redirect maps and workarounds. See README.md.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/urfave/cli/v2"
)

// version is set at build time: go build -ldflags "-X main.version=1.2.3".
var version = "dev"

// Exit codes.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitFindings = 3 // done, but with findings: a redirect that fails, rows that an engine refuses
)

// errFindings ends a command that did its work and found something to mend. It is
// not printed: the command has said what it found.
var errFindings = errors.New("findings")

// errStopped ends a command that the user has stopped. It is not printed either.
var errStopped = errors.New("stopped")

func main() {
	if lang, err := newLanguage(cmp.Or(languageAsked(os.Args), languageOfLocale())); err == nil {
		speakHelp(lang) // run says what is wrong otherwise
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	lang, err := newLanguage(cmp.Or(languageAsked(args), languageOfLocale()))
	if err != nil {
		fmt.Fprintf(stderr, "replatform: error: %s\n", err)
		return exitFailed
	}
	t := &talk{out: stdout, err: stderr, lang: lang}
	if f, ok := stderr.(*os.File); ok {
		t.terminal = isTerminal(f)
	}
	app := newApp(t)
	if word := longDash(args); word != "" {
		t.fail(t.usagef("usage.option-dash", word))
		return exitUsage
	}
	err = app.RunContext(ctx, flagsFirst(app, args))
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errStopped):
		return exitFailed
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		t.say("stopped")
		return exitFailed
	}
	t.fail(err)
	var u usageError
	if errors.As(err, &u) {
		return exitUsage
	}
	return exitFailed
}

// usageError is a command that was called the wrong way.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// usagef makes a usage error from a text of the catalogue.
func (t *talk) usagef(key string, args ...any) error {
	return usageError{t.errorf(key, args...)}
}

func newApp(t *talk) *cli.App {
	app := &cli.App{
		Name:    "replatform",
		Usage:   "plan the move of an online shop to another platform",
		Version: version,
		Writer:  t.out, ErrWriter: t.err,
		HideHelpCommand: true,
		Flags:           globalFlags(),
		Commands: []*cli.Command{
			demoCommand(t), crawlCommand(t), importCommand(t), targetCommand(t), inventoryCommand(t), matchCommand(t),
			reviewCommand(t), planCommand(t), domainCommand(t), workaroundCommand(t), redirectsCommand(t), verifyCommand(t), monitorCommand(t), announceCommand(t), platformsCommand(t),
		},
		ExitErrHandler: func(*cli.Context, error) {}, // run prints errors
		OnUsageError:   func(_ *cli.Context, err error, _ bool) error { return t.usageErrorOf(err) },
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return t.usagef("usage.unknown-command", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
	}
	app.Usage = t.lang.helpText(app.Usage)
	t.lang.translateFlags(app.Flags)
	for _, c := range app.Commands {
		prepare(t, c)
		t.lang.translate(c)
	}
	return app
}

// prepare gives a command what every command has: the global flags, which may stand
// behind the command's name too, and usage errors with their own exit code.
func prepare(t *talk, c *cli.Command) {
	c.Flags = append(c.Flags, globalFlags()...)
	c.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return t.usageErrorOf(err) }
	c.Before = func(ctx *cli.Context) error {
		if err := t.configure(ctx); err != nil {
			return err
		}
		return t.stray(ctx, c)
	}
	c.HideHelpCommand = true
	for _, sub := range c.Subcommands {
		prepare(t, sub)
	}
}

// stray refuses a word behind a command that takes none, such as a mistyped command below
// it, which would be left aside otherwise.
func (t *talk) stray(ctx *cli.Context, c *cli.Command) error {
	first := ctx.Args().First()
	switch {
	case ctx.NArg() == 0 || c.ArgsUsage != "" || commandNamed(c.Subcommands, first) != nil:
		return nil
	case len(c.Subcommands) > 0:
		return t.usagef("usage.unknown-below", c.Name, first)
	}
	return t.usagef("usage.no-arguments", c.Name, first)
}

func globalFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "project", Usage: "project `FILE`", Value: "shop.replatform"},
		&cli.StringFlag{Name: "lang", Usage: "language of what is printed: `ja|en` (from the locale otherwise)"},
		&cli.BoolFlag{Name: "json", Usage: "print results as JSON"},
		&cli.BoolFlag{Name: "quiet", Usage: "print errors only"},
		&cli.BoolFlag{Name: "verbose", Usage: "print diagnostics on standard error"},
	}
}

// flagOf finds the value of a global flag wherever it was given: behind the
// command, or before it.
func flagOf(c *cli.Context, name string) (string, bool) {
	for _, ctx := range c.Lineage() {
		if ctx != nil && ctx.IsSet(name) {
			return fmt.Sprint(ctx.Value(name)), true
		}
	}
	return "", false
}

func (t *talk) configure(c *cli.Context) error {
	if code, ok := flagOf(c, "lang"); ok {
		if !slices.Contains(languages(), code) {
			return t.usagef("usage.lang", code)
		}
		lang, err := newLanguage(code)
		if err != nil {
			return err
		}
		t.lang = lang
	}
	if v, ok := flagOf(c, "json"); ok {
		t.json = v == "true"
	}
	if v, ok := flagOf(c, "quiet"); ok {
		t.quiet = v == "true"
	}
	level := slog.LevelWarn
	if v, ok := flagOf(c, "verbose"); ok && v == "true" {
		level = slog.LevelDebug
	}
	t.log = slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: level}))
	return nil
}

// projectPath is the project file that the command works on.
func projectPath(c *cli.Context) string {
	if v, ok := flagOf(c, "project"); ok {
		return v
	}
	return "shop.replatform"
}
