package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.FrontendTag;

/** Layer 1: the table of what each expected reply is. */
class ExpectedTest {
  private static List<Byte> all(Predicate<Byte> trait) {
    List<Byte> found = new ArrayList<>();
    for (int entry = 0; entry <= Byte.MAX_VALUE; entry++) {
      if (trait.test((byte) entry)) {
        found.add((byte) entry);
      }
    }
    return found;
  }

  @Test
  void what_the_proxy_asks_for_itself_is_swallowed() {
    assertThat(all(Expected::swallowed))
        .containsExactly(
            Expected.FAIL_QUERY,
            Expected.APPLY,
            Expected.RESET,
            Expected.FAIL_QUERY_SHOWN,
            Expected.INQUIRY);
  }

  @Test
  void a_client_waits_for_the_ready_for_query_of_what_it_has_sent() {
    assertThat(all(Expected::showsReady))
        .containsExactly(
            Expected.QUERY_REWRITTEN,
            Expected.FAIL_QUERY_SHOWN,
            FrontendTag.FUNCTION_CALL,
            FrontendTag.QUERY,
            FrontendTag.SYNC);
  }

  @Test
  void what_was_never_sent_or_is_never_answered_settles_by_itself() {
    assertThat(all(Expected::settles))
        .containsExactly(
            Expected.FAKE_PARSE, Expected.FAKE_CLOSE, FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL);
  }

  @Test
  void what_a_client_sends_can_be_rewritten() {
    assertThat(all(Expected::rewrites))
        .containsExactly(
            Expected.rewritten(FrontendTag.DESCRIBE),
            Expected.rewritten(FrontendTag.EXECUTE),
            Expected.rewritten(FrontendTag.QUERY),
            Expected.rewritten(FrontendTag.PARSE));
  }
}
