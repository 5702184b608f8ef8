// Package duplicates finds records that stand in several log families: syslog
// daemons write the same line to kern.log, syslog, messages and ufw.log, and the
// journal has it too.
//
// # What is the same
//
// Two records are copies of one if host, body and stamp agree, and the kernel's
// uptime where both have it. Stamps are compared by the second, for some files
// have no more; with equal uptimes (microseconds) they may lie [slack] seconds
// apart, because two daemons read the kernel's buffer at different moments, and
// soon after boot a minute, because daemons start late. A record without a stamp
// is never taken for a copy.
//
// Equal records inside one family are separate events. So for each record the
// number of events is the largest number of copies that any family holds, and all
// other copies are duplicates: multisets are united, not sets. That number does
// not depend on any order. Which copies are the events does: a copy met when its
// family has no more of them than were counted already is the duplicate. The
// engine therefore has families follow each other, and inside one family, where
// copies may come from several workers at once, it is settled at its end by
// place (Settle): the evidence that a report names is the same in every run.
//
// Where copies are not alike (a family holds a record under two stamps, for its daemon
// read the kernel's buffer twice; or a family without uptimes has one text several
// times in a second) and another family has them too, which is a copy of which depends
// on their order: a record is taken for the first one that it matches, own span of
// seconds first, of which its family may hold one more. The engine has the records of
// an input come in the order of their places, whichever worker has them. One case is
// left to chance: such copies in two inputs of one family, which are read side by
// side, so at the border of two rotations. To do without the order would cost
// 8 bytes a record (a tenth of the peak with four logs of the same packets), and with
// each copy that another may displace kept until its family ends.
//
// # Memory
//
// 32 bytes a distinct record at a load of a half to seven eighths, in shards
// that grow one by one. Where that is too much, shards wait on disk (see Evict).
// Copies inside one family are rare and cost a list each.
// Comparing sorted runs on disk would need no memory but sorts all that the
// ordinary run only counts; holding back events until all families are read
// would take ten times the memory.
package duplicates

import (
	"cmp"
	"slices"
	"sync"

	"fwreport/reader/event"
)

// shards is the number of parts of the table that can be worked on at once.
const shards = 64

const (
	slack     = 2                    // seconds
	bootSlack = 60                   // seconds, for records of the first bootTime of uptime
	bootTime  = 180 * 1_000_000      // microseconds
	second    = int64(1_000_000_000) // nanoseconds

	// Records are hashed by spans of 16 seconds, so that a copy at another second
	// is found at the same place, or at a neighbour's if the span ends there.
	spanBits = 4
)

// Finder remembers the records of all families read so far.
type Finder struct {
	shards  [shards]shard
	family  uint32
	phase   uint32
	insert  bool
	observe bool

	mu      sync.Mutex
	records map[member]uint64
}

// member is an input of a family.
type member struct{ input, family uint32 }

// New makes a Finder.
func New() *Finder {
	f := &Finder{records: map[member]uint64{}}
	for i := range f.shards {
		f.shards[i].init()
	}
	return f
}

// NewObserver makes a Finder that only counts what families have in common, of
// records whose stamps lie a few seconds apart at most. It takes the identities
// of packets (see PacketID), and a zero one for events without; what it says of
// events means nothing.
func NewObserver() *Finder {
	f := New()
	f.observe = true
	return f
}

// Begin says that the records to come are of one family. No worker may be in
// Sift. remember is false if no other family comes after it.
func (f *Finder) Begin(family int, remember bool) {
	f.family, f.insert = uint32(family), remember
	f.phase++
}

// key identifies a record: what must be equal, and when it was.
type key struct {
	body   event.Identity
	host   event.Sym
	sec    int64
	uptime int64
	up     uint32 // 0: no uptime

	hash uint64 // in its own span of seconds; 0: it cannot be compared
	lo   uint32
}

// prepare computes where the key is looked for first.
func (k *key) prepare() { k.hash, k.lo = k.at(k.sec >> spanBits) }

// keyOf is the key of an event with the identity of its body; ok is false if it
// cannot be compared. Observers compare packets, whatever host told of them.
func (f *Finder) keyOf(e *event.Event, body event.Identity) (k key, ok bool) {
	if e.Time == event.NoTime {
		return key{}, false
	}
	if f.observe {
		return key{body: body, sec: floorSecond(e.Time), uptime: bootTime, up: 1}, body != event.Identity{}
	}
	k = key{body: body, host: e.Host, sec: floorSecond(e.Time), uptime: e.Uptime}
	if e.Has(event.HasUptime) {
		k.up = uint32(mix(uint64(e.Uptime), 0x9e3779b97f4a7c15)) | 1
	}
	return k, true
}

func floorSecond(ns int64) int64 {
	s := ns / second
	if ns%second < 0 {
		s--
	}
	return s
}

// Seen is what Sift says of a record.
type Seen uint8

