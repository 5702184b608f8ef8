package event

import "hash/maphash"

// Identity stands for the body of a record: two records of one body have one
// Identity, two of different bodies the same with a probability of 2^-128.
type Identity struct{ A, B uint64 }

// Identifier makes Identities. Its hash is keyed anew in each run, so that
// nobody can write log lines that are taken for others. It is safe for
// concurrent use.
type Identifier struct{ a, b maphash.Seed }

// NewIdentifier makes an Identifier with keys of its own.
func NewIdentifier() *Identifier {
	return &Identifier{maphash.MakeSeed(), maphash.MakeSeed()}
}

// Of is the Identity of a record's body: its text from the log prefix on,
// without stamp, host, tag and uptime, and without spaces at its end, which some
// daemons strip. count is how many events the record stands for.
func (id *Identifier) Of(body []byte, count uint32) Identity {
	for len(body) > 0 && body[len(body)-1] == ' ' {
		body = body[:len(body)-1]
	}
	return Identity{maphash.Bytes(id.a, body) + uint64(count-1), maphash.Bytes(id.b, body)}
}
