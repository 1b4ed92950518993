package org.pglynx.proxy.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Queries over all shards of {@link ShardedPair}, from a random source. */
final class RandomScatterSql {
  private static final Pattern MARKED = Pattern.compile("<<(\\d+)>>");

  private final Random random;
  private final boolean parameters;
  private final List<Object> bound = new ArrayList<>();
  private boolean ordered;

  RandomScatterSql(Random random, boolean parameters) {
    this.random = random;
    this.parameters = parameters;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  @SafeVarargs
  private final <T> T one(T... of) {
    return of[random.nextInt(of.length)];
  }

  RandomShardSql.Statement next() {
    List<Supplier<String>> forms =
        List.of(
            this::groups,
            this::groups,
            this::whole,
            this::whole,
            this::distinct,
            this::sorted,
            this::sorted,
            this::limited,
            this::windows,
            this::subqueries,
            this::sets,
            this::joins,
            this::commonTables,
            this::keyed,
            this::typed,
            this::typed,
            this::typedGroups,
            this::typedGroups,
            this::conditions,
            this::conditions,
            this::havings,
            this::chains,
            this::ends,
            this::nested,
            this::brackets,
            this::ownTypes,
            this::collated);
    String sql = forms.get(random.nextInt(forms.size())).get();
    String marked = MARKED.matcher(sql).replaceAll(found -> bind(found.group(1)));
    return new RandomShardSql.Statement(marked, List.copyOf(bound), ordered);
  }

  private String number(int below) {
    int value = random.nextInt(below);
    return parameters && chance(30) ? "<<" + value + ">>" : String.valueOf(value);
  }

  /** Only what has come into the text is bound. */
  private String bind(String value) {
    bound.add(Integer.valueOf(value));
    return "?";
  }

  private String where(String alias) {
    String id = alias.equals("i") ? "i.order_id" : alias + ".id";
    return switch (random.nextInt(10)) {
      case 4 ->
          " WHERE %s.customer = %s OR %s.customer = %s"
              .formatted(alias, number(9), alias, number(9));
      case 5 ->
          " WHERE (%s.customer = 3 AND %s > %s OR %s.customer IN (5, %s))"
              .formatted(alias, id, number(9), alias, number(9));
      case 6 -> " WHERE " + alias + ".customer = ANY ('{1,4,NULL," + random.nextInt(9) + "}')";
      case 0 -> " WHERE " + id + " > " + number(20);
      case 1 -> " WHERE " + alias + ".customer IN (1, 2, " + number(9) + ")";
      case 2 -> " WHERE " + id + " % 3 <> " + number(3) + " AND " + alias + ".customer > 1";
      case 3 -> " WHERE " + alias + ".customer = " + number(12);
      default -> "";
    };
  }

  private String aggregate() {
    return one(
        "count(*)",
        "count(o.note)",
        "sum(o.amount)",
        "sum(o.id)",
        "sum(o.customer)",
        "avg(o.id)",
        "avg(o.amount)",
        "avg(o.customer)",
        "avg(o.rate)",
        "sum(o.rate)",
        "min(o.note)",
        "max(o.note)",
        "max(o.tag)",
        "min(o.tag)",
        "max(o.at)",
        "min(o.seen)",
        "bool_and(o.id > 3)",
        "bool_or(o.paid)",
        "every(o.paid)",
        "bit_and(o.id)",
        "stddev(o.id)",
        "stddev_pop(o.amount)",
        "variance(o.amount)",
        "var_pop(o.id)",
        "count(DISTINCT o.customer)",
        "count(DISTINCT o.note)",
        "string_agg(o.note, ',' ORDER BY o.note, o.id)",
        "array_agg(o.id ORDER BY o.id DESC)",
        "string_agg(DISTINCT o.note, '-')",
        "sum(o.id) FILTER (WHERE o.id > 5)",
        "avg(o.amount) FILTER (WHERE o.paid)",
        "round(avg(o.amount), 2)",
        "count(*) + 1",
        "max(o.id) - min(o.id)",
        "coalesce(sum(o.amount), 0)",
        "CASE WHEN count(*) > 3 THEN 'many' ELSE 'few' END",
        "sum(o.amount) / count(*)",
        "sum(o.id * 2 + 1)",
        "sum(CASE WHEN o.paid THEN 1 ELSE 0 END)",
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY o.id)",
        "percentile_disc(0.9) WITHIN GROUP (ORDER BY o.amount)",
        "mode() WITHIN GROUP (ORDER BY o.tag)",
        "sum(DISTINCT o.amount)",
        "avg(DISTINCT o.id)",
        "bit_or(o.id) FILTER (WHERE NOT o.paid)",
        "stddev_samp(o.rate) > 0",
        "string_agg(o.tag, '' ORDER BY o.tag COLLATE \"C\" DESC, o.id)",
        "array_agg(DISTINCT o.id % 4)",
        "json_agg(o.id ORDER BY o.id)",
        "corr(o.id, o.rate) IS NULL",
        "greatest(max(o.id), count(*))",
        "nullif(count(o.note), 0)",
        "count(*) FILTER (WHERE o.note LIKE 'n%') * 100 / count(*)");
  }

