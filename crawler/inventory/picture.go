package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// Picture is what was found at the address of a picture. The picture itself is not kept.
type Picture struct {
	URL     string
	Hash    string // how it looks, see package picture; empty: it could not be read
	Problem string // why it could not be read, a stable word: not-found, robots, format …
	AskedAt time.Time
}

// SavePictures stores what was found, in place of what was known of these addresses.
func (p *Project) SavePictures(ctx context.Context, list []Picture) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		for _, v := range list {
			u := address(v.URL)
			if u == "" || len(u) > maxURL {
				continue
			}
			if err := p.writer.exec(ctx, `
				INSERT INTO picture (url, hash, problem, asked_at) VALUES (?, ?, ?, ?)
				ON CONFLICT (url) DO UPDATE SET hash = excluded.hash, problem = excluded.problem, asked_at = excluded.asked_at`,
				u, word(v.Hash), word(v.Problem), moment(v.AskedAt)); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError("storing pictures", err)
}

// mainPictures are the addresses of the first pictures of a shop's products.
const mainPictures = `
	SELECT json_extract(q.images, '$[0]') AS url FROM product q JOIN page p ON p.id = q.page
	WHERE p.side = ? AND p.state = 'done' AND p.status < 300 AND q.images <> '[]'`

// PicturesToAsk are the addresses of the main pictures of the products of side that
// have not been asked yet, each once, ordered.
func (p *Project) PicturesToAsk(ctx context.Context, side catalog.Side) ([]string, error) {
	var urls []string
	err := each(ctx, p.reader, `SELECT DISTINCT url FROM (`+mainPictures+`) AS main WHERE url IS NOT NULL AND url NOT IN (SELECT url FROM picture) ORDER BY url`,
		[]any{string(side)}, func(rows *sql.Rows) error {
			var u string
			if err := rows.Scan(&u); err != nil {
				return err
			}
			if strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") {
				urls = append(urls, u)
			}
			return nil
		})
	return urls, nameError(fmt.Sprintf("reading pictures of the %s shop", side), err)
}

// ForgetPictures makes the main pictures of the products of side ones that have not
// been asked.
func (p *Project) ForgetPictures(ctx context.Context, side catalog.Side) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		return p.writer.exec(ctx, `DELETE FROM picture WHERE url IN (`+mainPictures+`)`, string(side))
	})
	return nameError(fmt.Sprintf("forgetting pictures of the %s shop", side), err)
}

// PictureHashes are the hashes of all pictures that could be read, by address.
func (p *Project) PictureHashes(ctx context.Context) (map[string]string, error) {
	hashes := make(map[string]string)
	err := each(ctx, p.reader, `SELECT url, hash FROM picture WHERE hash <> ''`, nil, func(rows *sql.Rows) error {
		var u, h string
		if err := rows.Scan(&u, &h); err != nil {
			return err
		}
		hashes[u] = h
		return nil
	})
	return hashes, nameError("reading pictures", err)
}
