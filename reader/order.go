package reader

import (
	"cmp"

	"fwreport/reader/evidence"
)

// FactsByAge orders the facts of inputs as Open orders inputs: by family, the
// oldest file of a rotation first, then by path. With it the inputs of several
// runs get the numbers that they would have had in one.
func FactsByAge(a, b *evidence.Input) int {
	if c := cmp.Compare(a.Family, b.Family); c != 0 {
		return c
	}
	ra, rb := rotationOf(a.Path), rotationOf(b.Path)
	switch {
	case ra.older(rb):
		return -1
	case rb.older(ra):
		return 1
	}
	return cmp.Compare(a.Path, b.Path)
}
