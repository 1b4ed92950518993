package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTextTest {
  private final TransactionText texts = new TransactionText();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BEGIN | BEGIN",
        "begin work; | BEGIN",
        " /* a */ Begin -- b | BEGIN",
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY | BEGIN",
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY NOT DEFERRABLE | BEGIN",
        "BEGIN DEFERRABLE;; | BEGIN",
        "START TRANSACTION | START",
        "START TRANSACTION READ ONLY | START",
        "COMMIT | COMMIT",
        "END WORK AND NO CHAIN | COMMIT",
        "ROLLBACK; | ROLLBACK",
        "abort transaction | ROLLBACK"
      })
  void knows_what_only_begins_or_ends_a_transaction(String sql, TransactionText.Kind kind) {
    assertThat(read(sql)).isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "; BEGIN",
        "BEGIN; SELECT 1",
        "BEGIN SELECT",
        "BEGIN ,",
        "BEGIN READ ONLY,",
        "BEGIN , READ ONLY",
        "BEGIN NOT",
        "BEGIN READ",
        "BEGIN READ WRITE",
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "BEGIN ISOLATION LEVEL",
        "BEGIN WORK TRANSACTION",
        "\"BEGIN\"",
        "BEGIN /* open",
        "BEGIN 'x",
        "START",
        "START WORK",
        "COMMIT AND CHAIN",
        "COMMIT AND NO",
        "COMMIT PREPARED 'x'",
        "ROLLBACK TO a",
        "ROLLBACK AND CHAIN",
        "SELECT 1"
      })
  void leaves_to_the_server_what_it_may_refuse_or_what_does_more(String sql) {
    assertThat(read(sql)).isEqualTo(TransactionText.Kind.OTHER);
  }

  @Test
  void a_long_text_is_not_looked_at() {
    assertThat(read("BEGIN" + " ".repeat(600))).isEqualTo(TransactionText.Kind.OTHER);
  }

  private TransactionText.Kind read(String sql) {
    ByteBuf bytes = Unpooled.copiedBuffer(sql, StandardCharsets.UTF_8);
    return texts.of(bytes, 0, bytes.readableBytes());
  }
}
