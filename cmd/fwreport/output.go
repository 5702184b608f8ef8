package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"fwreport/report"
	"fwreport/report/csv"
	"fwreport/report/html"
	"fwreport/report/json"
	"fwreport/report/text"
	"fwreport/report/xlsx"
)

// renderer is one output format that goes into one file.
type renderer struct {
	name, ext string
	limit     int // rows a table where --limit is not given
	render    func(w io.Writer, r *report.Report, limit int) error
}

// renderers are the formats of one file each; csv is a folder of tables.
var renderers = []renderer{
	{"html", "html", 100, func(w io.Writer, r *report.Report, n int) error { return html.Render(w, r, html.Options{Limit: n}) }},
	{"xlsx", "xlsx", 0, func(w io.Writer, r *report.Report, n int) error {
		return xlsx.Render(w, r, xlsx.Options{Limit: n, TempDir: os.TempDir()})
	}},
	{"json", "json", 0, func(w io.Writer, r *report.Report, n int) error { return json.Render(w, r, json.Options{Limit: n}) }},
	{"text", "txt", 10, renderText},
}

// renderText fits the text to the terminal that it is written to, if it is one.
func renderText(w io.Writer, r *report.Report, limit int) error {
	opt := text.Options{Limit: limit}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			opt.Width = width
		}
		opt.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return text.Render(w, r, opt)
}

// output is where the report goes.
type output struct {
	ui      *ui
	formats []string
	limit   int // -1: each format's own
	path    string
	stdout  io.Writer
	sums    bool // SHA256SUMS go with the report

	rejectsPath string
	rejects     *rejects // nil if they are not wanted

	sound func() error // tells, once the report is rendered, whether its rows could all be read
}

// newOutput checks what was asked for before anything is read.
func newOutput(ui *ui, f *flags, stdout io.Writer) (*output, error) {
	o := &output{ui: ui, formats: slices.Clone(f.formats), limit: f.limit, path: f.output, stdout: stdout, sums: f.manifest}
	if f.rejects != "" {
		o.rejectsPath, o.rejects = f.rejects, &rejects{bound: rejectsBound}
		if err := checkRejects(f.rejects); err != nil {
			return nil, err
		}
	}
	if len(o.formats) == 0 {
		o.formats = []string{formatOf(f.output)}
	}
	slices.SortFunc(o.formats, func(a, b string) int { return slices.Index(formatNames, a) - slices.Index(formatNames, b) })
	if err := o.check(len(f.formats) > 0); err != nil {
		return nil, usageError{err}
	}
	if o.toStdout() {
		if o.sums {
			return nil, usageError{errors.New("--manifest lists files: name one, or a folder, with -o")}
		}
		return o, nil
	}
	path := o.path
	if path == "" {
		path = "."
	}
	return o, writable(path)
}

// checkRejects refuses a place for the rejects before anything is read.
func checkRejects(path string) error {
	if info, err := os.Stat(path); path == "-" || err == nil && info.IsDir() {
		return usageError{fmt.Errorf("--rejects %s: name a file", path)}
	}
	return writable(path)
}

// check refuses formats that do not go where they are to go. named tells
// whether the formats were given, not taken from the ending of the output.
func (o *output) check(named bool) error {
	info, err := os.Stat(o.path)
	isFile := err == nil && !info.IsDir()
	switch csv := o.formats[0] == "csv"; {
	case o.path == "-" && (len(o.formats) > 1 || csv):
		return errors.New("-o -: several formats, and csv with its one file a table, need a folder: -o FOLDER")
	case o.path == "-" && o.formats[0] == "xlsx" && toTerminal(o.stdout):
		return errors.New("-o -: an XLSX file would garble the terminal: name a file or redirect the output")
	case csv && !named:
		return fmt.Errorf("-o %s: csv is one file a table and needs a folder: --format csv -o FOLDER", o.path)
	case isFile && o.path != "-" && o.isFolder():
		return fmt.Errorf("-o %s: a folder is needed for %s, and that is a file", o.path, strings.Join(o.formats, ","))
	}
	return nil
}

func toTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// formatOf is the format that a file name's ending gives; text without one.
func formatOf(path string) string {
	ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if ext == "csv" {
		return "csv"
	}
	for _, r := range renderers {
		if ext == r.ext {
			return r.name
		}
	}
	return "text"
}

// isFolder reports whether the output is a folder: for several formats, for
// csv, and where the user names one.
func (o *output) isFolder() bool {
	if len(o.formats) > 1 || o.formats[0] == "csv" {
		return true
	}
	if o.path == "" || o.path == "-" {
		return false
	}
	if strings.HasSuffix(o.path, "/") || strings.HasSuffix(o.path, string(filepath.Separator)) {
		return true
	}
	info, err := os.Stat(o.path)
	return err == nil && info.IsDir()
}

