package engine_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fwreport/analyze"
	"fwreport/analyze/countries"
	"fwreport/analyze/denied"
	"fwreport/analyze/engine"
	"fwreport/analyze/fingerprint"
	"fwreport/analyze/geo"
	"fwreport/analyze/icmp"
	"fwreport/analyze/integrity"
	"fwreport/analyze/interfaces"
	"fwreport/analyze/invalid"
	"fwreport/analyze/overview"
	"fwreport/analyze/ports"
	"fwreport/analyze/rules"
	"fwreport/analyze/spill"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/pcap"
	"fwreport/reader/sqlite"
	"fwreport/reader/syslog"
	"fwreport/reader/ulogd"
	"fwreport/report"
	"fwreport/samples/gen/stream"
)

// The lists of cmd/fwreport; TestModules holds the second to it.
var (
	formats = []*reader.Format{pcap.Format, pcap.FormatNG, syslog.FormatDmesg, ulogd.Format, ulogd.FormatGPRINT, ulogd.FormatOPRINT, pcap.FormatXML, ulogd.FormatNACCT, sqlite.Format, syslog.FormatExport, syslog.FormatVerbose, syslog.Format}
	modules = []*analyze.Analyzer{
		overview.Analyzer, denied.Analyzer, icmp.Analyzer, ports.Analyzer, invalid.Analyzer, interfaces.Analyzer,
		countries.Analyzer, fingerprint.Analyzer, rules.Analyzer, integrity.Analyzer,
	}
)

func TestModules(t *testing.T) {
	b, err := os.ReadFile("../../cmd/fwreport/modules.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`(?m)^\t\w+\.Analyzer,$`).FindAll(b, -1)); n != len(modules) {
		t.Errorf("cmd/fwreport runs %d modules, these tests %d", n, len(modules))
	}
}

// embedded is the geography, loaded once.
var embedded = sync.OnceValues(geo.Embedded)

// run is one run of everything.
type run struct {
	zone   *time.Location
	assume event.Verdict
	year   int
	win    *report.Window
	jobs   int

	damaged bool // the inputs may hold malformed records and be cut
	shelve  int  // counters wait on disk after so many events
}

var always = report.Window{Since: event.NoTime, Until: event.NoTime}

