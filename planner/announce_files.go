package planner

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"replatform/crawler/atomicfile"
	"replatform/crawler/inventory"
	"replatform/planner/workaround"
)

// Limits of one sitemap, before compression (https://www.sitemaps.org/protocol.html,
// 2016-11-21); the protocol says "50 MB", which is taken for the smaller of its two
// meanings. And of one submission (https://www.indexnow.org/documentation, as of
// 2026-05-04).
const (
	maxSitemapURLs  = 50_000
	maxSitemapBytes = 50_000_000
	indexNowBatch   = 10_000
)

const (
	sitemapXMLNS = ` xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`
	urlsetBegin  = xml.Header + "<urlset" + sitemapXMLNS + ">\n"
	urlsetEnd    = "</urlset>\n"
	indexBegin   = xml.Header + "<sitemapindex" + sitemapXMLNS + ">\n"
	indexEnd     = "</sitemapindex>\n"
)

// AnnouncedFile is a file that Write has made.
type AnnouncedFile struct {
	Name      string `json:"name"` // slash-separated, below the folder
	Addresses int    `json:"addresses"`
}

// indexNowPayload is the body of one submission
// (https://www.indexnow.org/documentation).
type indexNowPayload struct {
	Host        string   `json:"host"`
	Key         string   `json:"key"`
	KeyLocation string   `json:"keyLocation"`
	URLList     []string `json:"urlList"`
}

// payloads are the submissions of one host, at most 10,000 addresses each.
func (a Announcement) payloads(h AnnouncedHost) []indexNowPayload {
	var out []indexNowPayload
	for batch := range slices.Chunk(h.Submitted(), indexNowBatch) {
		out = append(out, indexNowPayload{h.Host, a.Key, h.KeyLocation, batch})
	}
	return out
}

// Write makes the folder: for each host its sitemaps, the key file and the submissions
// to IndexNow; beside them the list of pages that others link to, that of the sites
// which do, as far as they are known by name, with a letter to them, and what to do with
// each file, in both languages. Files of an earlier announcement that are not needed
// any more are removed; no other file of the folder is touched.
func (a Announcement) Write(ctx context.Context, dir string) ([]AnnouncedFile, error) {
	w := &announceWriter{ctx: ctx, dir: dir}
	for _, h := range a.Hosts {
		folder := hostFolder(h.Host)
		for _, s := range []struct {
			name string
			urls []string
		}{{"sitemap-old", h.Moved}, {"sitemap-new", h.New}} {
			if len(s.urls) > 0 {
				w.sitemap(folder, s.name, h.scheme+"://"+h.Host+"/", s.urls)
			}
		}
		w.file(folder+"/"+a.Key+".txt", 0, []byte(a.Key))
		for i, p := range a.payloads(h) {
			data, err := json.MarshalIndent(p, "", "  ")
			if err != nil {
				return nil, fmt.Errorf("writing an IndexNow submission: %w", err)
			}
			w.file(fmt.Sprintf("%s/indexnow-%d.json", folder, i+1), len(p.URLList), append(data, '\n'))
		}
	}
	if len(a.Linked) > 0 {
		w.file("links-to-change.csv", len(a.Linked), a.linkedCSV())
	}
	if len(a.Linking) > 0 {
		w.file("linking-sites.csv", len(a.Linking), workaround.LinkingSitesCSV(a.Linking))
		for _, l := range workaround.Letters("", "") {
			w.file(l.Name, 0, l.Data)
		}
	}
	made := slices.Clone(w.made)
	for _, lang := range []string{"ja", "en"} {
		text, err := a.guide(lang, made)
		if err != nil {
			return nil, err
		}
		w.file("README."+lang+".md", 0, text)
	}
	if w.err != nil {
		return nil, w.err
	}
	return made, w.clear()
}

// announceWriter writes files until one fails.
type announceWriter struct {
	ctx  context.Context
	dir  string
	made []AnnouncedFile
	err  error
}

