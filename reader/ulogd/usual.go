package ulogd

import (
	"encoding/binary"

	"fwreport/reader/lex"
)

// sight is a spelling as it is looked for in a line: jansson, with which ulogd
// writes JSON, puts `, "name": ` behind a member. Keys come in one order line
// after line, so that nearly always three comparisons of eight bytes tell a key
// and all between two values.
type sight struct {
	words [3]uint64 // of the lead: its first eight bytes, the next, the last
	size  int       // of the lead, 0 if it is no longer looked for in this way
	spelling
}

// sights are those of spellings.
var sights = func() (all [len(spellings) + 2]sight) {
	for i := range spellings {
		lead := []byte(leads[i])
		n := len(lead)
		if all[i].spelling = spellings[i]; n < 8 || n > 24 {
			continue
		}
		all[i].size = n
		for w, at := range []int{0, min(8, n-8), n - 8} {
			all[i].words[w] = binary.LittleEndian.Uint64(lead[at:])
		}
	}
	return all
}()

// usual is read for an object as ulogd writes it: one blank behind each comma
// and colon and no other, known keys, plain strings, and integers where integers
// belong. It is false for all else, right or wrong: that is for read to tell.
// FuzzUsual holds both to the same record.
func (r *record) usual(line []byte, s *speller) bool {
	r.given, r.classes, r.bad, s.last = keySet{}, 0, unknown, start
	if len(line) < 2 || line[0] != '{' {
		return false
	}
	pos, ok := s.named(line, 1)
	for ok {
		at := &sights[s.last]
		r.classes |= at.class
		if pos, ok = r.take(&at.spelling, line, pos); !ok || pos >= len(line) {
			return false
		}
		if line[pos] != ',' {
			return line[pos] == '}' && pos+1 == len(line)
		}
		if next := s.next[s.last]; sights[next].leads(line, pos) {
			s.last = next
			pos += sights[next].size
			continue
		}
		if pos+2 >= len(line) || line[pos+1] != ' ' {
			return false
		}
		pos, ok = s.named(line, pos+2)
	}
	return false
}

// leads reports whether the spelling's lead stands at pos.
func (a *sight) leads(line []byte, pos int) bool {
	if a.size == 0 || len(line)-pos < 24 {
		return false
	}
	b := line[pos : pos+24]
	return binary.LittleEndian.Uint64(b) == a.words[0] &&
		binary.LittleEndian.Uint64(b[min(8, a.size-8):]) == a.words[1] &&
		binary.LittleEndian.Uint64(b[a.size-8:]) == a.words[2]
}

// named looks a key up, `"name": ` at pos, and says where its value begins.
func (s *speller) named(line []byte, pos int) (value int, ok bool) {
	if line[pos] != '"' {
		return 0, false
	}
	end := pos + 1 + lex.PlainJSON(line[pos+1:])
	if end+3 >= len(line) || string(line[end:end+3]) != `": ` {
		return 0, false
	}
	return end + 3, s.find(line[pos+1:end], false) != unknown
}

// take takes over the value at pos and says where it ends.
func (r *record) take(sp *spelling, line []byte, pos int) (end int, ok bool) {
	if line[pos] == '"' {
		return r.takeText(sp.key, line, pos+1)
	}
	n, size := digits(line[pos:])
	if size == 0 || n > sp.max && sp.key != kIgnored || sp.key >= numbers {
		return 0, false
	}
	if sp.key != kIgnored {
		r.num[sp.key] = n
		r.given.add(sp.key)
	}
	return pos + size, true
}

// takeText takes the string that begins at pos. Empty names are none.
func (r *record) takeText(k key, line []byte, pos int) (end int, ok bool) {
	end = pos + lex.PlainJSON(line[pos:])
	if end >= len(line) || line[end] != '"' || k < numbers && k != kIgnored {
		return 0, false
	}
	if k != kIgnored {
		r.given.drop(k)
		if end > pos || k == kPrefix {
			r.text[k-numbers] = line[pos:end]
			r.given.add(k)
		}
	}
	return end + 1, true
}

// digits reads an integer of up to 16 digits, without a sign and without zeros in
// front; size is 0 for what is none, or may be more.
func digits(b []byte) (n uint64, size int) {
	if len(b) < 17 {
		return fewDigits(b)
	}
	if b[1]-'0' > 9 && b[0]-'0' <= 9 { // most have one digit
		return uint64(b[0] - '0'), 1
	}
	v, size := lex.Decimal(binary.LittleEndian.Uint64(b))
	n = uint64(v)
	if size == 8 {
		if more, k := lex.Decimal(binary.LittleEndian.Uint64(b[8:])); k > 0 { // more means nothing otherwise
			n, size = n*tens[k&15]+uint64(more), 8+k
		}
	}
	if size == 16 && b[16]-'0' <= 9 || size > 1 && b[0] == '0' {
		return 0, 0
	}
	return n, size
}

// tens are the powers of ten.
var tens = [16]uint64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// fewDigits is digits at a line's end.
func fewDigits(b []byte) (n uint64, size int) {
	for size < len(b) && b[size]-'0' <= 9 {
		n = n*10 + uint64(b[size]-'0')
		size++
	}
	if size > 1 && b[0] == '0' {
		return 0, 0
	}
	return n, size
}
