package count

import (
	"fwreport/analyze/codec"
	"fwreport/reader/event"
)

// Ends are the source port and the destination of a group, each shown only if the
// whole group has it. They are two Sames in eight bytes: an Entry of a Stat and
// Ends is one line of memory. The zero Ends are empty.
type Ends struct {
	dst       uint32 // its handle
	port      uint16
	dstState  uint8 // as of Same
	portState uint8
}

func (n *Ends) sames() (port, dst Same) {
	return Same{uint32(n.port), n.portState}, Same{n.dst, n.dstState}
}

func (n *Ends) set(port, dst Same) {
	n.port, n.portState, n.dst, n.dstState = uint16(port.value), port.state, dst.value, dst.state
}

// Add takes those of an event, or their absence. Of many events both are soon mixed.
func (n *Ends) Add(e *event.Event) {
	if n.portState != mixed || n.dstState != mixed {
		n.compare(e)
	}
}

func (n *Ends) compare(e *event.Event) {
	port, dst := n.sames()
	port.Add(uint32(e.SrcPort), e.Has(event.HasSrcPort))
	dst.Add(e.DstID, e.DstID != 0)
	n.set(port, dst)
}

// Merge adds o, of which r translates the handle.
func (n *Ends) Merge(o *Ends, r Remap) {
	port, dst := n.sames()
	otherPort, otherDst := o.sames()
	port.Merge(otherPort, nil)
	dst.Merge(otherDst, func(id uint32) uint32 { return r[id] })
	n.set(port, dst)
}

// SrcPort is the source port that the whole group has.
func (n *Ends) SrcPort() (uint16, bool) { return n.port, n.portState == 1 }

// Dst is the handle of the destination that the whole group has.
func (n *Ends) Dst() (uint32, bool) { return n.dst, n.dstState == 1 }

// Save writes n.
func (n *Ends) Save(w *codec.Writer) {
	port, dst := n.sames()
	port.Save(w, nil)
	dst.Save(w, SaveHandle)
}

// Load reads what Save wrote.
func (n *Ends) Load(r *codec.Reader) {
	var port, dst Same
	port.Load(r, loadPort)
	dst.Load(r, LoadHandle)
	n.set(port, dst)
}

func loadPort(r *codec.Reader) uint32 { return uint32(r.Below(1<<16, "source port")) }