  private String groups() {
    String key =
        one(
            "o.note",
            "o.tag",
            "o.paid",
            "o.id % 4",
            "upper(o.note)",
            "o.amount",
            "date_trunc('day', o.at)",
            "o.customer % 3",
            "o.customer",
            "coalesce(o.note, 'none')");
    String second = chance(25) ? ", o.paid" : "";
    String alias = chance(30) ? " AS k" : "";
    String by = one(key, "1", alias.isEmpty() ? key : "k");
    String from = one("orders o", "orders o", "orders o JOIN items i ON i.customer = o.customer");
    String sql = "SELECT " + key + alias + ", " + aggregate() + ", " + aggregate() + second;
    sql += " FROM " + from + where("o") + " GROUP BY " + by + second;
    sql +=
        one("", "", " HAVING count(*) > " + number(4), " HAVING max(o.id) > 5 AND count(*) < 30");
    if (second.isEmpty()) {
      ordered = chance(60);
      String direction = one("", " DESC", " NULLS FIRST", " DESC NULLS LAST");
      String order = one("1", key, alias.isEmpty() ? "1" : "k") + direction;
      String limit = one("", " LIMIT 2", " LIMIT " + number(5), " LIMIT 3 OFFSET 1");
      sql += ordered ? " ORDER BY " + one("", "2 DESC, ", "3, ") + order + limit : "";
    }
    return sql;
  }

  private String whole() {
    return "SELECT "
        + aggregate()
        + ", "
        + aggregate()
        + " AS b, "
        + aggregate()
        + " FROM orders o"
        + where("o")
        + one("", "", "", " HAVING count(*) > " + number(60), " LIMIT 1", " ORDER BY 1");
  }

  private String distinct() {
    ordered = chance(70);
    String columns = one("o.note", "o.note, o.paid", "upper(o.note), o.tag", "o.customer, o.note");
    int count = columns.split(", ").length;
    String order = count == 1 ? "1" : one("1, 2", "2 DESC, 1", "2 NULLS FIRST, 1 DESC");
    return "SELECT DISTINCT "
        + columns
        + " FROM orders o"
        + where("o")
        + (ordered ? " ORDER BY " + order + one("", " LIMIT 3", " OFFSET 2") : "");
  }

  private String sorted() {
    ordered = true;
    String rows =
        one(
            "o.note, o.id, o.customer",
            "o.tag, o.note, o.id",
            "o.seen, o.id, o.note",
            "o.uid, o.at, o.id",
            "o.paid, o.amount, o.id",
            "o.rate, o.note AS n, o.id");
    String direction = one("", " DESC", " NULLS FIRST", " DESC NULLS LAST", " ASC");
    String second = one("", " DESC");
    String order = one("1", "2", "3") + direction + ", 1" + second + ", 2, 3" + second;
    return "SELECT "
        + rows
        + " FROM orders o"
        + where("o")
        + " ORDER BY "
        + order
        + one(
            "",
            " LIMIT 5",
            " LIMIT " + number(9),
            " LIMIT 4 OFFSET " + number(9),
            " OFFSET 7",
            " FETCH FIRST 3 ROWS ONLY",
            " LIMIT ALL");
  }

