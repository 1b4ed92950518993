package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pglynx.ml.api.AlgorithmInfo;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.model.Task;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Models that are trained through the proxy and asked both ways: through it, where the engine
 * answers, and past it, where the function of the database does.
 */
final class ExportedModels {
  /** Algorithms that compare rows with rows that they learnt, by task. */
  private static final List<String> ROWS =
      List.of("knn", "kernel_ridge", "gaussian_process", "svm", "nu_svm");

  private static final List<String> GROUPS_OF_ROWS = List.of("dbscan", "optics", "spectral");

  private static final String MIXED =
      """
      CREATE TABLE %s AS
      SELECT CASE WHEN i %% 11 = 0 THEN NULL ELSE (i * 7919 %% 1000) / 100.0::real END::real AS a,
        CASE WHEN i %% 13 = 0 THEN NULL ELSE (ARRAY['red', 'green', 'blue', 'it''s "odd"'])[1 + i * i %% 4] END AS colour,
        ARRAY[i %% 17, (i * 31) %% 23]::smallint[] AS pair,
        i %% 5 = 0 AS flag,
        date '2020-01-01' + i AS day,
        (i * 7919 %% 1000) / 50.0 + i %% 4 AS y,
        CASE WHEN (i * 7919 %% 1000) + i %% 5 * 100 > 600 THEN 'it''s high' WHEN i %% 3 = 0 THEN 'mid' ELSE 'low' END AS class,
        (i * 7919 %% 1000) + i %% 5 * 100 > 600 AS yes,
        (ARRAY[3, 7, 40])[1 + i %% 3] AS number
      FROM generate_series(1, %d) i
      """;

  private final ProxyUnderTest proxy;

  ExportedModels(ProxyUnderTest proxy) {
    this.proxy = proxy;
  }

  /**
   * A training and what is asked of it.
   *
   * @param features the argument of pgml.predict, over the relation
   */
  record Case(
      String task,
      String algorithm,
      String relation,
      String label,
      String features,
      String more,
      boolean exported) {
    @Override
    public String toString() {
      return "%s %s on %s %s".formatted(task, algorithm, relation, more);
    }

    String project() {
      return "it's " + Integer.toHexString(toString().hashCode());
    }
  }

  /** Tables with numbers, with missing values and categories, and with labels of all kinds. */
  void load() throws SQLException {
    try (Connection connection = proxy.connect()) {
      for (String set : List.of("iris", "diabetes", "breast_cancer", "wine", "linnerud")) {
        ProxyUnderTest.run(connection, "SELECT * FROM pgml.load_dataset('" + set + "')");
      }
    }
    proxy.onServer(
        "CREATE VIEW measures AS SELECT sepal_length, sepal_width, petal_length, petal_width"
            + " FROM pgml.iris",
        MIXED.formatted("mixed", 240),
        MIXED.formatted("large", 2400));
    for (String table : List.of("mixed", "large")) {
      for (String label : List.of("y", "class", "yes", "number")) {
        proxy.onServer(
            "CREATE VIEW %1$s_%2$s AS SELECT a, colour, pair, flag, day, %2$s FROM %1$s"
                .formatted(table, label));
      }
    }
    proxy.onServer(
        "CREATE TABLE ranked AS SELECT i / 10 AS q, (i * 7919 % 100)::real AS a, (i * 31 % 17)::real"
            + " AS b, (i * 7919 % 100 / 34)::int AS grade FROM generate_series(1, 200) i",
        "CREATE VIEW cancer AS SELECT * FROM pgml.breast_cancer",
        "CREATE TABLE unseen AS SELECT NULL::real AS a, 'violet' AS colour, '{3,4}'::smallint[] AS"
            + " pair, true AS flag, date '2019-07-01' AS day");
  }

  /** Every algorithm that is served, in each of its tasks, with what it takes by itself. */
  static Stream<Case> algorithms() {
    return new MlEngine(new EngineSettings(1, EngineSettings.defaults().maxModelBytes()))
        .algorithms().stream()
            .filter(AlgorithmInfo::served)
            .flatMap(info -> info.tasks().stream().map(task -> plain(info.name(), task)))
            .filter(one -> !one.task().equals("rank"));
  }

  private static Case plain(String algorithm, Task task) {
    boolean exported =
        switch (task) {
          case REGRESSION, CLASSIFICATION -> !ROWS.contains(algorithm);
          case CLUSTERING -> !GROUPS_OF_ROWS.contains(algorithm);
          case DECOMPOSITION, RANK -> true;
        };
    String diabetes = "ARRAY[age, sex, bmi, bp, s1, s2, s3, s4, s5, s6]";
    String iris = "ARRAY[sepal_length, sepal_width, petal_length, petal_width]";
    return switch (task) {
      case REGRESSION ->
          new Case("regression", algorithm, "pgml.diabetes", "target", diabetes, "", exported);
      case CLASSIFICATION ->
          new Case("classification", algorithm, "pgml.iris", "target", iris, "", exported);
      default -> new Case(task.sqlName(), algorithm, "measures", "", iris, "", exported);
    };
  }