// What a record is.
const (
	Event     Seen = iota // it counts
	Duplicate             // it is a copy
	Pending               // Settle will tell
	Waiting               // Replay will tell: it waits on disk
)

// Sieve is one worker's way into a Finder. It owns its memory.
type Sieve struct {
	f     *Finder
	keys  []key
	order []uint32 // of the events, by shard
	seen  []Seen
}

// Sieve makes one for a worker.
func (f *Finder) Sieve() *Sieve { return &Sieve{f: f} }

// Sift says of each event of the present family what it is; bodies are the
// identities of their records. All are of one input. The answer is valid until the
// next call. Several workers may sift at once.
func (s *Sieve) Sift(events []event.Event, bodies []event.Identity) []Seen {
	s.begin(len(events))
	for i := range events {
		s.key(&events[i], bodies[i])
	}
	s.run(events)
	return s.seen
}

func (s *Sieve) begin(n int) {
	s.keys, s.seen = s.keys[:0], slices.Grow(s.seen[:0], n)[:n]
	clear(s.seen) // Event
}

func (s *Sieve) key(e *event.Event, body event.Identity) {
	k, ok := s.f.keyOf(e, body)
	if ok {
		k.prepare()
	}
	s.keys = append(s.keys, k)
}

// run takes the events shard by shard: each is locked once, and its entries are
// touched before they are looked at one by one, so that memory is waited for once
// and not for each.
func (s *Sieve) run(events []event.Event) {
	var starts [shards + 1]uint32
	n := uint64(0)
	for i := range s.keys {
		if s.keys[i].hash != 0 {
			starts[s.keys[i].hash>>58+1]++
			n++
		}
	}
	if n > 0 {
		s.f.looked(events[0].Ref.Input(), n)
	}
	for i := range shards {
		starts[i+1] += starts[i]
	}
	at := starts
	s.order = slices.Grow(s.order[:0], len(s.keys))[:n]
	for i := range s.keys {
		if h := s.keys[i].hash; h != 0 {
			s.order[at[h>>58]] = uint32(i)
			at[h>>58]++
		}
	}
	for i := range s.f.shards {
		if mine := s.order[starts[i]:starts[i+1]]; len(mine) > 0 {
			s.shard(&s.f.shards[i], mine, events)
		}
	}
}

// looked counts records that were looked at.
func (f *Finder) looked(input uint32, n uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.records[member{input, f.family}] += n
}

func (s *Sieve) shard(sh *shard, mine []uint32, events []event.Event) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.away != nil {
		for _, i := range mine {
			sh.later(s.f, &events[i], s.keys[i].body)
			s.seen[i] = Waiting
		}
		return
	}
	sh.touch(s.keys, mine)
	for _, i := range mine {
		s.seen[i] = s.f.one(sh, &events[i], &s.keys[i])
	}
}

func (f *Finder) one(s *shard, e *event.Event, k *key) Seen {
	own := k.sec >> spanBits
	if i := s.match(f, k, k.hash, k.lo, own); i >= 0 {
		return s.copy(f, i, e)
	}
	if k.up != 0 {
		reach := k.reach()
		for n := (k.sec - reach) >> spanBits; n <= (k.sec+reach)>>spanBits; n++ {
			if n == own {
				continue
			}
			h, lo := k.at(n)
			if i := s.match(f, k, h, lo, n); i >= 0 {
				return s.copy(f, i, e)
			}
		}
	}
	if f.insert {
		s.add(entry{hash: k.hash, lo: k.lo | uint32(k.sec)&spanMask, up: k.up, ref: e.Ref, phase: f.phase | fresh, set: s.with(0, f.family)})
	}
	return Event
}

const spanMask = 1<<spanBits - 1

// at is the hash of the key in a span of seconds; the lowest bits of lo are left
// for the second. The highest bits of h, which choose the shard, depend on body
// and host alone: neighbouring spans are under one lock.
func (k *key) at(span int64) (h uint64, lo uint32) {
	base := mix(k.body.A^uint64(k.host), 0xa0761d6478bd642f)
	h = mix(base^uint64(span), 0xe7037ed1a0b428db)
	h = base&(63<<58) | h&^(63<<58)
	if h == 0 {
		h = 1 // 0 is a free place
	}
	return h, uint32(mix(k.body.B^uint64(span), 0x8ebc6af09c88c6e3)) &^ spanMask
}

// reach is how many seconds copies may lie apart if their uptimes are equal.
func (k *key) reach() int64 {
	if k.uptime < bootTime {
		return bootSlack
	}
	return slack
}

// matches reports whether a record at a second is this one, as far as stamp and
// uptime go.
func (k *key) matches(sec int64, up uint32) bool {
	if k.up == 0 || up == 0 {
		return sec == k.sec
	}
	return up == k.up && max(sec-k.sec, k.sec-sec) <= k.reach()
}

