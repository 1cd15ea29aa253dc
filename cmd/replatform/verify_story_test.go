package main

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"replatform/redirects"
	"replatform/redirects/dialect"
)

// switched is the old address of the demo shop after the move, as a script in dir sees
// it: the map in plan/redirect-map.csv stands in front of the new shop. A file
// broken.txt there breaks single addresses; each line names one, "/?pid=1", and behind
// a space the status that it answers, or the path at the new shop that it leads to.
func switched(dir, newHost, shopAddr string) http.Handler {
	edge := sync.OnceValues(func() (*demoEdge, error) {
		name := filepath.Join(dir, "plan", "redirect-map.csv")
		kind, err := dialect.Detect(name)
		if err != nil {
			return nil, err
		}
		m, err := dialect.Open(name, kind, dialect.Options{})
		if err != nil {
			return nil, err
		}
		var rules redirects.Slice
		for r, err := range m.Rules() {
			if err != nil {
				return nil, err
			}
			r.Source.Host = "" // all names of the old shop, as in what is written for engines
			rules = append(rules, r)
		}
		return newDemoEdge(rules, shopAddr)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		broken, err := os.ReadFile(filepath.Join(dir, "broken.txt"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		for line := range strings.Lines(string(broken)) {
			if path, fault, ok := strings.Cut(strings.TrimSpace(line), " "); ok && path == r.RequestURI {
				if status, err := strconv.Atoi(fault); err == nil {
					w.WriteHeader(status)
				} else {
					http.Redirect(w, r, "http://"+newHost+fault, http.StatusMovedPermanently)
				}
				return
			}
		}
		e, err := edge()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		e.ServeHTTP(w, r)
	})
}
