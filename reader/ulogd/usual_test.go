package ulogd

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"fwreport/reader/lex"
	"fwreport/reader/readertest"
)

// sameRecord reads a line as Parse does and by the general way alone.
func sameRecord(t *testing.T, p, q *parser, line []byte) (usual bool) {
	t.Helper()
	if len(line) == 0 {
		return false
	}
	var got, want record
	usual = got.usual(line, &p.spell)
	if !usual {
		return false
	}
	if err := want.general(line, &q.spell); err != nil {
		t.Fatalf("%s\nis usual, but: %v", line, err)
	}
	if got.given != want.given || got.classes != want.classes || got.bad != want.bad || want.bad != unknown {
		t.Fatalf("%s\nkeys %x, classes %x; want %x, %x", line, got.given, got.classes, want.given, want.classes)
	}
	for k := range kEnd {
		switch {
		case !want.has(k):
		case k < numbers && got.num[k] != want.num[k]:
			t.Fatalf("%s\nkey %d is %d, want %d", line, k, got.num[k], want.num[k])
		case k >= numbers && !bytes.Equal(got.str(k), want.str(k)):
			t.Fatalf("%s\nkey %d is %q, want %q", line, k, got.str(k), want.str(k))
		}
	}
	return true
}

func twoParsers(t testing.TB) (p, q *parser) {
	opt := readertest.Options(t, "")
	return newParser(opt), newParser(opt)
}

// usualLines are records as they are read fast, and lines that nearly are.
var usualLines = []string{
	`{"timestamp": "2026-03-01T00:00:00.5", "dvc": "fw1", "raw.pktlen": 60, "oob.prefix": "IPT: DROP ", "oob.time.sec": 1772323200, "oob.time.usec": 500000, "oob.mark": 0, "ip.protocol": 6, "tcp.seq": 3221226114, "oob.out": "", "src_ip": "198.51.100.7", "dest_ip": "192.0.2.1", "src_port": 4711, "dest_port": 22}`,
	`{"tcp.seq": 12016239, "tcp.ackseq": 123456789, "ip.csum": 1, "raw.pktlen": 60}`, // eight digits, not at the end
	`{"oob.prefix": "", "oob.time.sec": 8589934592, "orig.raw.pktlen": 9223372036854775807, "ct.id": 1234567890123456}`,
	`{"oob.prefix": "a", "oob.prefix": "", "oob.in": "x", "oob.in": "", "src_port": 1, "udp.sport": 2}`,
	`{"ip.ttl": 256}`, `{"ip.ttl": 007}`, `{"ip.ttl": 1.5}`, `{"ip.ttl": 1e2}`, `{"ip.ttl": "64"}`, `{"ip.ttl": 64 }`, `{"ip.ttl": 64}}`, `{"ip.ttl": 64`,
	`{"ip.ttl": 64,"ip.tos": 0}`, `{"ip.ttl": 64, "other": 0}`, `{"ip.ttl": 12345678901234567}`, `{"src_ip": "\u0031.2.3.4"}`, `{"src_ip": "é"}`,
	`{"ip.ttl": 64, "ip.tos": 16, "ip.csum": 12345678}`, `{"dvc": 5}`, `{"ip.ttl": 6`, `{"ip.ttl": `, `{"ip.ttl":`, `{"`, `{`, `{"ip.ttl": 64, `, `{"ip.ttl": 64, "`,
}

func TestUsual(t *testing.T) {
	p, q := twoParsers(t)
	usual := 0
	for range 2 { // the second time each key is expected
		for _, line := range usualLines {
			for n := range len(line) {
				sameRecord(t, p, q, []byte(line[:n+1]))
			}
			if sameRecord(t, p, q, []byte(line)) {
				usual++
			}
		}
	}
	if usual != 2*4 { // the first, the one with eight digits, the two with oob.in and ip.tos
		t.Errorf("%d lines are usual", usual)
	}
}

// Every lead can be compared in three words.
func TestSights(t *testing.T) {
	for i := range spellings {
		if sights[i].size == 0 {
			t.Errorf("%s is too long to be looked for", spellings[i].name)
		}
		line := []byte(leads[i] + strings.Repeat("0", 24))
		if !sights[i].leads(line, 0) {
			t.Errorf("%s is not found", spellings[i].name)
		}
		for at := range len(leads[i]) {
			if line[at] ^= 1; sights[i].leads(line, 0) {
				t.Errorf("%s is found in %s", spellings[i].name, line)
			}
			line[at] ^= 1
		}
	}
}

func FuzzUsual(f *testing.F) {
	for _, line := range usualLines {
		f.Add([]byte(line))
	}
	p, q := twoParsers(f)
	f.Fuzz(func(t *testing.T, line []byte) {
		sameRecord(t, p, q, line)
		sameRecord(t, p, q, line)
	})
}

func FuzzAddr(f *testing.F) {
	f.Add([]byte("192.0.2.1\", \"dest_port\""), 9)
	f.Add([]byte("192.0.2.1111111111111111"), 9)
	f.Add([]byte("2001:db8::1\", \"dest_port\""), 11)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		if n < 0 || n > len(b) {
			return
		}
		got, ok := addr(b[:n])
		want, wantOK := lex.Addr(b[:n:n])
		if got != want || ok != wantOK {
			t.Fatalf("%q: %v, %v, want %v, %v", b[:n], got, ok, want, wantOK)
		}
	})
}

// Numbers of each length, whatever stands behind them and however near the end.
func TestDigits(t *testing.T) {
	const all = "12345678901234567"
	for n := 1; n <= len(all); n++ {
		for _, behind := range []string{"", ",", "}", ", \"a\": 99999999}", ".5, \"a\": 1}", "\x00\xff:/              "} {
			for _, text := range []string{all[:n], strings.Repeat("9", n), "1" + strings.Repeat("0", n-1)} {
				want, err := strconv.ParseUint(text, 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				got, size := digits([]byte(text + behind))
				if size != 0 && (got != want || size != n) || size == 0 && n <= 16 {
					t.Errorf("%s: %d, %d digits", text+behind, got, size)
				}
			}
			if n > 1 {
				if _, size := digits([]byte("0" + all[1:n] + behind)); size != 0 {
					t.Errorf("0%s%s: %d digits", all[1:n], behind, size)
				}
			}
		}
	}
}
