package denied

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/analyze/groups"
	"fwreport/reader/event"
	"fwreport/report"
)

// The rules of the findings. They are stated in the findings' own words, so that
// a reader can check them against the table.
const (
	scanPorts    = 100 // distinct denied ports of one source, answers left out, from which on it is called a port scan
	sweepTargets = 20  // distinct targets of a source that was denied on one port only
	loginEvents  = 50  // denied events of one source on one port of logins
	most         = 5   // findings of one kind; a note counts the others
)

// logins are TCP ports on which programs ask for a user and a password.
var logins = map[uint16]string{
	21: "FTP", 22: "SSH", 23: "Telnet", 110: "POP3", 143: "IMAP", 445: "SMB", 993: "IMAPS", 995: "POP3S", 1433: "SQL Server",
	2222: "SSH", 2323: "Telnet", 3306: "MySQL", 3389: "RDP", 5432: "PostgreSQL", 5900: "VNC", 5985: "WinRM", 6379: "Redis",
}

// kind is a kind of findings.
type kind struct {
	what string // for the note on those that are left out
	word report.Confidence
	find func(*sources, *groups.State) []candidate
	text func(source string, c *candidate) string
}

var kinds = [...]kind{
	{fmt.Sprintf("Port scans (a source denied on %d ports or more)", scanPorts), report.Inferred, (*sources).scans,
		func(source string, c *candidate) string {
			return fmt.Sprintf("Port scan: %s was denied on %s distinct ports of %s", source, report.Group(c.size), number(c.targets, "target"))
		}},
	{fmt.Sprintf("Sweeps (a source denied on one port of %d targets or more)", sweepTargets), report.Inferred, (*sources).sweeps,
		func(source string, c *candidate) string {
			return fmt.Sprintf("Sweep: %s was denied on port %d of %s and on no other port", source, c.port, number(c.targets, "target"))
		}},
	{fmt.Sprintf("Repeated attempts at logins (%d denied events or more of a source on a port)", loginEvents), report.Possible, (*sources).attempts,
		func(source string, c *candidate) string {
			return fmt.Sprintf("Repeated attempts at a login, as in guessing passwords: %s was denied %s times on TCP port %d (%s)",
				source, report.Group(c.size), c.port, logins[c.port])
		}},
}

// candidate may become a finding, if it is one of the largest.
type candidate struct {
	size    uint64 // what it is ranked by
	src     uint32
	port    uint16 // of which it is said; 0: of none
	targets uint32
	stat    *count.Stat
}

// scans are the sources that were denied on many ports. Their size is the ports.
func (s *sources) scans(*groups.State) []candidate {
	var list []candidate
	for id := range s.of {
		if v := &s.of[id]; id != 0 && v.probed >= scanPorts {
			list = append(list, candidate{uint64(v.ports), uint32(id), 0, v.targets, &v.Stat})
		}
	}
	return list
}

// sweeps are the sources that were denied on one port of many targets, which are
// their size.
func (s *sources) sweeps(*groups.State) []candidate {
	var list []candidate
	for id := range s.of {
		if v := &s.of[id]; id != 0 && v.ports == 1 && v.targets >= sweepTargets {
			list = append(list, candidate{uint64(v.targets), uint32(id), v.port, v.targets, &v.Stat})
		}
	}
	return list
}

// attempts are sources that were denied on a port of logins again and again. A
// denied packet tries no password: the finding says what was knocked on, and
// that it may have been for that.
func (s *sources) attempts(g *groups.State) []candidate {
	var list []candidate
	for id := range s.of {
		if id == 0 || s.of[id].Count < loginEvents {
			continue
		}
		for port, doors := range s.doors.of(uint32(id)) {
			if logins[port] == "" {
				continue
			}
			if stat := tcpEvents(g, doors); stat.Count >= loginEvents {
				found := stat // which alone goes to the heap
				list = append(list, candidate{stat.Count, uint32(id), port, 0, &found})
			}
		}
	}
	return list
}

// tcpEvents sums up the groups that are TCP's.
func tcpEvents(g *groups.State, doors []door) (sum count.Stat) {
	for _, d := range doors {
		if e := g.Entry(d.group); groups.Key(e.Key).Proto() == event.TCP {
			sum.Merge(&e.Val.Stat)
		}
	}
	return sum
}

// largest are the largest findings of a kind in the parts so far, and how many
// there are.
type largest struct {
	list  []placed
	total int
}

// placed is a finding with what it is ranked by. It refers to no part.
type placed struct {
	size uint64
	src  event.Addr
	port uint16
	report.Finding
}

// take adds the candidates of a part, of which only the largest are put into words.
func (l *largest) take(env *analyze.Env, k *kind, list []candidate) {
	l.total += len(list)
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.size, a.size), env.Addrs.Compare(a.src, b.src), cmp.Compare(a.port, b.port))
	})
	for i := range list[:min(most, len(list))] {
		l.list = append(l.list, list[i].place(env, k))
	}
	slices.SortFunc(l.list, func(a, b placed) int {
		return cmp.Or(cmp.Compare(b.size, a.size), a.src.Compare(b.src), cmp.Compare(a.port, b.port))
	})
	l.list = l.list[:min(most, len(l.list))]
}

func (c *candidate) place(env *analyze.Env, k *kind) placed {
	src := env.Addrs.Addr(c.src)
	f := report.Finding{Confidence: k.word, Text: k.text(src.String(), c) + when(c.stat, env.Zone) + "."}
	for _, r := range []event.Ref{c.stat.FirstRef(), c.stat.LastRef()} {
		if v := env.Evidence(r); !v.IsNull() && !slices.Contains(f.Evidence, v.Str()) {
			f.Evidence = append(f.Evidence, v.Str())
		}
	}
	return placed{c.size, src, c.port, f}
}

func (l *largest) findings() []report.Finding {
	var list []report.Finding
	for i := range l.list {
		list = append(list, l.list[i].Finding)
	}
	return list
}

// notes tell of those that are left out.
func (l *largest) notes(what string) []string {
	if l.total <= most {
		return nil
	}
	return []string{fmt.Sprintf("%s: %s in all; the %d largest are among the findings.", what, report.Group(uint64(l.total)), most)}
}

// when is ", from … to …" in the report's zone, or nothing.
func when(s *count.Stat, zone *time.Location) string {
	if s.First() == event.NoTime {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	stamp := func(ns int64) string { return time.Unix(0, ns).In(zone).Format("2006-01-02 15:04:05-07:00") }
	if s.First() == s.Last() {
		return ", at " + stamp(s.First())
	}
	return ", from " + stamp(s.First()) + " to " + stamp(s.Last())
}

func number(n uint32, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return report.Group(uint64(n)) + " " + what + "s"
}
