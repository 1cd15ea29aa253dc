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
	// workerSpoolRows is how many rows are kept in memory at once.
	workerSpoolRows = 50_000
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
	// Captured are the captured rows in the order in which they are asked.
	Captured []workerCaptured `json:"captured,omitempty"`
	Shards   int              `json:"shards"` // 0: the rows are in map.json
}

// workerCaptured is a captured row. The key is put together as for the rows of a group:
// host, path and, with names, the parameters.
type workerCaptured struct {
	Host   string          `json:"host"`
	Names  []string        `json:"names"`
	Before string          `json:"before"` // of the captured part, in the key
	After  string          `json:"after"`
	Word   string          `json:"word"` // in the target, where the part comes
	Row    json.RawMessage `json:"row"`
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
// first character says how the key is looked up, see worker.js. Captured rows are in
// no table; their keys only tell them apart.
func (p *workerPlan) place(r redirects.Rule) (key string, guard int) {
	s := workerSource(r.Source)
	if s.Match == redirects.Prefix {
		return "~" + s.Host + strings.TrimRight(s.Path, "/"), -1
	}
	if s.Match == redirects.Captured {
		return "*" + s.Identity(), -1
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

// newWorkerCaptured writes a captured row. Its source holds nothing that is written
// anew on the way but for the letter case of escapes.
func newWorkerCaptured(r redirects.Rule) (workerCaptured, error) {
	s := r.Source
	names, canonical, ok := s.Identifying()
	key := s.Hostname() + redirects.UpperEscapes(s.Path)
	if ok {
		key += "?" + canonical
	}
	c, _, err := r.Capture()
	if err != nil {
		return workerCaptured{}, err
	}
	row, err := workerRow(r, -1)
	if err != nil {
		return workerCaptured{}, err
	}
	w := workerCaptured{Host: s.Hostname(), Names: append([]string{}, names...), Word: c.Word, Row: row}
	w.Before, w.After, _ = strings.Cut(key, c.Word)
	return w, nil
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

// workerTable is what is written for a map. Its rows are in memory, or, when there
// are many, in files of their own beside it.
type workerTable struct {
	kv    bool
	meta  workerMeta
	rows  map[string]json.RawMessage
	spool *workerSpool // nil: all rows are in memory
	bytes int
	hosts []string // of the rows, the first few
	// hostless says that a row names no host.
	hostless bool
}

// table reads a map and decides between a bundle and shards. The caller closes it.
func (e worker) table(ctx context.Context, m redirects.Map) (*workerTable, error) {
	n := 0
	for _, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		n++
	}
	if n > workerSpoolRows {
		return e.spooled(ctx, m, n)
	}
	t, err := tableOf(ctx, e, m)
	if err != nil {
		return nil, err
	}
	t.kv = e.kv
	if e.kv || len(t.rows) > workerBundleRows || t.bytes > workerBundleBytes {
		t.meta.Shards = e.shards(len(t.rows))
	}
	return t, nil
}

// shards is the number of shards for so many rows.
func (e worker) shards(rows int) int {
	if e.kv {
		return min(kvMaxShards, powerOfTwo((rows+kvShardRows-1)/kvShardRows))
	}
	return min(workerMaxShards, powerOfTwo((rows+workerShardRows-1)/workerShardRows))
}

// tableOf reads the rows of a map for an engine that uses the Worker's keys.
func tableOf(ctx context.Context, e Engine, m redirects.Map) (*workerTable, error) {
	t := &workerTable{rows: map[string]json.RawMessage{}}
	err := t.read(ctx, e, m, func(line int, key string, value json.RawMessage) error {
		t.bytes += len(key) + len(value) + 4
		return addRow(t.rows, line, key, value)
	})
	return t, err
}

// read hands each row of the map on, and settles all but the number of shards.
func (t *workerTable) read(ctx context.Context, e Engine, m redirects.Map, put func(line int, key string, value json.RawMessage) error) error {
	plan, err := newWorkerPlan(m)
	if err != nil {
		return err
	}
	var captured []redirects.Rule
	for r, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
		key, guard := "", -1
		if r.Source.Match == redirects.Captured {
			captured = append(captured, r)
		} else {
			key, guard = plan.place(r)
			value, err := workerRow(r, guard)
			if err != nil {
				return fmt.Errorf("line %d: %w", r.Line, err)
			}
			if err := put(r.Line, key, value); err != nil {
				return err
			}
		}
		if h := r.Source.Hostname(); h != "" {
			plan.meta.Hosts = true
			if !slices.Contains(t.hosts, h) && len(t.hosts) < 10 {
				t.hosts = append(t.hosts, h)
			}
		} else {
			t.hostless = true
		}
		plan.meta.All = plan.meta.All || strings.HasPrefix(key, "&")
		plan.meta.Prefixes = plan.meta.Prefixes || strings.HasPrefix(key, "~")
	}
	sortCaptured(captured)
	for _, r := range captured {
		c, err := newWorkerCaptured(r)
		if err != nil {
			return fmt.Errorf("line %d: %w", r.Line, err)
		}
		plan.meta.Captured = append(plan.meta.Captured, c)
	}
	t.meta = plan.meta
	return nil
}

// addRow keeps a row, unless it says the same as one that is there.
func addRow(rows map[string]json.RawMessage, line int, key string, value json.RawMessage) error {
	if other, seen := rows[key]; seen {
		if string(other) == string(value) {
			return nil
		}
		return fmt.Errorf("line %d: %s has two targets: %w", line, key[1:], ErrRefused)
	}
	rows[key] = value
	return nil
}

// shards walks the shards in order, each as the object of its rows.
func (t *workerTable) shards(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if t.spool != nil {
			t.spool.walk(ctx, yield)
			return
		}
		eachShard(ctx, t.rows, 0, t.meta.Shards, t.meta.Shards, yield)
	}
}

// eachShard walks the shards from first on, up to and without end, of rows that
// belong to no other.
func eachShard(ctx context.Context, rows map[string]json.RawMessage, first, end, shards int, yield func([]byte, error) bool) bool {
	parts := make([][]string, end-first)
	for key := range rows {
		n := workerShard(key, shards) - first
		parts[n] = append(parts[n], key)
	}
	var b bytes.Buffer
	for _, keys := range parts {
		slices.Sort(keys)
		b.Reset()
		err := ctx.Err()
		if err == nil {
			err = writeRows(&b, rows, keys, "\n")
		}
		if !yield(b.Bytes(), err) || err != nil {
			return false
		}
	}
	return true
}

// writeKV writes each shard twice: as a file of its own, which the test
// configuration serves, and as a pair in a file for the bulk writer
// (https://developers.cloudflare.com/kv/api/write-key-value-pairs/).
func (t *workerTable) writeKV(ctx context.Context, sink FileSink) error {
	if err := t.writeShards(ctx, sink, "kv/shard-", ""); err != nil {
		return err
	}
	next, stop := iter.Pull2(t.pairs(ctx))
	defer stop()
	pair, err, more := next()
	for file := 1; more; file++ {
		if err != nil {
			return err
		}
		size := 0
		errFile := sink.WriteFile("kv-bulk-"+strconv.Itoa(file)+".json", func(w io.Writer) error {
			for start := "[\n"; more && (size == 0 || size+len(pair) <= kvBulkBytes); start = ",\n" {
				if err != nil {
					return err
				}
				if _, err := io.WriteString(w, start); err != nil {
					return err
				}
				if _, err := w.Write(pair); err != nil {
					return err
				}
				size += len(start) + len(pair)
				pair, err, more = next()
			}
			_, err := io.WriteString(w, "\n]\n")
			return err
		})
		if errFile != nil {
			return errFile
		}
	}
	return nil
}

// pairs walks the shards as pairs of key and value.
func (t *workerTable) pairs(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		n := 0
		for shard, err := range t.shards(ctx) {
			var pair json.RawMessage
			if err == nil {
				pair, err = plainJSON(map[string]string{"key": "shard-" + strconv.Itoa(n), "value": string(shard)})
			}
			if !yield(pair, err) || err != nil {
				return
			}
			n++
		}
	}
}

// writeShards writes each shard as a file.
func (t *workerTable) writeShards(ctx context.Context, sink FileSink, before, after string) error {
	n := 0
	for shard, err := range t.shards(ctx) {
		if err != nil {
			return err
		}
		err := sink.WriteFile(before+strconv.Itoa(n)+after, func(w io.Writer) error {
			_, err := w.Write(shard)
			return err
		})
		if err != nil {
			return err
		}
		n++
	}
	return nil
}

// writeRows writes rows as one object, a line each.
func writeRows(w io.Writer, rows map[string]json.RawMessage, keys []string, end string) error {
	b := []byte{'{'}
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		quoted, err := plainJSON(key)
		if err != nil {
			return err
		}
		b = append(append(append(append(b, '\n'), quoted...), ':'), rows[key]...)
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
	return writeRows(w, t.rows, slices.Sorted(maps.Keys(t.rows)), "}\n")
}

// workerShard is the shard of a key: FNV-1a with 32 bits, modulo.
func workerShard(key string, shards int) int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, key)
	return int(h.Sum32() % uint32(shards))
}
