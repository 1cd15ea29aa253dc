package report

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"replatform/crawler/atomicfile"
	"replatform/planner"
)

// manifestName is the file that says which files of the folder are the plan's own.
const manifestName = "files.json"

// Folder writes the plan folder: documents in both languages, the redirect map, the
// redirect files and the workarounds. plan.html and plan.md are in the language lang,
// the other language stands beside them. Each file appears whole or not at all; files
// that an earlier plan left and this one does not have are removed, and no other
// file of the folder is touched.
func Folder(ctx context.Context, p *planner.Plan, dir, lang string, o Options) error {
	other := "en"
	if lang == "en" {
		other = "ja"
	}
	earlier, err := readManifest(dir)
	if err != nil {
		return err
	}
	var written []string
	write := func(name string, content func(io.Writer) error) error {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("writing the plan: %w", err)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("writing the plan: %w", err)
		}
		if err := atomicfile.Write(path, 0o644, content); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
		written = append(written, name)
		return nil
	}
	q, oq := p, o // the plan in the other language
	if o.Anonymous == nil {
		if err := p.WriteFiles(ctx, write); err != nil {
			return err
		}
	} else {
		if q, oq, err = anonymous(p, o, other); err != nil {
			return err
		}
		if p, o, err = anonymous(p, o, lang); err != nil {
			return err
		}
	}
	p, q = withOwnFiles(p, o, other), withOwnFiles(q, o, other)
	docs := []struct {
		name    string
		content func(io.Writer) error
	}{
		{"redirect-map.csv", func(w io.Writer) error { return MapCSV(w, p, o.Proofs, lang) }},
		{"plan.html", func(w io.Writer) error { return HTML(w, p, lang, "plan."+other+".html", o) }},
		{"plan." + other + ".html", func(w io.Writer) error { return HTML(w, q, other, "plan.html", oq) }},
		{"plan.md", func(w io.Writer) error { return Markdown(w, p, lang, "plan."+other+".md", o) }},
		{"plan." + other + ".md", func(w io.Writer) error { return Markdown(w, q, other, "plan.md", oq) }},
		{"plan.xlsx", func(w io.Writer) error { return XLSX(w, p, lang, o) }},
		{"tasks.csv", func(w io.Writer) error { return TasksCSV(w, p, lang) }},
		{"plan.json", func(w io.Writer) error { return JSON(w, p, o) }},
		{"plan.schema.json", func(w io.Writer) error { _, err := w.Write(planSchema); return err }},
	}
	if dated(p) {
		docs = append(docs, struct {
			name    string
			content func(io.Writer) error
		}{"plan.ics", func(w io.Writer) error { return Calendar(w, p, lang, o) }})
	}
	if len(p.Refused) > 0 {
		docs = append(docs, struct {
			name    string
			content func(io.Writer) error
		}{"refused.csv", func(w io.Writer) error { return RefusedCSV(w, p.Refused, lang) }})
	}
	for _, d := range docs {
		if err := write(d.name, d.content); err != nil {
			return err
		}
	}
	slices.Sort(written)
	list := slices.Clone(written)
	err = write(manifestName, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(list)
	})
	if err != nil {
		return err
	}
	for _, name := range earlier {
		if slices.Contains(list, name) || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing a file of the earlier plan: %w", err)
		}
	}
	return nil
}

// withOwnFiles is a copy of the plan whose list of files names the documents too; other
// is the language of those that stand beside plan.html and plan.md.
func withOwnFiles(p *planner.Plan, o Options, other string) *planner.Plan {
	c := *p
	c.Files = append(ownFiles(p, o, other), p.Files...)
	return &c
}

// readManifest lists the files that an earlier plan wrote into dir.
func readManifest(dir string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the earlier plan: %w", err)
	}
	var names []string
	if err := json.Unmarshal(data, &names); err != nil {
		return nil, fmt.Errorf("reading %s: %w", filepath.Join(dir, manifestName), err)
	}
	return names, nil
}

