package duplicates

// Share names the copies that an input of a family has of records that another
// family, read before it, holds too. Of a record of which the input has several
// copies so many are meant as make the family's number reach the other's.
//
// Where inputs of one family are each begun (Begin) when the one before is done,
// what they share does not depend on chance. Otherwise, of a record that stands in
// two inputs, either may get the share; the sum of a family does not depend on it.
type Share struct {
	Input         uint32
	Family, Other int
}

// A share is written into eight bytes: 20 bits of an input ([event.MaxInputs]),
// and two families, of which there are no more than inputs.
const (
	familyBits = 22
	familyMask = 1<<familyBits - 1
)

func share(input, family, other uint32) uint64 {
	return uint64(input)<<(2*familyBits) | uint64(family)<<familyBits | uint64(other)
}

func shareOf(k uint64) Share {
	return Share{Input: uint32(k >> (2 * familyBits)), Family: int(k >> familyBits & familyMask), Other: int(k & familyMask)}
}

// Shares tells how many copies inputs have in common with other families. No
// worker may be in Sift.
func (f *Finder) Shares() map[Share]uint64 {
	all := map[Share]uint64{}
	for i := range f.shards {
		for k, n := range f.shards[i].shares {
			all[shareOf(k)] += n
		}
	}
	return all
}

// Shared is how many records two families have in common.
func (f *Finder) Shared(a, b int) (n uint64) {
	for s, m := range f.Shares() {
		if s.Family == a && s.Other == b || s.Family == b && s.Other == a {
			n += m
		}
	}
	return n
}

// Looked tells how many records of each input were looked at.
func (f *Finder) Looked() map[uint32]uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[uint32]uint64{}
	for m, n := range f.records {
		all[m.input] += n
	}
	return all
}

// Records is how many records of a family were looked at.
func (f *Finder) Records(family int) (n uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for m, k := range f.records {
		if m.family == uint32(family) {
			n += k
		}
	}
	return n
}
