package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"fwreport/report"
)

// Rules of this file, the only one that writes to the terminal:
//
//   - Results go to standard output, everything about the run to standard error.
//   - Names and log text are made visible first: they may hold escape sequences.
//   - Progress is drawn on a terminal only, never into a pipe or a file.
//   - An error is one sentence that says what to do, prefixed "fwreport: ".

// Exit codes, part of the contract with scripts.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitIncomplete = 3 // report written, evidence incomplete; verify: evidence differs
)

// errInterrupted is what Ctrl-C and a request to end come to.
var errInterrupted = errors.New("interrupted: no report was written")

// usageError is an error in the command line.
type usageError struct{ error }

// incompleteError says that the report was written, but not of all evidence.
type incompleteError struct{ inputs int }

func (e incompleteError) Error() string {
	return fmt.Sprintf("the report is written, but %s could not be read completely: see the list of inputs in it", plural(e.inputs, "input"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

type ui struct {
	err     io.Writer
	quiet   bool
	verbose bool
	mu      sync.Mutex
}

func newUI(err io.Writer) *ui { return &ui{err: err} }

// exit words an error and gives the exit code.
func (u *ui) exit(err error) int {
	var usage usageError
	var incomplete incompleteError
	var differs differsError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &incomplete), errors.As(err, &differs):
		u.line("fwreport: " + err.Error())
		return exitIncomplete
	case errors.As(err, &usage):
		u.line("fwreport: " + err.Error() + "\nRun 'fwreport --help' for the flags and examples.")
		return exitUsage
	}
	u.line("fwreport: " + err.Error())
	return exitFailed
}

// line writes a line to standard error, escape sequences made visible.
func (u *ui) line(s string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for l := range strings.SplitSeq(s, "\n") {
		fmt.Fprintln(u.err, report.Visible(l))
	}
}

// say writes a line unless -q was given.
func (u *ui) say(format string, args ...any) {
	if !u.quiet {
		u.line(fmt.Sprintf(format, args...))
	}
}

// detail writes a line if -v was given.
func (u *ui) detail(format string, args ...any) {
	if u.verbose {
		u.line(fmt.Sprintf(format, args...))
	}
}

// progress draws how many of total bytes were read. It may be told of bytes
// from several goroutines.
type progress struct {
	pool *mpb.Progress
	bar  *mpb.Bar
	read atomic.Int64
	done chan struct{}
}

// worthWatching is the number of bytes from which a bar is drawn by default:
// what is read in the blink of an eye needs none.
const worthWatching = 8 << 20

// progress starts the bar if it is wanted: on a terminal by default.
func (u *ui) progress(mode string, total int64) *progress {
	f, isFile := u.err.(*os.File)
	terminal := isFile && term.IsTerminal(int(f.Fd()))
	if mode == "never" || u.quiet || total <= 0 || mode == "auto" && (!terminal || total < worthWatching) {
		return nil
	}
	opts := []mpb.ContainerOption{mpb.WithOutput(u.err), mpb.WithWidth(40)}
	if !terminal {
		opts = append(opts, mpb.WithAutoRefresh())
	}
	p := &progress{pool: mpb.New(opts...), done: make(chan struct{})}
	p.bar = p.pool.New(total, mpb.BarStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name("reading "), decor.CountersKibiByte("% .1f / % .1f")),
		mpb.AppendDecorators(decor.AverageSpeed(decor.SizeB1024(0), "% .1f"), decor.Name(", left "), decor.AverageETA(decor.ET_STYLE_GO)))
	go p.draw()
	return p
}

// draw moves the bar a few times a second: telling the library of each read
// would cost more than reading.
func (p *progress) draw() {
	tick := time.NewTicker(150 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.bar.SetCurrent(p.read.Load())
		case <-p.done:
			return
		}
	}
}

// add counts bytes; it is what engine.Config.Read wants. p may be nil.
func (p *progress) add(n int) {
	if p != nil {
		p.read.Add(int64(n))
	}
}

// stop removes the bar. p may be nil.
func (p *progress) stop() {
	if p == nil {
		return
	}
	close(p.done)
	p.bar.Abort(true)
	p.pool.Wait()
}
