package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fwreport/reader"
	"fwreport/report"
	"fwreport/report/json"
)

const verifyHelp = `Hash the inputs of a report, or the files of a SHA256SUMS list, again and say what
changed, what is missing and, for the folders that the report was made of, what is new.
Paths are taken as they stand there: run it in the folder in which the report was made.

Exit status: 0 all is as it was, 1 it could not be told, 3 something differs.`

// verifyCommand is fwreport verify.
func verifyCommand(ui *ui, logs string, configs configPlaces) *cobra.Command {
	f := flags{places: configs}
	cmd := &cobra.Command{
		Use:   "verify [flags] REPORT.json|SHA256SUMS",
		Short: "Check that the evidence is as it was",
		Long:  verifyHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.configure(cmd.Flags(), ui, decodingFlags...); err != nil {
				return err
			}
			v := &verifier{ctx: cmd.Context(), ui: ui, out: cmd.OutOrStdout(), known: map[string]bool{}, members: map[string]map[string]string{}}
			if err := v.load(args[0], logs); err != nil {
				return err
			}
			return v.run()
		},
		ValidArgsFunction: completeFiles("json", sumsName),
	}
	f.registerConfig(cmd.Flags())
	registerQuiet(cmd.Flags(), ui)
	cmd.Flags().BoolVarP(&ui.verbose, "verbose", "v", false, "also name what is as it was")
	return cmd
}

// differsError says that evidence is not as it was.
type differsError struct{ what string }

func (e differsError) Error() string { return "the evidence is not as it was: " + e.what }

// verifier compares files with what was said of them.
type verifier struct {
	ctx   context.Context
	ui    *ui
	out   io.Writer
	sums  []sum
	roots []string        // what the report was made of
	known map[string]bool // paths of all inputs, and of archives that they stand in
	bar   *progress

	members map[string]map[string]string // hashes of what archives hold, by archive and path

	same, changed, missing, added, unread, unhashed int
}

