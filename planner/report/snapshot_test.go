package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"replatform/planner"
)

// TestSnapshot: a snapshot differs from another as the plans do, and the day on which a
// plan was made makes no difference.
func TestSnapshot(t *testing.T) {
	for _, s := range shownStories() {
		if testing.Short() && !s.worth {
			continue
		}
		p, _ := s.build(t)
		packed, sum, err := Snapshot(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if sum.Pages != p.Pages.Total || sum.Redirect != p.Pages.ByAction[planner.ActionRedirect] || sum.Pointed != p.Pages.Pointed || sum.Way != p.Decision.Way {
			t.Errorf("%s: the summary is %+v", s.name, sum)
		}
		later := *p
		later.Generated = p.Generated.Add(48 * time.Hour)
		again, _, err := Snapshot(&later, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(packed, again) {
			t.Errorf("%s: the same plan two days later is another version", s.name)
		}
		kept, err := ReadSnapshot(packed)
		if err != nil {
			t.Fatal(err)
		}
		var full bytes.Buffer
		if err := JSON(&full, p, Options{}); err != nil {
			t.Fatal(err)
		}
		file, err := ReadPlan(bytes.NewReader(full.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if d := Diff(kept, file); !d.Empty() || d.Rows.Same != len(p.Rows) {
			t.Errorf("%s: the version differs from the plan: %+v", s.name, d)
		}
		changed := *p
		changed.Rows = append(changed.Rows[:0:0], p.Rows...)
		changed.Rows[1].NewURL = "https://new.example/other"
		other, _, err := Snapshot(&changed, Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := ReadSnapshot(other)
		if err != nil {
			t.Fatal(err)
		}
		if d := Diff(kept, f); len(d.Rows.Retarget) != 1 {
			t.Errorf("%s: one row changed, and the difference is %+v", s.name, d.Rows)
		}
	}
}

func TestReadSnapshotRefuses(t *testing.T) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "no Zstandard": []byte("{}"), "no JSON": enc.EncodeAll([]byte("<"), nil),
		"another version": enc.EncodeAll([]byte(`{"version":9}`), nil), "no version": enc.EncodeAll([]byte(`{}`), nil),
		"too much": enc.EncodeAll([]byte(`{"version":1,"way":"`+strings.Repeat("C", 2<<20)+`"}`), nil),
	} {
		if _, err := readSnapshot(data, 1<<20); !errors.Is(err, ErrNotPlan) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadSnapshot(f *testing.F) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(enc.EncodeAll([]byte(`{"version":1,"rows":[{"old":"a"}]}`), nil))
	f.Add([]byte("\x28\xb5\x2f\xfd"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if file, err := ReadSnapshot(data); err == nil {
			if d := Diff(file, file); d.Way != nil || len(d.Dates)+len(d.Facts)+len(d.Figures) > 0 {
				t.Errorf("a version differs from itself: %+v", d)
			}
		}
	})
}
