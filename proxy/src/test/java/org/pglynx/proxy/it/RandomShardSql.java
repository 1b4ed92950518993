package org.pglynx.proxy.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Statements over the tables of {@link ShardedPair}, from a seed. */
final class RandomShardSql {
  /**
   * A statement.
   *
   * @param sql with {@code ?} for parameters
   * @param ordered whether the order of its rows is said
   */
  record Statement(String sql, List<Object> parameters, boolean ordered) {}

  private final Random random;
  private final boolean parameters;
  private final List<Object> bound = new ArrayList<>();

  RandomShardSql(long seed, boolean parameters) {
    this.random = new Random(seed);
    this.parameters = parameters;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  @SafeVarargs
  private final <T> T one(T... of) {
    return of[random.nextInt(of.length)];
  }

  private String customer() {
    long value = random.nextInt(12);
    if (parameters && chance(60)) {
      bound.add(value);
      return "?";
    }
    return switch (random.nextInt(8)) {
      case 0 -> "'" + value + "'";
      case 1 -> value + "::bigint";
      case 2 -> "(" + value + ")";
      case 3 -> "CAST('" + value + "' AS bigint)";
      default -> String.valueOf(value);
    };
  }

  private String number() {
    return String.valueOf(random.nextInt(20));
  }

  private String condition(String alias, int depth) {
    String key = alias + ".customer";
    return switch (random.nextInt(depth > 1 ? 9 : 13)) {
      case 0, 1, 2 -> key + " = " + customer();
      case 3 -> customer() + " = " + key;
      case 4 -> key + " IN (" + customer() + ", " + customer() + ")";
      case 5 -> key + " > " + number();
      case 6 -> key + " <> " + number();
      case 7 -> key + " + 1 = " + number();
      case 8 -> key + " BETWEEN 2 AND " + number();
      case 9 -> "(" + condition(alias, depth + 1) + " OR " + condition(alias, depth + 1) + ")";
      case 10 -> "NOT (" + condition(alias, depth + 1) + ")";
      case 11 -> "(" + condition(alias, depth + 1) + " AND " + condition(alias, depth + 1) + ")";
      default -> "CASE WHEN " + condition(alias, depth + 1) + " THEN true ELSE " + key + " = 3 END";
    };
  }

  private String where(String alias) {
    if (chance(15)) {
      return "";
    }
    String where = " WHERE " + condition(alias, 0);
    return chance(30) ? where + one(" AND ", " AND ", " OR ") + condition(alias, 0) : where;
  }

  Statement next() {
    bound.clear();
    if (chance(60)) {
      return new RandomScatterSql(random, parameters).next();
    }
    if (chance(25)) {
      return new RandomKeySql(random, parameters).next();
    }
    int kind = random.nextInt(100);
    if (kind < 12) {
      return new Statement(insert(), List.copyOf(bound), false);
    }
    if (kind < 20) {
      String sql =
          chance(50)
              ? "UPDATE orders o SET amount = amount + 1, note = 'u'" + where("o")
              : "DELETE FROM items i" + where("i");
      return new Statement(sql, List.copyOf(bound), false);
    }
    boolean ordered = chance(25);
    String sql = ordered ? sortable() : select();
    if (ordered) {
      sql += " ORDER BY " + order() + (chance(50) ? " LIMIT " + (1 + random.nextInt(9)) : "");
    }
    return new Statement(sql, List.copyOf(bound), ordered);
  }

  /** One that writes, on however many shards. */
  Statement nextWrite() {
    bound.clear();
    if (chance(25)) {
      return new RandomKeySql(random, parameters).nextWrite();
    }
    return switch (random.nextInt(19)) {
      case 15 ->
          write(
              "WITH gone AS (DELETE FROM items i WHERE i.customer = "
                  + customer()
                  + " AND i.order_id = "
                  + number()
                  + " RETURNING i.what) SELECT count(*), min(what) FROM gone");
      case 16 ->
          write(
              "WITH c AS (SELECT code FROM countries WHERE code = 'de') INSERT INTO items (customer,"
                  + " country) SELECT "
                  + customer()
                  + ", code FROM c"
                  + returning("*"));
      case 17 ->
          write(
              "UPDATE orders o SET mood = 'a', note = c.title FROM countries c JOIN countries d"
                  + " USING (code) WHERE c.code = 'fr' AND o.mood = "
                  + one("'sad'", "'ok'::mood")
                  + " AND o.customer < "
                  + number()
                  + returning("o.id, o.mood"));
      case 18 ->
          write(
              "UPDATE items i SET country = 'it' WHERE i.customer IN (SELECT "
                  + customer()
                  + ") AND i.customer = "
                  + customer()
                  + returning("what"));
      case 12 ->
          write(
              "UPDATE orders o SET small = o.small + 1, span = o.span * 2, nums = ARRAY[o.small, 7], day ="
                  + " CASE WHEN o.paid THEN o.day ELSE 'infinity' END"
                  + where("o")
                  + returning("*"));
      case 13 ->
          write(
              "DELETE FROM items i USING orders o WHERE o.customer = i.customer AND o.id ="
                  + " i.order_id AND o.id = "
                  + number()
                  + returning("i.customer, i.what, o.id + 1 AS next"));
      case 14 ->
          write(
              "WITH moved AS (UPDATE orders o SET amount = o.amount + 1 WHERE o.customer = "
                  + customer()
                  + " RETURNING o.id, o.customer) SELECT count(*), max(id) FROM moved");
      case 0, 1, 2 -> rows();
      case 3 -> new Statement(insert(), List.copyOf(bound), false);
      case 4, 5 ->
          write(
              "UPDATE orders o SET amount = amount + "
                  + number()
                  + ", note = upper(note)"
                  + (chance(30) ? " || 'x'" : "")
                  + where("o")
                  + returning("o.customer, o.id, o.note"));
      case 6 -> write("DELETE FROM items i" + where("i") + returning("i.customer, i.what"));
      case 7 ->
          write(
              "UPDATE items i SET what = o.note FROM orders o WHERE o.customer = i.customer AND o.id"
                  + " = i.order_id AND o.id = "
                  + number()
                  + " AND o.note IS NULL");
      case 8 ->
          write(
              one(
                  "INSERT INTO countries VALUES ('x" + number() + "', 'new')",
                  "UPDATE countries SET title = title || '.' WHERE code LIKE 'x1%'",
                  "DELETE FROM countries WHERE code = 'x" + number() + "' RETURNING title"));
      case 9 ->
          write(
              "UPDATE orders o SET customer = "
                  + (chance(40) ? customer() : one("o.customer + 1", "o.customer"))
                  + ", amount = o.amount + 1"
                  + where("o")
                  + returning("o.customer, o.id, o.note, o.seen"));
      case 10 ->
          write(
              "INSERT INTO items (what, customer, order_id) SELECT o.note, o.customer, o.id FROM"
                  + " orders o"
                  + where("o")
                  + returning("customer, what"));
      default ->
          write("DELETE FROM orders o WHERE o.id = " + number() + extra(" AND o.note IS NULL"));
    };
  }

  private Statement write(String sql) {
    return new Statement(sql, List.copyOf(bound), false);
  }

  private String returning(String columns) {
    return chance(30) ? " RETURNING " + columns : "";
  }

  /** Some rows at once; what RETURNING gives has their order. */
  private Statement rows() {
    StringBuilder sql =
        new StringBuilder("INSERT INTO orders (id, customer, note, amount) VALUES ");
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      sql.append(i == 0 ? "" : ", ")
          .append("(" + number() + " + 1, " + customer() + ", ")
          .append(one("'a, (b)'", "DEFAULT", "NULL", "lower('É' || chr(39))", "'n' /* , ( */"))
          .append(", " + number() + one(".5", " * 2", "::numeric / 4") + ")");
    }
    if (chance(40)) {
      sql.append(" RETURNING id, customer, note, amount");
    }
    return new Statement(sql.toString(), List.copyOf(bound), true);
  }

