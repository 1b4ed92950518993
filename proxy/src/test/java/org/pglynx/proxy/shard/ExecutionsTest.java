package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

class ExecutionsTest {
  private static final int DATE = 1082;

  private static final MergeRun MIN =
      new MergeRun(new MergePlan.Fold(List.of(Aggregate.MIN)), Formats.ALL_TEXT);

  private final Executions executions = new Executions(() -> BitSet.valueOf(new long[] {3}));

  /** A column "m" of the type. */
  private static StatementShape shape(int type) {
    ByteBuf columns = Unpooled.buffer().writeByte('m').writeByte(0).writeInt(type).writeInt(-1);
    byte[] bytes = new byte[columns.readableBytes()];
    columns.readBytes(bytes);
    return new StatementShape(new byte[2], bytes);
  }

  private void bind(MergeRun run) {
    executions.merging(run, "");
    executions.announced(FrontendTag.BIND);
  }

  private void describedAs(int type) {
    ByteBuf out = Unpooled.buffer();
    int mark = FrameWriter.begin(out, BackendTag.ROW_DESCRIPTION);
    out.writeShort(1).writeByte('m').writeByte(0).writeInt(0).writeShort(0).writeInt(type);
    out.writeShort(4).writeInt(-1).writeShort(0);
    FrameWriter.finish(out, mark);
    executions.described(out, 0);
  }

  private static ByteBuf row(String value) {
    ByteBuf out = Unpooled.buffer();
    int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
    out.writeShort(1).writeInt(value.length());
    out.writeCharSequence(value, StandardCharsets.US_ASCII);
    FrameWriter.finish(out, mark);
    return out;
  }

  /** The least of two values in the answer in hand. */
  private String least(String one, String other) throws PgErrorException {
    RowMerger rows = Objects.requireNonNull(executions.rows());
    ByteBuf out = Unpooled.buffer();
    for (int shard = 0; shard < 2; shard++) {
      ByteBuf row = row(shard == 0 ? one : other);
      rows.row(shard, row, 0, row.readableBytes(), out);
    }
    rows.ended(0, out);
    rows.ended(1, out);
    executions.ended();
    return new String(Objects.requireNonNull(Cells.of(out, 0)[0]), StandardCharsets.US_ASCII);
  }

  @Test
  void each_execution_of_a_batch_has_the_types_of_its_own_statement() throws Exception {
    executions.uses("a", shape(Oid.INT4));
    bind(MIN);
    executions.announced(FrontendTag.EXECUTE);
    executions.uses("b", shape(DATE));
    bind(MIN);
    executions.announced(FrontendTag.EXECUTE);

    assertThat(least("10", "9")).isEqualTo("9");
    assertThat(least("2026-10-01", "2026-09-01")).isEqualTo("2026-09-01");
  }

  @Test
  void a_description_is_that_of_its_portal() throws Exception {
    for (int i = 0; i < 2; i++) {
      executions.announced(FrontendTag.PARSE);
      bind(MIN);
      executions.announced(FrontendTag.DESCRIBE);
      executions.announced(FrontendTag.EXECUTE);
    }

    describedAs(Oid.INT4);
    assertThat(least("10", "9")).isEqualTo("9");
    describedAs(DATE);
    assertThat(least("2026-10-01", "2026-09-01")).isEqualTo("2026-09-01");
  }

  @Test
  void a_statement_described_in_an_earlier_batch_is_known() throws Exception {
    executions.announced(FrontendTag.PARSE);
    executions.announced(FrontendTag.DESCRIBE);
    ByteBuf parameters = Unpooled.buffer();
    FrameWriter.finish(parameters, FrameWriter.begin(parameters, BackendTag.PARAMETER_DESCRIPTION));
    executions.described(parameters, 0);
    describedAs(Oid.INT4);
    executions.over(true);
    bind(MIN);
    executions.announced(FrontendTag.EXECUTE);

    assertThat(least("10", "9")).isEqualTo("9");
  }

  @Test
  void a_value_that_is_none_of_its_type_is_an_error() {
    assertThatThrownBy(() -> new CellType(Oid.INT4, false).value(new byte[] {'x'}))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("none of the type");
  }
}
