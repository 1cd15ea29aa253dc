// Package dialect reads redirects that exist already: the files of web servers,
// hosts and plugins. It understands fixed rules, the kind that a list of redirects
// is made of; a rule with variables, captures or patterns is reported as a
// redirects.RowError with its line, and reading goes on.
//
//	kind, err := dialect.Detect(path)
//	m, err := dialect.Open(path, kind, dialect.Options{})
//
// What is read is hostile: sizes are bounded and nothing is executed.
package dialect

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"replatform/redirects"
)

// Kind is the stable word of a dialect.
type Kind string

// The dialects that can be read.
const (
	CSV         Kind = "csv"              // two or more columns; headings of the common platforms and plugins are known
	JSONLines   Kind = "json-lines"       // redirects.Row, one a line
	Redirection Kind = "redirection-json" // export of the WordPress plugin Redirection
	Underscore  Kind = "_redirects"       // Netlify, Cloudflare Pages
	Nginx       Kind = "nginx"            // map files, locations, rewrites, ifs
	Apache      Kind = "apache"           // .htaccess and server configuration
	Pairs       Kind = "pairs"            // key and value with a blank between: maps of HAProxy, Apache, lighttpd
	Squarespace Kind = "squarespace"      // "/old -> /new 301"
	IIS         Kind = "iis"              // rewriteMap
	Vercel      Kind = "vercel-json"      // redirects of vercel.json
	Firebase    Kind = "firebase-json"    // redirects of firebase.json
)

// Kinds lists the dialects.
func Kinds() []Kind {
	return []Kind{CSV, JSONLines, Redirection, Underscore, Nginx, Apache, Pairs, Squarespace, IIS, Vercel, Firebase}
}

// Errors of Detect and Open, to be tested with errors.Is.
var (
	// ErrUnknownKind is returned for a word that is no dialect, and for a file that
	// looks like none.
	ErrUnknownKind = errors.New("not a known form of redirects")
	// errPattern is the cause of most RowErrors.
	errPattern   = redirects.NewProblem("a pattern, not a fixed address", "固定のURLではなくパターンです")
	errVariable  = redirects.NewProblem("the target is put together from variables", "転送先が変数から組み立てられています")
	errCondition = redirects.NewProblem("a condition that is not a fixed host or query", "条件が固定のホストやクエリではありません")
	errNoTarget  = redirects.NewProblem("no target", "転送先がありません")
	errCatchAll  = redirects.NewProblem("sends every address to one place", "すべてのURLを一か所へ転送しています")
)

const (
	maxFile = 512 << 20 // of the dialects that are read whole
	maxLine = 256 << 10
)

// Options say what a file leaves out.
type Options struct {
	// Base is the address before which a target without a host is put, as in
	// "https://new.example". Empty: such targets stay paths, which an audit refuses.
	Base string
}

// Detect guesses the dialect by the name and the first 64 KiB of a file.
func Detect(path string) (Kind, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading redirects: %w", err)
	}
	defer func() { _ = f.Close() }()
	head, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return "", fmt.Errorf("reading redirects: %w", err)
	}
	if kind := detect(filepath.Base(path), string(head)); kind != "" {
		return kind, nil
	}
	return "", fmt.Errorf("%s: %w", path, ErrUnknownKind)
}

// detect looks at the name first: it is the stronger sign.
func detect(name, head string) Kind {
	lower := strings.ToLower(name)
	switch {
	case lower == "_redirects":
		return Underscore
	case lower == ".htaccess", strings.HasSuffix(lower, ".htaccess"):
		return Apache
	case strings.HasSuffix(lower, ".jsonl"), strings.HasSuffix(lower, ".ndjson"):
		return JSONLines
	case strings.HasSuffix(lower, ".csv"), strings.HasSuffix(lower, ".tsv"):
		return CSV
	case lower == "vercel.json":
		return Vercel
	case lower == "firebase.json":
		return Firebase
	}
	head = strings.TrimPrefix(head, "\ufeff")
	trimmed := strings.TrimSpace(head)
	switch {
	case strings.HasPrefix(trimmed, "{") && strings.Contains(trimmed, `"redirects"`):
		return detectJSON(trimmed)
	case strings.HasPrefix(trimmed, `{"old_url"`):
		return JSONLines
	case strings.HasPrefix(trimmed, "<") && strings.Contains(trimmed, "rewriteMap"):
		return IIS
	}
	for line := range strings.SplitSeq(head, "\n") {
		line = strings.TrimSpace(line)
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || strings.HasPrefix(line, "#"):
			continue
		case isApacheWord(f[0]):
			return Apache
		case len(f) >= 3 && f[1] == "->":
			return Squarespace
		case strings.HasSuffix(line, ";"), strings.HasSuffix(line, "{"):
			return Nginx
		case len(f) <= 3 && (strings.HasPrefix(f[0], "/") || strings.Contains(f[0], "/")) && !strings.Contains(line, ",") && len(f) > 1:
			return Pairs
		case strings.ContainsAny(line, ",\t"):
			return CSV
		}
		return ""
	}
	return ""
}

