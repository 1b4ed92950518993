package org.pglynx.proxy.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Statements with predictions by chance, over a table {@code items(id, a, b, n, g)}, each with one
 * that looks the same predictions up in {@code truth(id, y, label, proba)}.
 */
final class RandomPredictions {
  /**
   * A statement.
   *
   * @param sql with calls of pgml functions
   * @param plain without
   * @param ordered whether the order of rows is certain
   */
  record Pair(String sql, String plain, boolean ordered) {}

  private static final List<String> FEATURES =
      List.of(
          "ARRAY[a, b]",
          "ARRAY[i.a, i.b]::double precision[]",
          "array[a::numeric, b::numeric]",
          "ARRAY[\"a\", b + 0] /* ] ' */",
          "(ARRAY[a, b])",
          "ARRAY[ARRAY[a, b]]",
          "string_to_array(a || ',' || b, ',')::real[]");

  private static final List<String> ROWS =
      List.of("(i.a, i.b)", "ROW(a, b)", "jsonb_build_object('b', b, 'a', a)");

  private static final List<String> COPIES =
      List.of(
          "",
          " WITH (FORMAT text, DELIMITER '|', NULL 'nil')",
          " (FORMAT csv)",
          " WITH CSV HEADER NULL AS '-' QUOTE AS ''''",
          " (FORMAT binary)",
          " (FORMAT csv, FORCE_QUOTE *)");

  private final Random random;

  RandomPredictions(Random random) {
    this.random = random;
  }

  private record Text(String sql, String plain) {
    Text with(String before, String behind) {
      return new Text(before + sql + behind, before + plain + behind);
    }
  }

  /** The next one. */
  Pair next() {
    return switch (random.nextInt(14)) {
      case 0 -> copy();
      case 1, 2 -> top();
      case 6 -> filtered();
      case 7 -> computed();
      case 8 -> grouped();
      case 9 -> nested();
      case 10 -> changed();
      case 11 -> stored();
      case 12 -> joined();
      case 13 -> failing();
      default -> streamed();
    };
  }

  // ---- what the proxy serves itself ----------------------------------------------------------

  private Pair streamed() {
    Text list =
        switch (random.nextInt(4)) {
          case 0 -> list().with("i.*, ", "");
          case 1 -> list().with("", ", i.*, id AS last");
          default -> list();
        };
    boolean ordered = random.nextBoolean();
    String tail =
        from()
            + where()
            + (ordered ? " ORDER BY id" + (random.nextBoolean() ? " DESC" : "") : "")
            + (ordered && random.nextBoolean() ? " LIMIT " + random.nextInt(30) : "");
    return pair(list.with("SELECT ", tail), ordered && !tail.contains("series"));
  }

  private Pair top() {
    // NULL once at most: the order of equal rows is nobody's business.
    Text key = one("predict", "id <> 1");
    String direction = of(List.of("", " ASC", " DESC", " desc")) + of(List.of("", " NULLS LAST"));
    String tail =
        direction
            + " LIMIT "
            + random.nextInt(25)
            + (random.nextBoolean() ? " OFFSET " + random.nextInt(9) : "");
    String from = " FROM items i WHERE n IS NOT NULL";
    return switch (random.nextInt(4)) {
      case 0 ->
          pair(
              new Text(
                  "SELECT id, " + key.sql() + " AS \"Y\"" + from + " ORDER BY \"Y\"" + tail,
                  "SELECT id, " + key.plain() + " AS \"Y\"" + from + " ORDER BY 2" + tail),
              true);
      case 1 ->
          pair(
              new Text(
                  "SELECT " + key.sql() + ", id AS k" + from + " ORDER BY 1" + tail,
                  "SELECT " + key.plain() + " AS predict, id AS k" + from + " ORDER BY 1" + tail),
              true);
      case 2 ->
          pair(
              new Text(
                  "SELECT i.*" + from + " ORDER BY " + key.sql() + tail,
                  "SELECT i.*" + from + " ORDER BY " + key.plain() + tail),
              true);
      default -> {
        Text list = list();
        yield pair(
            new Text(
                "SELECT " + list.sql() + from + " ORDER BY " + key.sql() + tail,
                "SELECT " + list.plain() + from + " ORDER BY " + key.plain() + tail),
            true);
      }
    };
  }

