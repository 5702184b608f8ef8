package json

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"fwreport/reader/evidence"
	"fwreport/report"
)

// The wire types are the objects of the JSON form; their fields stand in the
// order in which they are written. Decode reads them too.
type (
	text string // a string; written as valid UTF-8
	name string // a string that is null where it is ""

	stamp int64 // RFC 3339 UTC; report.NoTime is null
	size  int64 // bytes; -1 is null

	generator struct {
		Name    text `json:"name"`
		Version text `json:"version"`
	}
	window struct {
		Since stamp `json:"since"`
		Until stamp `json:"until"`
	}
	span struct {
		First stamp `json:"first"`
		Last  stamp `json:"last"`
	}
	finding struct {
		Confidence text   `json:"confidence"`
		Text       text   `json:"text"`
		Evidence   []text `json:"evidence"`
	}
	chart struct {
		ID    text   `json:"id"`
		Title text   `json:"title"`
		Kind  text   `json:"kind"`
		Table text   `json:"table"`
		X     text   `json:"x"`
		Y     []text `json:"y"`
	}
	column struct {
		ID    text `json:"id"`
		Title text `json:"title"`
		Kind  text `json:"kind"`
		Key   bool `json:"key,omitempty"`
		Doc   text `json:"doc,omitempty"`
	}
	ledger struct {
		Read       uint64 `json:"read"`
		Events     uint64 `json:"events"`
		Other      uint64 `json:"other"`
		Malformed  uint64 `json:"malformed"`
		Duplicates uint64 `json:"duplicates"`
		Outside    uint64 `json:"outside"`
		Filtered   uint64 `json:"filtered"`
		Repeats    uint64 `json:"repeats"`
	}
	input struct {
		Path        text              `json:"path"`
		Format      name              `json:"format"`
		Compression name              `json:"compression"`
		Size        size              `json:"size"`
		MTime       stamp             `json:"mtime"`
		SHA256      name              `json:"sha256"`
		YearFrom    name              `json:"year_from"`
		ZoneFrom    name              `json:"zone_from"`
		First       stamp             `json:"first"`
		Last        stamp             `json:"last"`
		Records     ledger            `json:"records"`
		Notes       []text            `json:"notes"`
		Family      name              `json:"family"`
		Incomplete  bool              `json:"incomplete"`
		Skipped     name              `json:"skipped"`
		HashedOnly  bool              `json:"hashed_only,omitempty"`
		Rejects     []reject          `json:"rejects"`
		Reasons     map[string]uint64 `json:"reasons"`
		Losses      []loss            `json:"losses"`
	}
	reject struct {
		Record uint64 `json:"record"`
		Reason text   `json:"reason"`
		Text   text   `json:"text"`
	}
	loss struct {
		Class   text   `json:"class"`
		Notices uint64 `json:"notices"`
		Lost    uint64 `json:"lost"`
	}
)

func (t text) MarshalJSON() ([]byte, error) { return appendText(nil, string(t)), nil }

func (n name) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return text(n).MarshalJSON()
}

func (s stamp) MarshalJSON() ([]byte, error) {
	if s == report.NoTime {
		return []byte("null"), nil
	}
	return appendText(nil, report.FormatTime(int64(s))), nil
}

func (s *stamp) UnmarshalJSON(b []byte) error {
	var written *string
	if err := json.Unmarshal(b, &written); err != nil {
		return err
	}
	if written == nil {
		*s = report.NoTime
		return nil
	}
	ns, err := parseTime(*written)
	*s = stamp(ns)
	return err
}

func (n size) MarshalJSON() ([]byte, error) {
	if n < 0 {
		return []byte("null"), nil
	}
	return json.Marshal(int64(n))
}

func (n *size) UnmarshalJSON(b []byte) error {
	var written *int64
	if err := json.Unmarshal(b, &written); err != nil {
		return err
	}
	*n = -1
	if written != nil {
		*n = size(*written)
	}
	return nil
}

// parseTime reads RFC 3339 as Unix nanoseconds, which reach from 1677 to 2262.
func parseTime(s string) (int64, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, fmt.Errorf("time %q is not RFC 3339", s)
	}
	if t.Before(time.Unix(0, math.MinInt64+1)) || t.After(time.Unix(0, math.MaxInt64)) {
		return 0, fmt.Errorf("time %q is out of range", s)
	}
	return t.UnixNano(), nil
}

func texts(list []string) []text {
	wire := make([]text, len(list)) // not nil: an empty list is [], not null
	for i, s := range list {
		wire[i] = text(s)
	}
	return wire
}

func stringsOf(wire []text) []string {
	var list []string
	for _, t := range wire {
		list = append(list, string(t))
	}
	return list
}

func ledgerOf(l evidence.Ledger) ledger { return ledger(l) }

func inputOf(in *evidence.Input) input {
	wire := input{
		Path: text(in.Path), Format: name(in.Format), Compression: name(in.Compression),
		Size: size(in.Size), MTime: stamp(in.MTime), SHA256: name(in.SHA256),
		YearFrom: name(in.YearFrom), ZoneFrom: name(in.ZoneFrom),
		First: stamp(in.First), Last: stamp(in.Last), Records: ledgerOf(in.Records),
		Notes: texts(in.Notes), Family: name(in.Family), Incomplete: in.Incomplete, Skipped: name(in.Skipped), HashedOnly: in.HashedOnly,
		Rejects: []reject{}, Reasons: map[string]uint64{}, Losses: []loss{},
	}
	for _, r := range in.Rejects {
		wire.Rejects = append(wire.Rejects, reject{r.Record, text(r.Reason), text(r.Text)})
	}
	for reason, n := range in.Reasons {
		wire.Reasons[valid(reason)] += n
	}
	for _, l := range in.Losses {
		wire.Losses = append(wire.Losses, loss{text(l.Class), l.Notices, l.Lost})
	}
	return wire
}

func (wire *input) evidence() evidence.Input {
	in := evidence.Input{
		Path: string(wire.Path), Format: string(wire.Format), Compression: string(wire.Compression),
		Size: int64(wire.Size), MTime: int64(wire.MTime), SHA256: string(wire.SHA256),
		YearFrom: string(wire.YearFrom), ZoneFrom: string(wire.ZoneFrom),
		First: int64(wire.First), Last: int64(wire.Last), Records: evidence.Ledger(wire.Records),
		Notes: stringsOf(wire.Notes), Family: string(wire.Family), Incomplete: wire.Incomplete, Skipped: string(wire.Skipped), HashedOnly: wire.HashedOnly,
	}
	for _, r := range wire.Rejects {
		in.Rejects = append(in.Rejects, evidence.Reject{Record: r.Record, Reason: string(r.Reason), Text: string(r.Text)})
	}
	if len(wire.Reasons) > 0 {
		in.Reasons = wire.Reasons
	}
	for _, l := range wire.Losses {
		in.Losses = append(in.Losses, evidence.Loss{Class: string(l.Class), Notices: l.Notices, Lost: l.Lost})
	}
	return in
}