// load reads what is to be compared with: a report begins with a brace.
func (v *verifier) load(path, logs string) error {
	f, err := os.Open(path)
	if err != nil {
		return cannotRead(path, err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	head, err := r.Peek(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return cannotRead(path, err)
	}
	if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) {
		rep, err := json.Decode(r)
		if err != nil {
			return fmt.Errorf("%s is no report that fwreport wrote as JSON: %w", path, err)
		}
		v.loadReport(rep, logs)
		return nil
	}
	if v.sums, err = parseSums(r); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// loadReport takes the inputs of a report.
func (v *verifier) loadReport(rep *report.Report, logs string) {
	v.roots = reportPaths(rep.Command)
	if len(v.roots) == 0 {
		v.roots = localLogs(logs)
	}
	for i := range rep.Evidence.Inputs {
		in := &rep.Evidence.Inputs[i]
		path := onDisk(in.Path)
		v.known[path] = true
		if archive, _, ok := strings.Cut(path, "!"); ok {
			v.known[archive] = true
		}
		v.sums = append(v.sums, sum{path, in.SHA256})
	}
}

// reportPaths are the paths of a command as a report shows it: flags stand
// before them, each in one argument.
func reportPaths(command []string) []string {
	for i := len(command) - 1; i >= 0; i-- {
		if strings.HasPrefix(command[i], "--") {
			return command[i+1:]
		}
	}
	return command
}

var hexByte = regexp.MustCompile(`\\x[0-9a-f]{2}`)

// onDisk is the path of a file that JSON names. JSON cannot hold bytes that are
// not UTF-8, so a report spells them \xNN.
func onDisk(path string) string {
	if _, err := os.Lstat(path); err == nil || !hexByte.MatchString(path) {
		return path
	}
	raw := hexByte.ReplaceAllStringFunc(path, func(s string) string {
		n, _ := strconv.ParseUint(s[2:], 16, 8) // the pattern admits hex only
		return string([]byte{byte(n)})
	})
	if _, err := os.Lstat(raw); err == nil {
		return raw
	}
	return path
}

// run compares all and says how it went.
func (v *verifier) run() error {
	v.bar = v.ui.progress("auto", totalOnDisk(v.sums))
	err := v.compare()
	v.bar.stop()
	if err != nil {
		return err
	}
	if err := v.findNew(); err != nil {
		return err
	}
	return v.conclude()
}

func totalOnDisk(sums []sum) (n int64) {
	for _, s := range sums {
		if info, err := os.Stat(s.path); err == nil && s.hash != "" {
			n += info.Size()
		}
	}
	return n
}

func (v *verifier) compare() error {
	for _, s := range v.sums {
		if err := v.file(s); err != nil {
			return err
		}
	}
	return nil
}

// file compares one file.
func (v *verifier) file(s sum) error {
	if s.path == "-" {
		v.unhashed++
		return v.say("unchecked", s.path, "it was standard input")
	}
	hash, err := v.hash(s)
	switch {
	case errors.Is(err, errInterrupted):
		return err
	case errors.Is(err, fs.ErrNotExist):
		v.missing++
		return v.say("missing", s.path, "")
	case err != nil:
		v.unread++
		return v.say("unreadable", s.path, plainReason(err).Error())
	case s.hash == "":
		v.unhashed++
		return v.detail("unchecked", s.path, "the report has no hash of it")
	case hash != s.hash:
		v.changed++
		return v.say("changed", s.path, "SHA-256 was "+s.hash+", is "+hash)
	}
	v.same++
	return v.detail("same", s.path, "")
}

// hash is the hash of a file, or of a member of an archive. Of a file without a
// hash to compare with it only tells whether the file is there.
func (v *verifier) hash(s sum) (string, error) {
	_, err := os.Lstat(s.path)
	archive, _, isMember := strings.Cut(s.path, "!")
	if err != nil && isMember {
		return v.member(archive, s.path)
	}
	if err != nil || s.hash == "" {
		return "", err
	}
	return hashFile(v.ctx, s.path, v.bar.add)
}

// member is the hash of what stands in an archive. An archive is gone through
// once, for all of its members.
func (v *verifier) member(archive, path string) (string, error) {
	if v.members[archive] == nil {
		if _, err := os.Stat(archive); err != nil {
			return "", err
		}
		hashes, err := v.hashMembers(archive)
		if err != nil {
			return "", err
		}
		v.members[archive] = hashes
	}
	hash, ok := v.members[archive][path]
	if !ok {
		return "", fs.ErrNotExist
	}
	return hash, nil
}

// hashMembers hashes all members of an archive.
func (v *verifier) hashMembers(archive string) (map[string]string, error) {
	inputs, err := reader.Open(v.ctx, []string{archive}, reader.OpenOptions{Formats: formats, Now: time.Now()})
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		err := in.Chunks(nil, func(c *reader.Chunk) error { c.Release(); return v.ctx.Err() })
		if v.ctx.Err() != nil {
			err = errInterrupted
		}
		if err != nil {
			return nil, err
		}
	}
	hashes := map[string]string{}
	for _, in := range inputs {
		hashes[in.Path] = in.Facts.SHA256
	}
	return hashes, nil
}

// findNew walks what the report was made of for files that it does not know.
func (v *verifier) findNew() error {
	for _, root := range v.roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			path = filepath.Clean(path)
			if err != nil || d.IsDir() || v.known[path] {
				return v.ctx.Err() // what cannot be read any more was named above
			}
			v.added++
			return v.say("new", path, "")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// say writes a line of the result.
func (v *verifier) say(what, path, why string) error {
	if why != "" {
		why = ": " + why
	}
	_, err := fmt.Fprintf(v.out, "%-10s %s\n", what, report.Visible(path+why))
	return onStdout(err)
}

// detail writes a line that is of interest with -v only.
func (v *verifier) detail(what, path, why string) error {
	if !v.ui.verbose {
		return nil
	}
	return v.say(what, path, why)
}

// conclude sums up.
func (v *verifier) conclude() error {
	parts := []string{plural(v.same, "file") + " as before"}
	for _, c := range []struct {
		n    int
		what string
	}{{v.changed, "changed"}, {v.missing, "missing"}, {v.added, "new"}, {v.unread, "unreadable"}, {v.unhashed, "without a hash to compare with"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	what := strings.Join(parts, ", ")
	switch {
	case v.changed+v.missing+v.added > 0:
		return differsError{what}
	case v.unread > 0 || v.same == 0:
		return errors.New("it cannot be told whether the evidence is as it was: " + what)
	}
	v.ui.say("all is as it was: %s", what)
	return nil
}
