package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.ServerStatement;

/** Layer 1: which statements are the same. */
class StatementRegistryTest {
  private final StatementRegistry registry = new StatementRegistry(100);

  /** The body of Parse behind the name. */
  private static byte[] definition(String sql, int... types) {
    ByteBuf out = Unpooled.buffer();
    out.writeCharSequence(sql, StandardCharsets.UTF_8);
    out.writeByte(0).writeShort(types.length);
    for (int type : types) {
      out.writeInt(type);
    }
    return Arrays.copyOf(out.array(), out.writerIndex());
  }

  private ServerStatement statement(String sql, int... types) {
    return registry.statement(definition(sql, types));
  }

  @Test
  void equal_definitions_are_one_statement() {
    assertThat(statement("select $1", 23)).isSameAs(statement("select $1", 23));
  }

  @Test
  void the_border_of_text_and_types_counts_pgcat_16() {
    assertThat(statement("select $1", 0)).isNotSameAs(statement("select $11"));
    assertThat(statement("select $1", 23)).isNotSameAs(statement("select $1", 25));
    assertThat(statement("select $1", 0)).isNotSameAs(statement("select $1"));
  }

  @Test
  void an_equal_hash_does_not_make_two_statements_one_pgcat_16() {
    // "Aa" and "BB" have equal hashes, and so have texts that differ only there.
    byte[] one = definition("select 'Aa'");
    byte[] other = definition("select 'BB'");
    assertThat(Arrays.hashCode(one)).isEqualTo(Arrays.hashCode(other));
    assertThat(registry.statement(one)).isNotSameAs(registry.statement(other));
  }

  @Test
  void a_forgotten_definition_never_gets_its_old_name_again() {
    StatementRegistry small = new StatementRegistry(1);
    byte[] first = small.statement(definition("select 1")).name();
    small.statement(definition("select 2"));

    assertThat(small.statement(definition("select 1")).name()).isNotEqualTo(first);
  }
}
