package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.RowRewrite.RowTransform;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TextEdits;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/** Rows of a rewritten statement on their way back; the model adds its two features up. */
class PredictTransformTest {
  private static final short[] TEXT = {};
  private static final short[] BINARY = {1};
  private static final LoadedModel SUM = model(FakeModel.sum());

  @Test
  void replaces_features_in_text() throws PgErrorException {
    ByteBuf in = Unpooled.buffer();
    Frames.row(in, "151", "{1,2}", null);
    Frames.row(in, null, "{-1.5,2e1}", "x");

    assertThat(Frames.textRows(transformed(one(1, SUM, TEXT), in)))
        .containsExactly(MlFixture.row("151", "3", null), MlFixture.row(null, "18.5", "x"));
  }

  @Test
  void replaces_features_in_binary() throws PgErrorException {
    ByteBuf in = Frames.row(Unpooled.buffer(), "a", Frames.float4Array(1f, 2f));

    ByteBuf out = transformed(one(1, SUM, BINARY), in);

    List<byte[]> row = Frames.rawRows(out).get(0);
    assertThat(row.get(0)).isEqualTo("a".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(row.get(1)).isEqualTo(ByteBuffer.allocate(4).putFloat(3).array());
  }

  @Test
  void features_that_come_in_binary_become_the_text_that_the_client_has_asked_for()
      throws PgErrorException {
    RowTransform transform =
        new PredictTransform(
            List.of(column(PgmlFunction.PREDICT, 1)),
            new LoadedModel[] {SUM},
            TEXT,
            new short[] {0, 1});
    ByteBuf in = Frames.row(Unpooled.buffer(), "7", Frames.float4Array(1f, 2f));
    Frames.row(in, "8", null);

    assertThat(Frames.textRows(transformed(transform, in)))
        .containsExactly(MlFixture.row("7", "3"), MlFixture.row("8", null));
  }

  @Test
  void a_query_has_all_columns_in_text_whatever_the_server_is_asked_for() {
    RowRewrite rewrite =
        new PredictRewrite(
            new RewritePlan(
                List.of(column(PgmlFunction.PREDICT, 1)),
                new int[0],
                null,
                null,
                new short[] {0, 1},
                false,
                new TextEdits("").positions(),
                new FeatureCasts(SqlTokens.of(""))),
            new MlFixture().source(),
            Runnable::run,
            new PredictionStats());
    List<Column> server = List.of(Column.int4("a"), Column.float4Array("y"));
    ByteBuf described = Unpooled.buffer();
    ByteBuf in = Unpooled.buffer();
    FrameWriter.rowDescription(in, server, new short[] {0, 1});
    ByteBuf expected = Unpooled.buffer();
    FrameWriter.rowDescription(
        expected, List.of(Column.int4("a"), Column.float4("y")), new short[] {0, 0});

    rewrite.ofQuery().describe(in, described);

    assertThat(rewrite.serverFormats()).isEmpty();
    assertThat(rewrite.ofQuery().serverFormats()).containsExactly(0, 1);
    assertThat(described).isEqualTo(expected);
  }

  @Test
  void counts_columns_from_the_back_behind_a_star() throws PgErrorException {
    ByteBuf in = Frames.row(Unpooled.buffer(), "1", "2", "{1,2}", "y");

    assertThat(Frames.textRows(transformed(one(-2, SUM, TEXT), in)))
        .containsExactly(MlFixture.row("1", "2", "3", "y"));
  }

  @Test
  void serves_several_predictions_in_a_row() throws PgErrorException {
    LoadedModel classes = model(new FakeModel(true, false, 1));
    RowTransform transform =
        new PredictTransform(
            List.of(column(PgmlFunction.PREDICT, 0), column(PgmlFunction.PREDICT_PROBA, 2)),
            new LoadedModel[] {SUM, classes},
            TEXT,
            TEXT);
    ByteBuf in = Frames.row(Unpooled.buffer(), "{1,2}", "x", "{3,4}");

    assertThat(Frames.textRows(transformed(transform, in)))
        .containsExactly(MlFixture.row("3", "x", "{0.25,0.75}"));
  }

  @Test
  void writes_probabilities_in_binary() throws PgErrorException {
    LoadedModel classes = model(new FakeModel(true, false, 1));
    RowTransform transform =
        new PredictTransform(
            List.of(column(PgmlFunction.PREDICT_PROBA, 0)),
            new LoadedModel[] {classes},
            BINARY,
            TEXT);
    ByteBuf in = Frames.row(Unpooled.buffer(), (Object) Frames.float4Array(1f, 2f));

    assertThat(Frames.rawRows(transformed(transform, in)).get(0).get(0))
        .isEqualTo(Frames.float4Array(0.25f, 0.75f));
  }

  @Test
  void null_arrays_stay_null() throws PgErrorException {
    ByteBuf in = Unpooled.buffer();
    Frames.row(in, (Object) null);
    Frames.row(in, "{1,2}");

    assertThat(Frames.textRows(transformed(one(0, SUM, TEXT), in)))
        .containsExactly(MlFixture.row((String) null), MlFixture.row("3"));
  }

  @Test
  void flattens_arrays_of_arrays() throws PgErrorException {
    ByteBuf in = Frames.row(Unpooled.buffer(), "[0:1][1:1]={{1},{2}}");

    assertThat(Frames.textRows(transformed(one(0, SUM, TEXT), in)))
        .containsExactly(MlFixture.row("3"));
  }

  @Test
  void null_features_are_missing_values_or_an_error_by_name() throws PgErrorException {
    LoadedModel missing = model(new FakeModel(false, true, 1));
    assertThat(
            Frames.textRows(
                transformed(one(0, missing, TEXT), Frames.row(Unpooled.buffer(), "{NULL,2}"))))
        .containsExactly(MlFixture.row("2"));

    assertThatThrownBy(
            () -> transformed(one(0, SUM, TEXT), Frames.row(Unpooled.buffer(), "{NULL,2}")))
        .hasMessage(
            "22004: feature \"a\" is NULL, which algorithm linear of model 1 does not take");
    assertThatThrownBy(() ->
            transformed(
                one(0, SUM, BINARY),
                Frames.row(Unpooled.buffer(), (Object) Frames.float4Array(1f, null))))
        .hasMessageContaining("feature \"b\" is NULL");
  }

  @Test
  void a_wrong_number_of_features_is_an_error() {
    assertThatThrownBy(
            () -> transformed(one(0, SUM, TEXT), Frames.row(Unpooled.buffer(), "{1,2,3}")))
        .hasMessage("22023: model 1 of project \"p\" expects 2 features (a, b), got 3");
  }

  @Test
  void batches_of_any_size_follow_each_other() throws PgErrorException {
    RowTransform transform = one(0, SUM, TEXT);
    for (int size : new int[] {1, 200, 3}) {
      ByteBuf in = Unpooled.buffer();
      for (int i = 0; i < size; i++) {
        Frames.row(in, "{" + i + ",0}");
      }
      List<List<String>> rows = Frames.textRows(transformed(transform, in));
      assertThat(rows).hasSize(size);
      assertThat(rows.get(size - 1)).containsExactly(Integer.toString(size - 1));
    }
  }

  @Test
  void describes_predictions_as_real() {
    ByteBuf in = Unpooled.buffer();
    FrameWriter.rowDescription(
        in,
        List.of(Column.int4("a"), Column.float4Array("y"), Column.float4Array("z")),
        new short[] {0, 1, 1});
    ByteBuf expected = Unpooled.buffer();
    FrameWriter.rowDescription(
        expected,
        List.of(Column.int4("a"), Column.float4("y"), Column.float4Array("z")),
        new short[] {0, 1, 1});
    PredictRewrite rewrite =
        new PredictRewrite(
            new RewritePlan(
                List.of(column(PgmlFunction.PREDICT, 1), column(PgmlFunction.PREDICT_PROBA, 2)),
                new int[0],
                null,
                null,
                TEXT,
                false,
                new TextEdits("").positions(),
                new FeatureCasts(SqlTokens.of(""))),
            new MlFixture().source(),
            Runnable::run,
            new PredictionStats());
    ByteBuf out = Unpooled.buffer();

    rewrite.describe(in, out);

    assertThat(out).isEqualTo(expected);
    assertThat(Oid.FLOAT4).isEqualTo(700);
  }

  private static LoadedModel model(FakeModel model) {
    return new LoadedModel(new ModelKey("c", "d", 1, "0"), "p", model);
  }

  private static PredictColumn column(PgmlFunction function, int position) {
    return new PredictColumn(
        function,
        new ModelSelector.Fixed(new ModelRef.Id(1)),
        FeatureForm.ARRAY,
        position,
        type -> MlErrors.invalid(type));
  }

  private static RowTransform one(int position, LoadedModel model, short[] formats) {
    return new PredictTransform(
        List.of(column(PgmlFunction.PREDICT, position)), new LoadedModel[] {model}, formats, TEXT);
  }

  private static ByteBuf transformed(RowTransform transform, ByteBuf in) throws PgErrorException {
    ByteBuf out = Unpooled.buffer();
    transform.rows(in, out);
    return out;
  }
}
