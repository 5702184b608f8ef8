package engine_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fwreport/analyze/engine"
	"fwreport/analyze/spill"
	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
)

// somePiece is a small log, counted apart after another one, and saved.
func somePiece(t testing.TB) (data []byte, before *engine.Before) {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"kern.log", "syslog"} {
		text := yearless("Feb  1 10:00:00", "Feb  1 10:00:01", "Feb  1 10:00:0"+map[string]string{"kern.log": "2", "syslog": "3"}[name])
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Chtimes(path, day, day)); err != nil {
			t.Fatal(err)
		}
	}
	inputs, err := reader.Open(ctx, []string{dir}, reader.OpenOptions{Formats: formats, Year: 2026, Now: day})
	if err != nil {
		t.Fatal(err)
	}
	space, err := spill.NewSpace(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer space.Close()
	res, err := engine.Run(ctx, engine.Config{
		Inputs: inputs, Modules: modules, Window: always, Jobs: 1, Space: space, Memory: 1 << 40, Roles: []engine.Role{engine.Recall, engine.Apart},
		Options: reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{})},
	})
	if err != nil {
		t.Fatal(err)
	}
	before = engine.NewOrder(inputs, false).Before(1, func(int) engine.Extent { return engine.Anytime() })
	var b bytes.Buffer
	if err := res.Pieces[1].Save(&b, program, "name", before); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), before
}

// sound loads a piece and checks it to its end.
func sound(data []byte, program, name string, before *engine.Before) (*engine.Piece, error) {
	open := func() (engine.File, error) { return memoryFile{bytes.NewReader(data)}, nil }
	p, err := engine.LoadPiece(open, int64(len(data)), program, name, before)
	if err != nil {
		return nil, err
	}
	return p, p.Check()
}

// TestDamagedPieces: a piece that was cut or changed in one bit is refused, wherever
// that is, and so is one of another program or under another name.
func TestDamagedPieces(t *testing.T) {
	data, before := somePiece(t)
	p, err := sound(data, program, "name", before)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC)
	if want := (engine.Extent{First: day.UnixNano(), Last: day.Add(3 * time.Second).UnixNano()}); p.Extent() != want {
		t.Errorf("extent %v, want %v", p.Extent(), want)
	}
	for _, c := range [][2]string{{program + " ", "name"}, {program, "other"}} {
		if _, err := sound(data, c[0], c[1], before); err == nil {
			t.Errorf("%q: it was taken", c)
		}
	}
	for at := 0; at < len(data); at += 1 + at/60 {
		if _, err := sound(data[:at], program, "name", before); err == nil {
			t.Errorf("cut at byte %d, and nobody saw it", at)
		}
		b := bytes.Clone(data)
		b[at] ^= 1 << (at % 8)
		if _, err := sound(b, program, "name", before); err == nil {
			t.Errorf("byte %d changed, and nobody saw it", at)
		}
	}
	if _, err := sound(append(bytes.Clone(data), 0), program, "name", before); err == nil {
		t.Error("a byte after the end, and nobody saw it")
	}
}

// FuzzLoadPiece: whatever the head of a piece says under right checksums, loading it
// ends, with an error or not.
func FuzzLoadPiece(f *testing.F) {
	data, before := somePiece(f)
	n := 8 + binary.LittleEndian.Uint64(data)
	sets := data[n:]
	f.Add(data[8:n])
	f.Add(data[8 : n/2])
	f.Fuzz(func(_ *testing.T, head []byte) {
		for _, h := range [][]byte{head, reseal(head)} {
			file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(h))), h...)
			if p, err := sound(append(file, sets...), program, "name", before); err == nil {
				p.Extent()
			}
		}
	})
}
