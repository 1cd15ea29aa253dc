package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

const (
	// workerBundleRows and workerBundleBytes bound the table that is bundled with
	// the script: well under the 1 MB after compression that the smallest plan
	// takes. Larger tables become shards.
	workerBundleRows  = 5000
	workerBundleBytes = 900_000
	// workerShardRows is the aim for one shard, so that parsing it fits the 10 ms
	// of the free plan.
	workerShardRows = 500
	// workerMaxShards stays under the 20,000 files that a version may have.
	workerMaxShards = 1 << 14
	// kvShardRows is the aim for one value, and kvMaxShards keeps a whole table
	// within the 1,000 writes a day of the free plan.
	kvShardRows = 1000
	kvMaxShards = 512
	// kvBulkBytes keeps a file for one bulk write under its limit of 100 MB.
	kvBulkBytes = 90_000_000
)

// workerMeta is map.json without its rows.
type workerMeta struct {
	Hosts    bool       `json:"hosts"`
	All      bool       `json:"all"`
	Prefixes bool       `json:"prefixes"`
	Groups   [][]string `json:"groups"`
	Guards   [][]string `json:"guards"`
	Shards   int        `json:"shards"` // 0: the rows are in map.json
}

// workerPlan says under which key each rule stands.
type workerPlan struct {
	groups *redirects.Groups
	meta   workerMeta
	guards map[string]int
}

// normalised walks a map with sources as the Worker compares them.
func normalised(m redirects.Map) redirects.Map {
	return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			for r, err := range m.Rules() {
				r.Source = workerSource(r.Source)
				if !yield(r, err) {
					return
				}
			}
		}
	})
}

func newWorkerPlan(m redirects.Map) (*workerPlan, error) {
	groups, err := redirects.CollectGroups(normalised(m), redirects.MaxGroups)
	if err != nil {
		return nil, err
	}
	return &workerPlan{
		groups: groups, guards: map[string]int{},
		meta: workerMeta{Groups: append([][]string{}, groups.Sets()...), Guards: [][]string{}},
	}, nil
}

// place returns the key of a rule and the number of its guard, -1 for none. The
// first character says how the key is looked up, see worker.js.
func (p *workerPlan) place(r redirects.Rule) (key string, guard int) {
	s := workerSource(r.Source)
	if s.Match == redirects.Prefix {
		return "~" + s.Host + strings.TrimRight(s.Path, "/"), -1
	}
	if names, canonical, ok := s.Identifying(); ok {
		if _, kept := p.groups.Rank(names); kept {
			return "?" + s.Host + s.Path + "?" + canonical, -1
		}
	}
	switch {
	case s.QueryAs == redirects.QueryExact && s.HasQuery:
		parts := strings.FieldsFunc(s.Query, func(r rune) bool { return r == '&' })
		slices.Sort(parts)
		return "&" + s.Host + s.Path + "?" + strings.Join(parts, "&"), -1
	case s.QueryAs == redirects.QueryIgnore:
		return "/" + s.Host + s.Path, -1
	case s.QueryAs == redirects.QuerySet && !s.HasQuery:
		names, ok := p.groups.Guard(s.Path)
		if !ok {
			break
		}
		if len(names) == 0 {
			return "/" + s.Host + s.Path, -1
		}
		id := strings.Join(names, "&")
		n, ok := p.guards[id]
		if !ok {
			n = len(p.meta.Guards)
			p.guards[id] = n
			p.meta.Guards = append(p.meta.Guards, names)
		}
		return "/" + s.Host + s.Path, n
	}
	return "=" + s.Host + s.RequestTarget(), -1
}

// row is the value of a rule: status, target, whether the query is carried over,
// number of the guard. Trailing defaults are left out.
func workerRow(r redirects.Rule, guard int) (json.RawMessage, error) {
	row := []any{r.Status, r.Target}
	if r.KeepQuery || guard >= 0 {
		keep := 0
		if r.KeepQuery {
			keep = 1
		}
		row = append(row, keep)
	}
	if guard >= 0 {
		row = append(row, guard)
	}
	return plainJSON(row)
}

