package count

import "testing"

// TestHuge: slices below, at and above a large page are empty, of the length asked
// for, and all of them can be written to, whatever the size of their values.
func TestHuge(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 2<<20 - 1, 2 << 20, 5 << 20} {
		checkHuge(t, huge[byte](n), n, 7)
		checkHuge(t, huge[uint64](n/8), n/8, 7)
		checkHuge(t, huge[[72]byte](n/72), n/72, [72]byte{71: 7})
	}
}

func checkHuge[T comparable](t *testing.T, s []T, n int, full T) {
	t.Helper()
	if len(s) != n || cap(s) != n {
		t.Fatalf("%d values of %d, want %d", len(s), cap(s), n)
	}
	var zero T
	for i := range s {
		if s[i] != zero {
			t.Fatalf("value %d of %d is not zero", i, n)
		}
		s[i] = full
	}
}
