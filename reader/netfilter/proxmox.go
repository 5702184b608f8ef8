package netfilter

import (
	"bytes"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// ParseProxmox decodes the text of a line of pve-firewall.log behind its stamp:
// "policy REJECT: IN=vmbr1 …". Its daemon imitates nf_log (pvefw-logger.c) with
// differences: OUT= is left out where it is empty, IN= likewise, RES= and URGP=
// do not exist, FRAG=, MARK= and the UDP length are spelled otherwise. The
// prefix names the action; e, d and the result are as Parse has them.
func (p *Parser) ParseProxmox(e *event.Event, d *event.Detail, msg []byte) (Outcome, string) {
	h, ok := proxmoxHeader(msg)
	if !ok {
		return None, ""
	}
	dec := p.decision(p.names.Sym(msg[:h.start]))
	p.head(e, &h, dec)
	if d != nil {
		dec.describe(d)
		d.FrontEnd = "proxmox"
	}
	b := body{p: p, e: e, d: d, text: msg[h.end:], own: true}
	b.run()
	return b.finish(complete(msg))
}

// proxmoxHeader finds the last IN= or OUT= that begins a word and has no packet
// before it: the text before it is the administrator's.
func proxmoxHeader(msg []byte) (h header, ok bool) {
	end := len(msg)
	if i := bytes.Index(msg, srcKey); i >= 0 {
		end = i
	}
	for at := 0; at < end; {
		w, next := word(msg, at)
		switch {
		case bytes.HasPrefix(w, inKey):
			h, ok = header{start: at, end: next, in: w[len(inKey):]}, true
		case bytes.HasPrefix(w, outKey) && ok && at == h.end+1:
			h.out, h.end = w[len(outKey):], next
		case bytes.HasPrefix(w, outKey):
			h, ok = header{start: at, end: next, out: w[len(outKey):]}, true
		}
		at = next + 1
	}
	return h, ok
}

// glued takes "13mark=5" apart, which Proxmox prints behind UDP's length.
func (b *body) glued(v []byte) []byte {
	i := bytes.Index(v, []byte("mark="))
	if !b.own || i <= 0 {
		return v
	}
	b.mark(v[i+len("mark="):])
	return v[:i]
}

// proxmoxFragment is FRAG=, in units of 8 bytes.
func (b *body) proxmoxFragment(v []byte) {
	if _, ok := lex.Uint(v); ok && b.own {
		b.fragment(v)
	}
}
