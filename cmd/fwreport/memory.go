package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// sizeValue is a number of bytes: 1GiB, 512MiB, 2G, 1500000000. K, M and G are
// powers of 1024, as memory is counted; with a B alone (GB), of 1000.
type sizeValue struct{ n *int64 }

var sizeUnits = []struct {
	name string
	n    float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", 1 << 40}, {"b", 1}, {"", 1},
}

// leastMemory is below what one chunk of each worker, names and the embedded
// data take.
const leastMemory = 64 << 20

func (v sizeValue) Set(s string) error {
	text := strings.ToLower(strings.TrimSpace(s))
	for _, u := range sizeUnits {
		number, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if f *= u.n; err != nil || math.IsNaN(f) || f < 0 || f > 1<<60 {
			break
		}
		if f < leastMemory {
			return fmt.Errorf("%s is too little: give at least %d MiB", s, leastMemory>>20)
		}
		*v.n = int64(f)
		return nil
	}
	return fmt.Errorf("%q is no size such as 1GiB, 512MiB or 2G", s)
}
func (v sizeValue) Type() string { return "SIZE" }
func (v sizeValue) String() string {
	if v.n == nil || *v.n == 0 {
		return ""
	}
	if *v.n%(1<<20) == 0 {
		return strconv.FormatInt(*v.n>>20, 10) + "MiB"
	}
	return strconv.FormatInt(*v.n, 10)
}

// memory is --memory, else a quarter of the machine's.
func (f *flags) memoryLimit() int64 {
	if f.memory > 0 {
		return f.memory
	}
	return max(machineMemory()/4, 256<<20)
}

// quietMemory is how much memory may be in use before garbage is looked for at all.
// Most runs end before; those that go on lose nothing.
const quietMemory = 64 << 20

// collectLate keeps the garbage collector off until quietMemory is in use, and has
// it work as usual from then on, harder where the limit is near. The environment's
// own wish (GOGC, GOMEMLIMIT) is respected.
func collectLate(limit int64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	usual := debug.SetGCPercent(-1)
	if usual < 0 { // it is off from an earlier call
		usual = 100
	}
	debug.SetMemoryLimit(min(quietMemory, limit))
	first := &struct{ *int }{} // is garbage; when it is found, the collector has begun
	runtime.AddCleanup(first, func(limit int64) {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(usual)
	}, limit)
}
