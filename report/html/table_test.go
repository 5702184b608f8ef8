package html

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fwreport/report"
)

func TestCell(t *testing.T) {
	b := tabler{clock: newClock(sample(t))}
	f := func(c report.Column, v report.Value, want cell) {
		t.Helper()
		if d := cmp.Diff(want, b.cell(&c, kindClass(&c), v)); d != "" {
			t.Errorf("%s %v (-want +got):\n%s", c.ID, v, d)
		}
	}
	col := report.Col
	f(col("n", "", report.Count), report.CountOf(0), cell{Class: "num", Text: "0", Sort: "0", Keyed: true})
	f(col("n", "", report.Count), report.CountOf(1234567), cell{Class: "num", Text: "1,234,567", Sort: "1234567", Keyed: true})
	f(col("n", "", report.Count), report.CountOf(math.MaxUint64), cell{Class: "num", Text: "18,446,744,073,709,551,615", Sort: "18446744073709551615", Keyed: true})
	f(col("asn", "", report.Number), report.NumberOf(64500), cell{Class: "num", Text: "64500", Sort: "64500", Keyed: true})
	f(col("n", "", report.Bytes), report.BytesOf(1500), cell{Class: "num", Text: "1,500", Sort: "1500", Keyed: true})
	f(report.KeyCol("p", "", report.Port), report.PortOf(65535), cell{Class: "num key", Text: "65535", Sort: "65535", Keyed: true})
	f(col("s", "", report.Ratio), report.RatioOf(0.1234), cell{Class: "num", Text: "12.3%", Sort: "0.1234", Keyed: true})
	f(col("s", "", report.Ratio), report.RatioOf(0.0001), cell{Class: "num", Text: "<0.1%", Sort: "0.0001", Keyed: true})
	f(col("t", "", report.Time), at("2026-03-01T00:00:00.25Z"), cell{Class: "time", Text: "2026-03-01 09:00:00", UTC: "2026-03-01T00:00:00.25Z", Sort: "1772323200.250000", Keyed: true})
	f(col("t", "", report.Time), at("1969-12-31T23:59:59Z"), cell{Class: "time", Text: "1970-01-01 08:59:59", UTC: "1969-12-31T23:59:59Z", Sort: "-1", Keyed: true})
	f(col("d", "", report.Duration), report.DurationOf(int64(90*time.Minute)), cell{Class: "num", Text: "1 h 30 min", Sort: "5400", Keyed: true})
	f(col("a", "", report.Address), report.AddressText("192.0.2.10"), cell{Class: "addr", Text: "192.0.2.10", Sort: "4c000020a", Keyed: true})
	f(col("a", "", report.Address), report.AddressText("2001:db8::1"), cell{Class: "addr", Text: "2001:db8::1", Sort: "620010db8000000000000000000000001", Keyed: true})
	f(col("e", "", report.Evidence), report.EvidenceOf("kern.log.3.gz:18233"), cell{Class: "place", Text: "kern.log.3.gz:18233"})
	f(col("x", "", report.Text), report.TextOf("DROP"), cell{Text: "DROP"})
	f(col("x", "", report.Text), report.EmptyText(""), cell{Text: "(empty)", Class: "null"})
	f(report.KeyCol("x", "", report.Text), report.TextOf(""), cell{Text: "–", Class: "key null", Keyed: true})
	f(col("n", "", report.Count), report.Null, cell{Text: "–", Class: "num null", Keyed: true})
	f(col("verdict", "", report.Text), report.TextOf("denied"), cell{Text: "denied", Tag: "denied"})
	f(col("verdict", "", report.Text), report.TextOf(`"><b>`), cell{Text: `"><b>`})
}

func TestAddressKeysAreInOrder(t *testing.T) {
	list := []string{"0.0.0.0", "9.255.0.1", "10.0.0.1", "192.0.2.9", "192.0.2.10", "::1", "2001:db8::2", "2001:db8::10", "fe80::1", "not an address"}
	for i := 1; i < len(list); i++ {
		if a, b := addressKey(list[i-1]), addressKey(list[i]); a >= b {
			t.Errorf("%s has key %s, not before %s of %s", list[i-1], a, b, list[i])
		}
	}
}

