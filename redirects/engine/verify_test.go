package engine

import (
	"testing"

	"replatform/redirects"
	"replatform/redirects/verify"
)

// A map on a real server passes the live check as a whole; one row that the server
// has not got, one that goes elsewhere and one that is not gone are found, and
// nothing else.
func TestVerifyFindsWhatIsWrong(t *testing.T) {
	e, _ := Get("nginx", Options{})
	served := bigMap(1000)
	for i := range served {
		served[i].Source.Host = "old.example"
	}
	expected := append(redirects.Slice(nil), served...)
	expected[10].Source.Query = "pid=999999"
	expected[20].Target = "https://new.example/products/other"
	expected[30].Status, expected[30].Target = 410, ""
	want := map[int]verify.Problem{11: verify.NotFound, 21: verify.WrongTarget, 31: verify.GoneExpected}

	_, dir := written(t, e, served)
	s := starters()["nginx"](t, dir)
	// The new shop is not there: its addresses are sent to the same test server,
	// which answers 404, so a wrong target can be followed.
	o := verify.Options{ConnectTo: map[string]string{"old.example": "http://" + s.addr, "new.example": "http://" + s.addr}, Concurrency: 8}
	n := 0
	err := verify.Run(t.Context(), o, verify.Expectations(expected, ""), func(r verify.Result) {
		n++
		if r.Problem != want[r.Line] {
			t.Errorf("line %d: %q, want %q (%d %s)", r.Line, r.Problem, want[r.Line], r.FirstStatus, r.Location)
		}
		delete(want, r.Line)
	})
	if err != nil || n != 1000 || len(want) > 0 {
		t.Errorf("%d results, %v, not found: %v", n, err, want)
	}
}
