package main

// asUlogd is ulogd2's JSON output (stack NFLOG, BASE, IFINDEX, IP2STR, HWHDR, JSON)
// with its keys in the order in which version 2.0.8 writes them.
func asUlogd() writer {
	at := stamp{layout: "2006-01-02T15:04:05"}
	return writer{record: func(b []byte, p *packet) []byte {
		second, us := p.micros/1e6, p.micros%1e6
		b = at.append(append(b, `{"timestamp": "`...), second)
		b = micros(append(b, '.'), us)
		b = number(append(b, `", "dvc": "fw1", "raw.pktlen": `...), p.size)
		b = append(append(b, `, "raw.pktcount": 1, "oob.prefix": "IPT: `...), actions[p.action]...)
		b = number(append(b, ` ", "oob.time.sec": `...), second)
		b = number(append(b, `, "oob.time.usec": `...), us)
		b = append(b, `, "oob.mark": 0, "oob.ifindex_in": 2, "oob.hook": 1, "raw.mac_len": 14, "oob.family": 2, "oob.protocol": 2048, `+
			`"raw.label": 0, "raw.type": 1, "raw.mac.addrlen": 6, "ip.protocol": 6, "ip.tos": 0, "ip.ttl": `...)
		b = number(append(number(b, p.ttl), `, "ip.totlen": `...), p.size)
		b = number(append(b, `, "ip.ihl": 5, "ip.csum": 54965, "ip.id": `...), p.id)
		b = number(append(b, `, "ip.fragoff": 16384, "src_port": `...), p.sport)
		b = number(append(b, `, "dest_port": `...), p.port)
		b = number(append(b, `, "tcp.seq": 3221226114, "tcp.ackseq": 0, "tcp.window": `...), p.window)
		b = append(b, `, "tcp.offset": 0, "tcp.reserved": 0, "tcp.urg": 0, "tcp.ack": 0, "tcp.psh": 0, "tcp.rst": 0, "tcp.syn": 1, `+
			`"tcp.fin": 0, "tcp.res1": 0, "tcp.res2": 0, "tcp.csum": 21949, "oob.in": "eth0", "oob.out": "", "src_ip": "`...)
		b = number(append(ipv4(b, p.src), `", "dest_ip": "192.0.2.`...), p.dst)
		return append(b, `", "mac.saddr.str": "02:00:5e:00:53:01", "mac.daddr.str": "02:00:5e:00:53:10", `+
			`"mac.str": "02:00:5e:00:53:10:02:00:5e:00:53:01:08:00"}`+"\n"...)
	}}
}