  private Pair copy() {
    Text query = list().with("COPY (SELECT ", " FROM items i ORDER BY id) TO STDOUT");
    return pair(query.with("", of(COPIES)), true);
  }

  // ---- what the database's functions serve ---------------------------------------------------

  private Pair filtered() {
    Text call = one("predict");
    return pair(
        new Text(
            "SELECT id FROM items i WHERE " + call.sql() + " > 20 ORDER BY id",
            "SELECT id FROM items i WHERE " + call.plain() + " > 20 ORDER BY id"),
        true);
  }

  private Pair computed() {
    Text call = one("predict").with("round((", ")::numeric, 1) AS r");
    Text label = one("predict_label").with("'is ' || ", " AS l");
    return pair(
        new Text(
                "SELECT " + call.sql() + ", " + label.sql(),
                "SELECT " + call.plain() + ", " + label.plain())
            .with("", from() + where()),
        false);
  }

  private Pair grouped() {
    Text label = one("predict_label");
    return switch (random.nextInt(3)) {
      case 0 -> pair(label.with("SELECT DISTINCT ", " AS l FROM items i ORDER BY 1"), true);
      case 1 ->
          pair(
              label.with("SELECT ", " AS l, count(*) FROM items i GROUP BY 1 ORDER BY 2, 1"), true);
      default -> pair(label.with("SELECT 'x'::text AS l UNION SELECT ", " FROM items i"), false);
    };
  }

  private Pair nested() {
    Text list = list();
    return switch (random.nextInt(3)) {
      case 0 -> pair(list.with("SELECT * FROM (SELECT id AS k, ", " FROM items i) s"), false);
      case 1 ->
          pair(list.with("WITH s AS (SELECT id AS k, ", " FROM items i) SELECT * FROM s"), false);
      default ->
          pair(
              one("predict").with("SELECT id, v.y FROM items i, LATERAL (SELECT ", " AS y) v"),
              false);
    };
  }

  /** What changes data. The table {@code kept(id, y)} has a row for some items. */
  private Pair changed() {
    Text call = one("predict");
    return switch (random.nextInt(4)) {
      case 0 ->
          pair(
              call.with(
                  "INSERT INTO kept SELECT id + 1000, ",
                  " FROM items i WHERE g = 1 RETURNING id, y"),
              false);
      case 1 ->
          pair(
              call.with(
                  "UPDATE kept SET y = ", " FROM items i WHERE i.id = kept.id RETURNING i.id, y"),
              false);
      case 2 ->
          pair(
              call.with(
                  "WITH gone AS (DELETE FROM kept WHERE id > 500) INSERT INTO kept (id, y) VALUES"
                      + " (900, (SELECT ",
                  " FROM items i WHERE id = 7)), (901, NULL) RETURNING *"),
              false);
      default ->
          pair(
              call.with(
                  "CREATE TEMP TABLE made ON COMMIT DROP AS SELECT id, ", " AS y FROM items i"),
              false);
    };
  }

  /** Views and functions, made by whoever, that predict; the like that look up end in _truth. */
  private Pair stored() {
    String tail = of(List.of("", " WHERE y > 20", " WHERE id % 3 = 0")) + " ORDER BY id";
    return switch (random.nextInt(3)) {
      case 0 ->
          pair(new Text("SELECT * FROM scored" + tail, "SELECT * FROM scored_truth" + tail), true);
      case 1 ->
          pair(
              new Text(
                  "SELECT id, score(i) AS y FROM items i ORDER BY id LIMIT 20",
                  "SELECT id, score_truth(i) AS y FROM items i ORDER BY id LIMIT 20"),
              true);
      default ->
          pair(
              one("predict_label")
                  .with(
                      "SELECT l, count(*) FROM (SELECT ",
                      " AS l FROM items i JOIN scored s USING (id)) q GROUP BY l HAVING count(*) > 3"
                          + " ORDER BY 1"),
              true);
    };
  }

