package event

import "testing"

func TestFlowTranslation(t *testing.T) {
	a, b, c := AddrFrom4(1), AddrFrom4(2), AddrFrom4(3)
	whole := HasSrc | HasDst | HasSrcPort | HasDstPort
	for _, x := range []struct {
		fields     Fields
		src, dst   Addr // of the reply
		sp, dp     int
		dnat, snat bool
	}{
		{whole, b, a, 22, 4000, false, false},
		{whole, c, a, 22, 4000, true, false},
		{whole, b, c, 22, 4000, false, true},
		{whole, b, a, 2222, 4000, true, false},
		{whole, b, a, 22, 4001, false, true},
		{whole, c, c, -1, -1, true, true},
		{HasSrc | HasDst, b, a, 5, 6, false, false},
		{0, c, c, -1, -1, false, false},
	} {
		e := Event{Src: a, Dst: b, SrcPort: 4000, DstPort: 22, Fields: x.fields}
		f := NewFlowDetail()
		f.ReplySrcPort, f.ReplyDstPort = x.sp, x.dp
		f.Replied(&e, x.src, x.dst)
		if f.DNAT != x.dnat || f.SNAT != x.snat || f.ReplySrc != x.src.String() || f.ReplyDst != x.dst.String() {
			t.Errorf("%+v: %+v", x, f)
		}
	}
}

func TestFlowDuration(t *testing.T) {
	for _, x := range []struct{ start, end, want int64 }{{1000, 5999, 4}, {5000, 4000, 0}, {7, 7, 0}} {
		f := NewFlowDetail()
		if f.Lasted(x.start, x.end); f.DurationUS != x.want {
			t.Errorf("from %d to %d: %d µs, want %d", x.start, x.end, f.DurationUS, x.want)
		}
	}
}