  /** By what is not selected: rows that are equal in it are equal. */
  private String limited() {
    ordered = true;
    String expression = one("o.note", "lower(o.note)", "o.tag", "o.note || 'x'", "- o.id", "o.at");
    return "SELECT "
        + one("o.note || '!', o.tag", "*", "o.*", "upper(o.note)")
        + " FROM orders o"
        + where("o")
        + " ORDER BY "
        + expression
        + one("", " DESC", " NULLS FIRST")
        + ", o.note, o.id, o.customer, o.amount, o.tag, o.rate, o.at, o.paid, o.seen, o.uid,"
        + " o.span, o.nums, o.day, o.small, o.real, o.mood"
        + one("", " LIMIT 6", " LIMIT " + number(8) + " OFFSET 2");
  }

  private String windows() {
    return "SELECT o.id, o.customer, "
        + one(
            "rank() OVER (ORDER BY o.id)",
            "sum(o.amount) OVER (PARTITION BY o.note)",
            "row_number() OVER (PARTITION BY o.customer ORDER BY o.id, o.note, o.amount)",
            "lag(o.id) OVER (ORDER BY o.id, o.customer, o.note)",
            "count(*) OVER ()",
            "dense_rank() OVER (PARTITION BY o.note ORDER BY o.customer)",
            "avg(o.id) OVER w",
            "max(o.note) OVER (PARTITION BY o.customer)")
        + " FROM orders o"
        + where("o")
        + " WINDOW w AS (PARTITION BY o.paid)";
  }

  private String subqueries() {
    return one(
        "SELECT o.id FROM orders o WHERE o.id IN (SELECT i.order_id FROM items i"
            + where("i")
            + ")",
        "SELECT o.id FROM orders o WHERE o.id > (SELECT avg(x.id) FROM orders x)",
        "SELECT o.id, (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM orders o",
        "SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id"
            + " AND i.customer <> o.customer)",
        "SELECT count(*), max(n) FROM (SELECT o.note, count(*) AS n FROM orders o"
            + where("o")
            + " GROUP BY o.note) x",
        "SELECT x.id FROM (SELECT o.id FROM orders o ORDER BY o.id, o.customer LIMIT 5) x",
        "SELECT o.id, l.n FROM orders o, LATERAL (SELECT count(*) AS n FROM items i WHERE"
            + " i.order_id < o.id) l"
            + where("o"),
        "SELECT c.title, (SELECT count(*) FROM items i WHERE i.country = c.code) FROM countries c",
        "SELECT (SELECT max(o.amount) FROM orders o), count(*) FROM countries",
        "SELECT o.note, sum(o.id) FROM orders o GROUP BY ROLLUP (o.note)",
        "SELECT o.note, o.paid, count(*) FROM orders o GROUP BY GROUPING SETS ((o.note), (o.paid))");
  }

  private String sets() {
    return "SELECT o.id, o.note FROM orders o"
        + where("o")
        + one(" UNION ALL ", " UNION ", " EXCEPT ", " INTERSECT ", " EXCEPT ALL ")
        + one(
            "SELECT i.order_id, i.what FROM items i" + where("i"),
            "SELECT p.id, p.note FROM orders p" + where("p"),
            "VALUES (1, 'n1'), (2, 'n2')");
  }

  private String joins() {
    return one(
        "SELECT o.id, i.what FROM orders o JOIN items i ON i.order_id = o.id" + where("o"),
        "SELECT o.id, i.what FROM orders o LEFT JOIN items i ON i.order_id = o.id" + where("o"),
        "SELECT o.id, i.what FROM orders o FULL JOIN items i USING (customer)" + where("o"),
        "SELECT a.id, b.id FROM orders a JOIN orders b ON a.id = b.id + 1" + where("a"),
        "SELECT c.code, i.what FROM countries c LEFT JOIN items i ON i.country = c.code",
        "SELECT i.what, count(*), sum(o.amount) FROM orders o JOIN items i ON i.order_id = o.id"
            + where("o")
            + " GROUP BY i.what",
        "SELECT c.title, count(*), avg(i.order_id) FROM items i JOIN countries c ON c.code ="
            + " i.country"
            + where("i")
            + " GROUP BY c.title",
        "SELECT p.name, o.id FROM people p, orders o WHERE p.age = o.id",
        "SELECT o.note, max(i.what) FROM orders o LEFT JOIN items i ON i.customer = o.customer"
            + where("o")
            + " GROUP BY o.note");
  }

