package platform

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed data/*.yaml
var builtIn embed.FS

//go:embed common.yaml
var commonFile embed.FS

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of a platform file.
func Schema() []byte { return bytes.Clone(schema) }

// ErrBadFile is what every fault in a platform file is; the text names file, line
// and fault.
var ErrBadFile = errors.New("bad platform file")

// maxFile bounds one platform file.
const maxFile = 1 << 20

// Registry holds the platforms that are known.
type Registry struct {
	byID map[string]*Platform
	all  []*Platform
}

// Load reads the built-in platforms and then those of dirs: every *.yaml and *.yml
// at the top of each. A file whose id is known already replaces that platform as a
// whole. All faults of all files are reported at once; each is an ErrBadFile.
func Load(dirs ...fs.FS) (*Registry, error) {
	own, err := fs.Sub(builtIn, "data")
	if err != nil {
		return nil, fmt.Errorf("opening the built-in platforms: %w", err)
	}
	common, faults := readFile(commonFile, "common.yaml")
	files := map[string]file{} // by id
	for _, dir := range append([]fs.FS{own}, dirs...) {
		read, errs := readDir(dir)
		faults = append(faults, errs...)
		maps.Copy(files, read)
	}
	r := &Registry{byID: map[string]*Platform{}}
	for _, id := range slices.Sorted(maps.Keys(files)) {
		f := files[id]
		if f.p.Extends != "" {
			parent, ok := files[f.p.Extends]
			if !ok || parent.p.Extends != "" {
				faults = append(faults, f.fault(f.line("extends"), fmt.Errorf("extends %q, which is no platform that stands on its own", f.p.Extends)))
				continue
			}
			inherit(reflect.ValueOf(f.p).Elem(), reflect.ValueOf(parent.p).Elem())
		}
		r.byID[id] = f.p
		r.all = append(r.all, f.p)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if err := common.p.finish(nil); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBadFile, common.name, err)
	}
	for _, p := range r.all {
		if err := p.finish(common.p); err != nil {
			faults = append(faults, fmt.Errorf("%w: %s: %w", ErrBadFile, p.ID, err))
		}
	}
	return r, errors.Join(faults...)
}

// Get returns the platform with this id.
func (r *Registry) Get(id string) (*Platform, bool) {
	p, ok := r.byID[id]
	return p, ok
}

// All returns every platform, ordered by id.
func (r *Registry) All() []*Platform { return r.all }

// file is one platform file as read.
type file struct {
	name string
	text []byte
	p    *Platform
}

// line finds the line of a value for a complaint.
func (f file) line(way ...any) int {
	var root yaml.Node
	if err := yaml.Unmarshal(f.text, &root); err != nil {
		return 0
	}
	return lineOf(&root, way...)
}

func (f file) fault(line int, err error) error {
	if line > 0 {
		return fmt.Errorf("%w: %s:%d: %w", ErrBadFile, f.name, line, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrBadFile, f.name, err)
}

func readDir(dir fs.FS) (map[string]file, []error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, []error{fmt.Errorf("listing platform files: %w", err)}
	}
	out := map[string]file{}
	var faults []error
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		f, errs := readFile(dir, e.Name())
		faults = append(faults, errs...)
		if len(errs) > 0 {
			continue
		}
		if other, ok := out[f.p.ID]; ok {
			faults = append(faults, f.fault(f.line("id"), fmt.Errorf("id %q is that of %s too", f.p.ID, other.name)))
			continue
		}
		out[f.p.ID] = f
	}
	return out, faults
}

func readFile(dir fs.FS, name string) (file, []error) {
	f := file{name: name, p: &Platform{}}
	h, err := dir.Open(name)
	if err != nil {
		return f, []error{f.fault(0, err)}
	}
	defer h.Close()
	text, err := io.ReadAll(io.LimitReader(h, maxFile+1))
	if err != nil {
		return f, []error{f.fault(0, err)}
	}
	if len(text) > maxFile {
		return f, []error{f.fault(0, fmt.Errorf("larger than %d bytes", maxFile))}
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(f.p); err != nil {
		return f, yamlFaults(f, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return f, []error{f.fault(0, errors.New("more than one document"))}
	}
	f.text = text
	return f, f.check()
}

// yamlFaults gives each complaint of the decoder its own line.
func yamlFaults(f file, err error) []error {
	var te *yaml.TypeError
	if !errors.As(err, &te) {
		return []error{f.fault(0, err)}
	}
	var out []error
	for _, s := range te.Errors {
		line := 0
		if _, serr := fmt.Sscanf(s, "line %d:", &line); serr == nil {
			_, s, _ = strings.Cut(s, ": ")
		}
		out = append(out, f.fault(line, errors.New(s)))
	}
	return out
}

// lineOf finds the line of a value by the names and positions that lead to it. Where
// the way ends early, the line of the last step counts.
func lineOf(n *yaml.Node, steps ...any) int {
	if n == nil {
		return 0
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := n.Line
	for _, s := range steps {
		var next *yaml.Node
		switch s := s.(type) {
		case string:
			for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
				if n.Content[i].Value == s {
					next = n.Content[i+1]
					line = n.Content[i].Line
				}
			}
		case int:
			if n.Kind == yaml.SequenceNode && s < len(n.Content) {
				next = n.Content[s]
				line = next.Line
			}
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}

// inherit fills the sections and facts that child leaves out with those of parent.
func inherit(child, parent reflect.Value) {
	t := child.Type()
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		c, p := child.Field(i), parent.Field(i)
		switch t.Field(i).Name {
		case "ID", "Extends", "Names", "Sources", "Markers":
			continue
		}
		if s, ok := c.Addr().Interface().(statement); ok {
			if len(s.evidence().SourceKeys) == 0 {
				c.Set(p)
			}
			continue
		}
		if e, ok := c.Addr().Interface().(*Evidence); ok {
			if !e.stated() {
				c.Set(p)
			}
			continue
		}
		if c.Kind() == reflect.Struct {
			inherit(c, p)
			continue
		}
		if c.IsZero() {
			c.Set(p)
		}
	}
}
