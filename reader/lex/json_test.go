package lex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
)

// members are all members of text, the last of each key, spelled out.
func members(text string) (map[string]string, error) {
	m := map[string]string{}
	j := NewJSON([]byte(text))
	j.Guess, j.Lead = "a", `, "a": `
	for j.Next() {
		m[string(j.Key)] = fmt.Sprintf("%d %d %s", j.Kind, intOf(&j), j.Value)
	}
	return m, j.Err
}

func intOf(j *JSON) uint64 {
	if j.Kind == JSONInt || j.Kind == JSONBool {
		return j.Int
	}
	return 0
}

// reference is the same by encoding/json alone.
func reference(text string) (map[string]string, bool) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil || raw == nil {
		return nil, false
	}
	m := map[string]string{}
	for k, v := range raw {
		m[k] = referenceValue(v)
	}
	return m, true
}

func referenceValue(v json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(v))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return err.Error()
	}
	switch x := x.(type) {
	case string:
		return fmt.Sprintf("%d 0 %s", JSONString, x)
	case bool:
		return fmt.Sprintf("%d %d %s", JSONBool, map[bool]int{true: 1}[x], v)
	case nil:
		return fmt.Sprintf("%d 0 null", JSONNull)
	case json.Number:
		if n, err := strconv.ParseUint(string(x), 10, 64); err == nil && len(x) < 20 {
			return fmt.Sprintf("%d %d %s", JSONInt, n, x)
		}
		return fmt.Sprintf("%d 0 %s", JSONNumber, x)
	}
	return fmt.Sprintf("%d 0 %s", JSONNested, v)
}

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		text string
		want map[string]string
		err  error
	}{
		{`{}`, map[string]string{}, nil},
		{" { \t} \r\n", map[string]string{}, nil},
		{`{"a": "b", "ip.ttl": 51}`, map[string]string{"a": "0 0 b", "ip.ttl": "1 51 51"}, nil},
		{`{"a":1,"a":2}`, map[string]string{"a": "1 2 2"}, nil},
		{`{"a":0,"b":-0,"c":1.5,"d":1e3,"e":-7}`, map[string]string{"a": "1 0 0", "b": "2 0 -0", "c": "2 0 1.5", "d": "2 0 1e3", "e": "2 0 -7"}, nil},
		{`{"n":9999999999999999999}`, map[string]string{"n": "1 9999999999999999999 9999999999999999999"}, nil},
		{`{"n":18446744073709551616}`, map[string]string{"n": "2 0 18446744073709551616"}, nil},
		{`{"t":true,"f":false,"z":null}`, map[string]string{"t": "3 1 true", "f": "3 0 false", "z": "4 0 null"}, nil},
		{`{"a":"x\n\"\u00e9"}`, map[string]string{"a": "0 0 x\n\"é"}, nil},
		{`{"a":"Größe 世界 longer than eight"}`, map[string]string{"a": "0 0 Größe 世界 longer than eight"}, nil},
		{"{\"a\":\"\xff\"}", map[string]string{"a": "0 0 \ufffd"}, nil},
		{`{"a":1,"b":{"c":[1,2]},"d":3}`, map[string]string{"a": "1 1 1", "b": `5 0 {"c":[1,2]}`, "d": "1 3 3"}, nil},
		{`{"a\u0062":1}`, map[string]string{"ab": "1 1 1"}, nil},
		{`{"a":1`, nil, ErrJSONCut},
		{`{"a":"x`, nil, ErrJSONCut},
		{`{"a"`, nil, ErrJSONCut},
		{`{`, nil, ErrJSONCut},
		{``, nil, ErrJSONCut},
		{`{"a":01}`, nil, ErrJSON},
		{`{"a":1,}`, nil, ErrJSON},
		{`{,"a":1}`, nil, ErrJSON},
		{`{"a":1}}`, nil, ErrJSON},
		{`{"a":1}{"b":2}`, nil, ErrJSON},
		{`{"a":1 "b":2}`, nil, ErrJSON},
		{`{"a":truex}`, nil, ErrJSON},
		{`{"a":12x}`, nil, ErrJSON},
		{`{a:1}`, nil, ErrJSON},
		{"{\"a\":\"tab\tinside\"}", nil, ErrJSON},
		{"{\"a\x00\":1}", nil, ErrJSON},
		{`[{"a":1}]`, nil, ErrJSONObject},
		{`null`, nil, ErrJSONObject},
		{`"text"`, nil, ErrJSONObject},
		{`17`, nil, ErrJSONObject},
		{`Jan  2 03:04:05 fw1 kernel: x`, nil, ErrJSON},
	} {
		got, err := members(c.text)
		if !errors.Is(err, c.err) || err == nil && !maps.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v; want %q, %v", c.text, got, err, c.want, c.err)
		}
	}
}

