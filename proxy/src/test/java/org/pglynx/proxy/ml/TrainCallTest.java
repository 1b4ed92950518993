package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.relay.Arguments;

/** Arguments of pgml.train that are wrong in themselves fail before any server is asked. */
class TrainCallTest {
  private final MlFixture ml = new MlFixture();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          NULL                                        | 22023: project_name must not be NULL or empty
          'p', 'translation'                          | 0A000: task "translation" is not served yet
          'p', 'guess'                                | 22023: unknown task "guess"
          'p', 'regression', relation_name => 't'     | 22023: You must pass a `y_column_name` when you pass a `relation_name` for a supervised task.
          'p', y_column_name => 'y'                   | 22023: y_column_name is given without relation_name
          'p', algorithm => 'magic'                   | 22P02: invalid input value for enum pgml.algorithm: 'magic'
          'p', algorithm => 'catboost'                | 0A000: algorithm "catboost" is not served
          'p', test_sampling => 'first'               | 22P02: invalid input value for enum pgml.sampling: 'first'
          'p', test_size => -1                        | 22023: test_size must not be negative: -1.0
          'p', test_size => 'x'                       | 22P02: invalid input syntax for type real: 'x'
          'p', hyperparams => '[1]'                   | 22023: hyperparams is not a JSON object
          'p', search => 'both'                       | 22P02: invalid input value for enum pgml.search: 'both'
          'p', search_params => '{''a'': [1]}'        | 22023: search_params is not a JSON object
          'p', preprocess => '{"a": {}}'              | 22023: preprocess is given without relation_name
          'p', preprocess => '{"a": {"impute": "x"}}' | 22023: preprocess: column 'a' has impute 'x'
          'p', preprocess => '{"a": {"encode": "x"}}' | 22023: preprocess: column 'a' has encode 'x'
          'p', preprocess => '{"a": {"scale": "x"}}'  | 22023: preprocess: column 'a' has scale 'x'
          'p', preprocess => '{"a": {"fill": "x"}}'   | 22023: preprocess: column 'a' has an unknown step 'fill'
          'p', preprocess => '{"a": 1}'               | 22023: preprocess: column 'a' is not an object
          'p', 'rank', 't', 'y'                       | 22023: task rank needs the column that says which rows are ranked together
          'p', hyperparams => '{"group_column": "q"}' | 22023: group_column is given without relation_name
          'p', hyperparams => '{"group_column": 1}'   | 22023: hyperparameter 'group_column' names no column: 1
          'p', algorithm => 'auto', search => 'grid'  | 22023: algorithm 'auto' chooses an algorithm, not its search of hyperparameters
          'p', algorithm => 'auto', hyperparams => '{"k": 1}' | 22023: algorithm 'auto' chooses an algorithm, not its hyperparameters
          'p', algorithm => 'auto', search_args => '{"n_iter": 1}' | 22023: Unknown search_args => n_iter
          'p', runtime => 'openai'                    | 0A000: runtime "openai" is not served
          'p', automatic_deploy => 'maybe'            | 22P02: invalid input syntax for type boolean: 'maybe'
          """)
  void wrong_values_are_refused(String arguments, String error) {
    FakeContext context = ml.start("SELECT * FROM pgml.train(" + arguments + ")", Arguments.NONE);

    assertThat(context.outcome()).isEqualTo("ERROR " + error.replace('\'', '"'));
    assertThat(ml.server().log())
        .as("nothing but its time limits is asked for")
        .allMatch(sql -> sql.contains("'statement_timeout'"));
  }

  @Test
  void search_arguments_are_checked() {
    String train =
        "SELECT * FROM pgml.train('p', 'regression', algorithm => 'xgboost', search => 'grid', ";
    assertFails(train + "search_params => '{}')", "22023: a search needs search_params");
    assertFails(
        train + "search_params => '{\"eta\": 1}')",
        "22023: search_params: the candidates of \"eta\" are neither an array nor a range");
    assertFails(
        train + "search_params => '{\"eta\": {\"min\": 0, \"max\": 1}}')",
        "22023: search_params: a grid cannot be made of the range of \"eta\"");
    assertFails(
        train + "search_params => '{\"eta\": [1]}', search_args => '{\"x\": 1}')",
        "22023: Unknown search_args => x");
    assertFails(
        train + "search_params => '{\"eta\": [1]}', hyperparams => '{\"eta\": 1}')",
        "22023: `eta` cannot be present in both hyperparams and search_params. Please choose one"
            + " or the other.");
    assertFails(
        train + "search_params => '{\"eta\": [1]}', search_args => '{\"cv\": 1}')",
        "22023: search_args: cv must be an integer of at least 2, not 1");
  }

  @Test
  void values_come_from_parameters_too() {
    Arguments arguments =
        new Arguments(new byte[][] {utf8("p"), utf8("guess")}, new short[] {0}, new short[] {0});

    FakeContext context = ml.start("SELECT * FROM pgml.train($1, task => $2)", arguments);

    assertThat(context.outcome()).isEqualTo("ERROR 22023: unknown task \"guess\"");
  }

  @Test
  void a_missing_project_needs_a_task() {
    ml.server().answer("_schema_version", Integer.toString(PgmlSchema.VERSION));

    FakeContext context = ml.start("SELECT * FROM pgml.train('new')", Arguments.NONE);

    assertThat(context.outcome())
        .isEqualTo(
            "ERROR 22023: Project `new` does not exist. To create a new project, you must specify a"
                + " `task`.");
    assertThat(ml.server().allClosed()).isTrue();
  }

  @Test
  void a_project_keeps_its_task() {
    ml.server().answer("_schema_version", Integer.toString(PgmlSchema.VERSION));
    ml.server().answer("FROM pgml.projects WHERE name", "3", "regression");

    assertFails(
        "SELECT * FROM pgml.train('p', 'classification', 't', 'y')",
        "22023: Project `\"p\"` already exists with a different task: `regression`. Create a new"
            + " project instead.");
  }

  @Test
  void the_schema_is_created_when_it_is_missing() {
    ml.server().answer("_schema_version", "0");

    ml.start("SELECT * FROM pgml.train('new')", Arguments.NONE).outcome();

    assertThat(ml.server().log())
        .containsSubsequence(
            "BEGIN",
            "SELECT pg_advisory_xact_lock(1885826412)",
            "CREATE SCHEMA IF NOT EXISTS pgml",
            "COMMIT")
        .anyMatch(sql -> sql.startsWith("CREATE TABLE IF NOT EXISTS pgml.models"))
        .anyMatch(sql -> sql.startsWith("CREATE OR REPLACE VIEW pgml.deployed_models"));
  }

  private void assertFails(String sql, String error) {
    assertThat(ml.start(sql, Arguments.NONE).outcome()).isEqualTo("ERROR " + error);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
