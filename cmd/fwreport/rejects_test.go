package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/evidence"
)

// The records kept are the first by place that fit, in whatever order they come.
func TestRejectsBound(t *testing.T) {
	inputs := []*reader.Input{{Index: 0, Path: "a"}, {Index: 1, Path: "b"}}
	var all []reject
	for i, in := range inputs {
		for n := range uint64(500) {
			all = append(all, reject{in, reader.Reject{Record: n + 1, Reason: "cut", Text: strings.Repeat("x", 36+i)}})
		}
	}
	for seed := range uint64(5) {
		shuffled := slices.Clone(all)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		l := rejects{bound: 100 * 510} // 500 of a at 100 bytes, then 9 of b at 101
		for _, r := range shuffled {
			l.add(r.in, r.Reject)
		}
		path := filepath.Join(t.TempDir(), "rejects")
		s := &stage{ctx: t.Context()}
		if err := l.write(s, path, &evidence.Manifest{}); err != nil {
			t.Fatal(err)
		}
		if err := s.commit(func(string) {}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(b)), "\n")
		if len(lines) != 509 || !strings.HasPrefix(lines[0], "a:1\tcut\t") || !strings.HasPrefix(lines[508], "b:9\tcut\t") || l.total != 1000 {
			t.Fatalf("seed %d: %d of %d lines, the last %s", seed, len(lines), l.total, lines[len(lines)-1])
		}
	}
}