// report reads paths and makes the whole report.
func (r run) report(t *testing.T, paths ...string) *report.Report {
	t.Helper()
	if r.win == nil {
		r.win = &always
	}
	ctx := context.Background()
	inputs, err := reader.Open(ctx, paths, reader.OpenOptions{
		Formats: formats, Zone: r.zone, Year: r.year, Now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := engine.Config{
		Inputs: inputs, Modules: modules, Window: *r.win, Jobs: max(r.jobs, 1),
		Options: reader.Options{Symbols: event.NewSymbols(), Zone: r.zone, Actions: action.NewTable(action.Options{Assume: r.assume})},
	}
	if r.shelve > 0 {
		r.shelf(t, &cfg)
	}
	res, err := engine.Run(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r.made(t, inputs, res)
}

// made makes the report of what a run found.
func (r run) made(t *testing.T, inputs []*reader.Input, res *engine.Result) *report.Report {
	t.Helper()
	db, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	r.reconcile(t, res)
	sections, err := res.Sections(&analyze.Env{
		Inputs: res.Manifest.Inputs, Packets: func(i uint32) bool { return inputs[i].Packets() },
		Geo: db, Window: *r.win, Span: res.Span, Zone: time.UTC, Assume: r.assume,
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := res.Err(); err != nil {
			t.Error(err)
		}
	})
	return &report.Report{
		Title: "test", Location: time.UTC, Window: *r.win, Span: res.Span, Evidence: res.Manifest, Sections: sections,
	}
}

// shelf makes memory short, so that counters wait on disk.
func (r run) shelf(t *testing.T, cfg *engine.Config) {
	t.Helper()
	space, err := spill.NewSpace(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if used := space.Used(); used == 0 {
			t.Error("nothing was written to disk")
		}
		if err := space.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg.Space, cfg.Memory = space, 1
	engine.Shelve(cfg, r.shelve)
}

// reconcile checks the ledger of every input and of all.
func (r run) reconcile(t *testing.T, res *engine.Result) {
	t.Helper()
	for _, in := range res.Manifest.Inputs {
		if err := in.Records.Check(); err != nil {
			t.Errorf("%s: %v", in.Path, err)
		}
		if in.Records.Malformed > 0 && !r.damaged {
			t.Errorf("%s: %d malformed records: %v", in.Path, in.Records.Malformed, in.Rejects)
		}
		if (in.Skipped != "" || in.Incomplete) && !r.damaged {
			t.Errorf("%s: %s %v", in.Path, in.Skipped, in.Notes)
		}
	}
	if err := res.Manifest.Totals.Check(); err != nil {
		t.Error(err)
	}
}

// write makes a file of ps.
func write(t *testing.T, dir, name string, ps []stream.Packet, format func(io.Writer, []stream.Packet) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := format(&b, ps); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// table is a table with its cells in their canonical spelling.
type table struct {
	Columns []string
	Rows    [][]string
	Rank    int
	Count   uint64
}

// tables are all tables of rep but those about the inputs themselves, which are
// others in each format. Of evidence only the record's number is kept,
// for each format has a file of its own; a record is a line or a packet.
func tables(rep *report.Report) map[string]table {
	all := map[string]table{}
	for _, s := range rep.Sections {
		if s.ID == integrity.Analyzer.Name {
			continue
		}
		for i := range s.Tables {
			tb := &s.Tables[i]
			one := table{Rank: tb.TotalRows, Count: tb.TotalCount}
			for _, c := range tb.Columns {
				one.Columns = append(one.Columns, c.ID)
			}
			for row := range tb.Rows {
				var cells []string
				for _, v := range row {
					cells = append(cells, cell(v))
				}
				one.Rows = append(one.Rows, cells)
			}
			all[tb.ID] = one
		}
	}
	return all
}

func cell(v report.Value) string {
	if v.Kind() == report.Evidence {
		return v.Str()[strings.LastIndexAny(v.Str(), ":#")+1:]
	}
	if v.IsNull() {
		return "-"
	}
	return v.String()
}

// spelled replaces a word in one column of every table.
func spelled(all map[string]table, column, from, to string) {
	for _, tb := range all {
		if c := slices.Index(tb.Columns, column); c >= 0 {
			for _, row := range tb.Rows {
				if row[c] == from {
					row[c] = to
				}
			}
		}
	}
}

var berlin = mustZone("Europe/Berlin")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// form is one way to write the stream. keep takes from a packet what the format
// cannot carry, or the whole packet (false): these are all the exceptions there
// are. What is left must give the same tables as kernel text with ISO stamps,
// which carries everything that tables count.
type form struct {
	name  string
	write func(io.Writer, []stream.Packet) error
	keep  func(*stream.Packet) bool
	flags stream.LogFlags // of the text to compare with
	run   run
	same  func(text, other map[string]table) // levels what the format spells otherwise

	byHand bool                 // compared with what is counted by hand only: kernel text would say more
	begin  string               // of the line where a record's place is; "" if each line or packet is a record
	means  map[string][2]string // action and verdict of a prefix, where it is not one of the model's
}

var le, be = binary.LittleEndian, binary.BigEndian

var forms = []form{
	{
		name: "RFC 3164", run: run{zone: berlin, year: 2026}, flags: stream.AllFlags,
		write: func(w io.Writer, ps []stream.Packet) error {
			return stream.Syslog3164(w, ps, stream.Kernel{Flags: stream.AllFlags, Uptime: true}, berlin)
		},
		keep: wholeSeconds,
	},
	{
		// How the link header is spelled, and who owns the socket, is in no table.
		name: "RFC 3164 with the kernel's default flags", run: run{year: 2026}, flags: stream.LogFlags{MACDecode: true, Owner: true},
		write: func(w io.Writer, ps []stream.Packet) error {
			return stream.Syslog3164(w, ps, stream.Kernel{}, time.UTC)
		},
		keep: wholeSeconds,
	},
	{
		name: "RFC 5424", flags: stream.AllFlags,
		write: func(w io.Writer, ps []stream.Packet) error {
			return stream.Syslog5424(w, ps, stream.Kernel{Flags: stream.AllFlags, Uptime: true}, berlin)
		},
		keep: everything,
	},
	{
		// ulogd writes no TCP options and decodes no UDP-Lite.
		name: "ulogd JSON", flags: stream.LogFlags{Sequence: true},
		write: stream.Ulogd{Index: ifaces, Zone: mustZone("America/St_Johns")}.JSON,
		keep:  func(p *stream.Packet) bool { return p.Proto != stream.UDPLite },
	},
	{
		// LOGEMU prints neither TCP options nor the flags of ECN, and UDP-Lite
		// without ports.
		name: "ulogd LOGEMU", run: run{zone: berlin, year: 2026}, flags: stream.LogFlags{Sequence: true},
		write: stream.Ulogd{Zone: berlin}.LOGEMU,
		keep:  func(p *stream.Packet) bool { return emulated(p) && wholeSeconds(p) },
	},
	{
		name: "ulogd SYSLOG", flags: stream.LogFlags{Sequence: true},
		write: stream.Ulogd{Zone: berlin}.SYSLOG,
		keep:  emulated,
	},
	{
		// GPRINT's own stamp is that of writing. It names no host.
		name: "ulogd GPRINT", flags: stream.LogFlags{Sequence: true},
		write: stream.Ulogd{Index: ifaces, Zone: berlin, Late: time.Second}.GPRINT,
		keep:  hostless,
	},
	{
		name: "ulogd OPRINT", byHand: true,
		write: stream.Ulogd{Index: ifaces}.OPRINT,
		keep:  hostless,
		begin: "===>PACKET BOUNDARY",
	},
	{
		// XML has the whole packet, interfaces by number, no host, and no time but
		// that of writing. Two lines stand before the first record.
		name: "ulogd XML", run: run{zone: berlin}, byHand: true,
		write: stream.Ulogd{Index: numbered, Zone: berlin}.XML,
		keep:  func(p *stream.Packet) bool { return byNumber(p) && wholeSeconds(p) },
		begin: "<log>",
	},
	{
		// Proxmox: no host, no ECN flags, and IPv4 without fragments.
		name: "Proxmox", byHand: true,
		write: func(w io.Writer, ps []stream.Packet) error { return stream.Proxmox(w, ps, berlin) },
		keep: func(p *stream.Packet) bool {
			p.Host = ""
			p.Flags &^= stream.ECE | stream.CWR | stream.AE
			return plain(p) && !p.Is6() && p.Quoted == nil && wholeSeconds(p)
		},
	},
	{
		// Sophos names actions beside what stands for the prefix; no sequence
		// number, no identification, no window.
		name: "Sophos", run: run{zone: berlin}, byHand: true,
		write: func(w io.Writer, ps []stream.Packet) error { return stream.Sophos(w, ps, berlin) },
		keep: func(p *stream.Packet) bool {
			p.Prefix = map[bool]string{false: "Packet dropped", true: "Packet accepted"}[p.Prefix == "IPT: ACCEPT "]
			return p.HasPorts() && plain(p) && !p.Is6() && wholeSeconds(p)
		},
		means: map[string][2]string{"Packet dropped": {"DROP", "denied"}, "Packet accepted": {"ACCEPT", "accepted"}},
	},
	{
		// The auditor tells milliseconds, no prefix, no host, no TTL and no flags.
		name: "audit", byHand: true,
		write: stream.Audit,
		keep: func(p *stream.Packet) bool {
			p.Host, p.Prefix, p.Time = "", "", p.Time.Truncate(time.Millisecond)
			return plain(p)
		},
		means: map[string][2]string{"": {"DROP", "denied"}},
	},
	{
		// dmesg tells only the time since boot, and nothing of the machine.
		name: "dmesg -J", byHand: true,
		write: func(w io.Writer, ps []stream.Packet) error {
			_, err := io.WriteString(w, stream.DmesgJSON(ps, stream.AllFlags))
			return err
		},
		keep: func(p *stream.Packet) bool {
			p.Host, p.Time = "", time.Time{}
			return true
		},
	},
	{
		// NFLOG names no host, and interfaces by number. The record's own stamp
		// is late; the packet's is in a TLV.
		name: "NFLOG", flags: stream.AllFlags,
		write: func(w io.Writer, ps []stream.Packet) error {
			return stream.NFLOG{Order: be, Group: 3, Index: numbered, Delay: 700 * time.Millisecond}.Pcap(w, ps)
		},
		keep: byNumber,
		same: ownOptions,
	},
	{
		// A capture on the wire has neither prefix nor verdict, so one is
		// assumed; the action is called CAPTURE where text has LOG. Classic
		// pcap names neither host nor interface.
		name: "pcap", flags: stream.AllFlags, run: run{assume: event.Denied},
		write: stream.Capture{Order: le, Link: stream.Ethernet}.Pcap,
		keep:  onWire,
		same:  captured,
	},
	wire("pcap, Linux cooked", stream.Capture{Order: le, Link: stream.SLL}),
	{
		// The second version of Linux' cooked header has the interface's number and
		// the direction.
		name: "pcap, Linux cooked v2", flags: stream.AllFlags, run: run{assume: event.Denied},
		write: stream.Capture{Order: be, Link: stream.SLL2}.Pcap,
		keep: func(p *stream.Packet) bool {
			received := p.In != ""
			onWire(p)
			if received {
				p.In = "if#2"
			} else {
				p.Out = "if#2"
			}
			return true
		},
		same: captured,
	},
	wire("pcap, loopback of BSD", stream.Capture{Order: be, Link: stream.Null}),
	wire("pcap, loopback of OpenBSD", stream.Capture{Order: le, Link: stream.Loop}),
	wire("pcap, PPP", stream.Capture{Order: le, Link: stream.PPP, Nano: true}),
	wire("pcap of ulogd", stream.Capture{Order: le, Link: stream.Raw}),
	{
		// pcapng names the interface that captured.
		name: "pcapng", flags: stream.AllFlags, run: run{assume: event.Denied},
		write: func(w io.Writer, ps []stream.Packet) error {
			return stream.Capture{Order: be, Link: stream.Raw, Nano: true}.PcapNG(w, ps, 0)
		},
		keep: func(p *stream.Packet) bool {
			p.Host, p.Prefix = "", ""
			if p.In != "" {
				p.Out = ""
			}
			return true
		},
		same: captured,
	},
}

func onWire(p *stream.Packet) bool {
	p.Host, p.Prefix, p.In, p.Out = "", "", "", ""
	return true
}

// wire is a classic capture of any link type.
func wire(name string, c stream.Capture) form {
	return form{name: name, flags: stream.AllFlags, run: run{assume: event.Denied}, write: c.Pcap, keep: onWire, same: captured}
}

// byNumber is for formats that name no host, and interfaces by number.
func byNumber(p *stream.Packet) bool {
	p.Host, p.In, p.Out = "", ifIndexName(p.In), ifIndexName(p.Out)
	return true
}

func hostless(p *stream.Packet) bool {
	p.Host = ""
	return p.Proto != stream.UDPLite
}

func emulated(p *stream.Packet) bool {
	p.Flags &^= stream.ECE | stream.CWR | stream.AE
	return p.Proto != stream.UDPLite
}

// plain are whole packets of the protocols that every program knows.
func plain(p *stream.Packet) bool {
	known := p.Proto == stream.TCP || p.Proto == stream.UDP || p.Proto == stream.ICMP || p.Proto == stream.ICMPv6
	return known && !p.Later() && !p.MF
}

var numbered = map[string]uint32{"if#2": 2, "if#3": 3, "if#7": 7}

func everything(*stream.Packet) bool { return true }

func wholeSeconds(p *stream.Packet) bool {
	p.Time = p.Time.Truncate(time.Second)
	return true
}

func captured(text, other map[string]table) {
	spelled(other, "action", "CAPTURE", "LOG")
	ownOptions(text, other)
}

// ownOptions: a packet tells that it has no TCP options; a line of text without
// OPT does not, as the rule may not have asked for them.
func ownOptions(_, other map[string]table) { spelled(other, "options", "", "-") }

// reduced is the stream as far as a form can carry it.
func (f *form) reduced(ps []stream.Packet) []stream.Packet {
	var kept []stream.Packet
	for _, p := range ps {
		if f.keep(&p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// looked is what there is to count in ps, which a file holds.
func (f *form) looked(t *testing.T, ps []stream.Packet, file string) []seen {
	t.Helper()
	all := look(ps)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	places := 0
	for i, line := range bytes.Split(text, []byte{'\n'}) {
		if f.begin != "" && bytes.HasPrefix(line, []byte(f.begin)) {
			all[places].number = i + 1
			places++
		}
	}
	for i := range all {
		s := &all[i]
		if d, ok := f.means[s.Prefix]; ok {
			s.action, s.verdict = d[0], d[1]
		}
		if f.run.assume == event.Denied && s.verdict == "undetermined" {
			s.verdict = "denied"
		}
	}
	return all
}

// TestFormats: one stream, written in each format, gives the same tables as
// kernel text, and what is counted by hand.
func TestFormats(t *testing.T) {
	full := model(1500)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			dir, ps := t.TempDir(), f.reduced(full)
			if len(ps) < 400 {
				t.Fatalf("the format carries %d packets of %d", len(ps), len(full))
			}
			other := write(t, dir, "other", ps, f.write)
			f.run.jobs = 2
			got := tables(f.run.report(t, other))
			if f.byHand {
				againstOracles(t, got, f.looked(t, ps, other))
				return
			}
			text := write(t, dir, "reference.log", ps, func(w io.Writer, ps []stream.Packet) error {
				return stream.SyslogISO(w, ps, stream.Kernel{Flags: f.flags, Uptime: true}, time.UTC)
			})
			want := tables(run{assume: f.run.assume, jobs: 2}.report(t, text))
			if f.same != nil {
				f.same(want, got)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("tables differ (- ISO text, + %s):\n%.3000s", f.name, diff)
			}
			againstOracles(t, got, f.looked(t, ps, other))
		})
	}
}
