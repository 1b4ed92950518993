package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rows of schema pgml as PostgresML writes them, with files that XGBoost and LightGBM wrote ({@code
 * foreign_models.py}, {@code softprob_model.py}).
 */
class PostgresmlModelsIT {
  private static final String READER = TestPostgres.freshName("reader");
  private static final int ROWS = 60;
  private static final String[] PLAIN = {"native", "error", "preserve", "null"};

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3)
          .anotherUser("username = \"" + READER + "\"", "auth_type = \"trust\"", "pool_size = 2");

  @BeforeAll
  static void create() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");
    }
    PROXY.onServer("CREATE ROLE " + READER + " LOGIN", "GRANT USAGE ON SCHEMA pgml TO " + READER);
  }

  /** What PostgresML 2 leaves behind after pgml.train; files are stored in two parts. */
  private static void stored(
      String project,
      String task,
      String runtime,
      String algorithm,
      int features,
      String columns,
      byte[] file) {
    int half = file.length / 2;
    PROXY.onServer(
        """
        WITH p AS (INSERT INTO pgml.projects (name, task) VALUES ('%1$s', '%2$s') RETURNING id),
        s AS (INSERT INTO pgml.snapshots (relation_name, y_column_name, test_size, test_sampling,
                                          status, columns)
              VALUES ('public.rows', '{target}', 0.25, 'last', 'successful', '%6$s') RETURNING id),
        m AS (INSERT INTO pgml.models (project_id, snapshot_id, num_features, algorithm, runtime,
                                       hyperparams, status, metrics, search_params, search_args)
              SELECT p.id, s.id, %5$d, '%4$s', '%3$s', '{}', 'successful', '{"f1": 0.9}', '{}', '{}'
              FROM p, s RETURNING id, project_id),
        f AS (INSERT INTO pgml.files (model_id, path, part, data)
              SELECT m.id, 'estimator.rmp', part, decode(hex, 'hex')
              FROM m, (VALUES (0, '%7$s'), (1, '%8$s')) v(part, hex))
        INSERT INTO pgml.deployments (project_id, model_id, strategy)
        SELECT m.project_id, m.id, 'new_score' FROM m
        """
            .formatted(
                project,
                task,
                runtime,
                algorithm,
                features,
                columns,
                HexFormat.of().formatHex(file, 0, half),
                HexFormat.of().formatHex(file, half, file.length)));
  }

  /** pgml.snapshots.columns. */
  private static String columns(List<String> names, String... how) {
    List<String> nodes = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String[] ways = i == 0 && how.length > 0 ? how : PLAIN;
      nodes.add(
          """
          {"name": "%s", "pg_type": "float4", "nullable": true, "label": %s, "position": %d,
           "size": 1, "array": false,
           "preprocessor": {"encode": "%s", "impute": "%s", "scale": "%s"},
           "statistics": {"min": 0.1, "categories": %s}}\
          """
              .formatted(
                  names.get(i), i == names.size() - 1, i + 1, ways[0], ways[1], ways[2], ways[3]));
    }
    return "[" + String.join(",", nodes) + "]";
  }

  private static List<String> header(String set) throws IOException {
    return List.of(csv(set).get(0).split(",", -1));
  }

  private static List<String> csv(String set) throws IOException {
    return Files.readAllLines(
        Path.of("../ml-engine/src/main/resources/org/pglynx/ml/datasets", set + ".csv"));
  }

  private static Path model(String file) {
    return Path.of("../ml-engine/src/test/resources/models", file);
  }

  private static void stored(String project, String set, String algorithm, String file)
      throws IOException {
    List<String> names = header(set);
    String task = set.equals("diabetes") ? "regression" : "classification";
    stored(
        project,
        task,
        "rust",
        algorithm,
        names.size() - 1,
        columns(names),
        Files.readAllBytes(model(file)));
  }

  /** The first rows as arrays; where some are missing, as in the files' training. */
  private static String rows(String set, boolean missing) throws IOException {
    List<String> arrays = new ArrayList<>();
    List<String> lines = csv(set);
    for (int i = 0; i < ROWS; i++) {
      String[] cells = lines.get(i + 1).split(",", -1);
      if (missing && i % 7 == 0) {
        cells[1] = "NULL";
      }
      arrays.add(
          "("
              + i
              + ",ARRAY["
              + String.join(",", Arrays.copyOf(cells, cells.length - 1))
              + "]::real[])");
    }
    return "(VALUES " + String.join(",", arrays) + ") v(i, x)";
  }

  private static List<Double> predictions(Connection connection, String project, String rows)
      throws SQLException {
    List<Double> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pgml.predict('" + project + "', x) FROM " + rows + " ORDER BY i")) {
      while (row.next()) {
        found.add(row.getDouble(1));
      }
    }
    return found;
  }

  /** What PostgresML makes of a library's scores: the value, or the class's index. */
  private static List<Double> expected(String set, String library) throws IOException {
    List<Double> answers = new ArrayList<>();
    for (String line : Files.readAllLines(model(set + "." + library + ".scores"))) {
      double[] scores =
          Arrays.stream(line.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
      int best = 0;
      for (int k = 1; k < scores.length; k++) {
        best = scores[k] > scores[best] ? k : best;
      }
      boolean value = set.equals("diabetes");
      answers.add(value ? scores[0] : scores.length > 1 ? best : scores[0] > 0 ? 1.0 : 0.0);
    }
    return answers;
  }

  @ParameterizedTest
  @CsvSource({
    "simple, iris, xgboost, iris.rmp",
    "extended, iris, lightgbm, iris.lightgbm.txt",
    "simple, breast_cancer, lightgbm, breast_cancer.lightgbm.txt",
    "extended, breast_cancer, xgboost, breast_cancer.rmp",
    "simple, diabetes, xgboost, diabetes.bin",
    "extended, diabetes, xgboost, diabetes.ubj"
  })
  void a_model_that_postgresml_stored_predicts_what_its_library_does(
      String mode, String set, String algorithm, String file) throws Exception {
    String project = "stored " + file;
    stored(project, set, algorithm, file);
    List<Double> expected = expected(set, algorithm);

    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      List<Double> found = predictions(connection, project, rows(set, true));

      assertThat(found).hasSize(ROWS);
      for (int i = 0; i < ROWS; i++) {
        assertThat(found.get(i)).isCloseTo(expected.get(i), within(1e-3));
      }
    }
  }

  @Test
  void two_classes_of_softprob_are_predicted_by_their_index() throws Exception {
    stored("softprob", "breast_cancer", "xgboost_random_forest", "breast_cancer.softprob.bin");
    List<Double> expected =
        Files.readAllLines(model("breast_cancer.softprob.classes")).stream()
            .limit(ROWS)
            .map(Double::valueOf)
            .toList();

    try (Connection connection = PROXY.connect()) {
      assertThat(predictions(connection, "softprob", rows("breast_cancer", false)))
          .isEqualTo(expected);
      assertThat(expected).contains(0.0, 1.0);
    }
  }

  @ParameterizedTest
  @CsvSource({"postgres", "reader"})
  void features_have_the_names_of_the_snapshot_whoever_asks(String who) throws Exception {
    String project = "names for " + who;
    stored(project, "iris", "xgboost", "iris.rmp");

    try (Connection connection =
        who.equals("reader") ? PROXY.connect("user", READER) : PROXY.connect()) {
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "SELECT pgml.predict('"
                      + project
                      + "', r::jsonb) FROM (VALUES ('{\"petal_width\": 1.4, \"petal_length\": 4.7,"
                      + " \"sepal_width\": 3.2, \"sepal_length\": 7.0}')) v(r)"))
          .isEqualTo("1");
    }
  }

  @Test
  void a_schema_that_postgresml_made_is_read_as_it_is() throws Exception {
    stored("theirs", "iris", "xgboost", "iris.rmp");
    PROXY.onServer("ALTER FUNCTION pgml._snapshot_columns RENAME TO _hidden");

    try (Connection reader = PROXY.connect("user", READER);
        Connection owner = PROXY.connect()) {
      String call =
          "SELECT pgml.predict('theirs', r::jsonb) FROM (VALUES ('{\"petal_width\": 1.4,"
              + " \"petal_length\": 4.7, \"sepal_width\": 3.2, \"sepal_length\": 7.0}')) v(r)";
      assertThat(catchThrowable(() -> ProxyUnderTest.value(reader, call)))
          .as("the snapshot is another's")
          .hasMessageContaining("does not tell the names of its 4 features");
      assertThat(ProxyUnderTest.value(owner, call)).isEqualTo("1");
    } finally {
      PROXY.onServer("ALTER FUNCTION pgml._hidden RENAME TO _snapshot_columns");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "python, random_forest, as a pickle of Python",
    "python, xgboost, as a pickle of Python",
    "rust, linear, as MessagePack"
  })
  void other_forms_are_refused_by_runtime_and_algorithm(
      String runtime, String algorithm, String form) throws Exception {
    String project = runtime + " " + algorithm;
    stored(
        project,
        "classification",
        runtime,
        algorithm,
        4,
        columns(header("iris")),
        new byte[] {(byte) 0x80, 4, 1, 2});

    assertRefused(
        project,
        "0A000",
        "is not read: PostgresML's runtime "
            + runtime
            + " stored algorithm "
            + algorithm
            + " "
            + form);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "one_hot | error | preserve | null | encoded",
        "target | error | preserve | null | encoded",
        "native | error | standard | null | scaled",
        "native | mean | preserve | null | imputed by a value that it does not tell",
        "native | error | preserve | {\"a\": {\"value\": 1}} | of categories with other numbers",
        "native | error | preserve | {\"__NULL__\": {\"value\": 0}, \"a\": {\"value\": 2}} | of categories"
      })
  void what_would_mean_two_things_is_refused_by_column(
      String encode, String impute, String scale, String categories, String how) throws Exception {
    List<String> names = header("iris");
    String project = how + " " + encode + " " + categories.length();
    stored(
        project,
        "classification",
        "rust",
        "xgboost",
        4,
        columns(names, encode, impute, scale, categories),
        Files.readAllBytes(model("iris.rmp")));

    assertRefused(project, "0A000", "column \"" + names.get(0) + "\" is " + how);
  }

  @ParameterizedTest
  @CsvSource({"postgres", "reader"})
  void texts_are_the_numbers_that_postgresml_gave_them(String who) throws Exception {
    String project = "texts for " + who;
    String categories =
        "{\"seven\": {\"value\": 7, \"members\": 1}, \"__NULL__\": {\"value\": 0, \"members\": 0}, "
            + String.join(
                ", ",
                List.of("one", "two", "three", "four", "five", "six").stream()
                    .map(text ->
                        "\"%s\": {\"value\": %d}"
                            .formatted(
                                text,
                                List.of("", "one", "two", "three", "four", "five", "six")
                                    .indexOf(text)))
                    .toList())
            + "}";
    List<String> names = header("iris");
    stored(
        project,
        "classification",
        "rust",
        "xgboost",
        4,
        columns(names, "native", "error", "preserve", categories),
        Files.readAllBytes(model("iris.rmp")));

    try (Connection connection =
        who.equals("reader") ? PROXY.connect("user", READER) : PROXY.connect()) {
      for (String[] pair : new String[][] {{"four", "4"}, {"seven", "7"}, {"five", "5"}}) {
        String record =
            "'{\"sepal_length\": \"%s\", \"sepal_width\": 3.2, \"petal_length\": 4.7,"
                    .formatted(pair[0])
                + " \"petal_width\": 1.4}'::jsonb";
        String array = "ARRAY[%s, 3.2, 4.7, 1.4]".formatted(pair[1]);
        assertThat(proba(connection, project, record)).isEqualTo(proba(connection, project, array));
      }
      assertThat(
              catchThrowable(() ->
                  proba(
                      connection,
                      project,
                      "'{\"sepal_length\": \"eight\", \"sepal_width\": 3, \"petal_length\": 4,"
                          + " \"petal_width\": 1}'::jsonb")))
          .as("a text that no row had")
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void what_stands_in_for_missing_values_does_so_in_every_form() throws Exception {
    List<String> names = header("iris");
    stored(
        "imputed",
        "classification",
        "rust",
        "xgboost",
        4,
        columns(names, "native", "min", "preserve", "null").replace("\"min\": 0.1", "\"min\": 5.9"),
        Files.readAllBytes(model("iris.rmp")));

    try (Connection connection = PROXY.connect()) {
      String whole = proba(connection, "imputed", "ARRAY[5.9, 3.2, 4.7, 1.4]");
      assertThat(proba(connection, "imputed", "ARRAY[NULL, 3.2, 4.7, 1.4]::real[]"))
          .isEqualTo(whole);
      assertThat(
              proba(
                  connection,
                  "imputed",
                  "'{\"sepal_length\": null, \"sepal_width\": 3.2, \"petal_length\": 4.7,"
                      + " \"petal_width\": 1.4}'::jsonb"))
          .isEqualTo(whole);
    }
  }

  @Test
  void classes_have_the_texts_of_the_snapshots_label() throws Exception {
    List<String> names = header("iris");
    String label =
        "{\"__NULL__\": {\"value\": 0}, \"virginica\": {\"value\": 2}, \"versicolor\": {\"value\": 1}}";
    String columns = columns(names);
    int last = columns.lastIndexOf("\"categories\": null");
    stored(
        "labelled",
        "classification",
        "rust",
        "xgboost",
        4,
        columns.substring(0, last)
            + "\"categories\": "
            + label
            + columns.substring(last + "\"categories\": null".length()),
        Files.readAllBytes(model("iris.rmp")));

    try (Connection connection = PROXY.connect()) {
      String row = "ARRAY[7.0, 3.2, 4.7, 1.4]";
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.predict('labelled', " + row + ")"))
          .isEqualTo("1");
      assertThat(
              ProxyUnderTest.value(
                  connection, "SELECT pgml.predict_label('labelled', " + row + ")"))
          .isEqualTo("versicolor");
    }
  }

  private static String proba(Connection connection, String project, String features)
      throws SQLException {
    return String.valueOf(
        ProxyUnderTest.value(
            connection, "SELECT pgml.predict_proba('" + project + "', " + features + ")"));
  }

  @Test
  void damaged_bytes_are_refused_with_the_models_number() throws Exception {
    byte[] file = Files.readAllBytes(model("iris.rmp"));
    stored(
        "damaged",
        "classification",
        "rust",
        "xgboost",
        4,
        columns(header("iris")),
        Arrays.copyOf(file, file.length / 2));

    assertRefused("damaged", "XX001", "file estimator.rmp of PostgresML: ");
  }

  @Test
  void a_file_with_other_features_than_the_model_is_refused() throws Exception {
    stored(
        "other features",
        "classification",
        "rust",
        "xgboost",
        30,
        columns(header("breast_cancer")),
        Files.readAllBytes(model("iris.rmp")));

    assertRefused("other features", "XX001", "the model has 4 features, not 30");
  }

  private static void assertRefused(String project, String state, String words)
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThat(
              catchThrowable(() ->
                  ProxyUnderTest.value(
                      connection, "SELECT pgml.predict('" + project + "', ARRAY[1, 2, 3, 4])")))
          .hasMessageContaining(words)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
      assertThat(ProxyUnderTest.value(connection, "SELECT 1")).isEqualTo("1");
    }
  }
}
