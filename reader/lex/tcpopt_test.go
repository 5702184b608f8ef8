package lex

import (
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
)

func TestOptionLayoutHex(t *testing.T) {
	tests := []struct{ name, hex, want string }{
		{"none", "", ""},
		{"masscan, nmap", "020405B4", "mss=1460"},
		{"lower case", "020405b4", "mss=1460"},
		{"Linux", "020405B40402080A00123456000000000103030A", "mss=1460,sok,ts,nop,ws=10"},
		{"Windows, zmap 4.1", "020405B40103030801010402", "mss=1460,nop,ws=8,nop,nop,sok"},
		{"macOS", "020405B4010303060101080A1234567800000000" + "04020000", "mss=1460,nop,ws=6,nop,nop,ts,sok,eol"},
		{"padding is not looked at", "00FFFFFF", "eol"},
		{"SACK blocks", "0101050A0000000100000002", "nop,nop,sack"},
		{"fast open, experiment", "2202FE04F989", "?34,?254"},
		{"kind 255", "FF02", "?255"},
		{"largest values", "0204FFFF0303FF", "mss=65535,ws=255"},
		{"no length", "010402" + "03", "nop,sok,bad"},
		{"length 0", "0300", "bad"},
		{"length 1", "01FE01", "nop,bad"},
		{"length beyond the end", "020405", "bad"},
		{"MSS of the wrong size", "020305", "bad"},
		{"window scale of the wrong size", "03040000", "bad"},
		{"SACK permitted of the wrong size", "040300", "bad"},
		{"SACK without a block", "0502", "bad"},
		{"time stamps of the wrong size", "080900000000000000", "bad"},
		{"40 bytes", strings.Repeat("01", 40), strings.Repeat("nop,", 39) + "nop"},
		{"41 bytes", strings.Repeat("01", 41), strings.Repeat("nop,", 39) + "nop,bad"},
		{"an option over byte 40", strings.Repeat("01", 39) + "0402", strings.Repeat("nop,", 39) + "bad"},
		{"hostile length", strings.Repeat("00", 1<<20), "eol"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := OptionLayoutHex([]byte("x:"), []byte(tt.hex))
			if !ok || string(got) != "x:"+tt.want {
				t.Errorf("OptionLayoutHex(%.80q) = %q, %v; want %q", tt.hex, got, ok, "x:"+tt.want)
			}
		})
	}
}

func TestOptionLayoutHexRefuses(t *testing.T) {
	for _, s := range []string{"0", "020405B", "0g", "02 4", "TRUNCATED", "TRUNCATE", " ESP SPI=0x88 ", "0x0204"} {
		if got, ok := OptionLayoutHex([]byte("x"), []byte(s)); ok || string(got) != "x" {
			t.Errorf("OptionLayoutHex(%q) = %q, %v; want it refused", s, got, ok)
		}
	}
}

func TestOptionLayoutDoesNotAllocate(t *testing.T) {
	dst := make([]byte, 0, 256)
	text := []byte("020405B40402080A00123456000000000103030A")
	if n := testing.AllocsPerRun(100, func() { dst, _ = OptionLayoutHex(dst[:0], text) }); n != 0 {
		t.Errorf("%v allocations a call, want 0", n)
	}
}

var layoutForm = regexp.MustCompile(`^((eol|nop|mss=\d+|ws=\d+|sok|sack|ts|\?\d+|bad)(,|$))*$`)

func FuzzOptionLayout(f *testing.F) {
	for _, s := range []string{"", "020405B4", "020405B40103030801010402", "0300", "00FF", strings.Repeat("01", 45), "FF02FE00"} {
		b, err := hex.DecodeString(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, opts []byte) {
		raw := OptionLayout(nil, opts)
		text, ok := OptionLayoutHex(nil, []byte(hex.EncodeToString(opts)))
		if !ok || string(raw) != string(text) {
			t.Fatalf("raw %q, hex %q %v", raw, text, ok)
		}
		if !layoutForm.Match(raw) || strings.HasSuffix(string(raw), ",") {
			t.Fatalf("malformed layout %q of % x", raw, opts)
		}
		if i := strings.IndexAny(string(raw), "eb"); i >= 0 && strings.Contains(string(raw[i:]), ",") {
			t.Fatalf("layout %q goes on after eol or bad", raw)
		}
		if len(raw) > 5*maxTCPOptions {
			t.Fatalf("layout of %d bytes", len(raw))
		}
		if (len(opts) == 0) != (len(raw) == 0) {
			t.Fatalf("layout %q of %d bytes", raw, len(opts))
		}
	})
}
