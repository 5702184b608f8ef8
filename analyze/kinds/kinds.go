// Package kinds is the base group-by of what a log has few kinds of: all events, by
// the host that logged them, the interfaces, the protocol, the rule's prefix and
// what was made of it. It has no section of its own; the tables of actions, hosts,
// prefixes and interfaces are rolled up from it.
//
// Each of those tables by itself was a look-up an event, and at each of them a
// processor guessed wrong whenever the rule changed. Their keys together are not
// many more: a firewall has few rules, and a rule has its interfaces. Whoever is
// logged can make them many (a host name can be forged), one for a record at most,
// as with each of the tables before.
package kinds

import (
	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// Analyzer counts the kinds.
var Analyzer = &analyze.Analyzer{
	Name: "kinds",
	Doc:  "All events, by host, interfaces, protocol, prefix, action and verdict.",
	New:  func(*analyze.Shared) analyze.State { return newState() },
}

// Key identifies a kind of events. It is packed into words, which compare faster
// than a struct of smaller fields.
type Key [4]uint64

const assumed = 1

// KeyOf is the kind of an event.
func KeyOf(e *event.Event) Key {
	k := Key{
		uint64(e.Host)<<32 | uint64(e.In),
		uint64(e.Out)<<32 | uint64(e.Prefix),
		uint64(e.Action)<<32 | uint64(e.DecidedBy),
		uint64(e.Proto)<<16 | uint64(e.Verdict)<<8,
	}
	if e.Has(event.Assumed) {
		k[3] |= assumed
	}
	return k
}

// Host is the host that logged the events.
func (k *Key) Host() event.Sym { return event.Sym(k[0] >> 32) }

// In is the interface that they came in by.
func (k *Key) In() event.Sym { return event.Sym(k[0]) }

// Out is the interface that they went out by.
func (k *Key) Out() event.Sym { return event.Sym(k[1] >> 32) }

// Prefix is the prefix as logged.
func (k *Key) Prefix() event.Sym { return event.Sym(k[1]) }

// Action is the action word.
func (k *Key) Action() event.Sym { return event.Sym(k[2] >> 32) }

// DecidedBy is what gave the action and the verdict.
func (k *Key) DecidedBy() event.Sym { return event.Sym(k[2]) }

// Proto is the protocol.
func (k *Key) Proto() event.Proto { return event.Proto(k[3] >> 16) }

// Verdict is what the action stands for.
func (k *Key) Verdict() event.Verdict { return event.Verdict(k[3] >> 8) }

// Assumed reports whether the verdict is the user's assumption.
func (k *Key) Assumed() bool { return k[3]&assumed != 0 }

func (k *Key) hash() uint64 {
	return k[0]*0x9e3779b97f4a7c15 + k[1]*0xc2b2ae3d27d4eb4f + k[2]*0xd6e8feb86659fd93 + k[3]*0xa0761d6478bd642f
}

// State is the kinds of one Set.
type State struct {
	Keys []Key
	Vals []*count.Stat // of the keys

	index map[Key]uint32
	slots [cacheSlots]slot
}

// slot of a small direct-mapped cache before the index: see count.Cached. The kind
// of the event before is not compared first: which of its rules logs next is hard
// to foresee.
type slot struct {
	key Key
	val *count.Stat // nil: the slot is empty
}

const (
	cacheBits  = 6
	cacheSlots = 1 << cacheBits
)

func newState() *State { return &State{index: map[Key]uint32{}} }

// Len is the number of keys.
func (s *State) Len() int { return len(s.Keys) }

// At is the value of k, a zero one if k is new.
func (s *State) At(k Key) *count.Stat {
	i, ok := s.index[k]
	if !ok {
		i = uint32(len(s.Keys))
		s.index[k] = i
		s.Keys, s.Vals = append(s.Keys, k), append(s.Vals, &count.Stat{})
	}
	return s.Vals[i]
}

// Add counts all events.
func (s *State) Add(events []event.Event) {
	for i := range events {
		e := &events[i]
		k := KeyOf(e)
		c := &s.slots[k.hash()>>(64-cacheBits)]
		if c.val == nil || c.key[0] != k[0] || c.key[1] != k[1] || c.key[2] != k[2] || c.key[3] != k[3] {
			*c = slot{k, s.At(k)}
		}
		c.val.Add(e)
	}
}

// Merge adds another State.
func (s *State) Merge(other analyze.State, _ count.Remap) {
	o := other.(*State)
	for i, k := range o.Keys {
		s.At(k).Merge(o.Vals[i])
	}
}

// Result is nil: see the modules that require this one.
func (s *State) Result(*analyze.Env) *report.Section { return nil }
