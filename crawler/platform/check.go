package platform

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// check holds a file against the rules that its form alone cannot express: every
// statement has its source, date and confidence, every word of a closed set is one
// of the set, every pattern has examples.
func (f file) check() []error {
	p := f.p
	var faults []error
	add := func(err error, way ...any) {
		if err != nil {
			faults = append(faults, f.fault(f.line(way...), err))
		}
	}
	if !idForm.MatchString(p.ID) {
		add(fmt.Errorf("id %q: small letters, digits and hyphens are expected", p.ID), "id")
	}
	if p.Names.EN == "" || p.Names.JA == "" {
		add(errors.New("a name in both languages is needed"), "names")
	}
	if !p.Kind.valid() && p.Extends == "" {
		add(fmt.Errorf("kind %q: hosted, self-hosted or marketplace is expected", p.Kind), "kind")
	}
	if p.Family != "" && strings.ContainsAny(p.Family, " \t") {
		add(errors.New("a family has no blanks"), "family")
	}
	for _, k := range slices.Sorted(maps.Keys(p.Sources)) {
		s := p.Sources[k]
		s.Key = k
		p.Sources[k] = s
		if s.URL == "" && s.What == "" {
			add(fmt.Errorf("source %q: url or what is needed", k), "sources", k)
		}
		if s.Date == "" {
			add(fmt.Errorf(`source %q: a date is needed, or "n.d."`, k), "sources", k)
		}
	}
	f.walk(reflect.ValueOf(p).Elem(), nil, add)
	for i, pt := range p.Patterns {
		add(pt.compile(), "urls", i)
	}
	for i := range p.Markers {
		m := &p.Markers[i]
		var err error
		m.match, err = newMatcher(m)
		add(err, "recognise", i)
		if m.Weight == 0 || m.Weight < -10 || m.Weight > 10 {
			add(fmt.Errorf("weight %d: -10 to 10, not 0, is expected", m.Weight), "recognise", i)
		}
	}
	for _, section := range []struct {
		name   string
		groups []Params
	}{{"noise", p.Noise}, {"views", p.Views}, {"facets", p.Facets}} {
		for i, g := range section.groups {
			_, err := newParamSet([]Params{g})
			add(err, section.name, i)
		}
	}
	for i, n := range p.Never {
		_, err := newParamSet([]Params{{Names: n.Params}})
		add(err, "never", i)
		for _, spec := range n.Paths {
			_, err := newPathGlob(spec, "")
			add(err, "never", i)
		}
		if !slices.Contains(Rules(), n.Rule) {
			add(fmt.Errorf("%q is no rule", n.Rule), "never", i)
		}
		if len(n.Params)+len(n.Paths) == 0 {
			add(errors.New("params or paths are needed"), "never", i)
		}
	}
	for i, e := range p.Enumerators {
		if !slices.Contains(enumeratorKinds, e.Kind) {
			add(fmt.Errorf("%q is no kind of enumerator", e.Kind), "enumerate", i)
		}
		if !strings.HasPrefix(e.Path, "/") {
			add(fmt.Errorf("path %q does not begin with a slash", e.Path), "enumerate", i)
		}
	}
	for i, g := range p.Hints {
		for _, field := range slices.Sorted(maps.Keys(g.Selectors)) {
			if !slices.Contains(hintFields, field) {
				add(fmt.Errorf("%q is no field", field), "hints", i, "selectors", field)
			}
		}
	}
	for i, g := range p.Globals {
		for _, field := range slices.Sorted(maps.Keys(g.Fields)) {
			if !slices.Contains(globalFields, field) {
				add(fmt.Errorf("%q is no field", field), "globals", i, "fields", field)
			}
		}
		for _, field := range slices.Sorted(maps.Keys(g.Variant)) {
			if !slices.Contains(globalFields, field) {
				add(fmt.Errorf("%q is no field", field), "globals", i, "variant", field)
			}
		}
	}
	if len(p.Arriving.Paths) > 0 && len(p.Arriving.PathsFrom.SourceKeys) == 0 {
		add(fmt.Errorf("paths_from: %w", errNoEvidence), "arriving", "paths")
	}
	return faults
}

