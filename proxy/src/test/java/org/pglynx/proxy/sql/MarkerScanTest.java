package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MarkerScanTest {
  @Test
  void finds_the_marker_at_every_place_and_in_any_case() {
    for (int before = 0; before < 9; before++) {
      for (int after = 0; after < 5; after++) {
        assertThat(found("x".repeat(before) + "PgmL" + "y".repeat(after))).isTrue();
        assertThat(found("p".repeat(before) + "pgml" + "g".repeat(after))).isTrue();
        assertThat(found("mlgp".repeat(before) + "pgml")).isTrue();
      }
    }
  }

  @Test
  void finds_nothing_else() {
    assertThat(found("select abalance from pgbench_accounts where aid = 1")).isFalse();
    assertThat(found("pgm")).isFalse();
    assertThat(found("p gml pg ml pgm l")).isFalse();
    assertThat(found("")).isFalse();
  }

  @Test
  void looks_only_at_the_range() {
    ByteBuf buffer = Unpooled.copiedBuffer("pgmlx pgml", StandardCharsets.US_ASCII);
    assertThat(MarkerScan.found(buffer, 1, 8)).isFalse();
    assertThat(MarkerScan.found(buffer, 1, 9)).isTrue();
  }

  private static boolean found(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return MarkerScan.found(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }
}