// plainJSON writes a value without the escapes that only HTML needs.
func plainJSON(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// workerTable is the whole table in memory.
type workerTable struct {
	kv    bool
	meta  workerMeta
	rows  map[string]json.RawMessage
	bytes int
	hosts []string
}

// table reads a map and decides between a bundle and shards.
func (e worker) table(ctx context.Context, m redirects.Map) (*workerTable, error) {
	t, err := tableOf(ctx, e, m)
	if err != nil {
		return nil, err
	}
	if t.kv = e.kv; t.kv {
		t.meta.Shards = min(kvMaxShards, powerOfTwo((len(t.rows)+kvShardRows-1)/kvShardRows))
	} else if len(t.rows) > workerBundleRows || t.bytes > workerBundleBytes {
		t.meta.Shards = min(workerMaxShards, powerOfTwo((len(t.rows)+workerShardRows-1)/workerShardRows))
	}
	return t, nil
}

// tableOf reads the rows of a map for an engine that uses the Worker's keys.
func tableOf(ctx context.Context, e Engine, m redirects.Map) (*workerTable, error) {
	plan, err := newWorkerPlan(m)
	if err != nil {
		return nil, err
	}
	t := &workerTable{rows: map[string]json.RawMessage{}}
	for r, err := range checked(ctx, e, m) {
		if err != nil {
			return nil, err
		}
		key, guard := plan.place(r)
		value, err := workerRow(r, guard)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", r.Line, err)
		}
		if other, seen := t.rows[key]; seen {
			if string(other) == string(value) {
				continue
			}
			return nil, fmt.Errorf("line %d: %s has two targets: %w", r.Line, r.Source, ErrRefused)
		}
		t.rows[key] = value
		t.bytes += len(key) + len(value) + 4
		if h := r.Source.Hostname(); h != "" {
			plan.meta.Hosts = true
			if !slices.Contains(t.hosts, h) && len(t.hosts) < 10 {
				t.hosts = append(t.hosts, h)
			}
		}
		plan.meta.All = plan.meta.All || key[0] == '&'
		plan.meta.Prefixes = plan.meta.Prefixes || key[0] == '~'
	}
	t.meta = plan.meta
	return t, nil
}

// shards parts the keys, sorted within each shard.
func (t *workerTable) shards() [][]string {
	shards := make([][]string, t.meta.Shards)
	for key := range t.rows {
		n := workerShard(key, t.meta.Shards)
		shards[n] = append(shards[n], key)
	}
	for _, keys := range shards {
		slices.Sort(keys)
	}
	return shards
}

// writeKV writes each shard twice: as a file of its own, which the test
// configuration serves, and as a pair in a file for the bulk writer
// (https://developers.cloudflare.com/kv/api/write-key-value-pairs/).
func (t *workerTable) writeKV(ctx context.Context, sink FileSink) error {
	var bulk bytes.Buffer
	files := 0
	flush := func() error {
		files++
		bulk.WriteString("\n]\n")
		err := sink.WriteFile("kv-bulk-"+strconv.Itoa(files)+".json", func(w io.Writer) error {
			_, err := bulk.WriteTo(w)
			return err
		})
		bulk.Reset()
		return err
	}
	for n, keys := range t.shards() {
		if err := ctx.Err(); err != nil {
			return err
		}
		var value bytes.Buffer
		if err := t.writeRows(&value, keys, "\n"); err != nil {
			return err
		}
		pair, err := plainJSON(map[string]string{"key": "shard-" + strconv.Itoa(n), "value": value.String()})
		if err != nil {
			return err
		}
		if bulk.Len() > 0 && bulk.Len()+len(pair) > kvBulkBytes {
			if err := flush(); err != nil {
				return err
			}
		}
		if bulk.Len() == 0 {
			bulk.WriteString("[\n")
		} else {
			bulk.WriteString(",\n")
		}
		bulk.Write(pair)
		if err := writeText(sink, "kv/shard-"+strconv.Itoa(n), value.String()); err != nil {
			return err
		}
	}
	return flush()
}

// writeShards writes each shard as an object of its rows.
func (t *workerTable) writeShards(ctx context.Context, sink FileSink) error {
	for n, keys := range t.shards() {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := sink.WriteFile("shards/"+strconv.Itoa(n)+".json", func(w io.Writer) error {
			return t.writeRows(w, keys, "\n")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writeRows writes rows as one object, a line each.
func (t *workerTable) writeRows(w io.Writer, keys []string, end string) error {
	b := []byte{'{'}
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		quoted, err := plainJSON(key)
		if err != nil {
			return err
		}
		b = append(append(append(append(b, '\n'), quoted...), ':'), t.rows[key]...)
	}
	_, err := w.Write(append(append(b, '}'), end...))
	return err
}

// writeMap writes map.json: the settings and, without shards, the rows.
func (t *workerTable) writeMap(w io.Writer) error {
	meta, err := plainJSON(t.meta)
	if err != nil {
		return err
	}
	if t.meta.Shards > 0 {
		_, err := w.Write(append(meta, '\n'))
		return err
	}
	if _, err := io.WriteString(w, strings.TrimSuffix(string(meta), "}")+",\n\"rows\":"); err != nil {
		return err
	}
	return t.writeRows(w, slices.Sorted(maps.Keys(t.rows)), "}\n")
}

// workerShard is the shard of a key: FNV-1a with 32 bits, modulo.
func workerShard(key string, shards int) int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, key)
	return int(h.Sum32() % uint32(shards))
}
