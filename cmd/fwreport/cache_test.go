package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"fwreport/analyze/engine"
	"fwreport/analyze/spill"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	renderjson "fwreport/report/json"
)

// reportOf is the JSON of a folder's report, and what was said.
func reportOf(t *testing.T, args ...string) (report []byte, said string) {
	t.Helper()
	var out, said2 bytes.Buffer
	cmd := newCommand(newUI(&said2), "", configPlaces{})
	cmd.SetArgs(append([]string{"-v", "--tz", "UTC", "--year", "2026", "--now", "2026-03-21", "--format", "json"}, args...))
	cmd.SetOut(&out)
	var incomplete incompleteError
	if err := cmd.ExecuteContext(t.Context()); err != nil && !errors.As(err, &incomplete) {
		t.Fatalf("%v: %v", args, err)
	}
	return out.Bytes(), said2.String()
}

// TestCacheChangesNothing: whatever happens to the files of several logs and captures
// that hold the same records, a report with the cache is that without, to the last
// byte; and what is asked for again is read no more.
func TestCacheChangesNothing(t *testing.T) {
	seeds := 10
	if s := os.Getenv("FWREPORT_CACHE_SEEDS"); s != "" {
		seeds, _ = strconv.Atoi(s)
	}
	for seed := range uint64(seeds) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			m := newLogFolder(t, seed)
			m.fill(t)
			cache := t.TempDir()
			what := "an empty cache"
			for range 6 {
				flags := m.flags()
				want, _ := reportOf(t, append(flags, m.dir)...)
				for _, again := range []string{"", ", again"} {
					got, said := reportOf(t, append(flags, "--cache", cache, m.dir)...)
					if !bytes.Equal(got, want) {
						t.Fatalf("%s%s, %q: the report differs:\n%s\n%s", what, again, flags, said, firstDifference(got, want))
					}
					if again != "" && len(flags) == 0 && len(m.files)-strings.Count(said, ": passed over") != hits(said) {
						t.Errorf("%s%s: not all was kept:\n%s", what, again, said)
					}
				}
				what = m.change(t)
			}
		})
	}
}

// hits is how many inputs came from the cache.
func hits(said string) (n int) {
	for line := range strings.Lines(said) {
		if strings.HasSuffix(line, "from the cache\n") {
			fmt.Sscan(line, &n)
		}
	}
	return n
}

// TestCacheOfGrowingLogs: a log that grows between being found and being read is
// counted as it is read, with what is compared with it, and nothing of it is kept.
func TestCacheOfGrowingLogs(t *testing.T) {
	m := newLogFolder(t, 1)
	m.logs = []string{"kern.log", "syslog"}
	m.fill(t)
	cache := t.TempDir()
	reportOf(t, "--cache", cache, m.dir)
	var results [2][]byte
	var open [2]func() []byte
	for i, flags := range [][]string{{m.dir}, {"--cache", cache, m.dir}} {
		open[i] = opened(t, flags)
	}
	add := m.line("kern", &m.records[len(m.records)-1])
	path := filepath.Join(m.dir, "kern.log")
	old, err := os.ReadFile(path)
	if err := errors.Join(err, os.WriteFile(path, append(old, add...), 0o644)); err != nil {
		t.Fatal(err)
	}
	for i := range open {
		results[i] = open[i]()
	}
	if !bytes.Equal(results[0], results[1]) {
		t.Error(firstDifference(results[1], results[0]))
	}
	if !bytes.Contains(results[0], []byte("it is being written to")) {
		t.Error("the log did not grow, as far as the report tells")
	}
}

// found are the inputs of a command line and the job that reads them.
func found(t *testing.T, args []string) (*job, []*reader.Input) {
	t.Helper()
	var f flags
	ui := newUI(io.Discard)
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.register(fs, ui)
	if err := fs.Parse(append([]string{"--tz", "UTC", "--year", "2026", "--format", "json"}, args...)); err != nil {
		t.Fatal(err)
	}
	j, err := newJob(ui, &f, "", fs.Args(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := reader.Open(t.Context(), j.paths, reader.OpenOptions{Formats: formats, Now: j.now, Year: f.year, Zone: j.zones.input, ZoneFrom: f.zoneFrom(), ZoneGiven: true})
	if err != nil {
		t.Fatal(err)
	}
	if j.space, err = spill.NewSpace(t.TempDir(), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.space.Close(); err != nil {
			t.Error(err)
		}
	})
	return j, inputs
}

// opened finds the inputs; what it returns makes the report of them.
func opened(t *testing.T, args []string) func() []byte {
	t.Helper()
	j, inputs := found(t, args)
	return func() []byte {
		res, err := j.count(t.Context(), inputs, "")
		if err != nil {
			t.Fatal(err)
		}
		places, err := j.geo()
		if err != nil {
			t.Fatal(err)
		}
		rep, err := j.report(res, func(i uint32) bool { return inputs[i].Packets() }, places)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := renderjson.Render(&b, rep, renderjson.Options{}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
}

// TestVanishedEntries: entries that were there when they were looked for and are gone
// when they are put together are an error that names the log.
func TestVanishedEntries(t *testing.T) {
	m := newLogFolder(t, 2)
	m.fill(t)
	dir := t.TempDir()
	reportOf(t, "--cache", dir, m.dir)
	j, inputs := found(t, []string{"--cache", dir, m.dir})
	c, err := newCache(j, inputs, engine.Config{
		Inputs: inputs, Modules: analyzers, Window: j.win, Jobs: 2, Space: j.space, Memory: 1 << 40,
		Options: reader.Options{Symbols: event.NewSymbols(), Zone: j.zones.input, Actions: action.NewTable(action.Options{})},
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if todo := c.missing(); len(todo) > 0 {
		t.Fatalf("%d inputs have no entry", len(todo))
	}
	entries, err := filepath.Glob(filepath.Join(dir, "*"+cacheEnding))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range entries {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	var broken unreadableEntry
	if _, err := c.join(t.Context()); !errors.As(err, &broken) || !strings.Contains(err.Error(), m.dir) {
		t.Errorf("%v", err)
	}
}

func firstDifference(got, want []byte) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	from := max(0, at-300)
	return fmt.Sprintf("got  %s\nwant %s", got[from:min(len(got), at+200)], want[from:min(len(want), at+200)])
}
