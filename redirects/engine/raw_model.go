package engine

import (
	"replatform/redirects"
)

// rawModel is an engine that compares the request line's target as a whole.
type rawModel struct {
	rows map[string]redirects.Rule
	fold bool // letter case of ASCII letters does not count
}

// newRawModel keeps of rows with one key the first.
func newRawModel(m redirects.Map, fold bool) (Matcher, error) {
	model := rawModel{map[string]redirects.Rule{}, fold}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		key := model.key(r.Source.RequestTarget())
		if _, ok := model.rows[key]; !ok {
			model.rows[key] = r
		}
	}
	return model, nil
}

func (m rawModel) key(target string) string {
	if m.fold {
		return asciiLower(target)
	}
	return target
}

// Answer looks the target up.
func (m rawModel) Answer(q Request) Answer {
	r, ok := m.rows[m.key(q.Target)]
	if !ok {
		return Answer{}
	}
	return answerOf(r, q.Target)
}
