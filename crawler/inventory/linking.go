package inventory

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"replatform/crawler/catalog"
)

// Linking is another site that links to the old shop, as one file says.
type Linking struct {
	Source string      // as Worth.Source
	File   string      // name of the file, without its folder
	Site   string      // host, without "www."
	Key    catalog.Key // of the old page; "" when the file does not say which
	// Links is how many pages of the site link there; 0 unknown.
	Links int
	// Targets is how many pages of the shop the site links to, where Key is ""; 0 unknown.
	Targets int
	Pages   []string // addresses of some of its pages that link, absolute
	ReadAt  time.Time
}

// addLinking stores the sites that a table of a file names.
func (w *writer) addLinking(ctx context.Context, im Import) error {
	for i, l := range im.Linking {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if l.Key != "" {
			if err := checkKey(l.Key); err != nil {
				return err
			}
		}
		pages := make([]string, 0, len(l.Pages))
		for _, p := range l.Pages {
			pages = append(pages, address(p))
		}
		list, err := json.Marshal(pages)
		if err != nil {
			return err
		}
		err = w.exec(ctx, `
			INSERT INTO linking (reading, source, file, site, key, links, targets, pages, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (reading, site, key) DO UPDATE SET links = links + excluded.links, targets = max(targets, excluded.targets)`,
			im.id, word(im.Source), prose(im.Name), word(l.Site), keyText(l.Key), l.Links, l.Targets, string(list), moment(im.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// Linking hands out the sites that link to the old shop, as far as files name them,
// ordered by site, page, source and file. Aliases stand as the page that stands for
// them.
func (p *Project) Linking(ctx context.Context, fn func(Linking) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, catalog.Old)
		if err != nil {
			return err
		}
		return each(ctx, tx, `SELECT source, file, site, key, links, targets, pages, read_at FROM linking ORDER BY site, key, source, file, reading`, nil, func(rows *sql.Rows) error {
			var l Linking
			var pages, at string
			if err := rows.Scan(&l.Source, &l.File, &l.Site, &l.Key, &l.Links, &l.Targets, &pages, &at); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(pages), &l.Pages); err != nil {
				return err
			}
			if l.Key != "" {
				l.Key = al.key(l.Key)
			}
			l.ReadAt = parseMoment(at)
			return fn(l)
		})
	})
	return nameError("reading the sites that link to the shop", err)
}
