package denied

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/analyzetest"
	"fwreport/reader/event"
)

// naive is a group of the oracle: its events, in no order.
type naive struct {
	sort   string // the key, so spelled that it sorts as the table does
	shown  string // the key's cells
	events []*event.Event
}

// group makes the groups of the events that have the verdict, in the table's
// order. It works on strings alone.
func group(events []event.Event, v event.Verdict, key func(*event.Event) (sort, shown string)) []*naive {
	m := map[string]*naive{}
	for i := range events {
		if events[i].Verdict != v {
			continue
		}
		sort, shown := key(&events[i])
		if m[sort] == nil {
			m[sort] = &naive{sort: sort, shown: shown}
		}
		m[sort].events = append(m[sort].events, &events[i])
	}
	var list []*naive
	for _, g := range m {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *naive) int { return strings.Compare(a.sort, b.sort) })
	slices.SortStableFunc(list, func(a, b *naive) int { return b.count() - a.count() })
	return list
}

func (g *naive) count() (n int) {
	for _, e := range g.events {
		n += int(e.Count)
	}
	return n
}

// same is the value that f gives for all events, "-" if it differs.
func (g *naive) same(f func(*event.Event) string) string {
	for _, e := range g.events {
		if f(e) != f(g.events[0]) {
			return "-"
		}
	}
	return f(g.events[0])
}

func (g *naive) distinct(f func(*event.Event) string) int {
	seen := map[string]bool{}
	for _, e := range g.events {
		seen[f(e)] = true
	}
	delete(seen, "-")
	return len(seen)
}

// extent is first, last and their records.
func (g *naive) extent() string {
	all := slices.Clone(g.events)
	slices.SortFunc(all, func(a, b *event.Event) int {
		return cmp.Or(strings.Compare(timeKey(a), timeKey(b)), strings.Compare(refKey(a), refKey(b)))
	})
	last := all[len(all)-1]
	for i := len(all) - 1; i >= 0 && last.Time == event.NoTime; i-- {
		if all[i].Time != event.NoTime {
			last = all[i]
		}
	}
	return stamp(all[0]) + " | " + stamp(last) + " | " + place(all[0]) + " | " + place(last)
}

// timeKey spells a time so that none comes after all others.
func timeKey(e *event.Event) string {
	if e.Time == event.NoTime {
		return "none"
	}
	return time.Unix(0, e.Time).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

func refKey(e *event.Event) string { return fmt.Sprintf("%04d %012d", e.Ref.Input(), e.Ref.Record()) }

func stamp(e *event.Event) string {
	if e.Time == event.NoTime {
		return "-"
	}
	return time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano)
}

func place(e *event.Event) string {
	return fmt.Sprintf("%s%d", [...]string{"kern.log:", "kern.log.1:", "eth0.pcap#"}[e.Ref.Input()], e.Ref.Record())
}

func src(e *event.Event) string   { return addr(e.Has(event.HasSrc), e.Src) }
func dst(e *event.Event) string   { return addr(e.Has(event.HasDst), e.Dst) }
func sport(e *event.Event) string { return port(e.Has(event.HasSrcPort), e.SrcPort) }
func dport(e *event.Event) string { return port(e.Has(event.HasDstPort), e.DstPort) }

func addr(has bool, a event.Addr) string {
	if !has {
		return "-"
	}
	return a.String()
}

func port(has bool, p uint16) string {
	if !has {
		return "-"
	}
	return fmt.Sprint(p)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// addrKey spells an address so that none < IPv4 < IPv6, each by value.
func addrKey(e *event.Event) string {
	if !e.Has(event.HasSrc) {
		return "0"
	}
	hi, lo := e.Src.Halves()
	if e.Src.Is4() {
		return fmt.Sprintf("4%08x", e.Src.V4())
	}
	return fmt.Sprintf("6%016x%016x", hi, lo)
}

func portKey(e *event.Event) string {
	if !e.Has(event.HasDstPort) {
		return "0"
	}
	return fmt.Sprintf("1%05d", e.DstPort)
}

func geo(e *event.Event, org bool) string {
	var p analyze.Place
	if e.Has(event.HasSrc) {
		p = analyzetest.Places{}.Locate(e.Src.Netip())
	}
	number := "-"
	if p.ASN != 0 {
		number = fmt.Sprint(p.ASN)
	}
	s := orDash(p.Country) + " | " + number
	if org {
		s += " | " + orDash(p.Org)
	}
	return s
}
