package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
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

/** Models of XGBoost and LightGBM come and go through SQL. */
class ForeignModelsIT {
  private static final String TRAINER = TestPostgres.freshName("trainer");
  private static final String READER = TestPostgres.freshName("reader");
  private static final String IMPORT =
      "SELECT * FROM pgml.import_model(?, 'classification', ?, ?, feature_names => '{a,b,c,d}')";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3).anotherUser(user(TRAINER)).anotherUser(user(READER));

  private static String[] user(String name) {
    return new String[] {"username = \"" + name + "\"", "auth_type = \"trust\"", "pool_size = 2"};
  }

  @BeforeAll
  static void train() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.load_dataset('iris')",
          "SELECT * FROM pgml.train('flowers', 'classification', 'pgml.iris', 'target', 'xgboost')",
          "SELECT * FROM pgml.train('forest', 'classification', 'pgml.iris', 'target',"
              + " 'random_forest', hyperparams => '{\"n_estimators\": 3}')");
    }
    PROXY.onServer(
        "CREATE ROLE " + TRAINER + " LOGIN",
        "CREATE ROLE " + READER + " LOGIN",
        "GRANT USAGE ON SCHEMA pgml TO " + TRAINER + ", " + READER,
        "GRANT EXECUTE ON FUNCTION pgml.train TO " + TRAINER);
  }

  private static byte[] file(String name) throws IOException {
    return Files.readAllBytes(Path.of("../ml-engine/src/test/resources/models", name));
  }

  private static String hex(String name) throws IOException {
    return "'\\x" + HexFormat.of().formatHex(file(name)) + "'";
  }

  /** Imports; gives the row as text. */
  private static String imported(Connection connection, String project, String format, byte[] data)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IMPORT)) {
      statement.setString(1, project);
      statement.setString(2, format);
      statement.setBytes(3, data);
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        return String.join(
            " ", row.getString(1), row.getString(2), row.getString(3), row.getString(4));
      }
    }
  }

  private static List<String> classes(Connection connection, String project) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pgml.predict('"
                    + project
                    + "', ARRAY[sepal_length, sepal_width, petal_length, petal_width]::real[])"
                    + " FROM pgml.iris ORDER BY sepal_length, sepal_width, petal_length, petal_width")) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "simple, xgboost_json, iris.json, xgboost",
    "extended, xgboost_json, iris.json, xgboost",
    "simple, xgboost_ubj, iris.ubj, xgboost",
    "extended, xgboost_ubj, iris.ubj, xgboost",
    "extended, xgboost_binary, iris.rmp, xgboost",
    "simple, lightgbm, iris.lightgbm.txt, lightgbm",
    "extended, lightgbm, iris.lightgbm.txt, lightgbm"
  })
  void a_file_becomes_the_answer_of_its_project(
      String mode, String format, String file, String algorithm) throws Exception {
    String project = "imported_" + mode + format;
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      assertThat(imported(connection, project, format, file(file)))
          .isEqualTo(project + " classification " + algorithm + " t");
      assertThat(
              ProxyUnderTest.value(
                  connection, "SELECT pgml.predict('" + project + "', ARRAY[5.1, 3.5, 1.4, 0.2])"))
          .isEqualTo("0");
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "SELECT pgml.predict('%s', r::jsonb) FROM (VALUES ('{\"d\": 2.1, \"c\": 5.7, \"b\": 3, \"a\": 6.7}')) v(r)"
                      .formatted(project)))
          .isEqualTo("2");
    }
    assertThat(
            PROXY.valueOnServer(
                "SELECT concat_ws(' ', m.status, m.runtime, m.num_features, m.snapshot_id,"
                    + " m.hyperparams->>'imported') FROM pgml.models m JOIN pgml.projects p ON p.id"
                    + " = m.project_id WHERE p.name = '"
                    + project
                    + "'"))
        .isEqualTo("successful java 4 " + format);
  }

  @ParameterizedTest
  @CsvSource({
    "simple, xgboost_json",
    "extended, xgboost_json",
    "simple, xgboost_ubj",
    "extended, xgboost_ubj",
    "simple, lightgbm",
    "extended, lightgbm"
  })
  void an_exported_model_predicts_the_same_when_it_is_imported(String mode, String format)
      throws SQLException {
    String copy = "copy_" + mode + format;
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      for (String call :
          new String[] {
            "SELECT pgml.export_model('flowers', ?)",
            "SELECT * FROM pgml.export_model(model_id => "
                + PROXY.valueOnServer("SELECT min(id) FROM pgml.models")
                + ", format => ?)"
          }) {
        try (PreparedStatement statement = connection.prepareStatement(call)) {
          statement.setString(1, format);
          // From the fifth time on the driver asks for binary.
          for (int i = 0; i < 6; i++) {
            try (ResultSet row = statement.executeQuery()) {
              assertThat(row.next()).isTrue();
              assertThat(row.getMetaData().getColumnName(1)).isEqualTo("export_model");
              byte[] data = row.getBytes(1);
              if (i == 5) {
                imported(connection, copy, format, data);
              }
            }
          }
        }
      }
      assertThat(classes(connection, copy)).hasSize(150).isEqualTo(classes(connection, "flowers"));
    }
  }

  @Test
  void null_gives_null() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.export_model('flowers', NULL)"))
          .isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"simple", "extended"})
  void a_model_without_metrics_does_not_replace_one_that_has_some(String mode) throws Exception {
    String project = "kept_" + mode;
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        Statement statement = connection.createStatement()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train('"
              + project
              + "', 'classification', 'pgml.iris', 'target', 'linear')");
      String call =
          "SELECT deployed FROM pgml.import_model('%s', NULL, 'xgboost_ubj', %s)"
              .formatted(project, hex("iris.ubj"));
      try (ResultSet row = statement.executeQuery(call)) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBoolean(1)).isFalse();
      }
      List<String> told = new ArrayList<>();
      for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        told.add(w.getMessage());
      }
      assertThat(told)
          .contains(
              "No metrics for new model. Retaining old model.",
              "Not deploying newly trained model.");

      String strategy = "SELECT algorithm FROM pgml.deploy('" + project + "', 'most_recent')";
      assertThat(ProxyUnderTest.value(connection, strategy)).isEqualTo("xgboost");
    }
  }

  @Test
  void importing_needs_the_right_to_train_and_the_project() throws Exception {
    String data = hex("iris.ubj");
    String call =
        "SELECT * FROM pgml.import_model('%s', 'classification', 'xgboost_ubj', " + data + ")";
    try (Connection trainer = PROXY.connect("user", TRAINER);
        Connection reader = PROXY.connect("user", READER)) {
      assertRefused(
          reader, call.formatted("theirs"), "42501", "permission denied for function train");
      assertRefused(
          trainer, call.formatted("flowers"), "42501", "permission denied for project flowers");
      ProxyUnderTest.run(trainer, call.formatted("own"));
      assertThat(ProxyUnderTest.value(reader, "SELECT pgml.predict('own', ARRAY[5.1,3.5,1.4,0.2])"))
          .isEqualTo("0");
    }
  }

  @Test
  void rollback_undoes_an_import() throws Exception {
    try (Connection connection = PROXY.connect()) {
      connection.setAutoCommit(false);
      imported(connection, "undone", "xgboost_json", file("iris.json"));
      assertThat(
              ProxyUnderTest.value(
                  connection, "SELECT pgml.predict('undone', ARRAY[5.1, 3.5, 1.4, 0.2])"))
          .isEqualTo("0");
      connection.rollback();
      connection.setAutoCommit(true);
      assertRefused(
          connection,
          "SELECT pgml.predict('undone', ARRAY[5.1, 3.5, 1.4, 0.2])",
          "55000",
          "No deployed model exists");
    }
  }

  @Test
  void classes_have_the_texts_that_the_import_gives_them() throws Exception {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.import_model('texts', 'classification', 'xgboost_json', "
              + hex("iris.json")
              + ", class_names => '{setosa,versicolor,virginica}')");

      String row = "ARRAY[7.0, 3.2, 4.7, 1.4]";
      assertThat(
              ProxyUnderTest.value(connection, "SELECT pgml.predict_label('texts', " + row + ")"))
          .isEqualTo("versicolor");
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.predict('texts', " + row + ")"))
          .isEqualTo("1");
    }
  }

  @Test
  void what_cannot_be_right_is_refused_by_name() throws Exception {
    String iris = hex("iris.json");
    String damaged =
        "'\\x" + HexFormat.of().formatHex(Arrays.copyOf(file("iris.json"), 2_000)) + "'";
    String[][] refusals = {
      {"'regression', 'xgboost_json', " + iris, "22023", "is one of classification"},
      {"'classification', 'onnx', " + iris, "22023", "unknown format of a model: \"onnx\""},
      {"'classification', NULL, " + iris, "22023", "format must not be NULL"},
      {"'classification', 'lightgbm', " + iris, "22023", "it begins like xgboost_json"},
      {"'classification', 'xgboost_json', " + damaged, "22023", "the model file cannot be read"},
      {"'classification', 'xgboost_json', NULL", "22023", "data must not be NULL"},
      {"'classification', 'xgboost_json', '\\x7b2'", "22023", "odd number of digits"},
      {"'classification', 'xgboost_json', " + iris + ", '{a,b}'", "22023", "4 features, not 2"},
      {"'classification', 'xgboost_json', " + iris + ", '{a,b,c,a}'", "22023", "\"a\" twice"},
      {"NULL, 'xgboost_json', " + iris, "22023", "you must specify a `task`"},
      {
        "'classification', 'xgboost_json', " + iris + ", class_names => '{x,y}'",
        "22023",
        "the model has 3 classes, not 2"
      },
      {
        "'classification', 'xgboost_json', " + iris + ", class_names => '{x,y,x}'",
        "22023",
        "class_names has \"x\" twice"
      },
      {
        "'regression', 'xgboost_json', " + iris + ", class_names => '{x,y,z}'",
        "22023",
        "class_names are of a classification"
      },
      {"'classification', 'xgboost_json', 7", "42883", "does not exist"},
    };
    try (Connection connection = PROXY.connect()) {
      for (String[] refusal : refusals) {
        assertRefused(
            connection,
            "SELECT * FROM pgml.import_model('refused', " + refusal[0] + ")",
            refusal[1],
            refusal[2]);
      }
      assertRefused(
          connection,
          "SELECT pgml.export_model('forest', 'xgboost_json')",
          "0A000",
          "has no form that XGBoost or LightGBM reads");
      assertRefused(
          connection,
          "SELECT pgml.export_model('flowers', 'xgboost_binary')",
          "22023",
          "unknown format of a model");
      assertRefused(connection, "SELECT pgml.export_model(0, 'lightgbm')", "42704", "id = 0");
    }
    assertThat(PROXY.valueOnServer("SELECT count(*) FROM pgml.projects WHERE name = 'refused'"))
        .isEqualTo("0");
  }

  @Test
  void exported_text_is_the_librarys_own() throws SQLException {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pgml.export_model('flowers', 'lightgbm')")) {
      assertThat(row.next()).isTrue();
      assertThat(new String(row.getBytes(1), StandardCharsets.UTF_8))
          .startsWith("tree\n")
          .contains("feature_names=sepal_length sepal_width petal_length petal_width\n");
    }
  }

  private static void assertRefused(Connection connection, String sql, String state, String words) {
    assertThat(catchThrowable(() -> ProxyUnderTest.run(connection, sql)))
        .as(words)
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }
}