// write renders all formats.
func (o *output) write(ctx context.Context, r *report.Report) error {
	s := &stage{ctx: ctx, sums: o.sums}
	var err error
	if o.toStdout() {
		err = o.writeStdout(ctx, r)
	} else {
		stopRows(ctx, r)
		err = o.render(s, r)
	}
	if err == nil && o.sound != nil {
		err = o.sound()
	}
	if err == nil && o.rejects != nil {
		err = o.rejects.write(s, o.rejectsPath, &r.Evidence)
		o.rejects.warn(o.ui, o.rejectsPath)
	}
	if err == nil && o.sums {
		err = s.writeSums(o.sumsPath(s), &r.Evidence)
	}
	if err == nil {
		err = s.commit(func(path string) { o.ui.say("%s", path) })
	}
	if err != nil {
		s.discard()
	}
	return err
}

// stopRows makes the tables of r end when ctx is done. A renderer that writes
// only at its end (XLSX does) would otherwise go on for as long as the report
// takes; it then meets a writer that refuses.
func stopRows(ctx context.Context, r *report.Report) {
	for i := range r.Sections {
		for j := range r.Sections[i].Tables {
			t := &r.Sections[i].Tables[j]
			all := t.Rows
			t.Rows = func(yield func([]report.Value) bool) {
				for row := range all {
					if ctx.Err() != nil || !yield(row) {
						return
					}
				}
			}
		}
	}
}

// toStdout reports whether the report goes to standard output: where the user
// says so, and for text or JSON alone.
func (o *output) toStdout() bool {
	return o.path == "-" || o.path == "" && len(o.formats) == 1 && (o.formats[0] == "text" || o.formats[0] == "json")
}

func (o *output) writeStdout(ctx context.Context, r *report.Report) error {
	rd := rendererOf(o.formats[0])
	if toTerminal(o.stdout) {
		return onStdout(rd.render(o.stdout, r, o.rows(rd.limit)))
	}
	w := bufio.NewWriterSize(cancellable(ctx, o.stdout), 1<<16)
	err := rd.render(w, r, o.rows(rd.limit))
	if err == nil {
		err = w.Flush()
	}
	return onStdout(err)
}

func onStdout(err error) error {
	if err != nil {
		return cannotWrite("to standard output", err)
	}
	return nil
}

// render writes the files of all formats into the stage.
func (o *output) render(s *stage, r *report.Report) error {
	if !o.isFolder() {
		rd := rendererOf(o.formats[0])
		path := o.path
		if path == "" {
			path = defaultName(r) + "." + rd.ext
		}
		return o.renderFile(s, path, rd, r)
	}
	dir := o.path
	if dir == "" {
		dir = defaultName(r)
	}
	for _, f := range o.formats {
		var err error
		if f == "csv" {
			err = o.renderCSV(s, filepath.Join(dir, "csv"), r)
		} else {
			rd := rendererOf(f)
			err = o.renderFile(s, filepath.Join(dir, "report."+rd.ext), rd, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sumsPath is where the check sums go: into the folder, or beside the one file.
func (o *output) sumsPath(s *stage) string {
	if !o.isFolder() {
		return s.files[0].path + "." + sumsName
	}
	dir := filepath.Dir(s.files[0].path)
	if o.formats[0] == "csv" { // a folder in the folder
		dir = filepath.Dir(dir)
	}
	return filepath.Join(dir, sumsName)
}

func (o *output) renderFile(s *stage, path string, rd *renderer, r *report.Report) error {
	f, err := s.create(path)
	if err != nil {
		return err
	}
	if err := rd.render(f, r, o.rows(rd.limit)); err != nil {
		return cannotWrite(path, err)
	}
	return f.Close()
}

func (o *output) renderCSV(s *stage, dir string, r *report.Report) error {
	open := func(name string) (io.WriteCloser, error) { return s.create(filepath.Join(dir, name)) }
	if err := csv.Write(open, r, csv.Options{Limit: o.rows(0)}); err != nil {
		return cannotWrite(dir, err)
	}
	return nil
}

func rendererOf(name string) *renderer {
	for i := range renderers {
		if renderers[i].name == name {
			return &renderers[i]
		}
	}
	panic("no renderer for format " + name)
}

func (o *output) rows(limit int) int {
	if o.limit >= 0 {
		return o.limit
	}
	return limit
}

// mostRows is the most rows of a table that any of the formats looks at, charts
// and summaries included; 0 is all.
func (o *output) mostRows() int {
	most := 1000
	for _, name := range o.formats {
		limit := o.rows(0)
		if name != "csv" {
			limit = o.rows(rendererOf(name).limit)
		}
		if limit == 0 {
			return 0
		}
		most = max(most, limit)
	}
	return most
}

// defaultName is fwreport-FROM-TO by the days of the events counted, or of the
// window where there are none.
func defaultName(r *report.Report) string {
	from, to := r.Span.First, r.Span.Last
	if from == report.NoTime {
		from, to = r.Window.Since, r.Window.Until
	}
	name := "fwreport"
	for _, ns := range []int64{from, to} {
		if ns != report.NoTime {
			name += "-" + time.Unix(0, ns).In(r.Location).Format("20060102")
		}
	}
	return name
}
