package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"fwreport/reader/action"
)

// configured is the flags of a report with a config applied, and its flag set.
func configured(t *testing.T, text string, args ...string) (*flags, *pflag.FlagSet) {
	t.Helper()
	c, err := parseConfig("c.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	f, fs := new(flags), pflag.NewFlagSet("", pflag.ContinueOnError)
	f.register(fs, new(ui))
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	f.config = c
	if err := c.apply(fs, nil); err != nil {
		t.Fatal(err)
	}
	return f, fs
}

// The example is the README's.
func TestExampleConfig(t *testing.T) {
	text, err := os.ReadFile("testdata/fwreport.toml")
	if err != nil {
		t.Fatal(err)
	}
	f, fs := configured(t, string(text))
	want := []string{
		"--since=7d", "--format=html,csv", "--tz=Europe/Berlin", "--report-tz=UTC", "--exclude-private",
		"--src=!198.51.100.7", "--src=!2001:db8:5ca::/48", "--action-map=FORWARDFW=DROP", "--action-map=audit-*=ACCEPT",
		"--title=Example Ltd, weekly",
		`--config:path={pattern = "case/*/var/log/*", tz = "America/New_York", year = 2025}`,
		`--config:path={pattern = "*/collector/*", tz = "UTC"}`,
		`--config:networks."10.0.0.0/8"="Offices"`, `--config:networks."192.0.2.0/24"="DMZ"`,
		`--config:networks."2001:db8:1::/48"="Laboratory"`,
		`--config:interfaces."eth0"="WAN"`, `--config:interfaces."eth1"="LAN"`, "logs",
	}
	if diff := cmp.Diff(want, asGiven(fs, f.config, []string{"logs"})); diff != "" {
		t.Error(diff)
	}
	var rules []string
	for _, r := range f.config.pathRules() {
		rules = append(rules, fmt.Sprintf("%s %v %d %s", r.Pattern, r.Zone, r.Year, r.From))
	}
	if want := []string{"case/*/var/log/* America/New_York 2025 config", "*/collector/* UTC 0 config"}; !slices.Equal(rules, want) {
		t.Errorf("rules %q, want %q", rules, want)
	}
	n := f.config.names()
	if got := n.NetworkOf(netip.MustParseAddr("192.0.2.9")) + " " + n.InterfaceOf("eth1"); got != "DMZ LAN" {
		t.Errorf("names %q", got)
	}
}

// Each entry of the report's command that no flag can say is TOML: put together
// they are the config that they came from.
func TestEntriesOfTheCommandAreTOML(t *testing.T) {
	f, _ := configured(t, "[networks]\n\"10.1.2.3\"='a\"b'\n[interfaces]\n\"e=th\\\\0\"=\"W\\nN\"\n[[path]]\npattern='x\\y'\nyear=2025")
	var text []string
	for _, a := range f.config.asGiven() {
		entry, ok := strings.CutPrefix(a, "--config:")
		if !ok {
			t.Errorf("%q", a)
		}
		if rule, isPath := strings.CutPrefix(entry, "path="); isPath {
			entry = "path=[" + rule + "]"
		}
		text = append(text, entry)
	}
	again, _ := configured(t, strings.Join(text, "\n"))
	if diff := cmp.Diff(f.config.asGiven(), again.config.asGiven()); diff != "" {
		t.Error(diff)
	}
}

func TestConfigMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\n\nsinc='7d'", `3: unknown key "sinc": did you mean "since"?`},
		{"exclude_privat=true", `1: unknown key "exclude_privat": did you mean "exclude-private"?`},
		{"zzz=1", `1: unknown key "zzz"`},
		{strings.Repeat("k", 100000) + "=1", `1: unknown key "` + strings.Repeat("k", 100000) + `"`},
		{"[netwroks]", `1: unknown key "netwroks": did you mean "networks"?`},
		{"title='''\n\n'''\n a.b=1", `4: unknown key "a"`},
		{"src=[\n'10.0.0.0/8', # '\n\"\"\"]\"\"\",\n]", `1: src: "]" is no address and no network such as 198.51.100.0/24 or 2001:db8::/32`},
		{"title='[{'\n\nlimt=1", `3: unknown key "limt": did you mean "limit"?`},
		{"title=\"\\\"[\"\nlimt=1", `2: unknown key "limt": did you mean "limit"?`},
		{"title=\"\"\"\"\"a\\\"\"\"\"\"\"\nlimt=1", `2: unknown key "limt": did you mean "limit"?`},
		{"\r\ntitle='''\r\n'''\r\nlimt=1\r\n", `4: unknown key "limt": did you mean "limit"?`},
		{"limit='3'", "1: limit wants an integer, not a string"},
		{"limit=-1", `1: limit: "-1" is no number of rows, nor 0 for all`},
		{"limit=1.0", "1: limit wants an integer, not a float"},
		{"limit=[1]", "1: limit wants an integer, not an array"},
		{"title=3", "1: title wants a string, not an integer"},
		{"title=2026-01-01", "1: title wants a string, not a date"},
		{"since=12:00:00", "1: since wants a string or a date, not a time of day"},
		{"title={a=1}", "1: title wants a string, not a table"},
		{"[title]", "1: title wants a string, not a table"},
		{"[[title]]\na=1", "1: title wants a string, not a table"},
		{"quiet='yes'", "1: quiet wants true or false, not a string"},
		{"src=[[]]", "1: src wants a string or an array of strings, not an array"},
		{"format=['pdf']", `1: format: "pdf" is none of html, csv, xlsx, json, text`},
		{"since='7x'", `1: since: "7x" is no time: `},
		{"tz='Mars'", `1: tz "Mars" is no known zone: use a name such as Europe/Berlin, UTC, or an offset such as +02:00`},
		{"year=26", "1: year 26: give the year of the logs' last record, such as 2026"},
		{"jobs=-1", "1: jobs -1: give a number of workers, or 0 for one a core"},
		{"title='a'\nconfig='b'", `2: "config" cannot stand in a config: `},
		{"print_config=true", `1: "print_config" cannot stand in a config: `},
		{"help=true", `1: "help" cannot stand in a config: `},
		{"no-lo=true\nno_local=true", "2: no_local is there already (c.toml:1)"},
		{"title='a'\ntitle='b'", "2: "},
		{"title=", "1: "},
		{"title=\"\\q\"", "1: "},
		{"\ntitle='a\n'", "2: "},
		{"title='a'\nname=\"\xff\"", "2: the file is not UTF-8"},
		{"action-map=3", "1: action-map wants a table of names, not an integer"},
		{"action-map=['x']", `1: action-map: "x" is not of the form PREFIX=ACTION`},
		{"action-map=['A=x', 'A=y']", "1: action-map: A is there already (c.toml:1)"},
		{"[action-map]\nA='x=y'", `2: action-map: "x=y" is no action`},
		{"[action-map]\nA=' '", `2: action-map: "A= " is not of the form PREFIX=ACTION`},
		{"[action-map]\nA.b='x'", `2: action-map: "A" wants a string, not a table`},
		{"[action-map]\nA=1", `2: action-map: "A" wants a string, not an integer`},
		{"[networks]\n'10.0.0.0/8'='a'\n\n'10.1.2.3/8'='b'", "4: networks: 10.1.2.3/8 is there already (c.toml:2)"},
		{"[networks]\nlan='10.0.0.0/8'", `2: networks: "lan" is no network: write 192.0.2.0/24 or 2001:db8::/32`},
		{"[networks]\n'fe80::1%eth0'='a'", `2: networks: "fe80::1%eth0" is no network`},
		{"networks={'10.0.0.0/8'=''}", `1: networks: the name of "10.0.0.0/8" is missing`},
		{"[[networks]]", "1: networks is one table: write [networks]"},
		{"[interfaces]\n''='x'", "2: interfaces: the interface is missing"},
		{"[path]\npattern='x'", "1: path is a list of tables: write [[path]]"},
		{"[[path]]\npattern='x'\nyeer=2025", `3: unknown key "yeer": did you mean "year"?`},
		{"[[path]]\npattern='x'\nyear='2025'", "3: year wants an integer, not a string"},
		{"[[path]]\npattern='x'\nyear=0", "3: year 0: give the year of the logs' last record, such as 2026"},
		{"[[path]]\npattern='x'\ntz='Mars'", `3: tz "Mars" is no known zone`},
		{"[[path]]\npattern=['x']", "2: pattern wants a string, not an array"},
		{"[[path]]\npattern=''", "2: pattern is empty"},
		{"[[path]]\npattern='x'\ntz='UTC'\n[[path]]\ntz='UTC'", "4: path: the pattern is missing"},
		{"[[path]]\npattern='x'", "1: path: tz or year is missing"},
		{"path=[{}]", "1: path: the pattern is missing"},
	} {
		_, err := parseConfig("c.toml", c.text)
		if err == nil || !strings.HasPrefix(err.Error(), "c.toml:"+c.want) {
			t.Errorf("%.80q\n got %v\nwant c.toml:%s", c.text, err, c.want)
		}
		if _, usage := err.(usageError); err != nil && !usage {
			t.Errorf("%.80q: %v is no usage error", c.text, err)
		}
	}
}