  private String insert() {
    String note = one("'a'", "'b c'", "NULL", "'é'");
    if (chance(60)) {
      String row = "(" + customer() + ", " + number() + ", " + note + ", " + number() + ".25)";
      String more = chance(20) ? ", (" + customer() + ", 1, 'two', 0)" : "";
      return "INSERT INTO orders (customer, id, note, amount) VALUES " + row + more;
    }
    if (chance(30)) {
      return "INSERT INTO people (name, age) VALUES (" + note + ", 3)";
    }
    return "INSERT INTO items (order_id, customer, what, country) VALUES ("
        + number()
        + ", "
        + customer()
        + ", 'thing', "
        + one("'de'", "'fr'", "'xx'")
        + ")"
        + (chance(30) ? " RETURNING customer, what" : "");
  }

  /** By columns that make the order of the rows a total one, or leave equal rows only. */
  private String order() {
    String direction = one("", " ASC", " DESC", " NULLS FIRST", " DESC NULLS LAST");
    return chance(50) ? "1" + direction + ", 2" : "2" + direction + ", 1";
  }

  /** All columns are in the order, so that rows without an order are equal. */
  private String sortable() {
    return switch (random.nextInt(4)) {
      case 0 -> "SELECT o.id, o.customer FROM orders o" + where("o");
      case 1 -> "SELECT o.amount, o.id FROM orders o" + where("o");
      case 2 -> "SELECT o.rate, o.amount FROM orders o" + where("o");
      default -> "SELECT o.customer, count(*) FROM orders o" + where("o") + " GROUP BY o.customer";
    };
  }

