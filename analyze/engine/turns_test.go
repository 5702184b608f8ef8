package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"fwreport/analyze/engine"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/report/json"
)

// rereadLogs are logs of daemons that read the kernel's buffer again soon after boot:
// most records stand in a log two or three times, each time with another stamp, and the
// logs do not agree on the stamps. One log may be without uptimes.
func rereadLogs(t *testing.T, seed uint64, packets int) string {
	t.Helper()
	dir, boot := t.TempDir(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	bare := int(seed % 4)
	for n, name := range []string{"kern.log", "syslog", "messages"} {
		daemon := rand.New(rand.NewPCG(seed, uint64(n)))
		var b bytes.Buffer
		for pass := range 3 {
			rnd := rand.New(rand.NewPCG(seed, 22)) // the same packets each time
			for i := range packets {
				up := 20*time.Second + time.Duration(i)*150*time.Second/time.Duration(packets)
				body := fmt.Sprintf("IPT: DROP IN=eth0 OUT= SRC=198.51.100.%d DST=192.0.2.10 LEN=28 TTL=51 ID=0 PROTO=UDP SPT=53 DPT=%d LEN=8\n", rnd.IntN(2), 53+rnd.IntN(2))
				if n != bare {
					body = fmt.Sprintf("[%5d.%06d] %s", up/time.Second, up%time.Second/time.Microsecond, body)
				}
				if daemon.IntN(4) > 0 {
					at := boot.Add(up + time.Duration(20*pass)*time.Second + time.Duration(daemon.IntN(18e9)))
					b.WriteString(at.Format("2006-01-02T15:04:05.000000Z07:00") + " fw1 kernel: " + body)
				}
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Which of several copies under different stamps are events depends on which come
// first: that is the order of their places, whichever worker has them.
func TestCopiesUnderOtherStamps(t *testing.T) {
	for seed := range uint64(4) {
		dir := rereadLogs(t, seed, 4000)
		var want []byte
		for _, jobs := range []int{1, 2, 4, 3, 8, 2} {
			shelve := 0
			if jobs == 3 { // with memory short
				shelve = 500
			}
			var b bytes.Buffer
			if err := json.Render(&b, run{jobs: jobs, year: 2026, shelve: shelve}.report(t, dir), json.Options{}); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = b.Bytes()
			} else if !bytes.Equal(b.Bytes(), want) {
				at := differ(want, b.Bytes())
				t.Fatalf("seed %d: %d workers give another report, at byte %d: %s", seed, jobs, at, b.Bytes()[max(0, at-60):min(b.Len(), at+40)])
			}
		}
	}
}

// A run that is ended early leaves no worker waiting for a turn that never comes.
func TestEndedInTurn(t *testing.T) {
	dir := rereadLogs(t, 1, 4000)
	for after := range int64(8) {
		ctx, cancel := context.WithCancel(t.Context())
		inputs, err := reader.Open(ctx, []string{dir}, reader.OpenOptions{Formats: formats, Year: 2026})
		if err != nil {
			t.Fatal(err)
		}
		var seen atomic.Int64
		_, err = engine.Run(ctx, engine.Config{
			Inputs: inputs, Modules: modules, Window: always, Jobs: 3,
			Options: reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{})},
			Keep: func() func(*event.Event) bool {
				return func(*event.Event) bool {
					if seen.Add(1) == 1+2500*after {
						cancel()
					}
					return true
				}
			},
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d events: %v", seen.Load(), err)
		}
	}
}