func TestBarClass(t *testing.T) {
	f := func(n, top uint64, want string) {
		t.Helper()
		if got := barClass(n, top); got != want {
			t.Errorf("barClass(%d, %d) = %q, want %q", n, top, got, want)
		}
	}
	f(0, 0, "")
	f(0, 5, "")
	f(5, 5, " w20")
	f(1, 1000000, " w1")
	f(50, 1000, " w1")
	f(51, 1000, " w2")
	f(500, 1000, " w10")
	f(math.MaxUint64, math.MaxUint64, " w20")
	f(math.MaxUint64/2, math.MaxUint64, " w10")
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                               "0 s",
		1500 * time.Millisecond:         "1.5 s",
		time.Minute:                     "1 min",
		61 * time.Second:                "1 min 1 s",
		time.Hour:                       "1 h",
		26*time.Hour + time.Second:      "1 d 2 h",
		24 * time.Hour:                  "1 d",
		-90 * time.Second:               "−1 min 30 s",
		400*24*time.Hour + time.Hour:    "400 d 1 h",
		59*time.Minute + 59*time.Second: "59 min 59 s",
	} {
		if got := span(int64(d)); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestExactSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                         "0 s",
		-12500 * time.Millisecond: "−12.5 s",
		59999 * time.Millisecond:  "1 min",
		-83 * time.Minute:         "−1 h 23 min",
		28*time.Hour + 11*time.Minute + 2988*time.Millisecond:  "1 d 4 h 11 min 3 s",
		48*time.Hour + 33*time.Minute + 40680*time.Millisecond: "2 d 33 min 41 s",
		400*24*time.Hour + time.Second:                         "400 d 1 s",
	} {
		if got := exactSpan(int64(d)); got != want {
			t.Errorf("exactSpan(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 1048576: "1.0 MB", 999_960: "1.0 MB", 53_687_091_200: "53.7 GB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestCommandLine(t *testing.T) {
	f := func(want string, args ...string) {
		t.Helper()
		if got := commandLine("fwreport", args); got != want {
			t.Errorf("commandLine(%q) = %s, want %s", args, got, want)
		}
	}
	f("fwreport")
	f("fwreport --since 7d /var/log", "--since", "7d", "/var/log")
	f("fwreport --since 7d", "fwreport", "--since", "7d")
	f(`fwreport 'a b' '' '$(reboot)' 'it'\''s' '~' '*.log'`, "a b", "", "$(reboot)", "it's", "~", "*.log")
	f(`fwreport 'x\x1b[2J\u202e'`, "x\x1b[2J\u202e")
}

func TestSumLine(t *testing.T) {
	for path, want := range map[string]string{
		"kern.log":     "ab  kern.log",
		"a b/kern.log": "ab  a b/kern.log",
		`odd\name`:     `\ab  odd\\name`,
	} {
		if got := sumLine("ab", path); got != want {
			t.Errorf("sumLine(%q) = %q, want %q", path, got, want)
		}
	}
}

// In a report without a change of the offset, a time of another season carries
// its own.
func TestTimesOfAnotherOffset(t *testing.T) {
	r := &report.Report{Zone: "Europe/Berlin", Location: zone(t, "Europe/Berlin"),
		Span: report.Span{First: unix("2026-07-01T00:00:00Z"), Last: unix("2026-07-02T00:00:00Z")}}
	c := newClock(r)
	f := func(utc, want string) {
		t.Helper()
		if got := c.text(unix(utc)); got != want {
			t.Errorf("%s is shown as %q, want %q", utc, got, want)
		}
	}
	f("2026-07-01T12:00:00Z", "2026-07-01 14:00:00")
	f("2026-01-01T12:00:00Z", "2026-01-01 13:00:00+01:00")
}
