package workaround

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"replatform/crawler/catalog"
)

// productTextID is the artefact that puts a link into every product text.
const productTextID = "product-text"

func productTextFolder(j *job) (*folder, error) {
	f := &folder{}
	f.Title = Text{"商品説明に載せる案内（一括更新CSV）", "Pointers in product texts (bulk update file)"}
	f.Mode, f.Strength, f.search = "file", Link, true

	goal, rowsOf := productTargets(j, f)
	in := j.in.ProductFile
	out, rep, err := AddNotices(j.caps.ProductFile, in, func(id string) (string, bool) {
		t, ok := goal[id]
		if !ok || t == (target{}) {
			return "", ok
		}
		return j.os.full(t), true
	})
	if err != nil {
		return nil, err
	}
	carried := map[string]bool{}
	for _, id := range rep.Products {
		carried[id] = true
	}
	for id, rows := range rowsOf {
		for _, r := range rows {
			if carried[id] {
				f.Covers = append(f.Covers, Cover{Row: r, Strength: Link})
			} else {
				f.Refused = append(f.Refused, refuse(r, "not-in-file"))
			}
		}
	}
	f.files = append(f.files, file{"original.csv", in}, file{"products-with-links.csv", out})
	if one := firstProduct(j.caps.ProductFile, out, rep); one != nil {
		f.files = append(f.files, file{"try-first.csv", one})
	}
	if len(rep.Problems) > 0 {
		f.files = append(f.files, file{"problems.csv", problemRows(rep.Problems)})
	}
	productTextGuide(f, j, rep)
	l, err := layoutByID(j.caps.ProductFile)
	if err != nil {
		return nil, err
	}
	f.Limits = append(f.Limits, l.limits...)
	f.basis = append(f.basis, l.basis...)
	f.steps = append(f.steps, l.api)
	return f, nil
}

// productTargets gives the target of each product number, the zero target for a
// product that must carry no notice, and the rows of each number.
func productTargets(j *job, f *folder) (goal map[string]target, rowsOf map[string][]int) {
	g := arrivingGrammar(j.in)
	goal, rowsOf = map[string]target{}, map[string][]int{}
	for i, r := range j.in.Rows {
		if r.Type != catalog.ProductP {
			if r.NewURL != "" {
				f.Refused = append(f.Refused, refuse(i, "not-product"))
			}
			continue
		}
		id := r.OldID
		if key := g.key(r.OldURL); id == "" && g.tagOf(key) == "p" {
			id = key[1:]
		}
		if r.NewURL == "" {
			if _, ok := goal[id]; !ok && id != "" {
				goal[id] = target{}
			}
			continue
		}
		t, code := j.os.parse(r.NewURL)
		switch have := goal[id]; {
		case code != "":
		case id == "":
			code = "no-key"
		case have != (target{}) && have != t:
			code = "conflict"
		}
		if code != "" {
			f.Refused = append(f.Refused, refuse(i, code))
			continue
		}
		goal[id] = t
		rowsOf[id] = append(rowsOf[id], i)
	}
	return goal, rowsOf
}

// firstProduct is the header line, if any, and the first product with a notice, for
// a trial upload; nil when no product has one.
func firstProduct(layoutID string, out []byte, rep FileReport) []byte {
	if len(rep.Products) == 0 {
		return nil
	}
	l, err := layoutByID(layoutID)
	if err != nil {
		return nil
	}
	recs := readRecords(out)
	f, err := l.open(out, recs)
	if err != nil {
		return nil
	}
	var b bytes.Buffer
	if f.header {
		b.Write(out[:recs[0].end])
	}
	for i, r := range recs {
		if i == 0 && f.header || len(r.fields) != f.width {
			continue
		}
		if string(bytes.TrimSpace(r.fields[f.id].raw(out))) == rep.Products[0] {
			b.Write(out[r.start:r.end])
			return b.Bytes()
		}
	}
	return nil
}

func problemRows(problems []LineProblem) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	// Writing into memory cannot fail.
	_ = w.Write([]string{"line", "code", "理由", "reason"})
	for _, p := range problems {
		_ = w.Write([]string{strconv.Itoa(p.Line), p.Code, p.Text.JA, p.Text.EN})
	}
	w.Flush()
	return b.Bytes()
}

