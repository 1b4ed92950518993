\pset format unaligned
SELECT n, md5(n::text), repeat(chr(97 + n % 26), n % 100) FROM generate_series(1, 30000) n;
SELECT repeat('0123456789', 1000000);
SELECT length(string_agg(repeat('z', 1000), '')) FROM generate_series(1, 10000);
SELECT n, repeat('w', 500000) FROM generate_series(1, 10) n;
SELECT array_agg(n) FROM generate_series(1, 20000) n;
SELECT 1 FROM generate_series(1, 20000);
