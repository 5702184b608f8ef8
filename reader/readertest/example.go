// Package readertest holds what every reader.Format must satisfy, so that each
// format's own test is a list of its cases: golden examples ([Examples],
// [Check]), and laws that hold for any input: chunks may be cut anywhere
// ([AnyCut]), events do not refer to the chunk's memory ([NoAlias]), parsing
// does not allocate ([NoAlloc]), no bytes bring it down and the ledger adds up
// ([Fuzz]).
//
// The examples are shared/reference/examples.ndjson, embedded: the expected
// values were written by hand against the description of the formats, not by
// this program. They are compared in one canonical form ([Canonical]), a map of
// field names, because only that is common to text, JSON and packets. Comparing
// Events as Go values was rejected: an example says what it pins and leaves
// everything else free, which a struct literal cannot.
package readertest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
)

//go:embed testdata/examples.ndjson
var examples []byte

// Example is one input with the fields that must come out.
type Example struct {
	Name   string         `json:"name"`
	Input  string         `json:"input"` // raw text, or hex for the binary kinds
	Expect map[string]any `json:"expect"`
	Ctx    Context        `json:"ctx"`
}

// Context says what kind of input an example is and what surrounds it.
type Context struct {
	Kind     string `json:"kind"`      // message, syslog, ulogd_json, nflog_hex …
	Origin   string `json:"origin"`    // lab, lab-shape, composed
	TZ       string `json:"tz"`        // zone of stamps that carry none; "" is UTC
	MTime    string `json:"mtime"`     // RFC 3339: the file's, reference of the year rule
	Order    string `json:"order"`     // nflog_hex: byte order of the file, le or be
	RecordTS string `json:"record_ts"` // nflog_hex: time in the pcap record header
}

// Examples are all golden cases, in the order of the file.
func Examples(t testing.TB) []Example {
	t.Helper()
	var all []Example
	for i, line := range bytes.Split(bytes.TrimSpace(examples), []byte("\n")) {
		var ex Example
		if err := json.Unmarshal(line, &ex); err != nil {
			t.Fatalf("reading examples.ndjson, line %d: %v", i+1, err)
		}
		all = append(all, ex)
	}
	return all
}

// OfKind are the examples whose context is of one of the kinds.
func OfKind(t testing.TB, kinds ...string) []Example {
	t.Helper()
	return slices.DeleteFunc(Examples(t), func(ex Example) bool { return !slices.Contains(kinds, ex.Ctx.Kind) })
}

// Options are reader.Options of their own, with Detail, for stamps in zone
// (a name of the IANA database; "" is UTC).
func Options(t testing.TB, zone string) *reader.Options {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatalf("loading the zone of an example: %v", err)
	}
	return &reader.Options{
		Symbols: event.NewSymbols(),
		Actions: action.NewTable(action.Options{}),
		Zone:    loc,
		Detail:  true,
	}
}

// Options are the reader.Options under which ex is to be read.
func (ex *Example) Options(t testing.TB) *reader.Options { return Options(t, ex.Ctx.TZ) }

// In is the Input that ex pretends to be: file number 0, with the reference of
// the year rule from the context's mtime (a day of grace included).
func (ex *Example) In(t testing.TB, f *reader.Format) *reader.Input {
	t.Helper()
	in := &reader.Input{Path: ex.Name, Format: f, YearRef: event.NoTime}
	if ex.Ctx.MTime != "" {
		at, err := time.Parse(time.RFC3339, ex.Ctx.MTime)
		if err != nil {
			t.Fatalf("%s: reading ctx.mtime: %v", ex.Name, err)
		}
		in.YearRef = at.Add(24 * time.Hour).UnixNano()
	}
	return in
}

// Run reads data under ex's options and checks what comes out: the first event,
// or what the batch says where there is none.
func (ex *Example) Run(t testing.TB, f *reader.Format, data []byte) {
	t.Helper()
	opt := ex.Options(t)
	b := Parse(f, opt, ex.In(t, f), data)
	Check(t, *ex, CanonicalBatch(opt.Symbols, b))
}
