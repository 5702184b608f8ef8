package action

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fwreport/reader/event"
)

// Prefixes of a megabyte, made to hurt each part of the rules. There is nothing
// to compare; a rule that is not linear hangs here.
func TestLongPrefixes(t *testing.T) {
	const size = 1 << 20
	table := NewTable(Options{Map: []Mapping{{"*a*a*a*a*a*a*a*b", "DROP"}, {strings.Repeat("a*", 500) + "b", "DROP"}}})
	for _, unit := range []string{
		"a", "A-", "LOG", "IPT: ", "NO", "[x-", "#011", `"`, `A="x`, "ACTION=x ", "nf_ct_tcp: ", "DropIt", "Shorewall:a:", "INPUT", "1a", "é", "\xff", "_",
	} {
		d := table.Decide(strings.Repeat(unit, size/len(unit)))
		if len(d.Action) > maxShown || len(d.Chain) > maxShown || len(d.Rule) > maxShown || len(d.Reason) > maxShown {
			t.Errorf("%q repeated: a result of more than %d bytes", unit, maxShown)
		}
	}
}

// What stands right before IN= decides, however much stands before it.
func TestLongRemnantBeforeThePrefix(t *testing.T) {
	if d := none.Decide(strings.Repeat("ACCEPT ", 1<<17) + strings.Repeat("x ", maxText/2) + "DROP "); d.Class != Drop || d.DecidedBy != "keyword DROP" {
		t.Errorf("%+v", d)
	}
	for n := range 16 { // wherever the cut falls, half a word is no word
		if d := none.Decide(strings.Repeat("x", n) + strings.Repeat("BYPASS", maxText)); d.Class != Unknown {
			t.Errorf("%+v", d)
		}
		if d := none.Decide(strings.Repeat("x", n) + strings.Repeat("SNOWDROP ", maxText)); d.Class != Unknown {
			t.Errorf("%+v", d)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"IPT:#011DROP": "IPT:\tDROP", "#012#033[31m": "\n\x1b[31m", "rule #123": "rule #123", "#01": "#01", "#018": "#018",
		"#177": "\x7f", "#200": "#200", "##011": "#\t", "": "", "#": "#",
	} {
		if got := unescape(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	d := none.Decide("IPT: " + strings.Repeat("é", 200))
	if d.Action != strings.Repeat("é", 63) || !utf8.ValidString(d.Action) {
		t.Errorf("%q", d.Action)
	}
}

func FuzzDecide(f *testing.F) {
	for _, s := range []string{
		"IPT: DROP ", "IPT:#011x ACTION=ACCEPT ", "[UFW AUDIT INVALID] ", "Shorewall:long-zone_frwd:ACC ", "[ipv4-FWD-filter-10-R]",
		`[WAN_IN-RET-30001] DESCR="Allow Established/Relat `, "nf_ct_proto_132: nf_ct_sctp: bad CRC  ", "NOT-DROPPED: ", "LOGDROP_ACCEPT",
		"NEW-NOT-SYN", "Firewall: *Port Flood* ", "*ATTACK* syn scan", "\xff\x00#012\"\"", "nf_ct_ftp: dropping packet: 0x1 fe80::",
	} {
		f.Add(s, "allowed", "*")
	}
	tables := []*Table{none, NewTable(Options{Assume: event.Denied}), NewTable(Options{Assume: event.Accepted})}
	f.Fuzz(func(t *testing.T, prefix, label, pattern string) {
		mapped := NewTable(Options{Map: []Mapping{{pattern, label}}})
		for _, table := range append(tables, mapped) {
			for _, ask := range []func() Decision{
				func() Decision { return table.Decide(prefix) },
				func() Decision { return table.Label(prefix, label) },
			} {
				d := ask()
				if again := ask(); d != again {
					t.Fatalf("%q: %+v, then %+v", prefix, d, again)
				}
				consistent(t, prefix, d)
			}
		}
		for _, pad := range []string{" " + prefix, prefix + " ", prefix + "#011"} {
			if d := none.Decide(pad); d != none.Decide(prefix) {
				t.Fatalf("%q is not as %q: %+v", pad, prefix, d)
			}
		}
	})
}

// consistent holds a decision against the contract.
func consistent(t *testing.T, prefix string, d Decision) {
	want, ok := classVerdicts[d.Class]
	switch {
	case !ok || d.DecidedBy == "":
		t.Fatalf("%q: %+v", prefix, d)
	case d.Assumed:
		ok = d.DecidedBy == "assumed" && (d.Class == Log || d.Class == Unknown) && d.Verdict != event.Undetermined
	case d.Class == Invalid && (d.FrontEnd == "conntrack" || d.DecidedBy == "ufw"):
		ok = d.Verdict == event.Undetermined || d.DecidedBy == byMap
	default:
		ok = d.Verdict == want
	}
	if !ok || len(d.Action) > maxShown || d.Action == "" {
		t.Fatalf("%q: %+v", prefix, d)
	}
	if d.Category != "" && d.Verdict != event.Undetermined && !d.Assumed {
		t.Fatalf("%q: category beside a verdict: %+v", prefix, d)
	}
}
