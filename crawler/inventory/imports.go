package inventory

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// ErrNoImport is matched by errors about a file that was not imported.
var ErrNoImport = errors.New("no such file was imported")

// Import is what one table of a file said of one period: the file itself, a file inside
// an archive, a sheet of a workbook.
type Import struct {
	File      int       `json:"file"` // number of the file, filled in when it is stored
	Name      string    `json:"name"` // of the file, without its folder
	Part      string    `json:"part,omitempty"`
	Kind      string    `json:"kind"`   // as recognised, a stable word
	Source    string    `json:"source"` // as Worth.Source and among Page.Sources
	Period    string    `json:"period,omitempty"`
	Rows      int       `json:"rows"`
	Refused   int       `json:"refused"`
	Addresses int       `json:"addresses"`       // different ones of the shop
	After     bool      `json:"after,omitempty"` // the figures are of the time after the switch (see SaveResults)
	At        time.Time `json:"at"`
	// Place is a hash of folder and name; "" when it was not read from a file.
	Place string `json:"-"`
	// Digest is a hash of the content: what has the same is the same file, whatever its
	// name. "" unknown.
	Digest string `json:"-"`
	// PathsOnly: the addresses lack what stood behind the question mark.
	PathsOnly bool `json:"paths_only,omitempty"`
	// Requests are set for logs.
	Requests *Requests `json:"-"`
	// Worth are the figures, with the Source and one of the periods of the import.
	Worth []Worth `json:"-"`
	// Linking are the sites that the file names; Source, File and ReadAt are those of the
	// import. They stand in a table of their own.
	Linking []Linking `json:"-"`

	id int
}

// Requests tell whether two logs hold the same requests.
type Requests struct {
	People int      // how many there are
	Sample []uint64 // hashes of some of them: the smallest ones, different, ascending; at most as many for every log
}

// sampleShare is the part of the smaller log that must be in the other too, as far as the
// samples can be compared. Requests of different visitors hardly ever have the same
// second, address and program.
const sampleShare = 10 // a tenth

// same says whether two logs hold the same requests. Where both samples leave larger
// hashes out, only those up to the smaller of the two ends are compared.
func (r *Requests) same(o *Requests) bool {
	mine, others := r.Sample, o.Sample
	if len(mine) == 0 || len(others) == 0 {
		return false
	}
	end := uint64(math.MaxUint64)
	if r.People > len(mine) {
		end = mine[len(mine)-1]
	}
	if o.People > len(others) {
		end = min(end, others[len(others)-1])
	}
	shared, a, b := 0, 0, 0
	for i, j := 0, 0; ; {
		switch {
		case i < len(mine) && mine[i] <= end && (j == len(others) || mine[i] < others[j]):
			a, i = a+1, i+1
		case j < len(others) && others[j] <= end && (i == len(mine) || others[j] < mine[i]):
			b, j = b+1, j+1
		case i < len(mine) && j < len(others) && mine[i] == others[j] && mine[i] <= end:
			shared, a, b, i, j = shared+1, a+1, b+1, i+1, j+1
		default:
			return shared > 0 && sampleShare*shared >= min(a, b)
		}
	}
}

func (r *Requests) bytes() []byte {
	out := make([]byte, 0, 8*len(r.Sample))
	for _, h := range r.Sample {
		out = binary.BigEndian.AppendUint64(out, h)
	}
	return out
}

func requestsOf(people int, sample []byte) *Requests {
	r := &Requests{People: people, Sample: make([]uint64, 0, len(sample)/8)}
	for ; len(sample) >= 8; sample = sample[8:] {
		r.Sample = append(r.Sample, binary.BigEndian.Uint64(sample))
	}
	return r
}

// replaces says whether what was read before is the same file: the same content, or the
// newer content of a file at the same place with figures of the same time. Logs at the
// same place are none: they are rotated.
func (i Import) replaces(o Import) bool {
	if i.Digest == "" || o.Digest == "" {
		return i.Name == o.Name && i.Part == o.Part && i.Kind == o.Kind && i.Source == o.Source && i.Period == o.Period && i.After == o.After
	}
	return i.Digest == o.Digest || i.Requests == nil && i.Place != "" && i.Place == o.Place && i.Part == o.Part &&
		i.Kind == o.Kind && i.Source == o.Source && i.Period == o.Period && i.After == o.After
}

