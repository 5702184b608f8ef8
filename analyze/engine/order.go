package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
)

// Order is the order in which the inputs that are compared with each other are
// read. What is counted of an input, and what it has in common with others, follows
// from its own records and from those of the inputs before it: a copy of a record
// counts if its family holds more of them, from its first file to this copy, than
// any family before it does (see package duplicates). Of the inputs before it only
// those matter whose time touches its own, for copies of one record carry
// neighbouring stamps.
type Order struct {
	*once
	inputs []*reader.Input
	at     []int // place in the order, by input; none: it is compared with none
}

// Reach is how far apart the times of inputs may lie that have records in common.
// Stamps of copies of one record are at most a minute apart; but which of three
// records are copies of each other, whose stamps lie a minute apart from one to the
// next and whose uptime is the same, is decided in their order, so a chain of them
// reaches further. One of an hour needs sixty records of one text and one uptime (and
// of packets that logs and captures tell of, one every two seconds).
const Reach = int64(time.Hour)

// Extent is the time of an input's firewall records, in Unix nanoseconds; First is
// event.NoTime if none of them has a time.
type Extent struct{ First, Last int64 }

// Anytime is the extent of an input of which nothing is known.
func Anytime() Extent { return Extent{event.NoTime + 1, math.MaxInt64} }

// touches reports whether records of two inputs may be copies.
func (e Extent) touches(o Extent) bool {
	return e.First != event.NoTime && o.First != event.NoTime && !e.endsBefore(o.First) && !o.endsBefore(e.First)
}

// endsBefore reports whether e ends more than Reach before a time.
func (e Extent) endsBefore(t int64) bool {
	return e.Last < math.MaxInt64-Reach && e.Last+Reach < t
}

// NewOrder finds the order. The inputs' Index must be their place in the list.
func NewOrder(inputs []*reader.Input, keepDuplicates bool) *Order {
	o := &Order{once: plan(inputs, keepDuplicates), inputs: inputs, at: slices.Repeat([]int{none}, len(inputs))}
	n := 0
	for _, p := range o.phases {
		for _, in := range p.inputs {
			if p.family != none {
				o.at[in.Index] = n
				n++
			}
		}
	}
	for i := range inputs { // members of archives that pass by in one stream
		if o.of[i] != none && o.at[i] == none {
			o.at[i] = n
			n++
		}
	}
	return o
}

// Before is what the counts of an input depend on.
type Before struct {
	Inputs   []int // those before it that may hold the same records, in their order
	families []int // of the input itself, then of these, in their order
	way      string
}

// Before tells what the counts of an input depend on. extent tells of the inputs'
// times; what is in doubt may be given too long.
func (o *Order) Before(i int, extent func(int) Extent) *Before {
	b := &Before{way: "by itself\n"}
	if o.at[i] == none {
		return b
	}
	b.way = fmt.Sprintf("records %t, packets %t, a log %t, captures first %t\n", o.dup != nil, o.cross != nil, o.of[i] < o.logs, o.capturesFirst())
	for j := range o.inputs {
		if o.Needs(i, j, extent) {
			b.Inputs = append(b.Inputs, j)
		}
	}
	slices.SortFunc(b.Inputs, func(x, y int) int { return o.at[x] - o.at[y] })
	b.families = []int{o.of[i]}
	for _, j := range b.Inputs {
		if !slices.Contains(b.families, o.of[j]) {
			b.families = append(b.families, o.of[j])
		}
	}
	var way strings.Builder
	for _, j := range b.Inputs {
		fmt.Fprintf(&way, "%d %t\n", slices.Index(b.families, o.of[j]), o.of[j] < o.logs)
	}
	b.way += way.String()
	return b
}

// Needs reports whether the counts of an input depend on another.
func (o *Order) Needs(i, other int, extent func(int) Extent) bool {
	return o.at[other] != none && o.at[other] < o.at[i] && extent(i).touches(extent(other))
}

// capturesFirst reports whether captures are read before logs.
func (o *once) capturesFirst() bool { return len(o.phases) > 0 && o.phases[0].family >= o.logs }

// Key is a text that is the same if and only if the counts of an input are: content
// names what each of the inputs before it contains.
func (b *Before) Key(content func(int) string) string {
	var s strings.Builder
	s.WriteString(b.way)
	for _, j := range b.Inputs {
		s.WriteString(content(j) + "\n")
	}
	return s.String()
}
