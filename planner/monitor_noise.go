package planner

import (
	"net/url"
	"path"
	"strings"
)

// Rules by which missed addresses are counted as noise: programs that look for holes in
// a server ask for them, and no page of the old shop was ever built so.
const (
	NoiseHidden  = "hidden-file"     // a folder or file whose name begins with a dot: /.env, /.git/config
	NoiseProgram = "program-file"    // ends as a program, a setting or a backup does, and no page of the old shop ends so
	NoiseOther   = "other-software"  // a place that well-known software has for itself, where the old shop had no page: /wp-login.php
	NoiseAttack  = "attack"          // climbs up folders, or holds code or control characters
	NoiseEndless = "endless-address" // longer or deeper than addresses of shops are, see frontier.Explain
)

// NoiseRules lists all.
func NoiseRules() []string {
	return []string{NoiseHidden, NoiseProgram, NoiseOther, NoiseAttack, NoiseEndless}
}

// oldPaths knows of the old shop's addresses what could be taken for noise.
type oldPaths struct {
	endings map[string]bool // of programs
	places  map[string]bool // first words of paths that belong to software
}

func newOldPaths() oldPaths {
	return oldPaths{endings: map[string]bool{}, places: map[string]bool{}}
}

func (o oldPaths) add(address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if end := programEnding(u.Path); end != "" {
		o.endings[end] = true
	}
	if place := softwarePlace(u.Path); place != "" {
		o.places[place] = true
	}
}

// noise is the rule by which an address is none of a shop's; "" when there is no such
// rule. The address is known to be no page of either shop.
func (o oldPaths) noise(u *url.URL) string {
	for word := range strings.SplitSeq(u.Path, "/") {
		switch {
		case word == "..":
			return NoiseAttack
		case strings.HasPrefix(word, "."): // "/.well-known/" (RFC 8615) too: it holds no pages
			return NoiseHidden
		}
	}
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		query = u.RawQuery
	}
	for _, text := range []string{u.Path, query} {
		lower := strings.ToLower(text)
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.Contains(text, "../") || strings.Contains(text, `..\`) ||
			strings.Contains(lower, "<script") || strings.Contains(lower, "${") || strings.Contains(lower, "union select") {
			return NoiseAttack
		}
	}
	if place := softwarePlace(u.Path); place != "" && !o.places[place] {
		return NoiseOther
	}
	if end := programEnding(u.Path); end != "" && !o.endings[end] {
		return NoiseProgram
	}
	return ""
}

// programEnding is the ending of a path when programs, settings and backups have it.
func programEnding(p string) string {
	switch end := strings.ToLower(strings.TrimPrefix(path.Ext(p), ".")); end {
	case "php", "php3", "php5", "php7", "phtml", "asp", "aspx", "ashx", "asmx", "jsp", "jspx", "cfm", "cgi", "pl", "py", "rb", "sh", "bat", "exe", "dll",
		"env", "ini", "conf", "cfg", "config", "yml", "yaml", "toml", "properties", "sql", "sqlite", "db", "bak", "old", "orig", "save", "swp", "log",
		"zip", "rar", "7z", "tar", "tgz", "bz2", "pem", "key", "crt", "pfx":
		return end
	}
	return ""
}

// softwarePlace is the first word of a path when it belongs to software with a fixed
// place: WordPress, database front ends, server consoles.
func softwarePlace(p string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(p, "/"), "/")
	word = strings.ToLower(word)
	switch {
	case strings.HasPrefix(word, "wp-"):
		return "wp-"
	case strings.HasPrefix(word, "phpmyadmin"):
		return "phpmyadmin"
	}
	switch word {
	case "wordpress", "xmlrpc.php", "pma", "adminer", "adminer.php", "cgi-bin", "administrator", "actuator", "solr", "boaform", "hnap1", "owa", "ecp",
		"autodiscover", "server-status", "_ignition", "geoserver", "jenkins", "graphql", "console":
		return word
	}
	return ""
}
