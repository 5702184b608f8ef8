// Package pcap reads packet captures: classic pcap and pcapng, with the link
// types that firewall evidence comes in, NFLOG among them.
//
// # Containers
//
// The container readers are our own. Those of gopacket v1.1.19 allocate what a
// file's snaplen field claims (2 GiB from 24 bytes), divide by zero on an
// interface option, call a file that was cut short complete, and refuse records
// longer than the snaplen, which tcpdump writes on NFLOG. Here nothing is
// allocated from a length field: a Splitter walks the record headers of what it
// was handed, cuts at whole records, and says by an error at which byte and
// packet a capture ends too early or stops making sense.
//
// Nothing is cut out of the stream: file headers, section headers and interface
// descriptions stay in a chunk's Data, and Splitter and Parser walk them with
// the same code. A chunk's Meta is the state at its first byte. Ending a
// chunk at each such block was rejected: a file made of nothing but section
// headers would then become millions of chunks of one packet each.
//
// Packets that ulogd wrote in hex, as XML, are read here too: see FormatXML.
//
// # Packets
//
// Link headers are decoded here (gopacket knows neither NFLOG nor SLL2, and
// reads several others wrongly). The layers above are gopacket's, run by its
// DecodingLayerParser, never by NewPacket, which panics on mutated input. Before
// a packet is given to it, ordinary4 or ordinary6 looks whether it is one that
// gopacket decodes without error and without allocating; that is nearly
// every packet. The rest is decoded by hand (hand.go), because there gopacket
//   - stops at the first damaged option or impossible length and gives nothing,
//     while the addresses and ports before it are evidence;
//   - gives up on a header cut by the snap length, which is the normal case for
//     the packet quoted in an ICMP error;
//   - does not decode the ports of a first fragment;
//   - decodes an IPv4 packet inside an IPv4 packet over the outer one;
//   - allocates for each IPv6 extension header, and never resets the options of
//     the destination header, so that they grow with the file.
//
// A test holds both ways to the same result on every packet of the corpus.
//
// Where no details are wanted, a third way goes before them for what most packets
// are, IPv4 with TCP, UDP or ICMP behind Ethernet or nothing (usual.go). It
// exists for its speed and is held to the general way by fuzzing.
//
// # Ledger and memory
//
// Each packet record is an event (IP or ARP), other (a frame of another
// protocol), or malformed (a link type that is not supported, a header that is
// cut or damaged). A packet that a firewall logged (NFLOG) is an event whatever
// it holds. Only the outer packet counts: what a tunnel carries or an ICMP error
// quotes goes to Detail at most.
//
// Events hold no reference to a chunk. A Parser owns its layers, name caches and
// scratch space and allocates nothing for an event, unless Options.Detail asks
// for details or a name is met for the first time.
package pcap
