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
            this::keyed);
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
        + ", o.note, o.id, o.customer, o.amount, o.tag, o.rate, o.at, o.paid, o.seen, o.uid"
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

  private String keyed() {
    return one(
        "SELECT o.customer, array_agg(o.id ORDER BY o.id), max(o.note) FROM orders o"
            + where("o")
            + " GROUP BY o.customer ORDER BY max(o.note) NULLS FIRST, 1",
        "SELECT o.customer, o.note, count(*) FROM orders o GROUP BY 1, 2 ORDER BY 2 DESC, 1 LIMIT 5",
        "SELECT DISTINCT o.customer, o.note FROM orders o ORDER BY 2, 1 OFFSET " + number(5));
  }
}
