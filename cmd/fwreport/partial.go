package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fwreport/analyze/engine"
	"fwreport/reader/event"
)

// programID names the program for partial results and cached ones, which no
// other program may read: the release, or what this very file contains.
func programID() (string, error) {
	id := "fwreport " + version()
	if release != "" && !strings.HasSuffix(release, "-dirty") {
		return id, nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program's own file: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", cannotRead(path, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", cannotRead(path, err)
	}
	return id + " " + hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// counting are the flags that say which events count, and as what. Partial
// results that differ in them do not go together.
var counting = []string{
	"no-local", "no-accept", "exclude-private", "src", "dst", "net", "port", "proto", "in", "out", "action", "prefix", "host",
	"assume", "action-map", "duplicates",
}

// countOptions are the flags of counting that are set, one a line.
func countOptions(fs *pflag.FlagSet) string {
	only := pflag.NewFlagSet("", pflag.ContinueOnError)
	only.SortFlags = false
	fs.VisitAll(func(fl *pflag.Flag) {
		if slices.Contains(counting, fl.Name) {
			only.AddFlag(fl)
		}
	})
	return strings.Join(asGiven(only, nil, nil), "\n")
}

// savePartial writes the counts of a run.
func (j *job) savePartial(ctx context.Context, fs *pflag.FlagSet, res *engine.Result, packets []bool, command []string) error {
	id, err := programID()
	if err != nil {
		return err
	}
	p := engine.Partial{
		Program: id, Commands: []string{strings.Join(command, " ")}, Options: countOptions(fs),
		Window: j.win, Packets: packets, Result: *res,
	}
	return writeWhole(ctx, j.flags.savePartial, func(w io.Writer) error { return engine.SavePartial(w, &p) },
		func(path string) { j.ui.say("%s", path) })
}

const mergeHelp = `Put partial results together into one report: of several hosts, or of several days.
They are made with --save-partial, by the same release of fwreport and with the same
filters. Copies of one record in logs of different partial results are not told.`

// mergeCommand is fwreport merge.
func mergeCommand(ui *ui, places configPlaces) *cobra.Command {
	f := flags{places: places}
	cmd := &cobra.Command{
		Use:   "merge [flags] FILE...",
		Short: "Put partial results together into one report",
		Long:  mergeHelp,
		Example: `  fwreport --save-partial gw1.partial /var/log          on each host
  fwreport merge --format html -o all.html *.partial    where they were copied to`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runMerge(cmd, ui, &f, args)
		},
	}
	f.registerMerge(cmd.Flags(), ui)
	return cmd
}

func runMerge(cmd *cobra.Command, ui *ui, f *flags, args []string) error {
	if err := f.configure(cmd.Flags(), ui, mergeFlags...); err != nil {
		return err
	}
	j := &job{ui: ui, flags: f}
	var err error
	if err = j.resolveTimes(); err != nil {
		return err
	}
	if j.out, err = newOutput(ui, f, cmd.OutOrStdout()); err != nil {
		return err
	}
	if j.geo, err = openGeo(f.geo); err != nil {
		return err
	}
	p, err := mergePartials(args)
	if err != nil {
		return err
	}
	j.win = p.Window
	if err := j.assumed(p.Options); err != nil {
		return err
	}
	places, err := j.geo()
	if err != nil {
		return err
	}
	rep, err := j.report(&p.Result, func(i uint32) bool { return p.Packets[i] }, places)
	if err != nil {
		return err
	}
	rep.Command = append([]string{"merge"}, asGiven(cmd.Flags(), f.config, args)...)
	rep.Notes = append(rep.Notes, mergeNotes(p, len(args))...)
	if err := j.out.write(cmd.Context(), rep); err != nil {
		return err
	}
	return incomplete(ui, &rep.Evidence)
}

// assumed takes --assume from the options of partial results.
func (j *job) assumed(options string) error {
	for line := range strings.SplitSeq(options, "\n") {
		if word, ok := strings.CutPrefix(line, "--assume="); ok {
			return verdictValue{&j.flags.assume}.Set(word)
		}
	}
	return nil
}

func mergeNotes(p *engine.Partial, n int) []string {
	notes := []string{fmt.Sprintf("Put together from %s, made by: %s.", plural(n, "partial result"), strings.Join(p.Commands, "; "))}
	if n > 1 {
		notes = append(notes, "Copies of one record in logs of different partial results, and packets that a log and a capture of different ones have in common, are not told.")
	}
	return notes
}

// mergePartials reads partial results. They are few and read one after the other.
func mergePartials(paths []string) (*engine.Partial, error) {
	id, err := programID()
	if err != nil {
		return nil, err
	}
	var sources []engine.Source
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, cannotRead(path, err)
		}
		defer f.Close()
		sources = append(sources, engine.Source{Name: path, Reader: f})
	}
	return engine.LoadPartials(sources, id, analyzers, event.NewSymbols())
}