  private String commonTables() {
    return one(
        "WITH w AS (SELECT * FROM items i"
            + where("i")
            + ") SELECT o.id, w.what FROM orders o JOIN w ON w.order_id = o.id",
        "WITH orders AS (SELECT * FROM items) SELECT what, count(*) FROM orders GROUP BY what",
        "WITH n AS (SELECT note, count(*) AS c FROM orders GROUP BY note) SELECT * FROM n WHERE c >"
            + " 2",
        "WITH RECURSIVE r (n) AS (SELECT min(id) FROM orders UNION SELECT o.id FROM orders o, r"
            + " WHERE o.id = r.n + 1 AND o.id < 30) SELECT max(n) FROM r",
        "SELECT DISTINCT ON (o.note) o.note, o.id FROM orders o ORDER BY o.note, o.id",
        "SELECT DISTINCT ON (o.customer, o.paid) o.customer, o.paid, o.id FROM orders o"
            + where("o")
            + " ORDER BY o.customer DESC, o.paid NULLS FIRST, o.id",
        "WITH k (id) AS (VALUES (1), (2), ("
            + number(9)
            + ")) SELECT o.id, o.note FROM orders o"
            + " JOIN k ON k.id = o.customer",
        "SELECT o.id FROM orders o JOIN (VALUES (1, 'a'), ("
            + number(9)
            + ", 'b')) v (c, t) ON"
            + " v.c = o.customer",
        "WITH a AS MATERIALIZED (SELECT customer, max(id) AS m FROM orders GROUP BY customer)"
            + " SELECT a.m, i.what FROM a JOIN items i ON i.customer = a.customer",
        "SELECT s.n, count(*) FROM (SELECT o.customer AS n FROM orders o"
            + where("o")
            + " UNION ALL SELECT i.customer FROM items i"
            + where("i")
            + ") s GROUP BY s.n");
  }

  /** Ordered by columns of all types; all of the columns are in the order. */
  private String typed() {
    ordered = true;
    String column = one("o.span", "o.nums", "o.day", "o.small", "o.real", "o.rate", "o.amount");
    String second = one("o.day", "o.small", "o.nums", "o.real", "o.id");
    String direction = one("", " DESC", " NULLS FIRST", " DESC NULLS LAST", " ASC NULLS LAST");
    return "SELECT "
        + column
        + ", "
        + second
        + ", o.id FROM orders o"
        + where("o")
        + " ORDER BY 1"
        + direction
        + ", 2"
        + one("", " DESC")
        + ", 3"
        + one("", " LIMIT 7", " LIMIT " + number(9) + " OFFSET 1", " OFFSET 50");
  }

  private String typedAggregate() {
    return one(
        "max(o.span)",
        "min(o.span)",
        "sum(o.span)",
        "avg(o.span)",
        "max(o.nums)",
        "min(o.day)",
        "max(o.day)",
        "min(o.at)",
        "max(o.small)",
        "sum(o.small)",
        "avg(o.small)",
        "min(o.real)",
        "max(o.real)",
        "count(o.nums)",
        "count(DISTINCT o.span)",
        "bool_or(o.day > '2024-01-01')",
        "array_agg(o.day ORDER BY o.day, o.id)",
        "array_agg(o.nums ORDER BY o.id) FILTER (WHERE o.nums = '{1,2}')",
        "string_agg(o.span::text, ';' ORDER BY o.id, o.customer)",
        "regr_count(o.id, o.small)",
        "min(o.uid::text)",
        "max(extract(year FROM o.at))",
        "bit_xor(o.small)",
        "max(o.seen - interval '1 day')",
        "sum(o.amount) FILTER (WHERE o.span > '1 hour')",
        "min(o.customer * 10 + o.small)");
  }

  private String typedGroups() {
    String key =
        one(
            "o.span",
            "o.nums",
            "o.day",
            "o.small",
            "o.real",
            "o.day > '2024-01-01'",
            "o.nums[1]",
            "cardinality(o.nums)",
            "date_trunc('month', o.at)",
            "o.small % 2 = 0");
    ordered = chance(60);
    return "SELECT "
        + key
        + ", "
        + typedAggregate()
        + ", "
        + one(typedAggregate(), aggregate())
        + " FROM orders o"
        + where("o")
        + " GROUP BY 1"
        + one("", " HAVING min(o.small) < 2", " HAVING count(*) BETWEEN 2 AND 40")
        + (ordered ? " ORDER BY 1" + one("", " DESC", " NULLS FIRST", " LIMIT 3") : "");
  }