func TestConfigValues(t *testing.T) {
	for _, c := range []struct{ text, args, want string }{
		{"\ufefftitle='bom'", "", "--title=bom"},
		{"since=2026-03-01", "", "--since=2026-03-01"},
		{"since=2026-03-01T06:30:00", "", "--since=2026-03-01T06:30:00"},
		{"since=2026-03-01T06:30:00+02:00", "", "--since=2026-03-01T06:30:00+02:00"},
		{"port=[22,'1000-2000']\nproto=6", "", "--port=22 --port=1000-2000 --proto=6"},
		{"src=['10.0.0.0/8','!10.1.0.0/16']", "--src=192.0.2.1", "--src=192.0.2.1"},
		{"src=[]\nformat=[]\npath=[]", "", ""},
		{"no_local=false\nno-accept=true", "", "--no-local=false --no-accept"},
		{"no_local=true", "--no-lo=false", "--no-local=false"},
		{"limit=0\nyear=0", "", "--limit=0 --year=0"},
		{"limit=7", "--limit=8", "--limit=8"},
		{"format='html, csv'", "--format=json", "--format=json"},
		{"format='html'", "-o=x.json", ""},
		{"format='html'", "-o=x.txt", ""},
		{"format='html'\noutput='x.json'", "", "--format=html"},
		{"format='html'", "-o=folder", "--format=html"},
		{"action-map.A='x'\naction_map.'B='=' y '", "--action-map=C=z --action-map=A=w", "--action-map=C=z --action-map=A=w --action-map=B== y "},
		{"jobs=1\nquiet=true\nprogress='never'\noutput='o'\nmanifest=true", "", ""},
		{"networks.'10.0.0.0/8'='a'\ninterfaces={}", "", `--config:networks."10.0.0.0/8"="a"`},
	} {
		f, fs := configured(t, c.text, strings.Fields(c.args)...)
		if got := strings.Join(asGiven(fs, f.config, nil), " "); got != c.want {
			t.Errorf("%q, %s\n got %s\nwant %s", c.text, c.args, got, c.want)
		}
	}
}