var (
	enumeratorKinds = []string{KindSitemap, KindShopifyProducts, KindShopifyCollections, KindWooProducts, KindListing}
	hintFields      = []string{
		FieldName, FieldPrice, FieldListPrice, FieldSKU, FieldMPN, FieldGTIN, FieldBrand, FieldStock,
		FieldDescription, FieldImages, FieldBreadcrumb, FieldItem, FieldVariants, FieldPager, FieldSoldOut, FieldInStock,
	}
	globalFields = append([]string{
		FieldPriceTaxIn, FieldPriceTaxOut, FieldStockCount, FieldID, FieldTitle, FieldOption1, FieldOption2, FieldOption3,
	}, hintFields...)
)

// walk visits every statement of the file: resolves its sources, checks its value.
func (f file) walk(v reflect.Value, way []any, add func(error, ...any)) {
	if s, ok := v.Addr().Interface().(interface{ evidence() *Evidence }); ok {
		e := s.evidence()
		optional := false
		if st, ok := s.(statement); ok {
			optional = !e.stated()
			if err := st.settle(); err != nil {
				add(err, way...)
				return
			}
		}
		if _, ok := s.(*Evidence); ok && !e.stated() {
			return // PathsFrom of a file without paths
		}
		if !optional {
			if err := f.resolve(e); err != nil {
				add(err, way...)
			}
		}
		if (e.Note.JA == "") != (e.Note.EN == "") {
			add(errors.New("a note is needed in both languages or not at all"), way...)
		}
	}
	t := v.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		if field.Type == reflect.TypeFor[Evidence]() && field.Anonymous {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		f.walkInto(v.Field(i), append(slices.Clone(way), name), add)
	}
}

func (f file) walkInto(v reflect.Value, way []any, add func(error, ...any)) {
	switch v.Kind() {
	case reflect.Struct:
		f.walk(v, way, add)
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct && !v.IsNil() {
			f.walk(v.Elem(), way, add)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if k := v.Index(i).Kind(); k == reflect.Struct || k == reflect.Pointer {
				f.walkInto(v.Index(i), append(slices.Clone(way), i), add)
			}
		}
	}
}

// resolve looks the sources of a statement up in the file's table.
func (f file) resolve(e *Evidence) error {
	if len(e.SourceKeys) == 0 || !e.Confidence.valid() {
		return fmt.Errorf("%w (confidence: vendor, capture, practitioner, inferred or unknown)", errNoEvidence)
	}
	e.Sources = nil
	for _, k := range e.SourceKeys {
		s, ok := f.p.Sources[k]
		if !ok {
			return fmt.Errorf("source %q is not in the file's table", k)
		}
		e.Sources = append(e.Sources, s)
	}
	if e.Date == "" {
		e.Date = e.Sources[0].Date
	}
	return nil
}

// finish compiles what depends on inherited sections. common is what holds on every
// platform; nil for common itself.
func (p *Platform) finish(common *Platform) error {
	if p.Family == "" {
		p.Family = p.ID
	}
	p.common = common
	noise := slices.Clone(p.Noise)
	if common != nil {
		noise = append(noise, common.Noise...)
	}
	var err error
	if p.prefix, err = newPrefixes(p.Prefix.Value); err != nil {
		return err
	}
	if p.noise, err = newParamSet(noise); err != nil {
		return fmt.Errorf("noise: %w", err)
	}
	if p.views, err = newParamSet(p.Views); err != nil {
		return fmt.Errorf("views: %w", err)
	}
	if p.facets, err = newParamSet(p.Facets); err != nil {
		return fmt.Errorf("facets: %w", err)
	}
	p.sorts, p.neverParams, p.neverPaths = paramSet{}, paramSet{}, pathSet{}
	for i, n := range p.Never {
		for _, spec := range n.Params {
			err := p.neverParams.add(spec, i)
			if err == nil && n.Rule == RuleSort {
				err = p.sorts.add(spec, i)
			}
			if err != nil {
				return fmt.Errorf("never: %w", err)
			}
		}
		for _, spec := range n.Paths {
			g, err := newPathGlob(spec, p.Prefix.Value)
			if err != nil {
				return fmt.Errorf("never: %w", err)
			}
			p.neverPaths.add(g, i)
		}
	}
	p.seen.fragments = slices.ContainsFunc(p.Patterns, func(pt *Pattern) bool { return pt.fragment != nil })
	return nil
}
