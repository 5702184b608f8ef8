package denied

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

// probes makes n denied TCP events, one a second, which next changes.
func probes(sym *event.Symbols, n int, next func(i int, e *event.Event)) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		events[i] = event.Event{
			Time: time.Date(2026, 3, 1, 10, 0, i, 0, time.UTC).UnixNano(), Ref: event.MakeRef(0, uint64(i+1)), Count: 1,
			Src: event.AddrFrom4(203<<24 | 113<<8 | 9), Dst: event.AddrFrom4(198<<24 | 51<<16 | 100<<8), SrcPort: 40000,
			DstPort: 8080, Proto: event.TCP, Verdict: event.Denied, Action: sym.Of("DROP"),
			Fields: event.HasSrc | event.HasDst | event.HasSrcPort | event.HasDstPort,
		}
		next(i, &events[i])
	}
	return events
}

func TestFindings(t *testing.T) {
	sym := event.NewSymbols()
	for _, c := range []struct {
		name   string
		events []event.Event
		want   []string
	}{
		{"scan", probes(sym, 120, func(i int, e *event.Event) { e.DstPort, e.Dst = uint16(2000+i%100), event.AddrFrom4(uint32(i%2)) }), []string{
			"inferred: Port scan: 203.0.113.9 was denied on 100 distinct ports of 2 targets, " +
				"from 2026-03-01 10:00:00+00:00 to 2026-03-01 10:01:59+00:00."}},
		{"one port short of a scan", probes(sym, 120, func(i int, e *event.Event) { e.DstPort = uint16(2000 + i%99) }), nil},
		{"accepted", probes(sym, 120, func(i int, e *event.Event) { e.DstPort, e.Verdict = uint16(2000+i), event.Accepted }), nil},
		{"undetermined", probes(sym, 120, func(i int, e *event.Event) { e.DstPort, e.Verdict = uint16(2000+i), event.Undetermined }), nil},
		{"no source", probes(sym, 120, func(i int, e *event.Event) { e.DstPort, e.Fields = uint16(2000+i), e.Fields&^event.HasSrc }), nil},
		{"late answers of a web server", probes(sym, 120, func(i int, e *event.Event) { e.DstPort, e.SrcPort = uint16(2000+i), 443 }), nil},
		{"probes on the ports of late answers", probes(sym, 200, func(i int, e *event.Event) {
			e.DstPort, e.SrcPort, e.Action = uint16(2000+i%100), [...]uint16{443, 40000}[i/100], sym.Of([]string{"A", "B"}[i/100])
		}), []string{
			"inferred: Port scan: 203.0.113.9 was denied on 100 distinct ports of 1 target, " +
				"from 2026-03-01 10:00:00+00:00 to 2026-03-01 10:03:19+00:00."}},
		{"probes on all but one of them", probes(sym, 199, func(i int, e *event.Event) {
			e.DstPort, e.SrcPort, e.Action = uint16(2000+i%100), [...]uint16{443, 40000}[i/100], sym.Of([]string{"A", "B"}[i/100])
		}), nil},
		{"a scan from port 53", probes(sym, 120, func(i int, e *event.Event) { e.DstPort, e.SrcPort = uint16(i), 53 }), []string{
			"inferred: Port scan: 203.0.113.9 was denied on 120 distinct ports of 1 target, " +
				"from 2026-03-01 10:00:00+00:00 to 2026-03-01 10:01:59+00:00."}},
		{"sweep", probes(sym, 20, func(i int, e *event.Event) { e.Dst = event.AddrFrom4(uint32(i)) }), []string{
			"inferred: Sweep: 203.0.113.9 was denied on port 8080 of 20 targets and on no other port, " +
				"from 2026-03-01 10:00:00+00:00 to 2026-03-01 10:00:19+00:00."}},
		{"one target short of a sweep", probes(sym, 40, func(i int, e *event.Event) { e.Dst = event.AddrFrom4(uint32(i % 19)) }), nil},
		{"two ports are no sweep", probes(sym, 40, func(i int, e *event.Event) {
			e.Dst, e.DstPort = event.AddrFrom4(uint32(i)), uint16(8080+i%2)
		}), nil},
		{"login", probes(sym, 1, func(_ int, e *event.Event) { e.Count, e.DstPort = 5000, 22 }), []string{
			"possible: Repeated attempts at a login, as in guessing passwords: 203.0.113.9 was denied 5,000 times on TCP port 22 (SSH), " +
				"at 2026-03-01 10:00:00+00:00."}},
		{"login of two actions", probes(sym, 50, func(i int, e *event.Event) { e.DstPort, e.Action = 3389, sym.Of([]string{"A", "B"}[i%2]) }), []string{
			"possible: Repeated attempts at a login, as in guessing passwords: 203.0.113.9 was denied 50 times on TCP port 3389 (RDP), " +
				"from 2026-03-01 10:00:00+00:00 to 2026-03-01 10:00:49+00:00."}},
		{"too few for a login", probes(sym, 49, func(_ int, e *event.Event) { e.DstPort = 22 }), nil},
		{"no login over UDP", probes(sym, 90, func(_ int, e *event.Event) { e.DstPort, e.Proto = 22, event.UDP }), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := analyzetest.SectionOf(t, Analyzer, sym, nil, c.events)
			var got []string
			for _, f := range s.Findings {
				got = append(got, string(f.Confidence)+": "+f.Text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestFindingsAreFewAndLeadToTheirRecords(t *testing.T) {
	sym := event.NewSymbols()
	var events []event.Event
	for k := range 7 {
		for _, e := range probes(sym, 50+k/2, func(_ int, e *event.Event) { e.DstPort = 23 }) {
			e.Src = event.AddrFrom4(192<<24 | 2<<8 | uint32(k))
			e.Ref = event.MakeRef(uint32(k%3), uint64(1000*k)+e.Ref.Record())
			events = append(events, e)
		}
	}
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, events)
	var got []string
	for _, f := range s.Findings {
		got = append(got, strings.Fields(f.Text)[9]+" "+strings.Join(f.Evidence, " "))
	}
	want := []string{ // by count, then address
		"192.0.2.6 kern.log:6001 kern.log:6053", "192.0.2.4 kern.log.1:4001 kern.log.1:4052",
		"192.0.2.5 eth0.pcap#5001 eth0.pcap#5052", "192.0.2.2 eth0.pcap#2001 eth0.pcap#2051", "192.0.2.3 kern.log:3001 kern.log:3051",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := "Repeated attempts at logins (50 denied events or more of a source on a port): 7 in all; the 5 largest are among the findings."; !slices.Contains(s.Notes, want) {
		t.Errorf("notes %q, want %q", s.Notes, want)
	}
}

func TestToolOfASource(t *testing.T) {
	sym := event.NewSymbols()
	events := probes(sym, 30, func(_ int, e *event.Event) { // zmap: IP ID 54321, FINGERPRINTS.md
		e.ID, e.Len, e.TTL, e.Window, e.Flags = 54321, 40, 241, 65535, event.SYN
		e.Fields |= event.HasID | event.HasLen | event.HasTTL | event.HasWindow | event.HasFlags
	})
	bare := events[29]
	bare.Fields &^= event.HasSrc
	bare.Ref = event.MakeRef(0, 99)
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, append(events, bare))
	got := analyzetest.Lines(t, analyzetest.Table(t, s, "sources"), "count", "src", "ports", "targets", "tool")
	if len(got) != 2 || !strings.HasPrefix(got[0], "30 | 203.0.113.9 | 1 | 1 | zmap") || got[1] != "1 | - | 1 | 1 | -" {
		t.Errorf("got %q", got)
	}
}
