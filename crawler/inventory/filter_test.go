package inventory

import (
	"strconv"
	"testing"
)

func TestFilter(t *testing.T) {
	var f filter
	if !f.never("0") {
		t.Error("an empty filter holds something")
	}
	const size = 300_000
	for i := range size {
		f.add(strconv.Itoa(i))
	}
	wrong := 0
	for i := range size {
		if f.never(strconv.Itoa(i)) {
			t.Fatalf("%d was put in", i)
		}
		if !f.never("x" + strconv.Itoa(i)) {
			wrong++
		}
	}
	if wrong > size/1000 {
		t.Errorf("it is wrong about %d of %d", wrong, size)
	}
}
