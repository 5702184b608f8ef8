//go:build amd64 || arm64

package count

import "unsafe"

// fetch asks for n lines of memory.
//
//go:noescape
func fetch(lines *[Several]unsafe.Pointer, n int)
