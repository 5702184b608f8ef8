package inflate

import "fmt"

// header reads what a block begins with.
func (r *Reader) header() error {
	head, err := r.take(3)
	if err != nil {
		return err
	}
	r.final = head&1 != 0
	switch head >> 1 {
	case 0:
		return r.storedHeader()
	case 1:
		r.fixed()
	case 2:
		if err := r.dynamic(); err != nil {
			return err
		}
	default:
		return r.corrupt()
	}
	r.step = inCodes
	return nil
}

// storedHeader reads a stored block's length.
func (r *Reader) storedHeader() error {
	r.use(r.nb & 7)
	n, err := r.take(16)
	if err != nil {
		return err
	}
	inverse, err := r.take(16)
	if err != nil {
		return err
	}
	if n != inverse^0xffff {
		return r.corrupt()
	}
	r.unread()
	r.step, r.stored = inStored, int(n)
	return nil
}

// fixed makes the tables of RFC 1951, section 3.2.6.
func (r *Reader) fixed() {
	sizes := r.lengths[:maxLit]
	for i := range sizes {
		switch {
		case i < 144:
			sizes[i] = 8
		case i < 256:
			sizes[i] = 9
		case i < 280:
			sizes[i] = 7
		default:
			sizes[i] = 8
		}
	}
	r.lit.build(sizes, litBits, litEntry)
	r.ahead = 7
	sizes = r.lengths[:maxDist]
	for i := range sizes {
		sizes[i] = 5
	}
	r.dist.build(sizes, distBits, distEntry)
}

// order is the one in which the sizes of the sizes' codes are written.
var order = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamic reads the tables of RFC 1951, section 3.2.7.
func (r *Reader) dynamic() error {
	counts, err := r.take(14)
	if err != nil {
		return err
	}
	lits, dists, codes := int(counts&31)+257, int(counts>>5&31)+1, int(counts>>10)+4
	if lits > 286 || dists > 30 {
		return r.corrupt()
	}
	var sizes [19]uint8
	for _, i := range order[:codes] {
		n, err := r.take(3)
		if err != nil {
			return err
		}
		sizes[i] = uint8(n)
	}
	if !r.lit.build(sizes[:], litBits, func(s int) uint32 { return uint32(s) << 16 }) {
		return r.corrupt()
	}
	if err := r.sizes(r.lengths[:lits+dists]); err != nil {
		return err
	}
	end := uint(r.lengths[endOfBlock])
	if !r.lit.build(r.lengths[:lits], litBits, litEntry) || !r.dist.build(r.lengths[lits:lits+dists], distBits, distEntry) {
		return r.corrupt()
	}
	r.ahead = max(r.lit.shortest, end)
	return nil
}

// sizes reads the sizes of the codes of literals, lengths and distances.
func (r *Reader) sizes(list []uint8) error {
	for i := 0; i < len(list); {
		e, err := r.lookUp(&r.lit, litBits, r.lit.shortest)
		if err != nil {
			return err
		}
		code := e >> 16
		if code < 16 {
			list[i] = uint8(code)
			i++
			continue
		}
		n, value, err := r.run(code, list[:i])
		if err != nil {
			return err
		}
		if n > len(list)-i {
			return r.corrupt()
		}
		for range n {
			list[i] = value
			i++
		}
	}
	return nil
}

// run is how often which size is repeated.
func (r *Reader) run(code uint32, before []uint8) (n int, value uint8, err error) {
	least, extra := 3, uint(2)
	switch code {
	case 16:
		if len(before) == 0 {
			return 0, 0, r.corrupt()
		}
		value = before[len(before)-1]
	case 17:
		extra = 3
	case 18:
		least, extra = 11, 7
	default:
		return 0, 0, fmt.Errorf("inflate: code %d of sizes", code)
	}
	more, err := r.take(extra)
	return least + int(more), value, err
}

const endOfBlock = 256

// litEntry is the entry of a literal or length (RFC 1951, section 3.2.5).
func litEntry(symbol int) uint32 {
	switch {
	case symbol < endOfBlock:
		return literal | uint32(symbol)<<16
	case symbol == endOfBlock:
		return special
	case symbol < 265:
		return uint32(symbol-257+3) << 16
	case symbol < 285:
		extra := uint32(symbol-261) / 4
		return (3+(4+uint32(symbol-261)%4)<<extra)<<16 | extra
	case symbol == 285:
		return 258 << 16
	}
	return invalid
}

// distEntry is the entry of a distance.
func distEntry(symbol int) uint32 {
	switch {
	case symbol < 4:
		return uint32(symbol+1) << 16
	case symbol < 30:
		extra := uint32(symbol-2) / 2
		return (1+(2+uint32(symbol)%2)<<extra)<<16 | extra
	}
	return invalid
}
