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

// find collects the findings of one kind.
type find struct {
	what string // for the note on those that are left out
	list []candidate
}

// candidate is a finding with what it is ranked by.
type candidate struct {
	size uint64
	src  uint32
	port uint16
	stat *count.Stat
	text string
	word report.Confidence
}

// findings looks for port scans, sweeps and repeated attempts at logins.
func (s *sources) findings(g *groups.State) ([]report.Finding, []string) {
	var list []report.Finding
	var notes []string
	for _, f := range []*find{s.scans(), s.sweeps(g), s.attempts(g)} {
		slices.SortFunc(f.list, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(b.size, a.size), s.env.Addrs.Compare(a.src, b.src), cmp.Compare(a.port, b.port))
		})
		for i := range f.list[:min(most, len(f.list))] {
			list = append(list, f.list[i].finding(s.env))
		}
		if n := len(f.list); n > most {
			notes = append(notes, fmt.Sprintf("%s: %s in all; the %d largest are among the findings.",
				f.what, report.Group(uint64(n)), most))
		}
	}
	return list, notes
}

func (c *candidate) finding(env *analyze.Env) report.Finding {
	f := report.Finding{Confidence: c.word, Text: c.text + when(c.stat, env.Zone) + "."}
	for _, r := range []event.Ref{c.stat.FirstRef(), c.stat.LastRef()} {
		if v := env.Evidence(r); !v.IsNull() && !slices.Contains(f.Evidence, v.Str()) {
			f.Evidence = append(f.Evidence, v.Str())
		}
	}
	return f
}

func (s *sources) scans() *find {
	f := &find{what: fmt.Sprintf("Port scans (a source denied on %d ports or more)", scanPorts)}
	for i := range s.list {
		v := &s.list[i]
		if v.id == 0 || v.probed < scanPorts {
			continue
		}
		f.list = append(f.list, candidate{v.ports, v.id, 0, &v.Stat, fmt.Sprintf("Port scan: %s was denied on %s distinct ports of %s",
			s.env.Addrs.Addr(v.id), report.Group(v.ports), number(v.targets, "target")), report.Inferred})
	}
	return f
}

func (s *sources) sweeps(g *groups.State) *find {
	f := &find{what: fmt.Sprintf("Sweeps (a source denied on one port of %d targets or more)", sweepTargets)}
	only := onlyPorts(g, s.env.Addrs.Len())
	for i := range s.list {
		v := &s.list[i]
		if v.id == 0 || v.ports != 1 || v.targets < sweepTargets {
			continue
		}
		f.list = append(f.list, candidate{v.targets, v.id, only[v.id], &v.Stat, fmt.Sprintf("Sweep: %s was denied on port %d of %s and on no other port",
			s.env.Addrs.Addr(v.id), only[v.id], number(v.targets, "target")), report.Inferred})
	}
	return f
}

// onlyPorts is a denied port of each source: the port, for those that have one.
func onlyPorts(g *groups.State, sources int) []uint16 {
	ports := make([]uint16, sources)
	for _, packed := range g.Keys {
		k := groups.Key(packed)
		if p, ok := k.Port(); ok && k.Verdict() == event.Denied {
			ports[k.Src()] = max(ports[k.Src()], p)
		}
	}
	return ports
}

// attempts are sources that were denied on a port of logins again and again. A
// denied packet tries no password: the finding says what was knocked on, and
// that it may have been for that.
func (s *sources) attempts(g *groups.State) *find {
	type door struct {
		src  uint32
		port uint16
	}
	doors := map[door]*count.Stat{}
	for i, packed := range g.Keys {
		k := groups.Key(packed)
		p, ok := k.Port()
		if !ok || k.Verdict() != event.Denied || k.Proto() != event.TCP || k.Src() == 0 || logins[p] == "" {
			continue
		}
		d := door{k.Src(), p}
		if doors[d] == nil {
			doors[d] = &count.Stat{}
		}
		doors[d].Merge(&g.Vals[i].Stat)
	}
	f := &find{what: fmt.Sprintf("Repeated attempts at logins (%d denied events or more of a source on a port)", loginEvents)}
	for d, stat := range doors {
		if stat.Count < loginEvents {
			continue
		}
		f.list = append(f.list, candidate{stat.Count, d.src, d.port, stat, fmt.Sprintf(
			"Repeated attempts at a login, as in guessing passwords: %s was denied %s times on TCP port %d (%s)",
			s.env.Addrs.Addr(d.src), report.Group(stat.Count), d.port, logins[d.port]), report.Possible})
	}
	return f
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

func number(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return report.Group(n) + " " + what + "s"
}
