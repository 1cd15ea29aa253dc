package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// indexNow is a search engine that takes part in IndexNow and finds one key file.
func indexNow(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Host, Key, KeyLocation string
		URLList                []string
	}
	switch err := json.NewDecoder(r.Body).Decode(&body); {
	case r.Method != http.MethodPost || err != nil || len(body.URLList) == 0 || len(body.URLList) > 10_000:
		w.WriteHeader(http.StatusBadRequest)
		return
	case body.Key != "invented-key-0001" || !strings.HasSuffix(body.KeyLocation, "/invented-key-0001.txt"):
		w.WriteHeader(http.StatusForbidden)
		return
	}
	for _, u := range body.URLList {
		if !strings.HasPrefix(u, "http://"+body.Host+"/") {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
	}
}
