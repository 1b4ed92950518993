package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.Oid;

/** Predictions from constants and parameters, with project "p" = the sum of two features. */
class PredictStatementTest {
  private static final short[] BINARY = {Formats.BINARY};

  private final MlFixture ml = new MlFixture().deployed("p", 5, FakeModel.sum());

  @Test
  void answers_constants() {
    FakeContext context = run("SELECT pgml.predict('p', ARRAY[1, 2.5])");

    assertThat(context.outcome()).isEqualTo("SELECT 1");
    assertThat(context.textRows()).containsExactly(MlFixture.row("3.5"));
  }

  @Test
  void answers_several_calls_in_one_row() {
    FakeContext context =
        run("SELECT pgml.predict('p', ARRAY[1,2]), pgml.predict(5, '{3,4}') AS y");

    assertThat(context.textRows()).containsExactly(MlFixture.row("3", "7"));
  }

  @Test
  void asks_the_server_once_and_then_answers_before_start_returns() {
    run("SELECT pgml.predict('p', ARRAY[1,2])").outcome();
    int before = ml.server().log().size();

    FakeContext context = ml.start("SELECT pgml.predict('p', ARRAY[5,2])", Arguments.NONE);

    assertThat(context.ended()).isTrue();
    assertThat(context.textRows()).containsExactly(MlFixture.row("7"));
    assertThat(ml.server().log()).hasSize(before);
  }

  @Test
  void reads_parameters_in_text_and_binary() {
    byte[] number = ByteBuffer.allocate(8).putDouble(2.5).array();
    Arguments mixed =
        new Arguments(
            new byte[][] {utf8("p"), utf8("1"), number}, new short[] {0, 0, 1}, Formats.ALL_TEXT);

    FakeContext context = ml.start("SELECT pgml.predict($1, ARRAY[$2, $3])", mixed);

    assertThat(context.outcome()).isEqualTo("SELECT 1");
    assertThat(context.textRows()).containsExactly(MlFixture.row("3.5"));
  }

  @Test
  void reads_whole_arrays_in_text_and_binary() {
    Arguments text = arguments(Formats.ALL_TEXT, utf8("{1,2}"));
    Arguments binary = arguments(BINARY, Frames.float4Array(1f, 2f));

    assertThat(ml.start("SELECT pgml.predict('p', $1)", text).textRows())
        .isEqualTo(ml.start("SELECT pgml.predict('p', $1::real[])", binary).textRows())
        .containsExactly(MlFixture.row("3"));
  }

  @Test
  void reads_a_model_id_from_an_integer_parameter() {
    Arguments id = arguments(BINARY, ByteBuffer.allocate(4).putInt(5).array());

    FakeContext context = ml.start("SELECT pgml.predict($1, ARRAY[1,2])", id, new int[] {Oid.INT4});

    assertThat(context.outcome()).isEqualTo("SELECT 1");
  }

  @Test
  void answers_in_binary_when_asked_to() {
    Arguments binary = new Arguments(new byte[0][], Formats.ALL_TEXT, BINARY);

    FakeContext context = ml.start("SELECT pgml.predict('p', ARRAY[1,2])", binary);

    context.outcome();
    byte[] value = Frames.rawRows(Unpooled.wrappedBuffer(context.frames())).get(0).get(0);
    assertThat(value).isEqualTo(ByteBuffer.allocate(4).putFloat(3).array());
  }

  @Test
  void null_arguments_give_null() {
    assertThat(run("SELECT pgml.predict('p', NULL)").textRows())
        .containsExactly(MlFixture.row((String) null));
    assertThat(run("SELECT pgml.predict(NULL, ARRAY[1,2])").textRows())
        .containsExactly(MlFixture.row((String) null));
  }

  @Test
  void a_null_feature_is_refused_by_name_unless_the_model_takes_it() {
    ml.deployed("q", 6, new FakeModel(false, true, 100));

    assertThat(run("SELECT pgml.predict('p', ARRAY[1,NULL])").outcome())
        .isEqualTo(
            "ERROR 22004: feature \"b\" is NULL, which algorithm linear of model 5 does"
                + " not take");
    assertThat(run("SELECT pgml.predict('q', ARRAY[NULL,1])").textRows())
        .containsExactly(MlFixture.row("1"));
  }

