package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"fwreport/analyze"
	"fwreport/analyze/engine"
	"fwreport/analyze/geo"
	"fwreport/analyze/spill"
	"fwreport/analyze/window"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// job is one run of the report command, all flags resolved.
type job struct {
	ui    *ui
	flags *flags
	now   time.Time
	zones zones
	win   report.Window
	paths []string
	geo   func() (*geo.DB, error)
	out   *output
	space *spill.Space // where counters wait that do not fit into memory
}

// runReport is the report command.
func runReport(cmd *cobra.Command, ui *ui, f *flags, logs string, args []string) error {
	ctx := cmd.Context()
	if err := f.configure(cmd.Flags(), ui); err != nil {
		return err
	}
	if f.printConfig {
		return f.print(cmd)
	}
	j, err := newJob(ui, f, logs, args, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	inputs, err := reader.Open(ctx, j.paths, reader.OpenOptions{
		Formats: formats, Stdin: &breakable{ctx: ctx, from: cmd.InOrStdin()}, Now: j.now, Year: f.year, Zone: j.zones.input,
		Rules: f.config.pathRules(), ZoneFrom: f.zoneFrom(), ZoneGiven: f.tz != "",
	})
	if err != nil {
		return err
	}
	if j.space, err = spill.NewSpace(os.TempDir(), 0); err != nil {
		return err
	}
	defer func() { _ = j.space.Close() }() // what was read from it was right
	res, err := j.count(ctx, inputs, countOptions(cmd.Flags()))
	if err != nil {
		return err
	}
	command := asGiven(cmd.Flags(), f.config, args)
	if f.savePartial != "" {
		if err := j.savePartial(ctx, cmd.Flags(), res, packetsOf(inputs), command); err != nil {
			return err
		}
		if len(f.formats) == 0 && f.output == "" {
			return incomplete(ui, &res.Manifest)
		}
	}
	places, err := j.geo()
	if err != nil {
		return err
	}
	rep, err := j.report(res, func(i uint32) bool { return inputs[i].Packets() }, places)
	if err != nil {
		return err
	}
	rep.Command = command
	if err := j.out.write(ctx, rep); err != nil {
		return err
	}
	return incomplete(ui, &rep.Evidence)
}

func packetsOf(inputs []*reader.Input) (packets []bool) {
	for _, in := range inputs {
		packets = append(packets, in.Packets())
	}
	return packets
}

// print is --print-config. Times and zones are resolved, for they may be wrong.
func (f *flags) print(cmd *cobra.Command) error {
	if err := (&job{flags: f}).resolveTimes(); err != nil {
		return err
	}
	return printConfig(cmd.OutOrStdout(), cmd.Flags(), f.config)
}

// newJob resolves the flags.
func newJob(ui *ui, f *flags, logs string, args []string, stdout io.Writer) (*job, error) {
	j := &job{ui: ui, flags: f}
	if err := checkJobs("--jobs", f.jobs); err != nil {
		return nil, usageError{err}
	}
	if f.jobs == 0 {
		f.jobs = runtime.GOMAXPROCS(0)
	}
	var err error
	if err = j.resolveTimes(); err != nil {
		return nil, err
	}
	if j.out, err = newOutput(ui, f, stdout); err != nil {
		return nil, err
	}
	if j.geo, err = openGeo(f.geo); err != nil {
		return nil, err
	}
	j.paths, err = inputPaths(ui, logs, args)
	return j, err
}

// inputPaths are the paths given, else the machine's own logs.
func inputPaths(ui *ui, logs string, args []string) ([]string, error) {
	if len(args) > 0 {
		return args, nil
	}
	paths := localLogs(logs)
	if len(paths) == 0 {
		return nil, fmt.Errorf("no firewall log was found in %s: name a file or folder (fwreport /mnt/case/var/log), "+
			"or pipe the journal (journalctl -k -o short-iso | fwreport -)", logs)
	}
	ui.say("reading this machine's logs: %s", strings.Join(paths, " "))
	return paths, nil
}

// openGeo opens the user's databases at once, for they may be wrong. The embedded
// one is unpacked while the evidence is read.
func openGeo(files []string) (func() (*geo.DB, error), error) {
	if len(files) == 0 {
		embedded := sync.OnceValues(geo.Embedded)
		go func() { _, _ = embedded() }() // who asks for it gets the error
		return embedded, nil
	}
	db, err := geo.Open(files...)
	return func() (*geo.DB, error) { return db, nil }, err
}

func (j *job) resolveTimes() (err error) {
	f := j.flags
	if j.zones.input, err = f.inputZone(); err != nil {
		return err
	}
	if j.zones.report, err = zone("--report-tz", f.reportTZ, j.zones.input); err != nil {
		return err
	}
	j.now = time.Now()
	if f.now != "" {
		if j.now, err = window.ParseTime(f.now, j.now, j.zones.report); err != nil {
			return usageError{fmt.Errorf("--now: %w", err)}
		}
	}
	j.win = report.Window{Since: event.NoTime, Until: event.NoTime}
	if j.win.Since, err = j.border("since", f.since); err != nil {
		return err
	}
	if j.win.Until, err = j.border("until", f.until); err != nil {
		return err
	}
	if j.win.Since != event.NoTime && j.win.Until != event.NoTime && j.win.Since >= j.win.Until {
		return usageError{fmt.Errorf("the window is empty: --since %s is not before --until %s", f.since, f.until)}
	}
	return nil
}

// border is one end of the window; dates are days of the report's zone.
func (j *job) border(flag, text string) (int64, error) {
	if text == "" {
		return event.NoTime, nil
	}
	t, err := window.ParseTime(text, j.now, j.zones.report)
	if err != nil {
		return 0, usageError{fmt.Errorf("--%s: %w", flag, err)}
	}
	return t.UnixNano(), nil
}

// localLogs are the firewall logs in the machine's log folder, with their rotations.
func localLogs(folder string) []string {
	var found []string
	add := func(pattern string) {
		m, _ := filepath.Glob(filepath.Join(folder, pattern)) // the patterns are good
		found = append(found, m...)
	}
	for _, name := range []string{"kern.log", "syslog", "messages", "firewall", "ufw.log", "iptables.log"} {
		add(name)
		add(name + ".*")
		add(name + "-*")
	}
	add("ulog/*")
	return found
}

// count reads the inputs.
func (j *job) count(ctx context.Context, inputs []*reader.Input, options string) (*engine.Result, error) {
	symbols := event.NewSymbols()
	bar := j.ui.progress(j.flags.progress, totalSize(inputs))
	cfg := engine.Config{
		Inputs: inputs, Modules: analyzers, Window: j.win, Jobs: j.flags.jobs, Read: bar.add,
		KeepDuplicates: j.flags.duplicates != countOnce,
		Space:          j.space, Memory: j.flags.memoryLimit(),
		Options: reader.Options{
			Symbols: symbols, Zone: j.zones.input,
			Actions: action.NewTable(action.Options{Map: j.flags.actionMap, Assume: j.flags.assume}),
		},
	}
	if spec := &j.flags.filter; !spec.Empty() {
		cfg.Keep = func() func(*event.Event) bool { return spec.Compile(symbols) }
	}
	if j.out.rejects != nil {
		cfg.Rejects = j.out.rejects.add
	}
	if !j.flags.readAll {
		sayAside(j.ui, engine.SetAside(ctx, inputs, j.win, &cfg.Options), len(inputs))
	}
	collectLate(cfg.Memory - cfg.Memory/16) // the program itself takes some
	defer bar.stop()
	switch {
	case j.flags.cache == "":
	case j.out.rejects == nil:
		return j.cached(ctx, inputs, cfg, options)
	default:
		j.ui.detail("--cache is not used: --rejects needs the records themselves")
	}
	return engine.Run(ctx, cfg)
}

func totalSize(inputs []*reader.Input) (n int64) {
	for _, in := range inputs {
		if in.Format != nil {
			n += max(in.Facts.Size, 0)
		}
	}
	return n
}

// report makes the report of what was counted. packets tells of an input whether
// its records are packets.
func (j *job) report(res *engine.Result, packets func(uint32) bool, places *geo.DB) (*report.Report, error) {
	j.out.sound = res.Err
	rep := &report.Report{
		Title: j.flags.title, Generator: generator(), Zone: j.zones.report.String(), Location: j.zones.report,
		Window: j.win, Span: res.Span, Evidence: res.Manifest,
	}
	if rep.Title == "" {
		rep.Title = "Firewall report"
	}
	env := &analyze.Env{
		Inputs:  res.Manifest.Inputs,
		Packets: packets,
		Geo:     places,
		Window:  j.win,
		Span:    res.Span,
		Zone:    j.zones.report,
		Assume:  j.flags.assume,
		Names:   j.flags.config.names(),

		Overlaps: res.Manifest.Overlaps,
	}
	var err error
	if rep.Sections, err = res.Sections(env, j.out.mostRows()); err != nil {
		return nil, err
	}
	rep.Notes = j.notes(res)
	return rep, nil
}

// notes are what a reader must know before the figures.
func (j *job) notes(res *engine.Result) []string {
	var all []string
	m := &res.Manifest
	if m.Incomplete() {
		n := 0
		for i := range m.Inputs {
			if m.Inputs[i].Incomplete {
				n++
			}
		}
		all = append(all, fmt.Sprintf("The evidence is incomplete: %s could not be read completely. See the inputs for which and why.", plural(n, "input")))
	}
	if note := asideNote(m); note != "" {
		all = append(all, note)
	}
	if lossy(m) {
		all = append(all, "Logs report that records were lost or suppressed: counts are lower bounds. See the inputs for which and how many.")
	}
	if n := m.Totals.Duplicates; n > 0 {
		all = append(all, fmt.Sprintf("%s of the logs are copies of records in another log and were counted once: see the overlaps.", plural(int(n), "record")))
	}
	if families := overlapping(m); j.flags.duplicates != countOnce && len(families) > 1 {
		all = append(all, fmt.Sprintf("Several logs of one folder cover the same time (%s): where they hold the same lines, a packet is counted once for each (--duplicates keep).",
			strings.Join(families, ", ")))
	}
	if m.Totals.Events == 0 {
		all = append(all, "No firewall record was counted: see the ledger for where the records went.")
	}
	if m.Totals.Malformed > 0 {
		all = append(all, plural(int(m.Totals.Malformed), "record")+" could not be decoded, though in the place or form of a firewall record: see the inputs for examples and reasons.")
	}
	if res.Assumed > 0 {
		all = append(all, fmt.Sprintf("The verdict of %s is an assumption (--assume): no log prefix names one.", plural(int(res.Assumed), "event")))
	}
	return all
}

// overlapping names text logs of one folder and different families whose events
// overlap in time: syslog daemons write the same line to several files.
func overlapping(m *evidence.Manifest) []string {
	type span struct{ first, last int64 }
	folders := map[string]map[string]span{}
	for i := range m.Inputs {
		in := &m.Inputs[i]
		if in.Format != "syslog" || in.First == event.NoTime {
			continue
		}
		dir := filepath.Dir(in.Family)
		if folders[dir] == nil {
			folders[dir] = map[string]span{}
		}
		s, met := folders[dir][in.Family]
		if !met {
			s = span{in.First, in.Last}
		}
		folders[dir][in.Family] = span{min(s.first, in.First), max(s.last, in.Last)}
	}
	var names []string
	for _, families := range folders {
		for a, sa := range families {
			for b, sb := range families {
				if a != b && sa.first <= sb.last && sb.first <= sa.last && !slices.Contains(names, a) {
					names = append(names, a)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

func lossy(m *evidence.Manifest) bool {
	for i := range m.Inputs {
		for _, l := range m.Inputs[i].Losses {
			if l.LowersCounts() {
				return true
			}
		}
	}
	return false
}

// incomplete names on standard error what could not be read.
func incomplete(ui *ui, m *evidence.Manifest) error {
	n := 0
	for i := range m.Inputs {
		in := &m.Inputs[i]
		what := in.Notes
		if in.Skipped != "" {
			what = append([]string{in.Skipped}, what...)
		}
		if in.Incomplete {
			n++
			ui.line(fmt.Sprintf("fwreport: %s: %s", in.Path, strings.Join(what, "; ")))
		} else if in.Skipped != "" {
			ui.detail("%s: passed over: %s", in.Path, in.Skipped)
		} else {
			ui.detail("%s: %s, %d records, %d events", in.Path, in.Format, in.Records.Read, in.Records.Events)
		}
	}
	if n > 0 {
		return incompleteError{n}
	}
	return nil
}
