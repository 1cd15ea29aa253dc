package platform

import (
	"strconv"
	"strings"
)

// Statement is one fact of a platform in the form in which it is printed.
type Statement struct {
	Name       string `json:"name"` // as in the YAML file: "leaving.redirect"
	Value      string `json:"value"`
	URL        string `json:"source"`
	Date       string `json:"date"`
	Confidence Trust  `json:"confidence"`
	Note       Text   `json:"note,omitzero"`
}

// Statements lists what is known of leaving the platform, arriving at it and of its
// domains, in the order of the file. Facts that the file does not state are listed
// as unknown.
func (p *Platform) Statements() []Statement {
	var out []Statement
	add := func(name, value string, e Evidence) {
		if value == "" {
			value = "unknown"
		}
		trust := e.Confidence
		if trust == "" {
			trust = Unverified
		}
		out = append(out, Statement{Name: name, Value: value, URL: e.URL(), Date: e.Date, Confidence: trust, Note: e.Note})
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
