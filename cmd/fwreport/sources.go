package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/report"
)

const sourcesHelp = `List what a report of these paths would read, and as what: format, compression, size,
host, first and last firewall record, where years and zone of stamps without them would
come from; and what would be passed over, and why. Only the beginnings of files are read,
and the ends of plain logs: a dash says that something would have to be read for.`

// sourcesCommand is fwreport sources.
func sourcesCommand(ui *ui, logs string, configs configPlaces) *cobra.Command {
	f := flags{places: configs}
	format := "text"
	cmd := &cobra.Command{
		Use:   "sources [flags] [PATH...]",
		Short: "List what would be read, and as what",
		Long:  sourcesHelp,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSources(cmd, ui, &f, format, logs, args)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.Var(oneOf{&format, []string{"text", "json"}, "NAME"}, "format", "text or json")
	f.registerTZ(fs)
	f.registerYear(fs)
	f.registerConfig(fs)
	registerQuiet(fs, ui)
	return cmd
}

func runSources(cmd *cobra.Command, ui *ui, f *flags, format, logs string, args []string) error {
	if err := f.configure(cmd.Flags(), ui, decodingFlags...); err != nil {
		return err
	}
	paths, err := inputPaths(ui, logs, args)
	if err != nil {
		return err
	}
	tz, err := f.inputZone()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	inputs, err := reader.Open(ctx, paths, reader.OpenOptions{
		Formats: formats, Stdin: &breakable{ctx: ctx, from: cmd.InOrStdin()}, Now: time.Now(), Year: f.year, Zone: tz,
		Rules: f.config.pathRules(), ZoneFrom: f.zoneFrom(), ZoneGiven: f.tz != "",
	})
	if err != nil {
		return err
	}
	p := prober{
		ctx: ctx, passed: map[*reader.Input]glance{},
		opt: reader.Options{Symbols: event.NewSymbols(), Zone: tz, Actions: action.NewTable(action.Options{})},
	}
	list := make([]source, len(inputs))
	for i, in := range inputs {
		if list[i], err = p.probe(in); err != nil {
			return err
		}
	}
	if format == "json" {
		return onStdout(sourcesJSON(cmd.OutOrStdout(), list))
	}
	return onStdout(sourcesText(cmd.OutOrStdout(), list, tz))
}

// source is what is known of an input from its ends. Absent is null or "".
type source struct {
	Path        string     `json:"path"`
	Family      string     `json:"family,omitempty"`
	Format      string     `json:"format,omitempty"`
	Compression string     `json:"compression,omitempty"`
	Size        *int64     `json:"size"`
	Host        string     `json:"host,omitempty"`
	First       *time.Time `json:"first"`
	Last        *time.Time `json:"last"`
	YearFrom    string     `json:"year_from,omitempty"`
	ZoneFrom    string     `json:"zone_from,omitempty"`
	Notes       []string   `json:"notes,omitempty"`
	Skipped     string     `json:"skipped,omitempty"`
	Incomplete  bool       `json:"incomplete,omitempty"`
}

// prober looks at the ends of inputs.
type prober struct {
	ctx    context.Context
	opt    reader.Options
	passed map[*reader.Input]glance
}

// probe looks at one input.
func (p *prober) probe(in *reader.Input) (source, error) {
	s := source{
		Path: in.Path, Family: in.Facts.Family, Format: in.Facts.Format, Compression: in.Facts.Compression,
		Skipped: in.Facts.Skipped,
	}
	if in.Facts.Size >= 0 {
		size := in.Facts.Size
		s.Size = &size
	}
	if in.Format != nil {
		whole, err := p.head(&s, in)
		if err != nil {
			return s, err
		}
		if !whole {
			p.tail(&s, in)
		}
	}
	s.Notes, s.Incomplete = append(s.Notes, in.Facts.Notes...), in.Facts.Incomplete
	return s, p.ctx.Err()
}

// glance is what the first chunk of an input tells. whole says that it is all.
type glance struct {
	yearless, zoneless, whole bool
	host                      string
	first, last               int64
}

// head takes over what the beginning of in tells. whole tells whether that is
// all of it.
func (p *prober) head(s *source, in *reader.Input) (whole bool, err error) {
	g, err := p.glance(in)
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", in.Path, err)
	}
	if g.yearless {
		s.YearFrom = yearWords(in)
	}
	if g.zoneless {
		s.ZoneFrom = in.ZoneFrom
		s.Notes = append(s.Notes, in.ZoneNotes...)
	}
	s.Host, s.First = g.host, instant(g.first)
	if g.whole {
		s.Last = instant(g.last)
	}
	return g.whole, nil
}

