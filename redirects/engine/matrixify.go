package engine

import (
	"context"
	"io"

	"replatform/redirects"
)

// matrixify is the redirect sheet of the Matrixify app for Shopify. It fills the
// same feature, so all its rules are those of shopify.
type matrixify struct{ shopify }

func newMatrixify(o Options) Engine { return matrixify{newShopify(o).(shopify)} }

func (matrixify) ID() string { return "matrixify" }

func (e matrixify) Capabilities() Capabilities {
	c := e.shopify.Capabilities()
	c.Name = text("Matrixify sheet for Shopify", "Shopify 用 Matrixify シート")
	return c
}

// Write writes https://matrixify.app/documentation/redirects/ : the file name must
// contain "redirect"; MERGE updates a path that exists.
func (e matrixify) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("matrixify-redirects.csv", func(w io.Writer) error {
		return writeCSV(w, []string{"ID", "Path", "Command", "Target"}, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if err := row("", r.Source.Path, "MERGE", r.Target); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (e matrixify) Instructions(lang string) Instructions {
	i := e.shopify.Instructions(lang)
	if lang == "ja" {
		i.Title = "Matrixify（Shopify アプリ）"
		i.Install = []string{
			"Shopify に Matrixify アプリを入れ、［Import］で matrixify-redirects.csv を選びます。ファイル名の redirect は変えないでください。",
			"解析結果の件数を確かめ、実行します。",
			"同じパスが登録済みの場合は、転送先が更新されます（MERGE）。",
		}
		return i
	}
	i.Title = "Matrixify (Shopify app)"
	i.Install = []string{
		"Install the Matrixify app in Shopify and import matrixify-redirects.csv. Keep the word redirect in the file name.",
		"Compare the counts of the analysis and run it.",
		"A path that is there already gets the new target (MERGE).",
	}
	return i
}
