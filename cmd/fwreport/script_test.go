package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// The test binary is the command too: what testscript and the other tests start
// is main with nothing changed but where the machine's own logs lie.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fwreport": func() {
			logs := os.Getenv("FWREPORT_TEST_LOGS")
			if logs == "" {
				logs = "/var/log"
			}
			os.Exit(run(logs, testConfigs()))
		},
	})
}

// testConfigs are none: what a developer has configured is no part of a test. The
// scripts say where the system's is, and have a home of their own.
func testConfigs() configPlaces {
	system := os.Getenv("FWREPORT_TEST_CONFIG")
	if system == "" {
		return configPlaces{}
	}
	return configPlaces{user: userConfig(), system: system}
}

// The scripts find a log of twelve lines in their folder (testdata/kern.log:
// eight denied packets, two accepted, one undetermined and a line of sshd), the
// project's samples as $SAMPLES and other people's evidence, where it is, as $CORPUS.
func TestScripts(t *testing.T) {
	log, err := os.ReadFile("testdata/kern.log")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FWREPORT_TEST_LOGS", filepath.Join(env.WorkDir, "machine"))
			env.Setenv("FWREPORT_TEST_CONFIG", filepath.Join(env.WorkDir, "etc", "fwreport.toml"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("ESC", "\x1b")
			env.Setenv("SAMPLES", absolute(t, "../../samples"))
			env.Setenv("CORPUS", absolute(t, "../../../shared/corpus"))
			return os.WriteFile(filepath.Join(env.WorkDir, "kern.log"), log, 0o644)
		},
		Condition: scriptCondition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"gzip": gzipCommand, "head": headCommand, "status": statusCommand,
			"ledger": ledgerCommand, "table": tableCommand, "cells": cellsCommand, "raw": rawCommand, "same": sameCommand,
			"settings": settingsCommand, "samejson": sameJSONCommand, "damage": damageCommand,
			"family": familyCommand, "dated": datedCommand, "spoil": spoilCommand,
		},
	})
}

func absolute(t *testing.T, path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// scriptCondition adds [corpus], [samples], [root] and [devnull].
func scriptCondition(name string) (bool, error) {
	switch name {
	case "corpus":
		return exists("../../../shared/corpus"), nil
	case "samples":
		return exists("../../samples/README.md"), nil
	case "root":
		return os.Geteuid() == 0, nil
	case "devnull":
		return runtime.GOOS != "windows", nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// gzipCommand is "gzip FROM TO": TO is FROM compressed.
func gzipCommand(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	w := gzip.NewWriter(f)
	_, err = w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(f.Close())
}

// headCommand is "head N FROM TO": TO is FROM without its last N bytes.
func headCommand(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	all := ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(all[:len(all)-n]), 0o644))
}

// statusCommand is "status CODE COMMAND...": the command ends with that exit status.
func statusCommand(ts *testscript.TestScript, _ bool, args []string) {
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

// ledger is what the scripts read of a ledger.
type ledger struct{ Read, Events, Other, Malformed, Duplicates, Outside, Filtered, Repeats uint64 }

func (l ledger) String() string { return strings.Join(l.fields(), " ") }

func (l ledger) fields() []string {
	var s []string
	for _, f := range []struct {
		name string
		n    uint64
	}{
		{"read", l.Read}, {"events", l.Events}, {"other", l.Other}, {"malformed", l.Malformed},
		{"duplicates", l.Duplicates}, {"outside", l.Outside}, {"filtered", l.Filtered}, {"repeats", l.Repeats},
	} {
		s = append(s, fmt.Sprintf("%s=%d", f.name, f.n))
	}
	return s
}

// jsonReport is what the scripts read of a report.
type jsonReport struct {
	Evidence struct {
		Totals ledger
		Inputs []struct {
			Path    string
			SHA256  string
			Records ledger
		}
	}
	Sections []struct{ Tables []jsonTable }
}

type jsonTable struct {
	ID         string
	Columns    []struct{ ID string }
	Rows       [][]any
	TotalRows  int    `json:"total_rows"`
	TotalCount uint64 `json:"total_count"`
}

func readReport(ts *testscript.TestScript, path string) *jsonReport {
	r := new(jsonReport)
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(path)))
	dec.UseNumber()
	ts.Check(dec.Decode(r))
	return r
}

// ledgerCommand is "ledger REPORT.json [NAME=N...]": every ledger of the report
// reconciles, the inputs' ledgers sum up to the totals, and these are as given.
func ledgerCommand(ts *testscript.TestScript, _ bool, args []string) {
	e := &readReport(ts, args[0]).Evidence
	var sum ledger
	for _, in := range e.Inputs {
		l := in.Records
		if l.Read != l.Events+l.Other+l.Malformed+l.Duplicates+l.Outside+l.Filtered {
			ts.Fatalf("%s: %v does not reconcile", in.Path, l)
		}
		sum.Read, sum.Events, sum.Other, sum.Malformed = sum.Read+l.Read, sum.Events+l.Events, sum.Other+l.Other, sum.Malformed+l.Malformed
		sum.Duplicates, sum.Outside, sum.Filtered, sum.Repeats = sum.Duplicates+l.Duplicates, sum.Outside+l.Outside, sum.Filtered+l.Filtered, sum.Repeats+l.Repeats
	}
	if sum != e.Totals {
		ts.Fatalf("the inputs sum up to %v, the totals are %v", sum, e.Totals)
	}
	for _, want := range args[1:] {
		if !slices.Contains(e.Totals.fields(), want) {
			ts.Fatalf("the totals are %v, want %s", e.Totals, want)
		}
	}
}

