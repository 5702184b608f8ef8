package analyze

import (
	"sync"

	"fwreport/report"
)

// Gatherer makes a module's section out of the States of several Sets, no two of
// which have a source address in common: what does not fit into memory at once is
// looked at part by part. What is counted by source is then complete in one part,
// and what is counted otherwise (distinct sources as well) adds up.
type Gatherer interface {
	// Take looks at the State of one part, which is env's, and keeps nothing of it
	// but what it adds up, and tables that went through env.Keep.
	Take(env *Env, s State)
	// Section makes the section of all parts. env is that of the last one.
	Section(env *Env) *report.Section
}

// Surveyor is a Gatherer that must have looked at all parts, one after the other,
// before it takes the first: what it decides on follows from all of them.
type Surveyor interface {
	Survey(env *Env, s State)
}

// Gather is the Result of a State whose module has a Gatherer.
func Gather(env *Env, m *Analyzer, s State) *report.Section {
	g := m.Gather()
	if v, ok := g.(Surveyor); ok {
		v.Survey(env, s)
	}
	g.Take(env, s)
	return g.Section(env)
}

// Parts makes the sections out of Sets that come one after the other.
type Parts struct {
	modules  []*Analyzer
	gather   []Gatherer // nil for modules whose State is in the first part as a whole
	sections []*report.Section
}

// NewParts makes the sections of the modules, in their order.
func NewParts(modules []*Analyzer) *Parts {
	p := &Parts{modules: modules, gather: make([]Gatherer, len(modules)), sections: make([]*report.Section, len(modules))}
	for i, m := range modules {
		if m.Gather != nil {
			p.gather[i] = m.Gather()
		}
	}
	return p
}

// Survey looks at one part for the Gatherers that need to have seen all of them
// before Take.
func (p *Parts) Survey(set *Set, env *Env) {
	env.look(set)
	for i, m := range p.modules {
		if v, ok := p.gather[i].(Surveyor); ok {
			v.Survey(env, env.State(m))
		}
	}
}

// Take looks at one part. The first one has all that is not counted by source.
// Modules are looked at side by side, unless their tables have to be kept.
func (p *Parts) Take(set *Set, env *Env, first bool) {
	env.look(set)
	var all sync.WaitGroup
	for i := range p.modules {
		if env.KeepTable == nil {
			all.Go(func() { p.take(i, env, first) })
		} else {
			p.take(i, env, first)
		}
	}
	all.Wait()
}

// take looks at one module's part.
func (p *Parts) take(i int, env *Env, first bool) {
	s := env.State(p.modules[i])
	if g := p.gather[i]; g != nil {
		g.Take(env, s)
		return
	}
	if !first {
		return
	}
	sec := s.Result(env)
	if sec != nil {
		for t := range sec.Tables {
			sec.Tables[t] = env.keep(sec.Tables[t], true)
		}
	}
	p.sections[i] = sec
}

// Sections makes the sections of all parts.
func (p *Parts) Sections(env *Env) (all []report.Section) {
	for i, m := range p.modules {
		if p.gather[i] != nil {
			p.sections[i] = p.gather[i].Section(env)
		}
		if sec := p.sections[i]; sec != nil {
			sec.ID, sec.Title, sec.Doc = m.Name, m.Title, m.Doc
			all = append(all, *sec)
		}
	}
	return all
}
