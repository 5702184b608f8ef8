package count

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a large page of x86 and arm64; where it is another, the
// kernel takes what fits.
const hugePage = 2 << 20

// huge makes a slice of n zero values, T without pointers, and asks the kernel for
// large pages under it (madvise(2), MADV_HUGEPAGE) if it is one or more of them.
// What is counted is looked up anywhere in tables of many megabytes: with pages of
// 4 KiB each look-up waits for the page's address first, in a virtual machine twice.
// That took a third of all time with millions of sources. Where the kernel does not
// want to, nothing is lost.
func huge[T any](n int) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	if n*size < hugePage {
		return make([]T, n)
	}
	s := make([]T, n+hugePage/size)
	if at := int(uintptr(unsafe.Pointer(&s[0])) % hugePage); at != 0 {
		s = s[(hugePage-at)/size:]
	}
	s = s[:n:n]
	b := unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), n*size)
	b = b[-uintptr(unsafe.Pointer(&b[0]))%uintptr(unix.Getpagesize()):] // an odd size of T
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE)                             // a hint
	return s
}
