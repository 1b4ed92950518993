package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.shard.CopyLayout.Format;
import org.pglynx.proxy.wire.CopySignature;
import org.pglynx.proxy.wire.PgErrorException;

/** Rows are cut alike wherever the data is torn. */
class CopyRowsTest {
  private static final class Seen implements CopyFields {
    private final List<String> rows = new ArrayList<>();

    @Override
    public void common(ByteBuf bytes) {
      rows.add("header " + bytes.toString(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void row(byte[] @Nullable [] key, long line, ByteBuf bytes) {
      byte[] first = key[0];
      String text = first == null ? "NULL" : new String(first, StandardCharsets.UTF_8);
      rows.add(line + " " + text + " " + bytes.toString(StandardCharsets.UTF_8));
    }
  }

  private static CopyLayout layout(Format format, boolean header) {
    return format == Format.CSV
        ? new CopyLayout(format, (byte) ',', (byte) '"', (byte) '"', "", null, header)
        : new CopyLayout(format, (byte) '\t', (byte) '"', (byte) '"', "\\N", null, header);
  }

  private static List<String> cut(Format format, boolean header, byte[] data, int piece)
      throws PgErrorException {
    return cut(format, header, data, piece, 18);
  }

  private static List<String> cut(
      Format format, boolean header, byte[] data, int piece, int version) throws PgErrorException {
    Seen seen = new Seen();
    CopyRows rows =
        format == Format.BINARY
            ? new BinaryTuples(new int[] {1}, seen)
            : new TextLines(layout(format, header), new int[] {1}, version, seen);
    for (int at = 0; at < data.length; at += piece) {
      rows.feed(Unpooled.wrappedBuffer(data, at, Math.min(piece, data.length - at)));
    }
    rows.end();
    return seen.rows;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 1000})
  void lines_of_text_end_where_no_backslash_is_before(int piece) throws PgErrorException {
    assertThat(cut(Format.TEXT, false, bytes("a\tb\\\nc\t1\n\\\\\t\\N\nx\t\\x41\\102y"), piece))
        .containsExactly("1 b\nc a\tb\\\nc\t1\n", "2 NULL \\\\\t\\N\n", "3 ABy x\t\\x41\\102y");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 1000})
  void lines_of_csv_end_outside_of_quotes_and_are_counted_as_they_stand(int piece)
      throws PgErrorException {
    assertThat(
            cut(
                Format.CSV,
                true,
                bytes("a,\"b\r\n\"\r\n\"x\r\ny\",\"1,\"\"2\"\r\n\"\",\r\n,\"\"\r\n"),
                piece))
        .containsExactly(
            "header a,\"b\r\n\"\r\n",
            "3 1,\"2 \"x\r\ny\",\"1,\"\"2\"\r\n",
            "5 NULL \"\",\r\n",
            "6  ,\"\"\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 1000})
  void tuples_are_cut_by_their_lengths(int piece) throws PgErrorException {
    ByteBuf data = Unpooled.buffer();
    CopySignature.write(data);
    data.writeInt(0).writeInt(2).writeShort(7);
    data.writeShort(2).writeInt(-1).writeInt(3).writeBytes(bytes("key"));
    data.writeShort(2).writeInt(0).writeInt(-1).writeShort(-1);
    byte[] all = new byte[data.readableBytes()];
    data.readBytes(all);

    List<String> rows = cut(Format.BINARY, false, all, piece);

    assertThat(rows).hasSize(4);
    assertThat(rows.get(1)).startsWith("1 key ");
    assertThat(rows.get(2)).startsWith("2 NULL ");
    assertThat(rows.get(3)).isEqualTo("header \u00ff\u00ff");
  }

  @Test
  void an_end_marker_ends_the_data_only_alone_on_its_line() throws PgErrorException {
    assertThat(cut(Format.TEXT, false, bytes("a\t1\n\\.\nb\t2\n"), 1)).hasSize(1);
    for (String wrong : new String[] {"a\t1\\.\n", "\\.x\n"}) {
      assertThatThrownBy(() -> cut(Format.TEXT, false, bytes(wrong), 1))
          .isInstanceOf(PgErrorException.class)
          .hasMessageContaining("end-of-copy marker");
    }
  }

  /** psql sends it behind the data that it has read from a script. */
  @Test
  void an_end_marker_ends_csv_up_to_version_17_and_is_a_value_since() throws PgErrorException {
    byte[] data = bytes("a,1\n\\.\nb,2\n");

    assertThat(cut(Format.CSV, false, data, 1, 17)).hasSize(1);
    assertThatThrownBy(() -> cut(Format.CSV, false, data, 1, 18))
        .hasMessageContaining("missing data for a column of the sharding key");
    assertThat(cut(Format.CSV, false, bytes("\\.,1\n"), 1, 17)).hasSize(1);
  }

  @Test
  void ends_of_lines_are_those_of_the_first_line() {
    for (String wrong : new String[] {"a\t1\nb\t2\r", "a\t1\r\nb\t2\n", "a\t1\rb\t2\n"}) {
      assertThatThrownBy(() -> cut(Format.TEXT, false, bytes(wrong), 2))
          .isInstanceOf(PgErrorException.class)
          .hasMessageContaining("found in data");
    }
  }
}
