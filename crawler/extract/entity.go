package extract

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
)

// entity is one thing that structured data describes, whatever the syntax:
// JSON-LD, microdata and RDFa all end here.
type entity struct {
	source string // json-ld, microdata, rdfa
	types  []string
	id     string
	props  map[string][]any // string or *entity, in the order of the page
	node   *html.Node       // element that opens it; nil in JSON-LD
	via    string           // property of the parent that holds it, "" at the top
	parent *entity
}

// name of a type or property without its vocabulary: "http://schema.org/Product",
// "schema:Product" and "Product" are one.
func term(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexAny(s, "/#:"); i >= 0 && i+1 < len(s) {
		s = s[i+1:]
	}
	return s
}

// is says whether the entity has one of the types, letter case aside.
func (e *entity) is(types ...string) bool {
	for _, t := range e.types {
		for _, want := range types {
			if strings.EqualFold(t, want) {
				return true
			}
		}
	}
	return false
}

// text returns the first property among names that has a text.
func (e *entity) text(names ...string) string {
	for _, n := range names {
		for _, v := range e.props[n] {
			if s := textOf(v); s != "" {
				return s
			}
		}
	}
	return ""
}

// texts returns all texts of the properties.
func (e *entity) texts(names ...string) []string {
	var all []string
	for _, n := range names {
		for _, v := range e.props[n] {
			if s := textOf(v); s != "" {
				all = append(all, s)
			}
		}
	}
	return all
}

// entities returns the values of the properties that are entities.
func (e *entity) entities(names ...string) []*entity {
	var all []*entity
	for _, n := range names {
		for _, v := range e.props[n] {
			if x, ok := v.(*entity); ok {
				all = append(all, x)
			}
		}
	}
	return all
}

// textOf is the text of a value; of an entity, its name or address.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return squeeze(unescapeLoose(v))
	case *entity:
		for _, n := range [...]string{"name", "@value", "value", "url", "contentUrl"} {
			for _, x := range v.props[n] {
				if s, ok := x.(string); ok && strings.TrimSpace(s) != "" {
					return squeeze(unescapeLoose(s))
				}
			}
		}
	}
	return ""
}

func (e *entity) add(prop string, v any) {
	if len(e.props[prop]) >= maxVariants {
		return
	}
	if x, ok := v.(*entity); ok {
		x.via, x.parent = prop, e
	}
	e.props[prop] = append(e.props[prop], v)
}

// walk calls fn for e and all it holds, each once.
func (e *entity) walk(fn func(*entity)) { e.walkSeen(fn, make(map[*entity]bool)) }

func (e *entity) walkSeen(fn func(*entity), seen map[*entity]bool) {
	if seen[e] {
		return
	}
	seen[e] = true
	fn(e)
	for _, vs := range e.props {
		for _, v := range vs {
			if x, ok := v.(*entity); ok {
				x.walkSeen(fn, seen)
			}
		}
	}
}

// jsonLD reads the JSON-LD blocks of a page. References by @id within the page
// are followed.
func jsonLD(blocks []string) []*entity {
	var top []*entity
	byID := make(map[string]*entity)
	budget := 20000
	for _, b := range blocks {
		for _, v := range parseJSON(b) {
			top = append(top, ldEntities(v, byID, 0, &budget)...)
		}
	}
	if len(byID) > 0 {
		for _, e := range top {
			linkIDs(e, byID)
		}
	}
	return top
}

// ldEntities turns a JSON value into the entities at its top: arrays and @graph
// are opened.
func ldEntities(v any, byID map[string]*entity, depth int, budget *int) []*entity {
	if depth > maxDepth {
		return nil
	}
	switch v := v.(type) {
	case []any:
		var all []*entity
		for _, x := range v {
			all = append(all, ldEntities(x, byID, depth+1, budget)...)
		}
		return all
	case map[string]any:
		var all []*entity
		if g, ok := v["@graph"]; ok {
			all = ldEntities(g, byID, depth+1, budget)
			if v["@type"] == nil {
				return all
			}
		}
		if e := ldEntity(v, byID, depth+1, budget); e != nil {
			all = append(all, e)
		}
		return all
	}
	return nil
}

func ldEntity(m map[string]any, byID map[string]*entity, depth int, budget *int) *entity {
	if depth > maxDepth || *budget <= 0 {
		return nil
	}
	*budget--
	e := &entity{source: "json-ld", props: make(map[string][]any, len(m))}
	for k, v := range m {
		switch k {
		case "@context", "@graph", "@reverse":
			continue
		case "@type":
			for _, t := range asStrings(v) {
				e.types = append(e.types, term(t))
			}
			continue
		case "@id":
			if s, ok := v.(string); ok {
				e.id = s
			}
			continue
		}
		e.addJSON(term(k), v, byID, depth, budget)
	}
	if e.id != "" {
		if old := byID[e.id]; old == nil || len(old.props) < len(e.props) {
			byID[e.id] = e
		}
	}
	return e
}

func (e *entity) addJSON(prop string, v any, byID map[string]*entity, depth int, budget *int) {
	switch v := v.(type) {
	case string:
		e.add(prop, v)
	case json.Number:
		e.add(prop, v.String())
	case bool:
		if v {
			e.add(prop, "true")
		} else {
			e.add(prop, "false")
		}
	case []any:
		if depth > maxDepth {
			return
		}
		for _, x := range v {
			e.addJSON(prop, x, byID, depth+1, budget)
		}
	case map[string]any:
		if x, ok := v["@value"]; ok {
			e.addJSON(prop, x, byID, depth+1, budget)
			return
		}
		for _, k := range [...]string{"@list", "@set"} {
			if x, ok := v[k]; ok {
				e.addJSON(prop, x, byID, depth+1, budget)
				return
			}
		}
		if x := ldEntity(v, byID, depth+1, budget); x != nil {
			e.add(prop, x)
		}
	}
}

func asStrings(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// linkIDs puts in place of a bare reference {"@id": …} what it refers to.
func linkIDs(top *entity, byID map[string]*entity) {
	top.walk(func(e *entity) {
		for prop, vs := range e.props {
			for i, v := range vs {
				x, ok := v.(*entity)
				if !ok || x.id == "" || len(x.props) > 0 {
					continue
				}
				if full := byID[x.id]; full != nil && full != e {
					e.props[prop][i] = full
				}
			}
		}
	})
}
