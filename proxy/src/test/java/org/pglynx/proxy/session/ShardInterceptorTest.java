package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardInterceptorTest {
  private static boolean mayCommit(String sql) {
    ByteBuf buffer = Unpooled.copiedBuffer("?" + sql, StandardCharsets.UTF_8);
    return ShardInterceptor.mayCommit(buffer, 1, buffer.writerIndex() - 1);
  }

  @Test
  void a_commit_is_seen_whatever_comments_it_has() {
    String comment = "/* " + "x".repeat(2_000) + " */";
    for (String sql :
        List.of(
            "COMMIT",
            " \t\nend",
            ";; commit",
            "-- a\n-- b\rCOMMIT",
            "/* a /* b */ c */COMMIT",
            comment + "COMMIT",
            "COMMIT " + comment,
            "end/**/" + comment)) {
      assertThat(mayCommit(sql)).as(sql).isTrue();
    }
  }

  @Test
  void other_statements_are_told_by_their_first_letter() {
    for (String sql :
        List.of("", " ", ";", "-- commit", "/* commit", "/* commit */ SELECT 1", "- 1", "/")) {
      assertThat(mayCommit(sql)).as(sql).isFalse();
    }
  }
}
