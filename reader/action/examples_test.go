package action

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// example is one line of the examples, as far as prefixes are concerned.
type example struct {
	Name   string
	Input  string
	Expect map[string]any
	Ctx    struct{ Kind string }
}

// anchor is where the kernel's header begins; the last one counts.
var anchor = regexp.MustCompile(`(?:^|[^S])(IN=\S* (?:PHYSIN=\S* )?OUT=)`)

// envelope is what stands before the prefix in the syslog examples that expect
// an action but name no prefix.
var envelope = regexp.MustCompile(`^.*kernel: (?:\[ *[0-9.]+\] )?`)

// prefixOf is the prefix of an example, or ok is false if this test cannot find it.
func (e *example) prefixOf() (prefix string, ok bool) {
	if p, ok := e.Expect["prefix"].(string); ok {
		return p, true
	}
	all := anchor.FindAllStringSubmatchIndex(e.Input, -1)
	if len(all) == 0 || strings.HasPrefix(e.Input, "{") {
		return "", false
	}
	head := e.Input[:all[len(all)-1][2]]
	if e.Ctx.Kind == "syslog" {
		head = envelope.ReplaceAllString(head, "")
	}
	return head, true
}

func TestExamples(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "readertest", "testdata", "examples.ndjson"))
	if err != nil {
		t.Skip("without the examples: ", err)
	}
	defer f.Close()
	tested := 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		if e.Ctx.Kind == "message" || e.Ctx.Kind == "syslog" {
			tested += testExample(t, &e)
		}
	}
	if err := lines.Err(); err != nil || tested < 93 {
		t.Errorf("%d expectations tested, want 93 at least (all but the journal's): %v", tested, err)
	}
}

// testExample returns how many expectations it tested.
func testExample(t *testing.T, e *example) (n int) {
	prefix, ok := e.prefixOf()
	if !ok {
		return 0
	}
	d := none.Decide(prefix)
	got := map[string]string{
		"action": d.Class, "chain": d.Chain, "rule": d.Rule, "front_end": d.FrontEnd, "category": d.Category, "reason": d.Reason,
	}
	for key, value := range got {
		want, ok := e.Expect[key].(string)
		if !ok {
			continue
		}
		n++
		if value != want {
			t.Errorf("%s: %q: %s is %q, want %q", e.Name, prefix, key, value, want)
		}
	}
	return n
}

// The logs of other people: which prefixes they hold, how often, and what
// becomes of them, counted with grep and read by eye.
func TestCorpusPrefixes(t *testing.T) {
	for _, c := range []struct {
		file string
		want map[string]int
	}{
		{"labynocle+elk-demo/data/firewall.log", map[string]int{"undetermined": 9996, "denied": 4}},
		{"AdrienRE+iptablogs/iptables.log", map[string]int{"undetermined": 8443}},
		{"dunneja+py-fw-log/iptables.log", map[string]int{"denied": 1182}},
		{"sikvall+ipta/example/iptables-syslog-example.log", map[string]int{"accepted": 163, "denied": 16 + 13 + 8}},
	} {
		t.Run(c.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", filepath.FromSlash(c.file)))
			if err != nil {
				t.Skip("without the corpus: ", err)
			}
			got := map[string]int{}
			for line := range strings.Lines(string(b)) {
				if i := strings.Index(line, "IN="); i >= 0 {
					got[none.Decide(envelope.ReplaceAllString(line[:i], "")).Verdict.String()]++
				}
			}
			for _, verdict := range []string{"denied", "accepted", "undetermined"} {
				if got[verdict] != c.want[verdict] {
					t.Errorf("%s: %d, want %d", verdict, got[verdict], c.want[verdict])
				}
			}
		})
	}
}
