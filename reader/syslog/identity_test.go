package syslog

import (
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// identities parses text and returns the events with their identities.
func identities(t *testing.T, f *reader.Format, id *event.Identifier, text string) *reader.Batch {
	t.Helper()
	opt := readertest.Options(t, "Europe/Berlin")
	opt.Identify = id
	b := readertest.Parse(f, opt, &reader.Input{Format: f, YearRef: 1.736e18}, []byte(text))
	if len(b.Bodies) != len(b.Events) || len(b.Events) == 0 {
		t.Fatalf("%q: %d identities for %d events", text, len(b.Bodies), len(b.Events))
	}
	return b
}

// TestOneIdentity: one record has one identity, whoever wrote it down.
func TestOneIdentity(t *testing.T) {
	id := event.NewIdentifier()
	want := identities(t, Format, id, rec+"\n").Bodies[0]
	for _, f := range forms {
		if got := identities(t, Format, id, f.input+"\n").Bodies[0]; got != want {
			t.Errorf("%s: its record has an identity of its own", f.name)
		}
	}
	for _, line := range []string{
		"Jan  2 03:04:05 fw1 kernel: [12345.678901] " + rec,
		"Jan  2 03:04:05 fw1 kernel: [12399.000001] " + strings.TrimSpace(rec),
		"<4>2025-01-02T03:04:05.123456+01:00 fw2 kernel: kernel: " + rec,
		"<4>1 2025-01-02T03:04:05.123456+00:00 fw1 kernel - - -  [12345.678901] " + rec,
		"<4>1 2025-01-02T03:04:05.123456+00:00 fw1 kernel - - -  " + rec,
	} {
		if got := identities(t, Format, id, line+"\r\n").Bodies[0]; got != want {
			t.Errorf("%s: it has an identity of its own", line)
		}
	}
	for i, got := range identities(t, FormatExport, id, exported("MESSAGE="+rec+"\n")+exported(binaryField("MESSAGE", rec))).Bodies {
		if got != want {
			t.Errorf("entry %d of the export: it has an identity of its own", i)
		}
	}
}

// TestOtherIdentities: other records, and notices of repetition, are others.
func TestOtherIdentities(t *testing.T) {
	id := event.NewIdentifier()
	head := "Jan  2 03:04:05 fw1 kernel: "
	b := identities(t, Format, id, head+rec+"\n"+
		head+"last message repeated 3 times\n"+
		head+"message repeated 3 times: [ "+rec+"]\n"+
		head+"message repeated 4 times: [ "+rec+"]\n"+
		head+"last message repeated 1 times\n"+
		head+strings.Replace(rec, "ID=1", "ID=2", 1)+"\n"+
		head+strings.Replace(rec, "DROP", "drop", 1)+"\n"+
		"type=NETFILTER_PKT msg=audit(1735787045.123:456): mark=0 saddr=198.51.100.7 daddr=192.0.2.10 proto=6\n")
	if len(b.Events) != 8 || !b.Events[1].Has(event.Repeat) || !b.Events[4].Has(event.Repeat) {
		t.Fatalf("%d events, want 8, rejects %v", len(b.Events), b.Rejects)
	}
	seen := map[event.Identity]int{}
	for i, of := range b.Bodies {
		if j, ok := seen[of]; ok {
			t.Errorf("events %d and %d have one identity", j, i)
		}
		seen[of] = i
	}
}

// TestControlCharacters: rsyslog writes a tab as #011, /dev/kmsg as \x09, the
// journal as it is.
func TestControlCharacters(t *testing.T) {
	id := event.NewIdentifier()
	raw := identities(t, FormatExport, id, exported("MESSAGE=A\tB#9 "+rec+"\n")).Bodies[0]
	escaped := identities(t, Format, id, "Jan  2 03:04:05 fw1 kernel: A#011B#9 "+rec+"\n").Bodies[0]
	kmsg := identities(t, Format, id, `4,530,12345678901,-;A\x09B#9 `+rec+"\n").Bodies[0]
	if raw != escaped || raw != kmsg {
		t.Error("a tab that rsyslog escaped makes another record of it")
	}
}

// TestAuditIdentity: audit.log names the type, the kernel's log its number.
func TestAuditIdentity(t *testing.T) {
	id := event.NewIdentifier()
	const tail = "audit(1735787045.123:456): mark=0x2 saddr=198.51.100.7 daddr=192.0.2.10 proto=6\n"
	own := identities(t, Format, id, "type=NETFILTER_PKT msg="+tail).Bodies[0]
	relayed := identities(t, Format, id, "Jan  2 03:04:05 fw1 kernel: [5.000001] audit: type=1324 "+tail).Bodies[0]
	if own != relayed {
		t.Error("an audit record has another identity in the kernel's log")
	}
}

// TestZoneOfInput: one parser serves inputs of different zones.
func TestZoneOfInput(t *testing.T) {
	opt := readertest.Options(t, "Europe/Berlin")
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	p := Format.NewParser(opt)
	text := []byte("Jan  2 12:04:05 fw1 kernel: " + rec + "\n2025-01-02T12:04:05 fw1 kernel: " + rec + "\n")
	for _, c := range []struct {
		zone *time.Location
		want string
	}{{nil, "2025-01-02T11:04:05Z"}, {tokyo, "2025-01-02T03:04:05Z"}, {nil, "2025-01-02T11:04:05Z"}} {
		var b reader.Batch
		in := &reader.Input{Format: Format, YearRef: 1.736e18, Zone: c.zone}
		for _, chunk := range readertest.Chunks(Format, in, text) {
			p.Parse(&b, chunk)
		}
		for i := range b.Events {
			if got := time.Unix(0, b.Events[i].Time).UTC().Format(time.RFC3339); got != c.want {
				t.Errorf("zone %v, line %d: %s, want %s", c.zone, i+1, got, c.want)
			}
		}
	}
}

// TestKmsgPrefix: a prefix is not written as /dev/kmsg escapes it.
func TestKmsgPrefix(t *testing.T) {
	opt := readertest.Options(t, "")
	text := `4,530,12345678901,-;caf\xc3\xa9 \x5c\x5C \xg0 \x: ` + "IN=eth0 OUT= SRC=198.51.100.7 DST=192.0.2.10 LEN=40 PROTO=2 "
	b := readertest.Parse(Format, opt, &reader.Input{Format: Format}, []byte(text))
	if len(b.Events) != 1 || opt.Symbols.Name(b.Events[0].Prefix) != "caf\u00e9 \\\\ \\xg0 \\x: " {
		t.Errorf("%d events, prefix %q", len(b.Events), opt.Symbols.Name(b.Events[0].Prefix))
	}
}
