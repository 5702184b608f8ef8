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
	{"xlsx", "xlsx", 0, func(w io.Writer, r *report.Report, n int) error { return xlsx.Render(w, r, xlsx.Options{Limit: n}) }},
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
}

// newOutput checks what was asked for before anything is read.
func newOutput(ui *ui, f *flags, stdout io.Writer) (*output, error) {
	o := &output{ui: ui, formats: f.formats, limit: f.limit, path: f.output, stdout: stdout}
	if len(o.formats) == 0 {
		o.formats = []string{formatOf(f.output)}
	}
	slices.SortFunc(o.formats, func(a, b string) int { return slices.Index(formatNames, a) - slices.Index(formatNames, b) })
	if o.path == "-" && (len(o.formats) > 1 || o.formats[0] == "csv") {
		return nil, usageError{errors.New("-o -: several formats, and csv with its one file a table, need a folder: -o FOLDER")}
	}
	if o.path == "-" && o.formats[0] == "xlsx" && toTerminal(stdout) {
		return nil, usageError{errors.New("-o -: an XLSX file would garble the terminal: name a file or redirect the output")}
	}
	if info, err := os.Stat(o.path); o.path != "" && o.path != "-" && err == nil && o.isFolder() && !info.IsDir() {
		return nil, usageError{fmt.Errorf("-o %s: a folder is needed for %s, and that is a file", o.path, strings.Join(o.formats, ","))}
	}
	return o, nil
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
	toStdout := o.path == "-" || o.path == "" && len(o.formats) == 1 && (o.formats[0] == "text" || o.formats[0] == "json")
	if toStdout {
		return o.writeStdout(r)
	}
	if !o.isFolder() {
		rd := rendererOf(o.formats[0])
		path := o.path
		if path == "" {
			path = defaultName(r) + "." + rd.ext
		}
		return o.writeFile(ctx, path, func(w io.Writer) error { return rd.render(w, r, o.rows(rd.limit)) })
	}
	return o.writeFolder(ctx, r)
}

func (o *output) writeStdout(r *report.Report) error {
	rd := rendererOf(o.formats[0])
	if toTerminal(o.stdout) {
		return writing("standard output", rd.render(o.stdout, r, o.rows(rd.limit)))
	}
	w := bufio.NewWriterSize(o.stdout, 1<<16)
	if err := rd.render(w, r, o.rows(rd.limit)); err != nil {
		return writing("standard output", err)
	}
	return writing("standard output", w.Flush())
}

func writing(what string, err error) error {
	if err != nil {
		return fmt.Errorf("writing %s: %w", what, err)
	}
	return nil
}

func (o *output) writeFolder(ctx context.Context, r *report.Report) error {
	dir := o.path
	if dir == "" {
		dir = defaultName(r)
	}
	for _, f := range o.formats {
		var err error
		if f == "csv" {
			err = o.writeCSV(ctx, filepath.Join(dir, "csv"), r)
		} else {
			rd := rendererOf(f)
			err = o.writeFile(ctx, filepath.Join(dir, "report."+rd.ext), func(w io.Writer) error { return rd.render(w, r, o.rows(rd.limit)) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeCSV writes the tables, each complete or not at all.
func (o *output) writeCSV(ctx context.Context, dir string, r *report.Report) error {
	open := func(name string) (io.WriteCloser, error) { return o.create(ctx, filepath.Join(dir, name)) }
	return writing(dir, csv.Write(open, r, csv.Options{Limit: o.rows(0)}))
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

// writeFile writes a file completely or not at all, and names it.
func (o *output) writeFile(ctx context.Context, path string, render func(io.Writer) error) error {
	f, err := o.create(ctx, path)
	if err != nil {
		return err
	}
	if err := render(f); err != nil {
		f.discard()
		return writing(path, err)
	}
	return f.Close()
}

// pending is a file in the making: it stands under a temporary name beside its
// place until Close, so that nobody ever sees half of it.
type pending struct {
	*bufio.Writer
	ctx  context.Context
	file *os.File
	path string
	ui   *ui
}

func (o *output) create(ctx context.Context, path string) (*pending, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for %s: %w", path, err)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".tmp*")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	p := &pending{ctx: ctx, file: f, path: path, ui: o.ui}
	p.Writer = bufio.NewWriterSize(p.checked(f), 1<<16)
	return p, nil
}

// checked stops a write when the run is cancelled.
func (p *pending) checked(w io.Writer) io.Writer {
	return writerFunc(func(b []byte) (int, error) {
		if err := p.ctx.Err(); err != nil {
			return 0, context.Cause(p.ctx)
		}
		return w.Write(b)
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// Close puts the file in its place.
func (p *pending) Close() error {
	err := p.Flush()
	if err == nil {
		err = p.file.Chmod(0o644)
	}
	if err == nil {
		err = p.file.Close()
	}
	if err == nil {
		err = os.Rename(p.file.Name(), p.path)
	}
	if err != nil {
		p.discard()
		return writing(p.path, err)
	}
	p.ui.say("%s", p.path)
	return nil
}

// discard removes what was written.
func (p *pending) discard() {
	_ = p.file.Close() // it may be closed already
	_ = os.Remove(p.file.Name())
}
