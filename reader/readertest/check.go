package readertest

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"
)

// Check compares got with what ex expects. Expect is a subset: fields that it
// does not name are free. A field that it gives as null must be absent or
// empty; false and "" match what is absent, [] does not ("no flag is set" is
// knowledge). Numbers are compared as numbers whatever their type, objects as
// the whole is, and ts_flags is a subset of the flags got.
func Check(t testing.TB, ex Example, got map[string]any) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(ex.Expect)) {
		if why := differs(key, ex.Expect[key], got[key]); why != "" {
			t.Errorf("%s: %s", ex.Name, why)
		}
	}
}

// differs says how got differs from what is wanted of the field, or "".
func differs(field string, want, got any) string {
	bad := false
	switch w := want.(type) {
	case nil:
		bad = !empty(got)
	case map[string]any:
		return objectDiffers(field, w, got)
	case []any:
		bad = !listMatches(field, w, got)
	case float64:
		g, ok := number(got)
		bad = !ok || math.Abs(g-w) > 1e-6
	case bool:
		g, _ := got.(bool)
		bad = g != w
	case string:
		g, ok := got.(string)
		bad = g != w || got != nil && !ok
	default:
		bad = true
	}
	if !bad {
		return ""
	}
	return fmt.Sprintf("%s: got %#v, want %#v", field, got, want)
}

func objectDiffers(field string, want map[string]any, got any) string {
	g, ok := got.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s: got %#v, want %#v", field, got, want)
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if why := differs(field+"."+key, want[key], g[key]); why != "" {
			return why
		}
	}
	return ""
}

func listMatches(field string, want []any, got any) bool {
	g, ok := got.([]string)
	if !ok {
		return false
	}
	if field == "ts_flags" {
		return !slices.ContainsFunc(want, func(w any) bool { s, _ := w.(string); return !slices.Contains(g, s) })
	}
	return slices.EqualFunc(want, g, func(w any, s string) bool { return w == s })
}

// empty reports whether v is absent or says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []string:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// number is v as a float64 if it is a number of any kind.
func number(v any) (float64, bool) {
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return 0, false
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}
