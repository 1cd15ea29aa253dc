package engine

import (
	"io"
	"testing"

	"replatform/redirects"
)

// discard is a sink that keeps nothing.
type discard struct{}

func (discard) WriteFile(_ string, write func(io.Writer) error) error { return write(io.Discard) }

func BenchmarkSelectAndWrite(b *testing.B) {
	m := bigMap(100_000)
	for i := range m {
		m[i].Source.Host = "old.example"
	}
	for _, e := range New(Options{}) {
		b.Run(e.ID(), func(b *testing.B) {
			for b.Loop() {
				sel, err := Select(b.Context(), e, m)
				if err != nil {
					b.Fatal(err)
				}
				if err := e.Write(b.Context(), discard{}, sel.Map()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(m))/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkAudit(b *testing.B) {
	m := bigMap(100_000)
	for b.Loop() {
		if _, err := redirects.Audit(b.Context(), m, redirects.AuditOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(m))/b.Elapsed().Seconds(), "rows/s")
}