  @Test
  void a_wrong_number_of_features_is_refused_with_the_names() {
    assertThat(run("SELECT pgml.predict('p', ARRAY[1])").outcome())
        .isEqualTo("ERROR 22023: model 5 of project \"p\" expects 2 features (a, b), got 1");
  }

  @Test
  void an_unknown_project_is_refused_in_postgresml_s_words() {
    assertThat(run("SELECT pgml.predict('nope', ARRAY[1])").outcome())
        .isEqualTo("ERROR 55000: No deployed model exists for the project named: `nope`");
  }

  @Test
  void a_database_without_the_schema_is_refused_in_the_same_words() {
    ml.server().fail("pgml.projects", "42P01", "relation \"pgml.projects\" does not exist");

    assertThat(run("SELECT pgml.predict('p', ARRAY[1])").outcome())
        .startsWith("ERROR 55000: No deployed model");
  }

  @Test
  void missing_rights_are_the_server_s_own_error() {
    ml.server().fail("pgml.projects", "42501", "permission denied for schema pgml");

    assertThat(run("SELECT pgml.predict('p', ARRAY[1])").outcome())
        .isEqualTo("ERROR 42501: permission denied for schema pgml");
  }

  @Test
  void classes_are_shown_as_their_labels_numbers() {
    ml.deployed("c", 8, new FakeModel(true, false, 100));

    assertThat(run("SELECT pgml.predict('c', ARRAY[1,2])").textRows())
        .containsExactly(MlFixture.row("7"));
    assertThat(run("SELECT pgml.predict_proba('c', ARRAY[1,2])").textRows())
        .containsExactly(MlFixture.row("{0.25,0.75}"));
    assertThat(run("SELECT pgml.predict_proba('p', ARRAY[1,2])").outcome())
        .isEqualTo("ERROR 0A000: You can't predict probabilities for a regression model");
  }

  @Test
  void a_parameter_that_is_not_bound_is_refused() {
    assertThat(ml.start("SELECT pgml.predict('p', ARRAY[$1,$2])", Arguments.NONE).outcome())
        .isEqualTo("ERROR 42P02: there is no parameter $1");
  }

  @Test
  void every_conversation_is_closed() {
    run("SELECT pgml.predict('p', ARRAY[1])").outcome();
    run("SELECT pgml.predict('nope', ARRAY[1])").outcome();

    assertThat(ml.server().allClosed()).isTrue();
  }

  @Test
  void inside_a_transaction_the_callers_connection_is_asked_each_time() {
    ml.server().insideCallersTransaction();
    for (int i = 0; i < 2; i++) {
      FakeContext context = new FakeContext(ml.server()).insideTransaction();
      ml.start("SELECT pgml.predict('p', ARRAY[1,2])", Arguments.NONE, context);
      assertThat(context.outcome()).isEqualTo("SELECT 1");
    }

    assertThat(ml.server().count("pgml.deployments")).isEqualTo(2);
    assertThat(ml.server().count("pgml.files")).as("model read once").isEqualTo(2);
  }

  @Test
  void another_user_is_looked_up_on_its_own() {
    run("SELECT pgml.predict('p', ARRAY[1,2])").outcome();
    ml.server().fail("pgml.projects", "42501", "permission denied for schema pgml");

    FakeContext bob = new FakeContext(ml.server(), "bob");
    ml.start("SELECT pgml.predict('p', ARRAY[1,2])", Arguments.NONE, bob);

    assertThat(bob.outcome()).startsWith("ERROR 42501");
  }

  @Test
  void the_same_text_is_planned_once() {
    Decision first = ml.decide("SELECT pgml.predict('p', ARRAY[1,2])", new int[0]);

    assertThat(ml.decide("SELECT pgml.predict('p', ARRAY[1,2])", new int[0])).isSameAs(first);
    LocalStatement statement = ((Decision.Answer) first).statement();
    assertThat(statement.columns()).hasSize(1);
    assertThat(statement.columns().get(0).name()).isEqualTo("predict");
    assertThat(statement.columns().get(0).typeOid()).isEqualTo(Oid.FLOAT4);
  }

  private FakeContext run(String sql) {
    FakeContext context = ml.start(sql, Arguments.NONE);
    context.outcome();
    return context;
  }

  private static Arguments arguments(short[] formats, byte[]... values) {
    return new Arguments(values, formats, Formats.ALL_TEXT);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
