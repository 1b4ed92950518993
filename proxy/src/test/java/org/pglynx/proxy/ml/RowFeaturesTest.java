package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.Oid;

/** Rows and JSON of constants and parameters: no server is asked; the model adds a and b up. */
class RowFeaturesTest {
  private final MlFixture ml =
      new MlFixture()
          .deployed("p", 1, FakeModel.sum())
          .deployed("classes", 2, new FakeModel(true, false, 1));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ROW(1, 2.5)                        | 3.5
          (1, '2')                           | 3
          ROW(true, -2)                      | -1
          '{"b": 2, "a": 1, "more": [1]}'::jsonb | 3
          '[1, 2]'::json                     | 3
          '{"a": "NaN", "b": 1}'::jsonb      | ERROR 22023
          '{"b": 2}'::jsonb                  | ERROR 22023: the row has no column "a"
          '{"a": "x", "b": 2}'::jsonb        | ERROR 42804: feature "a" is a number, got "x"
          '{"a": {}, "b": 2}'::jsonb         | ERROR 42804: feature "a" is neither a number nor a text
          '{"a": [1, 2], "b": 2}'::jsonb     | ERROR 22023: feature "a" has 2 elements, but the model has learned 1
          '5'::jsonb                         | ERROR 42804: features must be an array, a row or a JSON object
          '{"a": '::jsonb                    | ERROR 22P02: malformed row of features: {"a":
          ROW(1)                             | ERROR 22023: model 1 of project "p" expects 2 features (a, b), got 1
          """)
  void constant_rows_are_predicted(String row, String outcome) {
    FakeContext context = ml.start("SELECT pgml.predict('p', " + row + ")", Arguments.NONE);

    if (outcome.startsWith("ERROR")) {
      assertThat(context.outcome()).startsWith(outcome);
    } else {
      assertThat(context.outcome()).isEqualTo("SELECT 1");
      assertThat(context.textRows()).containsExactly(MlFixture.row(outcome));
    }
  }

  @Test
  void parameters_of_a_row_are_read_in_text_and_binary() {
    byte[] two = ByteBuffer.allocate(4).putInt(2).array();
    byte[] third = ByteBuffer.allocate(8).putDouble(0.25).array();
    Arguments binary =
        new Arguments(new byte[][] {two, third}, new short[] {1, 1}, new short[] {0});
    Arguments text =
        new Arguments(new byte[][] {utf8("2"), utf8("0.25")}, new short[] {0}, new short[] {0});
    int[] types = {Oid.INT4, Oid.FLOAT8};

    for (Arguments arguments : new Arguments[] {binary, text}) {
      FakeContext context = ml.start("SELECT pgml.predict('p', ROW($1, $2))", arguments, types);
      assertThat(context.outcome()).isEqualTo("SELECT 1");
      assertThat(context.textRows()).containsExactly(MlFixture.row("2.25"));
    }
  }

  @Test
  void a_json_parameter_is_read() {
    Arguments arguments =
        new Arguments(
            new byte[][] {utf8("{\"a\": 1, \"b\": 4}")}, new short[] {0}, new short[] {0});

    FakeContext context = ml.start("SELECT pgml.predict('p', $1::jsonb)", arguments);

    assertThat(context.outcome()).isEqualTo("SELECT 1");
    assertThat(context.textRows()).containsExactly(MlFixture.row("5"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
