-- What DuckDB is asked: the fields by regular expressions, once, then six
-- group-bys of them, each with the ten largest groups. FILE and THREADS are
-- replaced by the benchmark.
SET threads = THREADS;
SET enable_progress_bar = false;
CREATE TEMP TABLE lines AS
SELECT regexp_extract(line, ' SRC=(\S+)', 1)          AS src,
       regexp_extract(line, ' DST=(\S+)', 1)          AS dst,
       regexp_extract(line, ' DPT=(\d+)', 1)          AS dpt,
       regexp_extract(line, ' PROTO=(\S+)', 1)        AS proto,
       regexp_extract(line, '\] (.*?) ?IN=', 1)       AS prefix,
       regexp_extract(line, ' WINDOW=(\d+)', 1)       AS window_size,
       line[1:9]                                      AS hour
FROM read_csv('FILE', columns = {'line': 'VARCHAR'}, header = false, auto_detect = false,
              delim = '\x01', quote = '', escape = '');
SELECT src, count(*) AS n FROM lines GROUP BY src ORDER BY n DESC, src LIMIT 10;
SELECT dpt, proto, count(*) AS n, count(DISTINCT src) FROM lines GROUP BY dpt, proto ORDER BY n DESC, dpt LIMIT 10;
SELECT prefix, count(*) AS n FROM lines GROUP BY prefix ORDER BY n DESC, prefix LIMIT 10;
SELECT src, dst, dpt, proto, prefix, count(*) AS n FROM lines GROUP BY ALL ORDER BY n DESC, src LIMIT 10;
SELECT window_size, count(*) AS n FROM lines GROUP BY window_size ORDER BY n DESC LIMIT 10;
SELECT hour, prefix, count(*) AS n FROM lines GROUP BY hour, prefix ORDER BY n DESC, hour LIMIT 10;
