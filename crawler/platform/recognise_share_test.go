package platform

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// TestRecognitionShare: of the saved pages whose platform is known and has a file,
// and of the recorded shops, at least 95 in a hundred are named rightly, and no
// wrong answer is certain. Pages of systems that have no file must not be named with
// certainty either; that is part of the second count.
func TestRecognitionShare(t *testing.T) {
	dir := sharedDir(t)
	f, err := os.Open(filepath.Join(dir, "pages", "truth.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	reg := builtInRegistry(t)
	known, right, sure, wrongCertain, others := 0, 0, 0, 0, 0
	table := confusion{}
	count := func(what, want string, o Observation) {
		got, confidence := best(reg.Recognise(o))
		if want == "" {
			others++
		} else {
			known++
			table.add(want, got, confidence)
			if got == want {
				right++
				if confidence != Guess {
					sure++
				}
			}
		}
		if got != want && confidence == Certain {
			wrongCertain++
			t.Errorf("%s: certainly %s, and that is wrong", what, got)
		}
	}
	for _, row := range rows[1:] {
		name := row[col["file"]]
		body, err := os.ReadFile(filepath.Join(dir, "pages", name))
		if err != nil {
			t.Fatal(err)
		}
		o := Observation{Header: http.Header{}, Body: body}
		if u, err := url.Parse(row[col["url"]]); err == nil {
			o.URL = u
		}
		want := truthIDs[row[col["platform"]]]
		if id, ok := otherTruth[name]; ok {
			want = id
		}
		count(name, want, o)
	}
	recordings, err := filepath.Glob(filepath.Join(dir, "shops", "*.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range recordings {
		shop := filepath.Base(file[:len(file)-len(".jsonl.zst")])
		want := map[string]string{"opencart3": "opencart", "woo": "woocommerce", "phoenix": "oscommerce"}[shop]
		if want == "" {
			want = shop
		}
		count("recorded shop "+shop, want, recordedHome(t, file))
	}
	t.Log("\n" + table.String())
	t.Logf("known platform: %d of %d right (%.1f %%), %d of them at least likely; %d pages of systems without a file; %d wrong and certain",
		right, known, 100*float64(right)/float64(known), sure, others, wrongCertain)
	if len(recordings) == 0 || float64(sure) < 0.95*float64(known) {
		t.Errorf("%d recordings; %d of %d named rightly and at least likely, 95 %% are asked", len(recordings), sure, known)
	}
}
