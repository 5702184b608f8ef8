package ulogd

import (
	"strings"
	"testing"
	"time"
)

// TestZoneHint: 1767225600 is 2026-01-01T00:00:00Z.
func TestZoneHint(t *testing.T) {
	pair := func(stamp, sec string) string {
		return `{"timestamp": "` + stamp + `", "dvc": "Netfilter", "oob.time.sec": ` + sec + `, "ip.protocol": 6}` + "\n"
	}
	h := time.Hour
	tests := []struct {
		name, head string
		want       time.Duration
		ok         bool
	}{
		{"naive and ahead", pair("2026-01-01T01:00:00.000123", "1767225600"), h, true},
		{"naive and behind", pair("2025-12-31T20:30:00", "1767225600"), -h * 7 / 2, true},
		{"a quarter hour", pair("2026-01-01T05:45:00", "1767225600"), h * 23 / 4, true},
		{"naive UTC", pair("2026-01-01T00:00:00.5", "1767225600"), 0, true},
		{"with its suffix", pair("2025-12-31T20:30:00.5-0330", "1767225600"), -h * 7 / 2, true},
		{"all agree", pair("2026-01-01T01:00:00", "1767225600") + pair("2026-01-01T01:00:07", "1767225607"), h, true},
		{"other lines between", "garbage\n\n[]\n" + pair("2026-01-01T01:00:00", "1767225600") + `{"timestamp": "2026-01-01T09:00:00", "orig.ip.protocol": 6}` + "\n", h, true},
		{"the end is cut", pair("2026-01-01T01:00:00", "1767225600") + `{"timestamp": "2026-01-01T05:00:00", "oob.time.sec": 17672`, h, true},
		{"they do not agree", pair("2026-01-01T01:00:00", "1767225600") + pair("2026-01-01T02:00:07", "1767225607"), 0, false},
		{"no multiple of a quarter hour", pair("2026-01-01T01:00:01", "1767225600"), 0, false},
		{"too far", pair("2026-01-01T14:15:00", "1767225600"), 0, false},
		{"a suffix that is not the difference", pair("2026-01-01T01:00:00+0200", "1767225600"), 0, false},
		{"a collector's stamp", pair("2026-01-01T00:00:00.000Z", "1767225600"), 0, false},
		{"no date", pair("2026-13-01T00:00:00", "1767225600"), 0, false},
		{"no exact time", `{"timestamp": "2026-01-01T01:00:00", "ip.protocol": 6}`, 0, false},
		{"no stamp", `{"oob.time.sec": 1767225600, "ip.protocol": 6}`, 0, false},
		{"a number for a stamp", `{"timestamp": 5, "oob.time.sec": 1767225600}`, 0, false},
		{"nothing", "", 0, false},
	}
	for _, tt := range tests {
		got, at, ok := zoneHint([]byte(tt.head))
		if got != tt.want || ok != tt.ok || ok != (at == 1767225600) {
			t.Errorf("%s: %v %d %v, want %v %v", tt.name, got, at, ok, tt.want, tt.ok)
		}
	}
	long := strings.Repeat(pair("2026-01-01T01:00:00", "1767225600"), 500)
	for i := range long[:300] { // cut in any byte
		if got, _, ok := zoneHint([]byte(long[i:])); !ok || got != h {
			t.Fatalf("cut at %d: %v %v", i, got, ok)
		}
	}
}