  /** Two classes, missing values, preprocessing, labels of all kinds, large forests. */
  static Stream<Case> shapes() {
    String prepared =
        "preprocess => '{\"a\": {\"impute\": \"mean\", \"scale\": \"standard\"}, \"colour\":"
            + " {\"encode\": \"one_hot\"}, \"pair\": {\"scale\": \"min_max\"}, \"day\": {\"scale\":"
            + " \"robust\"}}'";
    String target =
        "preprocess => '{\"a\": {\"impute\": \"median\", \"scale\": \"max_abs\"}, \"colour\":"
            + " {\"encode\": \"target\", \"scale\": \"standard\"}, \"day\": {\"scale\":"
            + " \"standard\"}}'";
    String ordinal =
        "preprocess => '{\"a\": {\"impute\": \"zero\"}, \"colour\": {\"encode\": {\"ordinal\":"
            + " [\"green\", \"red\", \"blue\", \"it''s \\\"odd\\\"\"]}}}'";
    List<Case> cases = new ArrayList<>();
    for (String algorithm : List.of("xgboost", "lightgbm", "hist_gradient_boosting")) {
      for (String label : List.of("y", "class", "yes", "number")) {
        cases.add(mixed(algorithm, label, ""));
      }
    }
    for (String algorithm :
        List.of("linear", "random_forest", "gradient_boosting_trees", "ada_boost", "xgboost")) {
      for (String label : List.of("y", "class", "yes", "number")) {
        cases.add(mixed(algorithm, label, prepared));
      }
    }
    for (String algorithm : List.of("ridge", "extra_trees", "lightgbm")) {
      cases.add(mixed(algorithm, "y", target));
      cases.add(mixed(algorithm, "class", ordinal));
    }
    String cancer =
        "(SELECT array_agg(v::real ORDER BY n) FROM (SELECT e.value, e.ordinality"
            + " FROM json_each_text(row_to_json(cancer)) WITH ORDINALITY e) x(v, n)"
            + " WHERE v NOT IN ('true', 'false'))";
    for (String algorithm :
        List.of(
            "linear",
            "linear_svm",
            "stochastic_gradient_descent",
            "random_forest",
            "xgboost",
            "gradient_boosting_trees",
            "ada_boost",
            "xgboost_random_forest")) {
      cases.add(new Case("classification", algorithm, "cancer", "malignant", cancer, "", true));
    }
    cases.add(
        new Case(
            "rank",
            "xgboost",
            "ranked",
            "grade",
            "ARRAY[a, b]",
            "hyperparams => '{\"group_column\": \"q\"}'",
            true));
    return cases.stream();
  }

  /** Forests of so many nodes that a loop walks through them. */
  static Stream<Case> large() {
    String filled = "preprocess => '{\"a\": {\"impute\": \"mean\"}}', ";
    String many = "hyperparams => '{\"n_estimators\": %d}'";
    String deep = "hyperparams => '{\"n_estimators\": 400, \"max_depth\": 8}'";
    return Stream.of(
        large("extra_trees", "class", filled + many.formatted(60)),
        large("random_forest", "yes", filled + many.formatted(200)),
        large("bagging", "y", filled + many.formatted(40)),
        large("xgboost", "number", deep),
        large("xgboost", "y", deep.replace("}", ", \"eta\": 0.02}")),
        large("lightgbm", "y", many.formatted(1000)),
        large("lightgbm", "class", many.formatted(400)));
  }

  /** Asked of some rows only. */
  private static Case large(String algorithm, String label, String more) {
    Case small = mixed(algorithm, label, more);
    return new Case(small.task(), algorithm, "large_" + label, label, "large_" + label, more, true);
  }

  private static Case mixed(String algorithm, String label, String more) {
    String task = label.equals("y") ? "regression" : "classification";
    return new Case(task, algorithm, "mixed_" + label, label, "mixed_" + label, more, true);
  }

  /** Whether the model's function has a loop. */
  boolean walks(Case one) {
    return proxy
        .valueOnServer(
            "SELECT pg_get_functiondef(('pgml._model_' || m.id || '(real[],integer)')::regprocedure)"
                + " FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id WHERE p.name = '"
                + quoted(one.project())
                + "'")
        .contains("end loop;");
  }

  /** Trains, and compares whatever may be asked of the model. */
  void check(Case one) throws SQLException {
    train(one);
    checkTrained(one);
  }

