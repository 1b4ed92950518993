package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layer 1: frames that the proxy itself writes. */
class WritersTest {
  private final ByteBuf out = Unpooled.buffer();

  private String hex() {
    return ByteBufUtil.hexDump(out);
  }

  @Test
  void a_length_counts_itself_and_the_body() {
    FrameWriter.query(out, "ü");
    assertThat(hex()).isEqualTo("51" + "00000007" + "c3bc00");
  }

  @Test
  void frames_without_a_body_have_length_4() {
    FrameWriter.empty(out, BackendTag.PARSE_COMPLETE);
    FrameWriter.ready(out, (byte) 'T');
    assertThat(hex()).isEqualTo("3100000004" + "5a0000000554");
  }

  @Test
  void a_parameter_description_lists_the_types() {
    FrameWriter.parameterDescription(out, new int[] {Oid.FLOAT4_ARRAY});
    assertThat(hex()).isEqualTo("740000000a" + "0001" + "000003fd");
  }

  @Test
  void a_row_description_says_the_format_of_each_column() {
    List<Column> columns = List.of(Column.int4("a"), Column.text("b"));
    FrameWriter.rowDescription(out, columns, new short[] {1});
    String column = "00000000" + "0000";
    assertThat(hex())
        .isEqualTo(
            "540000002e"
                + "0002"
                + "6100"
                + column
                + "00000017"
                + "0004"
                + "ffffffff"
                + "0001"
                + "6200"
                + column
                + "00000019"
                + "ffff"
                + "ffffffff"
                + "0001");
  }

  @Test
  void an_error_has_its_fields_and_a_terminator() {
    FrameWriter.error(
        out, PgError.error(SqlState.UNDEFINED_TABLE, "no\0t").withDetail("d").withHint("h"));
    assertThat(out.toString(5, out.writerIndex() - 5, StandardCharsets.UTF_8))
        .isEqualTo("SERROR\0VERROR\0C42P01\0Mno t\0Dd\0Hh\0\0");
    assertThat(out.getByte(0)).isEqualTo((byte) 'E');
    assertThat(out.getInt(1)).isEqualTo(out.writerIndex() - 1);
  }

  @Test
  void notices_go_out_as_notices() {
    FrameWriter.error(out, PgError.notice(PgError.Severity.INFO, "i"));
    assertThat(out.getByte(0)).isEqualTo((byte) 'N');
  }

  @Test
  void a_row_in_text() {
    new RowWriter(out, 7, Formats.ALL_TEXT)
        .begin()
        .int4(-1)
        .int8(1L << 40)
        .bool(true)
        .float4(0.5f)
        .float8(1e15)
        .nullValue()
        .float4Array(new float[] {1, 2})
        .end();
    assertThat(Trace.ofServer(out)).containsExactly("D -1|1099511627776|t|0.5|1e+15|NULL|{1,2}");
  }

  @Test
  void a_row_in_binary() {
    new RowWriter(out, 6, new short[] {1})
        .begin()
        .int4(-1)
        .bool(false)
        .float4(1f)
        .float8(1)
        .jsonb("{}")
        .float4Array(new float[] {1})
        .end();
    assertThat(hex())
        .isEqualTo(
            "440000004e"
                + "0006"
                + "00000004ffffffff"
                + "0000000100"
                + "000000043f800000"
                + "000000083ff0000000000000"
                + "00000003017b7d"
                + "0000001c"
                + "00000001"
                + "00000000"
                + "000002bc"
                + "00000001"
                + "00000001"
                + "000000043f800000");
  }

  @Test
  void an_empty_array_in_binary_has_no_dimension() {
    new RowWriter(out, 1, new short[] {1}).begin().float4Array(new float[0]).end();
    assertThat(hex()).isEqualTo("4400000016" + "0001" + "0000000c" + "0000000000000000000002bc");
  }

  @Test
  void each_column_has_its_own_format_if_there_are_as_many() {
    new RowWriter(out, 2, new short[] {0, 1}).begin().int4(7).int4(7).end();
    assertThat(hex()).isEqualTo("4400000013" + "0002" + "0000000137" + "0000000400000007");
  }

  @Test
  void a_row_that_lacks_a_column_is_a_mistake() {
    RowWriter row = new RowWriter(out, 2, Formats.ALL_TEXT).begin().int4(1);
    assertThatThrownBy(row::end).isInstanceOf(IllegalStateException.class);
  }
}