// MayShare says whether two imports of one source may tell of the same visits, so that
// only one of them counts for an address: logs when they hold the same requests, other
// files when their periods share a day or are not known.
func (i Import) MayShare(o Import) bool {
	return spanOf(i.Period).meets(spanOf(o.Period)) && (i.Requests == nil || o.Requests == nil || i.Requests.same(o.Requests))
}

const selectImports = `
	SELECT id, file, name, part, place, digest, kind, source, period, rows, refused, addresses, after_switch, paths_only, people, requests, read_at
	FROM import ORDER BY id`

func readImports(ctx context.Context, q querier) ([]Import, error) {
	var out []Import
	err := each(ctx, q, selectImports, nil, func(rows *sql.Rows) error {
		var i Import
		var people int
		var sample []byte
		var at string
		err := rows.Scan(&i.id, &i.File, &i.Name, &i.Part, &i.Place, &i.Digest, &i.Kind, &i.Source, &i.Period, &i.Rows, &i.Refused,
			&i.Addresses, &i.After, &i.PathsOnly, &people, &sample, &at)
		if people > 0 {
			i.Requests = requestsOf(people, sample)
		}
		i.At = parseMoment(at)
		out = append(out, i)
		return err
	})
	return out, err
}

// Imports lists what was imported, in the order in which it was.
func (p *Project) Imports(ctx context.Context) ([]Import, error) {
	out, err := readImports(ctx, p.reader)
	return out, nameError("reading the list of imports", err)
}

