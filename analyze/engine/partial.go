package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"fwreport/analyze"
	"fwreport/analyze/codec"
	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// Partial is a Result that can be kept in a file and put together with others:
// of other hosts, of other days. What is found by comparing records of several
// inputs (copies in several log families, packets that a log and a capture have
// in common) is known only within the inputs of one run.
type Partial struct {
	Program  string   // name and version; partial results of another one are refused
	Commands []string // the command lines that it was made by

	// Options is everything given by the user that the counts depend on, one
	// option a line, in a fixed order. Only results of equal options go together.
	Options string

	// Window is what was asked for. Results of several days go together: theirs is
	// from the first to the last.
	Window report.Window

	Packets []bool // by input: whether its records are packets
	Result
}

// Source is a stream with a partial result. Name is its name in errors.
type Source struct {
	Name string
	io.Reader
}

// The sections of a partial result before those of its Set.
const (
	headSection     = "partial"
	manifestSection = "manifest"
)

// SavePartial writes p. The error is that of w.
func SavePartial(w io.Writer, p *Partial) error {
	if len(p.Packets) != len(p.Manifest.Inputs) {
		return fmt.Errorf("a partial result of %d inputs tells of %d whether they are packets", len(p.Manifest.Inputs), len(p.Packets))
	}
	if p.shelf != nil {
		return errors.New("the counters did not fit into memory: a partial result needs more of it (--memory)")
	}
	c := codec.NewWriter(w, p.Set.Symbols())
	c.Section(headSection)
	c.Text(p.Program)
	c.Text(p.Options)
	saveTexts(c, p.Commands)
	c.Time(p.Window.Since)
	c.Time(p.Window.Until)
	c.Time(p.Span.First)
	c.Time(p.Span.Last)
	c.Uvarint(p.Assumed)
	c.Section(manifestSection)
	saveManifest(c, &p.Manifest)
	for _, packets := range p.Packets {
		c.Bool(packets)
	}
	p.Set.Save(c)
	return c.Close()
}

// LoadPartials puts the partial results of sources together. Their inputs become
// one list in the order in which one run would have had them, whatever the order
// of the sources; symbols takes their names.
//
// It is an error, which names the sources, if one is damaged, of another program
// than program or of other modules, if two have different options, or if two hold
// the same input: its records would count twice.
func LoadPartials(sources []Source, program string, modules []*analyze.Analyzer, symbols *event.Symbols) (*Partial, error) {
	if len(sources) == 0 {
		return nil, errors.New("no partial result")
	}
	heads := make([]head, len(sources))
	for i, src := range sources {
		if err := heads[i].read(src, symbols); err != nil {
			return nil, fmt.Errorf("%s: %w", src.Name, err)
		}
	}
	if err := belong(heads, program); err != nil {
		return nil, err
	}
	p := &Partial{Program: program, Options: heads[0].Options}
	if err := p.number(heads); err != nil {
		return nil, err
	}
	for i := range heads {
		set, err := analyze.LoadSet(heads[i].stream, modules, symbols)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", heads[i].name, err)
		}
		if p.Set == nil {
			p.Set = set
			continue
		}
		p.Set.Merge(set)
	}
	p.sum(heads)
	return p, nil
}

// head is what stands in a partial result before the Set, and the stream that
// stands before that.
type head struct {
	name   string
	stream *codec.Reader
	Partial
}

// mostText is the length to which texts are believed. Paths are short and the
// beginnings of records 200 bytes; an action map may be long.
const mostText = 64 << 20

func (h *head) read(src Source, symbols *event.Symbols) error {
	r, err := codec.NewReader(src, symbols)
	if err != nil {
		return err
	}
	h.name, h.stream = src.Name, r
	if err := expect(r, headSection); err != nil {
		return err
	}
	h.Program, h.Options = r.Text(mostText), r.Text(mostText)
	h.Commands = loadTexts(r)
	h.Window = report.Window{Since: r.Time(), Until: r.Time()}
	h.Span = report.Span{First: r.Time(), Last: r.Time()}
	h.Assumed = r.Uvarint()
	if err := expect(r, manifestSection); err != nil {
		return err
	}
	loadManifest(r, &h.Manifest)
	for range h.Manifest.Inputs {
		h.Packets = append(h.Packets, r.Bool())
	}
	return r.Err()
}

func expect(r *codec.Reader, section string) error {
	name, _ := r.Section()
	if r.Err() == nil && name != section {
		return fmt.Errorf("section %q where %q should be", name, section)
	}
	return r.Err()
}

// belong checks that the partial results may be put together.
func belong(heads []head, program string) error {
	for i := range heads {
		h := &heads[i]
		if h.Program != program {
			return fmt.Errorf("%s was written by %s: %s reads its own partial results only", h.name, clean(h.Program), clean(program))
		}
		if first := &heads[0]; h.Options != first.Options {
			a, b := difference(first.Options, h.Options)
			return fmt.Errorf("%s and %s were made with different options: %s, and %s", first.name, h.name, a, b)
		}
	}
	return nil
}

