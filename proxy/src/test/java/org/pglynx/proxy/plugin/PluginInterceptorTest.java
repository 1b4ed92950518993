package org.pglynx.proxy.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;

class PluginInterceptorTest {
  private static final PluginsConfig.CannedAnswer ANSWER =
      new PluginsConfig.CannedAnswer(
          "select current_database() as a, 1",
          List.of(new PluginsConfig.CannedColumn("a", "text")),
          List.of(List.of("${DATABASE}")));

  private static QueryInterceptor plugins(
      Set<String> tables,
      List<PluginsConfig.CannedAnswer> answers,
      @Nullable QueryInterceptor inner) {
    return Objects.requireNonNull(
        PluginInterceptor.of(
            new PluginsConfig(List.of(), Optional.empty(), tables, answers), inner));
  }

  private static Decision ask(QueryInterceptor interceptor, String sql) {
    ByteBuf text = Unpooled.wrappedBuffer(sql.getBytes(StandardCharsets.UTF_8));
    return interceptor.concerns(text, 0, text.readableBytes())
        ? interceptor.intercept(sql, new int[0], true)
        : Decision.PASS;
  }

  @Test
  void without_plugins_nothing_is_looked_at() {
    assertThat(PluginInterceptor.of(PluginsConfig.NONE, null)).isNull();
  }

  @Test
  void a_statement_that_names_a_denied_table_is_refused() {
    QueryInterceptor guard = plugins(Set.of("secret"), List.of(), null);

    Decision decision = ask(guard, "select * from public.SECRET");

    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    assertThat(((Decision.Refuse) decision).error().message())
        .isEqualTo("permission for table \"secret\" denied");
    assertThat(ask(guard, "select secret from t")).isEqualTo(Decision.PASS);
    assertThat(ask(guard, "select 1")).isEqualTo(Decision.PASS);
    assertThat(guard.passesUnread()).isFalse();
  }

  @Test
  void a_backslash_hides_no_table_from_the_guard() {
    QueryInterceptor guard = plugins(Set.of("secret"), List.of(), null);

    assertThat(ask(guard, "SELECT 'x\\'', 1 FROM secret --'")).isInstanceOf(Decision.Refuse.class);
  }

  @Test
  void a_configured_statement_is_answered_whatever_its_blanks_and_letters() {
    QueryInterceptor canned = plugins(Set.of(), List.of(ANSWER), null);

    assertThat(ask(canned, "SELECT  current_database( ) AS a,1;"))
        .isInstanceOf(Decision.Answer.class);
    assertThat(ask(canned, "SELECT current_database() AS a, 2")).isEqualTo(Decision.PASS);
    assertThat(ask(canned, "SELECT current_database() AS a, 1; SELECT 2"))
        .as("the other statement is not to be lost")
        .isEqualTo(Decision.PASS);
    assertThat(canned.passesUnread()).isTrue();
  }

  @Test
  void the_pools_own_interceptor_decides_about_what_is_left() {
    Decision.Refuse own = new Decision.Refuse(SimpleErrors.ANY);
    QueryInterceptor inner =
        new QueryInterceptor() {
          @Override
          public boolean concerns(ByteBuf buffer, int offset, int length) {
            return buffer.getByte(offset) == 'X';
          }

          @Override
          public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
            return own;
          }
        };
    QueryInterceptor both = plugins(Set.of("secret"), List.of(ANSWER), inner);

    assertThat(ask(both, "X")).isSameAs(own);
    assertThat(ask(both, "Y")).isEqualTo(Decision.PASS);
  }

  /** An error of whatever kind. */
  private static final class SimpleErrors {
    private SimpleErrors() {}

    static final org.pglynx.proxy.wire.PgError ANY =
        org.pglynx.proxy.wire.PgError.error(
            org.pglynx.proxy.wire.SqlState.SYNTAX_ERROR, "as the pool has it");
  }
}
