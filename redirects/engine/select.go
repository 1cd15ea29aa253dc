package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"strconv"

	"replatform/redirects"
)

// Selection is what an engine takes of a map.
type Selection struct {
	Rows    int       // rows read
	Written int       // rows that Map has
	Merged  int       // rows not written because a written one answers their address the same way
	Refused []Refusal // one for each row that the engine would not honour
	m       redirects.Map
	skip    map[int32]bool
}

// Covered is the number of rows that the engine honours.
func (s *Selection) Covered() int { return s.Written + s.Merged }

// Map walks the rows to be written.
func (s *Selection) Map() redirects.Map {
	return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			row := int32(-1)
			for r, err := range s.m.Rules() {
				row++
				if s.skip[row] { // merged or refused
					continue
				}
				if !yield(r, err) {
					return
				}
			}
		}
	})
}

// keyer is an engine for which two sources may be one address in ways that its
// capabilities do not tell.
type keyer interface {
	// key returns equal strings for sources that the engine cannot tell apart.
	key(redirects.Source) string
}

// setCheck is what an engine knows only after it has seen the whole map.
type setCheck struct {
	// key is as in keyer. Its writer drops rows with equal keys and answers by
	// itself, so Select leaves them in. Nil: the key of the capabilities.
	key func(redirects.Rule) string
	// refuse sees the acceptable rows in order. Nil: nothing to refuse.
	refuse func(redirects.Rule) *Refusal
}

// setChecker is an engine with rules over the whole set. It is given the map with
// all its rows, also those that cannot be read or that Check refuses.
type setChecker interface {
	newSetCheck(m redirects.Map) (*setCheck, error)
}

// acceptable leaves out the rows that cannot be read or that Check refuses.
func acceptable(e Engine, m redirects.Map) redirects.Map {
	return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			for r, err := range m.Rules() {
				var bad *redirects.RowError
				if errors.As(err, &bad) || err == nil && e.Check(r) != nil {
					continue
				}
				if !yield(r, err) {
					return
				}
			}
		}
	})
}

// Select sorts out the rows that an engine would not honour: by what each row
// says, and by what rows do to each other on that engine (two addresses that it
// cannot tell apart, more rows than it takes, a target that is another row's
// source). Rows should have passed redirects.Audit before; those that cannot be
// read are refused here too. Memory: about 50 bytes a row.
func Select(ctx context.Context, e Engine, m redirects.Map) (*Selection, error) {
	limit, limited := rowLimit(e)
	if !limited {
		limit.Max = math.MaxInt
	}
	return selectUpTo(ctx, e, m, limit)
}

// rowLimit is the number of rows that an engine takes under the plan of its options.
func rowLimit(e Engine) (Limit, bool) {
	plan := ""
	if l, ok := e.(interface{ options() Options }); ok {
		plan = l.options().Plan
	}
	return e.Capabilities().RowLimit(plan)
}

// selectUpTo is Select with a limit that is not the engine's own.
func selectUpTo(ctx context.Context, e Engine, m redirects.Map, limit Limit) (*Selection, error) {
	s := &selector{
		e: e, caps: e.Capabilities(), limit: limit, seed: maphash.MakeSeed(), seen: map[uint64]seenRow{}, captured: map[string]int{},
		sel: &Selection{m: m, skip: map[int32]bool{}},
	}
	if l, ok := e.(interface{ options() Options }); ok {
		s.o = l.options()
	}
	if sc, ok := e.(setChecker); ok {
		var err error
		if s.set, err = sc.newSetCheck(m); err != nil {
			return nil, fmt.Errorf("selecting redirects for %s: %w", e.ID(), err)
		}
	}
	row := int32(0)
	for r, err := range m.Rules() {
		var bad *redirects.RowError
		if err != nil && !errors.As(err, &bad) {
			return nil, fmt.Errorf("selecting redirects for %s: %w", e.ID(), err)
		}
		if row%1024 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("selecting redirects for %s: %w", e.ID(), ctx.Err())
		}
		s.row(row, r, bad)
		row++
	}
	if s.caps.ChainsRefused.Known && s.caps.ChainsRefused.Value {
		if err := s.refuseChains(); err != nil {
			return nil, err
		}
	}
	s.sel.Rows = int(row)
	return s.sel, nil
}

type seenRow struct {
	line   int32
	answer uint64
}

type selector struct {
	e     Engine
	o     Options
	caps  Capabilities
	limit Limit
	seed  maphash.Seed
	seen  map[uint64]seenRow
	set   *setCheck
	sel   *Selection
	// captured counts the captured rows among those written by what is looked up for
	// them.
	captured map[string]int
}

