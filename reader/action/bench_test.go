package action

import "testing"

// Decide runs once a distinct prefix, so this matters only for logs whose
// prefixes all differ.
func BenchmarkDecide(b *testing.B) {
	for name, prefix := range map[string]string{"first": "[UFW BLOCK] ", "keyword": "INBOUND TCP 17: ", "bracket": "[DMZ-to-LAN-20-A]"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				none.Decide(prefix)
			}
		})
	}
}
