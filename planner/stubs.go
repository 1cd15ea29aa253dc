package planner

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"replatform/crawler/inventory"
	"replatform/planner/workaround"
	"replatform/redirects"
	"replatform/redirects/engine"
)

// stubEngine writes a page for each old address without a query.
const stubEngine = "static-stubs"

// maxStubPage bounds one page when the engine's archive is unpacked.
const maxStubPage = 1 << 20

// StubHost writes the old shop as pages for a host that serves files only, from the
// rows of a plan: those that lead somewhere, one for each address. in carries the new
// shop's home and what else the workarounds need; its Rows are filled here.
func StubHost(ctx context.Context, rows []inventory.PlanRow, in workaround.Input, sink workaround.Sink) (workaround.Artefact, error) {
	var rules redirects.Slice
	for _, r := range rows {
		if r.Action != ActionRedirect {
			continue
		}
		src, err := redirects.ParseSource(r.OldURL)
		if err != nil {
			continue // no server can be asked for it
		}
		src.Host = ""
		in.Rows = append(in.Rows, workaround.Row{OldURL: r.OldURL, Type: r.Type, NewURL: r.NewURL, OldTitle: r.OldTitle, NewTitle: r.NewTitle})
		rules = append(rules, redirects.Rule{Line: len(in.Rows), Source: src, Target: r.NewURL, Status: http.StatusMovedPermanently})
	}
	e, ok := engine.Get(stubEngine, engine.Options{})
	if !ok {
		return workaround.Artefact{}, fmt.Errorf("%w %q", ErrUnknownEngine, stubEngine)
	}
	sel, err := engine.Select(ctx, e, rules)
	if err != nil {
		return workaround.Artefact{}, fmt.Errorf("selecting rows for stub pages: %w", err)
	}
	refused := map[int]bool{}
	for _, f := range sel.Refused {
		refused[f.Line] = true
	}
	stub := workaround.StubInput{Input: in}
	model, err := e.Model(sel.Map())
	if err != nil {
		return workaround.Artefact{}, fmt.Errorf("modelling stub pages: %w", err)
	}
	for _, r := range rules {
		a := model.Answer(engine.Request{Target: r.Source.RequestTarget()})
		if !refused[r.Line] && !r.Source.HasQuery && a.Fired && sameTarget(a.Location, r.Target) {
			stub.PageRows = append(stub.PageRows, r.Line-1)
		}
	}
	archive := memorySink{}
	if err := e.Write(ctx, prefixSink{"", func(name string, content func(io.Writer) error) error {
		var b bytes.Buffer
		if err := content(&b); err != nil {
			return err
		}
		return archive.WriteFile(name, b.Bytes())
	}}, sel.Map()); err != nil {
		return workaround.Artefact{}, fmt.Errorf("writing stub pages: %w", err)
	}
	if stub.Pages, err = unpack(archive["stubs.zip"]); err != nil {
		return workaround.Artefact{}, fmt.Errorf("unpacking stub pages: %w", err)
	}
	return workaround.StubHost(stub, sink)
}

// unpack reads the files of an archive; their names are those that the engine has
// checked to be names on every system.
func unpack(archive []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(r, maxStubPage))
		if err := r.Close(); err != nil {
			return nil, err
		}
		if err != nil {
			return nil, err
		}
		out[f.Name] = data
	}
	return out, nil
}
