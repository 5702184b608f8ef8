package overview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fwreport/analyze"
	"fwreport/reader/event"
	"fwreport/report"
)

func (b *bin) cells() []report.Value {
	return []report.Value{report.TimeOf(b.start), report.CountOf(b.byVerdict[event.Denied]),
		report.CountOf(b.byVerdict[event.Accepted]), report.CountOf(b.byVerdict[event.Undetermined])}
}

func (s *whole) findings(env *analyze.Env, t *timeline) []report.Finding {
	if s.all.Count == 0 {
		return nil
	}
	list := []report.Finding{{Confidence: report.Observed, Text: s.summary(env), Evidence: s.places(env)}}
	if b := t.busiest(); b != nil {
		denied := "none"
		if n := b.byVerdict[event.Denied]; n > 0 {
			denied = report.Group(n)
		}
		list = append(list, report.Finding{Confidence: report.Observed, Text: fmt.Sprintf("The busiest %s began %s with %s, %s of them denied.",
			t.bins.Name(), stamp(b.start, env.Zone), events(b.total()), denied)})
	}
	return list
}

// summary is the whole in one sentence: "100 events from … to …: 60 denied
// (60.0%), 30 accepted (30.0%), 10 undetermined (10.0%)."
func (s *whole) summary(env *analyze.Env) string {
	var b strings.Builder
	b.WriteString(events(s.all.Count))
	if first := s.all.First(); first != event.NoTime {
		fmt.Fprintf(&b, " from %s to %s", stamp(first, env.Zone), stamp(s.all.Last(), env.Zone))
	}
	sep := ": "
	for _, v := range []event.Verdict{event.Denied, event.Accepted, event.Undetermined} {
		if n := s.verdicts[v]; n > 0 {
			fmt.Fprintf(&b, "%s%s %s (%s)", sep, report.Group(n), v, report.Percent(float64(n)/float64(s.all.Count)))
			sep = ", "
		}
	}
	b.WriteByte('.')
	return b.String()
}

// places are the first and the last record.
func (s *whole) places(env *analyze.Env) []string {
	var list []string
	for _, r := range []event.Ref{s.all.FirstRef(), s.all.LastRef()} {
		if v := env.Evidence(r); !v.IsNull() && !slices.Contains(list, v.Str()) {
			list = append(list, v.Str())
		}
	}
	return list
}

func (s *whole) notes(env *analyze.Env) []string {
	var notes []string
	if s.verdicts[event.Undetermined] > 0 {
		notes = append(notes, s.undetermined(env))
	}
	for _, v := range []event.Verdict{event.Denied, event.Accepted} {
		if n := s.assumed[v]; n > 0 {
			notes = append(notes, fmt.Sprintf("The verdict %s of %s was assumed: their records name none (--assume).", v, events(n)))
		}
	}
	if s.timeless > 0 {
		notes = append(notes, fmt.Sprintf("%s without a time stamp: counted, but not in the timeline.", events(s.timeless)))
	}
	return notes
}

// topPrefixes is how many prefixes of undetermined events are named.
const topPrefixes = 5

// undetermined says how many events are, of which prefixes, and what to do.
func (s *whole) undetermined(env *analyze.Env) string {
	list := s.openPrefixes(env)
	var b strings.Builder
	n := s.verdicts[event.Undetermined]
	fmt.Fprintf(&b, "The verdict of %s (%s) is undetermined, by prefix: ", events(n), report.Percent(float64(n)/float64(s.all.Count)))
	for i, p := range list {
		if i == topPrefixes {
			fmt.Fprintf(&b, ", and %s further", report.Group(uint64(len(list)-topPrefixes)))
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", p.name, report.Group(p.count))
	}
	b.WriteString(". --action-map PREFIX=ACTION decides a prefix, --assume deny or accept all of them.")
	return b.String()
}

type named struct {
	name  string
	count uint64
}

// openPrefixes are the prefixes of undetermined events as they are shown, by
// count and name. Those that are shown alike are one: trailing spaces are not
// part of a prefix to a reader, nor to --action-map.
func (s *whole) openPrefixes(env *analyze.Env) []named {
	sums := map[string]uint64{}
	for i, k := range s.open.Keys {
		sums[quoted(env.Symbols.Name(event.Sym(k.A)))] += s.open.Vals[i]
	}
	list := make([]named, 0, len(sums))
	for name, n := range sums {
		list = append(list, named{name, n})
	}
	slices.SortFunc(list, func(a, b named) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.name, b.name))
	})
	return list
}

// longest is the length in characters to which a prefix is cut in a sentence;
// the kernel's are 127 bytes at most, those of other sources may be anything.
const longest = 60

func quoted(prefix string) string {
	prefix = report.Visible(strings.TrimRight(prefix, " "))
	if prefix == "" {
		return "no prefix"
	}
	if utf8.RuneCountInString(prefix) > longest {
		prefix = string([]rune(prefix)[:longest]) + "…"
	}
	return `"` + prefix + `"`
}

// stamp is a time in the report's zone, with its offset.
func stamp(ns int64, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return time.Unix(0, ns).In(zone).Format("2006-01-02 15:04:05-07:00")
}

func events(n uint64) string {
	if n == 1 {
		return "1 event"
	}
	return report.Group(n) + " events"
}