func productTextGuide(f *folder, j *job, rep FileReport) {
	f.what = []Text{{
		"商品CSVの商品説明の先頭に、新しい商品ページへの見えるリンクを入れたものです。ほかの列と、対応表にない商品の行は1バイトも変えていません。スクリプトを使えない人や検索エンジンにも見える案内で、テンプレートの案内と併用できます。",
		"Your product file with a visible link to the new product at the beginning of each description. No other column and no product outside of the map was changed by a single byte. People without scripts and search engines see it too; it can be used beside the snippets for templates.",
	}, {
		fmt.Sprintf("商品 %d 件のうち、変更 %d 件、変更不要（同じ案内が入っている）%d 件、対応表にない %d 件、読めなかった行 %d 件。文字コード: %s。",
			rep.Records, rep.Changed, rep.Same, rep.Unknown, len(rep.Problems), rep.Charset),
		fmt.Sprintf("Of %d products: %d changed, %d had the same notice already, %d not in the map, %d lines not readable. Charset: %s.",
			rep.Records, rep.Changed, rep.Same, rep.Unknown, len(rep.Problems), rep.Charset),
	}}
	f.steps = []Text{{
		"**Excelで開いて保存し直さないでください。** 長い番号が壊れたり、列が欠けたりします。",
		"**Do not open and save the files in Excel**: long numbers get damaged, columns can get lost.",
	}, {
		"`original.csv` は書き出したままの控えです。安全な場所に保存します。もう一度書き出す場所: " + j.caps.menu("product-csv").JA + "。",
		"`original.csv` is the untouched export. Keep it in a safe place. Where to export again: " + j.caps.menu("product-csv").EN + ".",
	}, {
		"まず `try-first.csv`（1商品だけ）を商品の一括更新（" + j.caps.menu("product-csv-upload").JA + "）でアップロードし、その商品のページを確かめます。",
		"Upload `try-first.csv` (one product) as a bulk update (" + j.caps.menu("product-csv-upload").EN + ") and look at that product's page.",
	}, {
		"問題がなければ `products-with-links.csv` をアップロードします。**在庫数も書き出した時点の値に戻る**ので、注文の少ない時間に、書き出してすぐ行ってください。時間がたったら、もう一度書き出して作り直します。",
		"If all is well upload `products-with-links.csv`. **Stock numbers go back to those of the export**, so do it at a quiet hour right after exporting; later, export again and make the file anew.",
	}}
	f.test = []Text{{
		"下の旧ページを開き、商品説明の先頭にリンクが見え、隣の新しいページが開くことを確かめます。",
		"Open the old pages below: the link stands at the beginning of the text and opens the new page beside it.",
	}, {
		"アップロードのあと商品CSVをもう一度書き出して作り直し、「変更 0 件」になることを確かめます（案内が二重に入ることはありません）。",
		"Export the products again after the upload and make the file anew: it must say 0 changed (a notice is never put in twice).",
	}}
	f.keep = keepTexts()
	f.undo = []Text{{
		"アップロード直後なら `original.csv` をアップロードします（在庫数も戻る点に注意）。時間がたっている場合は、新しく書き出した商品CSVから案内だけを取り除いてアップロードします：`replatform workaround product-file 書き出したCSV --undo`。商品説明の `<!--replatform:begin-->` から `<!--replatform:end-->` までが案内です。",
		"Right after the upload: upload `original.csv` (stock numbers go back too). Later: take the notices out of a fresh export and upload that: `replatform workaround product-file FRESH-EXPORT --undo`. A notice is what stands from `<!--replatform:begin-->` to `<!--replatform:end-->`.",
	}}
	f.Limits = []Evidence{
		linkOnlyLimit(), productsOnlyLimit(),
		{Text{"スマートフォン用の説明が空の商品では、そこには何も入れません（空のときにパソコン用の説明が使われるかもしれないため）", "where the smartphone text is empty it stays empty, since the shop may then show the other text"}, "", "", "I"},
	}
	f.Tasks = []Task{termsTask(), {"upload-limit", Text{
		"一括更新で1回に送れる行数の上限を確認する（分かっていません）",
		"find out how many rows one bulk update takes (not known)",
	}}, {"comments", Text{
		"商品説明の中のHTMLコメントとリンクが、保存後もそのまま残るか、`try-first.csv` の1商品で確かめる",
		"see on the one product of `try-first.csv` whether HTML comments and links in the text survive saving",
	}}}
}
