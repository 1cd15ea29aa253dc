// Package engine writes a redirect map in the form that one engine takes: a web
// server, an edge network, a shop platform or a plugin. Each engine is one file
// that declares how the engine matches, with the source of every statement, what
// rows it would not honour, how its files are written, and a model of its answers
// that is held against the real engine in the tests.
//
// A caller asks New or Get for an engine, lets Select sort out the rows that the
// engine would not honour, and hands the rest to Write:
//
//	e, _ := engine.Get("nginx", engine.Options{})
//	sel, err := engine.Select(ctx, e, rules)
//	err = e.Write(ctx, engine.DirSink("out"), sel.Map())
//
// Nothing is uploaded and no engine is called from here.
package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"replatform/redirects"
)

// Engine is one format together with what is known of whoever reads it.
type Engine interface {
	// ID is the stable word of the engine: "nginx", "shopify".
	ID() string
	// Capabilities says how the engine matches and what its limits are.
	Capabilities() Capabilities
	// Check returns why the engine would not honour this row by itself, or nil.
	Check(redirects.Rule) *Refusal
	// Write writes the files of the engine. The rows must be those that Select
	// left; a row that Check refuses ends it with an error that wraps ErrRefused.
	Write(ctx context.Context, sink FileSink, m redirects.Map) error
	// Model returns how the engine would answer with these rows.
	Model(m redirects.Map) (Matcher, error)
	// Instructions tells a person what to do with the files, in "ja" or "en".
	Instructions(lang string) Instructions
}

// ErrRefused is wrapped by Write when it meets a row that the engine would not
// honour.
var ErrRefused = errors.New("row would not be honoured")

// Options say what is known of the place where the rules will work.
type Options struct {
	// Plan names the plan of the service where limits depend on it, in the words
	// of Limit.Plan. Empty: the smallest one.
	Plan string
	// Host is the host that the engine will serve. Sources without a host are on
	// it. Empty: unknown.
	Host string
	// Hosts are the names of the old shop, with or without a port, for files that list
	// the hosts whose addresses the engine sees. They decide nothing about a row: one
	// without a host stays one for any host.
	Hosts []string
	// Live tells whether the shop has a page of its own at a raw path, with its query
	// where it has one. Nil: unknown.
	Live func(path string) bool
}

// New returns all engines, most useful first.
func New(o Options) []Engine {
	return []Engine{
		newCSV(),
		newShopify(o),
		newNginx(),
		newWorker(o),
		newWorkerKV(o),
		newHaproxy(),
		newApache(),
		newHtaccess(),
		newLighttpd(),
		newCaddy(),
		newVarnish(),
		newCloudfront(),
		newDeno(),
		newFastly(),
		newAkamai(o),
		newIIS(),
		newTraefik(),
		newEnvoy(),
		newRedirection(),
		newRedirectionJSON(),
		newYoast(),
		newRankMath(),
		newCloudflareBulk(o),
		newMatrixify(o),
		newBigcommerce(o),
		newSquarespace(),
		newWebflow(),
		newNetlify(),
		newCloudflarePages(),
		newVercelBulk(),
		newVercelConfig(),
		newFirebase(),
		newS3(),
		newStubs(),
		newJSONLines(),
		newXLSX(),
		newOldSitemap(o),
	}
}

// Get returns one engine by its id.
func Get(id string, o Options) (Engine, bool) {
	for _, e := range New(o) {
		if e.ID() == id {
			return e, true
		}
	}
	return nil, false
}

// Request is what an engine is asked.
type Request struct {
	Method string // empty: GET
	Host   string // as in the Host header
	Target string // path and query exactly as in the request line
}

// Answer is what an engine says to a request. When Fired is false the engine has
// no rule for it and passes it on.
type Answer struct {
	Fired    bool
	Status   int
	Location string
}

// Matcher is the model of an engine that holds a set of rules.
type Matcher interface {
	Answer(Request) Answer
}

// Instructions tell a person how to put the files to work. Each step is one
// sentence or one command; commands stand between backquotes.
type Instructions struct {
	Title   string
	Install []string
	Test    []string
	Undo    []string
}

// Kind of a refusal.
type Kind string

const (
	// Refused rows would not work, or would work wrongly.
	Refused Kind = "refused"
	// NeedsLiveTest rows may work, but what is known of the engine is
	// contradictory or nothing, so they do not count as covered.
	NeedsLiveTest Kind = "needs-live-test"
)

// Refusal says why a row is not given to an engine.
type Refusal struct {
	Line     int
	Source   string
	Target   string // as the row has it; filled by Select
	Status   int    // as the row has it; filled by Select, 0 of a row that cannot be read
	Code     string // stable word
	Kind     Kind
	Reason   redirects.Text
	NextBest redirects.Text // the next best carrier of the row
	Evidence Evidence       // where the rule comes from; zero for rules of this program
}

// Error makes a refusal usable as an error.
func (r *Refusal) Error() string {
	return fmt.Sprintf("line %d: %s: %s", r.Line, r.Source, r.Reason.EN)
}

// Unwrap makes errors.Is(err, ErrRefused) true.
func (r *Refusal) Unwrap() error { return ErrRefused }

// checked walks a map for Write and turns the first row that is not acceptable
// into an error.
func checked(ctx context.Context, e Engine, m redirects.Map) iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		n := 0
		for r, err := range m.Rules() {
			if n++; n%1024 == 0 && err == nil {
				err = ctx.Err()
			}
			if err == nil {
				if refusal := e.Check(r); refusal != nil {
					err = refusal
				}
			}
			if err != nil {
				yield(r, fmt.Errorf("writing redirects for %s: %w", e.ID(), err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// resolverModel is the model of an engine that does exactly what the map means.
type resolverModel struct{ r *redirects.Resolver }

func newResolverModel(m redirects.Map) (Matcher, error) {
	r, err := redirects.NewResolver(m)
	if err != nil {
		return nil, err
	}
	return resolverModel{r}, nil
}

// Answer asks the resolver.
func (m resolverModel) Answer(q Request) Answer {
	rule, ok := m.r.Resolve(q.Host, q.Target)
	if !ok {
		return Answer{}
	}
	return answerOf(rule, q.Target)
}

// answerOf is the answer of a rule that fired for a request target.
func answerOf(rule redirects.Rule, target string) Answer {
	a := Answer{Fired: true, Status: rule.Status}
	if rule.Gone() {
		return a
	}
	a.Location = rule.Target
	if rule.KeepQuery {
		a.Location = redirects.WithQuery(rule.Target, queryOf(target))
	}
	return a
}
