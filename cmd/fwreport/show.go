package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/canonical"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/reader/pcap"
	"fwreport/report"
)

const showHelp = `Show the record behind an evidence link: FILE:LINE, or FILE#PACKET in a capture; the
file may be compressed. Below it stands what was understood of it, under the names that
the readers use, with the verdict and action as the report has them. To be decoded as in
a report, a record needs that report's --tz, --year, --assume and --action-map.`

// showCommand is fwreport show.
func showCommand(ui *ui, configs configPlaces) *cobra.Command {
	f := flags{places: configs}
	around := 0
	cmd := &cobra.Command{
		Use:   "show [flags] PLACE",
		Short: "Show the record behind an evidence link",
		Long:  showHelp,
		Example: `  fwreport show kern.log.3.gz:18233
  fwreport show -C 2 trace.pcap#57`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if around < 0 || around > maxAround {
				return usageError{fmt.Errorf("-C %d: give a number of records from 0 to %d", around, maxAround)}
			}
			if err := f.configure(cmd.Flags(), ui, decodingFlags...); err != nil {
				return err
			}
			return runShow(cmd, &f, args[0], around)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.IntVarP(&around, "context", "C", 0, "also show `N` records before and after")
	f.registerDecoding(fs)
	f.registerConfig(fs)
	registerQuiet(fs, ui)
	return cmd
}

// maxAround bounds what is kept in memory of the records around one.
const maxAround = 10000

func runShow(cmd *cobra.Command, f *flags, link string, around int) error {
	p, err := parsePlace(link)
	if err != nil {
		return err
	}
	tz, err := f.inputZone()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	in, err := openInput(ctx, p.path, reader.OpenOptions{
		Stdin: &breakable{ctx: ctx, from: cmd.InOrStdin()}, Now: time.Now(), Year: f.year, Zone: tz,
		Rules: f.config.pathRules(), ZoneFrom: f.zoneFrom(), ZoneGiven: f.tz != "",
	})
	if err != nil {
		return err
	}
	if in.Format == nil {
		return fmt.Errorf("%s is not read: %s", p.path, in.Facts.Skipped)
	}
	opt := reader.Options{
		Symbols: event.NewSymbols(), Zone: tz, Detail: true,
		Actions: action.NewTable(action.Options{Map: f.actionMap, Assume: f.assume}),
	}
	x, err := find(ctx, in, p.record, around, &opt)
	if err != nil {
		return err
	}
	if x.record.data == nil {
		return fmt.Errorf("%s ends with record %d: there is no %s", p.path, x.read, link)
	}
	s := shower{w: cmd.OutOrStdout(), in: in, opt: &opt}
	s.all(x)
	return onStdout(s.err)
}

// shower prints an excerpt. Log text is made visible.
type shower struct {
	w   io.Writer
	in  *reader.Input
	opt *reader.Options
	err error
}

func (s *shower) printf(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format, args...)
	}
}

func (s *shower) all(x *excerpt) {
	for _, r := range x.before {
		s.raw(" ", r)
	}
	s.raw(">", x.record)
	for _, r := range x.after {
		s.raw(" ", r)
	}
	s.printf("\n")
	s.decoded(&x.batch, x.record.number)
}

// raw prints a record as it stands in the file: a packet of a capture in
// hexadecimal, what is text as text.
func (s *shower) raw(mark string, r rawRecord) {
	where := report.Visible(evidence.Place(s.in.Path, s.in.Packets(), r.number))
	switch {
	case s.in.Format == pcap.Format || s.in.Format == pcap.FormatNG:
		s.printf("%s %s\n%s", mark, where, hex.Dump(r.data))
	case s.in.Packets():
		s.printf("%s %s\n", mark, where)
		s.text(string(r.data))
	default:
		s.printf("%s %s\t%s\n", mark, where, report.Visible(string(r.data)))
	}
}

// maxRecordText is how many bytes are shown of a record of several lines: one of
// the journal may hold whole files in its fields.
const maxRecordText = 16 << 10

// text prints a record of several lines, as an entry of the journal is. What
// is cut off is counted.
func (s *shower) text(record string) {
	record = strings.TrimRight(record, "\r\n")
	rest := len(record) - maxRecordText
	if rest > 0 {
		record = record[:maxRecordText]
	}
	for line := range strings.SplitSeq(record, "\n") {
		s.printf("    %s\n", report.Visible(strings.TrimSuffix(line, "\r")))
	}
	if rest > 0 {
		s.printf("    … (+%s bytes)\n", report.Group(uint64(rest)))
	}
}

// decoded prints what the parser made of a record: events, a reason why there
// is none, a notice of loss.
func (s *shower) decoded(b *reader.Batch, record uint64) {
	understood := false
	for i := range b.Events {
		if e := &b.Events[i]; e.Ref.Record() == record {
			s.event(e, &b.Details[i])
			understood = true
		}
	}
	for _, r := range b.Rejects {
		if r.Record == record {
			s.field("kind", "malformed")
			s.field("reason", r.Reason)
			if r.Host != "" {
				s.field("host", r.Host)
			}
			understood = true
		}
	}
	for _, n := range b.Notices {
		if n.Record == record {
			s.field("kind", "notice")
			s.field("class", n.Class)
			if n.Known {
				s.field("lost", n.Count)
			}
			understood = true
		}
	}
	if !understood {
		s.field("kind", "other: no firewall record")
	}
}

// event prints an event: first what the report says of it.
func (s *shower) event(e *event.Event, d *event.Detail) {
	sym := s.opt.Symbols
	s.field("verdict", e.Verdict)
	s.field("action", sym.Name(e.Action))
	s.field("decided_by", sym.Name(e.DecidedBy))
	for _, f := range canonical.Fields(sym, e, d) {
		switch f.Name {
		case "action": // the readers' class of the action word
			f.Name = "class"
		case "proto": // in the report's spelling
			f.Value = e.Proto.String()
		}
		s.field(f.Name, f.Value)
	}
}

func (s *shower) field(name string, value any) {
	switch v := value.(type) {
	case []canonical.Field:
		for _, f := range v {
			s.field(name+"."+f.Name, f.Value)
		}
		return
	case []string:
		value = strings.Join(v, " ")
	}
	if f, ok := value.(float64); ok { // seconds since boot, not 4.4e+06
		value = strconv.FormatFloat(f, 'f', -1, 64)
	}
	s.printf("%-14s %s\n", name, report.Visible(fmt.Sprint(value)))
}
