package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const evidence = "../evidence"

// TestCommitted holds samples/evidence to what the program writes: run
// `go run ./samples/gen` after a change.
func TestCommitted(t *testing.T) {
	made := map[string]bool{}
	for _, f := range samples() {
		made[f.path] = true
		if !f.matches(filepath.Join(evidence, filepath.FromSlash(f.path))) {
			t.Errorf("%s is not what the generator makes", f.path)
		}
	}
	err := filepath.WalkDir(evidence, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(evidence, path)
		if name := filepath.ToSlash(rel); !made[name] {
			t.Errorf("%s was not made by the generator", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDocumented: the README speaks of every sample.
func TestDocumented(t *testing.T) {
	b, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range samples() {
		if !strings.Contains(string(b), "`"+f.path+"`") {
			t.Errorf("README.md does not name %s", f.path)
		}
	}
}
