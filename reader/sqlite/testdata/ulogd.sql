-- ulogd.db as the sqlite3 command makes it: sqlite3 ulogd.db <ulogd.sql
PRAGMA page_size = 512;
BEGIN;
-- The two tables of ulogd2's doc/sqlite3.table.
CREATE TABLE ulog_ct(flow_start_sec INT, flow_start_usec INT, flow_end_sec INT, flow_end_usec INT, orig_ip_saddr INT, orig_ip_daddr INT, orig_l4_sport INT, orig_l4_dport INT, orig_ip_protocol INT, icmp_type INT, icmp_code INT, orig_raw_pktlen INT, orig_raw_pktcount INT, reply_raw_pktlen INT, reply_raw_pktcount INT, ct_mark INT);
CREATE TABLE ulog_pkt(raw_pktlen INT, raw_pktcount INT, oob_prefix TEXT, oob_time_sec INT, oob_time_usec INT, oob_mark INT, oob_hook INT, oob_uid INT, oob_gid INT);
CREATE INDEX ulog_pkt_time ON ulog_pkt(oob_time_sec);
-- An admin's own.
CREATE TABLE "fw log" ( -- with, a comment (and signs)
  id INTEGER PRIMARY KEY, "note, ""quoted""" VARCHAR(20) DEFAULT 'a, (b', oob_prefix TEXT NOT NULL, oob_time_sec INT, oob_family INT,
  ip_saddr INT, ip_daddr INT, ip_saddr_str TEXT, ip_protocol INT CHECK (ip_protocol < 256), ip_fragoff INT, [tcp_sport] INT, `tcp_dport` INT,
  doubled AS (ip_protocol * 2), udp_sport INT, udp_dport INT, tcp_seq INT, tcp_syn INT, pwsniff_pass TEXT,
  CONSTRAINT ports CHECK (tcp_sport IS NULL OR udp_sport IS NULL), UNIQUE (id, oob_prefix));
CREATE TABLE users(name TEXT, password TEXT);
CREATE VIEW recent AS SELECT * FROM ulog_pkt;

INSERT INTO ulog_ct VALUES (1735787045, 66970, 1735787048, 66891, 124007366, 167903424, 40000, 22, 6, NULL, NULL, 44, 1, 40, 1, 0);
INSERT INTO ulog_ct VALUES (1735787050, 5, NULL, NULL, -932957242, 167903424, 5353, 53, 17, NULL, NULL, 60, 1, 0, 0, -2147483647);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
INSERT INTO ulog_pkt SELECT 44, 1, 'IPT: DROP ', 1735787045 + i, 123456, 0, 1, NULL, NULL FROM n;
INSERT INTO "fw log" (oob_prefix, oob_time_sec, oob_family, ip_saddr, ip_daddr, ip_protocol, ip_fragoff, tcp_sport, tcp_dport, tcp_seq, tcp_syn)
  VALUES ('IPT: DROP ', 1735787045, 2, 124007366, 167903424, 6, 16384, 40000, 22, -2, 1);
INSERT INTO "fw log" (oob_prefix, oob_time_sec, oob_family, ip_saddr, ip_daddr, ip_protocol, ip_fragoff, tcp_sport, tcp_dport, tcp_syn)
  VALUES ('IPT: DROP ', 1735787046, 2, -932957242, 167903424, 6, 185, 25186, 25186, 1);
INSERT INTO "fw log" (oob_prefix, oob_time_sec, oob_family, ip_saddr, ip_daddr, ip_protocol, udp_sport, udp_dport)
  VALUES ('IPT: DROP ', 1735787047, 10, 33022, 190265844105504, 17, 5353, 53);
INSERT INTO "fw log" (oob_prefix, oob_time_sec, ip_saddr, ip_daddr, ip_saddr_str, ip_protocol, pwsniff_pass)
  VALUES ('IPT: ACCEPT ', -2147483647, 1, 167903424, '203.0.113.9', 1, 'hunter2');
INSERT INTO "fw log" (id, oob_prefix, oob_time_sec, ip_daddr) VALUES (99, printf('%.*c', 3000, 'x'), 1735787048, 167903424);
COMMIT;
