package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FactSet is what is known of one move, by the keys of CaseFacts: the answer to each
// question, where there is one. What is missing is unknown. The key "ways" holds the
// letter of the way that is looked at.
type FactSet map[string]string

// Condition says for which cases something applies:
//
//	own=no                   the fact has this value; a bare name means =yes
//	ways=E,F,G               it has one of these
//	size<50000               it is a number below this
//	!breach                  not
//	a & b | c                and binds stronger than or; ( ) groups
//
// The empty condition always applies.
type Condition string

// Holds evaluates the condition. A fact that is not known makes the answer Unknown,
// unless the rest settles it; "=unknown" asks for just that.
func (c Condition) Holds(facts FactSet) (Answer, error) {
	if strings.TrimSpace(string(c)) == "" {
		return Yes, nil
	}
	p := conditionParser{rest: string(c), facts: facts}
	a, err := p.or()
	if err == nil && p.peek() != 0 {
		err = fmt.Errorf("%q is left over", p.rest)
	}
	if err != nil {
		return "", fmt.Errorf("condition %q: %w", string(c), err)
	}
	return a, nil
}

// Names lists the facts that the condition asks for, in order.
func (c Condition) Names() []string {
	var out []string
	for _, f := range strings.FieldsFunc(string(c), func(r rune) bool { return strings.ContainsRune("&|!() ", r) }) {
		name := f
		if i := strings.IndexAny(f, "=<"); i >= 0 {
			name = f[:i]
		}
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

type conditionParser struct {
	rest  string
	facts FactSet
}

func (p *conditionParser) peek() byte {
	p.rest = strings.TrimLeft(p.rest, " ")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *conditionParser) or() (Answer, error) {
	a, err := p.and()
	for err == nil && p.peek() == '|' {
		p.rest = p.rest[1:]
		var b Answer
		if b, err = p.and(); err == nil {
			a = not(and(not(a), not(b)))
		}
	}
	return a, err
}

func (p *conditionParser) and() (Answer, error) {
	a, err := p.one()
	for err == nil && p.peek() == '&' {
		p.rest = p.rest[1:]
		var b Answer
		if b, err = p.one(); err == nil {
			a = and(a, b)
		}
	}
	return a, err
}

func (p *conditionParser) one() (Answer, error) {
	switch p.peek() {
	case 0:
		return "", fmt.Errorf("it ends too early")
	case '!':
		p.rest = p.rest[1:]
		a, err := p.one()
		return not(a), err
	case '(':
		p.rest = p.rest[1:]
		a, err := p.or()
		if err != nil {
			return "", err
		}
		if p.peek() != ')' {
			return "", fmt.Errorf("a closing bracket is missing")
		}
		p.rest = p.rest[1:]
		return a, nil
	}
	return p.fact()
}

// fact reads "name", "name=a,b" or "name<n".
func (p *conditionParser) fact() (Answer, error) {
	end := strings.IndexAny(p.rest, "&|!() ")
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	if word == "" {
		return "", fmt.Errorf("a fact is expected at %q", p.rest)
	}
	p.rest = p.rest[end:]
	if name, limit, ok := strings.Cut(word, "<"); ok {
		n, err := strconv.Atoi(limit)
		if err != nil {
			return "", fmt.Errorf("%q is no number", limit)
		}
		have, err := strconv.Atoi(p.facts[name])
		if err != nil {
			return Unknown, nil
		}
		return answer(have < n), nil
	}
	name, values, ok := strings.Cut(word, "=")
	if !ok {
		values = string(Yes)
	}
	want := strings.Split(values, ",")
	have := p.facts[name]
	switch {
	case have == "" || have == string(Unknown):
		if slices.Contains(want, string(Unknown)) {
			return Yes, nil
		}
		return Unknown, nil
	case name == "breach" && have == "suspected":
		have = string(Yes) // suspicion counts
	}
	return answer(slices.Contains(want, have)), nil
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// not turns yes and no around and leaves unknown alone.
func not(a Answer) Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	}
	return a
}