  /** Keys and others in all ways in which a condition may be written. */
  private String conditions() {
    String columns = one("o.id, o.customer", "o.customer, count(*)", "o.small, o.note");
    String condition =
        one(
            "o.customer = ANY (ARRAY[1, 2, " + number(9) + "])",
            "o.customer = ANY ('{" + random.nextInt(9) + "}'::bigint[])",
            "o.customer IN (VALUES (1), (" + number(9) + "))",
            "o.customer IN (SELECT i.customer FROM items i WHERE i.order_id < " + number(20) + ")",
            "(o.customer, o.id) IN ((1, 1), (2, " + number(30) + "))",
            "(o.customer, o.paid) = (" + number(9) + ", true)",
            "o.customer IS NOT DISTINCT FROM " + number(9),
            "o.customer NOT IN (1, 2)",
            "o.customer <> ALL ('{1,2,3}')",
            "o.customer BETWEEN SYMMETRIC 5 AND " + number(9),
            "o.customer = " + number(9) + " AND o.customer = " + number(9),
            "o.customer = CASE WHEN o.paid THEN 3 ELSE 4 END",
            "o.customer = (SELECT min(i.customer) FROM items i)",
            "o.customer = o.id % 5",
            "o.customer = abs(-" + number(9) + ")",
            "o.customer::text = '3'",
            "o.customer = '3' OR o.note IS NULL",
            "NOT (o.customer = 1 OR o.customer = " + number(9) + ")",
            "(o.customer = 1) IS TRUE",
            "(o.customer = 2) IS NOT TRUE",
            "o.customer = 3 IS NOT NULL",
            "o.customer IN (1, NULL, " + number(9) + ")",
            "o.nums @> '{1}' AND o.customer IN (1, 2)",
            "o.note LIKE 'n%' AND o.customer = ANY (ARRAY[" + number(9) + "]::bigint[])",
            "EXISTS (SELECT FROM items i WHERE i.customer = o.customer AND i.what = 'w1')",
            "o.note IN (SELECT title FROM countries) OR o.customer = " + number(9),
            "coalesce(o.customer, 0) = 4",
            "o.customer = 1 AND (o.id > 5 OR o.customer = 2)",
            "o.day IN ('infinity', '2024-02-29') AND o.customer < " + number(12));
    String sql = "SELECT " + columns + " FROM orders o WHERE " + condition;
    return columns.contains("count") ? sql + " GROUP BY o.customer" : sql;
  }

  /** Conditions and orders over aggregates that are selected, and that are not. */
  private String havings() {
    ordered = chance(50);
    return "SELECT "
        + one("o.tag, count(*)", "o.tag, sum(o.amount) - count(*)", "o.tag, max(o.day)")
        + " FROM orders o"
        + where("o")
        + " GROUP BY o.tag HAVING "
        + one(
            "sum(o.amount) / count(*) > " + number(30),
            "bool_or(o.paid)",
            "max(o.small) - min(o.small) > 1 OR o.tag = 'a'",
            "count(DISTINCT o.note) >= " + number(5),
            "NOT bool_and(o.id > 3)",
            "sum(o.id) IN (1, 2, 100) OR true",
            "avg(o.rate) IS NOT NULL AND o.tag > 'B'")
        + (ordered
            ? " ORDER BY "
                + one("sum(o.id) DESC, o.tag", "2, 1", "count(*) * 2, 1 DESC", "max(o.at), 1")
                + one("", " LIMIT 2", " LIMIT 3 OFFSET " + number(3))
            : "");
  }

  /** More than two arms, in parentheses and with an order over all. */
  private String chains() {
    ordered = true;
    String arm =
        one(
            "(SELECT o.id, o.note FROM orders o" + where("o") + " ORDER BY 1, 2 LIMIT 4)",
            "SELECT o.small, o.note FROM orders o" + where("o"),
            "SELECT max(o.id), min(o.note) FROM orders o GROUP BY o.customer");
    return arm
        + one(" UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT ")
        + "SELECT i.order_id, i.what FROM items i"
        + where("i")
        + one(" UNION ", " UNION ALL ", " EXCEPT ALL ")
        + "(SELECT p.age, p.name FROM people p EXCEPT SELECT 1, 'x')"
        + " ORDER BY 2"
        + one("", " DESC", " NULLS FIRST")
        + ", 1 DESC"
        + one("", " LIMIT " + number(9), " OFFSET 3");
  }

