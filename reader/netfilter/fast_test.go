package netfilter

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/readertest"
)

// agree parses msg with and without the short cuts, after warm, which the fast
// parser remembers, and reports the difference.
func agree(t *testing.T, fast, plain *Parser, warm, msg string) {
	t.Helper()
	var e, want event.Event
	fast.Parse(&e, nil, []byte(warm))
	e = event.Event{}
	got, why := fast.Parse(&e, nil, []byte(msg))
	wantOut, wantWhy := plain.Parse(&want, nil, []byte(msg))
	if got != wantOut || why != wantWhy || got == Packet && e != want {
		t.Errorf("after %q\n%q\nfast %v %q, plain %v %q\n%s", warm, msg, got, why, wantOut, wantWhy,
			cmp.Diff(want, e, cmpopts.EquateComparable(event.Addr{})))
	}
	if strings.Contains(msg, "\n") {
		return
	}
	for _, behind := range []string{"", "\n", "\n" + warm, "\n" + manyDigits} {
		line := []byte(msg + behind)
		if n := fast.Usual(&e, line, 0); n > 0 && (n != len(msg) || wantOut != Packet || e != want) {
			t.Errorf("%q: %d bytes taken of %d, plain %v %q\n%s", line, n, len(msg), wantOut, wantWhy,
				cmp.Diff(want, e, cmpopts.EquateComparable(event.Addr{})))
		}
		if n, k := fast.Usual(&e, line, 0), fast.Usual(&e, append([]byte("before "), line...), 7); k != n && k != n+7 || (n > 0) != (k > 0) {
			t.Errorf("%q: %d bytes taken, behind other text %d", line, n, k)
		}
	}
}

// manyDigits is so much that no text before it must be widened.
var manyDigits = strings.Repeat("1", 1000)

func parsers(t testing.TB) (fast, plain *Parser) {
	opt := readertest.Options(t, "")
	opt.Detail = false
	fast = NewParser(opt, lex.NewInterner(opt.Symbols))
	plain = NewParser(opt, lex.NewInterner(opt.Symbols))
	plain.plain = true
	return fast, plain
}

func messages(t testing.TB) []string {
	var all []string
	for _, ex := range readertest.OfKind(t, "message") {
		all = append(all, ex.Input)
	}
	for _, path := range []string{
		"../../../shared/corpus/labynocle+elk-demo/data/firewall.log",
		"../../../shared/corpus/sikvall+ipta/example/iptables-syslog-example.log",
		"../../samples/captured/kernel618_log_plain_and_allflags.txt",
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Logf("not here, so not tried: %v", err)
			continue
		}
		for line := range strings.Lines(string(text[:min(len(text), 100_000)])) {
			if i := strings.Index(line, ": "); i > 0 {
				all = append(all, strings.TrimRight(line[i+2:], "\n"))
			}
		}
	}
	return all
}

// TestFastPathsAgree: whatever stands in a record, and wherever it is cut, the
// short cuts give what the general parser gives.
func TestFastPathsAgree(t *testing.T) {
	fast, plain := parsers(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	all := messages(t)
	for _, msg := range all {
		agree(t, fast, plain, msg, msg)
		agree(t, fast, plain, all[rnd.IntN(len(all))], msg)
		agree(t, fast, plain, msg, msg[:rnd.IntN(len(msg)+1)])
		agree(t, fast, plain, msg, mutate(rnd, msg, all))
	}
}

// TestFarPlaces: a value that is longer than any the kernel prints moves what
// follows to places beyond all windows, where nothing of the prefix may be read
// for it.
func TestFarPlaces(t *testing.T) {
	fast, plain := parsers(t)
	const addr = "2001:0db8:0000:0000:0000:0000:0000:0001"
	const forged = " DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0 "
	for pad := range 16 {
		head := strings.Repeat("x", pad) + forged + "IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:86:dd SRC=" + addr + " DST=" + addr + " LEN=60 TC=0 HOPLIMIT=64 FLOWLBL="
		for n := 1; n < 700; n += 1 + n/400 {
			msg := head + strings.Repeat("1", n) + " PROTO=TCP SPT=12345 DPT=23 WINDOW=29200 RES=0x00 ACK URGP=0 "
			agree(t, fast, plain, msg, msg)
		}
	}
}

// mutate changes a byte, doubles a token, drops one, or puts another record in.
func mutate(rnd *rand.Rand, msg string, all []string) string {
	tokens := strings.SplitAfter(msg, " ")
	i := rnd.IntN(len(tokens))
	switch rnd.IntN(4) {
	case 0:
		b := []byte(msg)
		b[rnd.IntN(len(b))] = " =0:.[](SI9aZ\x00\xff"[rnd.IntN(14)]
		return string(b)
	case 1:
		tokens[i] += tokens[rnd.IntN(len(tokens))]
	case 2:
		tokens[i] = ""
	default:
		tokens[i] += all[rnd.IntN(len(all))]
	}
	return strings.Join(tokens, "")
}

func FuzzFastPathsAgree(f *testing.F) {
	for _, msg := range messages(f)[:120] {
		f.Add(msg, msg)
	}
	fast, plain := parsers(f)
	f.Fuzz(func(t *testing.T, warm, msg string) { agree(t, fast, plain, warm, msg) })
}

// FuzzUptime holds what reads eight bytes at a time against the loop.
func FuzzUptime(f *testing.F) {
	for _, s := range []string{
		"[12345.678901] IPT: DROP IN=", "[    0.000000] IN=eth0 OUT=", "[0.000001][    C0] x1234567890", "[12345678.123456] 123456789",
		"[123456789.123456] 12345", "[1.12345] 1234567890123456", "[1.1234567] 12345678901234", "[12345678.1234567", "[12345678.12345678", "[] 12345678901234567890",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 10 || b[0] != '[' {
			return
		}
		us, n := usualUptime(b)
		if want, wantN := paddedUptime(b); n > 0 && (us != want || n != wantN) {
			t.Errorf("%q: %d of %d bytes, want %d of %d", b, us, n, want, wantN)
		}
	})
}

// FuzzKnownQuads: a quad that has been read before is what it was, whatever
// stood there in between.
func FuzzKnownQuads(f *testing.F) {
	for _, s := range []string{
		"198.51.100.7 DST=192.0.2.10 LEN=", "10.0.0.1 LEN=40 10.0.0.1\x00\x00 LEN=4", "255.255.255.255 255.255.255.255.", "1.2.3.4 5.6.7.8  0123456789abcdef",
		"10.0.0.11LEN=40 10.0.0.11 LEN=40", strings.Repeat("\x00", 8) + "        " + strings.Repeat("\x00", 16), "01.2.3.45 LEN=40",
	} {
		f.Add([]byte(s))
	}
	var k knownQuads // of all runs
	f.Fuzz(func(t *testing.T, text []byte) {
		for range 2 {
			for i := 0; i+20 <= len(text); i++ {
				b := (*[20]byte)(text[i:])
				for n := 7; n < 16; n++ {
					if b[n] != ' ' {
						continue
					}
					q, ok := k.find(b, n)
					ok = ok || q.read(b, n)
					if want, wantOK := lex.Quad(b, n); ok != wantOK || ok && q.addr != want {
						t.Errorf("%q is %x, %v of %d bytes, was %x, %v", b, want, wantOK, n, q.addr, ok)
					}
				}
			}
		}
	})
}