// glance parses the first chunk of in. Members of an archive that pass by only
// together are all looked at when the first of them is asked for.
func (p *prober) glance(in *reader.Input) (glance, error) {
	if g, met := p.passed[in]; met {
		return g, nil
	}
	nothing := glance{first: event.NoTime, last: event.NoTime, whole: true}
	carrier := in.Carrier()
	if _, done := p.passed[carrier]; done {
		return nothing, nil // it has no records
	}
	p.passed[carrier], p.passed[in] = nothing, nothing
	err := carrier.Chunks(nil, func(c *reader.Chunk) error {
		defer c.Release()
		switch g := p.passed[c.Input]; {
		case p.ctx.Err() != nil:
			return errEnough
		case c.Seq == 0:
			p.passed[c.Input] = p.parse(c)
		case carrier == in:
			g.whole = false
			p.passed[in] = g
			return errEnough
		default:
			g.whole = false
			p.passed[c.Input] = g
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return p.passed[in], err
}

// parse looks at a chunk that is the first of its input, and so far all of it.
func (p *prober) parse(c *reader.Chunk) glance {
	var b reader.Batch
	if !c.Oversize {
		c.Input.Format.NewParser(&p.opt).Parse(&b, c)
	}
	g := glance{yearless: b.YearInferred, zoneless: b.TZAssumed, whole: true}
	g.first, g.last = spanOf(b.Events)
	if len(b.Events) > 0 {
		g.host = p.opt.Symbols.Name(b.Events[0].Host)
	}
	return g
}

// yearWords says where the years of in come from. The reference holds a day of
// grace, which is not part of what was found.
func yearWords(in *reader.Input) string {
	if in.YearRef == event.NoTime {
		return in.YearSource()
	}
	ref := time.Unix(0, in.YearRef).UTC().AddDate(0, 0, -1)
	return fmt.Sprintf("%s (%s)", in.YearSource(), ref.Format(time.DateOnly))
}

// tailSize is how much of a log's end is parsed for its last record.
const tailSize = 64 << 10

// tail parses the last lines of a plain log. Whatever is in the way leaves the
// last record unknown: the report will say what.
func (p *prober) tail(s *source, in *reader.Input) {
	if in.Facts.Compression != "" || in.Format.Records != nil || in.Path == "-" {
		return
	}
	data, err := lastLines(in.Path)
	if err != nil || len(data) == 0 {
		return
	}
	var b reader.Batch
	c := reader.Chunk{Input: in, Data: data, First: 1, Records: uint64(bytes.Count(data, []byte("\n")))}
	if data[len(data)-1] != '\n' {
		c.Records++
	}
	in.Format.NewParser(&p.opt).Parse(&b, &c)
	_, last := spanOf(b.Events)
	s.Last = instant(last)
}

// lastLines are the whole lines at the end of a file.
func lastLines(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Seek(-tailSize, io.SeekEnd); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, tailSize))
	_, lines, _ := bytes.Cut(data, []byte("\n"))
	return lines, err
}

func spanOf(events []event.Event) (first, last int64) {
	first, last = event.NoTime, event.NoTime
	for i := range events {
		t := events[i].Time
		if t == event.NoTime {
			continue
		}
		if first == event.NoTime || t < first {
			first = t
		}
		last = max(last, t)
	}
	return first, last
}

func instant(ns int64) *time.Time {
	if ns == event.NoTime {
		return nil
	}
	t := time.Unix(0, ns).UTC()
	return &t
}

// sourcesJSON writes the list as JSON.
func sourcesJSON(w io.Writer, list []source) error {
	for i := range list {
		s := &list[i]
		for _, text := range []*string{&s.Path, &s.Family, &s.Host} {
			if !utf8.ValidString(*text) {
				*text = report.Visible(*text)
			}
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

// sourcesText writes what is read as a table, then what is not, with reasons.
func sourcesText(w io.Writer, list []source, tz *time.Location) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	read, skipped := 0, 0
	for i := range list {
		s := &list[i]
		if s.Skipped != "" {
			skipped++
			continue
		}
		if read++; read == 1 {
			fmt.Fprintln(t, "Path\tFormat\tSize\tHost\tFirst\tLast\tYear from\tZone from\tFamily")
		}
		fmt.Fprintln(t, strings.Join(s.cells(tz), "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return sourcesRest(w, list, read, skipped)
}

// cells are the columns of an input in the table.
func (s *source) cells(tz *time.Location) []string {
	format, size := s.Format, "-"
	if s.Compression != "" {
		format += ", " + s.Compression
	}
	if s.Size != nil {
		size = report.Group(uint64(*s.Size))
	}
	cells := []string{s.Path, format, size, s.Host, stampCell(s.First, tz), stampCell(s.Last, tz), s.YearFrom, s.ZoneFrom, filepath.Base(s.Family)}
	for i, c := range cells {
		if c == "" {
			c = "-"
		}
		cells[i] = report.Visible(c)
	}
	return cells
}

func stampCell(t *time.Time, tz *time.Location) string {
	if t == nil {
		return ""
	}
	return t.In(tz).Format(time.DateTime)
}

// sourcesRest writes notes, what is passed over, and the sum.
func sourcesRest(w io.Writer, list []source, read, skipped int) error {
	var b strings.Builder
	for i := range list {
		for _, n := range list[i].Notes {
			fmt.Fprintf(&b, "%s: %s\n", report.Visible(list[i].Path), report.Visible(n))
		}
	}
	if skipped > 0 {
		b.WriteString("\nPassed over:\n")
	}
	for i := range list {
		s := &list[i]
		if s.Skipped == "" {
			continue
		}
		mark := ""
		if s.Incomplete {
			mark = " (may be evidence)"
		}
		fmt.Fprintf(&b, "%s: %s%s\n", report.Visible(s.Path), report.Visible(s.Skipped), mark)
	}
	fmt.Fprintf(&b, "\n%s read, %d passed over\n", plural(read, "input"), skipped)
	_, err := io.WriteString(w, b.String())
	return err
}
