package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Statements by chance over models of many kinds, in both protocols: what streams through the proxy
 * (also with missing values, categories and arrays of answers), what is picked by its order and
 * what the database's functions compute is held against each row's own prediction from constants.
 * {@code -Dfuzz.seed} runs other statements.
 */
class ManyModelsDifferentialIT {
  private static final int STATEMENTS = 40;
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  private static final String WINE =
      "ARRAY[alcohol, malic_acid, ash, alcalinity_of_ash, magnesium, total_phenols, flavanoids,"
          + " nonflavanoid_phenols, proanthocyanins, color_intensity, hue, \"od280/od315_of_diluted_wines\","
          + " proline]";

  private record Kind(String relation, String features, List<String> functions) {}

  private static final Map<String, Kind> KINDS =
      Map.of(
          "wine",
          new Kind("wines", "x", List.of("predict", "predict_proba", "predict_label")),
          "digits",
          new Kind("digits", "x", List.of("predict", "predict_proba")),
          "forest",
          new Kind("wines", "x", List.of("predict", "predict_proba")),
          "imported xgboost",
          new Kind("wines", "x", List.of("predict", "predict_proba")),
          "imported lightgbm",
          new Kind("wines", "x", List.of("predict", "predict_proba")),
          "log link",
          new Kind("counts", "ARRAY[a, b]", List.of("predict")),
          "missing",
          new Kind("counts", "ARRAY[a, NULLIF(b, 3)]", List.of("predict")),
          "prepared",
          new Kind("mixed", "mixed", List.of("predict", "predict_label", "predict_proba")),
          "joint",
          new Kind("joint", "ARRAY[chins, situps, jumps]", List.of("predict", "predict_joint")));

