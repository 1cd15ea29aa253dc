package inventory

import (
	"slices"
	"testing"
)

func TestIDList(t *testing.T) {
	for _, ids := range [][]int64{{1}, {1, 2, 9007199254740993}, {7, 70, 700}} {
		got, err := appendIDs([]int64{-1}, []byte(idList(ids)))
		if err != nil || !slices.Equal(got, append([]int64{-1}, ids...)) {
			t.Errorf("%v became %v, %v", ids, got, err)
		}
	}
	if got, err := appendIDs(nil, []byte("[]")); err != nil || len(got) != 0 { // the default of the column
		t.Errorf("an empty list became %v, %v", got, err)
	}
	for _, bad := range []string{"", "[", "1,2", "[1,]", "[1,x]", "[,1]", `["1"]`} {
		if got, err := appendIDs(nil, []byte(bad)); err == nil {
			t.Errorf("%q became %v", bad, got)
		}
	}
}
