package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// form writes packets in one way. A form is made for each file, for it may begin
// with a header and keep what the line before had.
type form struct {
	name string
	open func() writer
}

// writer appends a file's records to b; header may be empty.
type writer struct {
	header []byte
	record func(b []byte, p *packet) []byte
}

var forms = []form{{"syslog", asSyslog}, {"ulogd", asUlogd}, {"pcap", asPcap}, {"web", asWeb}}

func formNames() []string {
	var names []string
	for _, f := range forms {
		names = append(names, f.name)
	}
	return names
}

func formNamed(name string) (form, error) {
	for _, f := range forms {
		if f.name == name {
			return f, nil
		}
	}
	return form{}, fmt.Errorf("-form %s: give one of %s", name, strings.Join(formNames(), ", "))
}

// stamp formats a time and keeps the text for the seconds that repeat it.
type stamp struct {
	layout string
	second int64
	text   []byte
}

func (s *stamp) append(b []byte, second int64) []byte {
	if second != s.second || s.text == nil {
		s.second, s.text = second, time.Unix(second, 0).UTC().AppendFormat(s.text[:0], s.layout)
	}
	return append(b, s.text...)
}

func number[T uint8 | uint16 | uint32 | int | int64](b []byte, n T) []byte {
	return strconv.AppendUint(b, uint64(n), 10)
}

// micros appends six digits.
func micros(b []byte, n int64) []byte {
	for unit := int64(100_000); unit > 0; unit /= 10 {
		b = append(b, byte('0'+n/unit%10))
	}
	return b
}

func ipv4(b []byte, a uint32) []byte {
	b = append(number(b, a>>24), '.')
	b = append(number(b, a>>16&255), '.')
	b = append(number(b, a>>8&255), '.')
	return number(b, a&255)
}

// asSyslog is what the kernel's LOG target writes, with RFC 3164's stamp: about
// 250 bytes a line.
func asSyslog() writer {
	at := stamp{layout: "Jan _2 15:04:05"}
	return writer{record: func(b []byte, p *packet) []byte {
		second, us := p.micros/1e6, p.micros%1e6
		b = append(at.append(b, second), " fw1 kernel: ["...)
		b = micros(append(number(b, second-start+uptime), '.'), us)
		b = append(append(b, "] IPT: "...), actions[p.action]...)
		b = append(b, " IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 SRC="...)
		b = append(ipv4(b, p.src), " DST=192.0.2."...)
		b = append(number(b, p.dst), " LEN="...)
		b = append(number(b, p.size), " TOS=0x00 PREC=0x00 TTL="...)
		b = append(number(b, p.ttl), " ID="...)
		b = append(number(b, p.id), " DF PROTO=TCP SPT="...)
		b = append(number(b, p.sport), " DPT="...)
		b = append(number(b, p.port), " WINDOW="...)
		return append(number(b, p.window), " RES=0x00 SYN URGP=0 \n"...)
	}}
}

// asWeb is a web server's log in the "combined" form, of the same sources at the
// same times, for programs that read nothing else.
func asWeb() writer {
	at := stamp{layout: "02/Jan/2006:15:04:05 -0700"}
	return writer{record: func(b []byte, p *packet) []byte {
		b = append(ipv4(b, p.src), " - - ["...)
		b = append(at.append(b, p.micros/1e6), `] "GET /wp-login.php?host=`...)
		b = append(number(b, p.dst), "&port="...)
		b = append(number(b, p.port), ` HTTP/1.1" 404 `...)
		b = append(number(b, p.id), ` "https://example.com/start" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 build/`...)
		return append(number(b, p.window), "\"\n"...)
	}}
}
