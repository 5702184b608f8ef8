package readertest

import (
	"time"

	"fwreport/reader"
	"fwreport/reader/canonical"
	"fwreport/reader/event"
)

// Canonical is e in the canonical field names of the formats' description,
// section 9. d may be nil. Absent fields are left out, and so are false ones.
func Canonical(sym *event.Symbols, e *event.Event, d *event.Detail) map[string]any {
	return canonical.Map(canonical.Fields(sym, e, d))
}

func protoName(p event.Proto) string { return canonical.Proto(p) }

// CanonicalBatch is what a batch says as a whole: its first event, the times of
// all (ts_list), how many records and events there are (records, total). Where
// there is no event it is the first notice, or damaged, or other.
func CanonicalBatch(sym *event.Symbols, b *reader.Batch) map[string]any {
	m := map[string]any{}
	switch {
	case len(b.Events) > 0:
		var d *event.Detail
		if len(b.Details) > 0 {
			d = &b.Details[0]
		}
		m = Canonical(sym, &b.Events[0], d)
	case len(b.Notices) > 0:
		m["kind"] = "notice"
	case b.Malformed > 0:
		m["kind"] = "damaged"
		if len(b.Rejects) > 0 && b.Rejects[0].Host != "" {
			m["host"] = b.Rejects[0].Host
		}
	default:
		m["kind"] = "other"
	}
	if len(b.Notices) > 0 {
		m["notice"] = notice(&b.Notices[0])
	}
	counts(m, b)
	return m
}

func notice(n *reader.Notice) map[string]any {
	m := map[string]any{"class": n.Class}
	if n.Known {
		m["count"] = n.Count
	}
	return m
}

func counts(m map[string]any, b *reader.Batch) {
	var times []string
	records, total := 0, uint64(0)
	for i := range b.Events {
		e := &b.Events[i]
		total += uint64(e.Count)
		if e.Has(event.Repeat) {
			continue
		}
		records++
		if e.Time != event.NoTime {
			times = append(times, time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano))
		}
	}
	m["records"], m["total"], m["ts_list"] = records, total, times
}