  private Pair joined() {
    Text call = one("predict", "id <> 1");
    return switch (random.nextInt(4)) {
      case 0 ->
          pair(call.with("SELECT i.id, t.k FROM items i JOIN other t ON ", " < t.y - 20"), false);
      case 1 ->
          pair(
              call.with("SELECT id, rank() OVER (PARTITION BY g ORDER BY ", ", id) FROM items i"),
              false);
      case 2 ->
          pair(
              call.with("SELECT g, round(avg(", ")::numeric, 2) AS m FROM items i GROUP BY g"),
              false);
      default ->
          pair(
              call.with("SELECT v.k, v.p FROM items i, LATERAL (VALUES (id, ", ")) AS v(k, p)"),
              false);
    };
  }

  /** The 60th row has no features, but an error. */
  private Pair failing() {
    String bad = "1 / (id - 60)";
    Text call =
        new Text(
            "pgml.predict('line', ARRAY[a + 0 * (" + bad + "), b])",
            "CASE WHEN "
                + bad
                + " IS NOT NULL THEN (SELECT y FROM truth WHERE truth.id = i.id) END"
                + " AS predict");
    return pair(call.with("SELECT id, ", " FROM items i"), true);
  }

  // ---- parts ---------------------------------------------------------------------------------

  private Text list() {
    List<String> sql = new ArrayList<>();
    List<String> plain = new ArrayList<>();
    for (int i = random.nextInt(3) + 1; i > 0; i--) {
      String function = of(List.of("predict", "predict", "predict_label", "predict_proba"));
      String alias = random.nextInt(3) == 0 ? "" : of(List.of(" AS c", " \"C ä\"", " as c_")) + i;
      Text call = one(function);
      alias = alias.startsWith(" \"") ? alias.substring(0, 5) + i + "\"" : alias;
      sql.add(call.sql() + alias);
      plain.add(call.plain() + (alias.isEmpty() ? " AS " + function : alias));
      if (random.nextBoolean()) {
        String column = of(List.of("id", "g * 2 AS twice", "n", "'it''s, \"x\"' AS s", "a"));
        sql.add(column);
        plain.add(column);
      }
    }
    return new Text(String.join(", ", sql), String.join(", ", plain));
  }

  /** A call, and where to look its result up. */
  private Text one(String function) {
    return one(function, "n > 3");
  }

  private Text one(String function, String condition) {
    String project = function.equals("predict") ? "line" : "kind";
    String column =
        switch (function) {
          case "predict_label" -> "label";
          case "predict_proba" -> "proba";
          default -> "y";
        };
    String features = random.nextInt(4) == 0 ? of(ROWS) : of(FEATURES);
    String truth = "(SELECT " + column + " FROM truth WHERE truth.id = i.id)";
    if (random.nextInt(5) == 0 && features.startsWith("ARRAY")) {
      features = "CASE WHEN " + condition + " THEN " + features + " END";
      truth = "CASE WHEN " + condition + " THEN " + truth + " END";
    }
    String name = of(List.of("pgml.", "PGML . ", "\"pgml\".")) + function;
    return new Text(
        random.nextInt(6) == 0
                && !features.startsWith("(")
                && !features.contains("jsonb")
                && !features.startsWith("ROW")
            ? name + "(features => " + features + ", project_name := '" + project + "')"
            : name + "('" + project + "', " + features + ")",
        truth);
  }

  private String from() {
    return of(
        List.of(
            " FROM items i",
            " FROM items AS i JOIN (SELECT generate_series(1, 2) AS s) series ON true",
            " FROM (SELECT * FROM items) i"));
  }

  private String where() {
    return of(List.of("", " WHERE id % 3 = 1", " WHERE n IS NULL", " WHERE false", " WHERE g > 1"));
  }

  private static Pair pair(Text text, boolean ordered) {
    return new Pair(text.sql(), text.plain(), ordered);
  }

  private String of(List<String> some) {
    return some.get(random.nextInt(some.size()));
  }
}