  /** All that may stand behind ORDER BY. */
  private String ends() {
    ordered = true;
    return "SELECT o.id, o.customer FROM orders o"
        + where("o")
        + " ORDER BY "
        + one("1, 2", "2, 1", "o.customer DESC, o.id", "o.id % 7, 1, 2", "- o.small, 1, 2")
        + one(
            " FETCH FIRST ROW ONLY",
            " FETCH NEXT 4 ROWS ONLY",
            " OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY",
            " FETCH FIRST 3 ROWS WITH TIES",
            " LIMIT NULL",
            " LIMIT 2 + 1",
            " LIMIT (SELECT 3)",
            " OFFSET 1 + " + number(4),
            " OFFSET NULL LIMIT 3",
            " LIMIT 5 OFFSET (SELECT count(*) FROM countries)");
  }

  private String nested() {
    return one(
        "SELECT o.id, i.what, c.title FROM orders o JOIN items i USING (customer) JOIN countries c"
            + " ON c.code = i.country"
            + where("o"),
        "SELECT a.id, b.id FROM orders a JOIN orders b ON b.customer = a.customer AND b.id ="
            + " a.id + 11"
            + where("a"),
        "SELECT customer, count(*) FROM orders NATURAL JOIN items GROUP BY customer",
        "WITH w AS (SELECT o.customer, sum(o.amount) AS s FROM orders o"
            + where("o")
            + " GROUP BY o.customer), v AS (SELECT customer, count(*) AS n FROM items GROUP BY 1)"
            + " SELECT w.customer, s, n FROM w JOIN v USING (customer)",
        "SELECT o.customer, x.m FROM orders o JOIN LATERAL (SELECT max(i.order_id) AS m FROM items"
            + " i WHERE i.customer = o.customer) x ON true"
            + where("o"),
        "SELECT t.k, t.n FROM (SELECT o.small AS k, count(*) AS n FROM orders o GROUP BY 1) t WHERE"
            + " t.n > (SELECT avg(n) FROM (SELECT count(*) AS n FROM orders GROUP BY small) y)",
        "SELECT o.customer, o.id FROM orders o WHERE (o.small, o.id) = (SELECT min(x.small),"
            + " min(x.id) FROM orders x WHERE x.customer = o.customer)",
        "SELECT o.id, (SELECT c.title FROM countries c WHERE c.code = 'de') FROM orders o"
            + where("o"),
        "SELECT g, count(o.id) FROM generate_series(0, 12) g LEFT JOIN orders o ON o.customer = g"
            + " GROUP BY g",
        "SELECT o.paid, o.tag, GROUPING(o.tag), count(*) FROM orders o GROUP BY CUBE (o.paid,"
            + " o.tag)",
        "SELECT o.id, n FROM orders o, unnest(o.nums) n" + where("o"),
        "SELECT row_to_json(x) FROM (SELECT o.id, o.day FROM orders o" + where("o") + ") x",
        "SELECT o.id, lag(o.id) OVER (PARTITION BY o.small ORDER BY o.id, o.customer) FROM orders o"
            + where("o"),
        "SELECT (SELECT count(*) FROM items i WHERE i.customer = o.customer), o.id FROM orders o"
            + where("o"),
        "SELECT DISTINCT o.small, i.what FROM orders o LEFT JOIN items i ON i.customer = o.customer"
            + " AND i.order_id = o.id"
            + where("o"));
  }

