package reader

import (
	"time"

	"fwreport/reader/event"
	"fwreport/reader/evidence"
)

// Input is one file (or standard input, or member of an archive) to be read.
type Input struct {
	Index  uint32  // position in the list of inputs; part of every event.Ref
	Path   string  // as shown and as in evidence links; ARCHIVE!MEMBER for a member
	Format *Format // nil if it has no records: an archive, or not read as Facts.Skipped says

	// YearRef is the reference of the year rule, Unix nanoseconds: a stamp
	// without a year takes the latest year that is not after it. It includes
	// the day of grace.
	YearRef int64

	// Zone is the zone of the input's stamps that carry none, and ZoneFrom where
	// it comes from; nil is Options.Zone.
	Zone     *time.Location
	ZoneFrom string

	// ZoneNotes are sentences about the zone for the manifest, where it is needed.
	ZoneNotes []string

	// Facts are what is known of the input. Open fills in what stands outside
	// (path, size, times, compression, format), Chunks the hash; who counts the
	// records fills in the rest.
	Facts evidence.Input

	source      source
	compression *compression
	rotation    rotation
	named       bool // given by the user, not found by walking a folder
	ref         reference
	packed      time.Time // of the header of its compressed form; zero: it does not tell
	first, last *Stamp    // of the head, and of all if it was looked for: stamps without a year
	hint        *zoneHint
	onDisk      *string   // its machine's folder, "" if that is not known; see machineOf
	rule        *PathRule // nil: none matches

	archive *archive // if it is one
	parent  *Input   // the archive that it is a member of
	depth   int      // how many archives it is in
	passing bool     // its archive's Chunks reads it
	limits  *limits

	seen  *sight   // of its head; nil: not looked at for its times
	aside bool     // it is hashed and no more, see SetAside
	twins []*Input // have its content and are not read
}

// reference is a time that a year can be taken from, and where it comes from.
type reference struct {
	at   time.Time
	from string
	own  bool // it is when the input was written, as its header, its file's time or its name tells
}

// grace is added to every reference: clocks are skewed, zones differ.
const grace = 24 * time.Hour

func (in *Input) setReference(r reference) {
	in.ref = r
	in.YearRef = event.NoTime
	if !r.at.IsZero() {
		in.YearRef = r.at.Add(grace).UnixNano()
	}
}

// StampZone is the zone of the input's stamps that carry none.
func (in *Input) StampZone(o *Options) *time.Location {
	if in.Zone != nil {
		return in.Zone
	}
	return o.Location()
}

// YearSource names where the years of the input's year-less stamps come from.
func (in *Input) YearSource() string { return in.ref.from }

// Packets reports whether the input's records are packets.
func (in *Input) Packets() bool { return in.Format != nil && in.Format.Packets }

// Place names a record of the input, for messages.
func (in *Input) Place(record uint64) string {
	return evidence.Place(in.Path, in.Packets(), record)
}

func (in *Input) note(sentence string) { in.Facts.Notes = append(in.Facts.Notes, sentence) }

// damaged notes that part of the input could not be read.
func (in *Input) damaged(sentence string) {
	in.note(sentence)
	in.Facts.Incomplete = true
}

// SamePlace reports whether two inputs have the same place in one rotation
// family: kern.log.1 and kern.log.1.gz.
func (in *Input) SamePlace(o *Input) bool { return in.rotation == o.rotation }
