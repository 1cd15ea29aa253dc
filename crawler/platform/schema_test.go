package platform

import (
	"bytes"
	"io/fs"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// TestFilesFollowSchema holds every built-in file against the published schema, so
// that whoever writes a file of their own can trust it.
func TestFilesFollowSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []struct {
		fsys fs.FS
		glob string
	}{{builtIn, "data/*.yaml"}, {commonFile, "*.yaml"}} {
		names, err := fs.Glob(dir.fsys, dir.glob)
		if err != nil || len(names) == 0 {
			t.Fatalf("no files under %s: %v", dir.glob, err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(dir.fsys, name)
			if err != nil {
				t.Fatal(err)
			}
			var v any
			if err := yaml.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(jsonValue(v)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// jsonValue turns what YAML reads as a date back into the text that stands in the
// file, and numbers of years into text, as the loader reads them.
func jsonValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			if n, ok := x.(int); ok && (k == "date") {
				x = time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")
			}
			out[k] = jsonValue(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = jsonValue(x)
		}
		return out
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return v
}
