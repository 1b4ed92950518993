\pset format unaligned
SELECT 'SELECT ' || string_agg(n || '::text AS column_' || n, ', ') FROM generate_series(1, 1600) n \gexec
SELECT 'SELECT ' || string_agg(n || ' AS a', ', ') FROM generate_series(1, 1665) n \gexec
SELECT 'SELECT length(''' || repeat('a long statement ', 20000) || ''')' \gexec
SELECT 'SELECT count(*) FROM generate_series(1, 9999) n WHERE n IN (' || string_agg(n::text, ',') || ')' FROM generate_series(1, 5000) n \gexec
SELECT string_agg('SELECT ' || n, ';') FROM generate_series(1, 2000) n \gexec