// difference is the first line that each of two texts has and the other has not.
func difference(a, b string) (onlyA, onlyB string) {
	return only(a, b), only(b, a)
}

func only(a, b string) string {
	others := strings.Split(b, "\n")
	for line := range strings.SplitSeq(a, "\n") {
		if !slices.Contains(others, line) && line != "" {
			return clean(line)
		}
	}
	return "nothing of that"
}

// clean is a text of a file as it may stand in a message.
func clean(s string) string { return fmt.Sprintf("%.200q", s) }

// placed is an input and where it comes from.
type placed struct {
	*evidence.Input
	source, index int
}

// number makes one list of the inputs and tells the streams their new numbers.
func (p *Partial) number(heads []head) error {
	var all []placed
	for i := range heads {
		inputs := heads[i].Manifest.Inputs
		for j := range inputs {
			all = append(all, placed{&inputs[j], i, j})
		}
	}
	if len(all) > event.MaxInputs {
		return fmt.Errorf("%d inputs are more than one report can number (%d)", len(all), event.MaxInputs)
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(reader.FactsByAge(a.Input, b.Input), cmp.Compare(a.SHA256, b.SHA256), cmp.Compare(a.Size, b.Size), cmp.Compare(a.MTime, b.MTime))
	})
	if err := distinct(all, heads); err != nil {
		return err
	}
	numbers := make([][]uint32, len(heads))
	for i := range heads {
		numbers[i] = make([]uint32, len(heads[i].Manifest.Inputs))
		heads[i].stream.SetInputs(numbers[i])
	}
	for n, in := range all {
		numbers[in.source][in.index] = uint32(n)
		p.Manifest.Inputs = append(p.Manifest.Inputs, *in.Input)
		p.Packets = append(p.Packets, heads[in.source].Packets[in.index])
		p.Manifest.Totals.Add(in.Records)
	}
	return nil
}

// distinct checks that no input with records is there twice. Inputs that are
// equal stand side by side, as they are sorted by path and hash. Of those whose
// hash is unknown, size and time must agree for that.
func distinct(all []placed, heads []head) error {
	for i := 1; i < len(all); i++ {
		a, b := &all[i-1], &all[i]
		if a.source == b.source || a.Path != b.Path || a.SHA256 != b.SHA256 || a.Records.Read == 0 ||
			a.SHA256 == "" && (a.Size != b.Size || a.MTime != b.MTime) {
			continue
		}
		return fmt.Errorf("%s and %s both hold the input %s: its records would count twice", heads[a.source].name, heads[b.source].name, clean(a.Path))
	}
	noteCopies(all, heads)
	return nil
}

// noteCopies notes inputs of one content under several paths: one run would have
// read the first of them only.
func noteCopies(all []placed, heads []head) {
	first := map[string]*placed{}
	for i := range all {
		in := &all[i]
		if in.SHA256 == "" || in.Records.Events == 0 {
			continue
		}
		have, met := first[in.SHA256]
		if !met {
			first[in.SHA256] = in
			continue
		}
		if have.source != in.source {
			in.Notes = append(slices.Clip(in.Notes), fmt.Sprintf("it has the same content as %s, of another partial result: its records count twice", have.Path))
		}
	}
}

// sum adds up what is known of the whole.
func (p *Partial) sum(heads []head) {
	p.Span = noSpan()
	p.Window = heads[0].Window
	for i := range heads {
		h := &heads[i]
		p.Commands = append(p.Commands, h.Commands...)
		p.Window.Since = earlier(p.Window.Since, h.Window.Since)
		p.Window.Until = later(p.Window.Until, h.Window.Until)
		p.Assumed += h.Assumed
		p.Span = spanning(p.Span, h.Span)
		p.Manifest.Overlaps = append(p.Manifest.Overlaps, h.Manifest.Overlaps...)
	}
	if len(heads) > 1 {
		slices.Sort(p.Commands)
		p.Manifest.Overlaps = summed(p.Manifest.Overlaps)
	}
}

// earlier is the earlier of two beginnings of a window, later the later of two
// ends; one that is open stays open.
func earlier(a, b int64) int64 { return min(a, b) } // NoTime is the least

func later(a, b int64) int64 {
	if a == event.NoTime || b == event.NoTime {
		return event.NoTime
	}
	return max(a, b)
}

// summed is the overlaps by families, in their order; those of the same families
// in several partial results are one.
func summed(all []evidence.Overlap) []evidence.Overlap {
	slices.SortFunc(all, func(a, b evidence.Overlap) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Families[0], b.Families[0]), strings.Compare(a.Families[1], b.Families[1]))
	})
	var out []evidence.Overlap
	for _, o := range all {
		if n := len(out); n > 0 && out[n-1].Kind == o.Kind && out[n-1].Families == o.Families {
			last := &out[n-1]
			last.Shared += o.Shared
			last.Records[0] += o.Records[0]
			last.Records[1] += o.Records[1]
			continue
		}
		out = append(out, o)
	}
	return out
}
