package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"fwreport/reader/evidence"
)

// sum is one line of a SHA256SUMS file.
type sum struct{ path, hash string }

// sumsName is how a list of check sums is called in a folder of reports; beside
// a single file it is that file's name with this as an ending.
const sumsName = "SHA256SUMS"

// sha256sum writes a name with a backslash in front of the line where it holds
// one of these (coreutils, src/cksum.c).
var (
	sumEscape   = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)
	sumUnescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r")
)

// String is s as sha256sum writes it.
func (s sum) String() string {
	if strings.ContainsAny(s.path, "\\\n\r") {
		return `\` + s.hash + "  " + sumEscape.Replace(s.path)
	}
	return s.hash + "  " + s.path
}

// parseSum reads a line that sha256sum wrote, in text or binary mode.
func parseSum(line string) (sum, bool) {
	rest, escaped := strings.CutPrefix(line, `\`)
	const digits = 2 * sha256.Size
	if len(rest) < digits+3 || rest[digits] != ' ' || rest[digits+1] != ' ' && rest[digits+1] != '*' {
		return sum{}, false
	}
	s := sum{path: rest[digits+2:], hash: strings.ToLower(rest[:digits])}
	if _, err := hex.DecodeString(s.hash); err != nil {
		return sum{}, false
	}
	if escaped {
		s.path = sumUnescape.Replace(s.path)
	}
	return s, true
}

// parseSums reads a whole SHA256SUMS file. Empty lines and comments are passed
// over, as sha256sum -c does.
func parseSums(r io.Reader) ([]sum, error) {
	var all []sum
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSuffix(sc.Text(), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		s, ok := parseSum(line)
		if !ok {
			return nil, fmt.Errorf("line %d is neither a check sum with a name, as sha256sum writes them, nor the beginning of a report", n)
		}
		all = append(all, s)
	}
	if err := sc.Err(); err != nil {
		return nil, plainReason(err)
	}
	if len(all) == 0 {
		return nil, errors.New("it holds no check sum")
	}
	return all, nil
}

// hashFile hashes a file, until ctx is done. read is told of bytes read.
func hashFile(ctx context.Context, path string, read func(int)) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<18)
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		read(n)
		switch {
		case err == io.EOF:
			return hex.EncodeToString(h.Sum(nil)), nil
		case err != nil:
			return "", err
		case ctx.Err() != nil:
			return "", errInterrupted
		}
	}
}

// inputSums are the check sums of the inputs that are files by themselves. What
// came from standard input or stands in an archive cannot be named to sha256sum.
func inputSums(m *evidence.Manifest) []sum {
	var all []sum
	for i := range m.Inputs {
		in := &m.Inputs[i]
		if in.SHA256 == "" || in.Path == "-" {
			continue
		}
		if info, err := os.Stat(in.Path); err == nil && info.Mode().IsRegular() {
			all = append(all, sum{in.Path, in.SHA256})
		}
	}
	return all
}

// isEvidence reports whether a file is one of the inputs.
func isEvidence(path string, m *evidence.Manifest) bool {
	info, err := os.Stat(path)
	return err == nil && slices.ContainsFunc(m.Inputs, func(in evidence.Input) bool {
		other, err := os.Stat(in.Path)
		return err == nil && os.SameFile(info, other)
	})
}

// writeSums adds the check sums of the inputs and of the files in the stage to
// the stage, as path.
func (s *stage) writeSums(path string, m *evidence.Manifest) error {
	all := inputSums(m)
	if isEvidence(path, m) {
		return fmt.Errorf("--manifest would overwrite %s, which is evidence: choose another output folder with -o", path)
	}
	for _, p := range s.files {
		if !p.direct {
			all = append(all, sum{p.path, hex.EncodeToString(p.hash.Sum(nil))})
		}
	}
	f, err := s.create(path)
	if err != nil {
		return err
	}
	for _, one := range all {
		if _, err := fmt.Fprintln(f, one); err != nil {
			return cannotWrite(path, err)
		}
	}
	return f.Close()
}
