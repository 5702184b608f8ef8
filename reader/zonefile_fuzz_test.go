package reader

import (
	"encoding/binary"
	"testing"
	"time"
)

// zoneFile is a compiled zone (RFC 9636) of version 2 whose clock changes at the
// given instants to the given offsets; before the first it is UTC.
func zoneFile(rule string, at []int64, offsets []int32) []byte {
	o := binary.BigEndian
	head := func(times, types int) []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, times, types, 4} {
			b = o.AppendUint32(b, uint32(n))
		}
		return b
	}
	b := append(head(0, 1), 0, 0, 0, 0, 0, 0, 'U', 'T', 'C', 0) // of version 1, which nobody reads
	b = append(b, head(len(at), len(at)+1)...)
	for _, t := range at {
		b = o.AppendUint64(b, uint64(t))
	}
	for i := range at {
		b = append(b, byte(i+1))
	}
	b = append(b, 0, 0, 0, 0, 0, 0)
	for _, offset := range offsets {
		b = append(o.AppendUint32(b, uint32(offset)), 0, 0)
	}
	return append(b, "UTC\x00\n"+rule+"\n"...)
}

// TestUnearthlyMinute: an offset of years is refused however short it holds.
func TestUnearthlyMinute(t *testing.T) {
	for _, c := range []struct {
		name    string
		at      []int64
		offsets []int32
		ok      bool
	}{
		{"an hour", []int64{1_700_000_000, 1_700_000_060}, []int32{3600, 0}, true},
		{"a year for a minute", []int64{1_700_000_000, 1_700_000_060}, []int32{31_536_000, 0}, false},
		{"a year back at the end", []int64{1_700_000_000, 4_000_000_000}, []int32{3600, -31_536_000}, false},
		{"times that run backwards", []int64{1_700_000_060, 1_700_000_000}, []int32{3600, 31_536_000}, false},
	} {
		if zone := zoneOfTZif(zoneFile("", c.at, c.offsets)); (zone != nil) != c.ok {
			t.Errorf("%s: %v", c.name, zone)
		}
	}
}

// FuzzZone: a zone that the evidence brings along moves no time by more than a
// zone can, and names none of the examiner's own files.
func FuzzZone(f *testing.F) {
	f.Add(zoneFile("CET-1CEST,M3.5.0,M10.5.0/3", []int64{1_700_000_000, 1_700_000_060}, []int32{3600, 7200}), int64(1_700_000_030))
	f.Add(zoneFile("<+24>-24<-99>99,J1,J2", nil, nil), int64(1_800_000_000))
	f.Add([]byte("# Debian's\nEurope/Berlin\n"), int64(0))
	f.Add([]byte("../../zoneinfo/posix/America/Port-au-Prince"), int64(0))
	f.Fuzz(func(t *testing.T, data []byte, at int64) {
		at &= 1<<32 - 1 // up to the year 2106
		for _, zone := range []*time.Location{zoneOfTZif(data), zoneNamedIn(data), zoneOfLink(string(data))} {
			if zone == nil {
				continue
			}
			if zone == time.Local {
				t.Error("the zone of this machine")
			}
			_, offset := time.Unix(min(at, 4_102_444_799), 0).In(zone).Zone()
			if offset <= -26*3600 || offset >= 26*3600 {
				t.Errorf("%v is %d seconds off UTC", zone, offset)
			}
		}
	})
}
