package platform

import (
	"errors"
	"strings"
	"testing"
)

// TestTryExamples: the examples of every built-in file come out as written, and
// examples that are wrong are named.
func TestTryExamples(t *testing.T) {
	total, patterns := 0, 0
	for _, p := range builtInRegistry(t).All() {
		n, faults := p.TryExamples()
		total += n
		patterns += len(p.Patterns)
		for _, err := range faults {
			t.Error(err)
		}
	}
	t.Logf("%d examples of %d patterns", total, patterns)
	for name, c := range map[string]struct{ old, new, want string }{
		"another id":   {`yes: {/p/1: "1"}`, `yes: {/p/1: "2"}`, `/p/1 is taken for "mini product 1"`},
		"no page":      {`yes: {/p/1: "1"}`, `yes: {/r/1: "1"}`, "/r/1 is taken for"},
		"counter":      {`no: [/q/1]`, `no: [/p/2]`, "/p/2 is taken all the same"},
		"asks another": {`ask: "/p/{id}"`, `ask: "/s/{id}"`, "would be asked as"},
		"no address":   {`no: [/q/1]`, `no: ["%zz"]`, "is no address"},
	} {
		r, err := load(map[string]string{"mini.yaml": strings.Replace(tiny, c.old, c.new, 1)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, _ := r.Get("mini")
		_, faults := p.TryExamples()
		if len(faults) == 0 || !errors.Is(faults[0], ErrExample) || !strings.Contains(errors.Join(faults...).Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, faults, c.want)
		}
	}
}
