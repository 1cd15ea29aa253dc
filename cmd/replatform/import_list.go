package main

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// sayFiles lists what was imported, with the numbers by which it is taken back.
func (t *talk) sayFiles(files []inventory.Import) {
	if len(files) == 0 {
		return
	}
	t.result("import.files")
	for _, f := range files {
		t.result("import.file", f.File, f.At.Local().Format("2006-01-02 15:04"), clean(importName(f)), t.importWhat(f))
	}
}

func importName(f inventory.Import) string {
	if f.Part == "" {
		return f.Name
	}
	return f.Name + " / " + f.Part
}

// importWhat is what a file was taken for, and of which days.
func (t *talk) importWhat(f inventory.Import) string {
	what := sources.Kind(f.Kind).In(t.lang.code)
	if f.Period != "" {
		what = t.lang.text("import.of-period", what, f.Period)
	}
	if f.After {
		what = t.lang.text("import.of-after", what)
	}
	return what
}

// forgetFiles takes back the files that --forget names, by number or name.
func (t *talk) forgetFiles(ctx context.Context, wanted []string, project *inventory.Project) (inventory.Forgotten, error) {
	list, err := project.Imports(ctx)
	if err != nil {
		return inventory.Forgotten{}, err
	}
	var numbers []int
	for _, w := range wanted {
		n, err := t.fileNumber(list, w)
		if err != nil {
			return inventory.Forgotten{}, err
		}
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	done, err := project.Forget(ctx, numbers...)
	if err != nil {
		return done, err
	}
	for _, f := range done.Imports {
		t.result("import.forgotten", f.File, clean(importName(f)), t.importWhat(f))
	}
	if done.Removed > 0 {
		t.result("import.forgotten-pages", done.Removed)
	}
	if done.Stayed > 0 {
		t.result("import.forgotten-stayed", done.Stayed)
	}
	t.say("import.forgotten-plan")
	return done, nil
}

// fileNumber finds the file that a person means: by its number, or by its name where only
// one has it.
func (t *talk) fileNumber(list []inventory.Import, wanted string) (int, error) {
	var numbers []int
	name := filepath.Base(strings.ReplaceAll(wanted, "\\", "/"))
	n, err := strconv.Atoi(wanted)
	isNumber := err == nil
	for _, f := range list {
		if isNumber && f.File == n {
			return n, nil
		}
		if f.Name == name && !slices.Contains(numbers, f.File) {
			numbers = append(numbers, f.File)
		}
	}
	switch len(numbers) {
	case 0:
		return 0, t.usagef("usage.forget", wanted)
	case 1:
		return numbers[0], nil
	}
	var text []string
	for _, n := range numbers {
		text = append(text, strconv.Itoa(n))
	}
	return 0, t.usagef("usage.forget-several", name, strings.Join(text, t.lang.text("list.comma")))
}

// sayReplaced tells which earlier reading of the same file has gone, where it said
// something else than the new one.
func (t *talk) sayReplaced(replaced []inventory.Import, now sources.Reading) {
	for _, f := range replaced {
		again := f.Name == now.Name && slices.ContainsFunc(now.Tables, func(r sources.Report) bool {
			return r.Digest == f.Digest && string(r.Kind) == f.Kind && (r.Period == f.Period || r.Before == f.Period)
		})
		if !again || f.After {
			t.result("import.replaced", f.At.Local().Format("2006-01-02 15:04"), clean(importName(f)), t.importWhat(f))
		}
	}
}
