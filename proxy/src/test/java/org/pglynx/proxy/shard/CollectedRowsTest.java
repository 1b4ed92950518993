package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgErrorException;

class CollectedRowsTest {
  private static final String SETTINGS = "1/ISO, MDY/postgres/C";

  private static ByteBuf row(@Nullable String... cells) {
    ByteBuf out = Unpooled.buffer();
    int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
    out.writeShort(cells.length);
    for (String cell : cells) {
      byte[] bytes = cell == null ? new byte[0] : cell.getBytes(StandardCharsets.UTF_8);
      out.writeInt(cell == null ? -1 : bytes.length).writeBytes(bytes);
    }
    FrameWriter.finish(out, mark);
    return out;
  }

  private static List<String> texts(CollectedRows rows) {
    return rows.texts().stream().map(text -> text.toString(StandardCharsets.UTF_8)).toList();
  }

  @Test
  void each_column_becomes_an_array() throws Exception {
    CollectedRows rows = new CollectedRows(2, false);

    rows.add(row("a", "1", SETTINGS), 0);
    rows.add(row(null, "x\"y\\z,{}", SETTINGS), 0);
    rows.add(row("NULL", "", SETTINGS), 0);

    assertThat(texts(rows))
        .containsExactly("{\"a\",NULL,\"NULL\"}", "{\"1\",\"x\\\"y\\\\z,{}\",\"\"}");
  }

  @Test
  void each_row_becomes_one_value_of_an_array() throws Exception {
    CollectedRows rows = new CollectedRows(3, true);

    rows.add(row("1", null, "a\"b\\c", SETTINGS), 0);
    rows.add(row(null, "", "(,)", SETTINGS), 0);

    assertThat(texts(rows))
        .containsExactly(
            "{\"(\\\"1\\\",,\\\"a\\\"\\\"b\\\\\\\\c\\\")\",\"(,\\\"\\\",\\\"(,)\\\")\"}");
  }

  @Test
  void no_rows_are_an_empty_array() {
    assertThat(texts(new CollectedRows(1, false))).containsExactly("{}");
  }

  @Test
  void shards_whose_texts_mean_something_else_are_not_collected_together() throws Exception {
    CollectedRows rows = new CollectedRows(1, false);
    rows.add(row("1", SETTINGS), 0);

    assertThatThrownBy(() -> rows.add(row("1", "1/German, DMY/postgres/C"), 0))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("German");
  }

  @Test
  void texts_that_lose_digits_are_not_collected() {
    for (String digits : new String[] {"0", "-15"}) {
      CollectedRows rows = new CollectedRows(1, false);

      assertThatThrownBy(() -> rows.add(row("1", digits + "/ISO, MDY/postgres/C"), 0))
          .isInstanceOf(PgErrorException.class);
    }
  }
}
