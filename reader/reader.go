// Package reader turns paths into chunks of whole records, and holds the
// vocabulary that the formats share: a Format is a descriptor, each child
// folder implements one (syslog, ulogd, pcap).
//
// The way of the data: [Open] finds the inputs (walk, rotation families, compression
// by magic bytes); [Input.Chunks] reads, hashes, decompresses and cuts one input;
// a [Parser] turns a chunk into events. Parsers keep no state between chunks, so
// one file of 50 GB and 500 small files run alike, and a test is a pure function.
//
// Ownership of memory: a Chunk belongs to who received it until Chunk.Release;
// nothing in a Batch refers to a chunk's bytes except Reject.Text, which is copied.
package reader

import (
	"io"
	"iter"
	"time"

	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// Format describes one input format.
type Format struct {
	Name    string // as in the manifest: syslog, ulogd-json, pcap, pcapng
	Doc     string // one sentence
	Packets bool   // records are packets: evidence is PATH#N, not PATH:LINE

	// Sniff looks at the head of an input (64 KiB at most, decompressed;
	// complete if that is all of it) and returns nil if this format can read
	// it, else why not, as a short clause ("does not begin with {").
	Sniff func(head []byte, complete bool) error

	// Open makes the stream that Splitter and Parser see, if the records cannot
	// be read from the first byte to the last (a database); nil if the bytes of
	// the input are that stream. src holds size bytes. What Open returns may be a
	// Noter; its last error says what could not be read. Records must be lines.
	Open func(src io.ReaderAt, size int64) (io.ReadCloser, error)

	// NewSplitter makes what cuts one input into chunks of whole records.
	NewSplitter func() Splitter

	// NewParser makes a parser for one worker.
	NewParser func(*Options) Parser

	// Records yields the records of a chunk one by one, as they stand in it,
	// for a person to look at; nil if a record is a line. See Chunk.Each.
	Records func(*Chunk) iter.Seq[[]byte]

	// Identifies tells that its parser fills Batch.Bodies if Options.Identify is
	// set: its records are lines that syslog daemons may have written elsewhere
	// too. Packets of a capture are observations of their own.
	Identifies bool

	// InOrder tells that inputs of the format are logs of lines that a daemon
	// wrote one after the other, and rotated: a file's records end, but for
	// delays and clocks that differ, where those of the next file begin.
	InOrder bool

	// YearLess finds the stamp of a line if it carries no year; nil if the
	// format has no such stamps.
	YearLess func(line []byte) (Stamp, bool)

	// ZoneHint tells the machine's offset from UTC, a multiple of 15 minutes,
	// from a head in which stamps of local time stand beside exact times, and
	// one of these times (Unix seconds); ok is false if they do not agree. nil
	// if the format has no such pairs.
	ZoneHint func(head []byte) (offset time.Duration, at int64, ok bool)
}

// Options are what all parsers need to know. They are shared by all workers
// and not changed while they run.
type Options struct {
	Symbols *event.Symbols
	Actions *action.Table
	Zone    *time.Location // zone of stamps that carry none; nil is UTC
	Detail  bool           // fill Batch.Details, one for each event

	// Identify makes the identity of each event's record, for Batch.Bodies;
	// nil: they are not wanted.
	Identify *event.Identifier
}

// Location is o.Zone, or UTC.
func (o *Options) Location() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// Parser decodes chunks. A Parser serves one goroutine; what it keeps between
// chunks are caches, never facts about the input.
type Parser interface {
	// Parse appends c's events to b and accounts for every record of c in it:
	// c.Records = records with an event of their own + b.Other + b.Malformed.
	Parse(b *Batch, c *Chunk)
}

// Clock is a Parser that tells when a line was logged, whatever the line says.
type Clock interface {
	// TimeOf is the time of a line of in, or event.NoTime, and what is to be known
	// of it: event.YearInferred, event.TZAssumed.
	TimeOf(in *Input, line []byte) (t int64, marks event.Fields)
}

// Splitter cuts a stream into chunks. It serves one input, from its start.
type Splitter interface {
	// Split looks at data, the stream's bytes from where the last Cut ended,
	// and says where to cut. If no whole record is there and atEOF is false it
	// returns a zero Cut and is called again with more data (Cut.Want bytes if
	// that is set). At EOF it must take or skip everything or return an error.
	Split(data []byte, atEOF bool) (Cut, error)
}

// Noter is a Splitter, or a stream of Format.Open, that has something to say about its input as a whole, in
// sentences for the manifest: what was assumed, what was never captured. It is
// asked when the input has been cut to its end.
type Noter interface{ Notes() []string }

// Cut is what a Splitter decided: data[:Skip] belongs to no chunk (a file
// header), data[Skip:Skip+N] holds Records whole records.
type Cut struct {
	Skip, N  int
	Records  uint64
	Meta     any  // immutable; goes to Chunk.Meta
	Want     int  // bytes needed to go on, a hint
	Oversize bool // N bytes are the head of one record that is too long: it is malformed
}

// Chunk is a run of whole records of one input.
type Chunk struct {
	Input    *Input
	Seq      int    // number in the input, from 0
	Data     []byte // the records
	Prev     []byte // up to LookBack bytes that stand before Data, from a record's start on (text only)
	Offset   int64  // of Data in the decompressed stream
	First    uint64 // number of the first record in Data, from 1
	Records  uint64 // number of records in Data
	Meta     any    // from the Splitter
	Oversize bool

	buf *buffer
}

// Zone is the zone of the chunk's stamps that carry none.
func (c *Chunk) Zone(o *Options) *time.Location { return c.Input.StampZone(o) }

// Ref is the place of the chunk's i-th record, from 0.
func (c *Chunk) Ref(i uint64) event.Ref { return event.MakeRef(c.Input.Index, c.First+i) }

// LookBack is how many bytes before a chunk a text parser may look at, to find
// what "last message repeated" speaks of. Two copies further apart in the file
// than that are not connected, wherever the chunks were cut.
const LookBack = 32 << 10

// MaxRecord is the length at which a line is given up as malformed.
const MaxRecord = 1 << 20

// Batch receives what a chunk holds. It is reused: Reset keeps the memory.
type Batch struct {
	Events    []event.Event
	Details   []event.Detail   // if Options.Detail
	Bodies    []event.Identity // if Options.Identify and Format.Identifies; one for each event
	Other     uint64
	Malformed uint64
	Rejects   []Reject
	Notices   []Notice
	Sequences []Sequence

	YearInferred bool // a stamp without year was met
	TZAssumed    bool // a stamp without zone was met
}

// Reset empties b for the next chunk.
func (b *Batch) Reset() {
	*b = Batch{
		Events: b.Events[:0], Details: b.Details[:0], Bodies: b.Bodies[:0],
		Rejects: b.Rejects[:0], Notices: b.Notices[:0], Sequences: b.Sequences[:0],
	}
}

// Reject appends a malformed record to b. text is copied, cut at 200 bytes.
func (b *Batch) Reject(c *Chunk, i uint64, reason string, text []byte) {
	b.Malformed++
	b.Rejects = append(b.Rejects, Reject{Record: c.First + i, Reason: reason, Text: string(text[:min(len(text), 200)])})
}

// Reject is one record that could not be decoded.
type Reject = evidence.Reject

// Sequence is a record's number in a stream that its source numbers without
// holes: a step of more than one says exactly how many records are missing.
type Sequence struct {
	Record uint64
	Time   int64 // or event.NoTime
	Stream Stream
	N      uint64
}

// Stream is one numbered stream of an input.
type Stream uint32

// The streams. KernelMessages numbers all messages of the kernel, firewall
// records or not (/dev/kmsg). NFLOG numbers are modulo 2^32 and restart at 0.
const (
	KernelMessages Stream = iota + 1
	NFLOGGlobal                     // of all groups of one kernel (NFULA_SEQ_GLOBAL)
	NFLOGLocal                      // of one group, where the input does not name it (NFULA_SEQ)
	NFLOGGroup     Stream = 1 << 16 // of group N: NFLOGGroup + N
)

// Notice is one message about lost or suppressed records.
type Notice struct {
	Record uint64
	Time   int64
	Class  string // see evidence.Loss
	Count  uint64 // records lost, if the message says
	Known  bool   // whether it does
}
