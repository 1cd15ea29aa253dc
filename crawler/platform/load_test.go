package platform

import "testing"

func builtInRegistry(t *testing.T) *Registry {
	t.Helper()
	r, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBuiltInFilesLoad(t *testing.T) {
	builtInRegistry(t)
}
