package platform

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Statement is one fact of a platform in the form in which it is printed.
type Statement struct {
	Name       string `json:"name"`  // as in the YAML file: "leaving.redirect"
	Label      Text   `json:"label"` // what it says, for people
	Value      string `json:"value"`
	URL        string `json:"source"`
	Date       string `json:"date"`
	Confidence Trust  `json:"confidence"`
	Note       Text   `json:"note,omitzero"`
	Ask        Text   `json:"ask,omitzero"` // for an unknown value: how to find out, and from whom
}

// Unknown says that the value could not be established.
func (s Statement) Unknown() bool { return s.Value == string(Unknown) }

// Stated says that the file says something here: a value, or that it was looked for
// and not found.
func (s Statement) Stated() bool { return s.Date != "" || s.URL != "" }

// ValueIn is the value in words of the language "ja" or "en".
func (s Statement) ValueIn(lang string) string {
	switch s.Name {
	case "arriving.redirect":
		switch RedirectIn(s.Value) {
		case InPath:
			return Text{JA: "○ パスだけ", EN: "yes, path only"}.In(lang)
		case InPathQuery:
			return Text{JA: "○ 「?」以降も", EN: "yes, path and query"}.In(lang)
		}
	case "arriving.limit":
		return words(s.Value, lang, Text{JA: "%s件", EN: "%s rows"})
	case "leaving.template_size", "arriving.source_limit":
		return words(s.Value, lang, Text{JA: "%s文字", EN: "%s characters"})
	}
	if t, ok := valueWords[s.Value]; ok {
		return t.In(lang)
	}
	return s.Value
}

func words(value, lang string, form Text) string {
	if value == string(Unknown) {
		return valueWords[value].In(lang)
	}
	return fmt.Sprintf(form.In(lang), value)
}

// MarshalJSON writes {"ja": …, "en": …}.
func (t Text) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		JA string `json:"ja"`
		EN string `json:"en"`
	}{t.JA, t.EN})
}

// In returns the kind of evidence in words of the language "ja" or "en".
func (t Trust) In(lang string) string { return trustWords[t].In(lang) }

// Letter is the kind of evidence as one letter, as tables show it.
func (t Trust) Letter() string {
	if t == "" {
		t = Unverified
	}
	return strings.ToUpper(string(t[:1]))
}

// Statements lists what is known of leaving the platform, arriving at it and of its
// domains, in the order of the file. Facts that the file does not state are listed
// as unknown.
func (p *Platform) Statements() []Statement {
	var out []Statement
	add := func(name, value string, e Evidence) {
		s := Statement{Name: name, Label: statementWords[name].label, Value: value, URL: e.URL(), Date: e.Date,
			Confidence: e.Confidence, Note: e.Note}
		if s.Value == "" {
			s.Value = string(Unknown)
		}
		if s.Confidence == "" {
			s.Confidence = Unverified
		}
		if s.Unknown() {
			s.Ask = statementWords[name].ask
		}
		out = append(out, s)
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	l, a, d := p.Leaving, p.Arriving, p.Domain
	add("leaving.redirect", string(l.Redirect.Value), l.Redirect.Evidence)
	add("leaving.subdomain_move", string(l.SubdomainMove.Value), l.SubdomainMove.Evidence)
	add("leaving.head", string(l.Head.Value), l.Head.Evidence)
	add("leaving.script", string(l.Script.Value), l.Script.Evidence)
	add("leaving.body", string(l.Body.Value), l.Body.Evidence)
	add("leaving.bulk_text", string(l.BulkText.Value), l.BulkText.Evidence)
	add("leaving.outbound_links", string(l.OutboundLinks.Value), l.OutboundLinks.Evidence)
	add("leaving.pause", string(l.Pause.Value), l.Pause.Evidence)
	add("leaving.after", string(l.After.Value), l.After.Evidence)
	add("leaving.key", string(l.Key.Value), l.Key.Evidence)
	add("leaving.template_size", number(l.TemplateSize.Value), l.TemplateSize.Evidence)
	add("leaving.template_language", l.TemplateLang.Value, l.TemplateLang.Evidence)
	add("arriving.own_domain", string(a.OwnDomain.Value), a.OwnDomain.Evidence)
	add("arriving.redirect", string(a.Redirect.Value), a.Redirect.Evidence)
	add("arriving.limit", number(a.Limit.Value), a.Limit.Evidence)
	add("arriving.source_limit", number(a.SourceLimit.Value), a.SourceLimit.Evidence)
	add("arriving.precedence", string(a.Precedence.Value), a.Precedence.Evidence)
	add("arriving.reserved", strings.Join(a.Reserved.Values, " "), a.Reserved.Evidence)
	add("arriving.assigned", string(a.Assigned.Value), a.Assigned.Evidence)
	add("arriving.keep_paths", string(a.KeepPaths.Value), a.KeepPaths.Evidence)
	add("arriving.external", string(a.External.Value), a.External.Evidence)
	add("domain.suffixes", strings.Join(d.Suffixes.Values, " "), d.Suffixes.Evidence)
	add("domain.own", string(d.Own.Value), d.Own.Evidence)
	add("domain.apex", string(d.Apex.Value), d.Apex.Evidence)
	add("domain.movable", string(d.Movable.Value), d.Movable.Evidence)
	return out
}

// Statement returns the statement of this name: "leaving.redirect". The zero value
// stands for a name that does not exist.
func (p *Platform) Statement(name string) Statement {
	for _, s := range p.Statements() {
		if s.Name == name {
			return s
		}
	}
	return Statement{}
}

// LabelOf says in words what the statement of this name states; empty for a name
// that does not exist.
func LabelOf(name string) Text { return statementWords[name].label }

// AskOf says how the statement of this name is found out, and from whom; empty for a
// name that does not exist.
func AskOf(name string) Text { return statementWords[name].ask }
