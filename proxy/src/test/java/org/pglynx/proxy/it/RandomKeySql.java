package org.pglynx.proxy.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Statements over tables of {@link ShardedPair} whose keys are texts, uuids or of two columns, or
 * that are on one shard, from a random source.
 */
final class RandomKeySql {
  private static final Pattern MARKED = Pattern.compile("<<(\\d+)>>");

  private final Random random;
  private final boolean parameters;

  /** What may be bound: only what has come into the text is. */
  private final List<Object> values = new ArrayList<>();

  RandomKeySql(Random random, boolean parameters) {
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

  // ---- values --------------------------------------------------------------------------------

  private String bind(Object value) {
    values.add(value);
    return "<<" + (values.size() - 1) + ">>";
  }

  private RandomShardSql.Statement statement(String sql, boolean ordered) {
    List<Object> bound = new ArrayList<>();
    String marked =
        MARKED
            .matcher(sql)
            .replaceAll(found -> {
              bound.add(values.get(Integer.parseInt(found.group(1))));
              return "?";
            });
    return new RandomShardSql.Statement(marked, bound, ordered);
  }

  private String name() {
    String name = one("ann", "Bob", "é", "", "123", "o''neil", "a b", "NULL");
    if (parameters && chance(40)) {
      return bind(name.replace("''", "'"));
    }
    return switch (random.nextInt(6)) {
      case 0 -> "'" + name + "'::text";
      case 1 -> "CAST('" + name + "' AS text)";
      case 2 -> "('" + name + "')";
      case 3 -> "'" + name + "'::varchar";
      default -> "'" + name + "'";
    };
  }

  private String uuid() {
    String digits = "%08x-0000-4000-8000-00000000000a".formatted(random.nextInt(8));
    return switch (random.nextInt(6)) {
      case 0 -> "'" + digits + "'::uuid";
      case 1 -> "'{" + digits.toUpperCase(Locale.ROOT) + "}'";
      case 2 -> "'" + digits.replace("-", "") + "'";
      case 3 -> "CAST('" + digits + "' AS uuid)";
      default -> "'" + digits + "'";
    };
  }

  private String number() {
    int value = random.nextInt(6);
    return parameters && chance(30) ? bind(value) : String.valueOf(value);
  }

  private String letter() {
    return "'" + one("x", "y", "Z", "") + "'";
  }

  // ---- statements ----------------------------------------------------------------------------

  RandomShardSql.Statement next() {
    String sql =
        switch (random.nextInt(4)) {
          case 0 -> people();
          case 1 -> devices();
          case 2 -> pairs();
          default -> settings();
        };
    return statement(sql, sql.contains(" ORDER BY ") && !sql.contains("OVER"));
  }

  /** One that writes. */
  RandomShardSql.Statement nextWrite() {
    String sql =
        one(
            "INSERT INTO people (name, age) VALUES (" + name() + ", " + random.nextInt(9) + ")",
            "UPDATE people SET age = age + 1 WHERE name IN (" + quoted() + ", " + quoted() + ")",
            "UPDATE people SET name = name || 'x' WHERE age = 3 AND name = " + quoted(),
            "DELETE FROM people WHERE name = " + quoted() + " AND age > 4 RETURNING name, age",
            "INSERT INTO devices (n, dev) VALUES (1, " + uuid() + "), (2, " + uuid() + ")",
            "UPDATE devices d SET label = upper(d.label) WHERE d.dev = " + uuid() + " RETURNING n",
            "DELETE FROM devices WHERE n = 1 AND dev = ANY (ARRAY[" + typedUuid() + "])",
            "INSERT INTO pairs (b, v, a) VALUES (" + letter() + ", 7, " + random.nextInt(6) + ")",
            "UPDATE pairs SET v = v * 2 WHERE b = " + letter() + " AND a = " + random.nextInt(6),
            "UPDATE pairs SET b = 'moved' WHERE a = 2 AND b = " + letter() + " RETURNING a, b, v",
            "DELETE FROM pairs WHERE (a, b) IN ((1, 'x'), (2, 'y')) RETURNING v",
            "INSERT INTO settings SELECT k || '2', v FROM settings WHERE k NOT LIKE '%2' AND v < "
                + random.nextInt(5),
            "INSERT INTO settings SELECT code, 9 FROM countries RETURNING *",
            "WITH w AS (DELETE FROM settings WHERE v = 9 RETURNING *) SELECT count(*) FROM w",
            "WITH w AS (SELECT 5 AS n) INSERT INTO settings (v, k) SELECT n, 'with' FROM w",
            "WITH w AS (SELECT 1 AS n) UPDATE pairs SET v = w.n FROM w WHERE a = 3 AND b = 'x'",
            "WITH w AS (UPDATE people SET age = 0 WHERE name = "
                + quoted()
                + " RETURNING age)"
                + " SELECT count(*), max(age) FROM w");
    return statement(sql, false);
  }

  private String quoted() {
    return "'" + one("ann", "Bob", "é", "", "123", "annx") + "'";
  }

  private String typedUuid() {
    return "'%08x-0000-4000-8000-00000000000a'::uuid".formatted(random.nextInt(8));
  }

  private String people() {
    String condition =
        switch (random.nextInt(9)) {
          case 0, 1 -> "p.name = " + name();
          case 2 -> "p.name IN (" + name() + ", " + name() + ")";
          case 3 -> "p.name = ANY ('{ann,Bob,\"a b\",NULL}')";
          case 4 -> "p.name LIKE '" + one("a%", "%n", "_ob") + "'";
          case 5 -> "lower(p.name) = 'bob' OR p.name = " + name();
          case 6 -> "p.name = " + name() + " COLLATE \"C\"";
          case 7 -> "p.name > " + name();
          default -> "p.name IS NOT DISTINCT FROM " + name();
        };
    return "SELECT "
        + one("p.name, p.age", "p.*", "count(*), max(p.name)", "p")
        + " FROM people p WHERE "
        + condition;
  }

  private String devices() {
    String condition =
        switch (random.nextInt(6)) {
          case 0, 1 -> "dev = " + uuid();
          case 2 -> "dev IN (" + uuid() + ", " + uuid() + ")";
          case 3 -> "dev::text LIKE '%0a'";
          case 4 -> "dev > " + uuid();
          default -> "dev = " + uuid() + " AND n = " + random.nextInt(9);
        };
    String where = " FROM devices WHERE " + condition;
    return one(
        "SELECT dev, n, label" + where + " ORDER BY dev, n, label",
        "SELECT dev, count(*)" + where + " GROUP BY dev ORDER BY dev DESC",
        "SELECT DISTINCT ON (dev) dev, n, label" + where + " ORDER BY dev, n DESC, label",
        "SELECT n, rank() OVER (PARTITION BY dev ORDER BY n)" + where,
        "SELECT d.n, p.v FROM devices d LEFT JOIN pairs p ON p.a = d.n WHERE d.label IS NOT NULL",
        "SELECT string_agg(label, ',' ORDER BY label DESC, n), min(dev::text)" + where);
  }

  private String pairs() {
    String condition =
        switch (random.nextInt(8)) {
          case 0, 1 -> "a = " + number() + " AND b = " + letter();
          case 2 -> "b = " + letter() + " AND a IN (" + number() + ", " + number() + ")";
          case 3 -> "a = " + number();
          case 4 -> "(a, b) IN ((1, 'x'), (" + random.nextInt(6) + ", 'y'))";
          case 5 -> "(a = 1 AND b = 'x') OR (a = 2 AND b = " + letter() + ")";
          case 6 -> "a = 1 OR b = " + letter();
          default -> "a BETWEEN 1 AND 3 AND b <> " + letter();
        };
    return one(
        "SELECT a, b, v FROM pairs WHERE " + condition + " ORDER BY 1, 2, 3",
        "SELECT b, sum(v), count(*) FILTER (WHERE v > 3) FROM pairs WHERE "
            + condition
            + " GROUP BY b ORDER BY b COLLATE \"C\" DESC",
        "SELECT x.v, y.v FROM pairs x JOIN pairs y USING (a, b) WHERE x." + "a < 4",
        "SELECT x.v, y.v FROM pairs x JOIN pairs y USING (a)",
        "SELECT * FROM pairs x NATURAL JOIN pairs y",
        "SELECT v FROM pairs WHERE " + condition + " UNION ALL SELECT age FROM people ORDER BY 1",
        "SELECT count(*) FROM (SELECT DISTINCT a, b FROM pairs WHERE " + condition + ") s",
        "TABLE pairs");
  }

  private String settings() {
    return one(
        "SELECT k, v FROM settings ORDER BY k, v",
        "SELECT s.k, c.title FROM settings s JOIN countries c ON c.code = s.k",
        "SELECT count(*), max(v) FROM settings WHERE v > " + random.nextInt(5),
        "SELECT k FROM settings EXCEPT SELECT code FROM countries ORDER BY 1",
        "WITH w AS (SELECT * FROM settings WHERE v = 1) SELECT count(*) FROM w",
        "TABLE settings",
        "SELECT row_number() OVER (ORDER BY k, v), k FROM settings");
  }
}
