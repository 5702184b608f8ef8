package reader

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

// TestSideHash writes streams of many lengths in pieces of many lengths.
func TestSideHash(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, hashStepSize - 1, hashStepSize, hashStepSize + 1, 3 * hashStepSize, 20*hashStepSize + 7} {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		for _, most := range []int{1 << 10, hashStepSize, 1 << 20} {
			s := &sideHash{}
			for rest := data; len(rest) > 0; {
				piece := min(len(rest), 1+r.IntN(most))
				if n, err := s.Write(rest[:piece]); n != piece || err != nil {
					t.Fatal(n, err)
				}
				rest = rest[piece:]
			}
			if want := sha256.Sum256(data); !bytes.Equal(s.Sum([]byte{7})[1:], want[:]) {
				t.Errorf("%d bytes in pieces of up to %d: another hash", n, most)
			}
			s.end()
		}
	}
}

// TestSideHashGivenUp: a stream that is not read to its end leaves no goroutine.
func TestSideHashGivenUp(t *testing.T) {
	s := &sideHash{}
	if _, err := s.Write(make([]byte, 10*hashStepSize+1)); err != nil {
		t.Fatal(err)
	}
	s.end()
	if s.full != nil {
		t.Error("the goroutine was not ended")
	}
}
