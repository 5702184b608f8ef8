package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayUse says which packages of the project a package may depend on, directly
// or not. The first pattern that matches the package counts (path.Match); a
// package depends on itself and on what is listed. Imports point one way: cmd,
// analyze/engine, analyze and its modules, reader; a renderer knows no analyzer,
// an analyzer no format, and report nothing of either.
var mayUse = []struct{ pkg, uses string }{
	{"cmd/fwreport", "* */*"},
	{"cmd/*", "* */*"},
	{"samples/*", "* */* samples/gen/*"},
	{"samples/gen/*", "reader/*"},
	{"templates", ""},

	{"reader/event", ""},
	{"reader/evidence", "reader/event"},
	{"reader/lex", "reader/event"},
	{"reader/action", "reader/event reader/lex"},
	{"reader", "reader/event reader/evidence reader/lex reader/action"},
	{"reader/*", "reader reader/*"},

	{"report", "reader/event reader/evidence"},
	{"report/reporttest", "report report/* reader/event reader/evidence"},
	{"report/*", "report templates reader/event reader/evidence"},

	{"analyze/codec", "reader/event"},
	{"analyze/count", "analyze/codec reader/event"},
	{"analyze/spill", "report reader/event reader/evidence"},
	{"analyze/window", "reader/event reader/lex"},
	{"analyze/filter", "reader/event reader/lex"},
	{"analyze", "analyze/codec analyze/count report reader/event reader/evidence"},
	{"analyze/engine", "analyze analyze/codec analyze/count analyze/duplicates analyze/spill report reader reader/event reader/evidence reader/lex reader/action"},
	{"analyze/geo/*", "analyze/geo analyze analyze/count report reader/event reader/evidence"},
	{"analyze/*", "analyze analyze/* report reader/event reader/evidence reader/lex"},
}

// never are dependencies that the patterns above would let through.
var never = []struct{ pkg, uses string }{
	{"analyze/*", "analyze/engine"},
}

type listed struct {
	ImportPath, Name, Dir string
	Deps                  []string
	GoFiles               []string
}

// packages lists the project's packages.
func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Dir,Deps,GoFiles", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, "fwreport/") {
			all = append(all, p)
		}
	}
	return all
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		own := strings.TrimPrefix(p.ImportPath, "fwreport/")
		rule := slices.IndexFunc(mayUse, func(r struct{ pkg, uses string }) bool { return matches(r.pkg, own) })
		if rule < 0 {
			t.Errorf("no rule says what %s may depend on", own)
			continue
		}
		for _, d := range p.Deps {
			if d, ours := strings.CutPrefix(d, "fwreport/"); ours && (!matches(mayUse[rule].uses, d) || forbidden(own, d)) {
				t.Errorf("%s depends on %s", own, d)
			}
		}
	}
}

// matches reports whether pkg matches one of the patterns.
func matches(patterns, pkg string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(p string) bool {
		ok, err := path.Match(p, pkg)
		return ok && err == nil
	})
}

func forbidden(pkg, dep string) bool {
	return slices.ContainsFunc(never, func(r struct{ pkg, uses string }) bool { return matches(r.pkg, pkg) && matches(r.uses, dep) })
}

func TestPackageNames(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "misc"}, p.Name) {
			t.Errorf("%s: the name %s says nothing", p.ImportPath, p.Name)
		}
	}
}

// What reader, analyze and report find must follow from what they are given, and
// they have nothing to say to a terminal.
func TestLibrariesHaveNoSurroundings(t *testing.T) {
	banned := map[string]string{
		"time.Now": "the clock", "time.Since": "the clock", "time.Local": "the machine's zone",
		"os.Getenv": "the environment", "os.LookupEnv": "the environment", "os.Environ": "the environment",
		"os.Stdout": "the terminal", "os.Stderr": "the terminal", "os.Exit": "the process",
		"fmt.Print": "the terminal", "fmt.Printf": "the terminal", "fmt.Println": "the terminal",
		"log.Print": "the terminal", "log.Printf": "the terminal", "log.Println": "the terminal",
		"log.Fatal": "the process", "log.Fatalf": "the process",
	}
	for _, p := range packages(t) {
		own := strings.TrimPrefix(p.ImportPath, "fwreport/")
		if p.Name == "main" || !matches("reader reader/* analyze analyze/* report report/*", own) {
			continue
		}
		for _, file := range p.GoFiles {
			inspect(t, filepath.Join(p.Dir, file), banned)
		}
	}
}

// inspect looks for the banned names and for init functions in one file.
func inspect(t *testing.T, file string, banned map[string]string) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && banned[x.Name+"."+n.Sel.Name] != "" {
				t.Errorf("%s: %s.%s: a library asks nothing of %s", fset.Position(n.Pos()), x.Name, n.Sel.Name, banned[x.Name+"."+n.Sel.Name])
			}
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				t.Errorf("%s: an init function", fset.Position(n.Pos()))
			}
		}
		return true
	})
}

// The project's top level is fixed.
func TestTopLevel(t *testing.T) {
	known := strings.Fields("cmd reader analyze report templates samples go.mod go.sum Makefile README.md LICENSE bin dist out")
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !strings.HasPrefix(name, ".") && !slices.Contains(known, name) {
			t.Errorf("%s does not belong into the project's top level", name)
		}
	}
}