  /** Joins that say which columns they mean in other ways than by ON. */
  private String brackets() {
    return one(
        "SELECT * FROM orders NATURAL "
            + one("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
            + " items",
        "SELECT o.id, i.what FROM orders o NATURAL JOIN items i" + where("o"),
        "SELECT i.what, c.title FROM items i NATURAL LEFT JOIN (SELECT code AS country, title FROM"
            + " countries) c"
            + where("i"),
        "SELECT o.id, i.what, c.title FROM orders o "
            + one("JOIN", "LEFT JOIN", "FULL JOIN")
            + " (items i "
            + one("JOIN", "LEFT JOIN", "RIGHT JOIN")
            + " countries c ON c.code = i.country) ON i.customer = o.customer"
            + where("o"),
        "SELECT o.id, i.what, p.note FROM (orders o JOIN items i USING (customer)) LEFT JOIN orders p"
            + " ON p.customer = o.customer AND p.id = i.order_id"
            + where("o"),
        "SELECT o.id, j.customer FROM orders o JOIN items i USING (customer) AS j WHERE j.customer ="
            + " "
            + number(9),
        "SELECT o.id FROM (SELECT "
            + number(9)
            + " AS customer) d JOIN countries c ON customer = 1 JOIN orders o ON o.id < 9",
        "SELECT o.id FROM orders o LEFT JOIN ((SELECT 1 AS customer) d JOIN countries c ON customer"
            + " = 1) ON o.customer = d.customer"
            + where("o"),
        "TABLE items",
        "(TABLE items) UNION (SELECT * FROM items i" + where("i") + ")",
        "SELECT FROM orders o" + where("o"),
        "SELECT count(*) FROM (TABLE orders) o" + where("o"),
        "SELECT format('%s-%s', o.id, o.note), jsonb_build_object('m', o.mood) FROM orders o"
            + where("o"));
  }

  /** Of a type that has another number on each shard. */
  private String ownTypes() {
    ordered = chance(50);
    String mood = one("o.mood", "o.mood::text", "ARRAY[o.mood]");
    return ordered
        ? "SELECT "
            + mood
            + ", o.id, o.customer FROM orders o"
            + where("o")
            + " ORDER BY o.mood"
            + one("", " DESC", " NULLS FIRST")
            + ", 2, 3"
            + one("", " LIMIT 5", " OFFSET 9")
        : one(
            "SELECT o.mood, count(*), max(o.mood) FROM orders o" + where("o") + " GROUP BY o.mood",
            "SELECT DISTINCT o.mood FROM orders o" + where("o"),
            "SELECT " + mood + ", o.id FROM orders o" + where("o"),
            "SELECT o.id FROM orders o WHERE o.mood = 'ok' AND o.customer > " + number(9),
            "SELECT a.id, b.id FROM orders a JOIN orders b ON a.mood > b.mood WHERE a.id < 5",
            "SELECT o FROM orders o" + where("o"),
            "SELECT array_agg(o.mood ORDER BY o.mood, o.id) FROM orders o" + where("o"),
            "SELECT o.mood FROM orders o" + where("o") + " UNION SELECT 'sad'");
  }

  /** By collations that are not the column's. */
  private String collated() {
    ordered = true;
    String collation = one(" COLLATE \"C\"", " COLLATE \"en-x-icu\"", "");
    return one(
        "SELECT o.note, o.id FROM orders o"
            + where("o")
            + " ORDER BY o.note"
            + collation
            + one("", " DESC")
            + ", o.note COLLATE \"C\", o.id"
            + one("", " LIMIT 5"),
        "SELECT min(o.note"
            + collation
            + "), max(o.tag"
            + collation
            + ") FROM orders o"
            + where("o"),
        "SELECT upper(o.tag) AS t, count(*) FROM orders o GROUP BY 1 ORDER BY upper(o.tag)"
            + collation,
        "SELECT o.tag"
            + collation
            + " AS t, max(o.note"
            + collation
            + ") FROM orders o GROUP BY 1 ORDER BY 1, 2",
        "SELECT DISTINCT o.note" + collation + " AS n FROM orders o" + where("o") + " ORDER BY n");
  }

  private String keyed() {
    return one(
        "SELECT o.customer, array_agg(o.id ORDER BY o.id), max(o.note) FROM orders o"
            + where("o")
            + " GROUP BY o.customer ORDER BY max(o.note) NULLS FIRST, 1",
        "SELECT o.customer, o.note, count(*) FROM orders o GROUP BY 1, 2 ORDER BY 2 DESC, 1 LIMIT 5",
        "SELECT DISTINCT o.customer, o.note FROM orders o ORDER BY 2, 1 OFFSET " + number(5));
  }
}
