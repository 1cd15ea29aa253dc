package workaround

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// folder is an artefact with its files and the words for its instructions.
type folder struct {
	Artefact
	guide
	files []file
}

type file struct {
	name string
	data []byte
}

func (f *folder) add(name, text string) { f.files = append(f.files, file{name, []byte(text)}) }

// guide is what the instructions say, in the order of the chapters.
type guide struct {
	what   []Text // what it does
	steps  []Text // how to put it in
	test   []Text // how to see that it works
	keep   []Text // how long it must stay
	undo   []Text // how to take it out
	basis  []Evidence
	count  Text // what it carries, where that is not counted by rows
	search bool // the evidence on search engines belongs to it
}

// openFirst stands before every form that moves visitors on.
var openFirst = Text{
	"新しいお店を公開した後（切替日）に行います。先に入れると、まだ開いていないお店へお客様を送ってしまいます。",
	"Do this after the new shop has opened (the day of the move); earlier it would send visitors to a shop that is not open yet.",
}

// noForwardText stands first where the terms forbid to move visitors on.
var noForwardText = Text{
	"**これは、訪問者を自動では移動しない版です**（規約で自動の移動が禁じられているとのお答えのため）。旧ページは開いたまま、見えるリンクと正規URL（入れられる場合）だけが新しいページを指します。以下で「移る」とあるのは「リンクが出る」と読んでください。",
	"**This version moves nobody on by itself** (you said that the terms forbid it). The old page stays open; only the visible link, and the canonical link where one can be set, point to the new page. Where it says below that visitors are moved, read that they see the link.",
}

// fileNames of the instructions.
const (
	readmeJA   = "README.ja.md"
	readmeEN   = "README.en.md"
	refusedCSV = "not-covered.csv"
)

// finish adds instructions and the list of refused rows, and hands all files to the
// sink in a folder of the artefact's id.
func (f *folder) finish(in Input, sink Sink) (Artefact, error) {
	f.Covers = sortCovers(f.Covers)
	f.Refused = sortRefusals(f.Refused)
	if len(f.Refused) > 0 {
		f.files = append(f.files, file{refusedCSV, refusedRows(in, f.Refused)})
	}
	f.add(readmeJA, f.readme(in, "ja"))
	f.add(readmeEN, f.readme(in, "en"))
	for _, x := range f.files {
		name := path.Join(f.ID, x.name)
		if err := sink.WriteFile(name, x.data); err != nil {
			return Artefact{}, fmt.Errorf("writing %s: %w", name, err)
		}
		f.Files = append(f.Files, name)
	}
	slices.Sort(f.Files)
	f.InstructionsJA, f.InstructionsEN = path.Join(f.ID, readmeJA), path.Join(f.ID, readmeEN)
	return f.Artefact, nil
}

// chapter titles of the instructions.
var (
	headWhat    = Text{"これは何か", "What this is"}
	headFiles   = Text{"入っているファイル", "Files"}
	headSteps   = Text{"入れ方", "How to put it in"}
	headTest    = Text{"確かめ方", "How to test"}
	headSamples = Text{"次のページで確かめてください", "Try these pages"}
	headKeep    = Text{"いつまで残すか", "How long to keep it"}
	headUndo    = Text{"元に戻す方法", "How to undo it"}
	headLimits  = Text{"できないこと", "What it cannot do"}
	headTasks   = Text{"まだ分かっていないこと（確認してください）", "Not known yet: please find out"}
	headBasis   = Text{"根拠", "Evidence"}
)

var confidences = map[string]Text{
	"V": {"提供元の文書", "vendor text"},
	"C": {"実物のページ・ファイル", "real page or file"},
	"P": {"実務者の報告", "practitioner"},
	"I": {"推論", "inferred"},
	"H": {"一次資料", "primary source"},
	"M": {"二次資料", "secondary source"},
	"?": {"不明", "unknown"},
}