// tableCommand is "table REPORT.json TABLE COLUMN,COLUMN FILE": these columns of
// the table's rows, a line a row, go to the file.
func tableCommand(ts *testscript.TestScript, _ bool, args []string) {
	for _, s := range readReport(ts, args[0]).Sections {
		for _, t := range s.Tables {
			if t.ID == args[1] {
				ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(t.text(ts, strings.Split(args[2], ","))), 0o644))
				return
			}
		}
	}
	ts.Fatalf("no table %s", args[1])
}

func (t *jsonTable) text(ts *testscript.TestScript, columns []string) string {
	var b strings.Builder
	for _, row := range t.Rows {
		for i, c := range columns {
			at := slices.IndexFunc(t.Columns, func(col struct{ ID string }) bool { return col.ID == c })
			if at < 0 {
				ts.Fatalf("table %s has no column %s", t.ID, c)
			}
			if i > 0 {
				b.WriteByte(' ')
			}
			if row[at] == nil {
				row[at] = "-"
			}
			fmt.Fprint(&b, row[at])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// cellsCommand is "cells BOOK.xlsx FILE": the cells of all sheets go to the
// file, a line each, formulas as =FORMULA.
func cellsCommand(ts *testscript.TestScript, _ bool, args []string) {
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer book.Close()
	var b strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		ts.Check(err)
		for r, row := range rows {
			for c, cell := range row {
				name, err := excelize.CoordinatesToCellName(c+1, r+1)
				ts.Check(err)
				formula, err := book.GetCellFormula(sheet, name)
				ts.Check(err)
				if formula != "" {
					cell = "FORMULA " + formula
				}
				fmt.Fprintf(&b, "%s!%s\t%q\n", sheet, name, cell)
			}
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o644))
}

// rawCommand is "raw FROM TO": TO is FROM with \x1b, \x07 and \x9b replaced by
// the bytes that they stand for, which a script cannot hold.
func rawCommand(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.NewReplacer(`\x1b`, "\x1b", `\x07`, "\x07", `\x9b`, "\x9b").Replace(ts.ReadFile(args[0]))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}

// settingsCommand is "settings FROM origins|bare TO": TO is what --print-config
// printed without the defaults, with or without where the settings are from.
func settingsCommand(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if strings.HasPrefix(line, "#") || line == "\n" {
			continue
		}
		if i := strings.LastIndex(line, " # "); i >= 0 && args[1] == "bare" {
			line = line[:i] + "\n"
		}
		b.WriteString(line)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(b.String()), 0o644))
}

// sameCommand is "same FOLDER FOLDER": both hold the same files with the same bytes.
func sameCommand(ts *testscript.TestScript, _ bool, args []string) {
	a, b := tree(ts, args[0]), tree(ts, args[1])
	if len(a) == 0 {
		ts.Fatalf("%s holds nothing", args[0])
	}
	for name, bytes := range a {
		if other, ok := b[name]; !ok || other != bytes {
			ts.Fatalf("%s differs", name)
		}
	}
	if len(a) != len(b) {
		ts.Fatalf("%s holds %d files, %s holds %d", args[0], len(a), args[1], len(b))
	}
}

// damageCommand is "damage DIR": a byte in each file of the folder is changed.
func damageCommand(ts *testscript.TestScript, _ bool, args []string) {
	for name, text := range tree(ts, args[0]) {
		b := []byte(text)
		b[len(b)/2] ^= 1
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), name), b, 0o600))
	}
}

// sameJSONCommand is "samejson A B KEY...": two reports agree in these parts.
func sameJSONCommand(ts *testscript.TestScript, _ bool, args []string) {
	parts := func(path string) map[string]json.RawMessage {
		var m map[string]json.RawMessage
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(path)), &m))
		return m
	}
	a, b := parts(args[0]), parts(args[1])
	for _, key := range args[2:] {
		if len(a[key]) == 0 || string(a[key]) != string(b[key]) {
			ts.Fatalf("%s of %s and %s differ:\n%.2000s\n%.2000s", key, args[0], args[1], a[key], b[key])
		}
	}
}

func tree(ts *testscript.TestScript, dir string) map[string]string {
	files := map[string]string{}
	root := os.DirFS(ts.MkAbs(dir))
	ts.Check(fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(root, path)
		files[path] = string(b)
		return err
	}))
	return files
}
