package org.pglynx.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Layer 1: which descriptions of a prepared statement are the same, and how it is prepared anew.
 */
class ServerStatementTest {
  private static final int INT4 = 23;
  private static final int TEXT = 25;
  private static final int MOOD = 16_390;
  private static final int MOOD_ELSEWHERE = 16_402;

  /** The body of Parse behind the name. */
  private static byte[] definition(int... types) {
    byte[] text = "select $1, $2\0".getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(text.length + 2 + 4 * types.length)
        .put(text)
        .put(parameters(types))
        .array();
  }

  private static byte[] parameters(int... types) {
    ByteBuffer out = ByteBuffer.allocate(2 + 4 * types.length).putShort((short) types.length);
    for (int type : types) {
      out.putInt(type);
    }
    return out.array();
  }

  private static StatementShape shape(int column, int... parameters) {
    byte[] columns = ByteBuffer.allocate(10).put((byte) 'a').putInt(2, column).array();
    return new StatementShape(parameters(parameters), columns);
  }

  private static ServerStatement described(boolean sharded, StatementShape shape, int... types) {
    ServerStatement statement = new ServerStatement(new byte[] {'s'}, definition(types), sharded);
    assertThat(statement.agrees(shape)).isTrue();
    return statement;
  }

  @Test
  void types_of_the_schema_have_any_number_over_shards() {
    ServerStatement statement = described(true, shape(MOOD, INT4, MOOD));

    assertThat(statement.agrees(shape(MOOD_ELSEWHERE, INT4, MOOD_ELSEWHERE))).isTrue();
  }

  @Test
  void other_types_are_others_over_shards_too() {
    ServerStatement statement = described(true, shape(MOOD, INT4, MOOD));

    assertThat(statement.agrees(shape(TEXT, INT4, MOOD))).isFalse();
    assertThat(statement.agrees(shape(MOOD, TEXT, MOOD))).isFalse();
    assertThat(statement.agrees(shape(MOOD, INT4, TEXT))).isFalse();
    assertThat(statement.agrees(shape(MOOD, INT4))).isFalse();
  }

  @Test
  void another_number_is_another_type_without_shards() {
    ServerStatement statement = described(false, shape(MOOD, INT4));

    assertThat(statement.agrees(shape(MOOD_ELSEWHERE, INT4))).isFalse();
  }

  @Test
  void it_is_prepared_anew_with_the_types_that_were_told() {
    ServerStatement statement = described(false, shape(TEXT, INT4, MOOD));

    assertThat(statement.parseBody()).isEqualTo(definition(INT4, MOOD));
  }

  @Test
  void a_shard_infers_what_is_of_its_schema() {
    ServerStatement statement = described(true, shape(TEXT, INT4, MOOD));

    assertThat(statement.parseBody()).isEqualTo(definition(INT4, 0));
  }

  @Test
  void a_shard_is_told_the_type_of_the_schema_that_the_client_has_said() {
    ServerStatement statement = described(true, shape(TEXT, MOOD, MOOD), MOOD);

    assertThat(statement.parseBody()).isEqualTo(definition(MOOD, 0));
  }
}
