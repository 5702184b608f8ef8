package icmp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

func TestLaws(t *testing.T) { analyzetest.Laws(t, Analyzer, analyzetest.Events) }

func BenchmarkAdd(b *testing.B) { analyzetest.Benchmark(b, Analyzer) }

func TestName(t *testing.T) {
	for _, c := range []struct {
		proto     event.Proto
		typ, code int
		want      string
	}{
		{event.ICMP, 8, 0, "echo request"}, {event.ICMP, 0, 0, "echo reply"}, {event.ICMP, 8, 77, "echo request"},
		{event.ICMP, 3, 3, "destination unreachable: port unreachable"}, {event.ICMP, 3, -1, "destination unreachable"},
		{event.ICMP, 3, 99, "destination unreachable"}, {event.ICMP, 11, 0, "time exceeded: time to live exceeded in transit"},
		{event.ICMP, 5, 1, "redirect: for the host"}, {event.ICMP, 128, 0, ""}, {event.ICMP, -1, -1, ""}, {event.ICMP, -1, 3, ""},
		{event.ICMPv6, 128, 0, "echo request"}, {event.ICMPv6, 1, 4, "destination unreachable: port unreachable"},
		{event.ICMPv6, 135, 0, "neighbor solicitation"}, {event.ICMPv6, 8, 0, ""}, {event.ICMPv6, 255, 0, ""},
		{event.ICMPv6, 138, 255, "router renumbering: sequence number reset"},
	} {
		if got := Name(c.proto, c.typ, c.code); got != c.want {
			t.Errorf("%s type %d code %d: %q, want %q", c.proto, c.typ, c.code, got, c.want)
		}
	}
}

func TestByHand(t *testing.T) {
	sym := event.NewSymbols()
	const all = event.HasSrc | event.HasDst | event.HasICMP | event.HasICMPCode
	ev := func(record uint64, p event.Proto, f event.Fields, typ, code uint8, action string) event.Event {
		return event.Event{Time: time.Date(2026, 3, 1, 0, 0, int(record), 0, time.UTC).UnixNano(), Ref: event.MakeRef(1, record), Count: 1,
			Proto: p, Fields: f, Src: event.AddrFrom4(192<<24 | 2<<8 | 1), Dst: event.AddrFrom4(192<<24 | 2<<8 | 2), ICMPType: typ,
			ICMPCode: code, Action: sym.Of(action)}
	}
	s := analyzetest.SectionOf(t, Analyzer, sym, nil, []event.Event{
		ev(1, event.ICMP, all, 8, 0, "DROP"), ev(2, event.TCP, all, 8, 0, "DROP"), ev(3, event.ICMP, all, 8, 0, "DROP"),
		ev(4, event.ICMP, all, 8, 0, "ACCEPT"), ev(5, event.ICMP, all&^event.HasICMPCode, 255, 9, "DROP"),
		ev(6, event.ICMP, event.HasDst, 7, 7, "DROP"), ev(7, event.ICMPv6, all, 255, 255, "DROP"), ev(8, event.ICMP, all, 255, 255, "DROP"),
	})
	at := func(n int) string { return fmt.Sprintf("2026-03-01T00:00:%02dZ", n) }
	span := func(a, b int) string {
		return fmt.Sprintf(" | %s | %s | kern.log.1:%d | kern.log.1:%d", at(a), at(b), a, b)
	}
	want := []string{
		"2 | 192.0.2.1 | 192.0.2.2 | 8 | 0 | echo request | ICMP | DROP" + span(1, 3),
		"1 | - | 192.0.2.2 | - | - | - | ICMP | DROP" + span(6, 6),
		"1 | 192.0.2.1 | 192.0.2.2 | 8 | 0 | echo request | ICMP | ACCEPT" + span(4, 4),
		"1 | 192.0.2.1 | 192.0.2.2 | 255 | - | - | ICMP | DROP" + span(5, 5),
		"1 | 192.0.2.1 | 192.0.2.2 | 255 | 255 | - | ICMP | DROP" + span(8, 8),
		"1 | 192.0.2.1 | 192.0.2.2 | 255 | 255 | - | ICMPv6 | DROP" + span(7, 7),
	}
	if got := analyzetest.Lines(t, analyzetest.Table(t, s, "icmp")); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAgainstANaiveCount compares the rows as a set: their order is checked by
// the laws and by hand.
func TestAgainstANaiveCount(t *testing.T) {
	sym := event.NewSymbols()
	events := analyzetest.Events(rand.New(rand.NewPCG(51, 52)), sym, 4000)
	sums := map[string]int{}
	for i := range events {
		e := &events[i]
		if p := e.Proto.String(); p != "ICMP" && p != "ICMPv6" {
			continue
		}
		row := []string{"-", "-", "-", "-", e.Proto.String(), sym.Name(e.Action)}
		for j, c := range []struct {
			bit  event.Fields
			text string
		}{{event.HasSrc, e.Src.String()}, {event.HasDst, e.Dst.String()}, {event.HasICMP, fmt.Sprint(e.ICMPType)},
			{event.HasICMPCode, fmt.Sprint(e.ICMPCode)}} {
			if e.Has(c.bit) {
				row[j] = c.text
			}
		}
		sums[strings.Join(row, " | ")] += int(e.Count)
	}
	var want []string
	for k, n := range sums {
		want = append(want, fmt.Sprintf("%d | %s", n, k))
	}
	got := analyzetest.Lines(t, analyzetest.Table(t, analyzetest.SectionOf(t, Analyzer, sym, nil, events), "icmp"),
		"count", "src", "dst", "type", "code", "proto", "action")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %d rows\n%s\nwant %d\n%s", len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
	}
}
