package engine

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

// Rows that went over the disk are written as those that stayed in memory, and leave
// nothing behind.
func TestWorkerSpool(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	m := bigMap(3000)
	m = append(m, rowsOf(t, "/shop/ https://new.example/shop prefix\n/a.html https://new.example/a keep\n/?t=%22 https://new.example/?a=\"b\"&c=<d> \n/gone.html 410\n/a.html https://new.example/a keep")...)
	for _, e := range []worker{newWorker(Options{}).(worker), newWorkerKV(Options{}).(worker)} {
		t.Run(e.ID(), func(t *testing.T) {
			const n = 4 * workerSpoolRows // so that there are several files
			memory, err := tableOf(t.Context(), e, m)
			if err != nil {
				t.Fatal(err)
			}
			memory.meta.Shards = e.shards(n)
			disk, err := e.spooled(t.Context(), m, n)
			if err != nil {
				t.Fatal(err)
			}
			if disk.spool.parts != 4 {
				t.Errorf("%d files", disk.spool.parts)
			}
			want, got := MemSink{}, MemSink{}
			for table, sink := range map[*workerTable]MemSink{memory: want, disk: got} {
				for _, err := range []error{table.writeShards(t.Context(), sink, "shards/", ".json"), table.writeKV(t.Context(), sink), sink.WriteFile("map.json", table.writeMap)} {
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			if len(want) < 2*e.shards(n) {
				t.Errorf("only %d files", len(want))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("in memory and over the disk (-memory +disk):\n%.2000s", diff)
			}
			var bulk []struct{ Key, Value string }
			if err := json.Unmarshal(got["kv-bulk-1.json"], &bulk); err != nil {
				t.Fatal(err)
			}
			for i, pair := range bulk {
				if pair.Key != "shard-"+strconv.Itoa(i) || pair.Value != string(got["kv/"+pair.Key]) {
					t.Fatalf("pair %d: %s differs from its file", i, pair.Key)
				}
			}
			if err := disk.spool.close(); err != nil {
				t.Error(err)
			}
		})
	}
	conflict := append(m[:1:1], redirects.Rule{Line: 2, Source: m[0].Source, Target: "https://new.example/other", Status: 301})
	disk, err := newWorkerKV(Options{}).(worker).spooled(t.Context(), conflict, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := disk.writeKV(t.Context(), MemSink{}); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "line 2: ") {
		t.Errorf("two targets: %v", err)
	}
	if err := disk.spool.close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
