package html

import (
	"bytes"
	"os"
	"testing"
)

func render(t testing.TB, limit int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, sample(t), Options{Limit: limit}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestShot(t *testing.T) {
	os.WriteFile("/tmp/html-sample.html", render(t, 100), 0o644)
}