// detectJSON tells files with a list of redirects apart by the words of their rows.
func detectJSON(head string) Kind {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(head, `"`+w+`"`) })
	}
	switch {
	case has("plugin", "groups", "match_type", "action_type", "action_data"):
		return Redirection
	case has("hosting"):
		return Firebase
	case has("source", "destination"):
		return Vercel
	}
	return ""
}

// Open returns the map in a file. The file is opened anew for each walk.
func Open(path string, kind Kind, o Options) (redirects.Map, error) {
	if _, ok := reader(kind); !ok {
		return nil, fmt.Errorf("%q: %w", kind, ErrUnknownKind)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading redirects: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("reading redirects: %w", err)
	}
	return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			f, err := os.Open(path)
			if err != nil {
				yield(redirects.Rule{}, fmt.Errorf("reading redirects: %w", err))
				return
			}
			defer func() { _ = f.Close() }()
			for r, err := range Read(f, kind, o) {
				if !yield(r, err) {
					return
				}
			}
		}
	}), nil
}

// Read reads the rules of one dialect. Lines that cannot be taken over yield a
// RowError that says why.
func Read(r io.Reader, kind Kind, o Options) iter.Seq2[redirects.Rule, error] {
	read, ok := reader(kind)
	if !ok {
		return func(yield func(redirects.Rule, error) bool) {
			yield(redirects.Rule{}, fmt.Errorf("%q: %w", kind, ErrUnknownKind))
		}
	}
	return func(yield func(redirects.Rule, error) bool) {
		for rule, err := range read(r) {
			if err == nil && o.Base != "" && strings.HasPrefix(rule.Target, "/") && !strings.HasPrefix(rule.Target, "//") {
				rule.Target = strings.TrimRight(o.Base, "/") + rule.Target
			}
			if !yield(rule, err) {
				return
			}
		}
	}
}

type readFunc func(io.Reader) iter.Seq2[redirects.Rule, error]

func reader(kind Kind) (readFunc, bool) {
	switch kind {
	case CSV:
		return redirects.ReadCSV, true
	case JSONLines:
		return redirects.ReadJSONLines, true
	case Redirection:
		return readRedirection, true
	case Underscore:
		return byLine(underscoreLine), true
	case Nginx:
		return readNginx, true
	case Apache:
		return readApache, true
	case Pairs:
		return byLine(pairLine), true
	case Squarespace:
		return byLine(squarespaceLine), true
	case IIS:
		return readIIS, true
	case Vercel:
		return readVercel, true
	case Firebase:
		return readFirebase, true
	}
	return nil, false
}

// errSkip says that a line asks for no redirect.
var errSkip = errors.New("no redirect")

// byLine makes a reader of a function that reads one line, without its comments.
func byLine(parse func(fields []string) (redirects.Rule, error)) readFunc {
	return func(r io.Reader) iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			lines := bufio.NewScanner(r)
			lines.Buffer(nil, maxLine)
			for n := 1; lines.Scan(); n++ {
				fields := strings.Fields(strings.TrimPrefix(lines.Text(), "\ufeff"))
				if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
					continue
				}
				rule, err := parse(fields)
				if errors.Is(err, errSkip) {
					continue
				}
				rule.Line = n
				if err != nil {
					err = redirects.NewRowError(n, err, fields[0], targetIn(fields[1:]))
				}
				if !yield(rule, err) {
					return
				}
			}
			if err := lines.Err(); err != nil {
				yield(redirects.Rule{}, fmt.Errorf("reading redirects: %w", err))
			}
		}
	}
}

// targetIn is the first of the words that looks like an address, or all of them.
func targetIn(words []string) string {
	i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "/") || strings.Contains(w, "://") })
	if i < 0 {
		return strings.Join(words, " ")
	}
	return words[i]
}

// newRule makes a rule of what a file says.
func newRule(old, target string, status int) (redirects.Rule, error) {
	s, err := redirects.ParseSource(old)
	if err != nil {
		return redirects.Rule{}, err
	}
	r := redirects.Rule{Source: s, Target: target, Status: status}
	if r.Gone() {
		r.Target = ""
	}
	return r, nil
}

// statusOf reads a status, a word for one, or nothing, which means 301.
func statusOf(word string) (int, error) {
	switch strings.ToLower(strings.TrimSuffix(word, "!")) {
	case "", "permanent", "301":
		return 301, nil
	case "temp", "redirect", "302", "303", "307", "found", "seeother":
		return 302, nil
	case "308":
		return 308, nil
	case "gone", "410":
		return 410, nil
	case "451":
		return 451, nil
	}
	return 0, redirects.NewProblem(fmt.Sprintf("status %.20q is no redirect", word), fmt.Sprintf("ステータス %.20q は転送ではありません", word))
}