// Settled is one record about which Settle decided.
type Settled struct {
	Event   event.Event // Ref tells the place
	Counts  bool        // it counts, else it is a duplicate
	Pending bool        // what Sift said; else it said Duplicate
}

// Settle ends a family: of records that it has more copies of than were counted
// before it, those that stand first are the duplicates. No worker may be in Sift.
func (f *Finder) Settle() []Settled {
	var all []Settled
	for i := range f.shards {
		s := &f.shards[i]
		if s.away != nil { // Replay goes on with its family
			continue
		}
		for _, m := range s.contested {
			all = s.many[m].settle(all)
		}
		s.contested = s.contested[:0]
	}
	slices.SortFunc(all, func(a, b Settled) int { return cmp.Compare(a.Event.Ref, b.Event.Ref) })
	return all
}

func mix(a, b uint64) uint64 { return fold(a^0x2d358dccaa6c78a5, b) }

// shard is a part of the table, open-addressed.
type shard struct {
	mu        sync.Mutex
	table     []entry // length is a power of two
	used      int
	sets      []set             // sets of families; 0 is the empty one
	next      map[uint64]uint32 // set and family to the set of both
	many      []*many           // records with several copies in one family
	contested []int             // of many, in this phase
	shares    map[uint64]uint64 // copies in common, see share
	touched   uint32            // keeps touch from being left out
	away      *away             // nil: it is in memory
	_         [64]byte          // shards do not share a cache line
}

// entry is one record. A zero hash marks a free slot.
type entry struct {
	hash  uint64
	ref   event.Ref // of the copy that its family met first, if that was in this phase
	lo    uint32    // more of the hash, and the second in its span
	up    uint32    // of the uptime; 0: none
	set   uint32    // families that hold it, once each; with manyBit an index of many
	phase uint32    // when the last family was added; with fresh, the record was new then
}

const (
	manyBit = 1 << 31
	fresh   = 1 << 31
)

type set []uint32 // families

func (s *shard) init() {
	s.sets = []set{nil}
	s.next = map[uint64]uint32{}
	s.shares = map[uint64]uint64{}
}

// with is the set s with a family added.
func (s *shard) with(old, family uint32) uint32 {
	k := uint64(old)<<32 | uint64(family)
	if n, ok := s.next[k]; ok {
		return n
	}
	s.sets = append(s.sets, append(slices.Clone(s.sets[old]), family))
	n := uint32(len(s.sets) - 1)
	s.next[k] = n
	return n
}

// match finds a record in a span that the key is of, and of which the family may
// hold one more copy. If all that match are taken, it is the last of them.
func (s *shard) match(f *Finder, k *key, h uint64, lo uint32, span int64) int {
	if len(s.table) == 0 {
		return -1
	}
	found := -1
	mask := uint64(len(s.table) - 1)
	for i := h & mask; s.table[i].hash != 0; i = (i + 1) & mask {
		e := &s.table[i]
		if e.hash != h || e.lo&^spanMask != lo || !k.matches(span<<spanBits|int64(e.lo&spanMask), e.up) {
			continue
		}
		if found = int(i); !s.taken(f, e) {
			return found
		}
	}
	return found
}

// touch reads the places of keys, which brings them into the cache side by side.
func (s *shard) touch(keys []key, mine []uint32) {
	if len(s.table) == 0 {
		return
	}
	mask, sum := uint64(len(s.table)-1), uint32(0)
	for _, i := range mine {
		sum += s.table[keys[i].hash&mask].phase
	}
	s.touched = sum
}

// taken reports whether the present family holds as many copies of the record as
// were counted.
func (s *shard) taken(f *Finder, e *entry) bool {
	if e.set&manyBit != 0 {
		m := s.many[e.set&^manyBit]
		return m.of(f.family) >= m.total
	}
	return slices.Contains(s.sets[e.set], f.family)
}

func (s *shard) add(e entry) {
	if s.used*8 >= len(s.table)*7 {
		s.grow()
	}
	s.used++
	s.put(e)
}

func (s *shard) put(e entry) {
	mask := uint64(len(s.table) - 1)
	i := e.hash & mask
	for s.table[i].hash != 0 {
		i = (i + 1) & mask
	}
	s.table[i] = e
}

func (s *shard) grow() {
	old := s.table
	s.table = make([]entry, max(64, 2*len(old)))
	each(old, func(e *entry) { s.put(*e) })
}

// each calls do with the entries of a table. It begins behind a free slot, so that
// those of one hash come in the order in which they were put there, also where the
// table's end parts them: which of them a copy is taken for depends on their order.
func each(table []entry, do func(*entry)) {
	free := slices.IndexFunc(table, func(e entry) bool { return e.hash == 0 })
	for i := range table {
		if e := &table[(free+i)&(len(table)-1)]; e.hash != 0 {
			do(e)
		}
	}
}
