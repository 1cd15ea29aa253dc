package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"replatform/redirects"
)

// workerSpool holds the rows of a large table on disk, in files of which each has
// the rows of some neighbouring shards, so that one file at a time is in memory.
type workerSpool struct {
	dir    string
	parts  int // files
	shards int
}

// first is the first shard of a file.
func (s *workerSpool) first(part int) int { return (part*s.shards + s.parts - 1) / s.parts }

// part is the file of a shard.
func (s *workerSpool) part(shard int) int { return shard * s.parts / s.shards }

// name is the name of a file.
func (s *workerSpool) name(part int) string { return filepath.Join(s.dir, strconv.Itoa(part)) }

// close removes the files. A nil spool has none.
func (s *workerSpool) close() error {
	if s == nil {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// spooled reads a map of n rows into files, a line for each row: the row's line in
// the map, its key and its value, parted by tabs, which none of them can hold.
func (e worker) spooled(ctx context.Context, m redirects.Map, n int) (_ *workerTable, err error) {
	shards := e.shards(n)
	s := &workerSpool{shards: shards, parts: min(shards, (n+workerSpoolRows-1)/workerSpoolRows)}
	if s.dir, err = os.MkdirTemp("", "replatform-rows-*"); err != nil {
		return nil, fmt.Errorf("making room for the rows: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	files := make([]*os.File, 0, s.parts)
	out := make([]*bufio.Writer, 0, s.parts)
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	for part := range s.parts {
		f, err := os.Create(s.name(part))
		if err != nil {
			return nil, fmt.Errorf("making room for the rows: %w", err)
		}
		files, out = append(files, f), append(out, bufio.NewWriter(f))
	}
	t := &workerTable{kv: e.kv, spool: s}
	var line []byte
	err = t.read(ctx, e, m, func(number int, key string, value json.RawMessage) error {
		line = append(append(strconv.AppendInt(line[:0], int64(number), 10), '\t'), key...)
		line = append(append(append(line, '\t'), value...), '\n')
		_, err := out[s.part(workerShard(key, shards))].Write(line)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, w := range out {
		if err := w.Flush(); err != nil {
			return nil, fmt.Errorf("keeping the rows: %w", err)
		}
	}
	t.meta.Shards = shards
	return t, nil
}

// walk walks the shards of all files in order.
func (s *workerSpool) walk(ctx context.Context, yield func([]byte, error) bool) {
	for part := range s.parts {
		rows, err := s.read(part)
		if err != nil {
			yield(nil, err)
			return
		}
		if !eachShard(ctx, rows, s.first(part), s.first(part+1), s.shards, yield) {
			return
		}
	}
}

// read reads one file.
func (s *workerSpool) read(part int) (rows map[string]json.RawMessage, err error) {
	f, err := os.Open(s.name(part))
	if err != nil {
		return nil, fmt.Errorf("reading the rows again: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rows = map[string]json.RawMessage{}
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the rows again: %w", err)
		}
		number, rest, _ := strings.Cut(line[:len(line)-1], "\t")
		key, value, _ := strings.Cut(rest, "\t")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("reading the rows again: %w", err)
		}
		if err := addRow(rows, n, key, json.RawMessage(value)); err != nil {
			return nil, err
		}
	}
}
