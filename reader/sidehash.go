package reader

import (
	"crypto/sha256"
	"sync"
)

// sideHash is the SHA-256 of a stream that is decompressed. A decompressor is what
// all others wait for when there is one large file: hashing, a twentieth of its
// time, is done beside it. Streams of less than a step are hashed at the end, and
// start no goroutine.
type sideHash struct {
	step *hashStep // being filled; nil: none
	full chan *hashStep
	free chan *hashStep
	sum  chan []byte
}

const (
	hashStepSize = 128 << 10
	hashSteps    = 3
)

type hashStep struct {
	n int
	b [hashStepSize]byte
}

var stepPool = sync.Pool{New: func() any { return new(hashStep) }}

// Write takes the next bytes, which are copied. It waits only if the hash falls
// behind.
func (s *sideHash) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if s.step == nil {
			s.step = s.next()
		}
		n := copy(s.step.b[s.step.n:], rest)
		s.step.n += n
		if rest = rest[n:]; s.step.n == hashStepSize {
			s.hand()
		}
	}
	return len(p), nil
}

// next is an empty step: one that was hashed, or at first a new one.
func (s *sideHash) next() *hashStep {
	if s.free != nil {
		step := <-s.free
		step.n = 0
		return step
	}
	step := stepPool.Get().(*hashStep)
	step.n = 0
	return step
}

// hand gives the step to the goroutine, which the first one starts.
func (s *sideHash) hand() {
	if s.full == nil {
		s.full, s.free, s.sum = make(chan *hashStep, hashSteps), make(chan *hashStep, hashSteps), make(chan []byte, 1)
		for range hashSteps - 1 {
			s.free <- stepPool.Get().(*hashStep)
		}
		go s.run(s.full, s.free)
	}
	s.full <- s.step
	s.step = nil
}

func (s *sideHash) run(full <-chan *hashStep, free chan<- *hashStep) {
	h := sha256.New()
	for step := range full {
		h.Write(step.b[:step.n])
		free <- step
	}
	s.sum <- h.Sum(nil)
}

// Sum appends the hash of all to b. Nothing may be written afterwards.
func (s *sideHash) Sum(b []byte) []byte {
	if s.full == nil {
		h := sha256.New()
		if s.step != nil {
			h.Write(s.step.b[:s.step.n])
		}
		return h.Sum(b)
	}
	if s.step != nil {
		s.hand()
	}
	return append(b, s.end()...)
}

// end stops the goroutine, if there is one, and returns its hash.
func (s *sideHash) end() []byte {
	if s.full == nil {
		return nil
	}
	close(s.full)
	sum := <-s.sum
	for range len(s.free) {
		stepPool.Put(<-s.free)
	}
	s.full, s.free = nil, nil
	return sum
}