// addImports gives the tables of one file their numbers, notes that they were read and
// takes out what they replace. gone are the files of which nothing is left.
func (w *writer) addImports(ctx context.Context, imports []Import) (replaced []Import, gone []int, err error) {
	stored, err := readImports(ctx, w.conn)
	if err != nil {
		return nil, nil, err
	}
	id, file := 0, 0
	var by []Import // what replaces them
	for _, o := range stored {
		id, file = max(id, o.id), max(file, o.File)
	}
	for n := range imports {
		im := &imports[n]
		im.id, im.File = id+1+n, file+1
		im.Name, im.Part = prose(im.Name), prose(im.Part)
		stored = slices.DeleteFunc(stored, func(o Import) bool {
			if !im.replaces(o) {
				return false
			}
			replaced, by = append(replaced, o), append(by, *im)
			return true
		})
	}
	for n, o := range replaced {
		// Results are replaced by period and host: what is not named anew stays.
		if o.After && by[n].After && (o.Digest == "" || o.Digest != by[n].Digest) {
			if err := w.exec(ctx, `UPDATE result SET reading = ? WHERE reading = ?`, by[n].id, o.id); err != nil {
				return nil, nil, err
			}
		}
		if err := w.dropImport(ctx, o); err != nil {
			return nil, nil, err
		}
		left := func(s Import) bool { return s.File == o.File }
		if !slices.ContainsFunc(stored, left) && !slices.Contains(gone, o.File) {
			gone = append(gone, o.File)
		}
	}
	for _, im := range imports {
		requests := &Requests{}
		if im.Requests != nil {
			requests = im.Requests
		}
		err := w.exec(ctx, `
			INSERT INTO import (id, file, name, part, place, digest, kind, source, period, rows, refused, addresses, after_switch, paths_only, people, requests, read_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			im.id, im.File, im.Name, im.Part, word(im.Place), word(im.Digest), word(im.Kind), word(im.Source), word(im.Period), im.Rows, im.Refused,
			im.Addresses, im.After, im.PathsOnly, requests.People, requests.bytes(), moment(im.At))
		if err != nil {
			return nil, nil, err
		}
	}
	return replaced, gone, nil
}

// dropImport takes out a table of a file with what it says.
func (w *writer) dropImport(ctx context.Context, im Import) error {
	for _, step := range []string{
		`DELETE FROM worth WHERE reading = ?`,
		`DELETE FROM linking WHERE reading = ?`,
		`DELETE FROM result WHERE reading = ?`,
		`DELETE FROM import WHERE id = ?`,
	} {
		if err := w.exec(ctx, step, im.id); err != nil {
			return err
		}
	}
	return nil
}

// Forgotten tells what became of a file that was taken back.
type Forgotten struct {
	Imports []Import
	Removed int // pages of the old shop that nothing else had named, and that did not answer
	Stayed  int // pages that nothing else had named, and that have answered meanwhile: they are pages of the shop
}

// Forget takes back files, by their numbers (Import.File): their figures, the sites they
// name, and the pages that only they had named. Plan, pairs and decisions stay until
// they are made anew. ErrNoImport when no file has one of the numbers; then nothing is
// changed.
func (p *Project) Forget(ctx context.Context, files ...int) (Forgotten, error) {
	var out Forgotten
	_, err := p.inBatch(ctx, catalog.Old, func(b *batch) error {
		stored, err := readImports(b.ctx, b.w.conn)
		if err != nil {
			return err
		}
		for _, file := range files {
			found := false
			for _, im := range stored {
				if im.File != file {
					continue
				}
				found = true
				out.Imports = append(out.Imports, im)
				if err := b.w.dropImport(b.ctx, im); err != nil {
					return err
				}
			}
			if !found {
				return fmt.Errorf("%w: %d", ErrNoImport, file)
			}
		}
		out.Removed, out.Stayed, err = b.unname(files, out.Imports)
		return err
	})
	if err != nil {
		return Forgotten{}, nameError("taking back a file", err)
	}
	return out, nil
}

// name notes that a file names a page that nobody has asked.
func (b *batch) name(file int, key catalog.Key) error {
	r, err := b.page(catalog.Key(keyText(key)))
	if err != nil || r == nil || r.visited > 0 {
		return err
	}
	return b.w.exec(b.ctx, `INSERT OR IGNORE INTO named (file, key) VALUES (?, ?)`, file, string(r.key))
}

// unname takes out the pages that only these files had named. What they say has been
// taken out already.
func (b *batch) unname(files []int, imports []Import) (removed, stayed int, err error) {
	if len(files) == 0 {
		return 0, 0, nil
	}
	if err := b.writeSpellings(); err != nil { // before rows go
		return 0, 0, err
	}
	var keys []string
	for _, file := range files {
		err := each(b.ctx, b.w.conn, `SELECT key FROM named WHERE file = ?`, []any{file}, func(rows *sql.Rows) error {
			var key string
			err := rows.Scan(&key)
			keys = append(keys, key)
			return err
		})
		if err != nil {
			return 0, 0, err
		}
	}
	for _, file := range files {
		if err := b.w.exec(b.ctx, `DELETE FROM named WHERE file = ?`, file); err != nil {
			return 0, 0, err
		}
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		var id int64
		var visited, status int
		var state PageState
		var sources string
		ok, err := b.w.row(b.ctx, `
			SELECT p.id, p.visited_crawl, p.status, p.state, (SELECT coalesce(group_concat(s.sources), '') FROM spelling s WHERE s.page = p.id)
			FROM page p WHERE p.side = ?1 AND p.key = ?2 AND NOT EXISTS (SELECT 1 FROM named n WHERE n.key = p.key)
				AND NOT EXISTS (SELECT 1 FROM worth w WHERE w.key = p.key)`,
			[]any{string(b.side), key}, &id, &visited, &status, &state, &sources)
		if err != nil {
			return 0, 0, err
		}
		others := strings.FieldsFunc(sources, func(r rune) bool { return r == ',' })
		others = slices.DeleteFunc(others, func(s string) bool {
			return slices.ContainsFunc(imports, func(i Import) bool { return word(i.Source) == s })
		})
		switch {
		case !ok || len(others) > 0:
			continue
		case visited > 0 && state != Failed && status != 404 && status != 410:
			stayed++
			continue
		}
		removed++
		if err := b.w.exec(b.ctx, `DELETE FROM page WHERE id = ?`, id); err != nil {
			return 0, 0, err
		}
		for _, step := range []string{`DELETE FROM match WHERE old_key = ?`, `DELETE FROM membership WHERE side = 'old' AND product = ?`} {
			if err := b.w.exec(b.ctx, step, key); err != nil {
				return 0, 0, err
			}
		}
	}
	b.w.forget(b.side)
	// A crawl that had ended, and counts as stopped for these pages only, has ended again.
	return removed, stayed, b.w.exec(b.ctx, `
		UPDATE shop SET state = 'done' WHERE side = ?1 AND state = 'stopped' AND finished_at <> ''
			AND NOT EXISTS (SELECT 1 FROM page WHERE side = ?1 AND due = 1)`, string(b.side))
}
