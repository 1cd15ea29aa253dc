// Package lab holds what training and evaluation of the matcher share: reading
// cases with known answers, the figures by which a matching is judged, and the
// training itself.
package lab

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/pairing"
)

// Case is an old shop, a new shop and the known answers.
type Case struct {
	Name     string
	Old, New []pairing.Record
	Truth    []int32 // for each old item the index of its counterpart, -1 none
}

// ErrNoCases is returned when a folder holds no case.
var ErrNoCases = errors.New("no cases with truth.csv")

// ReadCases reads every case of a folder: one folder each with old.csv, new.csv and
// truth.csv.
func ReadCases(dir string) ([]*Case, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*", "truth.csv"))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoCases)
	}
	sort.Strings(found)
	var cs []*Case
	for _, f := range found {
		c, err := readCase(filepath.Dir(f))
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

// Write writes the case in the form that ReadCases reads.
func (c *Case) Write(dir string) error {
	head := []string{"url", "type", "title", "sku", "mpn", "gtin", "price", "currency", "brand", "category", "image", "description"}
	cells := func(r *pairing.Record) []string {
		return []string{r.URL, string(r.Type), r.Title, r.SKU, r.MPN, r.GTIN, r.Price, r.Currency, r.Brand, r.Category, r.Image, r.Description}
	}
	for name, rs := range map[string][]pairing.Record{"old.csv": c.Old, "new.csv": c.New} {
		err := writeTable(filepath.Join(dir, name), head, len(rs), func(i int) []string { return cells(&rs[i]) })
		if err != nil {
			return err
		}
	}
	return writeTable(filepath.Join(dir, "truth.csv"), []string{"old_url", "new_url"}, len(c.Truth), func(i int) []string {
		if j := c.Truth[i]; j >= 0 {
			return []string{c.Old[i].URL, c.New[j].URL}
		}
		return []string{c.Old[i].URL, ""}
	})
}

func writeTable(path string, head []string, n int, line func(i int) []string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing case: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := csv.NewWriter(f)
	if err := w.Write(head); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	for i := range n {
		if err := w.Write(line(i)); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func readCase(dir string) (*Case, error) {
	c := &Case{Name: filepath.Base(dir)}
	var err error
	if c.Old, err = readRecords(filepath.Join(dir, "old.csv")); err != nil {
		return nil, err
	}
	if c.New, err = readRecords(filepath.Join(dir, "new.csv")); err != nil {
		return nil, err
	}
	olds, news := make(map[string]int32), make(map[string]int32)
	for i := range c.Old {
		olds[c.Old[i].URL] = int32(i)
	}
	for i := range c.New {
		news[c.New[i].URL] = int32(i)
	}
	c.Truth = make([]int32, len(c.Old))
	for i := range c.Truth {
		c.Truth[i] = -1
	}
	return c, readTable(filepath.Join(dir, "truth.csv"), func(get func(string) string) error {
		i, ok := olds[get("old_url")]
		if !ok {
			return fmt.Errorf("unknown old_url %q", get("old_url"))
		}
		if u := get("new_url"); u != "" {
			j, ok := news[u]
			if !ok {
				return fmt.Errorf("unknown new_url %q", u)
			}
			c.Truth[i] = j
		}
		return nil
	})
}

func readRecords(path string) ([]pairing.Record, error) {
	var rs []pairing.Record
	err := readTable(path, func(get func(string) string) error {
		rs = append(rs, pairing.Record{
			URL: get("url"), Type: catalog.PageType(get("type")), Title: get("title"), SKU: get("sku"), MPN: get("mpn"), GTIN: get("gtin"),
			Price: get("price"), Currency: get("currency"), Brand: get("brand"), Category: get("category"),
			Image: get("image"), Description: get("description"),
		})
		return nil
	})
	return rs, err
}

func readTable(path string, each func(get func(string) string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading case: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	at := make(map[string]int)
	for i, h := range head {
		at[h] = i
	}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		get := func(name string) string {
			if i, ok := at[name]; ok {
				return rec[i]
			}
			return ""
		}
		if err := each(get); err != nil {
			line, _ := r.FieldPos(0)
			return fmt.Errorf("reading %s: line %d: %w", path, line, err)
		}
	}
}