func (f *folder) readme(in Input, lang string) string {
	var b strings.Builder
	title := f.Title.In(lang)
	if shop := in.ShopName.In(lang); shop != "" {
		title += ": " + markdownText(shop)
	}
	fmt.Fprintf(&b, "# %s\n\n", title)
	if !in.Generated.IsZero() {
		fmt.Fprintf(&b, "%s: %s\n\n", Text{"作成日", "Made on"}.In(lang), in.Generated.Format(time.DateOnly))
	}
	fmt.Fprintf(&b, "%s\n\n", f.counted(in, lang))
	paragraphs(&b, headWhat, f.what, lang)
	f.fileList(&b, lang)
	numbered(&b, headSteps, f.steps, lang)
	numbered(&b, headTest, f.test, lang)
	f.samples(&b, in, lang)
	paragraphs(&b, headKeep, f.keep, lang)
	paragraphs(&b, headUndo, f.undo, lang)
	if len(f.Limits) > 0 {
		fmt.Fprintf(&b, "## %s\n\n", headLimits.In(lang))
		for _, l := range f.Limits {
			bullet(&b, l, lang)
		}
		b.WriteString("\n")
	}
	if len(f.Tasks) > 0 {
		fmt.Fprintf(&b, "## %s\n\n", headTasks.In(lang))
		for _, t := range f.Tasks {
			fmt.Fprintf(&b, "- [ ] %s\n", t.Text.In(lang))
		}
		b.WriteString("\n")
	}
	basis := f.basis
	if f.search {
		basis = append(slices.Clone(basis), searchEvidence()...)
	}
	if len(basis) > 0 {
		fmt.Fprintf(&b, "## %s\n\n", headBasis.In(lang))
		for _, e := range basis {
			bullet(&b, e, lang)
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// counted says how many rows the artefact carries, by strength.
func (f *folder) counted(in Input, lang string) string {
	if f.count != (Text{}) {
		return f.count.In(lang)
	}
	n := map[Strength]int{}
	for _, c := range f.Covers {
		n[c.Strength]++
	}
	var parts []string
	for _, s := range []Strength{InstantRefresh, Canonical, Script, Link} {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", strengthNames[s].In(lang), n[s]))
		}
	}
	total := 0
	for _, r := range in.Rows {
		if r.NewURL != "" {
			total++
		}
	}
	if lang == "ja" {
		text := fmt.Sprintf("移転先のある旧URL %d 件のうち、この方法で案内できるもの: %d 件", total, len(f.Covers))
		if len(parts) > 0 {
			text += "（" + strings.Join(parts, "、") + "）"
		}
		if len(f.Refused) > 0 {
			text += fmt.Sprintf("。案内できないもの: %d 件（`%s`）", len(f.Refused), refusedCSV)
		}
		return text + "。"
	}
	text := fmt.Sprintf("Of %d old addresses with a target this carries %d", total, len(f.Covers))
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	if len(f.Refused) > 0 {
		text += fmt.Sprintf("; not carried: %d (`%s`)", len(f.Refused), refusedCSV)
	}
	return text + "."
}

var strengthNames = map[Strength]Text{
	InstantRefresh: {"即時の案内（0秒リフレッシュ＋正規URL）", "instant refresh with canonical"},
	Canonical:      {"正規URLと見えるリンク", "canonical and visible link"},
	Script:         {"スクリプトによる転送", "script"},
	Link:           {"リンクのみ", "link only"},
}

func (f *folder) fileList(b *strings.Builder, lang string) {
	var names []string
	inFolder := map[string]int{}
	for _, x := range f.files {
		top, _, below := strings.Cut(x.name, "/")
		switch {
		case x.name == readmeJA || x.name == readmeEN:
		case below: // there can be thousands
			inFolder[top]++
		default:
			names = append(names, "- `"+x.name+"`")
		}
	}
	for _, top := range slices.Sorted(maps.Keys(inFolder)) {
		names = append(names, fmt.Sprintf(Text{"- `%s/` フォルダ（ファイル数 %d）", "- folder `%s/` (files: %d)"}.In(lang), top, inFolder[top]))
	}
	if len(names) > 0 {
		fmt.Fprintf(b, "## %s\n\n%s\n\n", headFiles.In(lang), strings.Join(names, "\n"))
	}
}

// samples lists up to five covered rows, of different page types first.
func (f *folder) samples(b *strings.Builder, in Input, lang string) {
	seen := map[string]int{}
	var picked []int
	for round := range 5 {
		for _, c := range f.Covers {
			t := string(in.Rows[c.Row].Type)
			if len(picked) < 5 && seen[t] == round && !slices.Contains(picked, c.Row) {
				seen[t]++
				picked = append(picked, c.Row)
			}
		}
	}
	if len(picked) == 0 {
		return
	}
	slices.Sort(picked)
	fmt.Fprintf(b, "### %s\n\n", headSamples.In(lang))
	for _, i := range picked {
		r := in.Rows[i]
		fmt.Fprintf(b, "- %s → %s", markdownLink(r.OldURL), markdownLink(r.NewURL))
		if r.NewTitle != "" {
			fmt.Fprintf(b, " (%s)", markdownText(r.NewTitle))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// example is the path and query of an old address that is carried, for a sentence:
// one with a query where there is one.
func (f *folder) example(j *job) string {
	best := ""
	for _, c := range f.Covers {
		u, err := url.Parse(j.in.Rows[c.Row].OldURL)
		if err != nil || len(u.RequestURI()) > 80 || strings.Contains(u.RequestURI(), "`") {
			continue
		}
		if u.RawQuery != "" {
			return plainASCII(u.RequestURI())
		}
		if best == "" {
			best = plainASCII(u.RequestURI())
		}
	}
	if best == "" {
		return "/?pid=123"
	}
	return best
}

func paragraphs(b *strings.Builder, head Text, texts []Text, lang string) {
	if len(texts) == 0 {
		return
	}
	fmt.Fprintf(b, "## %s\n\n", head.In(lang))
	for _, t := range texts {
		fmt.Fprintf(b, "%s\n\n", t.In(lang))
	}
}

func numbered(b *strings.Builder, head Text, texts []Text, lang string) {
	if len(texts) == 0 {
		return
	}
	fmt.Fprintf(b, "## %s\n\n", head.In(lang))
	for i, t := range texts {
		fmt.Fprintf(b, "%d. %s\n", i+1, t.In(lang))
	}
	b.WriteString("\n")
}

func bullet(b *strings.Builder, e Evidence, lang string) {
	sure := confidences[e.Confidence].In(lang)
	if e.Source == "" {
		fmt.Fprintf(b, Text{"- %s（確かさ：%s）\n", "- %s (confidence: %s)\n"}.In(lang), e.Statement.In(lang), sure)
		return
	}
	fmt.Fprintf(b, Text{"- %s（出典：<%s>、%s、確かさ：%s）\n", "- %s (source: <%s>, %s, confidence: %s)\n"}.In(lang),
		e.Statement.In(lang), e.Source, dateText(e.Date).In(lang), sure)
}

// dateText is the date of a source for people; many pages carry none.
func dateText(date string) Text {
	if date == "" || date == "n.d." {
		return Text{"日付なし", "no date"}
	}
	return Text{date, date}
}

// markdownText makes a crawled text harmless in Markdown: one line, no markup, no
// HTML, at most 120 characters.
func markdownText(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > 120 {
			b.WriteString("…")
			break
		}
		switch {
		case r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			b.WriteByte(' ')
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]()#+!|>~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// markdownLink is an address as an autolink, only for http and https.
func markdownLink(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return markdownText(raw)
	}
	return "<" + u.Scheme + "://" + plainASCII(strings.TrimPrefix(raw, u.Scheme+"://")) + ">"
}

// refusedRows is the list of rows that were not carried, for a spreadsheet: UTF-8
// with a mark, and no cell that a spreadsheet takes for a formula.
func refusedRows(in Input, refused []Refusal) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	// Writing into memory cannot fail.
	_ = w.Write([]string{"old_url", "new_url", "code", "理由", "reason"})
	for _, r := range refused {
		row := in.Rows[r.Row]
		_ = w.Write([]string{cell(row.OldURL), cell(row.NewURL), r.Code, r.Reason.JA, r.Reason.EN})
	}
	w.Flush()
	return b.Bytes()
}

// cell disarms a value that spreadsheets would read as a formula (OWASP, "CSV
// Injection"; Japanese Excel also takes the full-width signs for such).
func cell(s string) string {
	t := strings.TrimLeft(s, " \t\r\n")
	if t != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(t)[0]) || strings.ContainsAny(s, "\t\r\n") {
		return "'" + strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, s)
	}
	return s
}
