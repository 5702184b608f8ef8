package integrity

import (
	"cmp"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/analyze/count"
	"fwreport/reader/event"
	"fwreport/report"
)

// source is who logged: a host, or the rotation family of records that name none.
type source struct{ host, family string }

// words is the source in a sentence.
func (s source) words() string {
	if s.host != "" {
		return report.Visible(s.host)
	}
	return "the host of " + report.Visible(s.family) + ", which its records do not name,"
}

// cells are the two key columns of a source.
func (s source) cells() (host, family report.Value) {
	return report.TextOf(s.host), report.TextOf(s.family)
}

func compareSources(a, b source) int {
	return cmp.Or(strings.Compare(a.host, b.host), strings.Compare(a.family, b.family))
}

// sources are all that logged, in order. Their place in it, their rank, stands for
// them while stripes, slots and rows are sorted: millions of them by number, and
// names only once.
type sources struct {
	names  []source // by rank
	hosts  []uint32 // ranks by name
	inputs []uint32 // ranks by input; the last is that of inputs that are not known
}

func newSources(env *analyze.Env, tables ...[]count.Words) *sources {
	s := &sources{hosts: make([]uint32, env.Symbols.Len()), inputs: make([]uint32, len(env.Inputs)+1)}
	var keys []uint64
	var rows []count.Row
	for _, t := range tables {
		for _, k := range t {
			if r := s.rank(k.A); *r == 0 {
				*r = 1 // it is known; its rank comes below
				host := s.name(env, k.A).host
				rows = append(rows, count.Row{Hi: eight(host), Lo: eight(host[min(8, len(host)):]), Index: uint32(len(keys))})
				keys = append(keys, k.A)
			}
		}
	}
	sortRows(rows, func(a, b uint32) int { return compareSources(s.name(env, keys[a]), s.name(env, keys[b])) })
	for i := range rows {
		key := keys[rows[i].Index]
		name := s.name(env, key)
		if n := len(s.names); n == 0 || s.names[n-1] != name {
			s.names = append(s.names, name)
		}
		*s.rank(key) = uint32(len(s.names) - 1)
	}
	return s
}

// rank is where the rank of a key's source is.
func (s *sources) rank(key uint64) *uint32 {
	if key&nameless == 0 {
		return &s.hosts[key]
	}
	return &s.inputs[min(key&^nameless, uint64(len(s.inputs)-1))]
}

// name names the source of a key.
func (s *sources) name(env *analyze.Env, key uint64) source {
	if key&nameless == 0 {
		return source{host: env.Symbols.Name(event.Sym(key))}
	}
	in := key &^ nameless
	if in >= uint64(len(env.Inputs)) {
		return source{}
	}
	if f := env.Inputs[in].Family; f != "" {
		return source{family: f}
	}
	return source{family: env.Inputs[in].Path}
}

// eight is the first eight bytes of a name, as a number that orders as they do.
func eight(name string) (n uint64) {
	for i := range min(8, len(name)) {
		n |= uint64(name[i]) << (56 - 8*i)
	}
	return n
}

// ordered turns numbers that may be negative into such that order alike.
func ordered(n int64) uint64 { return uint64(n) ^ 1<<63 }

// doubled is list with room for one more, twice as much at need: append alone
// would move a long list four times as often.
func doubled[T any](list []T) []T {
	if len(list) == cap(list) {
		return slices.Grow(list, max(len(list), 64))
	}
	return list
}

// sortRows sorts rows; compare decides between the indices of those that are the
// same in all numbers.
func sortRows(rows []count.Row, compare func(a, b uint32) int) {
	count.SortRows(rows)
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Lo == rows[0].Lo && rows[n].Hi == rows[0].Hi && rows[n].Count == rows[0].Count {
			n++
		}
		if n > 1 {
			slices.SortFunc(rows[:n], func(a, b count.Row) int { return compare(a.Index, b.Index) })
		}
		rows = rows[n:]
	}
}

// steps is the stripes or slots of all sources, of one, or of one run, in order of
// source and number. Only places in the table are sorted: copies of its values
// took twice the memory of the State.
type steps[V any] struct {
	rows  []count.Row // Hi is the source's rank, Lo the ordered number
	vals  []V
	merge func(into, from *V)

	merged *V // of next
}

func stepsOf[V any](t *count.Cached[V], s *sources, merge func(into, from *V)) steps[V] {
	rows := make([]count.Row, len(t.Keys))
	for i, k := range t.Keys {
		rows[i] = count.Row{Hi: uint64(*s.rank(k.A)), Lo: ordered(int64(k.B)), Index: uint32(i)}
	}
	count.SortRows(rows)
	return steps[V]{rows, t.Vals, merge, new(V)}
}

// source cuts off the steps of the first source.
func (s *steps[V]) source() (rank uint32, of steps[V]) {
	n := 1
	for n < len(s.rows) && s.rows[n].Hi == s.rows[0].Hi {
		n++
	}
	of = s.cut(n)
	return uint32(of.rows[0].Hi), of
}

// run cuts off the steps, of one source, that are less than so far from the one
// before.
func (s *steps[V]) run(apart uint64) steps[V] {
	n := 1
	for n < len(s.rows) && s.rows[n].Lo-s.rows[n-1].Lo < apart {
		n++
	}
	return s.cut(n)
}

func (s *steps[V]) cut(n int) steps[V] {
	of := *s
	of.rows, s.rows = s.rows[:n], s.rows[n:]
	return of
}

// next cuts off the first step; those of the inputs of one family are merged. The
// value is valid until the next one.
func (s *steps[V]) next() (n int64, v *V) {
	first := &s.rows[0]
	v = &s.vals[first.Index]
	i := 1
	for ; i < len(s.rows) && s.rows[i].Lo == first.Lo && s.rows[i].Hi == first.Hi; i++ {
		if i == 1 {
			*s.merged, v = *v, s.merged
		}
		s.merge(v, &s.vals[s.rows[i].Index])
	}
	s.rows = s.rows[i:]
	return int64(first.Lo ^ 1<<63), v
}
