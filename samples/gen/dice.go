package main

import "time"

// dice is a generator of numbers that are the same for ever: SplitMix64 (Steele,
// Lea, Flood 2014). The standard library may change what its generators draw.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n is a number from 0 to max-1. The bias of the remainder does not matter here.
func (d *dice) n(max int) int { return int(d.next() % uint64(max)) }

// between is a number from low to high, both included.
func (d *dice) between(low, high int) int { return low + d.n(high-low+1) }

// port is a source port as most systems choose it.
func (d *dice) port() uint16 { return uint16(d.between(32768, 60999)) }

// moment is a time from from to to, to the microsecond.
func (d *dice) moment(from, to time.Time) time.Time {
	return from.Add(time.Duration(d.n(int(to.Sub(from)/time.Microsecond))) * time.Microsecond)
}

// pick takes one of a list.
func pick[T any](d *dice, list []T) T { return list[d.n(len(list))] }
