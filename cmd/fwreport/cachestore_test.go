package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestStoreExpires: entries that were not used for long are removed, and nothing
// that is no entry; files of the sizes of what is left may be known.
func TestStoreExpires(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	files := map[string]int{ // age in days
		entryName("aa", "01", 10): 1, entryName("aa", "02", 10): 99, entryName("bb", "01", 20): 101, entryName("cc", "01", 30): 1000,
		"old.partial": 101, "new.partial": 1, "notes.txt": 1000, "x.y.z.partial": 2,
	}
	for name, days := range files {
		path, at := filepath.Join(dir, name), now.AddDate(0, 0, -days)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := openStore(dir, "program", now, func(format string, args ...any) { t.Errorf(format, args...) })
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		left = append(left, e.Name())
	}
	want := []string{entryName("aa", "01", 10), entryName("aa", "02", 10), "new.partial", "notes.txt", "x.y.z.partial"}
	if !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
	if fmt.Sprint(s.sizes) != "map[10:true]" || len(s.names["aa"]) != 2 {
		t.Errorf("sizes %v, names %v", s.sizes, s.names)
	}
}

// TestCutEntries: entries that were cut are made anew, and the report is the same.
func TestCutEntries(t *testing.T) {
	m := newLogFolder(t, 2)
	m.fill(t)
	dir := t.TempDir()
	want, _ := reportOf(t, m.dir)
	reportOf(t, "--cache", dir, m.dir)
	entries, err := filepath.Glob(filepath.Join(dir, "*"+cacheEnding))
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	for _, path := range entries { // cut in the middle of a Set, or of a head
		info, err := os.Stat(path)
		if err == nil {
			err = os.Truncate(path, info.Size()/2)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	got, said := reportOf(t, "--cache", dir, m.dir)
	if string(got) != string(want) {
		t.Error(firstDifference(got, want))
	}
	if !strings.Contains(said, "it is made anew") {
		t.Errorf("nothing was said of damaged entries:\n%s", said)
	}
	got, said = reportOf(t, "--cache", dir, m.dir)
	if string(got) != string(want) || hits(said) == 0 {
		t.Errorf("the entries were not made anew:\n%s", said)
	}
}