  private String select() {
    return switch (random.nextInt(16)) {
      case 13 ->
          "SELECT count(*), sum(o.id), min(o.amount), max(o.id), sum(o.amount),"
              + " bool_or(o.id > 5), count(o.note), max(o.rate) FROM orders o"
              + where("o");
      case 14 ->
          "SELECT o.customer, count(*), avg(o.id), string_agg(DISTINCT o.note, ',') FROM orders o"
              + where("o")
              + " GROUP BY o.customer"
              + extra(" HAVING count(*) > 3");
      case 15 -> "SELECT DISTINCT o.customer, o.note FROM orders o" + where("o");
      case 0, 1 -> "SELECT o.id, o.note, o.amount FROM orders o" + where("o");
      case 2 -> "SELECT i.what, upper(i.country) FROM items AS i" + where("i");
      case 3 ->
          "SELECT o.id, i.what FROM orders o JOIN items i ON i.customer = o.customer"
              + where(one("o", "i"));
      case 4 ->
          "SELECT o.id, i.what FROM orders o LEFT JOIN items i ON i.customer = o.customer"
              + (chance(50) ? " AND i.order_id = o.id" : "")
              + where(one("o", "i"));
      case 5 ->
          "SELECT o.id, i.what FROM orders o "
              + one("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
              + " items i USING (customer)"
              + where(one("o", "i"));
      case 6 ->
          "SELECT i.order_id, c.title FROM items i "
              + one("JOIN", "LEFT JOIN", "RIGHT JOIN")
              + " countries c ON c.code = i.country"
              + where("i");
      case 7 ->
          "SELECT o.id, o.note FROM orders o, items i" + where("o") + extra(" AND i.customer = 3");
      case 8 ->
          "SELECT "
              + one("count(*)", "sum(o.amount)", "max(o.id)")
              + ", 1 FROM orders o"
              + where("o");
      case 9 -> "SELECT o.note, count(*) FROM orders o" + where("o") + " GROUP BY o.note";
      case 10 ->
          "SELECT o.id, o.note FROM orders o WHERE "
              + one("EXISTS", "NOT EXISTS")
              + " (SELECT 1 FROM items i WHERE "
              + one("i.customer = o.customer", condition("i", 1))
              + ") AND "
              + condition("o", 0);
      case 11 ->
          "WITH w AS (SELECT * FROM items i"
              + where("i")
              + ") SELECT w.order_id, w.what FROM w"
              + extra(" WHERE w.customer = 4");
      default ->
          "SELECT o.id, o.note FROM orders o"
              + where("o")
              + one(" UNION ALL ", " UNION ", " EXCEPT ")
              + "SELECT i.order_id, i.what FROM items i"
              + where("i");
    };
  }

  private String extra(String text) {
    return chance(50) ? text : "";
  }
}
