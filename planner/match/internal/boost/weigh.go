package boost

// Means are, for every node of every tree of a model, the mean output of the rows that
// come to it. By them the score of a row is taken apart (A. Saabas, "Interpreting random
// forests", 2014; the treeinterpreter method).
type Means struct {
	model *Model
	nodes [][]float64
}

// NewMeans runs rows through a model, row after row in x. Nodes that no row reaches
// get the mean of their leaves.
func NewMeans(m *Model, x []float32) *Means {
	width := len(m.Features)
	ms := &Means{model: m, nodes: make([][]float64, len(m.Trees))}
	for i := range m.Trees {
		t := &m.Trees[i]
		sum, n := make([]float64, len(t.Feature)), make([]float64, len(t.Feature))
		for r := 0; r+width <= len(x); r += width {
			leaf := 0
			path := []int{0}
			for t.Feature[leaf] >= 0 {
				leaf = t.next(leaf, x[r:r+width])
				path = append(path, leaf)
			}
			for _, k := range path {
				sum[k] += float64(t.Threshold[leaf])
				n[k]++
			}
		}
		// Children stand behind their parent.
		for k := len(sum) - 1; k >= 0; k-- {
			switch {
			case n[k] > 0:
				sum[k] /= n[k]
			case t.Feature[k] < 0:
				sum[k] = float64(t.Threshold[k])
			default:
				sum[k] = (sum[t.Left[k]] + sum[t.Right[k]]) / 2
			}
		}
		ms.nodes[i] = sum
	}
	return ms
}

func (t *Tree) next(n int, x []float32) int {
	if x[t.Feature[n]] <= t.Threshold[n] {
		return int(t.Left[n])
	}
	return int(t.Right[n])
}

// Weigh takes the log-odds of a row apart: add is called with the number of a feature
// and how much it moved them. Together with the mean of all rows, which is returned,
// they are the log-odds.
func (ms *Means) Weigh(x []float32, add func(feature int, logOdds float64)) (mean float64) {
	mean = ms.model.Bias
	for i := range ms.model.Trees {
		t := &ms.model.Trees[i]
		mean += ms.nodes[i][0]
		for n := 0; t.Feature[n] >= 0; {
			k := t.next(n, x)
			add(int(t.Feature[n]), ms.nodes[i][k]-ms.nodes[i][n])
			n = k
		}
	}
	return mean
}