  @BeforeAll
  static void train() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.load_dataset('wine')",
          "SELECT * FROM pgml.load_dataset('digits')",
          "SELECT * FROM pgml.load_dataset('linnerud')",
          "CREATE VIEW wines AS SELECT (row_number() OVER ())::int AS id, "
              + WINE
              + "::real[] AS x, target AS y FROM pgml.wine",
          "CREATE VIEW digits AS SELECT (row_number() OVER ())::int AS id, image::real[] AS x, target AS y"
              + " FROM pgml.digits LIMIT 150",
          "CREATE VIEW joint AS SELECT (row_number() OVER ())::int AS id, * FROM pgml.linnerud",
          "CREATE TABLE counts AS SELECT i AS id, (i % 13)::real AS a, (i * 7 % 10)::real AS b,"
              + " i * i % 9 + i % 13 AS y FROM generate_series(1, 150) i",
          "CREATE TABLE mixed AS SELECT i AS id, CASE WHEN i % 11 = 0 THEN NULL ELSE i * 7 % 50 END"
              + " AS a, (ARRAY['red', 'it''s \"odd\"', 'blue', NULL])[1 + i * i % 4] AS colour,"
              + " date '2020-01-01' + i AS day, (ARRAY['low', 'mid', 'high'])[1 + i * 7 % 50 / 17]"
              + " AS class FROM generate_series(1, 150) i",
          "CREATE VIEW wine_rows AS SELECT x, y FROM wines",
          "CREATE VIEW digit_rows AS SELECT x, y FROM digits",
          "CREATE VIEW count_rows AS SELECT a, b, y FROM counts",
          "CREATE VIEW mixed_rows AS SELECT a, colour, day, class FROM mixed",
          train("wine", "classification", "wine_rows", "y", "xgboost", "{\"n_estimators\": 20}"),
          train(
              "digits", "classification", "digit_rows", "y", "lightgbm", "{\"n_estimators\": 10}"),
          train("forest", "classification", "wine_rows", "y", "random_forest", "{}"),
          train(
              "log link",
              "regression",
              "count_rows",
              "y",
              "xgboost",
              "{\"objective\": \"count:poisson\", \"n_estimators\": 30}"),
          train("missing", "regression", "count_rows", "y", "lightgbm", "{\"n_estimators\": 20}"),
          train(
              "small lightgbm",
              "classification",
              "wine_rows",
              "y",
              "lightgbm",
              "{\"n_estimators\": 10}"),
          "SELECT * FROM pgml.train('prepared', 'classification', 'mixed_rows', 'class', 'linear',"
              + " preprocess => '{\"a\": {\"impute\": \"mean\", \"scale\": \"standard\"}, \"colour\":"
              + " {\"encode\": \"one_hot\"}, \"day\": {\"scale\": \"min_max\"}}')",
          "SELECT * FROM pgml.train_joint('joint', 'regression', 'pgml.linnerud', ARRAY['weight',"
              + " 'waist', 'pulse'], algorithm => 'xgboost')");
      copyModel(connection, "wine", "xgboost_json", "imported xgboost");
      copyModel(connection, "small lightgbm", "lightgbm", "imported lightgbm");
    }
  }

  private static String train(
      String name, String task, String rows, String label, String algorithm, String parameters) {
    return "SELECT * FROM pgml.train('%s', '%s', '%s', '%s', '%s', '%s')"
        .formatted(name, task, rows, label, algorithm, parameters);
  }

  private static void copyModel(Connection connection, String from, String format, String to)
      throws SQLException {
    String file =
        ProxyUnderTest.value(
            connection, "SELECT pgml.export_model('%s', '%s')".formatted(from, format));
    ProxyUnderTest.run(
        connection,
        "SELECT * FROM pgml.import_model('%s', 'classification', '%s', '%s')"
            .formatted(to, format, file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wine",
        "digits",
        "forest",
        "imported xgboost",
        "imported lightgbm",
        "log link",
        "missing",
        "prepared",
        "joint"
      })
  void each_way_gives_each_row_its_own_prediction(String project) throws SQLException {
    Kind kind = Objects.requireNonNull(KINDS.get(project), project);
    long seed = Long.getLong("fuzz.seed", 20_261_126);
    Random random = new Random(seed + project.hashCode());
    try (Connection simple = PROXY.connect("preferQueryMode", "simple");
        Connection extended = PROXY.connect("prepareThreshold", "1")) {
      for (String function : kind.functions()) {
        Map<Integer, String> truth = truth(simple, kind, function, project);
        assertThat(truth.values()).doesNotContainNull();
        assertThat(List.copyOf(truth.values()).stream().distinct().count()).isGreaterThan(2);
        for (int i = 0; i < STATEMENTS; i++) {
          Connection connection = random.nextBoolean() ? simple : extended;
          check(connection, kind, function, project, truth, random);
        }
      }
    }
  }

  /** By constants: the features of each row as the server shows them. */
  private static Map<Integer, String> truth(
      Connection connection, Kind kind, String function, String project) throws SQLException {
    boolean row = kind.features().equals(kind.relation());
    String shown = row ? "to_jsonb(%s)::text" : "(%s)::real[]::text";
    Map<Integer, String> truth = new HashMap<>();
    List<String> statements = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (String[] each :
        rows(
            connection,
            "SELECT id, " + shown.formatted(kind.features()) + " FROM " + kind.relation())) {
      ids.add(Integer.valueOf(each[0]));
      statements.add(
          "SELECT pgml.%s('%s', '%s'::%s)"
              .formatted(function, project, each[1].replace("'", "''"), row ? "jsonb" : "real[]"));
    }
    for (int i = 0; i < ids.size(); i++) {
      truth.put(ids.get(i), canonical(function, rows(connection, statements.get(i)).get(0)[0]));
    }
    return truth;
  }

  private static void check(
      Connection connection,
      Kind kind,
      String function,
      String project,
      Map<Integer, String> truth,
      Random random)
      throws SQLException {
    String call = "pgml.%s('%s', %s)".formatted(function, project, kind.features());
    String where = " FROM %s WHERE id %% %d = 0".formatted(kind.relation(), 1 + random.nextInt(4));
    boolean ordered = function.equals("predict") && random.nextInt(4) == 0;
    boolean inDatabase = !ordered && random.nextInt(3) == 0;
    String direction = random.nextBoolean() ? " DESC" : "";
    String sql =
        ordered
            ? "SELECT id, " + call + where + " ORDER BY 2" + direction + " LIMIT 9"
            : inDatabase
                ? "SELECT id, p FROM (SELECT id, " + call + " AS p" + where + " OFFSET 0) q"
                : List.of("SELECT id, " + call + where, "SELECT id, " + call + ", id + 1" + where)
                    .get(random.nextInt(2));
    List<String[]> found = rows(connection, sql);
    assertThat(found).as(sql).isNotEmpty();
    double last = direction.isEmpty() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    for (String[] row : found) {
      String expected = Objects.requireNonNull(truth.get(Integer.valueOf(row[0])), row[0]);
      row[1] = canonical(function, row[1]);
      if (inDatabase) {
        close(sql + " of " + row[0], expected, row[1]);
      } else {
        assertThat(row[1]).as("%s of %s", sql, row[0]).isEqualTo(expected);
      }
      if (ordered) {
        double score = Double.parseDouble(row[1]);
        assertThat(direction.isEmpty() ? score >= last : score <= last).as(sql).isTrue();
        last = score;
      }
    }
  }

  /** The driver shows numbers in its own ways, by the format that they came in. */
  private static String canonical(String function, String shown) {
    return function.equals("predict_label")
        ? shown
        : NUMBER
            .matcher(shown.replace("\"", ""))
            .replaceAll(number -> Float.toString(Float.parseFloat(number.group())));
  }

  private static void close(String what, String expected, String found) {
    Matcher numbers = NUMBER.matcher(expected);
    Matcher others = NUMBER.matcher(found);
    while (numbers.find()) {
      assertThat(others.find()).as(what).isTrue();
      double number = Double.parseDouble(numbers.group());
      assertThat(Double.parseDouble(others.group()))
          .as("%s: %s and %s", what, expected, found)
          .isCloseTo(number, within(Math.max(1e-6, Math.abs(number)) * 1e-5));
    }
    assertThat(NUMBER.matcher(found).replaceAll("#"))
        .isEqualTo(NUMBER.matcher(expected).replaceAll("#"));
  }

  private static List<String[]> rows(Connection connection, String sql) throws SQLException {
    List<String[]> all = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        String[] row = new String[columns];
        for (int i = 0; i < columns; i++) {
          row[i] = rows.getString(i + 1);
        }
        all.add(row);
      }
    }
    return all;
  }
}
