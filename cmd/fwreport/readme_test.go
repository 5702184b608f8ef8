package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

const readme = "../../README.md"

// transcript is a command of the README with what it says it prints.
type transcript struct{ command, want string }

// Each ```console block of the README is a session: lines that begin with "$ "
// are typed, the others are what a terminal shows. A line "…" stands for any
// lines, "…" within a line for any text.
func TestREADMESessions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the sessions are typed into a POSIX shell")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "samples"), os.DirFS("../../samples")); err != nil {
		t.Fatal(err)
	}
	sessions := transcripts(t)
	if len(sessions) == 0 {
		t.Fatal("the README shows no session")
	}
	for _, s := range sessions {
		cmd := exec.Command("sh", "-c", s.command)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		if !s.pattern().MatchString(trimEnds(string(out))) {
			t.Errorf("$ %s\nprints\n%s\nbut the README says\n%s", s.command, out, s.want)
		}
	}
}

func transcripts(t *testing.T) (all []transcript) {
	t.Helper()
	for block := range strings.SplitSeq(readREADME(t), "```console\n") {
		session, _, isBlock := strings.Cut(block, "\n```")
		if !isBlock || !strings.HasPrefix(session, "$ ") {
			continue
		}
		for line := range strings.SplitAfterSeq(session+"\n", "\n") {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				all = append(all, transcript{command: strings.TrimSpace(command)})
			} else {
				all[len(all)-1].want += line
			}
		}
	}
	return all
}

func readREADME(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// pattern is what the output must match.
func (s transcript) pattern() *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for line := range strings.Lines(trimEnds(s.want)) {
		if strings.TrimSpace(line) == "…" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// trimEnds removes blanks at the ends of lines: Markdown is better without them.
func trimEnds(s string) string {
	return regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(s, "")
}

// The README's table names every flag with its kind of value, and no other.
func TestREADMEFlags(t *testing.T) {
	var have, documented []string
	newCommand(newUI(os.Stderr), "", configPlaces{}).Flags().VisitAll(func(f *pflag.Flag) {
		kind, _ := pflag.UnquoteUsage(f)
		have = append(have, strings.TrimSpace("--"+f.Name+" "+kind))
	})
	row := regexp.MustCompile("(?m)^\\| (`[^|]+`) \\|")
	for _, m := range row.FindAllStringSubmatch(readREADME(t), -1) {
		for cell := range strings.SplitSeq(m[1], ", ") {
			if cell = strings.Trim(cell, "`"); strings.HasPrefix(cell, "--") {
				documented = append(documented, cell)
			}
		}
	}
	for _, f := range have {
		if !slices.Contains(documented, f) && f != "--help" && f != "--version" {
			t.Errorf("the README does not show %s", f)
		}
	}
	for _, f := range documented {
		if !slices.Contains(have, f) {
			t.Errorf("the README shows %s, which is no flag", f)
		}
	}
}
