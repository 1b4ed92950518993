package org.pglynx.proxy.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionLogTest {
  @TempDir private Path directory = Path.of("");

  private DecisionLog open() throws IOException {
    return DecisionLog.open(directory);
  }

  private static void decide(DecisionLog log, TransactionId id) {
    log.decide(id).toCompletableFuture().join();
  }

  @Test
  void what_is_decided_is_known_when_the_log_is_opened_again() throws IOException {
    TransactionId decided;
    TransactionId prepared;
    TransactionId settled;
    try (DecisionLog log = open()) {
      decided = log.begin("a pool/é", Set.of(0, 2));
      prepared = log.begin("a pool/é", Set.of(0, 1));
      settled = log.begin("a pool/é", Set.of(1, 2));
      decide(log, decided);
      decide(log, settled);
      log.settled(settled);
      // Written behind it, and so is what is before it.
      decide(log, log.begin("other", Set.of(1)));
    }
    try (DecisionLog log = open()) {
      assertThat(log.verdict(decided)).isEqualTo(DecisionLog.Verdict.COMMIT);
      assertThat(log.verdict(prepared)).isEqualTo(DecisionLog.Verdict.ROLL_BACK);
      assertThat(log.verdict(settled)).isEqualTo(DecisionLog.Verdict.ROLL_BACK);
      assertThat(log.left("a pool/é", 2)).containsExactly(decided.number());
      assertThat(log.left("a pool/é", 1)).isEmpty();
      assertThat(log.unsettled()).hasSize(2);
    }
  }

  @Test
  void nobody_else_settles_what_somebody_is_at() throws IOException {
    try (DecisionLog log = open()) {
      TransactionId id = log.begin("app/me", Set.of(0, 1));
      assertThat(log.verdict(id)).isEqualTo(DecisionLog.Verdict.WAIT);
      decide(log, id);
      assertThat(log.verdict(id)).isEqualTo(DecisionLog.Verdict.WAIT);
      log.leave(id);
      assertThat(log.verdict(id)).isEqualTo(DecisionLog.Verdict.COMMIT);
      log.settled(id.number(), 0);
      assertThat(log.anyLeft("app/me")).isTrue();
      log.settled(id.number(), 1);
      assertThat(log.anyLeft("app/me")).isFalse();
      assertThat(log.unsettled()).isEmpty();
    }
  }

  @Test
  void what_is_left_undecided_is_rolled_back() throws IOException {
    try (DecisionLog log = open()) {
      TransactionId id = log.begin("app/me", Set.of(0, 1));
      log.leave(id);
      assertThat(log.verdict(id)).isEqualTo(DecisionLog.Verdict.ROLL_BACK);
    }
  }

  @Test
  void a_torn_last_line_decides_nothing_at_whatever_byte_it_is_torn() throws IOException {
    TransactionId first;
    TransactionId last;
    byte[] whole;
    try (DecisionLog log = open()) {
      first = log.begin("app/me", Set.of(0, 1));
      decide(log, first);
      last = log.begin("app/me", Set.of(0, 1));
      decide(log, last);
      whole = Files.readAllBytes(directory.resolve("decisions"));
    }
    int line = new String(whole, StandardCharsets.US_ASCII).indexOf('\n') + 1;
    for (int length = line; length < whole.length - 1; length++) {
      Files.write(directory.resolve("decisions"), java.util.Arrays.copyOf(whole, length));
      try (DecisionLog log = open()) {
        assertThat(log.verdict(first)).isEqualTo(DecisionLog.Verdict.COMMIT);
        assertThat(log.verdict(last))
            .as("%d bytes", length)
            .isEqualTo(DecisionLog.Verdict.ROLL_BACK);
      }
    }
  }

  @Test
  void a_damaged_line_in_the_middle_is_told_and_nothing_is_settled_by_it() throws IOException {
    try (DecisionLog log = open()) {
      decide(log, log.begin("app/me", Set.of(0, 1)));
      decide(log, log.begin("app/me", Set.of(0, 1)));
    }
    byte[] whole = Files.readAllBytes(directory.resolve("decisions"));
    whole[10] ^= 1;
    Files.write(directory.resolve("decisions"), whole);

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining("pg_prepared_xacts");
  }

  @Test
  void two_processes_do_not_share_a_log() throws IOException {
    try (DecisionLog log = open()) {
      assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("uses");
      assertThat(log.broken()).isNull();
    }
  }

  @Test
  void the_name_of_the_log_stays_and_another_log_has_another() throws IOException {
    String name;
    try (DecisionLog log = open()) {
      name = log.instance();
    }
    try (DecisionLog log = open();
        DecisionLog other = DecisionLog.open(directory.resolve("other"))) {
      assertThat(log.instance()).isEqualTo(name);
      assertThat(other.instance()).isNotEqualTo(name);
    }
  }

  @Test
  void the_file_does_not_grow_with_what_is_settled() throws IOException {
    try (DecisionLog log = open()) {
      TransactionId kept = log.begin("app/me", Set.of(7));
      decide(log, kept);
      for (int i = 0; i < 12_000; i++) {
        TransactionId id = log.begin("a name that is long, so that the file grows", Set.of(0, 1));
        if (i % 100 == 0) {
          decide(log, id);
        } else {
          Objects.requireNonNull(log.decide(id));
        }
        log.settled(id);
      }
      decide(log, log.begin("app/me", Set.of(7)));
      assertThat(Files.size(directory.resolve("decisions"))).isLessThan(1_300_000);
    }
    try (DecisionLog log = open()) {
      assertThat(log.left("app/me", 7)).hasSize(2);
    }
  }

  @Test
  void a_decision_without_a_shard_is_settled() throws IOException {
    TransactionId kept;
    try (DecisionLog log = open()) {
      kept = log.begin("app/me", Set.of(7));
      decide(log, kept);
    }
    Files.writeString(
        directory.resolve("decisions"),
        DecisionFile.line("commit 0123456789abcdef app%2Fme "),
        StandardOpenOption.APPEND);
    try (DecisionLog log = open()) {
      assertThat(log.unsettled())
          .extracting(DecisionLog.Unsettled::shards)
          .containsExactly(Set.of(7));
      assertThat(log.verdict(kept)).isEqualTo(DecisionLog.Verdict.COMMIT);
    }
  }

  @Test
  void what_is_settled_while_the_file_is_written_anew_is_not_in_it() throws IOException {
    try (DecisionFile file = DecisionFile.open(directory, new LinkedHashMap<>())) {
      file.append(DecisionFile.line("settled 0123456789abcdef").repeat(40_000));
      file.compact(
          List.of(new Decision("1", "app", Set.of()), new Decision("2", "app", Set.of(0, 1))));
    }
    assertThat(Files.readString(directory.resolve("decisions")))
        .isEqualTo(DecisionFile.line("commit 2 app 0,1"));
  }
}
