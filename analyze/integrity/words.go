package integrity

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"fwreport/analyze"
	"fwreport/reader/event"
	"fwreport/report"
)

// stamp is a time in the report's zone, with its offset.
func stamp(ns int64, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return time.Unix(0, ns).In(zone).Format("2006-01-02 15:04:05-07:00")
}

// span is "from … to …", or "at …".
func span(first, last int64, zone *time.Location) string {
	a, b := stamp(first, zone), stamp(last, zone)
	if a == b {
		return "at " + a
	}
	return "from " + a + " to " + b
}

func records(n uint64) string {
	if n == 1 {
		return "1 record"
	}
	return report.Group(n) + " records"
}

// places are the evidence of a finding.
func places(env *analyze.Env, refs ...event.Ref) []string {
	var list []string
	for _, r := range refs {
		if v := env.Evidence(r); !v.IsNull() && !slices.Contains(list, v.Str()) {
			list = append(list, v.Str())
		}
	}
	return list
}

// comparePlaces orders records as their evidence cells are ordered: by text.
func comparePlaces(env *analyze.Env, a, b event.Ref) int {
	if a.Input() != b.Input() || a.Record() == 0 || b.Record() == 0 {
		return compare(env.Evidence(a), env.Evidence(b))
	}
	var x, y [20]byte
	return bytes.Compare(strconv.AppendUint(x[:0], a.Record(), 10), strconv.AppendUint(y[:0], b.Record(), 10))
}
