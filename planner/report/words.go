package report

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"replatform/planner"
)

//go:embed lang/*.json
var langFiles embed.FS

// Languages are the languages that a report can be written in.
func Languages() []string { return []string{"ja", "en"} }

// words is the catalogue of one language.
type words struct {
	code    string
	texts   map[string]string
	printer *message.Printer
	// holidays are the public holidays that dates are marked with; nil: not known.
	holidays *cal.Calendar
}

func newWords(lang string) (*words, error) {
	data, err := langFiles.ReadFile("lang/" + lang + ".json")
	if err != nil {
		return nil, fmt.Errorf("there is no report in the language %q", lang)
	}
	w := &words{code: lang, printer: message.NewPrinter(language.Make(lang))}
	if err := json.Unmarshal(data, &w.texts); err != nil {
		return nil, fmt.Errorf("reading the report texts for %q: %w", lang, err)
	}
	return w, nil
}

// t is a sentence with its values.
func (w *words) t(key string, args ...any) (string, error) {
	format, ok := w.texts[key]
	if !ok {
		return "", fmt.Errorf("no text %q in %s", key, w.code)
	}
	if len(args) == 0 {
		return format, nil
	}
	return w.printer.Sprintf(format, args...), nil
}

// or is the text for key, or fallback where there is none: for words that come from
// data, such as the code of a finding.
func (w *words) or(key, fallback string) string {
	if s, ok := w.texts[key]; ok {
		return s
	}
	return fallback
}

// n writes a number in the manner of the language.
func (w *words) n(v any) string { return w.printer.Sprint(v) }

// percent writes a share between 0 and 1; nothing for 0, which means not known.
func (w *words) percent(f float64) string {
	if f == 0 {
		return "–"
	}
	return w.printer.Sprintf("%.0f%%", 100*f)
}

// offset writes "T-14" for people.
func (w *words) offset(s string) string {
	s = strings.ReplaceAll(s, "..", "…")
	for _, clock := range []string{"T", "E", "D", "B"} {
		s = strings.ReplaceAll(s, clock+"+0h", clock)
		if strings.HasSuffix(s, clock+"+0") {
			s = strings.TrimSuffix(s, "+0")
		}
		s = strings.ReplaceAll(s, clock+"+0…", clock+"…")
	}
	return strings.ReplaceAll(s, "-", "−")
}

// share is a part of a whole in words, "unknown" where there is no whole.
func (w *words) share(part, whole int) string {
	if whole == 0 {
		return w.or("unknown", "unknown")
	}
	return w.printer.Sprintf("%.1f%%", 100*float64(part)/float64(whole))
}

// date writes a day with its weekday.
func (w *words) date(t time.Time) string {
	if t.IsZero() {
		return w.or("unknown", "unknown")
	}
	if w.code == "ja" {
		return t.Format("2006年1月2日") + "（" + [...]string{"日", "月", "火", "水", "木", "金", "土"}[t.Weekday()] + "）"
	}
	return t.Format("Monday, 2 January 2006")
}

// periods writes the periods of a source, "2025-08-01/2026-10-31", as days; one of
// another form stays as it is.
func (w *words) periods(list []string) string {
	if len(list) == 0 {
		return w.or("unknown", "unknown")
	}
	day := func(s string) (string, bool) {
		t, err := time.Parse(time.DateOnly, s)
		if w.code == "ja" {
			return t.Format("2006年1月2日"), err == nil
		}
		return t.Format("2 January 2006"), err == nil
	}
	out := make([]string, len(list))
	for i, p := range list {
		from, to, _ := strings.Cut(p, "/")
		first, ok := day(from)
		last, also := day(to)
		out[i] = p
		if ok && also {
			out[i] = first + w.or("period.to", " – ") + last
		}
	}
	return strings.Join(out, w.or("list.comma", ", "))
}

// in picks the language of a bilingual text. Commands and file names in backticks, as
// the pages of instructions have them, stand in quotation marks.
func (w *words) in(t planner.Text) string { return plain(t.In(w.code), w.code) }

// plain turns what stands in backticks into a quotation, beside whose Japanese marks no
// blank stands; a backtick without a second one stays.
func plain(s, lang string) string {
	parts := strings.Split(s, "`")
	if len(parts) < 3 {
		return s
	}
	left, right := "“", "”"
	if lang == "ja" {
		left, right = "「", "」"
		for i := 0; i < len(parts); i += 2 {
			if i > 0 {
				parts[i] = strings.TrimLeft(parts[i], " ")
			}
			if i+2 < len(parts) {
				parts[i] = strings.TrimRight(parts[i], " ")
			}
		}
	}
	var out strings.Builder
	for i, part := range parts {
		switch {
		case i == 0:
		case i%2 == 0:
			out.WriteString(right)
		case i == len(parts)-1:
			out.WriteByte('`')
		default:
			out.WriteString(left)
		}
		out.WriteString(part)
	}
	return out.String()
}

// statedDate writes the date of a source or file, which may be a day, a month or a
// year of ISO 8601; anything else stays as it is.
func (w *words) statedDate(s string) string {
	for _, form := range []struct{ iso, ja, en string }{
		{time.DateOnly, "2006年1月2日", "2 Jan 2006"}, {"2006-01", "2006年1月", "Jan 2006"}, {"2006", "2006年", "2006"},
	} {
		t, err := time.Parse(form.iso, s)
		switch {
		case err != nil:
		case w.code == "ja":
			return t.Format(form.ja)
		default:
			return t.Format(form.en)
		}
	}
	return s
}

// money writes an amount of a currency (ISO 4217); where it is not known, the number
// alone. An amount of 0 means not known.
func (w *words) money(amount float64, currency string) string {
	if amount == 0 {
		return "–"
	}
	s := w.printer.Sprintf("%.0f", amount)
	switch {
	case currency == "":
		return s
	case w.code != "ja":
		return currency + " " + s
	case currency == "JPY":
		return s + "円"
	}
	return s + " " + currency
}