func (s *selector) refuse(row int32, r redirects.Rule, f *Refusal) {
	s.sel.skip[row] = true
	refusal := *f
	refusal.Target, refusal.Status = r.Target, r.Status
	s.sel.Refused = append(s.sel.Refused, refusal)
}

func (s *selector) row(row int32, r redirects.Rule, bad *redirects.RowError) {
	if bad != nil {
		s.refuse(row, redirects.Rule{Target: bad.New}, &Refusal{Line: bad.Line, Source: bad.Old, Code: "bad-row", Kind: Refused, Reason: text(bad.What().EN, "この行は読み取れません："+bad.What().JA), NextBest: text("correct the row", "行を修正する")})
		return
	}
	if refusal := s.e.Check(r); refusal != nil {
		s.refuse(row, r, refusal)
		return
	}
	key := maphash.String(s.seed, s.key(r))
	answer := maphash.String(s.seed, strconv.Itoa(r.Status)+strconv.FormatBool(r.KeepQuery)+r.Target)
	if first, ok := s.seen[key]; ok {
		if first.answer == answer {
			s.sel.Merged++
			s.sel.skip[row] = s.set == nil || s.set.key == nil
			return
		}
		line := strconv.Itoa(int(first.line))
		s.refuse(row, r, &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "collision", Kind: Refused,
			Reason:   text("this engine cannot tell the address from that of line "+line+", which has another target", "このエンジンでは "+line+" 行目のURLと区別できず、転送先が異なります"),
			NextBest: nextCode(),
		})
		return
	}
	if s.sel.Written >= s.limit.Max {
		n := strconv.Itoa(s.limit.Max)
		s.refuse(row, r, &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "too-many-rows", Kind: Refused,
			Reason:   text("the engine takes "+n+" rows", "このエンジンに登録できるのは "+n+" 行までです"),
			NextBest: text("a larger plan, or an engine without this limit for the rest", "上位プラン、または残りの行を行数制限のないエンジンに任せる"), Evidence: s.limit.Evidence,
		})
		return
	}
	if r.Source.Match == redirects.Captured {
		if refusal := s.tooManyCaptured(r); refusal != nil {
			s.refuse(row, r, refusal)
			return
		}
	}
	if s.set != nil && s.set.refuse != nil {
		if refusal := s.set.refuse(r); refusal != nil {
			s.refuse(row, r, refusal)
			return
		}
	}
	s.seen[key] = seenRow{int32(r.Line), answer}
	s.sel.Written++
}

// key is what the engine sees of a source.
func (s *selector) key(r redirects.Rule) string {
	src := r.Source
	if s.set != nil && s.set.key != nil {
		return s.set.key(r)
	}
	if k, ok := s.e.(keyer); ok {
		return k.key(src)
	}
	if !s.caps.HostAware.Known || !s.caps.HostAware.Value {
		src.Host = ""
	}
	if s.caps.Query.Known && s.caps.Query.Value == QueryNone {
		src.Query, src.HasQuery = "", false
	}
	k := src.Key()
	if s.caps.CaseSensitive.Known && !s.caps.CaseSensitive.Value {
		k = asciiLower(k)
	}
	return k
}

// refuseChains refuses rows whose target is the source of another row.
func (s *selector) refuseChains() error {
	row := int32(-1)
	for r, err := range s.sel.m.Rules() {
		row++
		if err != nil || s.sel.skip[row] || r.Gone() {
			continue
		}
		t, err := redirects.ParseSource(r.Target)
		host := cmp.Or(r.Source.Host, s.o.Host)
		if err != nil || host != "" && t.Host != host {
			continue
		}
		if first, ok := s.seen[maphash.String(s.seed, s.key(redirects.Rule{Source: t}))]; ok {
			line := strconv.Itoa(int(first.line))
			s.refuse(row, r, &Refusal{
				Line: r.Line, Source: r.Source.String(), Code: "target-is-source", Kind: Refused,
				Reason:   text("the target is the source of line "+line+", which this engine does not accept", "転送先が "+line+" 行目の転送元になっており、このエンジンでは登録できません"),
				NextBest: text("point straight at the last address", "最終的なURLへ直接転送する"), Evidence: s.caps.ChainsRefused.Evidence,
			})
			s.sel.Written--
		}
	}
	return nil
}

// asciiLower folds the case of ASCII letters only, as servers do.
func asciiLower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