func (w *announceWriter) file(name string, addresses int, data []byte) {
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if w.err != nil {
		return
	}
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if w.err = os.MkdirAll(filepath.Dir(path), 0o755); w.err != nil {
		return
	}
	w.err = atomicfile.Write(path, 0o644, func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
	w.made = append(w.made, AnnouncedFile{name, addresses})
}

// sitemap writes one file, or several below an index of the same name. base is where
// they will lie.
func (w *announceWriter) sitemap(folder, name, base string, urls []string) {
	files, counts := sitemapFiles(urls, maxSitemapURLs, maxSitemapBytes)
	if len(files) == 1 {
		w.file(folder+"/"+name+".xml", counts[0], files[0])
		return
	}
	var index bytes.Buffer
	index.WriteString(indexBegin)
	for i, data := range files {
		part := fmt.Sprintf("%s-%d.xml", name, i+1)
		w.file(folder+"/"+part, counts[i], data)
		index.WriteString("<sitemap><loc>")
		_ = xml.EscapeText(&index, []byte(base+part)) // a buffer takes everything
		index.WriteString("</loc></sitemap>\n")
	}
	index.WriteString(indexEnd)
	w.file(folder+"/"+name+".xml", len(urls), index.Bytes())
}

// sitemapFiles spreads addresses over files of at most maxURLs addresses and maxBytes
// bytes. lastmod is left out: it is of use only where it is reliably true
// (https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap,
// as of 2026-07-08).
func sitemapFiles(urls []string, maxURLs, maxBytes int) (files [][]byte, counts []int) {
	var b bytes.Buffer
	n := 0
	finish := func() {
		if n > 0 {
			b.WriteString(urlsetEnd)
			files, counts = append(files, bytes.Clone(b.Bytes())), append(counts, n)
		}
		b.Reset()
		n = 0
	}
	var line bytes.Buffer
	for _, u := range urls {
		line.Reset()
		line.WriteString("<url><loc>")
		_ = xml.EscapeText(&line, []byte(u))
		line.WriteString("</loc></url>\n")
		if n == maxURLs || n > 0 && b.Len()+line.Len()+len(urlsetEnd) > maxBytes {
			finish()
		}
		if n == 0 {
			b.WriteString(urlsetBegin)
		}
		b.Write(line.Bytes())
		n++
	}
	finish()
	return files, counts
}

func (a Announcement) linkedCSV() []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff") // spreadsheets take the file for UTF-8 by it
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"old_url", "new_url", "linking_sites", "clicks"})
	for _, l := range a.Linked {
		_ = w.Write([]string{inventory.GuardCell(l.OldURL), inventory.GuardCell(l.NewURL), strconv.FormatFloat(l.LinkingSites, 'f', -1, 64), strconv.FormatFloat(l.Clicks, 'f', -1, 64)})
	}
	w.Flush() // a buffer takes everything
	return b.Bytes()
}

// clear removes what an earlier announcement has left.
func (w *announceWriter) clear() error {
	made := map[string]bool{}
	for _, f := range w.made {
		made[f.Name] = true
	}
	for _, pattern := range []string{"*/sitemap-old*.xml", "*/sitemap-new*.xml", "*/indexnow-*.json", "links-to-change.csv", "linking-sites.csv", "letter-to-linking-site.*.txt"} {
		found, err := filepath.Glob(filepath.Join(w.dir, filepath.FromSlash(pattern)))
		if err != nil {
			return fmt.Errorf("looking for earlier files: %w", err)
		}
		for _, path := range found {
			name, err := filepath.Rel(w.dir, path)
			if err != nil || made[filepath.ToSlash(name)] {
				continue
			}
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("removing a file of an earlier announcement: %w", err)
			}
		}
	}
	return nil
}

// hostFolder is a folder name for a host, also where its name would be none.
func hostFolder(host string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.':
			return r
		}
		return '_'
	}, host)
	return strings.TrimLeft(name, ".") // no hidden folder, nor the one above
}

//go:embed announce.en.md.tmpl announce.ja.md.tmpl
var announceGuides embed.FS

// guide says in lang what to do with each file.
func (a Announcement) guide(lang string, files []AnnouncedFile) ([]byte, error) {
	t, err := template.New("announce."+lang+".md.tmpl").Funcs(template.FuncMap{
		"folder": hostFolder,
		"files": func(prefix string) []AnnouncedFile {
			var out []AnnouncedFile
			for _, f := range files {
				if strings.HasPrefix(f.Name, prefix) {
					out = append(out, f)
				}
			}
			return out
		},
	}).ParseFS(announceGuides, "announce."+lang+".md.tmpl")
	if err != nil {
		return nil, fmt.Errorf("reading the text about announcements: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, a); err != nil {
		return nil, fmt.Errorf("writing the text about announcements: %w", err)
	}
	return b.Bytes(), nil
}

// ErrNotTaken: the search engine did not take a submission.
var ErrNotTaken = errors.New("the search engine did not take the submission")

// Submission is one answer to a submission.
type Submission struct {
	Host      string `json:"host"`
	Addresses int    `json:"addresses"`
	Status    int    `json:"status"`
}

// Send posts the submissions to an IndexNow endpoint, an absolute URL, one after the
// other, and calls fn with each answer. It stops with ErrNotTaken at the first answer
// that is neither 200 nor 202, since the ones behind it would fare alike. client
// decides on time limits.
func (a Announcement) Send(ctx context.Context, client *http.Client, endpoint string, fn func(Submission)) error {
	for _, h := range a.Hosts {
		for _, p := range a.payloads(h) {
			body, err := json.Marshal(p)
			if err != nil {
				return fmt.Errorf("making an IndexNow submission: %w", err)
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
			if err != nil {
				return fmt.Errorf("sending to %s: %w", endpoint, err)
			}
			req.Header.Set("Content-Type", "application/json; charset=utf-8")
			resp, err := client.Do(req)
			if err != nil {
				return fmt.Errorf("sending the addresses of %s: %w", h.Host, err)
			}
			_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusAccepted {
				return fmt.Errorf("%w: %d addresses of %s: answer %d", ErrNotTaken, len(p.URLList), h.Host, resp.StatusCode)
			}
			fn(Submission{h.Host, len(p.URLList), resp.StatusCode})
		}
	}
	return nil
}
