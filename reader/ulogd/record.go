package ulogd

import (
	"errors"
	"fmt"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// key names a value of a record, whatever its spelling.
type key uint8

// Keys with numbers, then keys with strings. The original direction of a flow
// has the keys of a packet; what only flows have begins at kOrigBytes.
const (
	kIgnored key = iota
	kTimeSec
	kTimeUsec
	kMark
	kIfIn
	kIfOut
	kHook
	kFamily
	kEtherType
	kUID
	kGID
	kLinkType
	kProto
	kTOS
	kTTL
	kTotalLen
	kID
	kFragOff
	kPayloadLen
	kClass6
	kFlowLabel
	kHopLimit
	kNextHdr
	kFragOff6
	kFragID6
	kSrcPort
	kDstPort
	kSeq
	kAckSeq
	kWindow
	kFIN
	kSYN
	kRST
	kPSH
	kACK
	kURG
	kRes2
	kURGP
	kUDPLen
	kICMPType
	kICMPCode
	kEchoID
	kEchoSeq
	kMTU
	kICMP6Type
	kICMP6Code
	kEchoID6
	kEchoSeq6
	kARPHType
	kARPPType
	kARPOp
	kSeqLocal
	kSeqGlobal
	kOrigBytes
	kOrigPackets
	kReplyBytes
	kReplyPackets
	kReplySrcPort
	kReplyDstPort
	kFlowEvent
	kStartSec
	kStartUsec
	kEndSec
	kEndUsec
	kTimestamp // from here on strings
	kDevice
	kPrefix
	kIn
	kOut
	kLabel
	kMACSrc
	kMACDst
	kMAC
	kSrc
	kDst
	kARPSrc
	kARPDst
	kReplySrc
	kReplyDst
	kEnd
)

const numbers, texts = kTimestamp, kEnd - kTimestamp

// keySet has a bit for each key.
type keySet [2]uint64

var _ [128 - kEnd]struct{} // does not compile if there are more keys than bits

func (s *keySet) has(k key) bool { return s[k>>6&1]&(1<<(k&63)) != 0 }
func (s *keySet) add(k key)      { s[k>>6&1] |= 1 << (k & 63) }
func (s *keySet) drop(k key)     { s[k>>6&1] &^= 1 << (k & 63) }

// meets reports whether s has a key of o.
func (s *keySet) meets(o *keySet) bool { return s[0]&o[0]|s[1]&o[1] != 0 }

func setOf(keys ...key) (s keySet) {
	for _, k := range keys {
		s.add(k)
	}
	return s
}

// class says what a key tells about the record that has it.
type class uint8

const (
	foreign class = 0 // nothing: other programs have such keys too
	packet  class = 1 << iota
	flow
	sum
)

// record holds the values of one object.
type record struct {
	given   keySet
	classes class
	bad     uint8 // spelling whose value makes no sense, or unknown
	num     [numbers]uint64
	text    [texts][]byte // into the line, or into memory of its own

	// What layouts know already.
	src, dst         event.Addr
	srcRead, dstRead bool // they are those of kSrc and kDst
	flagBits         event.TCPFlags
	flagged          bool // flagBits is set
}

func (r *record) has(k key) bool   { return r.given.has(k) }
func (r *record) str(k key) []byte { return r.text[k-numbers] }

// all reports whether all of few keys are there.
func (r *record) all(keys ...key) bool {
	for _, k := range keys {
		if !r.has(k) {
			return false
		}
	}
	return true
}

// kind is what the keys say that the record is.
func (r *record) kind() class {
	switch {
	case r.classes&flow != 0:
		return flow
	case r.classes&sum != 0:
		return sum
	}
	return r.classes & packet
}

// read fills r from one line. The error says why that is no JSON object.
func (r *record) read(line []byte, s *speller) error {
	if r.usual(line, s) {
		return nil
	}
	return r.general(line, s)
}

// general is read for every line.
func (r *record) general(line []byte, s *speller) error {
	r.given, r.classes, r.bad, s.last = keySet{}, 0, unknown, start
	if line[0] != '{' {
		return notJSON(line)
	}
	j := lex.NewJSON(line)
	for s.expect(&j); j.Next(); s.expect(&j) {
		i := s.find(j.Key, j.Hit)
		if i == unknown {
			continue
		}
		sp := &spellings[i]
		r.classes |= sp.class
		switch {
		case sp.key == kIgnored:
		case j.Kind == lex.JSONInt && sp.key < numbers && j.Int <= sp.max: // nearly always
			r.num[sp.key] = j.Int
			r.given.add(sp.key)
		case !r.set(sp, &j):
			r.bad = i
		}
	}
	return j.Err
}

// notJSON is the error for a line that does not even begin as an object.
func notJSON(line []byte) error {
	j := lex.NewJSON(line)
	j.Next()
	if errors.Is(j.Err, lex.ErrJSONObject) {
		return j.Err
	}
	return errNoBrace
}

var errNoBrace = errors.New("does not begin with {: no JSON object")

// set takes over a value; false if it is of the wrong type or too large. null
// and empty names are as good as no value, but for the prefix.
func (r *record) set(sp *spelling, j *lex.JSON) bool {
	k := sp.key
	r.given.drop(k)
	switch {
	case j.Kind == lex.JSONNull:
		return true
	case k < numbers:
		return r.setNumber(sp, j)
	case j.Kind != lex.JSONString:
		return false
	case len(j.Value) > 0 || k == kPrefix:
		r.text[k-numbers] = j.Value
		r.given.add(k)
	}
	return true
}

func (r *record) setNumber(sp *spelling, j *lex.JSON) bool {
	n, ok := j.Int, true
	switch j.Kind {
	case lex.JSONInt, lex.JSONBool:
	case lex.JSONString: // as some collectors rewrite numbers
		n, ok = lex.Uint64(j.Value)
	default:
		ok = false
	}
	if !ok || n > sp.max {
		return false
	}
	r.num[sp.key] = n
	r.given.add(sp.key)
	return true
}

// trouble is why the record cannot be decoded, or "".
func (r *record) trouble() string {
	if r.bad == unknown {
		return ""
	}
	return fmt.Sprintf("value of %s makes no sense", spellings[r.bad].name)
}
