DROP SCHEMA IF EXISTS queries CASCADE;
CREATE SCHEMA queries;
CREATE TABLE queries.employee(id int PRIMARY KEY, name text NOT NULL, boss int REFERENCES queries.employee, pay numeric, hired date);
INSERT INTO queries.employee SELECT n, 'name ' || n, NULLIF(n / 3, 0), 1000 + (n * 7919) % 500, date '2020-01-01' + n FROM generate_series(1, 60) n;
CREATE TABLE queries.sale(employee int, day date, amount numeric(10,2));
INSERT INTO queries.sale SELECT 1 + n % 60, date '2024-01-01' + n % 90, (n * 104729 % 10007) / 100.0 FROM generate_series(1, 2000) n;
ANALYZE queries.employee, queries.sale;
WITH RECURSIVE tree AS (
  SELECT id, name, boss, 0 AS depth, ARRAY[id] AS path FROM queries.employee WHERE boss IS NULL
  UNION ALL SELECT e.id, e.name, e.boss, depth + 1, path || e.id FROM queries.employee e JOIN tree t ON e.boss = t.id)
SELECT * FROM tree ORDER BY path LIMIT 20;
SELECT e.name, s.total, rank() OVER (ORDER BY s.total DESC), lag(s.total) OVER w, sum(s.total) OVER w, ntile(4) OVER w,
  first_value(e.name) OVER (PARTITION BY e.boss ORDER BY s.total RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
FROM queries.employee e JOIN LATERAL (SELECT sum(amount) AS total FROM queries.sale WHERE employee = e.id) s ON true
WINDOW w AS (ORDER BY s.total, e.id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) ORDER BY s.total DESC, e.id LIMIT 15;
SELECT date_trunc('month', day) AS month, grouping(employee % 3, date_trunc('month', day)), employee % 3, count(*), sum(amount), round(avg(amount), 3),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM queries.sale GROUP BY GROUPING SETS ((1, 3), (1), ()) ORDER BY 1 NULLS FIRST, 3 NULLS FIRST, 2;
SELECT a.id, b.id FROM (VALUES (1), (2), (3)) a(id) FULL JOIN (VALUES (2), (3), (4)) b(id) USING (id) ORDER BY id;
SELECT a.id, b.id FROM (VALUES (1), (2), (NULL)) a(id) FULL JOIN (VALUES (2), (3), (NULL)) b(id) ON a.id = b.id ORDER BY 1, 2;
WITH gone AS (DELETE FROM queries.sale WHERE amount < 5 RETURNING *), more AS (INSERT INTO queries.sale SELECT employee, day, amount + 100 FROM gone RETURNING amount)
SELECT (SELECT count(*) FROM gone), (SELECT sum(amount) FROM more), (SELECT count(*) FROM queries.sale);
MERGE INTO queries.employee e USING (VALUES (1, 99999), (1000, 5)) v(id, pay) ON e.id = v.id WHEN MATCHED THEN UPDATE SET pay = v.pay WHEN NOT MATCHED THEN INSERT VALUES (v.id, 'new', NULL, v.pay, NULL);
INSERT INTO queries.employee VALUES (1, 'twice') ON CONFLICT (id) DO UPDATE SET name = excluded.name || ' and again' RETURNING *;
UPDATE queries.employee SET pay = pay * 1.1 WHERE id IN (SELECT id FROM queries.employee ORDER BY id LIMIT 3) RETURNING id, pay;
SELECT employee, string_agg(amount::text, ',' ORDER BY amount) FILTER (WHERE amount > 195) FROM queries.sale GROUP BY 1 HAVING count(*) > 20 ORDER BY 1 LIMIT 10;
EXPLAIN (COSTS OFF) SELECT * FROM queries.employee e JOIN queries.sale s ON s.employee = e.id WHERE e.id = 7;
VALUES (1, 'one'), (2, 'two'); TABLE queries.employee ORDER BY id FETCH FIRST 3 ROWS WITH TIES;
SELECT id FROM queries.employee WHERE id < 5 EXCEPT SELECT 2 UNION ALL SELECT 9 ORDER BY 1;
SELECT 1 \; SELECT 2 \; SELECT 3;
SELECT name, id FROM queries.employee WHERE id < 4 ORDER BY id \crosstabview name id
SELECT 'SELECT ' || n || ' AS made' FROM generate_series(1, 3) n \gexec
SELECT 'value' AS a, 42 AS b \gset
\echo :a :b :'a'
SELECT :b + 1, :'a';
\if :b
\echo yes
\else
\echo no
\endif
SELECT id FROM queries.employee ORDER BY id LIMIT 2 \g (format=csv tuples_only=on)
SELECT 1/0;
\errverbose