// ownFiles are the files that every plan has.
func ownFiles(p *planner.Plan, o Options, other string) []planner.File {
	main, beside := planner.Text{JA: "日本語", EN: "Japanese"}, planner.Text{JA: "英語", EN: "English"}
	if other == "ja" {
		main, beside = beside, main
	}
	files := []planner.File{
		{Path: "plan.html", What: planner.Text{JA: "この計画書（" + main.JA + "）", EN: "this plan in " + main.EN}},
		{Path: "plan." + other + ".html", What: planner.Text{JA: "この計画書（" + beside.JA + "）", EN: "this plan in " + beside.EN}},
		{Path: "plan.md", What: planner.Text{JA: "この計画書の文字だけの版（" + main.JA + "）", EN: "this plan as plain text, in " + main.EN}},
		{Path: "plan." + other + ".md", What: planner.Text{JA: "この計画書の文字だけの版（" + beside.JA + "）", EN: "this plan as plain text, in " + beside.EN}},
		{Path: "redirect-map.csv", What: planner.Text{JA: "URL対応表の全行（表計算ソフトで開けます）", EN: "every row of the redirect map, for a spreadsheet"}},
		{Path: "plan.xlsx", What: planner.Text{JA: "表計算ソフト用：要約、対応表、要確認、転送しないもの、作業、根拠", EN: "for spreadsheets: summary, map, review, not redirected, tasks, evidence"}},
		{Path: "tasks.csv", What: planner.Text{JA: "全作業（ほかの管理ツールに取り込めます）", EN: "all tasks, for other tools"}},
		{Path: "plan.json", What: planner.Text{JA: "プログラム用", EN: "for programs"}},
		{Path: "plan.schema.json", What: planner.Text{JA: "plan.json の形（プログラム用）", EN: "the form of plan.json, for programs"}},
		{Path: manifestName, What: planner.Text{JA: "このフォルダーにあるファイルの一覧（作り直すときにプログラムが使います）", EN: "the list of these files, which the program needs when the plan is made again"}},
	}
	if dated(p) {
		files = append(files, planner.File{Path: "plan.ics", What: planner.Text{JA: "日付のある作業の暦（前日のお知らせつき）", EN: "calendar of the dated tasks, with reminders the day before"}})
	}
	if p.Engine != "" && o.Anonymous == nil {
		files = append(files, planner.File{Path: "redirects/" + p.Engine + "/",
			What: planner.Text{JA: "転送の設定ファイルと手順書（README.ja.md）", EN: "the redirect files with instructions (README.en.md)"}})
	}
	if p.FallbackEngine != "" && o.Anonymous == nil {
		files = append(files, planner.File{Path: "redirects/" + p.FallbackEngine + "/",
			What: planner.Text{JA: "備えの方法 " + string(p.Decision.Fallback) + " の転送の設定ファイルと手順書（README.ja.md）", EN: "the redirect files of fallback " + string(p.Decision.Fallback) + " with instructions (README.en.md)"}})
	}
	if len(p.Refused) > 0 {
		files = append(files, planner.File{Path: "refused.csv",
			What: planner.Text{JA: "転送エンジンでは効かない行と、その理由", EN: "rows that the engine would not honour, with the reason"}})
	}
	return files
}

// RefusedCSV writes the rows that an engine would not honour, with reason and what
// can be done instead. line is that of the row in its own file, for a plan in
// redirect-map.csv. Corrected there, the table can be read as a redirect map.
func RefusedCSV(w io.Writer, refused []planner.Refused, lang string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"line", "old_url", "new_url", "status", "code", "reason", "next_best"}); err != nil {
		return err
	}
	for _, r := range refused {
		if err := out.Write([]string{digits(r.Line), guard(r.OldURL), guard(r.NewURL), digits(r.Status), r.Code, guard(plain(r.Reason.In(lang), lang)), guard(plain(r.Next.In(lang), lang))}); err != nil {
			return fmt.Errorf("writing refused rows: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}
