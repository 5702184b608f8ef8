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

// sourceOf names the source of a key.
func sourceOf(env *analyze.Env, key uint64) source {
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

// steps is the stripes or slots of one source, by their number.
type steps[V any] struct {
	source source
	list   []step[V]
}

type step[V any] struct {
	n int64 // of the stripe or slot
	v V
}

// bySource sorts a table's values by source and number; those of the inputs of
// one family are merged.
func bySource[V any](env *analyze.Env, t *count.Cached[V], merge func(into, from *V)) []steps[V] {
	at := map[source]int{}
	var all []steps[V]
	for i, k := range t.Keys {
		s := sourceOf(env, k.A)
		j, ok := at[s]
		if !ok {
			j = len(all)
			at[s] = j
			all = append(all, steps[V]{source: s})
		}
		all[j].list = append(all[j].list, step[V]{int64(k.B), t.Vals[i]})
	}
	for i := range all {
		all[i].sort(merge)
	}
	slices.SortFunc(all, func(a, b steps[V]) int { return compareSources(a.source, b.source) })
	return all
}

func (s *steps[V]) sort(merge func(into, from *V)) {
	slices.SortFunc(s.list, func(a, b step[V]) int { return cmp.Compare(a.n, b.n) })
	kept := s.list[:0]
	for i := range s.list {
		if n := len(kept); n > 0 && kept[n-1].n == s.list[i].n {
			merge(&kept[n-1].v, &s.list[i].v)
			continue
		}
		kept = append(kept, s.list[i])
	}
	s.list = kept
}
