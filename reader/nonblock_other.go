//go:build !unix

package reader

// nonblock is nothing where folders hold no named pipes.
const nonblock = 0
