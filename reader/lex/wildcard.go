package lex

import "strings"

// Wildcard is a pattern in which * stands for any text, also none. The rest is
// taken as it is: log prefixes are full of brackets and question marks, which
// the patterns of package path would interpret.
type Wildcard struct{ parts []string }

// NewWildcard makes a Wildcard of its text.
func NewWildcard(pattern string) Wildcard { return Wildcard{strings.Split(pattern, "*")} }

// Match reports whether all of s fits. A part is looked for only behind the
// part before it, and the leftmost place is always good enough, so the time is
// linear whatever the pattern.
func (w Wildcard) Match(s string) bool {
	first, last := w.parts[0], w.parts[len(w.parts)-1]
	if len(w.parts) == 1 {
		return s == first
	}
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range w.parts[1 : len(w.parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}
