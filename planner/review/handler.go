package review

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

//go:embed web
var webFiles embed.FS

// handler answers the review page.
type handler struct {
	deck     *deck
	guard    *guard
	words    map[string]*words
	lang     string
	pictures bool
	log      *slog.Logger
	page     *template.Template
	http.Handler
}

func newHandler(ctx context.Context, project *inventory.Project, host string, opts Options) (*handler, error) {
	h := &handler{guard: newGuard(host), words: map[string]*words{}, lang: opts.Lang, pictures: opts.Pictures, log: opts.Log}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	for _, lang := range languages() {
		w, err := newWords(lang)
		if err != nil {
			return nil, err
		}
		h.words[lang] = w
	}
	if h.words[h.lang] == nil {
		return nil, fmt.Errorf("there is no review page in the language %q", h.lang)
	}
	var err error
	h.page, err = template.New("page.html").Funcs(template.FuncMap{"t": func(string) string { return "" }}).ParseFS(webFiles, "web/page.html")
	if err != nil {
		return nil, fmt.Errorf("reading the review page: %w", err)
	}
	if h.deck, err = openDeck(ctx, project, opts.By); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+home+"{$}", h.answer(h.showPage))
	mux.HandleFunc("GET "+home+"app.js", h.file("web/app.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET "+home+"app.css", h.file("web/app.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET "+home+"rows", h.answer(h.rows))
	mux.HandleFunc("GET "+home+"groups", h.answer(h.groups))
	mux.HandleFunc("GET "+home+"search", h.answer(h.search))
	mux.HandleFunc("POST "+home+"decide", h.answer(h.decide))
	mux.HandleFunc("POST "+home+"decide-group", h.answer(h.decideGroup))
	mux.HandleFunc("POST "+home+"note", h.answer(h.note))
	mux.HandleFunc("POST "+home+"undo", h.answer(h.undo))
	h.Handler = h.guard.wrap(mux, policy(opts.Pictures))
	return h, nil
}

// entry is the address that opens the page.
func (h *handler) entry() string {
	return "http://" + h.guard.host + home + "?token=" + h.guard.token
}

func (h *handler) file(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		data, err := webFiles.ReadFile(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(data) // a browser that went away
	}
}

// language of the answer: the one the page was loaded in.
func (h *handler) language(r *http.Request) string {
	if lang := r.URL.Query().Get("lang"); h.words[lang] != nil {
		return lang
	}
	return h.lang
}

// answer turns what fn returns into JSON, and its error into a sentence.
func (h *handler) answer(fn func(http.ResponseWriter, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := fn(w, r)
		if err != nil {
			status, key := http.StatusInternalServerError, "error.failed"
			var ref refusal
			var long *http.MaxBytesError
			var syntax badRequest
			switch {
			case errors.As(err, &ref):
				status, key = ref.status, ref.reason
			case errors.Is(err, errNoUndo):
				status, key = http.StatusConflict, "error.no-undo"
			case errors.Is(err, inventory.ErrBusy):
				status, key = http.StatusServiceUnavailable, "error.busy"
			case errors.As(err, &long):
				status, key = http.StatusRequestEntityTooLarge, "error.bad-request"
			case errors.As(err, &syntax):
				status, key = http.StatusBadRequest, "error.bad-request"
			default:
				h.log.Error("review page", "path", r.URL.Path, "error", err)
			}
			v = map[string]string{"error": h.words[h.language(r)].t(key)}
			h.write(w, status, v)
			return
		}
		if v != nil {
			h.write(w, http.StatusOK, v)
		}
	}
}

func (h *handler) write(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(data) // a browser that went away
}

// showPage reads the project anew, so that the page shows what it holds now.
func (h *handler) showPage(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := h.deck.reload(r.Context()); err != nil {
		return nil, err
	}
	lang := h.language(r)
	texts, err := json.Marshal(h.words[lang].texts)
	if err != nil {
		return nil, err
	}
	page, err := h.page.Clone()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = page.Funcs(template.FuncMap{"t": h.words[lang].t}).Execute(&b, map[string]any{
		"Lang": lang, "Texts": string(texts), "Key": h.guard.key, "Pictures": h.pictures,
	})
	if err != nil {
		return nil, fmt.Errorf("making the page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // a browser that went away
	return nil, nil
}

// Paging.
const (
	pageSize = 50
	maxPage  = 200
)

type rowsAnswer struct {
	Total  int        `json:"total"`
	Offset int        `json:"offset"`
	Rows   []rowView  `json:"rows"`
	Counts counts     `json:"counts"`
	Group  *groupView `json:"group,omitempty"`
}

// rows answers one page of rows: view, group, offset, limit; with key the page that
// begins at this row, or where it would be.
func (h *handler) rows(_ http.ResponseWriter, r *http.Request) (any, error) {
	q := r.URL.Query()
	sel := selection{View: q.Get("view"), Group: q.Get("group")}
	if sel.View == "" {
		sel.View = viewOpen
	}
	offset, limit := number(q.Get("offset"), 0), min(max(number(q.Get("limit"), pageSize), 1), maxPage)
	h.deck.mu.Lock()
	defer h.deck.mu.Unlock()
	list := h.deck.selected(sel)
	if key := catalog.Key(q.Get("key")); key != "" {
		for i, row := range list {
			if row.match.Old == key {
				offset = i
			}
		}
	}
	offset = min(max(offset, 0), len(list))
	out := rowsAnswer{Total: len(list), Offset: offset, Rows: []rowView{}, Counts: h.deck.count()}
	for _, row := range list[offset:min(len(list), offset+limit)] {
		out.Rows = append(out.Rows, h.deck.show(row, h.language(r), h.pictures))
	}
	if g := h.deck.groups[sel.Group]; g != nil {
		v := h.deck.groupView(g)
		out.Group = &v
	}
	return out, nil
}

func number(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return otherwise
	}
	return n
}

// maxGroups bounds the list of groups; the largest come first.
const maxGroups = 100

func (h *handler) groups(http.ResponseWriter, *http.Request) (any, error) {
	h.deck.mu.Lock()
	defer h.deck.mu.Unlock()
	list := h.deck.openGroups()
	out := struct {
		Total  int         `json:"total"`
		Groups []groupView `json:"groups"`
	}{Total: len(list), Groups: []groupView{}}
	for _, g := range list[:min(len(list), maxGroups)] {
		out.Groups = append(out.Groups, h.deck.groupView(g))
	}
	return out, nil
}

// maxQuery bounds a search, in bytes.
const maxQuery = 300

func (h *handler) search(_ http.ResponseWriter, r *http.Request) (any, error) {
	q := r.URL.Query().Get("q")
	if len(q) > maxQuery {
		return nil, badRequest{errors.New("query too long")}
	}
	h.deck.mu.Lock()
	defer h.deck.mu.Unlock()
	out := []sideView{}
	for _, s := range h.deck.search(q, catalog.Key(r.URL.Query().Get("old"))) {
		out = append(out, viewOf(s, h.pictures))
	}
	return map[string]any{"found": out}, nil
}

// badRequest is a body that is no JSON of the expected form.
type badRequest struct{ error }

func (b badRequest) Unwrap() error { return b.error }

func body(r *http.Request, v any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return badRequest{fmt.Errorf("reading the request: %w", err)}
	}
	return nil
}

type changed struct {
	Saved  int           `json:"saved"`
	Keys   []catalog.Key `json:"keys,omitempty"` // rows that undo concerned, the first few
	Counts counts        `json:"counts"`
}

func (h *handler) decide(_ http.ResponseWriter, r *http.Request) (any, error) {
	var in struct {
		Words []word `json:"words"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	h.deck.mu.Lock()
	defer h.deck.mu.Unlock()
	// A browser that goes away must not take a word back that it has sent.
	if err := h.deck.decide(context.WithoutCancel(r.Context()), in.Words); err != nil {
		return nil, err
	}
	return changed{Saved: len(in.Words), Counts: h.deck.count()}, nil
}

func (h *handler) decideGroup(_ http.ResponseWriter, r *http.Request) (any, error) {
	var in struct {
		Group   string `json:"group"`
		Verdict string `json:"verdict"`
		Rows    int    `json:"rows"` // how many the page says there are
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	h.deck.mu.Lock()
	defer h.deck.mu.Unlock()
	n, err := h.deck.decideGroup(context.WithoutCancel(r.Context()), in.Group, in.Verdict, in.Rows)
	if err != nil {
		return nil, err
	}
	return changed{Saved: n, Counts: h.deck.count()}, nil
}

// maxNote bounds a note, in bytes.
const maxNote = 2000

func (h *handler) note(_ http.ResponseWriter, r *http.Request) (any, error) {
	var in struct {
		Old  catalog.Key `json:"old"`
		Note string      `json:"note"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if len(in.Note) > maxNote {
		return nil, badRequest{errors.New("note too long")}
	}
	h.deck.mu.Lock()
	defer h.deck.mu.Unlock()
	if err := h.deck.note(context.WithoutCancel(r.Context()), in.Old, in.Note); err != nil {
		return nil, err
	}
	return changed{Saved: 1, Keys: []catalog.Key{in.Old}, Counts: h.deck.count()}, nil
}

func (h *handler) undo(_ http.ResponseWriter, r *http.Request) (any, error) {
	var in struct{}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	h.deck.mu.Lock()
	defer h.deck.mu.Unlock()
	keys, err := h.deck.undo(context.WithoutCancel(r.Context()))
	if err != nil {
		return nil, err
	}
	return changed{Saved: len(keys), Keys: keys[:min(len(keys), 50)], Counts: h.deck.count()}, nil
}
