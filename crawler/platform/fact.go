package platform

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

var errNoEvidence = errors.New("a statement needs source, date and confidence")

// Trust says what kind of source a statement rests on.
type Trust string

// The kinds of sources, the strongest first.
const (
	Vendor       Trust = "vendor"       // manual, API reference or source code of the vendor
	Capture      Trust = "capture"      // a page, export file or recording of a real shop
	Practitioner Trust = "practitioner" // somebody who works with the platform says so
	Inferred     Trust = "inferred"     // follows from other statements; to be tested
	Unverified   Trust = "unknown"      // common belief, or looked for and not found
)

func (t Trust) valid() bool {
	switch t {
	case Vendor, Capture, Practitioner, Inferred, Unverified:
		return true
	}
	return false
}

// Text is a sentence in both languages of the program.
type Text struct {
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
}

// In returns the sentence in the language "ja" or "en".
func (t Text) In(lang string) string {
	if lang == "ja" {
		return t.JA
	}
	return t.EN
}

// Source is where statements come from.
type Source struct {
	Key  string `yaml:"-"`    // short name within the file
	URL  string `yaml:"url"`  // empty for a source that has no address; What then names it
	Date string `yaml:"date"` // year, year-month or day of what was read; "n.d." when it carries none
	What string `yaml:"what"` // what the source is, where the URL does not say it
}

// Evidence is what a statement rests on.
type Evidence struct {
	SourceKeys keys   `yaml:"source"`
	Date       string `yaml:"date"` // taken from the first source when the statement has none
	Confidence Trust  `yaml:"confidence"`
	Note       Text   `yaml:"note"`

	// Sources are the entries of the file's table that SourceKeys name.
	Sources []Source `yaml:"-"`
}

// URL is the address of the first source that has one, else what the source is.
func (e Evidence) URL() string {
	for _, s := range e.Sources {
		if s.URL != "" {
			return s.URL
		}
	}
	for _, s := range e.Sources {
		if s.What != "" {
			return s.What
		}
	}
	return ""
}

func (e *Evidence) evidence() *Evidence { return e }

// stated says whether the file says anything here at all.
func (e Evidence) stated() bool {
	return len(e.SourceKeys) > 0 || e.Confidence != "" || e.Date != ""
}

// value is a word from a closed set that holds "unknown".
type value interface {
	~string
	valid() bool
}

// Fact is one statement: a value and what it rests on. A fact that the file does
// not state has the value "unknown" and no sources.
type Fact[T value] struct {
	Value    T `yaml:"value"`
	Evidence `yaml:",inline"`
}

// Limit is a statement of a number; 0 is unknown.
type Limit struct {
	Value    int `yaml:"value"`
	Evidence `yaml:",inline"`
}

// Word is a statement of a word from no closed set, for example the name of a
// template language; empty is unknown.
type Word struct {
	Value    string `yaml:"value"`
	Evidence `yaml:",inline"`
}

// List is a statement of several words.
type List struct {
	Values   []string `yaml:"values"`
	Evidence `yaml:",inline"`
}

// statement is what the loader checks in every place of a file.
type statement interface {
	evidence() *Evidence
	// settle checks the value, or fills in "unknown" where nothing is stated.
	settle() error
}

func (f *Fact[T]) settle() error {
	if !f.stated() {
		if f.Value != "" {
			return errNoEvidence
		}
		f.Value = "unknown"
		f.Confidence = Unverified
		return nil
	}
	if !f.Value.valid() {
		return fmt.Errorf("%q is not one of the values allowed here", string(f.Value))
	}
	return nil
}

func (l *Limit) settle() error {
	if !l.stated() && l.Value != 0 {
		return errNoEvidence
	}
	if l.Value < 0 {
		return fmt.Errorf("%d is no limit", l.Value)
	}
	return nil
}

func (w *Word) settle() error {
	if !w.stated() && w.Value != "" {
		return errNoEvidence
	}
	return nil
}

func (p *Prefix) settle() error {
	if !p.stated() && p.Value != "" {
		return errNoEvidence
	}
	return nil
}

func (l *List) settle() error {
	if !l.stated() && len(l.Values) > 0 {
		return errNoEvidence
	}
	return nil
}

// keys is a YAML scalar or list of scalars.
type keys []string

// UnmarshalYAML reads "a" as well as "[a, b]".
func (k *keys) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		*k = keys{n.Value}
		return nil
	case yaml.SequenceNode:
		out := make(keys, 0, len(n.Content))
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				return fmt.Errorf("line %d: a word is expected here", c.Line)
			}
			out = append(out, c.Value)
		}
		*k = out
		return nil
	}
	return fmt.Errorf("line %d: a word or a list of words is expected here", n.Line)
}
