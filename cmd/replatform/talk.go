package main

// How the program talks to a person:
//
//   - Results go to standard output, everything else to standard error.
//   - Errors begin with "replatform: error: ", in lower case, without a full stop;
//     what the user can do stands on a line of its own that begins with "hint: ".
//   - A progress bar is drawn on standard error, and only on a terminal.
//   - Text that comes from a shop is never printed as it is: see clean.
//   - --quiet silences everything but errors and results asked for by a format.
//   - --json prints one JSON document on standard output and nothing else there.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// talk is one run's way to the person in front of it.
type talk struct {
	out, err io.Writer
	lang     *language
	quiet    bool
	json     bool
	terminal bool // standard error is one
	log      *slog.Logger
}

// say prints a message of the catalogue on standard error, unless --quiet.
func (t *talk) say(key string, args ...any) {
	if t.quiet {
		return
	}
	fmt.Fprintln(t.err, t.lang.text(key, args...))
}

// result prints a line of the result on standard output, unless --quiet or --json.
func (t *talk) result(key string, args ...any) {
	if t.quiet || t.json {
		return
	}
	fmt.Fprintln(t.out, t.lang.text(key, args...))
}

// document prints v as JSON on standard output.
func (t *talk) document(v any) error {
	enc := json.NewEncoder(t.out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// fail prints an error, and what can be done about it. What the program's own parts say
// of it is English; in other languages it stands below the sentence of the catalogue, on a
// line of its own.
func (t *talk) fail(err error) {
	e := explain(err)
	sentence, detail := t.sentence(err, e), ""
	if sentence != err.Error() {
		detail = err.Error()
	}
	if detail != "" && t.lang.code == sourceLanguage {
		sentence, detail = sentence+": "+detail, ""
	}
	fmt.Fprintf(t.err, "replatform: %s: %s\n", t.lang.text("error"), clean(sentence))
	if detail != "" {
		fmt.Fprintf(t.err, "%s: %s\n", t.lang.text("detail"), clean(detail))
	}
	var hints []string
	if e.hint != "" {
		hints = append(hints, t.lang.text(e.hint))
	}
	var h hinted
	if errors.As(err, &h) {
		if text := t.lang.text(h.key, h.args...); !slices.Contains(hints, text) {
			hints = append(hints, text)
		}
	}
	for _, hint := range hints {
		fmt.Fprintf(t.err, "%s: %s\n", t.lang.text("hint"), hint)
	}
}

// sentence says in the language what an error is: by the catalogue where it knows the
// error, by the error itself otherwise.
func (t *talk) sentence(err error, e explanation) string {
	var s spokenError
	var u usageError
	switch {
	case errors.As(err, &s):
		return s.Error()
	case t.lang.code == sourceLanguage && (e.key == "" || e.told || t.lang.text(e.key) == err.Error()):
		return err.Error()
	case e.key == "" && errors.As(err, &u):
		return t.lang.text("err.usage")
	case e.key == "":
		return t.lang.text("err.failed")
	}
	var file *fs.PathError
	if e.told && errors.As(err, &file) {
		return t.lang.text("err.file", t.lang.text(e.key), file.Path)
	}
	return t.lang.text(e.key)
}

// spokenError is an error in the words of the catalogue.
type spokenError struct{ error }

// errorf makes an error of a text of the catalogue.
func (t *talk) errorf(key string, args ...any) error {
	return spokenError{errors.New(t.lang.text(key, args...))}
}

// hinted is an error with a hint of the catalogue.
type hinted struct {
	error
	key  string
	args []any
}

func (h hinted) Unwrap() error { return h.error }

// withHint adds a hint to an error.
func withHint(err error, key string, args ...any) error {
	return hinted{error: err, key: key, args: args}
}

// clean makes text from a shop harmless for a terminal: control characters and
// the marks that turn the direction of writing become U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// bar is a progress bar that shows nothing where there is no terminal.
type bar struct {
	b     *progressbar.ProgressBar
	began time.Time
}

// newBar begins a bar; total may be -1 while it is unknown. It counts pages unless the
// options say what it counts instead.
func (t *talk) newBar(key string, total int64, options ...progressbar.Option) *bar {
	if t.quiet || !t.terminal {
		return &bar{}
	}
	if len(options) == 0 {
		options = countOf(t.lang.text("unit.pages"))
	}
	return &bar{began: time.Now(), b: progressbar.NewOptions64(total, append([]progressbar.Option{
		progressbar.OptionSetWriter(t.err),
		progressbar.OptionSetDescription(t.lang.text(key)),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionSetWidth(20),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(t.err) }),
	}, options...)...)}
}

// countOf makes a bar count what unit names, and say how many there are in a second.
func countOf(unit string) []progressbar.Option {
	return []progressbar.Option{progressbar.OptionShowIts(), progressbar.OptionSetItsString(unit)}
}

// set moves the bar; the total may grow as pages are found.
func (b *bar) set(done, total int64) {
	if b.b == nil {
		return
	}
	if total > 0 && b.b.GetMax64() != total {
		b.b.ChangeMax64(total)
	}
	_ = b.b.Set64(done) // a bar that cannot be drawn is no reason to stop
}

func (b *bar) describe(s string) {
	if b.b != nil {
		b.b.Describe(s)
	}
}

func (b *bar) done() {
	if b.b != nil {
		_ = b.b.Exit()
		fmt.Fprintln(os.Stderr)
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