  /** Several targets. */
  void checkJoint(String algorithm) throws SQLException {
    String features = "ARRAY[chins, situps, jumps]";
    Case one = new Case("joint", algorithm, "pgml.linnerud", "", features, "", true);
    try (Connection connection = proxy.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train_joint('%s', 'regression', 'pgml.linnerud', ARRAY['weight', 'waist', 'pulse'], algorithm => '%s')"
              .formatted(quoted(one.project()), algorithm));
    }
    assertThat(functions(one)).containsExactly("predict", "predict_joint");
    checkTrained(one);
  }

  private void checkTrained(Case one) throws SQLException {
    List<String> functions = functions(one);
    try (Connection through = proxy.connect();
        Connection past = past()) {
      if (!one.exported()) {
        refused(one, past);
        return;
      }
      String from = one.relation();
      if (from.startsWith("large")) {
        from = "(SELECT * FROM " + from + " LIMIT 200) AS " + from;
      }
      for (String function : functions) {
        compare(one, function, from, one.features(), through, past);
      }
      if (one.relation().startsWith("mixed")) {
        compare(one, functions.getFirst(), "unseen", "unseen", through, past);
      }
    }
  }

  private void train(Case one) throws SQLException {
    try (Connection connection = proxy.connect()) {
      String label = one.label().isEmpty() ? "" : ", y_column_name => '" + one.label() + "'";
      String more = one.more().isEmpty() ? "" : ", " + one.more();
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train('%s', '%s', '%s', algorithm => '%s'%s%s)"
              .formatted(
                  quoted(one.project()), one.task(), one.relation(), one.algorithm(), label, more));
    }
  }

  Connection past() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres"
            .formatted(proxy.postgres().port(), proxy.serverDatabase()));
  }

  private static String quoted(String text) {
    return text.replace("'", "''");
  }

  private List<String> functions(Case one) {
    String known =
        proxy.valueOnServer(
            "SELECT array_to_string(e.functions, ',') FROM pgml._exports e JOIN pgml.models m ON"
                + " m.id = e.model_id JOIN pgml.projects p ON p.id = m.project_id WHERE p.name = '"
                + quoted(one.project())
                + "'");
    return List.of(known.split(",")).stream().filter(f -> !f.equals("predict_batch")).toList();
  }

  private static void refused(Case one, Connection past) {
    assertThatThrownBy(() -> values(one, "predict", one.relation(), one.features(), past))
        .isInstanceOf(SQLException.class)
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("0A000"))
        .hasMessageContaining("algorithm " + one.algorithm() + " of model ")
        .hasMessageContaining("the server cannot evaluate it")
        .hasMessageContaining("outermost select list");
  }

  private static void compare(
      Case one, String function, String from, String features, Connection through, Connection past)
      throws SQLException {
    List<String> expected = outcome(one, function, from, features, through);
    List<String> found = outcome(one, function, from, features, past);
    assertThat(found).hasSameSizeAs(expected).isNotEmpty();
    for (int i = 0; i < expected.size(); i++) {
      if (!expected.get(i).equals(found.get(i))) {
        close(function + " of row " + i, expected.get(i), found.get(i));
      }
    }
  }

  /** Relative 1e-5; what is next to nothing may be off by as much of 1e-6. */
  private static void close(String what, String expected, String found) {
    List<Double> numbers = numbers(expected);
    List<Double> others = numbers(found);
    assertThat(others).as(what).hasSameSizeAs(numbers);
    for (int i = 0; i < numbers.size(); i++) {
      double tolerance = Math.max(1e-6, Math.abs(numbers.get(i))) * 1e-5;
      assertThat(Math.abs(others.get(i) - numbers.get(i)))
          .as("%s: %s and %s", what, expected, found)
          .isLessThanOrEqualTo(tolerance);
    }
  }

  private static List<Double> numbers(String text) {
    return Stream.of(text.replaceAll("[{}]", "").split(","))
        .map(Double::valueOf)
        .collect(Collectors.toList());
  }

  /** The values, or the error: a category that was not learnt is one for some models. */
  private static List<String> outcome(
      Case one, String function, String from, String features, Connection connection)
      throws SQLException {
    try {
      return values(one, function, from, features, connection);
    } catch (PSQLException e) {
      ServerErrorMessage error = Objects.requireNonNull(e.getServerErrorMessage());
      assertThat(from).as(e.getMessage()).isEqualTo("unseen");
      return List.of(error.getSQLState() + error.getMessage() + error.getHint());
    }
  }

  private static List<String> values(
      Case one, String function, String from, String features, Connection connection)
      throws SQLException {
    List<String> values = new ArrayList<>();
    String sql =
        "SELECT pgml.%s('%s', %s) FROM %s"
            .formatted(function, quoted(one.project()), features, from);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        Array array = rows.getObject(1) instanceof Array a ? a : null;
        values.add(array == null ? rows.getString(1) : array.toString());
      }
    }
    return values;
  }
}