// TestPlain compares with a look at one byte after the other, at each place of
// each byte in a word.
func TestPlain(t *testing.T) {
	for c := range 256 {
		for at := range 17 {
			b := bytes.Repeat([]byte("z"), 20)
			b[at] = byte(c)
			want := len(b)
			if c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
				want = at
			}
			if got := plain(b); got != want {
				t.Fatalf("plain with %#x at %d is %d, want %d", c, at, got, want)
			}
		}
	}
}

// TestGuess holds that a guess, right or wrong, changes nothing but Hit.
func TestGuess(t *testing.T) {
	const text = `{"ab": 1, "abc": "x", "": 2}`
	for _, guess := range []string{"", "a", "ab", "abc", "abcd", `ab": 1`, strings.Repeat("x", 100)} {
		j := NewJSON([]byte(text))
		j.Guess, j.Lead = guess, `, "`+guess+`": `
		for _, key := range []string{"ab", "abc", ""} {
			if !j.Next() || string(j.Key) != key || j.Hit != (key == guess) {
				t.Errorf("guess %q: key %q, hit %v; want %q", guess, j.Key, j.Hit, key)
			}
		}
		if j.Next() || j.Err != nil {
			t.Errorf("guess %q: does not end: %q, %v", guess, j.Key, j.Err)
		}
	}
}

func TestJSONDoesNotAllocate(t *testing.T) {
	line := []byte(`{"timestamp": "2025-01-02T03:04:05.123456", "raw.pktlen": 44, "prefix": "Größe", "ok": true, "no": null}`)
	if n := testing.AllocsPerRun(100, func() {
		j := NewJSON(line)
		for j.Next() {
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a": "b", "c": 1, "d": true, "e": null}`, `{"a":[1,{"b":2}],"a":"\ud800"}`, `{"a":01}`, `{"":""}`,
		"{\"\xc3\xa9\":\"\xed\xa0\x80\"}", ` { "a" : -1.5e+7 , "b":0 } `, `{"a":1}x`, `[]`, `{"a":"` + strings.Repeat("x", 40),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := members(text)
		want, ok := reference(text)
		if ok != (err == nil) {
			t.Fatalf("%q: error %v, encoding/json accepts it: %v", text, err, ok)
		}
		if ok && !maps.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	line := []byte(`{"timestamp": "2025-01-02T03:04:05.123456", "dvc": "Netfilter", "raw.pktlen": 44, "raw.pktcount": 1, "oob.prefix": "IPT: DROP ", "oob.time.sec": 1735787045, "oob.time.usec": 123456, "oob.mark": 0, "oob.ifindex_in": 3, "oob.hook": 1, "raw.mac_len": 14, "oob.family": 2, "oob.protocol": 2048, "raw.label": 0, "raw.type": 1, "raw.mac.addrlen": 6, "ip.protocol": 6, "ip.tos": 0, "ip.ttl": 51, "ip.totlen": 44, "src_ip": "198.51.100.7", "dest_ip": "192.0.2.10", "mac.str": "02:00:5e:00:53:10:02:00:5e:00:53:01:08:00"}`)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		j := NewJSON(line)
		for j.Next() {
		}
	}
}