// A prefix that flags and config both speak of is the flag's.
func TestActionMapOfFlagAndConfig(t *testing.T) {
	f, _ := configured(t, "[action-map]\n'FW*'='ACCEPT'\n'FW '='ACCEPT'\nX='DROP'", "--action-map= FW=REJECT")
	table := action.NewTable(action.Options{Map: f.actionMap})
	for prefix, want := range map[string]string{"FW": "REJECT", "FWD": "ACCEPT", "X": "DROP"} {
		if got := table.Decide(prefix).Action; got != want {
			t.Errorf("%s is %s, want %s", prefix, got, want)
		}
	}
}

func TestPrintedConfigIsSafe(t *testing.T) {
	f, fs := configured(t, "title=\"\\u001b[31m\\u009b\\u202e\\U000e0041\\\"\\\\\"")
	f.config.applied["title"] = "evil\x1b\nlimit = 3:1"
	var b strings.Builder
	if err := printConfig(&b, fs, f.config); err != nil {
		t.Fatal(err)
	}
	if want := "\ntitle = \"\\u001b[31m\\u009b\\u202e\\U000e0041\\\"\\\\\" # evil\\x1b\\x0alimit = 3:1\n"; !strings.Contains(b.String(), want) {
		t.Errorf("got\n%q\nwant\n%q", b.String(), want)
	}
	if _, err := parseConfig("again", b.String()); err != nil {
		t.Error(err)
	}
	_, fs = configured(t, "", "--title=\xff")
	if err := printConfig(&b, fs, nil); err == nil || !strings.Contains(err.Error(), "--title is not UTF-8") {
		t.Errorf("error %v", err)
	}
}

// What cannot be a config is refused without being read to its end.
func TestFilesThatAreNoConfig(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 1<<40); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	if _, err := readConfig(new(ui), big, false); err == nil || !strings.Contains(err.Error(), "longer than 1 MiB") {
		t.Errorf("big: %v", err)
	}
	if _, err := readConfig(new(ui), dir, false); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("folder: %v", err)
	}
	for _, path := range []string{"", filepath.Join(dir, "none"), filepath.Join(big, "under", "a file")} {
		if c, err := readConfig(new(ui), path, false); c != nil || err != nil {
			t.Errorf("%q: %v %v", path, c, err)
		}
	}
}

// The statements, each read by itself, say what the document says as a whole.
func FuzzConfig(f *testing.F) {
	example, err := os.ReadFile("testdata/fwreport.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(example), "a=[[1,{b=2}],'''\n]''']#x\n[a.b]\nc.d.e=1", "[[p]]\nx=1\n[[p]]\ny={z=[{q=\"\\\"\"}]}",
		"a=\"\"\"\"\"\"\"\nb=''", "[ a . \"b#]\" ] # [\n'x=y' = 1e3", "a=\"\"\"x\\\n \"\"\"\nb=2026-01-01 10:00:00", "a={\n}\n", "\ufeffa=1\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = parseConfig("c.toml", text)
		leaves, err := parseTOML("c.toml", text)
		whole := map[string]any{}
		if _, bad := toml.Decode(text, &whole); bad != nil || err != nil {
			if bad == nil && !strings.Contains(err.Error(), "UTF-8") {
				t.Errorf("the document is good, but: %v", err)
			}
			return
		}
		var got []string
		for _, l := range leaves {
			got = append(got, flat(toml.Key(l.path), l.value)...)
		}
		want := flat(nil, whole)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// flat is the values in a tree, with their keys, but for empty tables.
func flat(path toml.Key, value any) (all []string) {
	if m, ok := value.(map[string]any); ok {
		for k, v := range m {
			all = append(all, flat(append(path[:len(path):len(path)], k), v)...)
		}
		return all
	}
	if list, ok := tables(value); ok {
		for _, m := range list {
			all = append(all, flat(path, m)...)
		}
		return all
	}
	if value == nil {
		return nil
	}
	return []string{fmt.Sprintf("%s=%v", path, value)}
}
